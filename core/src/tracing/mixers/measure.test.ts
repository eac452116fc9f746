import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseLabelledSet } from './labelled-set.ts';
import { measureCoinjoins, wilson } from './measure.ts';

const HEADER = 'source,label,tx,time,inputs,outputs';

describe('wilson', () => {
  it('eight of ten: 0.490 to 0.943; none of ten: 0 to 0.278; of nothing: not measured', () => {
    expect(wilson(8, 10)?.low).toBeCloseTo(0.4902, 4);
    expect(wilson(8, 10)?.high).toBeCloseTo(0.9433, 4);
    expect(wilson(0, 10)).toMatchObject({ value: 0, low: 0 });
    expect(wilson(0, 10)?.high).toBeCloseTo(0.2775, 4);
    expect(wilson(0, 0)).toBeNull();
  });
});

describe('measureCoinjoins', () => {
  const path = new URL('../../../../test/data/bitcoin/coinjoin/labelled.csv.gz', import.meta.url);
  const samples = parseLabelledSet(gunzipSync(readFileSync(path)).toString(), 'labelled.csv.gz');
  const measure = measureCoinjoins(samples);
  const of = (kind: string, rows = measure.setAside) => rows.find((row) => row.kind === kind);

  it('has the lists whole: 196 Wasabi 1, 12 Wasabi 2, 1,403 mixes, 900 Tx0, 567 of equal outputs', () => {
    const counts = Object.fromEntries(measure.asListed.map(({ kind, recall }) => [kind, recall?.whole]));
    expect(counts).toEqual({
      whirlpool: 1403,
      'wasabi-2': 12,
      'wasabi-1': 196,
      'whirlpool-tx0': 900,
      joinmarket: 567,
      'equal-outputs': 567,
    });
  });

  it('says what was set aside and why; the 151 Tx0 without OP_RETURN are no Tx0', () => {
    expect(measure.reasons['listed as Tx0, but without the OP_RETURN that every Tx0 has']).toBe(151);
    expect(of('whirlpool-tx0')?.recall?.whole).toBe(749);
    expect(of('whirlpool', measure.asListed)?.wronglyFrom).toEqual({ 'whirlpool-tx0': 151 });
  });

  it('agrees with the lists to the share that the documents state', () => {
    for (const kind of ['whirlpool', 'wasabi-1', 'wasabi-2']) expect(of(kind)?.recall?.value).toBe(1);
    expect(of('whirlpool-tx0')?.recall?.part).toBe(747);
    for (const row of measure.setAside) expect(row.wronglyFrom).toEqual({});
  });

  it('calls what has no sample not measured', () => {
    const none = measureCoinjoins([]);
    expect(none.asListed.every(({ recall, precision }) => recall === null && precision === null)).toBe(true);
    expect(none.falseAlarms).toBeNull();
  });
});

describe('parseLabelledSet', () => {
  it('reads amounts, scripts and owners; ? is not known', () => {
    const [sample] = parseLabelledSet(
      `${HEADER}\nhere,ordinary,ab,0,?/unknown/? 5/p2pkh/0,5/p2wpkh/1 0/op-return/-\n`,
      'x',
    );
    expect(sample?.shape.inputs[0]).toEqual({ amount: null, owner: null, script: 'unknown' });
    expect(sample?.shape.inputs[1]?.owner).not.toBe(sample?.shape.outputs[0]?.owner);
    expect(sample?.shape.outputs[1]?.owner).toBeNull();
  });

  it.each([
    ['', 'x: line 1 is not the header'],
    [`${HEADER}\na,b,c`, 'x, line 2: 6 columns expected, 3 found'],
    [`${HEADER}\na,mixer,c,0,,`, "x, line 2: 'mixer' is none of the labels"],
    [`${HEADER}\na,ordinary,c,0,5/p2x/0,`, "x, line 2: '5/p2x/0' is no coin"],
    [`${HEADER}\na,ordinary,c,0,,?/p2pkh/0`, 'x, line 2: an output without its amount'],
  ])('says where a set cannot be read: %j', (text, message) => {
    expect(() => parseLabelledSet(text, 'x')).toThrow(message);
  });
});
