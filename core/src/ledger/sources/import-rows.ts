import { CairnError } from '../../errors.ts';
import type { Asset, Chain } from '../../units/index.ts';
import { type AssetMetadata, BlocksOutOfOrder, type Draft, type Emit, RowRejection } from '../ingest/draft.ts';
import { createColumnFinder, type Format, readColumns } from '../ingest/format.ts';
import { createOrderer, type Orderer, type OrderSummary } from '../ingest/order.ts';
import type { Row } from '../ingest/row.ts';
import type { ImportSession, LedgerStore } from '../ports.ts';
import type { Transfer } from '../transfer.ts';
import type { Reject, RejectLog } from './rejects-file.ts';
import type { RowBatch, RowSource, Table } from './row-source.ts';

/** Rows that are placed and written at once: few, so that they die young, but where the ledger must be asked for their blocks. */
const PLACED_AT_ONCE = 4_000;
const LOOKED_UP_AT_ONCE = 50_000;

/** One file on its way into a ledger. */
export type FileInput = {
  /** The file's name without its directory. */
  readonly file: string;
  readonly source: RowSource;
  readonly format: Format;
  readonly chain: Chain;
  readonly decimals: ReadonlyMap<Asset, number>;
  readonly store: Pick<LedgerStore, 'blocks'>;
  /** False where the ledger is empty, so that nothing of the file can be in it. */
  readonly mayOverlap: boolean;
  readonly signal: AbortSignal | null;
  readonly onRows: (progress: { bytesRead: number; rows: number; rejected: number }) => void;
};

/** What one pass over a file's rows found. */
export type RowsRead = {
  /** Rows of the file, without its header and blank lines. */
  readonly rows: number;
  readonly written: number;
  readonly rounded: number;
  readonly order: OrderSummary;
  readonly notes: readonly string[];
  readonly assets: ReadonlyMap<Asset, AssetMetadata>;
  /** Chains of the transfers, sorted. */
  readonly chains: readonly Chain[];
  /** The last row is incomplete: the file was cut off. */
  readonly cut: boolean;
};

type State = {
  readonly input: FileInput;
  readonly session: Pick<ImportSession, 'write'>;
  readonly rejects: RejectLog;
  readonly orderer: Orderer;
  drafts: Draft[];
  rows: number;
  written: number;
  rounded: number;
  cut: boolean;
  endsOpen: boolean;
  readonly chains: Set<Chain>;
};

/**
 * How the rows are read: `rising` in file order, blocks must rise; `sorted` by block, so that they do; `any` in file
 * order, blocks may come as they like and all are held in memory.
 */
export type Pass = 'rising' | 'sorted' | 'any';

/**
 * Reads a file's rows once: decodes, places and writes them.
 * @returns null where blocks were to rise and do not: to be read again in another way.
 * @throws contradiction, interrupted; whatever the store throws.
 */
export async function importRows(
  input: FileInput,
  session: Pick<ImportSession, 'write'>,
  rejects: RejectLog,
  pass: Pass,
): Promise<RowsRead | null> {
  try {
    return await runPass(input, session, rejects, pass);
  } catch (error) {
    if (error instanceof BlocksOutOfOrder && pass !== 'any') return null;
    throw error;
  }
}

function readTable({ source, format }: FileInput, pass: Pass): Table {
  const wanted = readColumns(format, source.columns);
  if (pass !== 'sorted' || source.readSorted === null) return source.read(wanted);
  return source.readSorted(wanted, createColumnFinder(source.columns)(format.block).place);
}

