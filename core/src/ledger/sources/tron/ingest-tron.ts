import { CairnError, isCairnError } from '../../../errors.ts';
import { type Account, type Asset, TRON } from '../../../units/index.ts';
import type { AssetMetadata } from '../../ingest/draft.ts';
import { recogniseFormat } from '../../ingest/format.ts';
import { TRON_JSON, TRON_LOGS, TRON_TRANSACTIONS } from '../../tron/decoder.ts';
import { tronPiecesOf } from '../../tron/json-pieces.ts';
import type { TronPiece } from '../../tron/piece.ts';
import { openCsv } from '../csv.ts';
import type { HttpOptions } from '../http/http-client.ts';
import { type FileResult, fileSize, importWhole, named, type WholeFile } from '../import-whole.ts';
import type { IngestResult } from '../ingest-files.ts';
import { isJson, readJsonItems } from '../json-rows.ts';
import { isParquet, openParquet } from '../parquet.ts';
import type { IngestReceiptsOptions } from '../receipts.ts';
import type { RowSource } from '../row-source.ts';
import { createLazyEngine, type TableEngine } from '../table-reader.ts';
import { type ReadPiece, rowsOfPieces } from './piece-rows.ts';
import { createTronNode, type TronNode } from './tron-node.ts';

export type IngestTronOptions = Omit<IngestReceiptsOptions, 'keysOf' | 'chain'> & {
  /** A node's HTTP interface (`https://api.trongrid.io`), asked for the blocks of transactions that come without; default: none is. */
  readonly node?: string;
  /** How the node is asked. */
  readonly client?: Omit<HttpOptions, 'signal'>;
};

/** What files of one run tell each other, by transaction and by block. */
type Places = {
  readonly byTx: Map<string, Pick<TronPiece, 'blockNumber' | 'blockTime' | 'txIndex' | 'owner'>>;
  readonly times: Map<number, number>;
};

/**
 * Brings transfers of TRX and TRC-20 tokens into a ledger from files: JSON of TronGrid, Tronscan and nodes, data sets of
 * the Ethereum kind as JSON, CSV or Parquet. JSON files are held in memory, and take blocks and times from each other.
 * Each file is one import, visible as a whole or not at all; a file whose content the ledger has is passed over.
 * @throws invalid-input: a form that is not known, no good record; contradiction; not-found; unavailable; interrupted.
 */
export async function ingestTron(options: IngestTronOptions): Promise<IngestResult> {
  const engine = createLazyEngine(options.engine);
  const node =
    options.node === undefined ? null : createTronNode(options.node, { ...options.client, signal: options.signal });
  const places: Places = { byTx: new Map(), times: new Map() };
  const opened: WholeFile[] = [];
  try {
    for (const path of options.files)
      opened.push(await named(path, () => openFile(path, { options, places, node, open: engine.open })));
    const assets = new Map<Asset, AssetMetadata>();
    const files: FileResult[] = [];
    for (const file of opened.toSorted((a, b) => a.format.phase - b.format.phase)) {
      const imported = await named(file.path, () => importWhole(file, { ...options, chain: TRON }));
      files.push(imported.result);
      for (const [asset, metadata] of imported.assets) if (!assets.has(asset)) assets.set(asset, metadata);
    }
    return { files, assets };
  } finally {
    for (const { source } of opened) await source.close();
    await engine.close();
  }
}

type Opening = {
  readonly options: IngestTronOptions;
  readonly places: Places;
  readonly node: TronNode | null;
  readonly open: () => Promise<TableEngine>;
};

