/**
 * One row of a table, as a window onto the text it was cut from: cells are read from their bytes or taken out as
 * text, whichever is cheaper. A cursor moves one row over its batch, so nothing may keep it.
 */
export type Row = {
  /** How many cells the row has. */
  readonly width: number;
  /** The batch's bytes, where cell `place` lies from `starts[first + place]` up to `ends[first + place]`. */
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly first: number;
  /** A cell as text. */
  text(place: number): string;
  /** All cells as text. */
  cells(): string[];
};

/** A column of the file at hand: where it is and what the file calls it. */
export type Cell = {
  readonly name: string;
  /** Place in the header; -1 where the file does not have the column. */
  readonly place: number;
};

/** A cell as text; empty where the file does not have the column. */
export function textOf(row: Row, { place }: Cell): string {
  return place < 0 ? '' : row.text(place);
}

/** Whether the file does not have the column, or nothing in it on this row. */
export function isEmpty(row: Row, { place }: Cell): boolean {
  return place < 0 || row.starts[row.first + place] === row.ends[row.first + place];
}
