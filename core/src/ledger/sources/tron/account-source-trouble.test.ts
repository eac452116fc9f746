import { describe, expect, test } from 'vitest';
import type { GridTransaction } from '../../../../../test/replays/trongrid-server.ts';
import { tronAccount } from '../../tron/address.ts';
import type { CallRecord } from '../http/http-client.ts';
import { useGrid } from './fixtures/grid-scene.ts';
import { ALICE, ALICE_ROWS, id, TRANSACTIONS } from './fixtures/made-up-chain.ts';

const { grid, start, source, into, request, rows, coverageOf } = useGrid();

describe('trouble', () => {
  test('busy, broken and cut replies are asked for again, after what the service wants', async () => {
    const waits: number[] = [];
    grid.server.faults.push(
      { on: /^\/v1.*transactions\?/, times: 1, status: 429 },
      { on: /trc20/, times: 1, status: 429, retryAfter: '9' },
      { on: /infobyid/, times: 1, status: 503 },
      { on: /infobyid/, times: 1, cut: true },
      {
        on: /getblockbynum/,
        times: 1,
        status: 403,
        text: '{"Success":false,"Error":"The key exceeds the frequency limit(15), and the query server is suspended for 30s","StatusCode":403}',
      },
    );
    const delay = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);
    await source({ delay, concurrency: 1 }).histories(request([ALICE]), into());
    expect(rows()).toEqual(ALICE_ROWS);
    expect(Math.max(...waits)).toBe(9_000);
    expect(
      grid.log
        .filter(({ trouble }) => trouble !== null)
        .map(({ status }) => status)
        .sort(),
    ).toEqual([200, 403, 429, 429, 503]);
  });

  test.each([
    ['a page that comes twice', (text: string) => ({ text, times: 9 }), /repeats|again|twice|after later/],
    [
      'rows that go back',
      (text: string) => ({ text: text.replaceAll('1600000006000', '1600000099000'), times: 1 }),
      /comes after later ones/,
    ],
  ])('%s is an error, not an endless loop; nothing is stored', async (_, spoil, message) => {
    await grid.server.close();
    await start(2);
    const alice = tronAccount(ALICE).slice('tron:0x2b6653dc:'.length);
    const page = await (await fetch(`${grid.server.url}/v1/accounts/${alice}/transactions?limit=2`)).text();
    grid.server.faults.push({ on: /\/transactions\?/, ...spoil(page) });
    const asked = source().histories(request([ALICE]), into());
    await expect(asked).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    await expect(asked).rejects.toThrow(message);
    expect(await grid.store.imports()).toEqual([]);
  });

  test('a mark of the next page that repeats is an error, though the rows may be alike', async () => {
    const alice = tronAccount(ALICE).slice('tron:0x2b6653dc:'.length);
    const list = await fetch(`${grid.server.url}/v1/accounts/${alice}/transactions/trc20?min_timestamp=1600000024000`);
    const { data } = (await list.json()) as { data: object[] };
    expect(data.length).toBe(2);
    const text = JSON.stringify({ data, success: true, meta: { fingerprint: 'mark' } });
    grid.server.faults.push({ on: /trc20/, times: 9, text });
    await expect(source().histories(request([ALICE]), into())).rejects.toThrow('the mark of the next page repeats');
  });

  test('a row that slips onto the next page while it is read is noticed', async () => {
    await grid.server.close();
    await start(2);
    const onCall = ({ what }: CallRecord): void => {
      if (!what.includes('/transactions?') || grid.chain.transactions.length > TRANSACTIONS.length) return;
      const late = { ...(TRANSACTIONS[0] as GridTransaction), txID: id('9') };
      grid.chain.transactions = [late, ...TRANSACTIONS];
    };
    const asked = source({ onCall }).histories(request([ALICE]), into());
    await expect(asked).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    expect(await grid.store.imports()).toEqual([]);
  });

  test('a reorganisation while it is read: nothing is stored', async () => {
    const onCall = ({ what }: CallRecord): void => {
      if (what.includes('trc20'))
        grid.chain.blocks = grid.chain.blocks.map((block) =>
          block.number === 9 ? { ...block, hash: id('f') } : block,
        );
    };
    await expect(source({ onCall }).histories(request([ALICE]), into())).rejects.toThrow('reorganised');
    expect(await grid.store.imports()).toEqual([]);
  });

  test('a transaction that is listed and not known is asked for again later', async () => {
    grid.server.faults.push({ on: /infobyid/, times: 99, text: '{}' });
    await expect(source().histories(request([ALICE]), into())).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
    });
    expect(await grid.store.imports()).toEqual([]);
  });

  test('a record that cannot be read leaves the others, and marks the account', async () => {
    const spoilt = {
      ...(TRANSACTIONS[0] as GridTransaction),
      value: { owner_address: 'nobody', to_address: ALICE, amount: 1 },
    };
    const page = {
      data: [
        {
          txID: id('8'),
          block_timestamp: 1_600_000_003_000,
          blockNumber: 1,
          ret: [],
          raw_data: { contract: [{ type: spoilt.type, parameter: { value: spoilt.value } }] },
        },
      ],
      success: true,
      meta: {},
    };
    grid.server.faults.push({ on: /\/transactions\?/, times: 1, text: JSON.stringify(page) });
    await source().histories(request([ALICE]), into());
    expect(rows().length).toBeGreaterThan(0);
    expect(await coverageOf(ALICE)).toMatchObject({ truncated: true });
    expect((await coverageOf(ALICE))?.note).toContain('1 row was rejected');
  });

  test('stopped: nothing is stored', async () => {
    const controller = new AbortController();
    const asked = source({ onCall: () => controller.abort() }).histories(request([ALICE]), {
      ...into(),
      signal: controller.signal,
    });
    await expect(asked).rejects.toMatchObject({ code: 'interrupted' });
    expect(await grid.store.imports()).toEqual([]);
  });
});
