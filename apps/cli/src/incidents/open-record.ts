import type { Registry } from '@cairn/core/incidents';
import { readRegistry } from '@cairn/core/incidents/sources';
import { shippedRecord } from '../data/shipped.ts';

export type RecordFlags = { readonly record?: string };

/** The record asked about: a folder of the user's, else the one that ships. */
export function openRecord({ record }: RecordFlags): Registry {
  return readRegistry(record ?? shippedRecord());
}
