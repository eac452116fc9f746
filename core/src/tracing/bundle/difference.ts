import type { TraceJson } from '../trace-schema.ts';
import type { Problem } from './model.ts';

/** Where the parts of a trace lie in a bundle. */
const PART_OF = {
  coverage: 'coverage.json',
  crossings: 'crossings.json',
  labels: 'labels.json',
  runs: 'result.json',
  adverseOrders: 'result.json',
  warnings: 'result.json',
} as const;

/** Values named at most: one changed transfer can move every figure after it. */
const MOST = 1000;

type Item = Readonly<Record<string, unknown>>;

/** What tells the entries of an array apart; arrays not named here are compared by place. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  labels: ['account'],
  crossings: ['id'],
  runs: ['policy'],
  tags: ['tag'],
  terminals: ['reason', 'account', 'asset'],
  holdings: ['account', 'asset'],
  edges: ['from', 'to', 'asset'],
  gaps: ['transaction', 'position', 'account', 'asset'],
  touched: ['tag', 'account', 'asset'],
  adverseOrders: ['order', 'policy', 'tag', 'figure'],
};

/**
 * Where do the trace a bundle states and the one recomputed from it differ? One problem a value, by its path
 * (`runs[fifo/1].tags[…].terminals[…].amount`), in the order of the contract.
 */
export function differences(stated: TraceJson, recomputed: TraceJson): Problem[] {
  const problems: Problem[] = [];
  for (const [key, part] of Object.entries(PART_OF)) {
    const name = key as keyof typeof PART_OF;
    compare({ part, path: name, key: name }, stated[name], recomputed[name], problems);
  }
  const more = problems.length - MOST;
  if (more <= 0) return problems;
  const message = `${more} more values differ`;
  return [...problems.slice(0, MOST), { part: 'result.json', place: null, message, stated: null, found: null }];
}

type Place = { readonly part: string; readonly path: string; readonly key: string };

function compare(place: Place, stated: unknown, found: unknown, problems: Problem[]): void {
  if (Array.isArray(stated) && Array.isArray(found)) {
    compareArrays(place, stated, found, problems);
  } else if (isItem(stated) && isItem(found)) {
    for (const key of new Set([...Object.keys(stated), ...Object.keys(found)])) {
      compare({ part: place.part, path: `${place.path}.${key}`, key }, stated[key], found[key], problems);
    }
  } else if (stated !== found) {
    problems.push(differs(place, 'differs from what the transfers give', stated, found));
  }
}

function compareArrays(place: Place, stated: readonly unknown[], found: readonly unknown[], problems: Problem[]): void {
  const statedByKey = byKey(place.key, stated);
  const foundByKey = byKey(place.key, found);
  for (const [key, item] of foundByKey) {
    const inner = { ...place, path: `${place.path}[${key}]` };
    const other = statedByKey.get(key);
    if (other === undefined) problems.push(differs(inner, 'is missing: the transfers give it', undefined, item));
    else compare(inner, other, item, problems);
  }
  for (const [key, item] of statedByKey) {
    const inner = { ...place, path: `${place.path}[${key}]` };
    if (!foundByKey.has(key))
      problems.push(differs(inner, 'is stated and the transfers do not give it', item, undefined));
  }
  const sameEntries =
    statedByKey.size === foundByKey.size && [...statedByKey.keys()].every((key) => foundByKey.has(key));
  if (sameEntries && [...statedByKey.keys()].join('\n') !== [...foundByKey.keys()].join('\n')) {
    problems.push(differs(place, 'its entries are in another order', undefined, undefined));
  }
}

/** Entries by their key, in order; entries alike in it are told apart by their place among themselves. */
function byKey(name: string, items: readonly unknown[]): Map<string, unknown> {
  const fields = KEYS[name];
  const entries = new Map<string, unknown>();
  items.forEach((item, index) => {
    const key =
      fields !== undefined && isItem(item) ? fields.map((field) => String(item[field])).join(' ') : `${index}`;
    let unique = key;
    for (let n = 2; entries.has(unique); n++) unique = `${key} #${n}`;
    entries.set(unique, item);
  });
  return entries;
}

function differs(place: Place, message: string, stated: unknown, found: unknown): Problem {
  return { part: place.part, place: place.path, message, stated: show(stated), found: show(found) };
}

function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string | null {
  if (value === undefined) return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
