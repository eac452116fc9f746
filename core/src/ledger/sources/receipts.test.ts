import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFixture } from '../../../../test/crossings-fixtures.ts';
import type { TransactionEvidence } from '../evidence.ts';
import { createMemoryLedger, type MemoryLedger } from '../stores/memory.ts';
import { type IngestReceiptsOptions, ingestReceipts } from './receipts.ts';

let folder: string;
let store: MemoryLedger;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-receipts-'));
  store = createMemoryLedger();
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const keysOf = ({ tx }: TransactionEvidence): string[] => [`test:${tx}`];

function ingest(files: readonly string[], options: Partial<IngestReceiptsOptions> = {}) {
  return ingestReceipts({ store, files, keysOf, rejectsDirectory: folder, ...options });
}

type Fixture = {
  readonly transactionHash: string;
  readonly transaction: Readonly<Record<string, unknown>>;
  readonly receipt: Readonly<Record<string, unknown>>;
  readonly logs: readonly Readonly<Record<string, unknown>>[];
};

/** A real withdrawal of wrapped ether on Scroll: one log, one inner call. */
const wrap = readFixture('wraps', 'weth_withdraw_scroll_88f496.json') as Fixture;
/** Made up: the fixture has none. */
const TIME = 1_700_000_000;
const header = {
  number: wrap.transaction['blockNumber'],
  hash: wrap.transaction['blockHash'],
  timestamp: TIME,
  transactions: [],
};
const receipt = { transactionHash: wrap.transactionHash, ...wrap.receipt, logs: wrap.logs };
const SCROLL = { chain: 'eip155:534352' } as const;

function kinds(): string[] {
  return store.all.map(({ kind, position }) => `${kind} ${position}`);
}

