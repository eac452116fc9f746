import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Asset } from '../../units/index.ts';
import { createMemoryLedger } from '../stores/memory.ts';
import type { Transfer } from '../transfer.ts';
import { ingestFiles, readTransfersFile } from './index.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-formats-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const fixture = (name: string): string => join(import.meta.dirname, 'fixtures', name);
const address = (account: string): string => account.slice('eip155:1:'.length).slice(0, 4);

/** One line a transfer: block/index/position kind payer>receiver amount token, and what was assigned. */
function told(transfer: Transfer): string {
  const { blockNumber, txIndex, position, kind, from, to, amount, asset, assigned, rounded } = transfer;
  const token = asset.endsWith('slip44:60') ? 'eth' : asset.slice(-4);
  const marks = `${assigned === 'none' ? '' : ` ${assigned}`}${rounded ? ' rounded' : ''}`;
  return `${blockNumber}/${txIndex}/${position} ${kind} ${address(from)}>${address(to)} ${amount} ${token}${marks}`;
}

/** Transfers of a file of these lines. */
async function readRows(...lines: string[]): Promise<string[]> {
  const path = join(directory, 'rows.csv');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return (await readTransfersFile(path)).transfers.map(told);
}

async function read(name: string, options: Parameters<typeof readTransfersFile>[1] = {}): Promise<string[]> {
  return (await readTransfersFile(fixture(name), options)).transfers.map(told);
}

describe('explorer export', () => {
  test('a real export: fees, tokens, assigned order and a repeated top-level row', async () => {
    const { transfers, files, rejects, assets } = await readTransfersFile(fixture('bancor-2018-part.csv'));
    expect(rejects).toEqual([]);
    const [file] = files;
    expect(file?.rows).toBe(19);
    // 15 rows of ether in 14 transactions, 4 of tokens.
    expect(transfers.filter((t) => t.kind === 'fee')).toHaveLength(14);
    expect(transfers.filter((t) => t.kind === 'native')).toHaveLength(15);
    expect(transfers.filter((t) => t.kind === 'token')).toHaveLength(4);
    const twice = transfers.filter((t) => t.tx.startsWith('0x2d23ecde')).map(told);
    expect(twice).toEqual([
      '7367360/0/-1 fee 0xf2>fee 105000000000000 eth index',
      '7367360/0/0 native 0xf2>0xed 161413870000000000 eth both',
      '7367360/0/1 native 0xf2>0xed 161413870000000000 eth both',
    ]);
    expect(file?.notes.join(' ')).toContain('a transaction moves its top-level value once');
    expect(file?.coverage[0]).toMatchObject({
      basis: 'unknown',
      account: null,
      toBlock: null,
      source: 'bancor-2018-part.csv',
    });
    expect(file?.coverage[0]?.note).toContain('Order inside the block was assigned');
    const thbc: Asset = 'eip155:1/erc20:0x04ad70466a79dd1251f22ad426248088724ff32b';
    expect(assets.get(thbc)).toEqual({ symbol: 'THBC', decimals: null });
  });

  test('a failed row pays its fee and moves nothing; float notation is flagged; a creation pays the contract', async () => {
    expect(await read('explorer-edge.csv')).toEqual([
      '100/0/-1 fee 0xaa>fee 210000 eth index',
      '101/0/-1 fee 0xaa>fee 500000 eth index',
      '101/0/0 native 0xaa>0xcc 97800000000000000000 eth both rounded',
      '101/0/1 internal 0xcc>0xbb 700 eth both',
      '101/0/2 token 0xcc>0xaa 25 1ec7 both',
      '102/0/-1 fee 0xaa>fee 900000 eth index',
      '102/0/0 native 0xaa>0xdd 0 eth both',
    ]);
  });
});

describe("Cairn's own CSV", () => {
  test('a real file: order assigned by file order, symbols and decimals collected', async () => {
    const { transfers, assets, rejects } = await readTransfersFile(fixture('bybit-2025-part.csv'));
    expect(rejects).toEqual([]);
    expect(transfers).toHaveLength(12);
    expect(transfers[0]).toMatchObject({
      blockNumber: 21895251,
      txIndex: 0,
      position: 0,
      kind: 'internal',
      assigned: 'both',
    });
    expect(transfers[0]?.amount).toBe(401346768858404671846374n);
    expect(assets.get('eip155:1/slip44:60')).toEqual({ symbol: 'ETH', decimals: 18 });
    expect(assets.get('eip155:1/erc20:0xd5f7838f5c461feff7fe49ea5ebaf7728bb0adfa')).toEqual({
      symbol: 'mETH',
      decimals: 18,
    });
  });
});

