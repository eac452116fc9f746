import { z } from 'zod';
import { DISPOSITIONS } from './watch.ts';

const text = z.string().regex(/\S/);
const seconds = z.int().nonnegative();
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const watchId = z.string().regex(/^W-[1-9][0-9]*$/);
const alertId = z.string().regex(/^A-[1-9][0-9]*$/);
const words = z.array(z.string()).readonly();

const mark = z
  .strictObject({ verdict: z.string(), hits: words, suppressed: words, lists: words, asOf: z.string() })
  .readonly();

const query = z
  .strictObject({
    name: z.string(),
    kind: z.enum(['person', 'organisation', 'vessel', 'aircraft', 'unknown']).nullable(),
    birth: z.strictObject({ from: z.string(), to: z.string(), approximate: z.boolean() }).readonly().nullable(),
    countries: words,
  })
  .readonly();

const subject = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('account'), text }).readonly(),
  z.strictObject({ kind: z.literal('name'), query }).readonly(),
]);

/** What the audit trail says of watched subjects, of screening them again, and of alerts. */
export const WATCH_ENTRIES = [
  z.strictObject({
    kind: z.literal('watched'),
    watch: watchId,
    subject,
    reference: text.nullable(),
    owner: text,
    mark,
  }),
  z.strictObject({ kind: z.literal('unwatched'), watch: watchId, because: text }),
  /** The answer changed by a decision alone: a new mark, and nothing to look at. */
  z.strictObject({ kind: z.literal('remarked'), watch: watchId, changes: words, after: mark }),
  z.strictObject({
    kind: z.literal('alert-raised'),
    alert: alertId,
    watch: watchId,
    causes: words,
    before: mark,
    after: mark,
    changes: words,
    owner: text,
    due: date,
  }),
  /** Every subject watched up to event `upTo` was screened, but those that failed. Subjects not named otherwise: no change. */
  z.strictObject({
    kind: z.literal('rescreened'),
    causes: words,
    upTo: seconds,
    screened: seconds,
    alerts: seconds,
    failed: z.array(z.strictObject({ watch: watchId, reason: z.string() }).readonly()).readonly(),
    lists: words,
    asOf: z.string(),
  }),
  z.strictObject({ kind: z.literal('alert-assigned'), alert: alertId, owner: text, due: date.nullable() }),
  z.strictObject({
    kind: z.literal('alert-set'),
    alert: alertId,
    disposition: z.enum(DISPOSITIONS),
    note: text.nullable(),
  }),
] as const;

export type WatchEntry = Readonly<z.infer<(typeof WATCH_ENTRIES)[number]>>;
