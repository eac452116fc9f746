import { readAddress } from '../../units/index.ts';
import type { PartialDate } from '../lists/party.ts';
import type { NameQuery } from '../names/match.ts';

/** Who is screened: an account as it was pasted, or a name with its qualifiers. */
export type Subject =
  | { readonly kind: 'account'; readonly text: string }
  | { readonly kind: 'name'; readonly query: NameQuery };

/**
 * Under which key are decisions about a subject kept? Narrow on purpose: a key that two people share would let a decision
 * about one hide a match of the other. A name in other words, in another order, with other accents or other qualifiers is
 * another subject.
 * @returns an address in canonical case, without a chain in front; or `name:` with letters in lower case and everything
 *   between words as one space, then kind, birth and countries as far as they are given.
 */
export function subjectKey(subject: Subject): string {
  if (subject.kind === 'account') return readAddress(subject.text).canonical;
  const { name, kind, birth, countries } = subject.query;
  const qualifiers = [
    ...(kind === null ? [] : [`kind ${kind}`]),
    ...(birth === null ? [] : [`born ${showSpan(birth)}`]),
    ...(countries.length === 0 ? [] : [`countries ${[...new Set(countries)].sort().join(' ')}`]),
  ];
  return [`name:${foldName(name)}`, ...qualifiers].join(' | ');
}

/** A subject as people read it. */
export function showSubject(subject: Subject): string {
  if (subject.kind === 'account') return subject.text.trim();
  const { name, kind, birth, countries } = subject.query;
  const qualifiers = [
    ...(kind === null ? [] : [kind]),
    ...(birth === null ? [] : [`born ${showSpan(birth)}`]),
    ...countries,
  ];
  return qualifiers.length === 0 ? name.trim() : `${name.trim()} (${qualifiers.join(', ')})`;
}

function foldName(name: string): string {
  const folded = name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
  // A name of signs only keeps them: otherwise all such names would be one subject.
  return folded === '' ? JSON.stringify(name.trim()) : folded;
}

function showSpan({ from, to, approximate }: PartialDate): string {
  return `${approximate ? '~' : ''}${from === to ? from : `${from}..${to}`}`;
}
