import { CairnError } from '../../../errors.ts';
import { BITCOIN } from '../../../units/index.ts';
import { GENESIS } from '../../utxo/raw/header-chain.ts';
import type { BlockHeader } from '../../utxo/transaction.ts';
import type { BlockSource, SourceBlock } from './block-source.ts';
import { addTotals, type ChunkTotals, type CommitOptions, commitChunk, NO_TOTALS } from './commit-chunk.ts';
import { createLedgerHeaders, findFork, type LedgerHeaders } from './fork.ts';
import { wholeChain } from './whole-chain.ts';

/** Blocks and bytes that are made visible together: what is lost when a run is killed. */
export const CHUNK_BLOCKS = 2_000;
export const CHUNK_BYTES = 32 * 1024 * 1024;
/** How often a source may reorganise in one run before it is taken for broken. */
const MAX_FORKS = 100;

export type SyncOptions = CommitOptions & {
  readonly from: number;
  /** Both ends included. */
  readonly to: number;
  readonly chunkBlocks?: number;
  readonly chunkBytes?: number;
  readonly signal?: AbortSignal;
  readonly onBlock?: (progress: {
    readonly height: number;
    readonly from: number;
    readonly to: number;
    readonly phase: 'reading' | 'committing';
  }) => void;
};

export type SyncResult = {
  readonly totals: ChunkTotals;
  /** Imports made; each is visible as a whole. */
  readonly imports: number;
  /** Rows that are new to the ledger. */
  readonly transfers: number;
  /** Blocks that the ledger had already. */
  readonly knownBlocks: number;
  /** Heights from which the ledger was rolled back, for a reorganisation. */
  readonly rolledBack: readonly number[];
  /** First and last height of the blocks that came new; null: none. */
  readonly headers: { readonly from: number; readonly to: number } | null;
  /** What the source leaves out or what was taken for granted, in sentences. */
  readonly notes: readonly string[];
};

type Run = {
  readonly source: BlockSource;
  readonly options: SyncOptions;
  readonly ledger: LedgerHeaders;
  pending: SourceBlock[];
  bytes: number;
  next: number;
  to: number;
  forks: number;
  result: SyncResult;
};

export const NOTHING_SYNCED: SyncResult = {
  totals: NO_TOTALS,
  imports: 0,
  transfers: 0,
  knownBlocks: 0,
  rolledBack: [],
  headers: null,
  notes: [],
};

/**
 * Brings contiguous blocks into the ledger, chunk by chunk, each visible as a whole or not at all. Blocks that the ledger has are
 * passed over, so a run that was stopped goes on where it stopped. Where the source's chain parts from the ledger's and is longer,
 * the ledger is rolled back to where they part and the source's blocks take their place; where it is not longer, it is left out with
 * a note. A source that changes its mind while it is read is followed back to the last block both have.
 * @throws {CairnError} `contradiction`: the chains have no block in common, or the blocks contradict the ledger; `unavailable`: the
 *   source does not answer, or changes without end; `interrupted`: the signal was raised. Chunks before that stay.
 */
export async function syncBlocks(source: BlockSource, options: SyncOptions): Promise<SyncResult> {
  const ledger = createLedgerHeaders(options.store, source.chain);
  const { from, to } = options;
  const run: Run = { source, options, ledger, pending: [], bytes: 0, next: from, to, forks: 0, result: NOTHING_SYNCED };
  while (run.next <= run.to && (await step(run)));
  await flush(run);
  return run.result;
}

/** Takes in one block. @returns whether to go on. */
async function step(run: Run): Promise<boolean> {
  const { source, options, ledger, next } = run;
  if (options.signal?.aborted)
    throw new CairnError('interrupted', `stopped before block ${next}; the blocks committed so far stay`);
  options.onBlock?.({ height: next, from: options.from, to: run.to, phase: 'reading' });
  const hash = await source.hashAt(next);
  if (hash === null) return stopShort(run);
  const known = await ledger.at(next);
  if (known?.hash === hash) {
    await flush(run);
    run.result = { ...run.result, knownBlocks: run.result.knownBlocks + 1 };
    run.next++;
    return true;
  }
  const block = await source.block(hash, next);
  assertMainNetwork(source, block.header);
  const before = run.pending.at(-1)?.header ?? (await ledger.at(next - 1));
  if (known !== null || (before !== null && before.hash !== block.header.previous)) return settle(run, known !== null);
  run.pending.push(block);
  run.bytes += block.size;
  run.next++;
  const { chunkBlocks = CHUNK_BLOCKS, chunkBytes = CHUNK_BYTES } = options;
  if (run.pending.length >= chunkBlocks || run.bytes >= chunkBytes) await flush(run);
  return true;
}

