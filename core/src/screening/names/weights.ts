import type { PreparedToken } from './token.ts';
import { ROLE_WEIGHTS } from './words.ts';

/** How many parties have a token: in this form, in a spelling of the same sound, with the same consonants. */
export type TokenCounts = {
  readonly parties: number;
  readonly forms: ReadonlyMap<string, number>;
  readonly folds: ReadonlyMap<string, number>;
  readonly consonants: ReadonlyMap<string, number>;
};

/** What even the commonest token counts, of 1. */
const LEAST_WEIGHT = 0.2;
/** On a list of few parties every token is rare; weights are taken as though it had this many. */
const PARTIES_AT_LEAST = 10_000;
/** By letters: two letters identify little. */
const LENGTH_WEIGHTS = [0, 1, 0.6, 0.85] as const;

/**
 * What does a token say about who is meant? 1: a rare word of four letters or more. Less the more listed parties have it
 * (inverse frequency, logarithmic), the shorter it is, and by its role.
 */
export function tokenWeight(token: PreparedToken, counts: TokenCounts): number {
  const holders = Math.max(
    counts.forms.get(token.form) ?? 0,
    counts.folds.get(token.fold) ?? 0,
    token.consonants.length > (token.abjad ? 1 : 3) ? (counts.consonants.get(token.consonants) ?? 0) : 0,
  );
  const rarity = Math.max(0, 1 - Math.log(1 + holders) / Math.log(1 + Math.max(counts.parties, PARTIES_AT_LEAST)));
  const length = token.abjad ? 1 : (LENGTH_WEIGHTS[token.text.length] ?? 1);
  return ROLE_WEIGHTS[token.role] * length * (LEAST_WEIGHT + (1 - LEAST_WEIGHT) * rarity);
}

/** Counts each token once a party, whatever the number of its names that have it. */
export function createTokenCounter() {
  const forms = new Map<string, number>();
  const folds = new Map<string, number>();
  const consonants = new Map<string, number>();
  let parties = 0;
  return {
    addParty(tokens: Iterable<PreparedToken>): void {
      parties++;
      const seen = [new Set<string>(), new Set<string>(), new Set<string>()] as const;
      for (const token of tokens) {
        seen[0].add(token.form);
        seen[1].add(token.fold);
        seen[2].add(token.consonants);
      }
      countAll(forms, seen[0]);
      countAll(folds, seen[1]);
      countAll(consonants, seen[2]);
    },
    counts: (): TokenCounts => ({ parties, forms, folds, consonants }),
  };
}

function countAll(counts: Map<string, number>, keys: Iterable<string>): void {
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
}
