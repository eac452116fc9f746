import type { TransferRef } from '../ledger/index.ts';
import type { Account, Asset } from '../units/index.ts';

export const POLICY_IDS = ['fifo/1', 'lifo/1', 'pro-rata/1', 'tagged-first/1', 'untagged-first/1', 'poison/1'] as const;
export type PolicyId = (typeof POLICY_IDS)[number];

/** What is declared stolen. Several seeds may share a tag. */
export type Seed =
  | {
      /** A transfer, or the first `amount` base units of it. With source of funds: the arrival that is asked about. */
      readonly kind: 'transfer';
      readonly tag: string;
      readonly transfer: TransferRef;
      /** null: all of it. */
      readonly amount: bigint | null;
    }
  | {
      /** Everything of an asset that an account holds at a moment and receives from then on, its shortfalls included. With source of funds: what it holds at `at`. */
      readonly kind: 'account';
      readonly tag: string;
      readonly account: Account;
      readonly asset: Asset;
      /** The balance before the first transfer with blockTime ≥ at; null: the start of coverage (with source of funds: the end). */
      readonly at: number | null;
    };

/** A matched pair "value went in here, came out there". */
export type Crossing = {
  readonly id: string;
  readonly basis: 'exact' | 'declared' | 'inferred';
  /** The transfer that carries the value in. */
  readonly input: TransferRef;
  readonly output:
    | { readonly kind: 'transfer'; readonly transfer: TransferRef }
    /** Not in the ledger: enters `account` as this amount at the input's place in the order. An assumption, and reported as one. */
    | { readonly kind: 'unrecorded'; readonly account: Account; readonly asset: Asset; readonly amount: bigint };
  /** Why the two are held to be one. */
  readonly reason: string;
};

/** Where tracing stops; all off (null) unless set. */
export type Limits = {
  readonly maxHops: number | null;
  readonly maxAccounts: number | null;
  /** Unix seconds; moves the end of coverage. */
  readonly until: number | null;
  /** Per stolen asset, base units: a receipt that brings less of a tag is booked and goes no further. */
  readonly minAmount: Readonly<Record<Asset, bigint>>;
  /** An account with more distinct counterparties than this is `service-suspected`. */
  readonly serviceCounterparties: number | null;
  /** An account with more transfers (positive, not fees) than this is `service-suspected`. */
  readonly serviceTransfers: number | null;
};

export const NO_LIMITS: Limits = {
  maxHops: null,
  maxAccounts: null,
  until: null,
  minAmount: {},
  serviceCounterparties: null,
  serviceTransfers: null,
};

/** A rule set for one holding, apart from the run's policy (never under poison). */
export type HoldingRule = {
  readonly account: Account;
  readonly asset: Asset;
  readonly policy: Exclude<PolicyId, 'poison/1'>;
};

export type TraceRequest = {
  readonly direction: 'forward' | 'source-of-funds';
  readonly seeds: readonly Seed[];
  readonly policies: readonly PolicyId[];
  /** The rule the reader was instructed to apply, and why; null: none named. */
  readonly instructed: { readonly policy: PolicyId; readonly because: string } | null;
  readonly rules: readonly HoldingRule[];
  readonly limits: Limits;
  readonly crossings: readonly Crossing[];
};

/** Why a label stops a trace, as the caller's label store decides it. */
export type StopLabel = {
  /** `label:exchange`, `contract` … */
  readonly reason: string;
  /** The name shown beside the terminal. */
  readonly label: string;
  readonly source: string;
  /** True where other labels of the account say otherwise. */
  readonly contested: boolean;
};

/** What tracing asks the world, as functions: results may depend on the answers only. */
export type TraceOptions = {
  /** Does a label stop a trace here? null: no. */
  readonly stopAt?: (account: Account) => StopLabel | null;
  /** Accounts asked of the ledger at once. Never changes a result. */
  readonly pageSize?: number;
  /** Called now and then with what has been done so far. */
  readonly onProgress?: (progress: { policy: PolicyId; accounts: number; transfers: number }) => void;
  readonly signal?: { readonly aborted: boolean };
  /** Awaited now and then, so that the caller's event loop can turn. */
  readonly breathe?: () => Promise<void>;
};
