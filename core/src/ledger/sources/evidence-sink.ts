import type { IndexedEvidence, TransactionEvidence } from '../evidence.ts';
import type { ImportSession, LedgerStore } from '../ports.ts';
import type { RowBatch, RowSource, Table } from './row-source.ts';

/** The words by which another transaction may look for this one. */
export type KeysOf = (evidence: TransactionEvidence) => readonly string[];

/** Takes the evidence that a decoder finds in rows into the import that is open. */
export type EvidenceSink = {
  readonly add: (evidence: TransactionEvidence) => void;
  /** The store, so that an import that it opens also takes the evidence. */
  readonly store: Pick<LedgerStore, 'beginImport'>;
  /** The source, so that evidence is written out batch by batch and memory stays bounded. */
  readonly wrap: (source: RowSource) => RowSource;
  /** How many transactions' evidence the last import wrote. */
  readonly written: () => number;
};

export function createEvidenceSink(store: Pick<LedgerStore, 'beginImport'>, keysOf: KeysOf): EvidenceSink {
  let pending: IndexedEvidence[] = [];
  let written = 0;
  let session: ImportSession | null = null;
  const flush = async (): Promise<void> => {
    if (session === null || pending.length === 0) return;
    const batch = pending;
    pending = [];
    written += batch.length;
    await session.writeEvidence(batch);
  };
  async function* drained(batches: AsyncIterable<RowBatch>): AsyncGenerator<RowBatch> {
    for await (const batch of batches) {
      yield batch;
      await flush();
    }
  }
  const drain = ({ header, batches }: Table): Table => ({ header, batches: drained(batches) });
  return {
    add: (evidence) => {
      pending.push({ evidence, keys: keysOf(evidence) });
    },
    store: {
      async beginImport(source) {
        const opened = await store.beginImport(source);
        session = opened;
        pending = [];
        written = 0;
        return {
          ...opened,
          async commit(result) {
            await flush();
            session = null;
            return opened.commit(result);
          },
          async abort() {
            session = null;
            pending = [];
            await opened.abort();
          },
        };
      },
    },
    wrap: (source) => ({
      columns: source.columns,
      read: (wanted) => drain(source.read(wanted)),
      readSorted: source.readSorted === null ? null : bySort(source.readSorted, drain),
      close: () => source.close(),
    }),
    written: () => written,
  };
}

function bySort(read: NonNullable<RowSource['readSorted']>, drain: (table: Table) => Table): RowSource['readSorted'] {
  return (wanted, by) => drain(read(wanted, by));
}
