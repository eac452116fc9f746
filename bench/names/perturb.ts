import type { Random } from '../random.ts';

/** A way to spell a name wrongly. null: the name has no place for it. The rules are the bench's own, not the matcher's. */
export type Perturbation = {
  readonly kind: string;
  /** Whose names it is done to. */
  readonly of: 'all' | 'persons';
  apply(parts: readonly string[], random: Random): string[] | null;
};

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** Names as their parts in listed order, without punctuation between them. */
export const PERTURBATIONS: readonly Perturbation[] = [
  { kind: 'as listed', of: 'all', apply: (parts) => [...parts] },
  { kind: 'one letter replaced', of: 'all', apply: (parts, random) => edit(parts, random, 1, replaceLetter) },
  { kind: 'one letter put in', of: 'all', apply: (parts, random) => edit(parts, random, 1, putIn) },
  { kind: 'one letter left out', of: 'all', apply: (parts, random) => edit(parts, random, 2, leaveOut) },
  { kind: 'two letters swapped', of: 'all', apply: (parts, random) => edit(parts, random, 2, swapLetters) },
  { kind: 'two letters replaced', of: 'all', apply: (parts, random) => twice(parts, random) },
  { kind: 'parts in another order', of: 'all', apply: reorder },
  { kind: 'one part left out (of three or more)', of: 'all', apply: leaveOutPart },
  { kind: 'two parts joined', of: 'all', apply: joinParts },
  { kind: 'one part split', of: 'all', apply: splitPart },
  { kind: 'one part as an initial', of: 'persons', apply: initial },
];

export function partsOf(name: string): string[] {
  return name.split(/[\s,]+/).filter((part) => /\p{L}/u.test(part));
}

/** An edit at a letter drawn from all letters of the name. */
function edit(
  parts: readonly string[],
  random: Random,
  shortest: number,
  change: (part: string, at: number, random: Random) => string | null,
): string[] | null {
  const places = parts.flatMap((part, i) => (part.length < shortest ? [] : [...part].map((_, at) => [i, at] as const)));
  const place = places[random.int(Math.max(1, places.length))];
  if (place === undefined) return null;
  const [i, at] = place;
  const changed = change(parts[i] as string, at, random);
  return changed === null ? null : parts.map((part, j) => (j === i ? changed : part));
}

function replaceLetter(part: string, at: number, random: Random): string | null {
  const letter = LETTERS[random.int(26)] as string;
  return letter === part[at]?.toLowerCase() ? null : part.slice(0, at) + letter + part.slice(at + 1);
}

function putIn(part: string, at: number, random: Random): string {
  return part.slice(0, at) + LETTERS[random.int(26)] + part.slice(at);
}

function leaveOut(part: string, at: number): string {
  return part.slice(0, at) + part.slice(at + 1);
}

function swapLetters(part: string, at: number): string | null {
  const [one, other] = [part[at], part[at + 1]];
  if (one === undefined || other === undefined || one.toLowerCase() === other.toLowerCase()) return null;
  return part.slice(0, at) + other + one + part.slice(at + 2);
}

function twice(parts: readonly string[], random: Random): string[] | null {
  const once = edit(parts, random, 1, replaceLetter);
  return once === null ? null : edit(once, random, 1, replaceLetter);
}

function reorder(parts: readonly string[], random: Random): string[] | null {
  if (parts.length < 2) return null;
  const order = [...parts];
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [order[i], order[j]] = [order[j] as string, order[i] as string];
  }
  return order.every((part, i) => part === parts[i]) ? null : order;
}

function leaveOutPart(parts: readonly string[], random: Random): string[] | null {
  if (parts.length < 3) return null;
  const out = random.int(parts.length);
  return parts.filter((_, i) => i !== out);
}

function joinParts(parts: readonly string[], random: Random): string[] | null {
  if (parts.length < 2) return null;
  const at = random.int(parts.length - 1);
  return [...parts.slice(0, at), `${parts[at]}${parts[at + 1]}`, ...parts.slice(at + 2)];
}

function splitPart(parts: readonly string[], random: Random): string[] | null {
  const long = parts.flatMap((part, i) => (part.length >= 6 && !part.includes('-') ? [i] : []));
  const i = long[random.int(Math.max(1, long.length))];
  if (i === undefined) return null;
  const part = parts[i] as string;
  const at = 2 + random.int(part.length - 3);
  return [...parts.slice(0, i), part.slice(0, at), part.slice(at), ...parts.slice(i + 1)];
}

/** Never the first part: lists print the family name first, and nobody is asked about by its initial. */
function initial(parts: readonly string[], random: Random): string[] | null {
  if (parts.length < 2) return null;
  const i = 1 + random.int(parts.length - 1);
  const part = parts[i] as string;
  return part.length < 3 ? null : parts.map((other, j) => (j === i ? (part[0] as string) : other));
}
