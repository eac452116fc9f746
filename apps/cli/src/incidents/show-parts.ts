import type { aftermath, amountOf, Conflict, Incident, Registry, relatedTo } from '@cairn/core/incidents';

/** What one incident's page is made of; `case`: the shipped case with its transfers, null: none. */
export type Parts = {
  readonly incident: Incident;
  readonly counts: ReturnType<typeof amountOf>;
  readonly conflicts: readonly Conflict[];
  readonly related: ReturnType<typeof relatedTo>;
  readonly aftermath: ReturnType<typeof aftermath>;
  readonly techniques: Registry['techniques'];
  readonly case: string | null;
};

/** Who published a source, by its id. */
export function publisherName({ sources: { publishers, sources } }: Registry, id: string): string {
  return publishers.get(sources.get(id)?.publisher ?? '')?.name ?? id;
}
