/**
 * Makes data/lists/snapshot, the lists that ship with Cairn, from the published files beside it:
 * `node scripts/make-list-snapshot.ts`. The same files give the same bytes.
 */
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ListedParty } from '../core/src/screening/index.ts';
import { type ReadList, readListFiles } from '../core/src/screening/sources/index.ts';
import { writeVersion } from '../core/src/screening/stores/index.ts';

const LISTS = join(import.meta.dirname, '../data/lists');
const SNAPSHOT = join(LISTS, 'snapshot');
const OFAC_PART = 'parties with digital-currency accounts, and parties under DPRK programmes';

const FILES: readonly { readonly path: string; readonly source: string; readonly keep: typeof ofacPart | null }[] = [
  { path: 'ofac/sdn_advanced.xml.bz2', source: 'sdn_advanced.xml', keep: ofacPart },
  { path: 'un/consolidated-2015-03-27.xml', source: 'consolidated.xml', keep: null },
  { path: 'un/consolidated-2026-02-27.xml', source: 'consolidated.xml', keep: null },
];

rmSync(SNAPSHOT, { recursive: true, force: true });
for (const { path, source, keep } of FILES) {
  const list = await readListFiles([join(LISTS, path)]);
  if (list.issuedOn === null) throw new Error(`${basename(path)} does not say when it was issued`);
  const parties = keep === null ? list.parties : list.parties.filter(keep);
  const version = await writeVersion(
    SNAPSHOT,
    {
      list: list.list,
      issuedOn: list.issuedOn,
      obtainedAt: Date.parse(`${list.issuedOn}T00:00:00Z`) / 1000,
      sha256: list.sha256,
      source,
      format: list.format,
      onlyPart: keep === null ? null : OFAC_PART,
      notes: [...notesOn(list, parties), ...list.rejects.map(({ place, reason }) => `not read: ${place}: ${reason}`)],
    },
    parties,
  );
  process.stdout.write(`${version.id}: ${version.parties} parties, ${version.accounts} accounts\n`);
}

function ofacPart(party: ListedParty): boolean {
  return party.accounts.length > 0 || isDprk(party);
}

function isDprk(party: ListedParty): boolean {
  return party.programmes.some((programme) => programme.startsWith('DPRK'));
}

function notesOn(list: ReadList, parties: readonly ListedParty[]): string[] {
  const holders = parties.filter((party) => party.accounts.length > 0);
  const accounts = holders.flatMap((party) => party.accounts);
  const addresses = new Set(accounts.map(({ address }) => address)).size;
  const coded = new Set(accounts.map(({ code, address }) => `${code} ${address}`)).size;
  const dprk = parties.filter(isDprk);
  const both = dprk.filter((party) => party.accounts.length > 0).length;
  return [
    ...list.notes,
    `the whole list has ${list.parties.length} parties`,
    ...(accounts.length === 0
      ? []
      : [`${holders.length} parties with accounts: ${coded} accounts with their codes, ${addresses} addresses`]),
    `${dprk.length} parties under DPRK programmes${both === 0 ? '' : `, ${both} of them with accounts`}`,
  ];
}
