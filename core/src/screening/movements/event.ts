import { z } from 'zod';
import type { Chain } from '../../units/index.ts';
import type { Movement, Position } from './movement.ts';

const text = z.string().regex(/\S/);
const base = z
  .string()
  .regex(/^\d{1,78}$/)
  .nullable();
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const traceId = z.string().regex(/^M-[1-9][0-9]*$/);
const alertId = z.string().regex(/^A-[1-9][0-9]*$/);

const position = z
  .strictObject({ chain: z.string(), number: z.int().nonnegative(), hash: z.string(), time: z.int().nonnegative() })
  .readonly();

/** Who to name in a request to freeze, and how that is known. */
const deposit = z
  .strictObject({
    account: z.string(),
    basis: z.enum(['paid-into', 'recognised', 'payer']),
    service: z.string(),
  })
  .readonly();

const movement = z
  .strictObject({
    tag: z.string(),
    from: z.string(),
    to: z.string(),
    asset: z.string(),
    gross: base,
    amount: base,
    origin: base,
    transactions: z.array(z.string()).readonly(),
    stood: z.boolean(),
    reached: z.strictObject({ reason: z.string(), label: z.string().nullable() }).readonly().nullable(),
    deposit: deposit.nullable(),
  })
  .readonly();

/** What a trace stood at after it was made, for the next time. */
const stand = {
  positions: z.array(position).readonly(),
  /** Of the result: anyone who traces the same record gets the same. */
  digest,
};

/** What the journal says of traces that are watched. */
export const MOVEMENT_ENTRIES = [
  z.strictObject({
    kind: z.literal('trace-watched'),
    watch: traceId,
    title: text,
    /** The trace's parameters, as `trace --json` has them. */
    request: z.record(z.string(), z.unknown()).readonly(),
    owner: text,
    ...stand,
  }),
  z.strictObject({ kind: z.literal('trace-unwatched'), watch: traceId, because: text }),
  /** Followed on, and nothing moved. */
  z.strictObject({
    kind: z.literal('trace-followed'),
    watch: traceId,
    how: z.enum(['extended', 'recomputed']),
    ...stand,
  }),
  /** Value moved: the alert and where the trace stands now are one event, so that neither is without the other. */
  z.strictObject({
    kind: z.literal('movement-raised'),
    alert: alertId,
    watch: traceId,
    policy: z.string(),
    movements: z.array(movement).readonly(),
    /** In words: what moved, and what the chain no longer has. */
    changes: z.array(text).min(1).readonly(),
    how: z.enum(['extended', 'recomputed']),
    ...stand,
    owner: text,
    due: date,
  }),
] as const;

export type MovementEntry = Readonly<z.infer<(typeof MOVEMENT_ENTRIES)[number]>>;
export type MovementRecord = Readonly<z.infer<typeof movement>>;
export type DepositNamed = Readonly<z.infer<typeof deposit>>;

/** A movement as the journal has it. */
export function movementRecord(moved: Movement, named: DepositNamed | null): MovementRecord {
  return {
    ...moved,
    gross: moved.gross?.toString() ?? null,
    amount: moved.amount?.toString() ?? null,
    origin: moved.origin?.toString() ?? null,
    deposit: named,
  };
}

/** Positions as the journal has them, sorted by chain. */
export function readPositions(positions: readonly Readonly<z.infer<typeof position>>[]): Position[] {
  return positions.map((one) => ({ ...one, chain: one.chain as Chain }));
}
