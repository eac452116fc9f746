import type { TransferRef } from '../ledger/index.ts';
import type { Account, Asset, Chain } from '../units/index.ts';

/** Rules for every chain. */
export const GENERAL_POLICY_IDS = [
  'fifo/1',
  'lifo/1',
  'pro-rata/1',
  'tagged-first/1',
  'untagged-first/1',
  'poison/1',
] as const;

/**
 * Every rule, in the order a digest lists them. `highest-out/1` is for transactions of UTXO chains; where a trace also
 * touches account chains, it names the rule for those.
 */
export const POLICY_IDS = [
  ...GENERAL_POLICY_IDS,
  'highest-out/1',
  'highest-out/1+fifo/1',
  'highest-out/1+lifo/1',
  'highest-out/1+pro-rata/1',
  'highest-out/1+tagged-first/1',
  'highest-out/1+untagged-first/1',
] as const;
export type PolicyId = (typeof POLICY_IDS)[number];

/** Rules that can be set for one holding. */
export const HOLDING_POLICY_IDS = [
  'fifo/1',
  'lifo/1',
  'pro-rata/1',
  'tagged-first/1',
  'untagged-first/1',
  'highest-out/1',
] as const satisfies readonly PolicyId[];

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
  /**
   * How much of the input crosses here, base units; absent: all of it. Parts of one input are taken in order of the
   * crossings' ids; what no crossing takes goes where the transfer says.
   */
  readonly part?: bigint;
  readonly output:
    | {
        readonly kind: 'transfer';
        readonly transfer: TransferRef;
        /** How much of it this crossing pays, base units; absent: all of it. The parts of one output must sum to it. */
        readonly part?: bigint;
      }
    /** Not in the ledger: enters `account` as this amount at the input's place in the order. An assumption, and reported as one. */
    | { readonly kind: 'unrecorded'; readonly account: Account; readonly asset: Asset; readonly amount: bigint };
  /** Why the two are held to be one. */
  readonly reason: string;
  /** Basis `exact`: what proves it, so that anyone can decode it again. */
  readonly proof?: CrossingProof;
};

export type CrossingProof = {
  /** Which protocol's rule, `thorchain`; `netting` and `wrap` for what happens inside one transaction. */
  readonly protocol: string;
  /** What joins the two legs; null where both are one transaction. */
  readonly key: string | null;
  /** Transactions whose records hold the legs. */
  readonly transactions: readonly { readonly chain: Chain; readonly tx: string }[];
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
  readonly policy: (typeof HOLDING_POLICY_IDS)[number];
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
  /** CoinJoins that are not to stop the trace: all of them, or these transactions; absent: every one stops it. */
  readonly lookThrough?: 'coinjoins' | readonly string[];
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
