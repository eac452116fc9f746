import { CairnError } from '@cairn/core/errors';
import {
  diffLists,
  isDate,
  type ListDiff,
  type ListedParty,
  type ListVersion,
  PUBLISHED_LISTS,
} from '@cairn/core/screening';
import type { Context } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { grouped } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import { asListId, openLists, versionOn } from './lists-store.ts';

export type DiffFlags = { readonly list?: string };

/** Beyond so many changed parties the text names the rest by number alone; --json has all. */
const SHOWN = 50;

/** `cairn lists diff`: who was added, removed and changed from one version of a list to another. */
export async function diffVersions(
  { data, print }: Context,
  { list }: DiffFlags,
  names: readonly string[],
): Promise<ExitCode> {
  const { store } = openLists(data);
  const [older, newer] = choose(store.versions(), list, names);
  const diff = diffLists(await store.parties(older.id), await store.parties(newer.id));
  print(showDiff(older, newer, diff), { older, newer, ...diff });
  return 0;
}

function choose(
  versions: readonly ListVersion[],
  list: string | undefined,
  names: readonly string[],
): readonly [ListVersion, ListVersion] {
  if (names.length !== 0 && names.length !== 2) {
    throw new CairnError('invalid-input', 'a comparison is of two versions: name both, by id or date, or neither');
  }
  const [first, second] = names;
  if (first === undefined || second === undefined) return lastTwo(versions, listOf(versions, list));
  const [older, newer] = [first, second].map((name) => find(versions, list, name)) as [ListVersion, ListVersion];
  if (older.id === newer.id) {
    throw new CairnError('invalid-input', `${first} and ${second} are both ${older.id}: there is nothing to compare`);
  }
  if (older.list !== newer.list || older.onlyPart !== newer.onlyPart) {
    throw new CairnError(
      'invalid-input',
      `${older.id} and ${newer.id} are not of the same list and scope: every difference would be one of scope`,
    );
  }
  return [older, newer];
}

/** The list asked about; where none is, the only one of which there is something to compare. */
function listOf(versions: readonly ListVersion[], list: string | undefined): string {
  if (list !== undefined) return asListId(list, versions, PUBLISHED_LISTS);
  const lists = [...new Set(versions.map((one) => one.list))].filter((one) => versionsOf(versions, one).length > 1);
  if (lists.length === 1 && lists[0] !== undefined) return lists[0];
  throw new CairnError('invalid-input', 'name a list', {
    hints: [lists.length === 0 ? 'of no list two versions are held' : `cairn lists diff --list ${lists.join(' | ')}`],
  });
}

/** Versions of one list that can be compared: of one scope, the newest one's. */
function versionsOf(versions: readonly ListVersion[], list: string): readonly ListVersion[] {
  const ofList = versions.filter((one) => one.list === list);
  const whole = ofList.filter(({ onlyPart }) => onlyPart === null);
  return whole.length > 1 ? whole : ofList.filter(({ onlyPart }) => onlyPart === ofList.at(-1)?.onlyPart);
}

function lastTwo(versions: readonly ListVersion[], list: string): readonly [ListVersion, ListVersion] {
  const [older, newer] = versionsOf(versions, list).slice(-2);
  if (older !== undefined && newer !== undefined) return [older, newer];
  throw new CairnError('not-found', `of ${list} there are no two versions of the same scope to compare`, {
    hints: ['cairn lists shows those held; cairn lists import FILE adds older ones too'],
  });
}

function find(versions: readonly ListVersion[], list: string | undefined, name: string): ListVersion {
  if (isDate(name)) {
    const id = listOf(versions, list);
    return versionOn(versions, asListId(id, versions, PUBLISHED_LISTS), name);
  }
  const exact = versions.find(({ id }) => id === name);
  const found = exact === undefined ? versions.filter(({ id }) => id.startsWith(name)) : [exact];
  if (found.length === 1 && found[0] !== undefined) return found[0];
  throw new CairnError(
    'not-found',
    `${name} is ${found.length === 0 ? 'no version held' : 'the start of several ids'}`,
    {
      hints: ['cairn lists shows the versions held', 'a date works too: the version in force on that day'],
    },
  );
}

function showDiff(older: ListVersion, newer: ListVersion, diff: ListDiff): string {
  const { added, removed, changed, unchanged } = diff;
  const counts = `${grouped(added.length)} added, ${grouped(removed.length)} removed, ${grouped(changed.length)} changed, ${grouped(unchanged)} the same`;
  return [
    `${older.id} → ${newer.id}: ${counts}.`,
    ...section(`Added (not in the issue of ${older.issuedOn}):`, added),
    ...section(`Removed (not in the issue of ${newer.issuedOn}):`, removed),
    ...(changed.length === 0 ? [] : ['', 'Changed:']),
    ...changed.slice(0, SHOWN).flatMap(showChanged),
    ...(changed.length > SHOWN ? [`and ${grouped(changed.length - SHOWN)} more (--json has all)`] : []),
  ].join('\n');
}

function section(title: string, parties: readonly ListedParty[]): string[] {
  if (parties.length === 0) return [];
  const rows = parties.map((party) => [
    party.reference,
    nameOf(party),
    party.kind,
    party.programmes.join(', '),
    party.listedOn ?? 'not said',
    party.accounts.length === 0 ? '' : String(party.accounts.length),
  ]);
  return ['', title, table(['reference', 'name', 'kind', 'programmes', 'listed on', 'accounts'], rows, ['accounts'])];
}

function showChanged({ after, changes }: ListDiff['changed'][number]): string[] {
  const lines = changes.flatMap(({ field, added, removed }) => [
    ...removed.map((text) => `    ${field} − ${short(text)}`),
    ...added.map((text) => `    ${field} + ${short(text)}`),
  ]);
  return [`  ${after.reference}  ${nameOf(after)}`, ...lines];
}

function nameOf({ names }: ListedParty): string {
  return names[0]?.full ?? '';
}

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= 160 ? line : `${line.slice(0, 157)}…`;
}
