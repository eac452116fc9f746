import { type Transfer, transfersOf, type UtxoTransaction } from '../../core/src/ledger/index.ts';
import { NO_LIMITS, type PolicyId, type TraceRequest } from '../../core/src/tracing/index.ts';
import { type Account, BITCOIN } from '../../core/src/units/index.ts';

/** Numbers from 0 to 1 that depend on the seed alone (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

type Unspent = { readonly tx: string; readonly index: number; readonly amount: bigint; readonly owner: Account };

/** Transaction `i` of a series, named by a letter. */
const idOf = (series: string, i: number): string => `${series}${i.toString(16).padStart(63, '0')}`;

const FEE = 1_000n;
const REST = { script: null, witness: null } as const;

/**
 * A made-up chain of payments with change, consolidations and batches, as wallets make them: mostly one or two inputs and
 * two outputs, amounts from a heavy tail, recent outputs spent sooner. The same seed gives the same transactions.
 */
export function utxoGraph(count: number, seed: number): UtxoTransaction[] {
  const random = createRandom(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const unspent: Unspent[] = [];
  const transactions: UtxoTransaction[] = [];
  for (let i = 0; i < count; i++) {
    const tx = idOf('a', i);
    const isCoinbase = i % 200 === 0 || unspent.length < 8;
    const wanted = isCoinbase ? 0 : random() < 0.7 ? 1 : random() < 0.9 ? 2 : 3 + below(12);
    const spent: Unspent[] = [];
    while (spent.length < wanted && unspent.length > 0) {
      const depth = Math.floor(unspent.length * random() ** 3);
      spent.push(unspent.splice(unspent.length - 1 - depth, 1)[0] as Unspent);
    }
    const paid = isCoinbase ? 5_000_000_000n : spent.reduce((sum, { amount }) => sum + amount, 0n);
    const fee = isCoinbase || paid < 50n * FEE ? 0n : FEE + BigInt(below(5_000));
    const parts = share(paid - fee, random() < 0.9 ? 2 : 3 + below(20), random);
    const block = Math.floor(i / 100);
    const outputs = parts.map((amount) => {
      const owner: Account = `${BITCOIN}:owner${below(20_000)}`;
      return { amount, lock: { owner, script: 'p2wpkh' as const }, script: null };
    });
    for (const [index, { amount, lock }] of outputs.entries()) unspent.push({ tx, index, amount, owner: lock.owner });
    transactions.push({
      ...{ chain: BITCOIN, tx, blockNumber: block, blockTime: 1_500_000_000 + 600 * block, txIndex: i % 100 },
      ...{ indexAssigned: false, version: 2, lockTime: 0 },
      inputs: isCoinbase
        ? [{ outpoint: null, amount: null, lock: null, sequence: 0, ...REST }]
        : spent.map(({ tx: made, index, amount, owner }) => ({
            outpoint: { tx: made, index },
            amount,
            lock: { owner, script: 'p2wpkh' as const },
            sequence: 0,
            ...REST,
          })),
      outputs,
    });
  }
  return transactions;
}

/** Positive parts of very different sizes that sum to the whole. */
function share(whole: bigint, count: number, random: () => number): bigint[] {
  const parts: bigint[] = [];
  let left = whole;
  for (let i = count; i > 1 && left > 2n; i--) {
    const part = (left * BigInt(1 + Math.floor(9_998 * random() ** 3))) / 10_000n;
    if (part === 0n || part >= left) continue;
    parts.push(part);
    left -= part;
  }
  parts.push(left);
  return random() < 0.5 ? parts : parts.reverse();
}

/** One output spent into a small payment and a larger change, over and over. */
export function peelChain(hops: number): UtxoTransaction[] {
  const transactions: UtxoTransaction[] = [];
  let amount = 10_000n * BigInt(hops + 1);
  const lockOf = (name: string) => ({ owner: `${BITCOIN}:${name}` as const, script: 'p2wpkh' as const });
  for (let i = 0; i <= hops; i++) {
    const tx = idOf('b', i);
    const from = i === 0 ? '' : idOf('b', i - 1);
    const peeled = 9_000n;
    const change = i === 0 ? amount : amount - peeled - FEE;
    transactions.push({
      ...{ chain: BITCOIN, tx, blockNumber: i, blockTime: 1_500_000_000 + 600 * i, txIndex: 0 },
      ...{ indexAssigned: false, version: 2, lockTime: 0 },
      inputs: [
        i === 0
          ? { outpoint: null, amount: null, lock: null, sequence: 0, ...REST }
          : { outpoint: { tx: from, index: 0 }, amount, lock: lockOf(`change${i - 1}`), sequence: 0, ...REST },
      ],
      outputs: [
        { amount: change, lock: lockOf(`change${i}`), script: null },
        ...(i === 0 ? [] : [{ amount: peeled, lock: lockOf(`peeled${i}`), script: null }]),
      ],
    });
    amount = change;
  }
  return transactions;
}

export const transfersOfAll = (transactions: readonly UtxoTransaction[]): Transfer[] =>
  transactions.flatMap(transfersOf);

/** An early output worth stealing. */
export function theftIn(transfers: readonly Transfer[]): Transfer {
  const found = transfers.find(
    ({ kind, amount, txIndex }) => kind === 'output' && txIndex > 0 && amount > 1_000_000_000n,
  );
  if (found === undefined) throw new Error('no output of the graph is worth stealing');
  return found;
}

export function requestOf({ tx, position }: Transfer, policies: readonly PolicyId[]): TraceRequest {
  const seed = { kind: 'transfer', tag: 'theft', transfer: { tx, position }, amount: null } as const;
  const rest = { instructed: null, rules: [], limits: NO_LIMITS, crossings: [] };
  return { direction: 'forward', seeds: [seed], policies, ...rest };
}
