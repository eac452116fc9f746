import { readFileSync } from 'node:fs';
import type { ListedParty, NameQuery } from '../../core/src/screening/index.ts';

/** A name that must be found: what is asked, and whose it is. */
export type Positive = {
  /** How the query came about; one row of the table. */
  readonly kind: string;
  readonly query: NameQuery;
  /** A party's id, its reference, or one of its listed names. */
  readonly expected: string;
  /** `reduced`: asked of an index from which the very spelling was taken out. */
  readonly index: 'full' | 'reduced';
};

/** A name that is nobody's on the list. */
export type Negative = { readonly kind: string; readonly query: NameQuery };

/** A query without anything known but the name. */
export function bare(name: string): NameQuery {
  return { name, kind: null, birth: null, countries: [] };
}

/** Does a party answer to what a positives file expects? */
export function isExpected(party: ListedParty, expected: string): boolean {
  return (
    party.id === expected || party.reference === expected || party.names.some(({ full }) => sameName(full, expected))
  );
}

export function sameName(a: string, b: string): boolean {
  return plainKey(a) === plainKey(b);
}

/** A name without case, punctuation and order of its parts: what makes two names the same here. Built for the bench alone. */
export function plainKey(name: string): string {
  const parts = name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’‘`]/g, '')
    .match(/[\p{L}\p{N}]+/gu);
  return (parts ?? []).sort().join(' ');
}

/** `query,party_id` or `name,expected`, with a header; more columns are ignored. */
export function readPositives(path: string): Positive[] {
  const [header, ...rows] = readRows(path);
  const columns = (header ?? []).map((name) => name.trim().toLowerCase());
  const query = columns.findIndex((name) => name === 'query' || name === 'name');
  const expected = columns.findIndex((name) => name === 'party_id' || name === 'expected');
  if (query < 0 || expected < 0)
    throw new Error(`${path}: its first line must name the columns query,party_id or name,expected`);
  return rows.map((row, i) => {
    const [name, whose] = [row[query]?.trim() ?? '', row[expected]?.trim() ?? ''];
    if (name === '' || whose === '') throw new Error(`${path}: row ${i + 2} has no name or nobody it belongs to`);
    return { kind: 'from the file', query: bare(name), expected: whose, index: 'full' };
  });
}

/** One name a line; or CSV with a column `name` or `query`. */
export function readNegatives(path: string): Negative[] {
  const rows = readRows(path);
  const column = (rows[0] ?? []).findIndex((cell) => ['name', 'query'].includes(cell.trim().toLowerCase()));
  // Without a header the line is the name, commas and all.
  const names = column < 0 ? rows.map((row) => row.join(',')) : rows.slice(1).map((row) => row[column] ?? '');
  return names
    .filter((name) => name.trim() !== '')
    .map((name) => ({ kind: 'from the file', query: bare(name.trim()) }));
}

/** Rows of a CSV file; a quoted field may hold commas and doubled quotes, not line breaks. */
export function readRows(path: string): string[][] {
  const lines = readFileSync(path, 'utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
        (field) => field[1]?.replaceAll('""', '"') ?? field[2] ?? '',
      ),
    );
}