async function openFile(path: string, { options, places, node, open }: Opening): Promise<WholeFile> {
  const bytes = await fileSize(path);
  if (!(await isParquet(path)) && (await isJson(path))) {
    for (const { piece } of await readPieces(path)) if (piece !== null) note(places, piece);
    return { path, bytes, format: TRON_JSON, source: jsonSource(path, { options, places, node }) };
  }
  const source = (await isParquet(path)) ? await openParquet(path, await open()) : await openCsv(path, bytes, open);
  try {
    return {
      path,
      bytes,
      source,
      format: recogniseFormat(source.columns, [TRON_TRANSACTIONS, TRON_LOGS], null),
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function readPieces(path: string): Promise<ReadPiece[]> {
  const read: ReadPiece[] = [];
  for await (const { line, value, fault } of readJsonItems(path)) {
    const add = (take: () => readonly TronPiece[]): void => {
      try {
        if (fault !== null) throw new CairnError('invalid-input', fault);
        for (const piece of take()) read.push({ line, piece, fault: null });
      } catch (error) {
        if (!isCairnError(error)) throw error;
        read.push({ line, piece: null, fault: error });
      }
    };
    const records = recordsIn(value);
    for (const [i, record] of records.entries()) {
      add(() => tronPiecesOf(record, records.length === 1 ? 'the record' : `record ${i + 1}`));
    }
  }
  return read;
}

/** The records of a page one by one, so that a bad one does not take the others with it. */
function recordsIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const page = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  if ('tx_hash' in page || 'block_header' in page) return [value];
  const list = page['data'] ?? page['token_transfers'] ?? page['logs'] ?? page['transactions'];
  return Array.isArray(list) ? list : [value];
}

function note({ byTx, times }: Places, { tx, blockNumber, blockTime, txIndex, owner }: TronPiece): void {
  const known = byTx.get(tx);
  byTx.set(tx, {
    blockNumber: known?.blockNumber ?? blockNumber,
    blockTime: known?.blockTime ?? blockTime,
    txIndex: known?.txIndex ?? txIndex,
    owner: known?.owner ?? owner,
  });
  if (blockNumber !== null && blockTime !== null) times.set(blockNumber, blockTime);
}

function jsonSource(path: string, from: Omit<Opening, 'open'>): RowSource {
  return rowsOfPieces(async () => {
    const read = await readPieces(path);
    await resolve(read, from);
    return inOrder(read.map((one) => ({ ...one, piece: one.piece === null ? null : place(one.piece, from.places) })));
  });
}

/** Finds the blocks of transactions that come without: in the ledger, then at the node. */
async function resolve(read: readonly ReadPiece[], { options, places, node }: Omit<Opening, 'open'>): Promise<void> {
  const lacking = (): string[] => {
    const txs = read.flatMap(({ piece }) => (piece === null || piece.movements.length === 0 ? [] : [piece.tx]));
    return [...new Set(txs)].filter((tx) => (places.byTx.get(tx)?.blockNumber ?? null) === null);
  };
  const unknown = lacking();
  if (unknown.length === 0) return;
  const remember = (tx: string, blockNumber: number, blockTime: number, txIndex: number | null): void => {
    const owner: Account | null = places.byTx.get(tx)?.owner ?? null;
    places.byTx.set(tx, { blockNumber, blockTime, txIndex, owner });
  };
  for (const { chain, tx, blockNumber, blockTime, txIndex, assigned } of await options.store.transactions(unknown)) {
    if (chain !== TRON) continue;
    remember(tx, blockNumber, blockTime, assigned === 'index' || assigned === 'both' ? null : txIndex);
  }
  if (node === null) return;
  for (const tx of lacking()) {
    const found = await node.placeOf(tx);
    if (found !== null) remember(tx, found.blockNumber, found.blockTime, null);
  }
}

function place(piece: TronPiece, { byTx, times }: Places): TronPiece {
  const known = byTx.get(piece.tx);
  const blockNumber = piece.blockNumber ?? known?.blockNumber ?? null;
  return {
    ...piece,
    blockNumber,
    blockTime: piece.blockTime ?? known?.blockTime ?? (blockNumber === null ? null : (times.get(blockNumber) ?? null)),
    txIndex: piece.txIndex ?? known?.txIndex ?? null,
    owner: piece.owner ?? known?.owner ?? null,
  };
}

/** Blocks rising. Pages that come newest first are turned round, so that order inside a block is turned round as well. */
function inOrder(read: readonly ReadPiece[]): ReadPiece[] {
  const blockOf = ({ piece }: ReadPiece): number => piece?.blockNumber ?? -1;
  const placed = read.filter((one) => blockOf(one) >= 0);
  const first = placed[0];
  const last = placed.at(-1);
  const falls = first !== undefined && last !== undefined && blockOf(first) > blockOf(last);
  return (falls ? read.toReversed() : [...read]).sort((a, b) => blockOf(a) - blockOf(b));
}
