import type { ExposureCategory } from './exposure.ts';

export const RISK_LEVELS = ['none-found', 'low', 'medium', 'high', 'severe'] as const;
export type RiskLevel = (typeof RISK_LEVELS)[number];

/** One rule of a rule file. All conditions must hold; a null condition holds always. */
export type RiskRule = {
  readonly id: string;
  /** What the rule looks at: who the account itself is said to be, or whom its money is traced to. */
  readonly about: 'account' | 'exposure';
  /** Never `none-found`: that is what is said where no rule fires. */
  readonly level: RiskLevel;
  readonly because: string;
  readonly direction: 'received' | 'sent' | null;
  readonly categories: readonly ExposureCategory[];
  /** 1: direct only; null: any distance. */
  readonly maxHops: number | null;
  /**
   * Least share of what was received (sent) in one asset, of all matching lines together, exact: "0.05" is 5/100; null: any
   * amount.
   */
  readonly minShare: { readonly part: bigint; readonly whole: bigint } | null;
};

/** What lists, recorded thefts and labels say of the account itself. */
export type AccountFacts = {
  readonly listed: boolean;
  readonly theftAccount: boolean;
  /** Categories of its labels. */
  readonly categories: readonly ExposureCategory[];
};

/** What each rule said, fired or not, in the order of the file; the level is the highest fired. */
export type RiskAssessment = {
  readonly level: RiskLevel;
  readonly rules: readonly {
    readonly rule: RiskRule;
    readonly fired: boolean;
    /** The lines it fired on or why it did not, in words. */
    readonly because: string;
  }[];
  /** Name and SHA-256 of the rule file. */
  readonly ruleFile: { readonly name: string; readonly sha256: string };
  /** What the level does not say: unattributed shares, limits hit. */
  readonly caveats: readonly string[];
};
