import type { Chain } from '../../../units/index.ts';
import type { Transfer } from '../../transfer.ts';

/** A block's time in the ledger: never less than an earlier block's. */
export type BlockTime = { readonly height: number; readonly time: number };

/** Times that blocks of the ledger have already, around and among those to be placed. */
export type TimeBounds = {
  /** The nearest earlier block's; null: none near. */
  readonly floor: number | null;
  /** The nearest later block's; null: none near. */
  readonly ceiling: number | null;
  /** Blocks that the ledger has transactions of. */
  readonly known: ReadonlyMap<number, number>;
};

/**
 * The time each block gets: what its header states, unless an earlier block has a later time, which then counts, or a later block
 * of the ledger an earlier one. A block that the ledger has transactions of keeps the time it has there.
 * @param stated - by height, ascending.
 */
export function ledgerTimes(stated: readonly BlockTime[], bounds: TimeBounds): Map<number, number> {
  const ceilings: number[] = [];
  let ceiling = bounds.ceiling ?? Number.POSITIVE_INFINITY;
  for (let i = stated.length - 1; i >= 0; i--) {
    ceiling = Math.min(ceiling, bounds.known.get((stated[i] as BlockTime).height) ?? Number.POSITIVE_INFINITY);
    ceilings[i] = ceiling;
  }
  const times = new Map<number, number>();
  let floor = bounds.floor ?? 0;
  stated.forEach(({ height, time }, i) => {
    floor = bounds.known.get(height) ?? Math.min(Math.max(time, floor), ceilings[i] as number);
    times.set(height, floor);
  });
  return times;
}

/**
 * How far a header's time can fall behind an earlier one's: a header may be two hours ahead of the clock, some 12 blocks; a day of
 * blocks leaves room for slow and fast spells.
 */
const REACH = 144;
/** Nearest blocks first: most often the next one is there, or none is. */
const WINDOWS: readonly (readonly [number, number])[] = [
  [1, 1],
  [2, 8],
  [9, REACH],
];

type BlockReader = { blocks(chain: string, numbers: readonly number[]): Promise<Transfer[]> };

/** Time of the block of the ledger nearest to a height, within a day of blocks, in one direction; null: none. */
export async function nearestTime(
  store: BlockReader,
  chain: Chain,
  height: number,
  step: 1 | -1,
): Promise<number | null> {
  for (const [near, far] of WINDOWS) {
    const heights = Array.from({ length: far - near + 1 }, (_, i) => height + step * (near + i)).filter(
      (at) => at >= 0,
    );
    const rows = await store.blocks(chain, heights);
    if (rows.length === 0) continue;
    let nearest = rows[0] as Transfer;
    for (const row of rows) if (step * row.blockNumber < step * nearest.blockNumber) nearest = row;
    return nearest.blockTime;
  }
  return null;
}
