import { type LotRun, UNTAGGED } from '../policies/lots.ts';

/**
 * Maps a run of `a` base units of one asset to `b` of another: a lot over `[s, s+m)` becomes
 * `[floor(s·b/a), floor((s+m)·b/a))`, so the parts sum to `b`; origin is carried unchanged.
 * A lot with an empty image passes its origin to the next lot of its tag, else the previous one; with none it
 * ends the run as a lot of amount 0, which the caller books as crossing-dust.
 * @param reach - marks that do not add up (poison): every mark takes all of `b`, a fresh mark (amount 0) nothing.
 */
export function crossRun(run: LotRun, a: bigint, b: bigint, reach: boolean, into: LotRun): void {
  if (reach) {
    for (let i = 0; i < run.length; i++) {
      const amount = run.amounts.isZero(i) ? 0n : b;
      into.push(run.tags[i] as number, amount, run.tags[i] === UNTAGGED ? 0n : amount);
    }
    return;
  }
  const waiting = new Map<number, bigint>();
  const lastOf = new Map<number, number>();
  let start = 0n;
  let image = 0n;
  for (let i = 0; i < run.length; i++) {
    const tag = run.tags[i] as number;
    start += run.amounts.get(i);
    const end = (start * b) / a;
    const amount = end - image;
    image = end;
    const carried = run.origins.get(i) + (waiting.get(tag) ?? 0n);
    if (amount === 0n) {
      if (tag !== UNTAGGED) waiting.set(tag, carried);
      continue;
    }
    waiting.delete(tag);
    if (tag !== UNTAGGED) lastOf.set(tag, into.length);
    into.push(tag, amount, carried);
  }
  for (const [tag, origin] of waiting) {
    const last = lastOf.get(tag);
    if (last === undefined) into.push(tag, 0n, origin);
    else into.origins.set(last, into.origins.get(last) + origin);
  }
}
