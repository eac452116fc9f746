import type { Account, Asset, Chain } from '../units/index.ts';
import type { Coverage } from './coverage.ts';
import type { EvidenceReader, IndexedEvidence } from './evidence.ts';
import type { Transfer } from './transfer.ts';
import type { BlockHeader } from './utxo/transaction.ts';

export type HistoryQuery = {
  readonly accounts: readonly Account[];
  /** Only these assets; null: all. */
  readonly assets: readonly Asset[] | null;
  /** Only transfers with blockTime ≤ until; null: no end. */
  readonly until: number | null;
  /** At most this many transfers an account, the first in order; null: all. */
  readonly limitPerAccount: number | null;
  /** Only transfers above these blocks, by chain, and none of chains it does not name; absent: all. */
  readonly after?: ReadonlyMap<Chain, number>;
};

/** Does a transfer stand above its chain's block? Of a chain that is not named it does not. */
export function isAfter({ chain, blockNumber }: Transfer, after: ReadonlyMap<Chain, number>): boolean {
  return blockNumber > (after.get(chain) ?? Number.POSITIVE_INFINITY);
}

/**
 * What tracing needs of a ledger. Two implementations: memory, ClickHouse SQL (chDB or a cluster).
 * Every answer depends on the ledger's content only, never on how it was ingested or paged.
 */
export type LedgerReader = {
  /** The whole ledger in ledger order, where it is in memory anyway: a shortcut, never another answer. */
  readonly all?: readonly Transfer[];
  /**
   * Calls `visit` with every positive transfer of the accounts, once for each queried account it touches
   * (a transfer between two queried accounts is visited twice, a self-transfer once), in any order.
   * UTXO chains: an account may be an outpoint (what made it, what spent it), a transaction (all its rows), or whoever can
   * spend outputs (rows whose lock names it as owner). An `unresolved` row is visited too; the ledger fills in what it has
   * learnt of the output since, and the fee with it.
   */
  histories(query: HistoryQuery, visit: (owner: Account, transfer: Transfer) => void): Promise<void>;
  /** Every transfer, zero amounts included, of these transactions, in ledger order. Unknown hashes give nothing. */
  transactions(hashes: readonly string[]): Promise<Transfer[]>;
  /** Declarations that name one of the accounts, and those that name all accounts of their chains. Sorted by (chain, account, direction, fromBlock, toBlock, source). */
  coverage(accounts: readonly Account[]): Promise<Coverage[]>;
  /**
   * Of a ledger that fetches what it lacks: was the record of a contract put off since this was asked last? Then what it took part in
   * should be looked at first: a swap leads on without the pool's own history, which is everybody's. The next question fetches it.
   */
  postponed?(): boolean;
  /** Of a ledger that fetches: brings the records of accounts that are to be paid on the other side of a crossing, where it can. */
  expect?(accounts: readonly Account[]): Promise<void>;
};

/** What an ingest hands to a store. Amounts, accounts and order are already canonical. */
export type ImportBatch = readonly Transfer[];

export type ImportSummary = {
  readonly id: string;
  /** SHA-256 of the source file, hex. */
  readonly sha256: string;
  readonly file: string;
  readonly format: string;
  readonly transfers: number;
  readonly rejected: number;
};

/** A ledger that can be written to, one import at a time; an import is visible only once committed. */
export type LedgerStore = LedgerReader &
  EvidenceReader & {
    /** The headers of a chain's blocks from one height to another, ascending; heights the ledger has no header of are left out. */
    headers(chain: Chain, from: number, to: number): Promise<BlockHeader[]>;
    /** The highest block the ledger has a header of; null: none. */
    tip(chain: Chain): Promise<BlockHeader | null>;
    /** Forgets a chain's blocks from a height on, all at once: transfers, evidence, headers and what was declared complete beyond it. For a reorganisation; what replaces them is a new import. */
    rollback(chain: Chain, fromHeight: number): Promise<void>;
    /** Committed imports in the order they were made. */
    imports(): Promise<readonly ImportSummary[]>;
    /** Transfers of the ledger in these blocks, for joining a source that lacks order: any order, each once. */
    blocks(chain: string, numbers: readonly number[]): Promise<Transfer[]>;
    /** Opens an import. Only one may be open; what an earlier process left open is discarded. */
    beginImport(source: { sha256: string; file: string; format: string }): Promise<ImportSession>;
    close(): Promise<void>;
  };

export type ImportSession = {
  write(batch: ImportBatch): Promise<void>;
  /** Evidence of a transaction that the ledger has already replaces it where it says more; it never takes anything away. */
  writeEvidence(batch: readonly IndexedEvidence[]): Promise<void>;
  writeHeaders(batch: readonly BlockHeader[]): Promise<void>;
  /** Makes the import visible, all at once. Transfers the ledger already has (same chain, block, txIndex, position and content) are not doubled. @throws contradiction if a block has two times or one order key two transfers. */
  commit(result: { rejected: number; coverage: readonly Coverage[] }): Promise<ImportSummary>;
  /** Forgets everything written. */
  abort(): Promise<void>;
};
