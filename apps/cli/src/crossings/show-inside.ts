import type { AssetAmount, NettedSwap, Wrap } from '@cairn/core/tracing';
import { formatAccount } from '@cairn/core/units';
import { showAmount } from '../trace/assets.ts';
import type { ReadTransaction } from './read-transaction.ts';
import { accountName, refName, row, type Words } from './words.ts';

/** Swaps and wraps inside one transaction, with what stands against those that are not exact. */
export function showInside(read: ReadTransaction, words: Words): string {
  // What went into a bridge or came out of a vault is told by the legs: nothing was received for it inside.
  const swaps = read.swaps
    .filter(({ received }) => received.length > 0 || read.legs.length === 0)
    .map((swap) => showSwap(swap, words));
  const wraps = read.wraps.map((wrap) => showWrap(wrap, words));
  return [
    ...(swaps.length === 0 ? [] : ['Exchanged inside it, netted by account', ...swaps]),
    ...(wraps.length === 0 ? [] : ['Wrapped inside it', ...wraps]),
  ].join('\n\n');
}

function showSwap(swap: NettedSwap, words: Words): string {
  const { account, gave, received, notExact, crossings, sharedWith } = swap;
  return [
    accountName(account, words),
    row('gave', amounts(gave, words)),
    row('received', amounts(received, words)),
    ...(notExact.length === 0
      ? [
          row(
            'basis',
            `exact: it gave one asset and received one, and the record is whole (${crossings.length} ${crossings.length === 1 ? 'crossing' : 'crossings'})`,
          ),
        ]
      : notExact.map(({ text }, i) => row(i === 0 ? 'not exact' : '', text))),
    ...notExact
      .flatMap(({ code }) => remedyFor(code))
      .slice(0, 1)
      .map((remedy) => row('to be exact', remedy)),
    ...sharedWith.map((other) =>
      row('same as', `the other side of what ${formatAccount(other)} exchanged; a trace follows one of the two`),
    ),
  ].join('\n');
}

function amounts(list: readonly AssetAmount[], { book }: Words): string {
  return list.length === 0 ? 'nothing' : list.map(({ asset, amount }) => showAmount(amount, asset, book)).join(', ');
}

/** What more evidence would do, where it would do anything. */
function remedyFor(code: NettedSwap['notExact'][number]['code']): string[] {
  if (code === 'no-receipt') return ['its receipt: cairn ingest receipts'];
  if (code === 'no-inner-calls' || code === 'calls-not-whole')
    return ['its trace (all calls): cairn ingest receipts, from a node that keeps traces'];
  if (code === 'ledger-lacks-transfers')
    return ['all its transfers: cairn ingest receipts, with the time of its block'];
  return [];
}

function showWrap(wrap: Wrap, words: Words): string {
  const { kind, account, contract, gave, received, logIndex } = wrap;
  const carried =
    gave.transfer === null
      ? 'the ledger has no transfer of what was given, so a trace cannot follow it in'
      : `carried by transfer ${refName(gave.transfer)}`;
  return [
    `${accountName(account, words)}`,
    row(
      kind === 'wrap' ? 'wrapped' : 'unwrapped',
      `${showAmount(gave.amount, gave.asset, words.book)} into ${showAmount(received.amount, received.asset, words.book)}`,
    ),
    row('proof', `event ${logIndex} of ${accountName(contract, words)}; ${carried}`),
  ].join('\n');
}
