import { CairnError } from '@cairn/core/errors';
import type { Incident, Registry } from '@cairn/core/incidents';
import { readRegistry } from '@cairn/core/incidents/sources';
import { shippedRecord } from '../data/shipped.ts';

export type RecordFlags = { readonly record?: string };

/** The record asked about: a folder of the user's, else the one that ships. */
export function openRecord({ record }: RecordFlags): Registry {
  return readRegistry(record ?? shippedRecord());
}

/** @throws {CairnError} `not-found`, with slugs that are like it. */
export function findIncident({ incidents }: Registry, slug: string): Incident {
  const found = incidents.find((incident) => incident.slug === slug.trim().toLowerCase());
  if (found !== undefined) return found;
  const alike = incidents.filter((one) => one.slug.includes(slug.toLowerCase().split('-')[0] ?? slug)).slice(0, 5);
  throw new CairnError('not-found', `no incident is called ${slug}`, {
    hints: [
      ...(alike.length === 0 ? [] : [`like it: ${alike.map((one) => one.slug).join(', ')}`]),
      'cairn incidents search TEXT finds by name; cairn incidents list shows all',
    ],
  });
}
