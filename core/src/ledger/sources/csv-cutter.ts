import type { RowLayout } from './row-source.ts';

const COMMA = 44;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;
/** A row longer than this has a quote that is never closed. */
const ROW_LIMIT = 16 << 20;

/** What cutting leaves over. */
export type Rest = {
  /** Where the first unfinished row begins. */
  readonly from: number;
  /** Line of that row. */
  readonly line: number;
};

/**
 * Cuts bytes of CSV (RFC 4180: a quote opens a quoted cell only at the cell's start; LF or CRLF) into rows.
 * Blank lines are passed over.
 * @param bytes - whole rows, then perhaps a part of one.
 * @param line - line of the first row.
 * @param last - true at the end of the file: the last row counts as finished.
 */
export function cutRows(layout: RowLayout, bytes: Uint8Array, size: number, line: number, last: boolean): Rest {
  layout.clear();
  let start = 0;
  let at = line;
  while (start < size) {
    const first = layout.cells;
    const row = cutRow(layout, bytes, start, size, last, true);
    // A quote that is never closed must not swallow the file: then it reaches to the end of its line.
    const cut = row ?? (last || size - start > ROW_LIMIT ? cutAgain(layout, bytes, start, size, last, first) : null);
    if (cut === null) {
      layout.cells = first;
      break;
    }
    const blank = layout.cells - first === 1 && layout.starts[first] === layout.ends[first];
    if (blank) layout.cells = first;
    else layout.addRow(first, at, cut.escaped);
    at += cut.breaks;
    start = cut.next;
  }
  return { from: Math.min(start, size), line: at };
}

type CutRow = { next: number; breaks: number; escaped: boolean };

/** Reused for every row, so that cutting makes no garbage. */
const result: CutRow = { next: 0, breaks: 0, escaped: false };

function cutAgain(layout: RowLayout, bytes: Uint8Array, start: number, size: number, last: boolean, first: number) {
  layout.cells = first;
  return cutRow(layout, bytes, start, size, last, false);
}

/**
 * Adds the cells of the row that begins at `start`; null where the row does not end in these bytes.
 * @param closing - whether every quote is taken to be closed.
 */
function cutRow(
  layout: RowLayout,
  bytes: Uint8Array,
  start: number,
  size: number,
  last: boolean,
  closing: boolean,
): CutRow | null {
  let breaks = 1;
  let escaped = false;
  let cell = start;
  let at = start;
  for (;;) {
    if (bytes[at] === QUOTE && at < size && !closing) {
      at = lineEnd(bytes, at, size);
      layout.addCell(cell, at);
    } else if (bytes[at] === QUOTE && at < size) {
      const close = closingQuote(bytes, at + 1, size);
      if (close < 0) return null;
      for (let i = at + 1; i < close; i++) {
        if (bytes[i] === LINE_FEED) breaks++;
        else if (bytes[i] === QUOTE) escaped = true;
      }
      at = nextBreak(bytes, close + 1, size);
      layout.addCell(cell + 1, close);
    } else {
      at = nextBreak(bytes, at, size);
      const returned = at > cell && bytes[at] !== COMMA && bytes[at - 1] === CARRIAGE_RETURN;
      layout.addCell(cell, returned && at < size ? at - 1 : at);
    }
    if (at >= size) {
      if (!last) return null;
      break;
    }
    if (bytes[at] === LINE_FEED) break;
    at++;
    cell = at;
  }
  result.next = at + 1;
  result.breaks = breaks;
  result.escaped = escaped;
  return result;
}

function lineEnd(bytes: Uint8Array, from: number, size: number): number {
  const end = bytes.indexOf(LINE_FEED, from);
  return end < 0 || end > size ? size : end;
}

/** The next comma or line feed. */
function nextBreak(bytes: Uint8Array, from: number, size: number): number {
  let at = from;
  while (at < size) {
    const code = bytes[at] as number;
    if (code <= COMMA && (code === COMMA || code === LINE_FEED)) return at;
    at++;
  }
  return at;
}

/** The quote that closes a cell, behind any doubled ones; -1 where there is none. */
function closingQuote(bytes: Uint8Array, from: number, size: number): number {
  let at = from;
  while (at < size) {
    if (bytes[at] === QUOTE) {
      if (bytes[at + 1] !== QUOTE || at + 1 >= size) return at;
      at++;
    }
    at++;
  }
  return -1;
}
