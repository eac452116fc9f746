import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PlacedLabel, placeLabels } from './labels.ts';

const BOUNDS = { left: 0, right: 300, top: 0, bottom: 200 };

test('a label stands right of its point where there is room, left of it at the edge', () => {
  const label = { text: '1', width: 20, height: 14, y: 100 };
  expect(placeLabels([{ ...label, x: 50 }], [], BOUNDS, 5)).toEqual([
    { text: '1', x: 55, y: 100, align: 'left', from: null },
  ]);
  expect(placeLabels([{ ...label, x: 290 }], [], BOUNDS, 5)).toEqual([
    { text: '1', x: 285, y: 100, align: 'right', from: null },
  ]);
});

test('no label is over another or out of bounds', () => {
  const point = fc.record({ x: fc.integer({ min: 0, max: 300 }), y: fc.integer({ min: 0, max: 200 }) });
  fc.assert(
    fc.property(fc.array(point, { maxLength: 12 }), (points) => {
      const labels = points.map((at, i) => ({ ...at, text: String(i), width: 30, height: 14 }));
      const boxes = placeLabels(labels, points, BOUNDS, 5).map(boxOf);
      for (const [i, box] of boxes.entries()) {
        expect(box.left >= 0 && box.right <= 300 && box.top >= 0 && box.bottom <= 200).toBe(true);
        for (const other of boxes.slice(i + 1)) {
          const apart =
            box.right <= other.left || other.right <= box.left || box.bottom <= other.top || other.bottom <= box.top;
          expect(apart).toBe(true);
        }
      }
    }),
  );
});

function boxOf({ x, y, align }: PlacedLabel) {
  const left = align === 'left' ? x : x - 30;
  return { left, right: left + 30, top: y - 7, bottom: y + 7 };
}
