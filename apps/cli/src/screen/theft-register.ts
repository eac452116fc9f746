import { join } from 'node:path';
import { type TheftAccount, theftAccounts } from '@cairn/core/incidents';
import { readRegistry } from '@cairn/core/incidents/sources';
import type { RecordedTheft } from '@cairn/core/screening';
import { importPublishedFlows } from '@cairn/core/tracing';
import { type Account, readAddress } from '@cairn/core/units';
import { readText } from '../data/data-directory.ts';
import { isLedgerCase, isPublishedFlowCase, loadCase, shippedCases, shippedRecord } from '../data/shipped.ts';
import { caseLabels } from '../trace/case.ts';

/**
 * Accounts that the record or a shipped case names as taking part in a theft. Claims with a source, not listings. Where a case
 * names an account, the record's claim about it for the same theft is left out: the case says more.
 */
export function theftRegister(): { readonly incidents: number; readonly claims: readonly RecordedTheft[] } {
  const { incidents, sources } = readRegistry(shippedRecord());
  const dateOf = new Map(incidents.map(({ slug, date }) => [slug, date.value]));
  const fromCases = caseClaims(dateOf);
  const named = new Set(fromCases.map(({ incident, address }) => `${incident} ${address}`));
  const fromRecord = theftAccounts(incidents, sources)
    .filter(({ incident, address }) => !named.has(`${incident} ${address}`))
    .map(({ incident, address, chain, role, description, source, on }): RecordedTheft => {
      const place = role === 'theft' ? 'source' : 'on-the-way';
      return {
        incident,
        address,
        place,
        on,
        source,
        role: `${ROLES[role]}${description === null ? '' : ` (${description})`}, on ${chain}`,
      };
    });
  return { incidents: incidents.length, claims: [...fromCases, ...fromRecord] };
}

const ROLES: Readonly<Record<TheftAccount['role'], string>> = {
  theft: 'said to have received the stolen value',
  laundering: 'said to have passed stolen value on',
  frozen: 'said to hold stolen value that was frozen',
  contract: 'said to be a contract used in the theft',
  unlabelled: 'listed with the theft; the source does not say as what',
};

/** Seeded accounts, accounts that a case's labels call `theft`, sources of published flows. */
function caseClaims(dateOf: ReadonlyMap<string, string>): RecordedTheft[] {
  return shippedCases().flatMap((slug): RecordedTheft[] => {
    const folder = loadCase(slug);
    const incident = folder.case.slug;
    const on = dateOf.get(incident) ?? null;
    const addressOf = (account: Account): string => readAddress(account).canonical;
    if (isLedgerCase(folder)) {
      const seeded = folder.case.seeds.flatMap((seed) => (seed.kind === 'account' ? [seed.account] : []));
      const labelled = caseLabels(folder).filter(({ category }) => category === 'theft');
      // Where accounts are seeded they are the source; where transfers are, the labels say who received them.
      const placeOf = (account: Account): RecordedTheft['place'] =>
        seeded.length === 0 || seeded.includes(account) ? 'source' : 'on-the-way';
      return [
        ...labelled.map(({ account, name, source }) => ({
          address: addressOf(account),
          incident,
          role: name,
          source,
          on,
          place: placeOf(account),
        })),
        ...seeded
          .filter((account) => !labelled.some((label) => label.account === account))
          .map((account) => ({
            address: addressOf(account),
            incident,
            on,
            role: 'account whose value the case declares stolen',
            source: `case ${incident}`,
            place: 'source' as const,
          })),
      ];
    }
    if (!isPublishedFlowCase(folder)) return [];
    const { flows, chain, publisher } = folder.case;
    const read = (path: string): string => readText(join(folder.folder, path));
    const files = { records: read(flows.records), sources: read(flows.sources), terminals: read(flows.terminals) };
    return importPublishedFlows(files, chain).sources.map((account) => ({
      address: addressOf(account),
      incident,
      on,
      role: 'listed as where the stolen value starts',
      source: `published flows: ${publisher}`,
      place: 'source' as const,
    }));
  });
}
