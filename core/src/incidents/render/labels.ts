/** A text that belongs to the point `x`, `y`; sizes in pixels. */
export type PointLabel = {
  readonly text: string;
  readonly width: number;
  readonly height: number;
  readonly x: number;
  readonly y: number;
};

export type Bounds = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };

export type Leader = { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number };

/** Where a text begins or ends. `from`: a line from its point, where it does not stand right beside it. */
export type PlacedLabel = {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly align: 'left' | 'right';
  readonly from: Leader | null;
};

/**
 * Puts labels beside their points: within bounds, none over another, over as few points as can be. One that has no such place is
 * left out.
 * @param gap - pixels between a point and its label.
 */
export function placeLabels(
  labels: readonly PointLabel[],
  points: readonly { readonly x: number; readonly y: number }[],
  bounds: Bounds,
  gap: number,
): readonly PlacedLabel[] {
  const taken: Bounds[] = [];
  const placed: PlacedLabel[] = [];
  for (const label of labels) {
    const [best] = candidatesOf(label, gap)
      .filter(({ box, place }) => isInside(box, bounds) && isFree(box, place.from, taken, placed))
      .map((one) => ({ ...one, cost: one.cost + 3 * points.filter((point) => isIn(point, one.box, 4)).length }))
      .sort((a, b) => a.cost - b.cost);
    if (best === undefined) continue;
    taken.push(best.box);
    placed.push(best.place);
  }
  return placed;
}

/** Neither text over text, nor a line through a text. */
function isFree(box: Bounds, from: Leader | null, taken: readonly Bounds[], placed: readonly PlacedLabel[]): boolean {
  return (
    !taken.some((other) => isOver(box, other) || alongOf(from).some((point) => isIn(point, other, 2))) &&
    !placed.some((other) => alongOf(other.from).some((point) => isIn(point, box, 2)))
  );
}

/** Points along a line, near enough to each other that no text fits between them. */
function alongOf(leader: Leader | null): readonly { readonly x: number; readonly y: number }[] {
  if (leader === null) return [];
  const { x1, y1, x2, y2 } = leader;
  return Array.from({ length: 25 }, (_, i) => ({ x: x1 + ((x2 - x1) * i) / 24, y: y1 + ((y2 - y1) * i) / 24 }));
}

const STEPS = [0, -1, 1, -2, 2, -3, 3, -4, 4, -5, 5, -6, 6, -7, 7, -8, 8, -9, 9, -10, 10, 12, 14, 16];
const ASIDE = [0, 12, 25, 50];

/** Right and left of the point, and from there up and down in half lines, and aside; farther costs more. */
function candidatesOf({ text, width, height, x, y }: PointLabel, gap: number) {
  return (['left', 'right'] as const).flatMap((align) =>
    STEPS.flatMap((step) =>
      (step === 0 ? [0] : ASIDE).map((aside) => {
        const side = align === 'left' ? 1 : -1;
        const [edge, middle] = [x + side * (gap + aside), y + (step * height) / 2];
        const box = {
          left: align === 'left' ? edge : edge - width,
          right: align === 'left' ? edge + width : edge,
          top: middle - height / 2,
          bottom: middle + height / 2,
        };
        const from = Math.abs(step) < 2 && aside === 0 ? null : { x1: x, y1: y, x2: edge - side * 2, y2: middle };
        return { box, cost: Math.abs(step) + Math.abs(aside) / 12, place: { text, x: edge, y: middle, align, from } };
      }),
    ),
  );
}

function isInside(box: Bounds, { left, right, top, bottom }: Bounds): boolean {
  return box.left >= left && box.right <= right && box.top >= top && box.bottom <= bottom;
}

function isOver(a: Bounds, b: Bounds): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function isIn({ x, y }: { x: number; y: number }, { left, right, top, bottom }: Bounds, margin: number): boolean {
  return x > left - margin && x < right + margin && y > top - margin && y < bottom + margin;
}
