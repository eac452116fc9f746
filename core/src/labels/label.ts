import type { Account } from '../units/index.ts';

/** What kind of party an account is said to be. One table (`categories.ts`) maps every import vocabulary to these and says which stop a trace. */
export type Category =
  | 'exchange'
  | 'custodian'
  | 'mixer'
  | 'bridge'
  | 'swap-venue'
  | 'gambling'
  | 'payment-processor'
  | 'burn'
  | 'frozen'
  | 'victim'
  | 'contract'
  | 'theft' // an account said to have taken part in a theft: never stops a trace
  | 'sanctioned' // never stops a trace
  | 'other';

/** A claim by a source about who an account is. Conflicting labels are all kept. */
export type Label = {
  readonly account: Account;
  /** The name as the source gives it. */
  readonly name: string;
  /** Who runs it, where the source says (`huobi`); null: not said. */
  readonly entity: string | null;
  readonly category: Category;
  readonly source: string;
  /** 0–100; the GraphSense scale (ownership 100 … web crawl 20). */
  readonly confidence: number;
  /** Unix seconds: when the source says the label was made or last changed; null: not said. */
  readonly labelledAt: number | null;
};

/** The label that decides for an account, and the ones it was preferred to. */
export type LabelDecision = {
  readonly label: Label;
  /** Other labels of the account whose category differs, strongest first. */
  readonly conflicting: readonly Label[];
};
