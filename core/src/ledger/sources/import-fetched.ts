import { createHash } from 'node:crypto';
import type { Asset, Chain } from '../../units/index.ts';
import type { FetchInto } from '../account-source.ts';
import type { CoverageDeclaration } from '../ingest/declare-coverage.ts';
import type { Format } from '../ingest/format.ts';
import { createEvidenceSink, type EvidenceSink } from './evidence-sink.ts';
import { importFile } from './import-file.ts';
import type { FileResult } from './import-whole.ts';
import type { Reject } from './rejects-file.ts';
import type { RowSource } from './row-source.ts';

/** Records that a source gave, on their way into a ledger. */
export type Fetched = {
  /** Name of the source: what coverage says it comes from. */
  readonly name: string;
  readonly chain: Chain;
  readonly rows: RowSource;
  /** @param onEvidence - takes what crossings are decoded from. */
  readonly format: (onEvidence: EvidenceSink['add']) => Format;
  /**
   * What the records are complete for, if every one of them can be read: else all of it is declared truncated. As a function of the
   * names of records that could not be read, where it can be told what they bear on.
   */
  readonly coverage:
    | readonly CoverageDeclaration[]
    | ((unreadable: ReadonlySet<string>) => readonly CoverageDeclaration[]);
  /** Names of records that could not be read: of imports that belong together, one set. */
  readonly unreadable?: Set<string>;
  /** What was asked, so that no two imports are taken for the same. */
  readonly identity: readonly string[];
};

/** Makes one import of what was fetched. */
export async function importFetched(fetched: Fetched, into: FetchInto): Promise<FileResult> {
  const { name, chain, rows } = fetched;
  const sha256 = createHash('sha256')
    .update([chain, name, Date.now(), ...fetched.identity].join('\n'))
    .digest('hex');
  const sink = createEvidenceSink(into.store, into.keysOf);
  const input = {
    file: name,
    source: sink.wrap(rows),
    format: fetched.format(sink.add),
    chain,
    decimals: new Map<Asset, number>(),
    store: into.store,
    mayOverlap: true,
    signal: into.signal ?? null,
    onRows: () => {},
  };
  const { coverage, unreadable = new Set<string>() } = fetched;
  const declare = (rejected: number): readonly CoverageDeclaration[] => {
    if (typeof coverage === 'function') return coverage(unreadable);
    return rejected === 0 ? coverage : coverage.map((declared) => ({ ...declared, truncated: true }));
  };
  const { rejectsDirectory } = into;
  const options = {
    store: sink.store,
    coverage: declare,
    ifNoneIsGood: 'keep' as const,
    onReject: ({ cells }: Reject) => void unreadable.add(cells[0] ?? ''),
    ...(rejectsDirectory === undefined ? {} : { rejectsDirectory }),
  };
  const { result } = await importFile(input, sha256, options, async () => {});
  return { path: name, ...result };
}

/** Is a block part of the chain as it is wanted? */
export function isUpTo(blockNumber: number, { to }: Pick<FetchInto, 'to'>): boolean {
  return to === undefined || blockNumber <= to.number;
}
