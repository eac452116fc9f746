import { z } from 'zod';
import type { AlertMessage } from './message.ts';

const delivery = z.object({
  alert: z.string(),
  /** Unix seconds. With `alert` it tells alerts apart: a journal that is put back from a copy counts its ids anew. */
  raisedAt: z.int(),
  /** Its name; for e-mail `NAME/ADDRESS`: each receiver has a mail of their own. */
  channel: z.string(),
  /** A step that was begun and has no end was cut off. */
  state: z.enum(['begun', 'delivered', 'failed']),
  /** Unix seconds. */
  at: z.int(),
  /** From 1. */
  attempt: z.int().min(1),
  /** True where an earlier attempt may have arrived: it was cut off, or nobody answered. */
  repeat: z.boolean(),
  /** Why it failed, without secrets; null: it did not. */
  reason: z.string().nullable(),
  /** True where a try failed and may have arrived all the same: nobody answered. Where it is delivered, then perhaps twice. */
  mayHaveArrived: z.boolean().default(false),
});

/** A step of telling one alert on one channel. */
export type Delivery = Readonly<z.infer<typeof delivery>>;

/** What is to be done about an alert on a channel. */
export type Due = Pick<Delivery, 'attempt' | 'repeat'>;

/** What was done so far. */
export type Outbox = {
  /** Is an alert still to be told on a channel? @returns null: it was delivered. */
  dueOf(alert: Pick<AlertMessage, 'id' | 'at'>, channel: string): Due | null;
  /** Takes a further step into account. */
  add(step: Delivery): void;
};

type Told = {
  attempts: number /** Of them, those known not to have arrived. */;
  without: number;
  isDelivered: boolean;
};

export function createOutbox(steps: readonly Delivery[]): Outbox {
  const told = new Map<string, Told>();
  const of = (alert: string, raisedAt: number, channel: string): Told => {
    const key = JSON.stringify([alert, raisedAt, channel]);
    const known = told.get(key) ?? { attempts: 0, without: 0, isDelivered: false };
    told.set(key, known);
    return known;
  };
  const add = ({ alert, raisedAt, channel, state, mayHaveArrived }: Delivery): void => {
    const own = of(alert, raisedAt, channel);
    if (state === 'begun') own.attempts++;
    if (state === 'failed' && !mayHaveArrived) own.without++;
    if (state === 'delivered') own.isDelivered = true;
  };
  for (const step of steps) add(step);
  return {
    add,
    dueOf({ id, at }, channel) {
      const { attempts, without, isDelivered } = of(id, at, channel);
      return isDelivered ? null : { attempt: attempts + 1, repeat: attempts > without };
    },
  };
}

/**
 * Steps as the file has them, one JSON a line. A line that was cut off did not happen: what was sent before it could be written is in
 * the file as begun.
 */
export function readSteps(text: string): Delivery[] {
  return text.split('\n').flatMap((line) => {
    const read = delivery.safeParse(parseJson(line));
    return read.success ? [read.data] : [];
  });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
