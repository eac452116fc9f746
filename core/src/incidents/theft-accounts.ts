import { readAddress } from '../units/index.ts';
import type { Incident } from './incident.ts';
import type { SourceCatalogue } from './source.ts';
import type { AccountRole } from './vocabulary.ts';

/** An account that a record says took part in a theft: a claim with a source, never a finding. */
export type TheftAccount = {
  readonly incident: string;
  /** Canonical, without the chain: an Ethereum-style address is held by one key on every chain of that kind. */
  readonly address: string;
  readonly chain: string;
  readonly role: Exclude<AccountRole, 'victim'>;
  readonly description: string | null;
  /** Publishers of the sources that name it. */
  readonly source: string;
  /** The theft's date, as exact as it is known. */
  readonly on: string;
};

/** Accounts that took part, by incident, in the order of the record. Victims' own accounts are left out. */
export function theftAccounts(incidents: readonly Incident[], catalogue: SourceCatalogue): readonly TheftAccount[] {
  return incidents.flatMap(({ slug, date, accounts }) =>
    accounts.flatMap(({ address, chain, role, description, sources }): TheftAccount[] =>
      role === 'victim'
        ? []
        : [
            {
              incident: slug,
              address: readAddress(address).canonical,
              chain,
              role,
              description: description ?? null,
              source: sources === 'incident' ? `sources of ${slug}` : publishersOf(sources, catalogue),
              on: date.value,
            },
          ],
    ),
  );
}

function publishersOf(ids: readonly string[], { publishers, sources }: SourceCatalogue): string {
  const names = ids.map((id) => publishers.get(sources.get(id)?.publisher ?? '')?.name ?? id);
  return [...new Set(names)].join(', ');
}
