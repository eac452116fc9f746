import type { Chain } from '../../units/index.ts';
import type { Coverage } from '../coverage.ts';

/** What a caller declares complete of a file; the file's name is filled in. */
export type CoverageDeclaration = Omit<Coverage, 'source'>;

/** What reading a file found that its declarations must say. */
export type CoverageFacts = {
  readonly file: string;
  readonly chains: readonly Chain[];
  readonly assignedOrder: number;
  readonly rejected: number;
  readonly cut: boolean;
  readonly notes: readonly string[];
};

/**
 * The declarations that travel with an import: the caller's, or, for each chain without one, that nothing is known
 * to be complete. Each says what reading the file found: assigned order, rejected rows, a cut end.
 */
export function declareCoverage(facts: CoverageFacts, declared: readonly CoverageDeclaration[]): Coverage[] {
  const undeclared = facts.chains.filter((chain) => declared.every((declaration) => declaration.chain !== chain));
  return [...declared, ...undeclared.map(nothingKnown)].map((declaration) => ({
    ...declaration,
    truncated: declaration.truncated || facts.cut,
    note: joinNotes([...(declaration.note === null ? [] : [declaration.note]), ...describeFacts(facts)]),
    source: facts.file,
  }));
}

/** That nothing is known to be complete of a chain. */
export function nothingKnown(chain: Chain): CoverageDeclaration {
  return {
    chain,
    account: null,
    direction: 'both',
    assets: null,
    fromBlock: null,
    toBlock: null,
    toAt: null,
    basis: 'unknown',
    truncated: false,
    note: null,
  };
}

/** What is worth saying of a file besides its declarations, one sentence each. */
export function describeFacts(facts: Omit<CoverageFacts, 'file' | 'chains'>): string[] {
  const sentences: string[] = [];
  if (facts.assignedOrder > 0) {
    sentences.push(
      `Order inside the block was assigned by file order for ${counted(facts.assignedOrder, 'transfer')}.`,
    );
  }
  if (facts.rejected > 0)
    sentences.push(
      facts.rejected === 1
        ? '1 row was rejected and is missing.'
        : `${facts.rejected} rows were rejected and are missing.`,
    );
  return [...sentences, ...facts.notes];
}

function joinNotes(sentences: readonly string[]): string | null {
  return sentences.length === 0 ? null : sentences.join(' ');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
