import type { DepositAccount } from '../clustering/index.ts';
import type { Label } from '../labels/index.ts';
import type { AddressForm } from '../units/index.ts';
import type { Decision } from './decisions/decision.ts';
import type { Exposure } from './exposure/exposure.ts';
import type { RiskAssessment } from './exposure/risk.ts';
import type { ListedAccount, ListedParty, ListId } from './lists/party.ts';
import type { ListVersion } from './lists/version.ts';
import type { NameQuery, NameScreening } from './names/match.ts';

/**
 * `listed`: on a sanctions list in force. `theft-account`: a recorded theft names it. `labelled`: a source says who it is.
 * `exposed`: none of these, but value is traced to or from such a party. `no-match`: nothing in what was looked at; there is no
 * "clear". `unknown`: nothing can be said.
 */
export type AccountVerdict = 'listed' | 'theft-account' | 'labelled' | 'exposed' | 'no-match' | 'unknown';

export type AccountListing = {
  readonly party: ListedParty;
  readonly listed: ListedAccount;
  readonly version: string;
  /** What the code says and what the form allows: `USDT names an asset; an address of this form exists on Tron`. */
  readonly reach: string;
};

/** A recorded theft that names the account; a claim with a source, not a listing. */
export type TheftClaim = {
  readonly incident: string;
  readonly role: string;
  readonly source: string;
};

/** Not the address asked about, but so like it that one may have been taken for the other. */
export type NearMiss = {
  readonly address: string;
  readonly partyId: string;
  readonly partyName: string;
  readonly version: string;
  readonly how: string;
};

/** What an answer rests on: with the same lists, labels, ledger and date, anyone gets the same answer. */
export type Basis = {
  /** ISO date-time the answer is given as of. */
  readonly asOf: string;
  /** ISO date-time: of lists and decisions, only what was in hand by then counts; null: all that is in hand now. */
  readonly knownAt: string | null;
  readonly lists: readonly (Pick<ListVersion, 'id' | 'list' | 'issuedOn' | 'onlyPart' | 'sha256' | 'source'> & {
    /** Days from issue to `asOf`. */
    readonly ageDays: number;
  })[];
  /** Lists Cairn can read of which no version was held as of then. */
  readonly notHeld: readonly ListId[];
  readonly labels: { readonly count: number; readonly sources: number };
  readonly theftRegister: { readonly incidents: number; readonly accounts: number };
  /** null: no ledger was asked; `ledgerNote` says why. */
  readonly ledger: { readonly imports: number; readonly transfersOfAccount: number } | null;
  readonly ledgerNote: string | null;
};

export type AccountAnswer = {
  readonly kind: 'account';
  readonly asked: string;
  readonly form: AddressForm;
  readonly verdict: AccountVerdict;
  /** Why `unknown`; null otherwise. */
  readonly because: string | null;
  readonly listings: readonly AccountListing[];
  readonly thefts: readonly TheftClaim[];
  readonly labels: readonly Label[];
  readonly deposit: DepositAccount | null;
  readonly exposure: Exposure | null;
  readonly risk: RiskAssessment | null;
  readonly nearMisses: readonly NearMiss[];
  readonly decisions: readonly AppliedDecision[];
  readonly basis: Basis;
};

export type NameAnswer = {
  readonly kind: 'name';
  readonly asked: NameQuery;
  readonly verdict: 'match' | 'no-match' | 'unknown';
  readonly because: string | null;
  readonly threshold: number;
  /** What of the listed names it was not compared with, in words; null: it was with all. */
  readonly notCompared: string | null;
  /** Without those a decision suppresses. */
  readonly screening: NameScreening;
  readonly decisions: readonly AppliedDecision[];
  readonly basis: Basis;
};

export type Answer = AccountAnswer | NameAnswer;

/** A recorded decision about this subject: listed in every later answer, whether it still suppresses or not. */
export type AppliedDecision = {
  readonly decision: Decision;
  /**
   * `suppresses` or `confirms` a match found now; or why it does neither: expired, withdrawn, the listing changed since,
   * a later decision on the same match, no such match found now.
   */
  readonly standing:
    | 'suppresses'
    | 'confirms'
    | 'expired'
    | 'withdrawn'
    | 'listing-changed'
    | 'superseded'
    | 'not-matched';
};
