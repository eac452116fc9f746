import { CairnError } from '../../errors.ts';
import type { Chain } from '../../units/index.ts';
import type { AccountSource, BlockRef } from '../account-source.ts';
import type { LedgerStore } from '../ports.ts';

/** A block up to which something was fetched: the state of a chain that the records are of. */
export type Pin = BlockRef & {
  readonly chain: Chain;
  /** The last block that was final then. */
  readonly final: number;
};

/** Where pins are kept from one run to the next. */
export type PinBook = {
  /** Oldest first. */
  read(): readonly Pin[];
  add(pin: Pin): void;
  /** Forgets a chain's pins above a block. */
  cut(chain: Chain, above: number): void;
};

/** The state of a chain that a run fetches, and what had to be forgotten for it. */
export type Pinned = {
  readonly pin: Pin /** First block that was rolled back; null: none. */;
  readonly rolledBack: number | null;
};

/**
 * Fixes the block up to which a run fetches, and rolls the ledger back where the chain was reorganised since an earlier run: to the
 * last pin that still stands, else to what was final when the first one that does not was set.
 * @param atBlock - the block to fetch up to; null: the newest that the source has whole.
 * @throws {CairnError} `unavailable`, retryable: the source is behind what was fetched before; `not-found`: it has no such block;
 *   `invalid-input`: a block that was final is another one there.
 */
export async function pinChain(
  source: AccountSource,
  store: Pick<LedgerStore, 'rollback'>,
  book: PinBook,
  atBlock: number | null,
): Promise<Pinned> {
  const { chain, name } = source;
  const { head, final } = await source.tip();
  const earlier = book
    .read()
    .filter((pin) => pin.chain === chain)
    .sort((a, b) => b.number - a.number);
  const newest = earlier[0];
  if (newest !== undefined && newest.number > head.number) {
    throw behind(source, newest.number);
  }
  const rolledBack = await rollBack(source, store, book, earlier);
  const last = await lastWhole(source, head);
  const wanted = Math.min(atBlock ?? last, last);
  if (atBlock !== null && atBlock > last) {
    const why =
      atBlock > head.number ? `has no block ${atBlock}` : `may lack some of block ${atBlock}: it ends at ${last}`;
    throw new CairnError('not-found', `${name} ${why}`);
  }
  const block = wanted === head.number ? head : await source.block(wanted);
  if (block === null) throw behind(source, wanted);
  const pin = { chain, ...block, final: Math.min(final, block.number) };
  // Kept before anything is fetched: a run that is killed leaves records of this state.
  book.add(pin);
  return { pin, rolledBack };
}

/** Blocks from which the time between two is taken. */
const SAMPLE = 100;

/** The last block that a source is taken to have everything of. */
export async function lastWhole(source: AccountSource, head: BlockRef): Promise<number> {
  const { margin } = source;
  if (margin === undefined || head.number === 0) return head.number;
  const before = Math.max(0, head.number - SAMPLE);
  const early = await source.block(before);
  if (early === null) throw behind(source, before);
  const each = (head.time - early.time) / (head.number - before);
  return Math.max(0, head.number - Math.ceil(margin / Math.max(each, 0.01)));
}

async function rollBack(
  source: AccountSource,
  store: Pick<LedgerStore, 'rollback'>,
  book: PinBook,
  earlier: readonly Pin[],
): Promise<number | null> {
  const final = Math.max(...earlier.map((pin) => pin.final));
  let root: number | null = null;
  for (const pin of earlier) {
    const now = await source.block(pin.number);
    if (now === null) throw behind(source, pin.number);
    if (now.hash === pin.hash) {
      root = root === null ? null : pin.number;
      break;
    }
    if (pin.number <= final) throw anotherChain(source, pin);
    root = Math.min(root ?? pin.final, pin.final);
  }
  if (root === null) return null;
  await store.rollback(source.chain, root + 1);
  book.cut(source.chain, root);
  return root + 1;
}

function behind({ name, chain }: AccountSource, number: number): CairnError {
  return new CairnError(
    'unavailable',
    `${name} does not have block ${number} of ${chain}, which was read before: it is behind, or the chain was reorganised and is shorter now`,
    { retryable: true, hints: ['run the command again once it has caught up'] },
  );
}

/** What was final is not reorganised: nothing is forgotten on the word of a source that says so. */
function anotherChain({ name, chain }: AccountSource, { number, hash }: Pin): CairnError {
  return new CairnError(
    'invalid-input',
    `${name} has another block ${number} of ${chain} than ${hash}, which was final when it was read: it is of another chain`,
    {
      hints: [
        'is it a test chain under the same number?',
        'fetch from it into a data directory of its own: --data DIR',
      ],
    },
  );
}
