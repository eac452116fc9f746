import type { Account, Asset, Chain } from '../units/index.ts';
import type { TransactionEvidence } from './evidence.ts';
import type { LedgerStore } from './ports.ts';

/** A block as a source names it. */
export type BlockRef = {
  readonly number: number;
  /** In the chain's form. */
  readonly hash: string;
  /** Unix seconds. */
  readonly time: number;
};

/** How far a chain reaches at a source. */
export type ChainTip = {
  /** The newest block the source answers for. */
  readonly head: BlockRef;
  /** The last block that the chain's rules, or this many confirmations, call final: nothing up to it is reorganised. */
  readonly final: number;
};

/** Which part of the record of which accounts is wanted. */
export type HistoryRequest = {
  readonly accounts: readonly Account[];
  /** What is traced: a source may leave other assets out where that saves calls, and says so in its coverage. Null: all. */
  readonly assets: readonly Asset[] | null;
  /** Both ends are included. */
  readonly fromBlock: number;
  readonly to: BlockRef;
  /** So many transactions of an account are enough, the first in order: what is there beyond them makes its record truncated. Null: all. */
  readonly limit: number | null;
};

/** Where what is fetched goes. */
export type FetchInto = {
  readonly store: LedgerStore;
  /** The words by which another transaction may look for the evidence of one. */
  readonly keysOf: (evidence: TransactionEvidence) => readonly string[];
  /** The chain as it is wanted: named transactions above this block are left out, as if the source did not know them. Default: all. */
  readonly to?: BlockRef | undefined;
  /** Where rows that cannot be read are kept; default: nowhere. */
  readonly rejectsDirectory?: string;
  readonly signal?: AbortSignal | undefined;
};

/** What a source can say of a chain, for people and for choosing among several. */
export type SourceOffer = {
  /** Full histories of single accounts (`index`), or whole blocks only (`whole-chain`)? */
  readonly basis: 'index' | 'whole-chain';
  /** Does it show value moved by inner calls? Account chains only; elsewhere true. */
  readonly internal: boolean;
  /** Does it give receipts with logs and calls, from which crossings are proven? */
  readonly evidence: boolean;
  /** Limits and gaps, one sentence each. */
  readonly notes: readonly string[];
};

/**
 * Something reachable that tells what accounts of one chain did: a node, an explorer's API. What it brings goes into the
 * ledger as imports of its own, with the coverage it can vouch for; nothing is half-written when it fails.
 * Methods throw `unavailable` (retryable) where it does not answer, `interrupted`.
 */
export type AccountSource = {
  /** In coverage, logs and messages: as configured, or the host; never a key. */
  readonly name: string;
  readonly chain: Chain;
  /** Seconds by which its lists may lag behind the newest block it names: nothing is asked for beyond that. Default: none. */
  readonly margin?: number;
  /** Asks the source what it can do, once. */
  offer(): Promise<SourceOffer>;
  tip(): Promise<ChainTip>;
  /** Null: it has no such block. */
  block(number: number): Promise<BlockRef | null>;
  /** Brings transactions by hash. @returns those the source does not know. */
  transactions(hashes: readonly string[], into: FetchInto): Promise<readonly string[]>;
  /** Brings everything the accounts did in the blocks, and declares it. @throws `unavailable` also where the chain was reorganised under it. */
  histories(request: HistoryRequest, into: FetchInto): Promise<void>;
  /** About how many requests `histories` will make, as far as that can be told before. */
  estimate(request: HistoryRequest): Promise<number>;
};
