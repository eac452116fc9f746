import type { Bookings } from './bookings.ts';
import { type LotRun, UNTAGGED } from './policies/lots.ts';

/**
 * Puts a tag on the untagged part of the first `limit` of a run; what is tagged already is overlap.
 * @param limit - null: all of it.
 * @param reach - whether tags carry no amounts.
 * @param into - empty; gets the lots as they are then.
 */
export function tagRun(
  run: LotRun,
  tag: number,
  limit: bigint | null,
  reach: boolean,
  book: Bookings,
  into: LotRun,
): void {
  let rest = limit;
  let isMarked = false;
  for (let i = 0; i < run.length; i++) {
    const lotTag = run.tags[i] as number;
    const amount = run.amounts.get(i);
    const part = rest === null || amount < rest ? amount : rest;
    if (rest !== null) rest -= part;
    if (lotTag === tag || lotTag === UNTAGGED) isMarked = true;
    if (lotTag !== UNTAGGED) {
      book.overlap(tag, part);
      into.push(lotTag, amount, run.origins.get(i));
      continue;
    }
    if (part > 0n) {
      into.push(tag, reach ? 0n : part, reach ? 0n : part);
      book.steal(tag, part);
    }
    if (amount > part) into.push(UNTAGGED, amount - part, 0n);
  }
  if (reach && !isMarked) into.push(tag, 0n, 0n);
}
