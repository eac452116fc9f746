import { formatUsd } from '@cairn/core/incidents';

/** A result as programs read it: cents become decimal dollars, what is not set is left out. */
export function withDollars(value: unknown): unknown {
  if (typeof value === 'bigint') return formatUsd(value);
  if (Array.isArray(value)) return value.map(withDollars);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, withDollars(item)]])),
  );
}
