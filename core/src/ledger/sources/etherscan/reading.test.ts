import { afterEach, describe, expect, test } from 'vitest';
import { blockHashOf, type ChainTransaction, type Fault } from '../../../../../test/replays/etherscan-server.ts';
import {
  ALICE,
  account,
  HEAD,
  hash,
  KEY,
  notOk,
  OF_ALICE,
  payment,
  request,
  startTrial,
  type Trial,
} from './fixtures/story.ts';

let trial: Trial;
afterEach(() => trial.server.close());

describe('long records', () => {
  /** 25,000 payments, 13 in a block. */
  const LONG = Array.from({ length: 25_000 }, (_, i) => payment(i + 1, 10 + Math.floor(i / 13), { index: i % 13 }));
  const sum = (chain: readonly ChainTransaction[]): bigint => chain.reduce((all, { value }) => all + value, 0n);
  const moved = () => trial.store.all.filter(({ kind }) => kind === 'native');

  test.each([
    ['pages of 10,000', { pageSize: 10_000 }, {}, 3 + 2],
    ['a plan that gives 1,000 without saying so', { pageSize: 10_000 }, { cap: 1_000 }, 27 + 2],
    ['the default page', {}, {}, 27 + 2],
  ])('25,000 rows by %s', async (_, options, serving, lists) => {
    trial = await startTrial(serving, LONG);
    await trial.source(options).histories(request(), trial.into());
    expect(moved().length).toBe(25_000);
    expect(moved().reduce((all, { amount }) => all + amount, 0n)).toBe(sum(LONG));
    expect(new Set(moved().map(({ tx }) => tx)).size).toBe(25_000);
    expect(await trial.store.coverage([account(ALICE)])).toMatchObject([{ toBlock: HEAD, truncated: false }]);
    // Of 10,000 rows 769 whole blocks are kept (9,997): 3 pages. Of 1,000 rows 76 (988): 25 pages, then 300 rows, a round
    // number, so that the last block is asked for once more. A call each for the two other lists, one for the last block.
    expect(trial.server.asked.length).toBe(lists + 1);
  });

  const full = (count: number): ChainTransaction[] => [
    payment(1, 100),
    ...Array.from({ length: count }, (_, i) => payment(i + 2, 101, { index: i })),
    payment(90_000, 102),
  ];

  test.each([{ pageSize: 10_000 }, {}])('a block of 10,050 rows: cut off at the block before (%o)', async (options) => {
    trial = await startTrial({}, full(10_050));
    await trial.source(options).histories(request(), trial.into());
    expect(trial.told()).toEqual(OF_ALICE.slice(0, 2));
    const [declared] = await trial.store.coverage([account(ALICE)]);
    expect(declared).toMatchObject({ fromBlock: 0, toBlock: 100, toAt: null, basis: 'index', truncated: true });
    expect(declared?.note).toContain('Block 101 has more rows');
  });

  test('a first block that has too many: nothing is declared', async () => {
    trial = await startTrial({}, full(10_050));
    await trial.source().histories(request({ fromBlock: 101 }), trial.into());
    expect(trial.store.all).toEqual([]);
    expect(await trial.store.coverage([account(ALICE)])).toMatchObject([
      { basis: 'unknown', toBlock: null, truncated: true },
    ]);
  });

  test.each([1_000, 1_500, 2_000, 9_999])('a block of %d rows is read page by page', async (count) => {
    trial = await startTrial({ cap: 1_000 }, full(count));
    await trial.source().histories(request(), trial.into());
    expect(moved().length).toBe(count + 2);
    expect(await trial.store.coverage([account(ALICE)])).toMatchObject([{ toBlock: HEAD, truncated: false }]);
  });

  test('fewer rows are asked for where so many are refused', async () => {
    trial = await startTrial({}, full(1_500));
    trial.server.fault = (query) =>
      Number(query.get('offset')) > 1_000 ? notOk(`Maximum offset is 1000 (${KEY})`) : null;
    await trial.source({ pageSize: 10_000 }).histories(request(), trial.into());
    expect(moved().length).toBe(1_502);
    expect(await trial.store.coverage([account(ALICE)])).toMatchObject([{ toBlock: HEAD, truncated: false }]);
  });

  test('and it is given up where any number is', async () => {
    trial = await startTrial();
    trial.server.fault = () =>
      notOk('Result window is too large, PageNo x Offset size must be less than or equal to 10');
    await expect(trial.source().histories(request(), trial.into())).rejects.toMatchObject({
      code: 'unavailable',
      retryable: false,
    });
  });

  test('pages of a block that have rows in common are not taken', async () => {
    trial = await startTrial({ cap: 1_000 }, full(2_500));
    let first: Record<string, string>[] = [];
    trial.server.spoil = (rows, query) => {
      if (query.get('startblock') !== '101') return rows;
      if (query.get('page') === '1') first = rows;
      // A row came in before the page: the last of the page before it is told again.
      return query.get('page') === '2' ? [...first.slice(-1), ...rows.slice(0, -1)] : rows;
    };
    const failing = trial.source().histories(request(), trial.into());
    await expect(failing).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    expect(await trial.store.imports()).toEqual([]);
  });

  test('a limit ends at a block that all lists are complete to', async () => {
    trial = await startTrial({}, LONG);
    await trial.source().histories(request({ limit: 1_500 }), trial.into());
    // Two pages: rows 1 to 1,000 end in block 86, of which 988 of 76 blocks are whole; from there 1,000 more end in block 162.
    const last = 161;
    const whole = LONG.filter(({ block: at }) => at <= last);
    expect(moved().length).toBe(whole.length);
    expect(whole.length).toBe(1_976);
    expect(await trial.store.coverage([account(ALICE)])).toMatchObject([
      { toBlock: last, toAt: null, truncated: true },
    ]);
  });

  test('a limit that is not reached cuts nothing', async () => {
    trial = await startTrial();
    await trial.source().histories(request({ limit: 1_500 }), trial.into());
    expect(trial.told()).toEqual(OF_ALICE);
    expect(await trial.store.coverage([account(ALICE)])).toMatchObject([{ toBlock: HEAD, truncated: false }]);
  });
});

