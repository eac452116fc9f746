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
  /** 1: direct. Hops of the shortest path; null where nothing was reached. */
  readonly hops: number | null;
  /** The shortest path over traced movements, from the subject outward; the ledger's direction of payment. */
  readonly path: readonly ExposureStep[];
};

export type ExposureStep = {
  readonly from: Account;
  readonly to: Account;
  readonly asset: Asset;
  /** Transaction hashes in ledger order. */
  readonly transactions: readonly string[];
};

/** How close an account's money is to whom. Lines of one direction and asset sum to its total exactly. */
export type Exposure = {
  readonly account: Account;
  readonly policy: PolicyId;
  /** Per direction and asset what was received or sent, base units; sorted by (direction, asset). */
  readonly totals: readonly {
    readonly direction: 'received' | 'sent';
    readonly asset: Asset;
    readonly amount: bigint;
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
