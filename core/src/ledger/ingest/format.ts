import { CairnError } from '../../errors.ts';
import type { DecoderOptions, RowDecoder } from './draft.ts';
import type { Cell } from './row.ts';

/**
 * A column of a format under all its names. Names are compared without regard to case and blanks around;
 * a name that ends in `*` stands for every name that begins so.
 */
export type Column = readonly string[];

/** Finds a column in the header. */
export type ColumnFinder = (column: Column) => Cell;

/** A file format Cairn reads: what its header must have, and how its rows become transfers. */
export type Format = {
  readonly id: string;
  readonly title: string;
  readonly required: readonly Column[];
  /** Further columns that are read where the file has them. */
  readonly optional: readonly Column[];
  /** The column of the block's number, by which rows can be sorted. */
  readonly block: Column;
  /** Files of one run are ingested in this order: what others take time and order from comes first. */
  readonly phase: number;
  createDecoder(find: ColumnFinder, options: DecoderOptions): RowDecoder;
};

function matches(name: string, header: string): boolean {
  return name.endsWith('*') ? header.startsWith(name.slice(0, -1)) : header === name;
}

export function createColumnFinder(header: readonly string[]): ColumnFinder {
  const names = header.map((name) => name.trim().toLowerCase());
  return (column) => {
    for (const name of column) {
      const place = names.findIndex((candidate) => matches(name.toLowerCase(), candidate));
      if (place >= 0) return { name: header[place] as string, place };
    }
    return { name: column[0] as string, place: -1 };
  };
}

/** Finds a format's columns by the names its decoder has for them. */
export function findColumns<T extends Readonly<Record<string, Column>>>(
  find: ColumnFinder,
  columns: T,
): Readonly<Record<keyof T, Cell>> {
  const entries = Object.entries(columns).map(([key, column]) => [key, find(column)] as const);
  return Object.fromEntries(entries) as Record<keyof T, Cell>;
}

/** Places of the columns a format reads, in the order of the header. */
export function readColumns(format: Format, header: readonly string[]): number[] {
  const find = createColumnFinder(header);
  const places = [...format.required, ...format.optional]
    .map((column) => find(column).place)
    .filter((place) => place >= 0);
  return [...new Set(places)].sort((a, b) => a - b);
}

function missingColumns(format: Format, find: ColumnFinder): string[] {
  return format.required.filter((column) => find(column).place < 0).map((column) => column[0] as string);
}

function listed(names: readonly string[], limit = 24): string {
  const shown = names.slice(0, limit).map((name) => (name.length > 40 ? `${name.slice(0, 40)}…` : name));
  return shown.join(', ') + (names.length > limit ? ` and ${names.length - limit} more` : '');
}

function unknownSchema(header: readonly string[], formats: readonly Format[], find: ColumnFinder): CairnError {
  const nearest = formats
    .map((format) => ({ format, missing: missingColumns(format, find) }))
    .sort((a, b) => a.missing.length / a.format.required.length - b.missing.length / b.format.required.length)
    .slice(0, 3);
  const hints = nearest.map(
    ({ format, missing }) => `nearest: ${format.id} (${format.title}); missing: ${listed(missing)}`,
  );
  const separator = header.length === 1 && /[;\t|]/.test(header[0] as string);
  if (separator) hints.unshift('columns must be separated by commas');
  return new CairnError('invalid-input', `unknown schema; columns found: ${listed(header)}`, { hints });
}

/**
 * Which format a header is of.
 * @param named - the format's id where the caller names it; null: recognised from the columns.
 * @throws invalid-input listing what was found, the nearest formats and the columns each misses.
 */
export function recogniseFormat(header: readonly string[], formats: readonly Format[], named: string | null): Format {
  const find = createColumnFinder(header);
  if (named !== null) {
    const format = formats.find((candidate) => candidate.id === named);
    if (format === undefined) {
      throw new CairnError('invalid-input', `unknown format '${named}'`, {
        hints: [`known formats: ${formats.map((candidate) => candidate.id).join(', ')}`],
      });
    }
    const missing = missingColumns(format, find);
    if (missing.length === 0) return format;
    const plural = missing.length === 1 ? 'column is' : 'columns are';
    throw new CairnError('invalid-input', `no file of format ${format.id}: ${plural} missing: ${listed(missing)}`, {
      hints: [`columns found: ${listed(header)}`],
    });
  }
  const fitting = formats.filter((format) => missingColumns(format, find).length === 0);
  // The one that knows most of the columns: a file may have more than one format's required ones.
  const known = ({ required, optional }: Format): number =>
    required.length + optional.filter((column) => find(column).place >= 0).length;
  const best = fitting.sort((a, b) => known(b) - known(a) || b.required.length - a.required.length)[0];
  if (best === undefined) throw unknownSchema(header, formats, find);
  return best;
}
