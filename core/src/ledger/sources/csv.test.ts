import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRowCutter, formatCsvRow } from './csv.ts';

/** Cuts UTF-8 text fed in pieces of a size, as bytes are read from a file. */
function cut(text: string, size: number) {
  const bytes = Buffer.from(text).toString('latin1');
  const cutter = createRowCutter();
  const rows: string[][] = [];
  const lines: number[] = [];
  let unterminated = false;
  for (let at = 0; at <= bytes.length; at += size) {
    const last = at + size > bytes.length;
    const part = cutter.cut(bytes.slice(at, at + size), last);
    rows.push(...part.rows);
    lines.push(...part.lines);
    unterminated ||= part.unterminated;
  }
  return { rows, lines, unterminated };
}

describe('rows of CSV', () => {
  test('quotes, doubled quotes, commas and line breaks in quotes', () => {
    const { rows, lines } = cut('a,b\n"x, y","say ""hi"""\n"two\nlines",z\r\nlast,"",\n', 7);
    expect(rows).toEqual([
      ['a', 'b'],
      ['x, y', 'say "hi"'],
      ['two\nlines', 'z'],
      ['last', '', ''],
    ]);
    expect(lines).toEqual([1, 2, 3, 5]);
  });

  test('a quote inside a cell is a character like any other', () => {
    expect(cut('5" nails,1\nb,2\n', 100).rows).toEqual([
      ['5" nails', '1'],
      ['b', '2'],
    ]);
  });

  test('blank lines are passed over and counted', () => {
    expect(cut('a\n\n\r\nb\n', 3)).toMatchObject({ rows: [['a'], ['b']], lines: [1, 4] });
  });

  test('a quote that is never closed does not swallow what follows', () => {
    expect(cut('a,b\n"open,1\nc,2\n', 100).rows).toEqual([['a', 'b'], ['"open,1'], ['c', '2']]);
  });

  test('a missing last line break is told', () => {
    expect(cut('a,b\nc', 2)).toMatchObject({ rows: [['a', 'b'], ['c']], unterminated: true });
    expect(cut('a,b\nc\n', 2).unterminated).toBe(false);
  });

  test('law: what is written is read back, wherever the pieces are cut', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', '€', '"', ',', '\n', ' ', '1'), maxLength: 6 });
    const row = fc.array(cell, { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), fc.integer({ min: 1, max: 40 }), (rows, size) => {
        const text = rows.map((cells) => `${formatCsvRow(cells)}\n`).join('');
        expect(cut(text, size).rows).toEqual(rows);
      }),
      { numRuns: 300 },
    );
  });
});
