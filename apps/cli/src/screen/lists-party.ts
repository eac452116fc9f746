import { CairnError } from '@cairn/core/errors';
import {
  formatCairnList,
  type ListedParty,
  type ListVersion,
  PUBLISHED_LISTS,
  versionsInForce,
} from '@cairn/core/screening';
import type { ListStore } from '@cairn/core/screening/stores';
import type { Context } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { table } from '../terminal/table.ts';
import { asListId, openLists, readDate, today, versionOn } from './lists-store.ts';

export type AsOfFlags = { readonly asOf?: string };

/** `cairn lists show PARTY`: everything a list says about one party, as of a day. */
export async function showParty({ data, print }: Context, flags: AsOfFlags, name: string): Promise<ExitCode> {
  const { store } = openLists(data);
  const asOf = flags.asOf === undefined ? today() : readDate(flags.asOf, '--as-of');
  const { inForce } = versionsInForce(store.versions(), { asOf, knownAt: null });
  const found = await findParty(store, inForce, name);
  if (found.length === 0) {
    const looked = inForce.map(
      ({ list, issuedOn, onlyPart }) => `${list} of ${issuedOn}${onlyPart === null ? '' : ' (a part)'}`,
    );
    throw new CairnError('not-found', `as of ${asOf}, no list held has a party ${name}`, {
      hints: [
        looked.length === 0 ? 'no list issued by then is held' : `looked at: ${looked.join(', ')}`,
        'to search by name: cairn screen NAME',
      ],
    });
  }
  print(found.map(({ party, version }) => describe(party, version)).join('\n\n'), { asOf, found });
  return 0;
}

type FoundParty = { readonly party: ListedParty; readonly version: ListVersion };

/** By id, else by the publisher's reference, which several lists may use. */
async function findParty(store: ListStore, inForce: readonly ListVersion[], name: string): Promise<FoundParty[]> {
  const wanted = name.trim().toLowerCase();
  const byList = inForce.filter(({ list }) => wanted.startsWith(`${list}:`));
  const found: FoundParty[] = [];
  for (const version of byList.length > 0 ? byList : inForce) {
    const parties = await store.parties(version.id);
    found.push(...parties.filter((party) => isCalled(party, wanted)).map((party) => ({ party, version })));
  }
  return found;
}

function isCalled({ id, reference }: ListedParty, wanted: string): boolean {
  return id.toLowerCase() === wanted || reference.toLowerCase() === wanted;
}

/** `cairn lists export LIST`: the version in force on a day, in Cairn's own format. */
export async function exportList({ data, json, print }: Context, flags: AsOfFlags, name: string): Promise<ExitCode> {
  const { store } = openLists(data);
  const versions = store.versions();
  const list = asListId(name, versions, PUBLISHED_LISTS);
  const version = versionOn(versions, list, flags.asOf === undefined ? today() : readDate(flags.asOf, '--as-of'));
  const parties = await store.parties(version.id);
  const { issuedOn, onlyPart } = version;
  print(json ? '' : formatCairnList({ list, issuedOn, onlyPart }, parties), { version, parties });
  return 0;
}

function describe(party: ListedParty, version: ListVersion): string {
  const rows: string[][] = [
    ...party.names.map(({ full, kind, quality, script }) => [
      kind,
      full,
      [quality === 'weak' ? 'weak alias' : '', script === 'Latn' ? '' : script]
        .filter((mark) => mark !== '')
        .join(', '),
    ]),
    ['kind', party.kind, ''],
    ...party.programmes.map((programme) => ['programme', programme, '']),
    ['listed on', party.listedOn ?? 'not said', ''],
    ...party.amendedOn.map((date) => ['amended on', date, '']),
    ...party.births.map(({ from, to, approximate }) => [
      party.kind === 'person' ? 'born' : 'date of origin',
      from === to ? from : `${from} to ${to}`,
      approximate ? 'approximately' : '',
    ]),
    ...party.places.map(({ role, text, country }) => [role, text, country ?? 'country not known']),
    ...party.identifiers.map(({ kind, value, country }) => [kind, value, country ?? '']),
    ...party.accounts.map(({ code, address }) => ['account', address, code ?? 'no currency given']),
  ];
  const scope = version.onlyPart === null ? '' : ` (only ${version.onlyPart})`;
  return [
    `${party.id} (${party.reference}), as in ${version.id}, issued ${version.issuedOn}${scope}`,
    table(['', '', ''], rows).replace(/^\n/, ''),
    ...(party.remarks === null ? [] : [`Remarks: ${party.remarks}`]),
  ].join('\n');
}
