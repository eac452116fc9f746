import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';
import { CairnError } from '../../errors.ts';
import type { ListedParty } from '../lists/party.ts';

const known = new WeakMap<ListedParty, string>();

/**
 * Is this listing still what it was when somebody decided about it? SHA-256, hex, over the canonical JSON (RFC 8785) of the
 * entry as Cairn reads it: any change of a name, date, place, identifier, account or remark gives another digest. So does a
 * Cairn that reads more of the entry than the one before; matches are then looked at again rather than hidden.
 */
export function partyDigest(party: ListedParty): string {
  const before = known.get(party);
  if (before !== undefined) return before;
  const text = canonicalize(JSON.parse(JSON.stringify(party, wellFormed)));
  if (text === undefined) throw new CairnError('defect', `listed party ${party.id} has no canonical JSON`);
  const digest = bytesToHex(sha256(utf8ToBytes(text)));
  known.set(party, digest);
  return digest;
}

/** Half a surrogate pair, which a JSON list can hold, has no canonical form; it is replaced as Unicode says. */
function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}
