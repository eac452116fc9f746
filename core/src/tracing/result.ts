import type { Coverage, Transfer } from '../ledger/index.ts';
import type { Account, Asset } from '../units/index.ts';
import type { Crossing, PolicyId, StopLabel, TraceRequest } from './request.ts';

/**
 * A trace's result. `origin` is always in base units of the asset that was stolen, `amount` in the holding's own asset.
 * Sort keys: runs as requested; tags by tag; terminals by (reason, account, asset); holdings by (account, asset);
 * edges by (from, to, asset); gaps in ledger order; touched by (tag, account, asset); strings by code unit.
 */
export type TraceResult = {
  readonly engine: string;
  /** SHA-256 over the canonical JSON of what `digest.ts` lists, hex. */
  readonly digest: string;
  readonly parameters: TraceRequest;
  /** Declarations about followed accounts. */
  readonly coverage: readonly Coverage[];
  /** Crossings whose input is a transfer consumed. */
  readonly crossings: readonly Crossing[];
  /** Labels that were consulted and stopped the trace. */
  readonly labels: readonly (StopLabel & { readonly account: Account })[];
  readonly runs: readonly Run[];
  /** What moves when order that ingest assigned is turned round; empty: nothing, or nothing was assigned. */
  readonly adverseOrders: readonly AdverseFinding[];
  /**
   * Every positive transfer of a traced asset with a followed account on either side, and those that prove a
   * `service-suspected` or a `coinjoin`, in ledger order; of UTXO transactions also inputs and outputs that move 0.
   */
  readonly consumed: readonly Transfer[];
  readonly warnings: readonly Warning[];
};

export type Run = {
  readonly policy: PolicyId;
  readonly tags: readonly TagResult[];
  readonly gaps: readonly Gap[];
  /** Poison only: accounts reached. Gross flows never add up to what was stolen. */
  readonly touched: readonly Touched[];
  /** Accounts followed, in the order they were first tagged. */
  readonly followed: readonly Account[];
};

/** stolen = held + lastSeen + Σ terminals.origin + fees, exactly. Under poison every amount is null. */
export type TagResult = {
  readonly tag: string;
  readonly asset: Asset;
  readonly stolen: bigint | null;
  readonly held: bigint | null;
  readonly lastSeen: bigint | null;
  readonly fees: bigint | null;
  /** Seeded value that already carried a tag and kept it. */
  readonly overlap: bigint | null;
  /** Account seeds: value counted again because it came back from where it had been booked. */
  readonly reentered: bigint | null;
  readonly terminals: readonly Terminal[];
  readonly holdings: readonly HoldingResult[];
  readonly edges: readonly Edge[];
};

export type Terminal = {
  /** UTXO chains: the output, or the transaction that is a mixer. */
  readonly account: Account;
  /** UTXO chains: whoever can spend the output, as far as its script tells; absent: not known, or not an output. */
  readonly owner?: Account;
  /** `label:<category>`, `service-suspected`, `contract`, `below-threshold`, `max-hops`, `max-accounts`, `crossing-dust`, `coinjoin`; source of funds also `gap` and `coinbase`. */
  readonly reason: string;
  /** The deciding label's name, or the CoinJoin rule that fired; null where neither decided. */
  readonly label: string | null;
  readonly asset: Asset;
  readonly amount: bigint | null;
  readonly origin: bigint | null;
};

export type HoldingResult = {
  readonly account: Account;
  /** As in `Terminal`. */
  readonly owner?: Account;
  readonly asset: Asset;
  readonly amount: bigint | null;
  readonly origin: bigint | null;
  readonly status: 'held' | 'last-seen';
  /** Hops from the seed, the least over tagged receipts. */
  readonly depth: number;
};

export type Edge = {
  readonly from: Account;
  readonly to: Account;
  readonly asset: Asset;
  readonly amount: bigint | null;
  readonly origin: bigint | null;
  /** Transaction hashes in ledger order, each once. */
  readonly transactions: readonly string[];
};

export type Gap = {
  readonly account: Account;
  readonly asset: Asset;
  readonly transaction: string;
  readonly position: number;
  /** Base units by which the account spent more than it is known to have held. */
  readonly shortfall: bigint;
};

export type Touched = {
  readonly tag: string;
  readonly account: Account;
  /** As in `Terminal`. */
  readonly owner?: Account;
  readonly asset: Asset;
  /** Hops from the seed: the account's least where it was followed, else those of the nearest arrival that stopped here. */
  readonly depth: number;
  /** Why it goes no further; null: it was followed. */
  readonly reason: string | null;
  /** Gross amount received from poisoned holdings, base units of `asset`. Never adds up. */
  readonly gross: bigint;
};

export type AdverseFinding = {
  readonly order: 'receipts-first' | 'spends-first';
  readonly policy: PolicyId;
  readonly tag: string;
  /** `held`, `lastSeen`, `fees`, or `<reason> <account> <asset>` / `holding <account> <asset>`. */
  readonly figure: string;
  /** Origin units under the assigned order and under this one; null: absent. */
  readonly assigned: bigint | null;
  readonly adverse: bigint | null;
};

/** What a reader must know before relying on a figure. */
export type Warning = { readonly code: string; readonly message: string; readonly accounts: readonly Account[] };
