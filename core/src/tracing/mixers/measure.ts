import { COINJOIN_KINDS, type CoinjoinKind, recogniseCoinjoin } from './coinjoin.ts';
import { LEAST_AMOUNT, LEAST_PARTIES } from './joinmarket.ts';
import type { LabelledSample, SampleLabel } from './labelled-set.ts';
import { mostCommonOutput } from './shape.ts';

/** A share of a sample with its 95 % interval after Wilson; parts of one. Null: nothing to measure on. */
export type Share = {
  readonly part: number;
  readonly whole: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
};

export type KindMeasure = {
  readonly kind: CoinjoinKind;
  /** Of the transactions its lists name, how many are recognised as it. Null: no list has any. */
  readonly recall: Share | null;
  /** Of the labelled transactions recognised as it, how many its lists name. Null: none is recognised. */
  readonly precision: Share | null;
  /** What those were labelled that are recognised as it and are not on its lists, by label. */
  readonly wronglyFrom: Readonly<Record<string, number>>;
};

export type CoinjoinMeasure = {
  /** Every sample as its list has it. */
  readonly asListed: readonly KindMeasure[];
  /** Without the samples that {@link listErrorOf} names. */
  readonly setAside: readonly KindMeasure[];
  /** Of the ordinary transactions, how many are recognised as anything. Null: there are none. */
  readonly falseAlarms: Share | null;
  /** How many samples were set aside for each reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Samples by source and label, and how many of each were recognised as what. */
  readonly sources: readonly {
    readonly source: string;
    readonly label: SampleLabel;
    readonly samples: number;
    readonly recognised: Readonly<Record<string, number>>;
  }[];
};

/** Normal quantile of 97.5 %. */
const Z = 1.959963984540054;

/** @see E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference, JASA 22 (1927). */
export function wilson(part: number, whole: number): Share | null {
  if (whole === 0) return null;
  const value = part / whole;
  const scale = 1 + Z ** 2 / whole;
  const centre = (value + Z ** 2 / (2 * whole)) / scale;
  const half = (Z / scale) * Math.sqrt((value * (1 - value)) / whole + Z ** 2 / (4 * whole ** 2));
  return { part, whole, value, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/**
 * Why a sample's label can say nothing of the rules, whatever they find; null: nothing is wrong with it.
 * Decided by the published description of the kind, not by what the rules make of the sample.
 */
export function listErrorOf({ label, shape }: LabelledSample): string | null {
  if (label === 'whirlpool-tx0' && !shape.outputs.some(({ script }) => script === 'op-return')) {
    return 'listed as Tx0, but without the OP_RETURN that every Tx0 has';
  }
  if (label !== 'equal-outputs') return null;
  const most = mostCommonOutput(shape);
  if (most !== null && most.amount < LEAST_AMOUNT) return 'listed as equal outputs, but of less than 0.00075 BTC';
  if (most === null || most.count < LEAST_PARTIES) return 'listed as equal outputs, but there are only two';
  return null;
}

/** How often the rules agree with labelled samples. JoinMarket counts as found by either rule for equal outputs. */
export function measureCoinjoins(samples: readonly LabelledSample[]): CoinjoinMeasure {
  const judged = samples.map((sample) => ({
    sample,
    kind: recogniseCoinjoin(sample.shape)?.kind ?? null,
    error: listErrorOf(sample),
  }));
  const reasons: Record<string, number> = {};
  for (const { error } of judged) if (error !== null) reasons[error] = (reasons[error] ?? 0) + 1;
  const ordinary = judged.filter(({ sample }) => sample.label === 'ordinary');
  return {
    asListed: COINJOIN_KINDS.map((kind) => measureKind(kind, judged)),
    setAside: COINJOIN_KINDS.map((kind) =>
      measureKind(
        kind,
        judged.filter(({ error }) => error === null),
      ),
    ),
    falseAlarms: wilson(ordinary.filter(({ kind }) => kind !== null).length, ordinary.length),
    reasons,
    sources: bySource(judged),
  };
}

type Judged = { readonly sample: LabelledSample; readonly kind: CoinjoinKind | null };

/** The lists have one label for equal outputs, which is the wider kind; JoinMarket is the narrower. */
function listedAs(kind: CoinjoinKind): SampleLabel {
  return kind === 'joinmarket' ? 'equal-outputs' : kind;
}

function measureKind(kind: CoinjoinKind, judged: readonly Judged[]): KindMeasure {
  const label = listedAs(kind);
  const listed = judged.filter(({ sample }) => sample.label === label);
  const isFound = (found: CoinjoinKind | null) => found === kind || (found !== null && listedAs(found) === kind);
  const named = judged.filter(({ sample, kind: found }) => sample.label !== 'unlabelled' && found === kind);
  const wrong = named.filter(({ sample }) => sample.label !== label);
  const wronglyFrom: Record<string, number> = {};
  for (const { sample } of wrong) wronglyFrom[sample.label] = (wronglyFrom[sample.label] ?? 0) + 1;
  return {
    kind,
    recall: wilson(listed.filter(({ kind: found }) => isFound(found)).length, listed.length),
    precision: wilson(named.length - wrong.length, named.length),
    wronglyFrom,
  };
}

function bySource(judged: readonly Judged[]): CoinjoinMeasure['sources'] {
  const groups = new Map<string, Judged[]>();
  for (const one of judged) {
    const key = `${one.sample.source}\n${one.sample.label}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((group) => {
    const { source, label } = (group[0] as Judged).sample;
    const recognised: Record<string, number> = {};
    for (const { kind } of group) if (kind !== null) recognised[kind] = (recognised[kind] ?? 0) + 1;
    return { source, label, samples: group.length, recognised };
  });
}
