import { setTimeout as wait } from 'node:timers/promises';
import { CairnError } from '../../errors.ts';
import type { BlockRef, FetchInto } from '../account-source.ts';

/* What every source of histories does while it fetches. */

/** Items at a time where the caller does not say: as many as a client sends requests at a time. */
export const WIDTH = 8;

/**
 * Does work on items, several at a time, in their order. The first failure ends it: no further item is begun, and what is under
 * way is waited for, so that nothing goes on behind the caller's back.
 * @param width - items at a time.
 * @returns results in the order of the items.
 * @throws what the first failing item threw.
 */
export async function abreast<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const place = next++;
      try {
        results[place] = await work(items[place] as T);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}

/** @throws {CairnError} `interrupted`: the caller wants no more. */
export function stopIfAsked({ signal }: Pick<FetchInto, 'signal'>, name: string): void {
  if (signal?.aborted) throw new CairnError('interrupted', `stopped while ${name} was asked; nothing of it was stored`);
}

/** @throws {CairnError} `unavailable`, retryable: a block is not, or no longer, what the request takes it for. */
export async function assertStillOn(
  hashAt: (height: number) => Promise<string | null>,
  { number, hash }: BlockRef,
  name: string,
): Promise<void> {
  let now = await hashAt(number);
  // Of the machines behind one address some lag behind.
  for (let pause = 500; now === null && pause <= 2_000; pause *= 2) {
    await wait(pause);
    now = await hashAt(number);
  }
  if (now === hash) return;
  const found = now === null ? 'has none' : `has ${now}`;
  throw inconsistent(`the chain was reorganised: block ${number} was ${hash}, and ${name} ${found} there`);
}

/** What a source says does not fit together: most often it changed while it was read. */
export function inconsistent(message: string): CairnError {
  return new CairnError('unavailable', message, {
    retryable: true,
    hints: ['ask again: the next answer may be whole'],
  });
}

/** Seconds by which the lists of a service may lag behind the node that it answers from. A guess on the safe side: no service says. */
export const INDEX_MARGIN = 300;
