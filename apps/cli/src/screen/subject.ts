import { statSync } from 'node:fs';
import { CairnError } from '@cairn/core/errors';
import { type NameQuery, type PartyKind, readBirth } from '@cairn/core/screening';
import { countryOf, countryOfCode, looksLikeAddress } from '@cairn/core/units';

/** What the word after `cairn screen` is. */
export type SubjectKind = 'account' | 'name' | 'file';

/** Qualifiers of a name, as flags and as columns of a batch give them. */
export type Qualifiers = { readonly born?: string; readonly country?: readonly string[]; readonly kind?: string };

const KINDS: readonly PartyKind[] = ['person', 'organisation', 'vessel', 'aircraft', 'unknown'];

/** A file that exists is a file; text in the form of an address is an account; anything else is a name. */
export function kindOf(text: string): SubjectKind {
  if (/\.(csv|tsv|txt|xlsx?|ods|jsonl?|parquet|gz|zip)$/i.test(text) || isFile(text)) return 'file';
  return looksLikeAddress(text) ? 'account' : 'name';
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** @throws invalid-input where a qualifier cannot be read. */
export function nameQuery(name: string, { born, country = [], kind }: Qualifiers): NameQuery {
  if (name.trim() === '') throw new CairnError('invalid-input', 'no name is given');
  if (name.includes('\ufffd')) {
    throw new CairnError('invalid-input', 'the name holds letters that were lost in decoding', {
      hints: ['give it in UTF-8'],
    });
  }
  if (kind !== undefined && !KINDS.includes(kind as PartyKind)) {
    throw new CairnError('invalid-input', `unknown kind of party ${kind}`, { hints: [`known: ${KINDS.join(', ')}`] });
  }
  return {
    name,
    kind: (kind as PartyKind | undefined) ?? null,
    birth: born === undefined ? null : readBirth(born),
    countries: country.map(readCountry),
  };
}

function readCountry(text: string): string {
  const code = countryOfCode(text) ?? countryOf(text);
  if (code !== null) return code;
  throw new CairnError('invalid-input', `no country is known by '${text}'`, {
    hints: ['give its ISO code, as KP, or its English name'],
  });
}
