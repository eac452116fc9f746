import type { Block, Cell, Column, Span, Table, Tone } from './model.ts';

/**
 * Characters that would not be seen, or would change how others are seen: controls, invisible and direction marks,
 * lone surrogates, private use. A label with one of them could read as something it is not.
 */
const INVISIBLE = /\p{Cc}|\p{Cf}|\p{Cs}|\p{Co}|\p{Cn}|\p{Zl}|\p{Zp}|\p{Variation_Selector}|\u115f|\u1160|\u3164/gu;

/** Text in which nothing is hidden: what cannot be seen is named by its code point, and space is one kind of space. */
export function visible(text: string): string {
  return text
    .replace(/[\t\n\r\u00a0\u2000-\u200a\u3000]+/g, ' ')
    .replace(INVISIBLE, (character) => `[${codePoint(character)}]`);
}

/** `U+202E` */
export function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

export function span(text: string, tone: Tone = 'plain'): Span {
  return { text: visible(text), tone };
}

export const code = (text: string): Span => span(text, 'code');
export const strong = (text: string): Span => span(text, 'strong');

/** Spans from strings and spans. */
export function spans(...parts: readonly (string | Span)[]): Span[] {
  return parts.map((part) => (typeof part === 'string' ? span(part) : part));
}

export function paragraph(...parts: readonly (string | Span)[]): Block {
  return { kind: 'paragraph', spans: spans(...parts) };
}

export function notice(...parts: readonly (string | Span)[]): Block {
  return { kind: 'notice', spans: spans(...parts) };
}

export function list(items: readonly (string | readonly Span[])[]): Block {
  return { kind: 'list', items: items.map((item) => (typeof item === 'string' ? [span(item)] : item)) };
}

export function heading(text: string): Block {
  return { kind: 'heading', text: visible(text) };
}

/** A cell of one line. */
export function cell(...parts: readonly (string | Span)[]): Cell {
  return [spans(...parts)];
}

/** A cell of several lines; lines that are null are left out. */
export function lines(...parts: readonly (string | Span | null)[]): Cell {
  return parts.flatMap((part) => (part === null ? [] : [spans(part)]));
}

export function column(title: string, align: 'left' | 'right' = 'left', weight = 1): Column {
  return { title, align, weight };
}

/** A table, cut to `limit` rows; what is cut is said by `of`. */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  { limit = Number.POSITIVE_INFINITY, small = false }: { readonly limit?: number; readonly small?: boolean } = {},
): Table {
  return {
    kind: 'table',
    caption: visible(caption),
    columns,
    rows: rows.slice(0, Math.min(limit, rows.length)),
    of: rows.length,
    small,
  };
}

/** `1 account`, `3 accounts`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
