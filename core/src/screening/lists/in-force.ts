import { compareText } from '../../units/index.ts';
import type { ListId } from './party.ts';
import type { ListVersion } from './version.ts';

/** The published lists that Cairn can read. */
export const PUBLISHED_LISTS = [
  'ofac-sdn',
  'un-sc',
  'eu-fsf',
  'uk-sanctions',
  'opensanctions',
] as const satisfies readonly ListId[];

/**
 * Which versions an answer as of a day rests on.
 *
 * Of each list: the newest complete version issued on or before the day, and besides it the newest partial one that was issued
 * later than that (it knows of newer designations, though not of all). Of versions issued the same day the one obtained later
 * counts. A list with partial versions alone is in force with the newest of them: `onlyPart` says what it leaves open.
 *
 * @param moment - `asOf`: ISO date, that day included. `knownAt`: Unix seconds; only versions in hand by then count; null: all.
 * @returns `inForce` in order of list, the complete version first; `notHeld`: lists Cairn can read, and lists of the holder's own
 *   of which later versions are held, that nothing can be said about as of that day.
 */
export function versionsInForce(
  versions: readonly ListVersion[],
  moment: { readonly asOf: string; readonly knownAt: number | null },
): { inForce: readonly ListVersion[]; notHeld: readonly ListId[] } {
  const lists = [...new Set<ListId>([...PUBLISHED_LISTS, ...versions.map(({ list }) => list)])];
  const held = lists.map((list) => ({ list, inForce: inForceOf(versions, list, moment) }));
  const inForce = held
    .flatMap((one) => one.inForce)
    .sort((a, b) => compareText(a.list, b.list) || Number(a.onlyPart !== null) - Number(b.onlyPart !== null));
  return { inForce, notHeld: held.filter((one) => one.inForce.length === 0).map(({ list }) => list) };
}

function inForceOf(
  versions: readonly ListVersion[],
  list: ListId,
  { asOf, knownAt }: { readonly asOf: string; readonly knownAt: number | null },
): ListVersion[] {
  const known = versions.filter(
    (one) => one.list === list && one.issuedOn <= asOf && (knownAt === null || one.obtainedAt <= knownAt),
  );
  const whole = newestOf(known.filter(({ onlyPart }) => onlyPart === null));
  const part = newestOf(known.filter(({ onlyPart }) => onlyPart !== null));
  const isLater = part !== null && (whole === null || part.issuedOn > whole.issuedOn);
  return [...(whole === null ? [] : [whole]), ...(isLater ? [part] : [])];
}

function newestOf(versions: readonly ListVersion[]): ListVersion | null {
  return [...versions].sort(compareVersions).at(-1) ?? null;
}

/** Order of versions: by list, oldest issue first, of one day the one obtained first; the id decides what is left. */
export function compareVersions(a: ListVersion, b: ListVersion): number {
  return (
    compareText(a.list, b.list) ||
    compareText(a.issuedOn, b.issuedOn) ||
    a.obtainedAt - b.obtainedAt ||
    compareText(a.id, b.id)
  );
}