describe('a server in trouble', () => {
  test.each<[string, Fault]>([
    ['a rate limit with status 200', notOk('Max rate limit reached, please use API Key for higher rate limit')],
    ['a limit a second', notOk('Max calls per sec rate limit reached (3/sec)')],
    ['429 with Retry-After', { status: 429, retryAfter: '1' }],
    ['429 without', { status: 429 }],
    ['503', { status: 503 }],
    ['silence', 'silence'],
    ['a reply cut short', 'cut'],
  ])('is asked again: %s', async (_, fault) => {
    trial = await startTrial();
    // Each question fails once.
    const failed = new Set<string>();
    trial.server.fault = (query) => {
      if (failed.has(String(query))) return null;
      failed.add(String(query));
      return fault;
    };
    await trial.source({ timeout: 200 }).histories(request(), trial.into());
    expect(trial.told()).toEqual(OF_ALICE);
    expect(trial.server.asked.length).toBe(8);
    expect(await trial.store.coverage([account(ALICE)])).toMatchObject([{ toBlock: HEAD, truncated: false }]);
  });

  test.each<[string, Fault]>([
    ['a rate limit', notOk('Max calls per sec rate limit reached (3/sec)')],
    ['silence', { status: 502 }],
  ])('is given up where it does not end, and nothing is stored: %s', async (_, fault) => {
    trial = await startTrial();
    trial.server.fault = (query) => (query.get('action') === 'tokentx' ? fault : null);
    const failing = trial.source({ retries: 2 }).histories(request(), trial.into());
    await expect(failing).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    expect(await trial.store.imports()).toEqual([]);
  });

  test.each([
    ['Invalid API Key (#err2)|ABC', 'invalid-input', false],
    ['Missing or unsupported chainid parameter (required for v2 api), please see chainlist', 'invalid-input', false],
    ['You are using a deprecated V1 endpoint, switch to Etherscan API V2', 'unavailable', false],
    ['Max daily rate limit reached. 100000 (100%) of 100000 day/limit', 'unavailable', true],
  ])('refuses, and is not asked again: %s', async (text, code, retryable) => {
    trial = await startTrial();
    trial.server.fault = () => notOk(text);
    const failing = trial.source().histories(request(), trial.into());
    await expect(failing).rejects.toMatchObject({
      code,
      retryable,
      message: expect.stringContaining(text.slice(0, 20)),
    });
    expect(trial.server.asked.length).toBe(3);
    expect(await trial.store.imports()).toEqual([]);
  });

  test('names a wrong key nowhere', async () => {
    trial = await startTrial();
    const wrong = 'WRONGKEY0123456789ABCDEFGHIJKLMNOPQ';
    const failing = trial.source({ key: wrong }).histories(request(), trial.into());
    const error: Error = await failing.then(
      () => expect.unreachable(),
      (reason) => reason,
    );
    expect(trial.server.asked[0]?.get('apikey')).toBe(wrong);
    expect(error.message).toContain('Invalid API Key (…)');
    expect(JSON.stringify([error.message, error, String(error.cause), trial.calls])).not.toContain(wrong);
  });

  test('names the right key nowhere: not in the log, not in what is declared', async () => {
    trial = await startTrial();
    await trial.source().histories(request(), trial.into());
    await trial.source().transactions([hash(1)], trial.into());
    expect(trial.calls.map(({ what }) => what)).toContain(
      `?module=account&action=txlist&address=${ALICE}&startblock=0&endblock=2000&page=1&offset=1000&sort=asc`,
    );
    const said = JSON.stringify([
      trial.calls,
      await trial.store.coverage([account(ALICE)]),
      await trial.store.imports(),
    ]);
    expect(said).not.toContain(KEY);
    expect(trial.server.asked.every((query) => query.get('apikey') === KEY)).toBe(true);
  });
});

