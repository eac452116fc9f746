import type { Chain } from '../../../units/index.ts';
import type { BlockHeader, UtxoOutput, UtxoTransaction } from '../../utxo/transaction.ts';

/** A block as its source gives it: times are the header's. */
export type SourceBlock = {
  readonly header: BlockHeader;
  /** In the block's order. */
  readonly transactions: readonly UtxoTransaction[];
  /** What the block counts for in a chunk, in bytes of its raw form or an estimate of them. */
  readonly size: number;
};

export type OutputLookup = (hashes: readonly string[]) => Promise<ReadonlyMap<string, readonly UtxoOutput[]>>;

/** Contiguous blocks of one chain: a node, a service, or the best chain of some files. */
export type BlockSource = {
  readonly chain: Chain;
  /** For people and coverage: file names, or a host; never a key. */
  readonly name: string;
  readonly format: string;
  /** The height of its first block; absent: it has all from the first of all. */
  readonly first?: number;
  /** The height of its last block now. */
  readonly last: () => Promise<number>;
  /** Hash of its block at a height now; null: it has none. */
  readonly hashAt: (height: number) => Promise<string | null>;
  /** @throws {CairnError} `invalid-input`: the block is damaged; `unavailable`: the source does not answer. */
  readonly block: (hash: string, height: number) => Promise<SourceBlock>;
  /** Outputs of transactions, for what neither its blocks nor the ledger tell; what it does not have is left out. */
  readonly outputs?: OutputLookup;
};