async function runPass(
  input: FileInput,
  session: Pick<ImportSession, 'write'>,
  rejects: RejectLog,
  way: Pass,
): Promise<RowsRead> {
  const { header, batches } = readTable(input, way);
  const keepAll = way === 'any';
  const assets = new Map<Asset, AssetMetadata>();
  const { chain, decimals } = input;
  const decoder = input.format.createDecoder(createColumnFinder(header), { chain, decimals, keepAll, assets });
  const orderer = createOrderer({ keepAll, describe: (line) => (line === 0 ? 'the ledger' : `line ${line}`) });
  const counts = { drafts: [], rows: 0, written: 0, rounded: 0, cut: false, endsOpen: false, chains: new Set<Chain>() };
  const pass: State = { input, session, rejects, orderer, ...counts };
  const enough = input.mayOverlap ? LOOKED_UP_AT_ONCE : PLACED_AT_ONCE;
  for await (const batch of batches) {
    if (input.signal?.aborted) throw new CairnError('interrupted', `stopped while reading ${input.file}`);
    decodeBatch(pass, header, decoder.decode, batch);
    if (pass.drafts.length >= enough) await placeDrafts(pass);
    await rejects.flush();
    input.onRows({ bytesRead: batch.bytesRead, rows: pass.rows, rejected: rejects.count });
  }
  decoder.flush((draft) => pass.drafts.push(draft));
  await placeDrafts(pass);
  await rejects.flush();
  const { rows, written, rounded, cut } = pass;
  const chains = [...pass.chains].sort();
  const notes = [...decoder.notes(), ...endNotes(pass)];
  return { rows, written, rounded, cut, assets, chains, order: orderer.finish(), notes };
}

function endNotes(pass: State): string[] {
  if (pass.cut) return ['The file is cut off: its last row is incomplete.'];
  return pass.endsOpen ? ['The last line of the file has no line break: its last value may be cut.'] : [];
}

type Decode = (row: Row, line: number, emit: Emit) => void;

function decodeBatch(pass: State, header: readonly string[], decode: Decode, batch: RowBatch): void {
  const width = header.length;
  const drafts = pass.drafts;
  const emit = (draft: Draft): void => {
    drafts.push(draft);
  };
  for (let i = 0; i < batch.count; i++) {
    const row = batch.row(i);
    const line = batch.lines[i] as number;
    pass.rows++;
    const open = line === batch.openLine;
    if (open) pass.endsOpen = true;
    if (row.width !== width) {
      if (open) pass.cut = true;
      rejectWidth(pass, row, line, width, open);
      continue;
    }
    try {
      decode(row, line, emit);
    } catch (error) {
      if (!(error instanceof RowRejection)) throw error;
      reject(pass, { line, cells: row.cells() }, error);
    }
  }
}

function rejectWidth(pass: State, row: Row, line: number, width: number, open: boolean): void {
  const columns = `${row.width} of ${width} columns`;
  const told = open ? `the row is cut off: it has ${columns}` : `the row has ${columns}`;
  reject(
    pass,
    { line, cells: row.cells() },
    new RowRejection(told, open ? told : 'the row has another number of columns than the header'),
  );
}

function reject(pass: State, row: Pick<Reject, 'line' | 'cells'>, why: RowRejection): void {
  pass.rejects.add({ file: pass.input.file, reason: why.message, ...row }, why.group);
}

async function placeDrafts(pass: State): Promise<void> {
  const drafts = pass.drafts;
  pass.drafts = [];
  if (pass.input.mayOverlap) {
    for (const [chain, numbers] of pass.orderer.missing(drafts)) {
      pass.orderer.load(await pass.input.store.blocks(chain, numbers));
    }
  }
  const placed: Transfer[] = [];
  for (const draft of drafts) {
    try {
      const transfer = pass.orderer.place(draft);
      if (transfer === null) continue;
      placed.push(transfer);
      pass.chains.add(transfer.chain);
      if (transfer.rounded) pass.rounded++;
    } catch (error) {
      if (!(error instanceof RowRejection)) throw error;
      reject(pass, { line: draft.line, cells: draft.cells ?? [] }, error);
    }
  }
  pass.written += placed.length;
  if (placed.length > 0) await pass.session.write(placed);
}