describe('JSON', () => {
  const whole = { ...wrap, timestamp: TIME };

  it('takes a record of several replies, with its evidence and keys', async () => {
    const { files } = await ingest([file('one.json', JSON.stringify(whole, null, 2))]);
    expect(files.map(({ status, rows, rejected }) => ({ status, rows, rejected }))).toEqual([
      { status: 'imported', rows: 1, rejected: 0 },
    ]);
    expect(kinds()).toEqual(
      ['fee -1', 'native 0', 'internal 1', 'token 1000000'].map((kind) =>
        kind.replace('1000000', String(1_000_000 + Number(wrap.logs[0]?.['logIndex']))),
      ),
    );
    const [found] = await store.evidenceByKey([`test:${wrap.transactionHash}`]);
    expect(found?.evidence).toMatchObject({ kind: 'evm', chain: SCROLL.chain, succeeded: true, blockTime: TIME });
    expect(files[0]?.coverage.map(({ basis }) => basis)).toEqual(['unknown']);
  });

  it('says the same whatever the form: replies line by line, a list, packed', async () => {
    const reply = (result: unknown) => ({ jsonrpc: '2.0', id: 1, result });
    const replies = [reply(header), reply(wrap.transaction), reply(receipt)];
    await ingest([file('a.json', JSON.stringify({ ...whole, internalTransactions: undefined }))]);
    const expected = store.all;
    for (const content of [
      file('lines.json', replies.map((one) => JSON.stringify(one)).join('\n')),
      file('list.json', JSON.stringify(replies)),
      file('packed.json.gz', gzipSync(JSON.stringify(replies))),
    ]) {
      store = createMemoryLedger();
      await ingest([content], SCROLL);
      expect(store.all).toEqual(expected);
    }
  });

  it('passes over a file the ledger has', async () => {
    const path = file('one.json', JSON.stringify(whole));
    await ingest([path]);
    const again = await ingest([file('copy.json', readFileSync(path))]);
    expect(again.files[0]).toMatchObject({ status: 'already-imported', transfers: 0 });
    const other = await ingest([file('spaced.json', JSON.stringify(whole, null, 1))]);
    expect(other.files[0]).toMatchObject({ status: 'imported', transfers: 0, alreadyKnown: 4 });
  });

  it('keeps evidence whose block time is not known, says so, and records no transfer', async () => {
    const { files } = await ingest([file('untimed.json', JSON.stringify(wrap))]);
    expect(store.all).toEqual([]);
    expect(files[0]?.notes[0]).toMatch(/^No block time, so kept as evidence only.* \(1 transaction\)\.$/);
    expect((await store.evidence([wrap.transactionHash])).length).toBe(1);
  });

  it('takes the time of a block that the ledger has', async () => {
    await ingest([
      file(
        'one.json',
        JSON.stringify({
          ...whole,
          receipt: undefined,
          logs: undefined,
          internalTransactions: undefined,
          transaction: { ...wrap.transaction, status: 1 },
        }),
      ),
    ]);
    const before = store.all.length;
    await ingest([file('rest.json', JSON.stringify(receipt))], SCROLL);
    expect(store.all.length).toBeGreaterThan(before);
    expect(new Set(store.all.map(({ blockTime }) => blockTime))).toEqual(new Set([TIME]));
  });

  it('refuses a receipt of a failed transaction of which the ledger has value as moved', async () => {
    const paid = { ...wrap.transaction, value: '0x1', status: 1 };
    await ingest([file('paid.json', JSON.stringify({ transaction: paid, timestamp: TIME, logs: wrap.logs }))], SCROLL);
    const failed = file('failed.json', JSON.stringify({ ...receipt, status: '0x0', logs: [] }));
    await expect(ingest([failed], SCROLL)).rejects.toThrow(
      /failed by its receipt, and the ledger has its value as moved/,
    );
  });

  it('rejects bad records with file, line and reason, and keeps the good ones', async () => {
    const lines = [
      JSON.stringify(whole),
      '{"broken',
      JSON.stringify({
        ...whole,
        transaction: { ...wrap.transaction, hash: `0x${'1'.repeat(64)}` },
        transactionHash: `0x${'1'.repeat(64)}`,
      }),
      JSON.stringify({ ...receipt, transactionHash: `0x${'2'.repeat(64)}`, logs: [] }),
      JSON.stringify({ what: 'ever' }),
      JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code: -32000, message: 'rate limit' } }),
    ];
    const { files } = await ingest([file('mixed.json', lines.join('\n'))]);
    expect(files[0]).toMatchObject({ rows: 6, rejected: 5 });
    const rejects = readFileSync(files[0]?.rejectsFile as string, 'utf8');
    expect(rejects).toContain('mixed.json,2,the line is not JSON');
    expect(rejects).toMatch(/mixed\.json,3,"?logs\[0\]: is of transaction/);
    expect(rejects).toContain(`mixed.json,4,transaction 0x${'2'.repeat(64)}: names no chain: give it with --chain`);
    expect(rejects).toContain(
      'is no transaction, receipt, log, trace or block; it has (""""what"""")'.replaceAll('""""', '""'),
    );
    expect(rejects).toContain('the node answered with an error');
    expect(kinds().length).toBe(4);
  });

  it('refuses a receipt that stands alone, and records of another chain', async () => {
    const alone = file('alone.json', JSON.stringify(receipt));
    await expect(ingest([alone], SCROLL)).rejects.toThrow(
      /alone\.json: none of its 1 rows.*its receipt stands without it/,
    );
    const other = file('other.json', JSON.stringify(whole));
    await expect(ingest([other], { chain: 'eip155:1' })).rejects.toThrow(/is of eip155:534352, and eip155:1 was named/);
    expect(await store.imports()).toEqual([]);
  });

  it('refuses what is no JSON, without storing anything', async () => {
    await expect(ingest([file('cut.json', JSON.stringify(whole).slice(0, -40))])).rejects.toThrow(
      /cut\.json: the file is not JSON/,
    );
    await expect(ingest([file('cut.json.gz', gzipSync(JSON.stringify(whole)).subarray(0, -30))])).rejects.toThrow(
      /the file cannot be read/,
    );
    const lines = Array.from({ length: 3000 }, (_, i) =>
      JSON.stringify({ ...whole, note: `${i} ${Math.sin(i)}` }),
    ).join('\n');
    const cutLines = gzipSync(lines).subarray(0, -5000);
    await expect(ingest([file('cut-lines.json.gz', cutLines)])).rejects.toThrow(/the file cannot be read/);
    await expect(ingest([join(folder, 'none.json')])).rejects.toThrow(/no such file/);
    expect(await store.imports()).toEqual([]);
  });
});

