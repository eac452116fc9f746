import { CairnError, isCairnError } from '../../errors.ts';
import type { Asset } from '../../units/index.ts';
import { type CoverageDeclaration, declareCoverage, describeFacts } from '../ingest/declare-coverage.ts';
import type { AssetMetadata } from '../ingest/draft.ts';
import type { ImportSession, LedgerStore } from '../ports.ts';
import { type FileInput, importRows, type Pass, type RowsRead } from './import-rows.ts';
import type { FileResult } from './import-whole.ts';
import { createRejectLog, noGoodRow, type Reject, type RejectLog } from './rejects-file.ts';

/** What an import needs besides the file. */
export type ImportOptions = {
  readonly store: Pick<LedgerStore, 'beginImport'>;
  readonly rejectsDirectory?: string;
  /** What is declared complete; where it depends on how many rows were rejected, as a function of that. */
  readonly coverage?: readonly CoverageDeclaration[] | ((rejected: number) => readonly CoverageDeclaration[]);
  readonly onReject?: (reject: Reject) => void;
  /** What becomes of an import whose every row was rejected: a file is refused; of what was fetched the rejects are kept. Default: refuse. */
  readonly ifNoneIsGood?: 'refuse' | 'keep';
};

export type Imported = {
  readonly assets: ReadonlyMap<Asset, AssetMetadata>;
  readonly result: Omit<FileResult, 'path'>;
};

/**
 * Reads a file into one import; again, and in another way, where its blocks turn out not to rise.
 * @param onCommit - the last word before the import becomes visible; it may throw.
 */
export async function importFile(
  input: FileInput,
  sha256: string,
  options: ImportOptions,
  onCommit: () => Promise<void>,
): Promise<Imported> {
  const { file, format } = input;
  const ways: readonly Pass[] = input.source.readSorted === null ? ['rising', 'any'] : ['rising', 'sorted', 'any'];
  for (const way of ways) {
    const rejects = createRejectLog({ file, sha256 }, options.rejectsDirectory ?? null, options.onReject ?? (() => {}));
    const session = await options.store.beginImport({ sha256, file, format: format.id });
    try {
      const read = await importRows(input, session, rejects, way);
      if (read !== null) return await commitRows(input, read, session, rejects, options, onCommit);
      await session.abort();
      await rejects.discard();
    } catch (error) {
      await session.abort();
      if (!isCairnError(error) || error.code !== 'invalid-input') await rejects.discard();
      throw error;
    }
  }
  throw new CairnError('defect', `reading ${file} in any order was refused`);
}

async function commitRows(
  { file, format }: FileInput,
  read: RowsRead,
  session: ImportSession,
  rejects: RejectLog,
  { coverage: declared = [], ifNoneIsGood }: ImportOptions,
  onCommit: () => Promise<void>,
): Promise<Imported> {
  const rejected = rejects.count;
  const rejectsFile = await rejects.close();
  if (rejected > 0 && rejected === read.rows && ifNoneIsGood !== 'keep') throw noGoodRow(rejects, rejectsFile);
  const { assigned, known, severalTopLevel } = read.order;
  const notes = [...read.notes, ...(severalTopLevel === null ? [] : [describeSeveral(severalTopLevel)])];
  const facts = { file, chains: read.chains, assignedOrder: assigned, rejected, cut: read.cut, notes };
  const coverage = declareCoverage(facts, typeof declared === 'function' ? declared(rejected) : declared);
  await onCommit();
  const summary = await session.commit({ rejected, coverage });
  const result: Imported['result'] = {
    file,
    status: 'imported',
    import: summary,
    format: format.id,
    rows: read.rows,
    transfers: summary.transfers,
    alreadyKnown: known,
    rejected,
    rejectedByReason: rejects.byReason(),
    rejectsFile,
    rounded: read.rounded,
    assignedOrder: assigned,
    cut: read.cut,
    notes: describeFacts(facts),
    coverage,
  };
  return { assets: read.assets, result };
}

function describeSeveral({ count, lines }: { count: number; lines: readonly [number, number] }): string {
  const rows = count === 1 ? 'One row states' : `${count} rows state`;
  return (
    `${rows} a top-level value for a transaction that has one already (first: lines ${lines[0]} and ${lines[1]}); ` +
    'each is kept as a transfer of its own, as the file gives it, though a transaction moves its top-level value once.'
  );
}
