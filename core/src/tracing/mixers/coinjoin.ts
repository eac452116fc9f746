import { equalOutputsRule, joinmarketRule } from './joinmarket.ts';
import type { CoinjoinShape } from './shape.ts';
import { wasabi1Rule, wasabi2Rule } from './wasabi.ts';
import { whirlpoolRule, whirlpoolTx0Rule } from './whirlpool.ts';

export { type CoinjoinShape, type ShapeCoin, shapeOf } from './shape.ts';

export const COINJOIN_KINDS = [
  'whirlpool',
  'wasabi-2',
  'wasabi-1',
  'whirlpool-tx0',
  'joinmarket',
  'equal-outputs',
] as const;
export type CoinjoinKind = (typeof COINJOIN_KINDS)[number];

export type Coinjoin = {
  readonly kind: CoinjoinKind;
  /** What fired, with its numbers: a shape that the named software makes, which others can make too. */
  readonly rule: string;
};

/** In order: the stricter first; the first that fires names the kind. */
const RULES: Readonly<Record<CoinjoinKind, (shape: CoinjoinShape) => string | null>> = {
  whirlpool: whirlpoolRule,
  'wasabi-2': wasabi2Rule,
  'wasabi-1': wasabi1Rule,
  'whirlpool-tx0': whirlpoolTx0Rule,
  joinmarket: joinmarketRule,
  'equal-outputs': equalOutputsRule,
};

/**
 * Has a transaction the shape of a CoinJoin, or of Whirlpool's preparation for one? By shape alone: it proves neither
 * which software made it nor that its inputs have several owners. What an input does not tell is taken to fit, and said.
 * @see docs/methods/coinjoin.md for the rules, their sources and how often they are right.
 */
export function recogniseCoinjoin(shape: CoinjoinShape): Coinjoin | null {
  if (shape.inputs.length === 0) return null;
  for (const kind of COINJOIN_KINDS) {
    const rule = RULES[kind](shape);
    if (rule !== null) return { kind, rule };
  }
  return null;
}