describe('Etherscan exports', () => {
  test('transactions: decimals become base units, fees go to the payer, failed rows move nothing', async () => {
    expect(await read('etherscan-normal.csv')).toEqual([
      '21686821/0/-1 fee 0xaa>fee 152889242310000 eth index',
      '21686821/0/0 native 0xaa>0xbb 38060500000000000 eth index',
      '21686874/0/-1 fee 0xbb>fee 5297856829311280 eth index',
      '21686874/0/0 native 0xbb>0xcc 1234000000000000000001 eth index',
      '21686875/0/-1 fee 0xbb>fee 100000000000000 eth index',
      '21686875/1/-1 fee 0xbb>fee 2000000000000000 eth index',
      '21686875/1/0 native 0xbb>0xdd 0 eth index',
    ]);
  });

  test('an older edition of the header and another chain read the same', async () => {
    const text = readFileSync(fixture('etherscan-normal.csv'), 'utf8');
    const path = join(directory, 'older.csv');
    writeFileSync(
      path,
      text.replace('Transaction Hash', 'Txhash').replaceAll('(ETH)', '(MATIC)').replace('DateTime (UTC)', 'DateTime'),
    );
    const { transfers } = await readTransfersFile(path, { chain: 'eip155:137' });
    expect(transfers.map((t) => [t.blockNumber, t.kind, t.amount])).toEqual(
      (await readTransfersFile(fixture('etherscan-normal.csv'))).transfers.map((t) => [
        t.blockNumber,
        t.kind,
        t.amount,
      ]),
    );
    expect(transfers[1]?.asset).toBe('eip155:137/slip44:966');
  });

  test('internal transactions stand behind the top-level value, two alike are two', async () => {
    expect(await read('etherscan-internal.csv')).toEqual([
      '21686874/0/1 internal 0xcc>0xbb 250000000000000000 eth both',
      '21686874/0/2 internal 0xcc>0xbb 250000000000000000 eth both',
    ]);
  });

  test('tokens: decimals from the table of well-known ones or the caller, else the row is rejected', async () => {
    const without = await readTransfersFile(fixture('etherscan-erc20.csv'));
    expect(without.transfers.map(told)).toEqual(['21686874/0/1000000 token 0xbb>0xcc 1000000250000 1ec7 both']);
    expect(without.rejects).toHaveLength(1);
    expect(without.rejects[0]?.line).toBe(3);
    expect(without.rejects[0]?.reason).toContain("the token's decimals are not known");
    const decimals = new Map<Asset, number>([['eip155:1/erc20:0x1234567890123456789012345678901234567890', 9]]);
    const withDecimals = await read('etherscan-erc20.csv', { decimals });
    expect(withDecimals[1]).toBe('21686890/0/1000000 token 0xee>0xbb 12500000000 7890 both');
  });

  test('the three exports of one account join into one transaction', async () => {
    const paths = ['etherscan-erc20.csv', 'etherscan-internal.csv', 'etherscan-normal.csv'].map(fixture);
    const { transfers } = await readTransfersFile(paths);
    const joined = transfers
      .filter((t) => t.tx.startsWith('0x2222'))
      .map((t) => `${t.txIndex}/${t.position} ${t.kind}`);
    expect(joined).toEqual(['0/-1 fee', '0/0 native', '0/1 internal', '0/2 internal', '0/1000000 token']);
  });
});

