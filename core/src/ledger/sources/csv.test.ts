import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatCsvRow } from './csv.ts';
import { cutRows } from './csv-cutter.ts';
import { createRows, RowLayout } from './row-source.ts';

/** Cuts text given in pieces of some bytes, as a file is read. */
function cut(text: string, size: number) {
  const all = Buffer.from(text);
  const layout = new RowLayout();
  const rows: string[][] = [];
  const lines: number[] = [];
  let from = 0;
  let line = 1;
  for (let end = Math.min(size, all.length); ; end = Math.min(end + size, all.length)) {
    const part = all.subarray(from, end);
    const last = end === all.length;
    const rest = cutRows(layout, part, part.length, line, last);
    const row = createRows(layout, part, part.length);
    for (let i = 0; i < layout.count; i++) {
      rows.push(row(i).cells());
      lines.push(layout.lines[i] as number);
    }
    from += rest.from;
    line = rest.line;
    if (last) return { rows, lines };
  }
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

  test('the last row needs no line break', () => {
    expect(cut('a,b\nc', 2).rows).toEqual([['a', 'b'], ['c']]);
    expect(cut('a,b\nc,', 2).rows).toEqual([
      ['a', 'b'],
      ['c', ''],
    ]);
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