describe('tables of ethereum-etl', () => {
  const HASH = `0x${'aa'.repeat(32)}`;
  const FAILED = `0x${'bb'.repeat(32)}`;
  const BLOCK = `0x${'cc'.repeat(32)}`;
  const [PAYER, ROUTER, TOKEN, SHOP] = ['11', '22', '33', '44'].map((byte) => `0x${byte.repeat(20)}`) as [
    string,
    string,
    string,
    string,
  ];
  const topic = (address: string): string => `0x${'0'.repeat(24)}${address.slice(2)}`;
  const TRANSFER = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';
  const transactions = () =>
    file(
      'transactions.csv',
      [
        'hash,nonce,block_hash,block_number,transaction_index,from_address,to_address,value,gas,gas_price,input,block_timestamp,transaction_type',
        `${HASH},1,${BLOCK},100,0,${PAYER},${ROUTER},1000,90000,5,0xa9059cbb,1700000000,0`,
        `${FAILED},2,${BLOCK},100,1,${PAYER},${ROUTER},2000,90000,5,0x,1700000000,0`,
      ].join('\n'),
    );
  const receipts = () =>
    file(
      'receipts.csv',
      [
        'transaction_hash,transaction_index,block_hash,block_number,cumulative_gas_used,gas_used,contract_address,root,status,effective_gas_price',
        `${HASH},0,${BLOCK},100,50000,50000,,,1,4`,
        `${FAILED},1,${BLOCK},100,140000,90000,,,0,5`,
      ].join('\n'),
    );
  const logs = () =>
    file(
      'logs.csv',
      [
        'log_index,transaction_hash,transaction_index,block_hash,block_number,address,data,topics',
        `7,${HASH},0,${BLOCK},100,${TOKEN},0x${'0'.repeat(62)}2a,"${TRANSFER},${topic(PAYER)},${topic(SHOP)}"`,
        `8,${HASH},0,${BLOCK},100,${TOKEN},0x,${BLOCK}`,
      ].join('\n'),
    );
  const traces = () =>
    file(
      'traces.csv',
      [
        'block_number,transaction_hash,transaction_index,from_address,to_address,value,input,output,trace_type,call_type,reward_type,gas,gas_used,subtraces,trace_address,error,status,trace_id',
        `100,${HASH},0,${PAYER},${ROUTER},1000,0xa9059cbb,,call,call,,1,1,2,,,1,a`,
        `100,${HASH},0,${ROUTER},${SHOP},600,0x01,,call,call,,1,1,0,0,,1,b`,
        `100,${HASH},0,${ROUTER},${SHOP},300,0x,,call,call,,1,1,0,1,Reverted,0,c`,
        `100,${FAILED},1,${PAYER},${ROUTER},2000,0x,,call,call,,1,1,0,,Out of gas,0,d`,
      ].join('\n'),
    );

  it('join: fees and failures from receipts, tokens from logs, inner calls from traces', async () => {
    const { files } = await ingest([logs(), traces(), receipts(), transactions()]);
    expect(files.map(({ file: name, rejected }) => [name, rejected])).toEqual([
      ['transactions.csv', 0],
      ['traces.csv', 0],
      ['logs.csv', 0],
      ['receipts.csv', 0],
    ]);
    expect(store.all.map(({ tx, kind, position, amount }) => [tx.slice(2, 4), kind, position, amount])).toEqual([
      ['aa', 'fee', -1, 200_000n],
      ['aa', 'native', 0, 1000n],
      ['aa', 'internal', 1, 600n],
      ['aa', 'token', 1_000_007, 42n],
      ['bb', 'fee', -1, 450_000n],
    ]);
    const [good, failed] = await store.evidence([HASH, FAILED]);
    expect(good).toMatchObject({
      from: `eip155:1:${PAYER}`,
      input: '0xa9059cbb',
      value: 1000n,
      succeeded: true,
      blockTime: 1_700_000_000,
    });
    expect(good?.kind === 'evm' && good.logs?.map(({ logIndex, topics }) => [logIndex, topics.length])).toEqual([
      [7, 3],
      [8, 1],
    ]);
    expect(good?.kind === 'evm' && good.frames?.map(({ path, input }) => [path, input])).toEqual([
      [[], '0xa9059cbb'],
      [[0], '0x01'],
    ]);
    expect(failed).toMatchObject({ succeeded: false, frames: [] });
  });

  it('reject bad rows with their reason', async () => {
    const bad = readFileSync(logs(), 'utf8').replace(`"${TRANSFER},`, '"0x12,');
    const { files } = await ingest([transactions(), file('bad.csv', bad)]);
    expect(files[1]).toMatchObject({ rows: 2, rejected: 1 });
    expect(files[1]?.rejectedByReason[0]).toMatchObject({
      reason: 'topics: is not a list of up to four topics',
      firstLine: 2,
    });
  });

  it('refuse a table of another kind, naming the nearest', async () => {
    await expect(ingest([file('x.csv', 'a,b\n1,2\n')])).rejects.toThrow(/x\.csv: unknown schema/);
  });
});
