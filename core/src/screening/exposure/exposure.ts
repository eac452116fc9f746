import type { Category } from '../../labels/index.ts';
import type { Coverage } from '../../ledger/index.ts';
import type { PolicyId, Warning } from '../../tracing/index.ts';
import type { Account, Asset } from '../../units/index.ts';

/** Which party value came from or went to: a label's category, or what screening itself knows of an account. */
export type ExposureCategory = Category | 'listed' | 'suspected-service';

/** Who an account is, as far as exposure goes: it stops there. */
export type ExposureParty = {
  readonly category: ExposureCategory;
  /** `Huobi`, `Lazarus Group`, a case's slug. */
  readonly entity: string;
  /** Where that is claimed. */
  readonly source: string;
  readonly contested: boolean;
};

/** A part of what an account received or sent, and whom it is traced to. */
export type ExposureLine = {
  readonly direction: 'received' | 'sent';
  readonly asset: Asset;
  /** null: not attributed to anyone; `because` says why. */
  readonly party: (ExposureParty & { readonly account: Account }) | null;
  /** `last-seen`, `held`, `gap`, `fees`, `max-hops`, `max-accounts`, `below-threshold` …; null for a party. */
  readonly because: string | null;
  /** Base units of `asset`. */
  readonly amount: bigint;
  /** Of everything received (sent) in this asset: amount / total, exact. */
  readonly share: { readonly part: bigint; readonly whole: bigint };
  /** Of a line with no party: where that value stands, largest amount first; empty for fees and for a party. */
  readonly at: readonly { readonly account: Account; readonly amount: bigint }[];
  /**
   * Ids of the crossings that lie on any traced way from the subject to this party, or to where this value stands, sorted. The
   * amount may rest on them even where the shortest path does not.
   */
  readonly crossings: readonly string[];
  /**
   * Of `amount`, what transfers between the subject and the party themselves moved; the rest came through others, even where
   * `hops` is 1. 0 where there is no party.
   */
  readonly direct: bigint;
  /** 1: at least some of it is direct. Steps of the shortest path; null where nothing was reached. */
  readonly hops: number | null;
  /**
   * The shortest path over traced movements that follow each other in time, from the subject outward; each step in the
   * ledger's direction of payment. A crossing is two steps, into its venue and out of it,
   * perhaps at another account.
   */
  readonly path: readonly ExposureStep[];
};

export type ExposureStep = {
  readonly from: Account;
  readonly to: Account;
  readonly asset: Asset;
  /** Transaction hashes in ledger order; empty where a crossing's output is not recorded. */
  readonly transactions: readonly string[];
  /** Ids of the crossings whose declaration this step rests on; empty: a recorded transfer alone. */
  readonly crossings: readonly string[];
};

/** How close an account's money is to whom. Lines of one direction and asset sum to its total exactly. */
export type Exposure = {
  readonly account: Account;
  readonly policy: PolicyId;
  /** Per direction and asset what was received or sent, base units; sorted by (direction, asset). */
  readonly totals: readonly {
    readonly direction: 'received' | 'sent';
    readonly asset: Asset;
    /** What was traced, each unit once: what the shares are shares of. */
    readonly amount: bigint;
    /** Sum of the recorded transfers, self-transfers and fees left out. */
    readonly gross: bigint;
    /** gross - amount: value that went round through other accounts and back, and so moved more than once. */
    readonly returned: bigint;
  }[];
  /** Sorted by (direction, asset, attributed first, amount descending, category, entity, account). */
  readonly lines: readonly ExposureLine[];
  readonly coverage: readonly Coverage[];
  /** Limits set, and whether each was hit. */
  readonly limits: readonly { readonly limit: string; readonly hit: boolean }[];
  readonly warnings: readonly Warning[];
  /** SHA-256 over the digests of the traces it rests on. */
  readonly digest: string;
};