/** The first two blocks tell the network. */
function assertMainNetwork({ chain }: BlockSource, { height, hash, previous }: BlockHeader): void {
  const genesis = height === 0 ? hash : height === 1 ? previous : GENESIS;
  if (chain !== BITCOIN || genesis === GENESIS) return;
  throw new CairnError('invalid-input', `the chain is another network's: its first block is ${genesis}`);
}

/** The source has fewer blocks than were asked for. */
async function stopShort(run: Run): Promise<boolean> {
  await dropTakenBack(run);
  note(run, `The source has no block ${run.next}: it ended before the last block that was asked for, ${run.to}.`);
  return false;
}

/** A block does not fit what is pending, or what the ledger has. */
async function settle(run: Run, ledgerHasOther: boolean): Promise<boolean> {
  if (++run.forks > MAX_FORKS) {
    const message = `${run.source.name} changed its chain ${MAX_FORKS} times while it was read, or its blocks are no chain`;
    throw new CairnError('unavailable', message, { retryable: true });
  }
  const dropped = await dropTakenBack(run);
  if (run.pending.length > 0 && !ledgerHasOther) return true;
  // Blocks were taken back to the last one committed: the next look shows whether that one still stands.
  if (dropped > 0) return true;
  await flush(run);
  return rollBack(run);
}

/** Drops pending blocks that the source no longer has. @returns how many. */
async function dropTakenBack(run: Run): Promise<number> {
  let dropped = 0;
  while (run.pending.length > 0) {
    const { header, size } = run.pending.at(-1) as SourceBlock;
    if ((await run.source.hashAt(header.height)) === header.hash) break;
    run.pending.pop();
    run.bytes -= size;
    run.next = header.height;
    dropped++;
  }
  return dropped;
}

/** The source's chain parts from the ledger's below the next block: the longer one stands. */
async function rollBack(run: Run): Promise<boolean> {
  const { source, options, ledger } = run;
  const fork = await findFork(source, ledger, run.next);
  if (fork === null) return true;
  const { root, ledgerEnd, sourceEnd } = fork;
  if (sourceEnd <= ledgerEnd) {
    note(
      run,
      `After block ${root} the source has other blocks than the ledger, to ${sourceEnd}; the ledger's chain reaches ${ledgerEnd} ` +
        'and is not shorter, so these blocks were left out.',
    );
    return false;
  }
  await options.store.rollback(source.chain, root + 1);
  ledger.forget();
  note(
    run,
    `The chain was reorganised: the ledger was rolled back from block ${root + 1} (it reached ${ledgerEnd}) and the source's blocks ` +
      `(to ${sourceEnd}) took their place.`,
  );
  run.result = { ...run.result, rolledBack: [...run.result.rolledBack, root + 1] };
  run.next = root + 1;
  run.to = Math.max(run.to, Math.min(sourceEnd, ledgerEnd));
  return true;
}

function note(run: Run, text: string): void {
  if (!run.result.notes.includes(text)) run.result = { ...run.result, notes: [...run.result.notes, text] };
}

/** Commits what is pending. */
async function flush(run: Run): Promise<void> {
  const { source, options, pending } = run;
  const headers = pending.map(({ header }) => header);
  const [first, last] = [headers[0], headers.at(-1)];
  if (first === undefined || last === undefined) return;
  options.onBlock?.({ height: last.height, from: options.from, to: run.to, phase: 'committing' });
  const after = await run.ledger.at(last.height + 1);
  if (after !== null && after.previous !== last.hash) throw doesNotFollow(last, after);
  const range = { from: first.height, to: last.height };
  const declare = await wholeChain(options.store, source.chain, range);
  const file =
    first === last ? `${source.name} block ${first.height}` : `${source.name} blocks ${first.height}–${last.height}`;
  const {
    totals,
    import: summary,
    notes,
  } = await commitChunk(
    {
      chain: source.chain,
      file,
      format: source.format,
      headers,
      transactions: pending.flatMap(({ transactions }) => transactions),
      coverage: (times) => [declare(times.get(last.height) as number, file, null)],
      rejected: 0,
      ...(source.outputs === undefined ? {} : { outputs: source.outputs }),
    },
    options,
  );
  run.ledger.forget();
  run.pending = [];
  run.bytes = 0;
  for (const text of notes) note(run, text);
  const seen = run.result.headers;
  run.result = {
    ...run.result,
    totals: addTotals(run.result.totals, totals),
    imports: run.result.imports + 1,
    transfers: run.result.transfers + (summary?.transfers ?? 0),
    headers: { from: Math.min(seen?.from ?? first.height, first.height), to: Math.max(seen?.to ?? 0, last.height) },
  };
}

function doesNotFollow(last: BlockHeader, after: BlockHeader): CairnError {
  return new CairnError(
    'contradiction',
    `block ${after.height} of the ledger (${after.hash}) follows ${after.previous}, not block ${last.height} as given (${last.hash})`,
    {
      hints: ['one of the two is not on the main chain; give the blocks after it too, and the longer chain will stand'],
    },
  );
}