describe('a record that changes while it is read', () => {
  const MANY = Array.from({ length: 1_500 }, (_, i) => payment(i + 1, 100 + Math.floor(i / 10), { index: i % 10 }));

  test('is read again from its start', async () => {
    trial = await startTrial({}, MANY);
    // The second page begins with block 199. By then another transaction stands there, and one more in a block of the first page.
    const changed = [
      ...MANY.filter(({ hash: tx }) => tx !== hash(991)),
      payment(7_777, 199, { index: 0 }),
      payment(8_888, 150, { index: 77 }),
    ];
    trial.server.fault = (query) => {
      if (query.get('startblock') === '199') trial.server.chain = changed;
      return null;
    };
    await trial.source().histories(request(), trial.into());
    expect(new Set(trial.store.all.map(({ tx }) => tx))).toEqual(new Set(changed.map(({ hash: tx }) => tx)));
    expect(await trial.store.coverage([account(ALICE)])).toMatchObject([{ toBlock: HEAD, truncated: false }]);
  });

  test.each<[string, (rows: Record<string, string>[]) => Record<string, string>[]]>([
    ['another order', (rows) => rows.toReversed()],
    [
      'a block that was not asked for',
      (rows) => [...rows, { ...rows[0], hash: hash(9_999), blockNumber: '2001' } as Record<string, string>],
    ],
    ['one transaction in two words', (rows) => [...rows, { ...rows.at(-1), value: '77' } as Record<string, string>]],
    ['a block of two times', (rows) => rows.map((row, i) => ({ ...row, timeStamp: String(1_700_000_000 + i) }))],
    ['a block of two hashes', (rows) => rows.map((row, i) => ({ ...row, blockHash: blockHashOf(i, 3) }))],
  ])('again and again is given up: %s', async (_, spoil) => {
    trial = await startTrial({}, MANY.slice(0, 50));
    trial.server.spoil = (rows) => (rows.length === 0 ? rows : spoil(rows));
    await expect(trial.source().histories(request(), trial.into())).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
    });
    expect(await trial.store.imports()).toEqual([]);
    // Read four times.
    expect(trial.server.asked.length).toBe(12);
  });

  test('a row that is stated twice in the same words counts once', async () => {
    trial = await startTrial({}, MANY.slice(0, 50));
    trial.server.spoil = (rows) => rows.flatMap((row) => [row, row]);
    await trial.source().histories(request(), trial.into());
    expect(trial.store.all.length).toBe(100);
  });

  test('a reorganised chain is told, and nothing is stored', async () => {
    trial = await startTrial();
    trial.server.branch = 1;
    const failing = trial.source().histories(request(), trial.into());
    await expect(failing).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
      message: expect.stringContaining('reorganised'),
    });
    expect(await trial.store.imports()).toEqual([]);
  });
});
