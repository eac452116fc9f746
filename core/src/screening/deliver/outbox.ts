/** A step of telling one alert on one channel. */
export type Delivery = {
  readonly alert: string;
  readonly channel: string;
  readonly state: 'begun' | 'delivered' | 'failed';
  /** Unix seconds. */
  readonly at: number;
  /** From 1. */
  readonly attempt: number;
  /** True where an earlier attempt was cut off, so that it may have arrived. */
  readonly repeat: boolean;
  /** Why it failed; null: it did not. */
  readonly reason: string | null;
};

/** What is to be done about an alert on a channel. */
export type Due = { readonly attempt: number; readonly repeat: boolean };

/**
 * Is an alert still to be told on a channel? A step that was begun and neither delivered nor failed was cut off: it is told again, and
 * says so.
 * @returns null: it was delivered.
 */
export function dueOf(steps: readonly Delivery[], alert: string, channel: string): Due | null {
  const own = steps.filter((step) => step.alert === alert && step.channel === channel);
  if (own.some(({ state }) => state === 'delivered')) return null;
  const begun = own.filter(({ state }) => state === 'begun').length;
  const failed = own.filter(({ state }) => state === 'failed').length;
  return { attempt: begun + 1, repeat: begun > failed };
}

/** Steps as the file has them, one JSON a line; a line that was cut off did not happen. */
export function readSteps(text: string): Delivery[] {
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as Delivery];
    } catch {
      return [];
    }
  });
}
