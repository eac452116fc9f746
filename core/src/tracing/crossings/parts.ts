/** Part of one movement that becomes part of another. */
export type Piece<I, O> = {
  readonly input: { readonly of: I; readonly part: bigint };
  readonly output: { readonly of: O; readonly part: bigint };
  /** The part came back in the same asset, one for one. */
  readonly isReturn: boolean;
};

type Amounted = { readonly amount: bigint };

/** What went into one exchange and what came out, each list in ledger order; base units. */
export type Runs<I, O> = {
  readonly inputs: readonly I[];
  /** Receipts of the asset that was given; they come from the end of what was given, one for one. */
  readonly returned: readonly O[];
  readonly outputs: readonly O[];
};

/**
 * Cuts several inputs and outputs of one exchange into pieces of one input and one output each. The inputs stand in one
 * line; what came back is its end. The rest, A, becomes the line of outputs, B: the point s of A is the point floor(s·B/A)
 * of B, and where an output ends at t, A is cut at ceil(t·A/B), the first point that reaches it. Pieces are in the order
 * of the line, so their parts sum to the inputs and to the outputs.
 * @returns null where a piece would have an empty side: one movement is too small to have a part of the other line.
 */
export function crossRuns<I extends Amounted, O extends Amounted>(runs: Runs<I, O>): Piece<I, O>[] | null {
  const { inputs, returned, outputs } = runs;
  const given = sum(inputs);
  const a = given - sum(returned);
  const b = sum(outputs);
  if (a <= 0n || b <= 0n) return null;
  const swapped = pieces(line(inputs), line(outputs), 0n, a, b);
  const back = pieces(line(inputs), line(returned), a, given - a, given - a);
  if (swapped === null || back === null) return null;
  return [...swapped, ...back.map((piece) => ({ ...piece, isReturn: true }))];
}

type Line<T> = readonly { readonly of: T; readonly end: bigint }[];

function line<T extends Amounted>(movements: readonly T[]): Line<T> {
  let end = 0n;
  return movements.map((of) => {
    end += of.amount;
    return { of, end };
  });
}

/** Pieces of the `a` units of the first line from `offset` on, over all `b` of the second. */
function pieces<I, O>(from: Line<I>, into: Line<O>, offset: bigint, a: bigint, b: bigint): Piece<I, O>[] | null {
  if (a === 0n) return [];
  // Points of the first line, counted from `offset`, and the points of the second that they are held to be.
  const images = new Map<bigint, bigint>([[0n, 0n]]);
  for (const { end } of from) {
    const point = end - offset;
    if (point > 0n && point < a) images.set(point, (point * b) / a);
  }
  const cuts = into.map(({ end }) => (end * a + b - 1n) / b);
  // Two outputs that end at one point: the second has no part of the first line.
  if (new Set(cuts).size < cuts.length) return null;
  for (const [i, { end }] of into.entries()) images.set(cuts[i] as bigint, end);
  const points = [...images].sort(([x], [y]) => (x < y ? -1 : 1));
  const result: Piece<I, O>[] = [];
  for (const [i, [start, image]] of points.slice(0, -1).entries()) {
    const [end, imageEnd] = points[i + 1] as readonly [bigint, bigint];
    const input = from.find((each) => each.end > offset + start);
    const output = into.find((each) => each.end > image);
    if (input === undefined || output === undefined || imageEnd <= image) return null;
    result.push({
      input: { of: input.of, part: end - start },
      output: { of: output.of, part: imageEnd - image },
      isReturn: false,
    });
  }
  return result;
}

function sum(movements: readonly Amounted[]): bigint {
  return movements.reduce((total, { amount }) => total + amount, 0n);
}
