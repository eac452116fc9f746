import { compareText } from '../../units/index.ts';
import type { ListedParty } from './party.ts';

/** What is different about a party that both versions carry. Texts as they are compared, one a value. */
export type PartyChange = {
  readonly field: (typeof FIELDS)[number][0];
  readonly added: readonly string[];
  readonly removed: readonly string[];
};

export type ListDiff = {
  /** In the newer version alone: designations. In order of reference. */
  readonly added: readonly ListedParty[];
  /** In the older version alone: delistings. */
  readonly removed: readonly ListedParty[];
  readonly changed: readonly {
    readonly before: ListedParty;
    readonly after: ListedParty;
    readonly changes: readonly PartyChange[];
  }[];
  /** Parties of both, in nothing different. */
  readonly unchanged: number;
};

const FIELDS = [
  ['reference', ({ reference }: ListedParty) => [reference]],
  ['kind', ({ kind }: ListedParty) => [kind]],
  [
    'names',
    ({ names }: ListedParty) => names.map(({ full, quality }) => marked(full, quality === 'weak' && 'weak alias')),
  ],
  ['accounts', ({ accounts }: ListedParty) => accounts.map(({ code, address }) => marked(address, code))],
  ['programmes', ({ programmes }: ListedParty) => programmes],
  ['births', ({ births }: ListedParty) => births.map(spanOf)],
  ['places', ({ places }: ListedParty) => places.map(({ role, text }) => `${role}: ${text}`)],
  ['identifiers', ({ identifiers }: ListedParty) => identifiers.map(({ kind, value }) => `${kind}: ${value}`)],
  ['listedOn', ({ listedOn }: ListedParty) => (listedOn === null ? [] : [listedOn])],
  ['amendedOn', ({ amendedOn }: ListedParty) => amendedOn],
  ['remarks', ({ remarks }: ListedParty) => (remarks === null ? [] : [remarks])],
] as const;

/**
 * Who was added, who was removed, and what changed about the others, from one version of a list to a later one.
 * Parties are matched by id. The order of names, places and so on is not compared; how often one occurs is not either.
 */
export function diffLists(older: readonly ListedParty[], newer: readonly ListedParty[]): ListDiff {
  const before = new Map(older.map((party) => [party.id, party]));
  const after = new Map(newer.map((party) => [party.id, party]));
  const both = [...after.values()].flatMap((party) => {
    const old = before.get(party.id);
    return old === undefined ? [] : [{ before: old, after: party, changes: changesOf(old, party) }];
  });
  return {
    added: [...after.values()].filter(({ id }) => !before.has(id)).sort(compareParties),
    removed: [...before.values()].filter(({ id }) => !after.has(id)).sort(compareParties),
    changed: both.filter(({ changes }) => changes.length > 0).sort((a, b) => compareParties(a.after, b.after)),
    unchanged: both.filter(({ changes }) => changes.length === 0).length,
  };
}

function changesOf(before: ListedParty, after: ListedParty): PartyChange[] {
  return FIELDS.flatMap(([field, read]) => {
    const [old, now] = [new Set<string>(read(before)), new Set<string>(read(after))];
    const added = [...now].filter((text) => !old.has(text));
    const removed = [...old].filter((text) => !now.has(text));
    return added.length + removed.length === 0 ? [] : [{ field, added, removed }];
  });
}

/** By reference, numbers inside it as numbers (`KPi.9` before `KPi.10`); the id decides between equals. */
function compareParties(a: ListedParty, b: ListedParty): number {
  const [left, right] = [sortKey(a.reference), sortKey(b.reference)];
  return compareText(left, right) || compareText(a.id, b.id);
}

function sortKey(reference: string): string {
  return reference.replace(/\d+/g, (digits) => digits.padStart(12, '0'));
}

function marked(text: string, mark: string | false | null): string {
  return mark === false || mark === null ? text : `${text} (${mark})`;
}

function spanOf({ from, to, approximate }: ListedParty['births'][number]): string {
  const span = from === to ? from : `${from} to ${to}`;
  return approximate ? `about ${span}` : span;
}
