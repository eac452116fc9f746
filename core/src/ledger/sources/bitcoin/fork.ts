import { CairnError } from '../../../errors.ts';
import type { Chain } from '../../../units/index.ts';
import type { LedgerStore } from '../../ports.ts';
import type { BlockHeader } from '../../utxo/transaction.ts';
import type { BlockSource } from './block-source.ts';

/** Heights whose headers are read together. */
const WINDOW = 2_000;

/** Headers of the ledger by height, read in windows: a chain is walked block by block. */
export type LedgerHeaders = {
  /** null: the ledger has none at this height. */
  readonly at: (height: number) => Promise<BlockHeader | null>;
  /** To be called when the ledger has changed. */
  readonly forget: () => void;
};

export function createLedgerHeaders(store: Pick<LedgerStore, 'headers'>, chain: Chain): LedgerHeaders {
  const windows = new Map<number, Promise<Map<number, BlockHeader>>>();
  const read = async (start: number): Promise<Map<number, BlockHeader>> => {
    const headers = await store.headers(chain, start, start + WINDOW - 1);
    return new Map(headers.map((header) => [header.height, header]));
  };
  return {
    at: async (height) => {
      if (height < 0) return null;
      const start = height - (height % WINDOW);
      const window = windows.get(start) ?? read(start);
      windows.set(start, window);
      return (await window).get(height) ?? null;
    },
    forget: () => windows.clear(),
  };
}

/** Where a source's chain parts from the ledger's. */
export type Fork = {
  /** The last block that both have. */
  readonly root: number;
  /** The last block of the ledger's chain from there, without a gap. */
  readonly ledgerEnd: number;
  /** The last block of the source now. */
  readonly sourceEnd: number;
};

/**
 * The last block that source and ledger have in common at or below a height; null: they do not part there (any more).
 * @param height - the first height that did not fit.
 * @throws {CairnError} `contradiction`: the ledger's blocks do not reach back to one that both have.
 */
export async function findFork(source: BlockSource, ledger: LedgerHeaders, height: number): Promise<Fork | null> {
  let lowest = height;
  for (let at = height; at >= 0; at--) {
    const known = await ledger.at(at);
    // The height itself may be one that the ledger does not have yet.
    if (known === null && at === height) continue;
    if (known === null) break;
    const hash = await source.hashAt(at);
    if (hash === known.hash) return forkAt(source, ledger, at);
    if (hash === null && lowest === at + 1) {
      const first = await source.hashAt(lowest);
      if (first === null) return null;
      const { header } = await source.block(first, lowest);
      if (header.previous === known.hash) return forkAt(source, ledger, at);
      break;
    }
    lowest = at;
  }
  throw new CairnError(
    'contradiction',
    `block ${lowest} of ${source.name} is not the one the ledger has or needs there, and no earlier block is in both, so it cannot be told where they part`,
    { hints: ['give the blocks before it too, or use another data directory', 'is --height right?'] },
  );
}

async function forkAt(source: BlockSource, ledger: LedgerHeaders, root: number): Promise<Fork | null> {
  let end = root;
  while ((await ledger.at(end + 1)) !== null) end++;
  const sourceEnd = await source.last();
  return end === root ? null : { root, ledgerEnd: end, sourceEnd };
}