describe('ethereum-etl tables', () => {
  test('transactions: known order, fee from the receipt, failure pays only the fee, created contract from the nonce', async () => {
    expect(await read('etl-transactions.csv')).toEqual([
      '100/3/-1 fee 0xaa>fee 750000 eth',
      '100/3/0 native 0xaa>0xcc 1000 eth',
      '100/5/-1 fee 0xaa>fee 420000 eth',
      '101/0/-1 fee 0x6a>fee 16000000 eth',
      '101/0/0 native 0x6a>0xcd 42 eth',
    ]);
  });

  test('transactions, traces and token transfers of one run: nothing is counted twice, what failed moves nothing', async () => {
    const names = ['etl-token-transfers.csv', 'etl-traces.csv', 'etl-transactions.csv'];
    const { transfers, files, rejects } = await readTransfersFile(names.map(fixture));
    expect(files.map((file) => file.file)).toEqual([
      'etl-transactions.csv',
      'etl-traces.csv',
      'etl-token-transfers.csv',
    ]);
    expect(transfers.filter((t) => t.tx.startsWith('0x1111')).map(told)).toEqual([
      '100/3/-1 fee 0xaa>fee 750000 eth',
      '100/3/0 native 0xaa>0xcc 1000 eth',
      '100/3/1 internal 0xcc>0xbb 300 eth',
      '100/3/5 internal 0xcc>0xee 150 eth',
      '100/3/1000012 token 0xcc>0xaa 77 1ec7',
      '100/3/1000013 token 0xcc>0xbb 0 1ec7',
    ]);
    expect(files[1]?.alreadyKnown).toBe(1);
    expect(rejects).toMatchObject([
      { file: 'etl-token-transfers.csv', line: 4, reason: 'no block time: ingest its transactions first' },
    ]);
    expect(files[2]?.coverage[0]?.note).toContain('1 row was rejected');
    expect(files[2]?.notes.join(' ')).toContain('does not tell ERC-20 from ERC-721');
  });

  const TRACES =
    'block_number,transaction_hash,transaction_index,from_address,to_address,value,trace_type,call_type,trace_address,error,status,block_timestamp,block_hash';
  const account = (digit: string): string => `0x${digit.repeat(40)}`;
  const hash = (digit: string): string => `0x${digit.repeat(64)}`;
  const time = (block: number): number => 1_600_000_000 + block;
  const call = (block: number, tx: string, from: string, to: string, value: number, at: string, status = 1): string =>
    `${block},${hash(tx)},0,${account(from)},${account(to)},${value},call,call,"${at}",,${status},${time(block)},${hash('b')}`;

  test("traces: a block's reward comes from the zero account, behind its transactions", async () => {
    const reward = `7,,,,${account('e')},2000,reward,,,,1,${time(7)},${hash('b')}`;
    const rows = [reward, call(7, '1', 'a', 'c', 10, '')];
    expect(await readRows(TRACES, ...rows)).toEqual([
      '7/0/0 native 0xaa>0xcc 10 eth',
      '7/1000000/0 internal 0x00>0xee 2000 eth position',
    ]);
  });

  test('traces in any order: calls find their callers wherever they stand in the file', async () => {
    const rows = [call(8, '2', 'a', 'c', 1, ''), call(7, '1', 'c', 'd', 5, '0,0'), call(7, '1', 'a', 'c', 10, '')];
    const failed = call(7, '1', 'c', 'c', 0, '0', 0);
    expect(await readRows(TRACES, ...rows, failed)).toEqual([
      '7/0/0 native 0xaa>0xcc 10 eth',
      '8/0/0 native 0xaa>0xcc 1 eth',
    ]);
  });

  test('traces of some calls only: their order is assigned, and said', async () => {
    const path = join(directory, 'part.csv');
    writeFileSync(path, `${[TRACES, call(7, '1', 'c', 'd', 5, '3'), call(7, '1', 'c', 'e', 6, '1')].join('\n')}\n`);
    const { transfers, files } = await readTransfersFile(path);
    expect(transfers.map(told)).toEqual([
      '7/0/1 internal 0xcc>0xee 6 eth position',
      '7/0/2 internal 0xcc>0xdd 5 eth position',
    ]);
    expect(files[0]?.notes.join(' ')).toContain('Of 1 transactions not all calls are in the file');
  });

  test('traces: a call given twice counts once, two calls at one place contradict', async () => {
    const once = call(7, '1', 'a', 'c', 10, '');
    expect(await readRows(TRACES, once, once)).toEqual(['7/0/0 native 0xaa>0xcc 10 eth']);
    await expect(readRows(TRACES, once, call(7, '1', 'a', 'c', 11, ''))).rejects.toMatchObject({
      code: 'contradiction',
    });
  });

  test('transactions without receipts: no fees, and both unknowns are said', async () => {
    const header = 'hash,nonce,block_number,transaction_index,from_address,to_address,value,gas_price,block_timestamp';
    const path = join(directory, 'bare.csv');
    writeFileSync(path, `${header}\n${hash('1')},0,7,0,${account('a')},${account('c')},10,20,${time(7)}\n`);
    const { transfers, files } = await readTransfersFile(path);
    expect(transfers.map(told)).toEqual(['7/0/0 native 0xaa>0xcc 10 eth']);
    expect(files[0]?.coverage[0]?.note).toContain('their fees are not recorded');
    expect(files[0]?.coverage[0]?.note).toContain('whether they failed is not known');
  });

  test('token transfers without their transactions are refused with the reason', async () => {
    const store = createMemoryLedger();
    await expect(ingestFiles({ store, files: [fixture('etl-token-transfers.csv')] })).rejects.toThrow(
      'etl-token-transfers.csv: none of its 3 rows could be read; line 2: no block time: ingest its transactions first',
    );
    expect(await store.imports()).toEqual([]);
  });
});
