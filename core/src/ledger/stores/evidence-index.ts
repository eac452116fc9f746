import type { IndexedEvidence, TransactionEvidence } from '../evidence.ts';
import { mergeEvidence } from '../merge-evidence.ts';

/** Records in memory, each transaction's put together, with the ways to find them. */
export type EvidenceIndex = {
  /** By the hashes asked for; sorted by (chain, tx). */
  readonly byHash: (hashes: readonly string[]) => TransactionEvidence[];
  /** By the words they were stored under; sorted by (key, chain, tx). */
  readonly byKey: (keys: readonly string[]) => { readonly key: string; readonly evidence: TransactionEvidence }[];
};

/** @throws contradiction where two records of one transaction cannot both be true. */
export function indexEvidence(stored: readonly IndexedEvidence[]): EvidenceIndex {
  const records = new Map<string, TransactionEvidence>();
  const hashes = new Map<string, Set<string>>();
  const words = new Map<string, Set<string>>();
  for (const { evidence, keys } of stored) {
    const name = `${evidence.chain} ${evidence.tx}`;
    const known = records.get(name);
    records.set(name, known === undefined ? evidence : mergeEvidence(known, evidence));
    enter(hashes, evidence.tx, name);
    for (const key of keys) enter(words, key, name);
  }
  const sorted = (found: Iterable<string>): TransactionEvidence[] =>
    [...new Set(found)].sort().map((name) => records.get(name) as TransactionEvidence);
  return {
    byHash: (wanted) => sorted(wanted.flatMap((hash) => [...(hashes.get(hash) ?? [])])),
    byKey: (wanted) =>
      [...new Set(wanted)].sort().flatMap((key) => sorted(words.get(key) ?? []).map((evidence) => ({ key, evidence }))),
  };
}

function enter(index: Map<string, Set<string>>, word: string, name: string): void {
  const names = index.get(word);
  if (names === undefined) index.set(word, new Set([name]));
  else names.add(name);
}
