import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossRuns } from './parts.ts';

const of = (...amounts: readonly bigint[]) => amounts.map((amount, i) => ({ amount, i }));

describe('pieces of one exchange', () => {
  it('of one input and one output are one', () => {
    const pieces = crossRuns({ inputs: of(10n), returned: [], outputs: of(3n) });
    expect(pieces?.map(({ input, output }) => [input.part, output.part])).toEqual([[10n, 3n]]);
  });

  it('of one input and several outputs are cut at the first unit that reaches the next output', () => {
    // ⌈1·10/3⌉ = 4, ⌈2·10/3⌉ = 7
    const pieces = crossRuns({ inputs: of(10n), returned: [], outputs: of(1n, 1n, 1n) });
    expect(pieces?.map(({ input, output }) => [input.part, output.of.i])).toEqual([
      [4n, 0],
      [3n, 1],
      [3n, 2],
    ]);
  });

  it('give back the end of the line, over inputs too', () => {
    // 4 + 6 in, 7 back: the first 3 were exchanged.
    const pieces = crossRuns({ inputs: of(4n, 6n), returned: of(7n), outputs: of(30n) });
    expect(pieces?.map(({ input, output, isReturn }) => [input.of.i, input.part, output.part, isReturn])).toEqual([
      [0, 3n, 30n, false],
      [0, 1n, 1n, true],
      [1, 6n, 6n, true],
    ]);
  });

  it('are none where everything came back, or nothing was paid', () => {
    expect(crossRuns({ inputs: of(4n), returned: of(4n), outputs: of(30n) })).toBeNull();
    expect(crossRuns({ inputs: of(4n), returned: of(5n), outputs: of(30n) })).toBeNull();
    expect(crossRuns({ inputs: of(4n), returned: [], outputs: [] })).toBeNull();
  });

  it('are none where two outputs would share one unit', () => {
    expect(crossRuns({ inputs: of(2n), returned: [], outputs: of(5n, 5n, 5n) })).toBeNull();
  });
});

const amounts = fc.array(fc.bigInt({ min: 1n, max: 10n ** 12n }), { minLength: 1, maxLength: 5 });

describe('laws', () => {
  it('parts sum to every input and every output, in the order of the line', () => {
    fc.assert(
      fc.property(amounts, amounts, fc.array(fc.bigInt({ min: 1n, max: 10n ** 6n }), { maxLength: 2 }), (a, b, r) => {
        const runs = { inputs: of(...a), returned: of(...r), outputs: of(...b) };
        const pieces = crossRuns(runs);
        if (pieces === null) return;
        const swapped = pieces.filter(({ isReturn }) => !isReturn);
        const back = pieces.filter(({ isReturn }) => isReturn);
        expect(runs.inputs.map(({ i }) => sum(pieces.filter(({ input }) => input.of.i === i).map(sent)))).toEqual(a);
        expect(runs.outputs.map(({ i }) => sum(swapped.filter(({ output }) => output.of.i === i).map(paid)))).toEqual(
          b,
        );
        expect(runs.returned.map(({ i }) => sum(back.filter(({ output }) => output.of.i === i).map(paid)))).toEqual(r);
        expect(back.every((piece) => sent(piece) === paid(piece))).toBe(true);
        const places = pieces.map(({ input }) => input.of.i);
        expect(places).toEqual(places.toSorted((x, y) => x - y));
      }),
    );
  });

  it('each cut but at an output is floor(s·B/A), and at an output the first s that reaches it', () => {
    fc.assert(
      fc.property(amounts, amounts, (inputs, outputs) => {
        const pieces = crossRuns({ inputs: of(...inputs), returned: [], outputs: of(...outputs) });
        if (pieces === null) return;
        const [a, b] = [sum(inputs), sum(outputs)];
        const ends = new Set(outputs.map((_, i) => sum(outputs.slice(0, i + 1))));
        let [s, t] = [0n, 0n];
        for (const piece of pieces) {
          s += sent(piece);
          t += paid(piece);
          if (ends.has(t)) expect([(s * b) / a >= t, ((s - 1n) * b) / a < t]).toEqual([true, true]);
          else expect(t).toBe((s * b) / a);
        }
      }),
    );
  });
});

type Sides = { readonly input: { readonly part: bigint }; readonly output: { readonly part: bigint } };

function sent({ input }: Sides): bigint {
  return input.part;
}

function paid({ output }: Sides): bigint {
  return output.part;
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
