import { join } from 'node:path';
import { CairnError } from '@cairn/core/errors';
import { isDate, type ListId, type ListVersion, versionsInForce } from '@cairn/core/screening';
import { type ListStore, openListStore } from '@cairn/core/screening/stores';
import { openDataDirectory } from '../data/data-directory.ts';
import { shippedLists } from '../data/shipped.ts';

/** The lists of a data directory, and where they lie. */
export type HeldLists = { readonly store: ListStore; readonly directory: string };

export function openLists(data: string): HeldLists {
  const directory = join(openDataDirectory(data).path, 'lists');
  return { store: openListStore({ directory, shipped: shippedLists() }), directory };
}

/** ISO date of now, UTC. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** Whole days from one ISO date to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

/** @throws invalid-input: not a day of the calendar */
export function readDate(text: string, option: string): string {
  if (isDate(text)) return text;
  throw new CairnError('invalid-input', `${option} ${text}: not a date (YYYY-MM-DD)`);
}

/**
 * The version of a list in force on a day, the complete one where both a complete and a partial one are.
 * @throws not-found
 */
export function versionOn(versions: readonly ListVersion[], list: ListId, date: string): ListVersion {
  const found = versionsInForce(versions, { asOf: date, knownAt: null }).inForce.find((one) => one.list === list);
  if (found !== undefined) return found;
  const oldest = versions.find((one) => one.list === list);
  throw new CairnError('not-found', `no version of ${list} issued by ${date} is held`, {
    hints: [
      oldest === undefined
        ? `cairn lists update ${list}, or cairn lists import FILE`
        : `the oldest one held was issued on ${oldest.issuedOn}`,
    ],
  });
}

export function asListId(text: string, versions: readonly ListVersion[], known: readonly ListId[]): ListId {
  const lists = new Set<string>([...known, ...versions.map(({ list }) => list)]);
  if (lists.has(text)) return text as ListId;
  throw new CairnError('not-found', `there is no list ${text}`, { hints: [`lists: ${[...lists].join(', ')}`] });
}
