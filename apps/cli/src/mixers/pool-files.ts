import { basename } from 'node:path';
import { CairnError } from '@cairn/core/errors';
import {
  type PoolDeposit,
  type PoolRecord,
  type PoolWithdrawal,
  TORNADO_POOLS,
  type TransactionFacts,
} from '@cairn/core/tracing';
import { type Account, ETHEREUM } from '@cairn/core/units';
import { readUnpacked } from './labelled-files.ts';

type Row = Readonly<Record<string, unknown>>;

const NAME = /^(deposits|withdrawals)_1_([a-z]+)_([0-9.]+)\.json(\.gz)?$/i;

/**
 * Pools from files as the command-line tool of Tornado Cash keeps them, `deposits_1_eth_100.json` and
 * `withdrawals_1_eth_100.json`, packed or not: arrays of `blockNumber`, `transactionHash` (may be left out of deposits),
 * `leafIndex` (else the place in the file), and `to`, `fee`, `nullifierHash`. A withdrawal that stands there twice counts once.
 * @throws {CairnError} `invalid-input`, naming the file and the row.
 */
export function readPools(paths: readonly string[]): PoolRecord[] {
  const files = new Map<Account, { deposits?: readonly Row[]; withdrawals?: readonly Row[] }>();
  for (const path of paths) {
    const [, list, currency, amount] = NAME.exec(basename(path)) ?? [];
    const name = `${amount} ${currency?.toUpperCase()}`;
    const [pool] = [...TORNADO_POOLS].find((entry) => entry[1].name === name) ?? [];
    if (list === undefined || pool === undefined) {
      throw new CairnError('invalid-input', `${path}: the name says neither which list nor which pool`, {
        hints: ['expected: deposits_1_eth_100.json.gz or withdrawals_1_eth_100.json.gz'],
      });
    }
    files.set(pool, { ...files.get(pool), [list.toLowerCase()]: readRows(path) });
  }
  return [...files].map(([pool, { deposits, withdrawals }]) => {
    const { name } = TORNADO_POOLS.get(pool) as { name: string };
    if (deposits === undefined || withdrawals === undefined) {
      const missing = deposits === undefined ? 'deposits' : 'withdrawals';
      throw new CairnError('invalid-input', `of the pool of ${name} the file of ${missing} is missing`);
    }
    return recordOf(pool, name, deposits, withdrawals);
  });
}

/** Senders and gas prices from a JSON file of transactions as a node gives them, alone or each under `transaction`. */
export function readTransactionFacts(path: string): Map<string, TransactionFacts> {
  const parsed = parseJson(path) as { transactions?: unknown };
  const list = Array.isArray(parsed) ? parsed : Array.isArray(parsed.transactions) ? parsed.transactions : [parsed];
  const facts = new Map<string, TransactionFacts>();
  for (const [i, item] of (list as Row[]).entries()) {
    const row = (item['transaction'] ?? item) as Row;
    const [hash, from] = [textOf(row['hash'] ?? item['transactionHash']), textOf(row['from'])];
    if (!/^0x[0-9a-f]{64}$/.test(hash) || !/^0x[0-9a-f]{40}$/.test(from)) {
      throw new CairnError('invalid-input', `${path}, transaction ${i}: no hash, or no sender`);
    }
    const price = row['gasPrice'];
    facts.set(hash, { sender: `${ETHEREUM}:${from}`, gasPrice: price === undefined ? null : BigInt(price as string) });
  }
  return facts;
}

function recordOf(pool: Account, name: string, puts: readonly Row[], takes: readonly Row[]): PoolRecord {
  const deposits = puts.map((row, i): PoolDeposit => {
    const tx = row['transactionHash'];
    const index = typeof row['leafIndex'] === 'number' ? row['leafIndex'] : i;
    return {
      pool,
      index,
      block: blockOf(row, name, i),
      tx: tx === undefined ? null : textOf(tx),
      sender: null,
      gasPrice: null,
    };
  });
  const seen = new Set<unknown>();
  const once = takes.filter(
    ({ nullifierHash }) => nullifierHash === undefined || (!seen.has(nullifierHash) && seen.add(nullifierHash)),
  );
  const withdrawals = once
    .map((row, i) => ({ row, block: blockOf(row, name, i) }))
    .sort((a, b) => a.block - b.block)
    .map(({ row, block }, index): PoolWithdrawal => {
      const [tx, to, fee] = [textOf(row['transactionHash']), textOf(row['to']), textOf(row['fee'])];
      if (!/^0x[0-9a-f]{40}$/.test(to) || !/^[0-9]+$/.test(fee) || tx === '') reject(name, 'withdrawal', index);
      return { pool, index, block, tx, recipient: `${ETHEREUM}:${to}`, fee: BigInt(fee), gasPrice: null };
    });
  const [putUntil, takenUntil] = [deposits.at(-1)?.block ?? 0, withdrawals.at(-1)?.block ?? 0];
  return {
    pool,
    name,
    deposits,
    withdrawals,
    withdrawalsFrom: missingBefore(deposits, withdrawals),
    until: Math.min(putUntil, takenUntil),
  };
}

/** A pool that had taken in so many notes before its first withdrawal on record had paid some out: the list starts late. */
const MANY_WITHOUT_WITHDRAWAL = 1_000;

function missingBefore(deposits: readonly PoolDeposit[], withdrawals: readonly PoolWithdrawal[]): number | null {
  const [first] = withdrawals;
  if (first === undefined) return deposits.length > MANY_WITHOUT_WITHDRAWAL ? Number.MAX_SAFE_INTEGER : null;
  return deposits.filter(({ block }) => block < first.block).length > MANY_WITHOUT_WITHDRAWAL ? first.block : null;
}

function readRows(path: string): readonly Row[] {
  const rows = parseJson(path);
  if (!Array.isArray(rows)) throw new CairnError('invalid-input', `${path}: not an array of events`);
  return rows as Row[];
}

function parseJson(path: string): unknown {
  try {
    return JSON.parse(readUnpacked(path).toString());
  } catch (cause) {
    if (cause instanceof SyntaxError)
      throw new CairnError('invalid-input', `${path}: not JSON: ${cause.message}`, { cause });
    throw cause;
  }
}

function blockOf(row: Row, name: string, i: number): number {
  const block = row['blockNumber'];
  return Number.isSafeInteger(block) ? (block as number) : reject(name, 'row', i);
}

function reject(name: string, what: string, i: number): never {
  throw new CairnError(
    'invalid-input',
    `the pool of ${name}: ${what} ${i} lacks its block, transaction, recipient or fee`,
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : '';
}
