import type { Account, Asset, Chain } from '../../units/index.ts';
import type { TransferKind } from '../transfer.ts';
import type { Row } from './row.ts';

/** A transfer as one row of a source states it, before its place in the order is settled. */
export type Draft = {
  readonly chain: Chain;
  readonly blockNumber: number;
  /** Unix seconds, UTC; null where the source has no time, so that the ledger must have it. */
  readonly blockTime: number | null;
  /** As the source gives it, in canonical form. */
  readonly tx: string;
  /** Place of the transaction in its block; null where the source has none. */
  readonly txIndex: number | null;
  /** Place inside the transaction; null where the source has none. */
  readonly position: number | null;
  /** First number tried where `position` is null: see the table of positions in the documentation of ingest. */
  readonly base: number;
  readonly from: Account;
  readonly to: Account;
  readonly asset: Asset;
  readonly amount: bigint;
  readonly kind: TransferKind;
  readonly rounded: boolean;
  /** Line of the row in its file, from 1 (the header's line is 1). */
  readonly line: number;
  /** True for a fee that only the transaction's first row states: later ones of the same transaction are passed over. */
  readonly firstOnly: boolean;
  /** The row's cells, kept only where the row can still be rejected after decoding. */
  readonly cells: readonly string[] | null;
};

export type Emit = (draft: Draft) => void;

/** A bad row: what is wrong with it, in words for the rejects file. Caught by the ingest driver, never seen by callers. */
export class RowRejection extends Error {
  override readonly name = 'RowRejection';
  /** The reason without the row's own values, so that rows of one fault are counted together. */
  readonly group: string;

  constructor(reason: string, group: string = reason) {
    super(reason);
    this.group = group;
  }
}

/** A row of an earlier block came after one of a later block, where blocks were taken to be in order. Caught by the driver. */
export class BlocksOutOfOrder extends Error {
  override readonly name = 'BlocksOutOfOrder';
}

/** Symbol and decimals of an asset as a source states them: claims of the source, not of the chain. */
export type AssetMetadata = { readonly symbol: string | null; readonly decimals: number | null };

/** What a decoder is told of its file. */
export type DecoderOptions = {
  /** Chain of rows that do not name one. */
  readonly chain: Chain;
  /** Decimals of assets whose source gives decimal amounts without saying how many digits the asset has. */
  readonly decimals: ReadonlyMap<Asset, number>;
  /** True where rows may come in any order, so that nothing may be closed before the end of the file. */
  readonly keepAll: boolean;
  /** Collects symbol and decimals of assets. The first statement of a file stands. */
  readonly assets: Map<Asset, AssetMetadata>;
};

/** Turns rows of one format into drafts; one decoder a pass over a file. Pure but for what it has seen of the file. */
export type RowDecoder = {
  /**
   * @param row - as wide as the header; not kept.
   * @throws {RowRejection} the row is bad; it has emitted nothing.
   * @throws {BlocksOutOfOrder} rows must be in order of blocks and are not.
   */
  decode(row: Row, line: number, emit: Emit): void;
  /** Emits what was held back to see the whole of a block; called once, at the end of the file. */
  flush(emit: Emit): void;
  /** What the file leaves out or what was taken for granted, one sentence each, for coverage and summary. */
  notes(): readonly string[];
};
