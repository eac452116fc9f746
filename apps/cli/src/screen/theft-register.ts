import { join } from 'node:path';
import type { RecordedTheft } from '@cairn/core/screening';
import { importPublishedFlows } from '@cairn/core/tracing';
import type { Account } from '@cairn/core/units';
import { readText } from '../data/data-directory.ts';
import { isLedgerCase, isPublishedFlowCase, loadCase, shippedCases } from '../data/shipped.ts';
import { caseLabels } from '../trace/case.ts';

/**
 * Accounts that a shipped case names as taking part in its theft: seeded accounts, accounts its labels call `theft`, sources of
 * published flows. Claims with a source, not listings.
 */
export function theftRegister(): { readonly incidents: number; readonly claims: readonly RecordedTheft[] } {
  const cases = shippedCases().map((slug) => loadCase(slug));
  const claims = cases.flatMap((folder): RecordedTheft[] => {
    const incident = folder.case.slug;
    if (isLedgerCase(folder)) {
      const seeded = folder.case.seeds.flatMap((seed) => (seed.kind === 'account' ? [seed.account] : []));
      const labelled = caseLabels(folder).filter(({ category }) => category === 'theft');
      // Where accounts are seeded they are the source; where transfers are, the labels say who received them.
      const placeOf = (account: Account): RecordedTheft['place'] =>
        seeded.length === 0 || seeded.includes(account) ? 'source' : 'on-the-way';
      return [
        ...labelled.map(({ account, name, source }) => ({
          account,
          incident,
          role: name,
          source,
          place: placeOf(account),
        })),
        ...seeded
          .filter((account) => !labelled.some((label) => label.account === account))
          .map((account) => ({
            account,
            incident,
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
      account,
      incident,
      role: 'listed as where the stolen value starts',
      source: `published flows: ${publisher}`,
      place: 'source' as const,
    }));
  });
  return { incidents: cases.length, claims };
}
