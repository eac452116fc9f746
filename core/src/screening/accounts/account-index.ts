import { type AddressForm, compareText, readAddress } from '../../units/index.ts';
import type { NearMiss } from '../answer.ts';
import type { ListedAccount, ListedParty } from '../lists/party.ts';

export type ListedEntry = { readonly party: ListedParty; readonly listed: ListedAccount; readonly version: string };

/** Listed accounts by address. */
export type AccountIndex = {
  /** Distinct addresses. */
  readonly size: number;
  /** Who lists this address; by (version, party id, code). */
  find(form: AddressForm): readonly ListedEntry[];
  /** Listed addresses so like this one that one may have been taken for the other; the address itself is none. */
  nearMisses(form: AddressForm): readonly NearMiss[];
};

/** Characters at either end by which people compare addresses, and which address poisoning imitates. */
const GLANCE = 4;
/** At least this many characters of an address's body must be the same at one end for one edit to be looked for. */
const HALF = 10;

/**
 * An index over the accounts of list versions, in memory. Lookups are exact in canonical form.
 * Near misses need three lookups: one edit leaves the first or the second half of an address as it was.
 */
export function createAccountIndex(
  versions: Iterable<{ readonly version: string; readonly parties: Iterable<ListedParty> }>,
): AccountIndex {
  const entries = new Map<string, ListedEntry[]>();
  const likes = new Map<string, Set<string>>();
  for (const { version, parties } of versions) {
    for (const party of parties) {
      for (const listed of party.accounts) {
        const { canonical } = readAddress(listed.address);
        const known = entries.get(canonical);
        if (known === undefined) {
          entries.set(canonical, [{ party, listed, version }]);
          for (const key of likenessKeys(canonical)) push(likes, key, canonical);
        } else known.push({ party, listed, version });
      }
    }
  }
  for (const found of entries.values()) found.sort((a, b) => compareText(keyOf(a), keyOf(b)));
  return {
    size: entries.size,
    find: ({ canonical }) => entries.get(canonical) ?? [],
    nearMisses({ canonical }) {
      const candidates = new Set<string>();
      for (const key of likenessKeys(canonical)) for (const like of likes.get(key) ?? []) candidates.add(like);
      candidates.delete(canonical);
      return [...candidates].sort().flatMap((address) => {
        const how = likeness(canonical, address);
        const entry = entries.get(address)?.[0] as ListedEntry;
        const { party, version } = entry;
        return how === null
          ? []
          : [{ address, partyId: party.id, partyName: party.names[0]?.full ?? party.id, version, how }];
      });
    },
  };
}

function keyOf({ version, party, listed }: ListedEntry): string {
  return `${version} ${party.id} ${listed.code ?? ''}`;
}

/** Without what every address of its kind begins with, in lower case: people misread letter case too. */
function bodyOf(address: string): string {
  return address.replace(/^(0x|bc1|ltc1|bnb1)/, '').toLowerCase();
}

function likenessKeys(address: string): string[] {
  const body = bodyOf(address);
  if (body.length < 2 * HALF) return [];
  return [`<${body.slice(0, HALF)}`, `>${body.slice(-HALF)}`, `=${body.slice(0, GLANCE)}${body.slice(-GLANCE)}`];
}

/** How one may be taken for the other; null: they are not alike after all. */
function likeness(one: string, other: string): string | null {
  const [a, b] = [bodyOf(one), bodyOf(other)];
  if (a === b) return 'the same but for the case of letters, which matters in this form of address';
  if (isOneEdit(a, b)) return 'one character differs';
  if (a.slice(0, GLANCE) === b.slice(0, GLANCE) && a.slice(-GLANCE) === b.slice(-GLANCE)) {
    return `the first and last ${GLANCE} characters are the same, those between differ`;
  }
  return null;
}

/** One character changed, added or left out, or two neighbours exchanged. */
function isOneEdit(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1) return false;
  let i = 0;
  while (i < short.length && short[i] === long[i]) i++;
  if (long.length > short.length) return short.slice(i) === long.slice(i + 1);
  if (short.slice(i + 1) === long.slice(i + 1)) return true;
  return short[i] === long[i + 1] && short[i + 1] === long[i] && short.slice(i + 2) === long.slice(i + 2);
}

function push(map: Map<string, Set<string>>, key: string, value: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, new Set([value]));
  else known.add(value);
}
