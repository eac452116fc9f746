import type { Outpoint, UtxoOutput, UtxoTransaction } from '../../core/src/ledger/index.ts';
import { type Account, BITCOIN } from '../../core/src/units/index.ts';
import { utxoGraph } from './utxo-graph.ts';

type Coin = { readonly outpoint: Outpoint; readonly output: UtxoOutput };

/** A made-up CoinJoin at the end of a made-up graph, and an output some payments before it. */
export type CoinjoinGraph = {
  readonly transactions: readonly UtxoTransaction[];
  readonly coinjoin: UtxoTransaction;
  /** What one party brings, from the nearest back. */
  readonly upstream: readonly Outpoint[];
};

const FEE = 1_000n;

/** Five parties of a graph of payments join: five equal outputs, five changes. The same seed gives the same graph. */
export function coinjoinGraph(count: number, seed: number): CoinjoinGraph {
  const transactions = utxoGraph(count, seed);
  const spent = new Set(transactions.flatMap(({ inputs }) => inputs.flatMap(({ outpoint }) => nameOf(outpoint))));
  const coins = transactions
    .flatMap(({ tx, outputs }) => outputs.map((output, index): Coin => ({ outpoint: { tx, index }, output })))
    .filter(({ outpoint, output }) => !spent.has(nameOf(outpoint)) && output.amount > 1_000_000n);
  const parties = [...new Map(coins.map((coin) => [coin.output.lock.owner, coin])).values()].slice(-5);
  const [least = 0n] = parties.map(({ output }) => output.amount).sort((a, b) => (a < b ? -1 : 1));
  const equal = least / 2n;
  const last = transactions.at(-1) as UtxoTransaction;
  const lock = (name: string) => ({ owner: `${BITCOIN}:${name}` as Account, script: 'p2wpkh' as const });
  const coinjoin: UtxoTransaction = {
    ...last,
    tx: `c${'0'.repeat(63)}`,
    blockNumber: last.blockNumber + 1,
    blockTime: last.blockTime + 600,
    txIndex: 0,
    inputs: parties.map(({ outpoint, output }) => ({
      outpoint,
      amount: output.amount,
      lock: output.lock,
      script: null,
      witness: null,
      sequence: 0,
    })),
    outputs: [
      ...parties.map((_, i) => ({ amount: equal, lock: lock(`joined${i}`), script: null })),
      ...parties.map(({ output }, i) => ({
        amount: output.amount - equal - FEE,
        lock: lock(`change${i}`),
        script: null,
      })),
    ],
  };
  const [party] = parties;
  return { transactions: [...transactions, coinjoin], coinjoin, upstream: backFrom(transactions, party?.outpoint) };
}

function backFrom(transactions: readonly UtxoTransaction[], outpoint: Outpoint | undefined): Outpoint[] {
  const made = new Map(transactions.map((transaction) => [transaction.tx, transaction]));
  const path: Outpoint[] = [];
  for (let at = outpoint ?? null; at !== null && path.length < 6; ) {
    path.push(at);
    at = made.get(at.tx)?.inputs[0]?.outpoint ?? null;
  }
  return path;
}

function nameOf(outpoint: Outpoint | null): string {
  return outpoint === null ? '' : `${outpoint.tx}:${outpoint.index}`;
}
