import type { Label, LabelIndex } from '../labels/index.ts';
import { type Account, accountChain, isUtxoChain, readAddress } from '../units/index.ts';
import type { AccountIndex, ListedEntry } from './accounts/account-index.ts';
import { describeReach } from './accounts/coin-codes.ts';
import type { AccountAnswer, AccountVerdict, Basis } from './answer.ts';
import { applyDecisions, type Ruling } from './decisions/apply.ts';
import { partyDigest } from './decisions/party-digest.ts';
import { subjectKey } from './decisions/subject.ts';
import { assessRisk } from './exposure/assess.ts';
import type { Exposure } from './exposure/exposure.ts';
import type { PartyOf } from './exposure/measure.ts';
import { isExposed, type RecordedTheft, type ScreeningWorld } from './screener.ts';

export type AccountQuestion = {
  readonly world: ScreeningWorld;
  readonly labels: LabelIndex;
  /** By canonical address. */
  readonly thefts: ReadonlyMap<string, readonly RecordedTheft[]>;
  readonly basis: Basis;
  readonly accounts: AccountIndex;
};

/** What lists, labels and recorded thefts say of one account: a few look-ups in memory, no ledger. */
export type AccountLookUp = Omit<AccountAnswer, 'kind' | 'deposit' | 'exposure' | 'risk' | 'basis'>;

/** @param text - as pasted. */
export function lookUpAccount(text: string, question: AccountQuestion): AccountLookUp {
  const { world, labels, thefts, accounts } = question;
  const form = readAddress(text);
  const found = accounts.find(form);
  const ruled = ruleOn(text, found, world);
  const listings = found
    .filter(({ party }) => !ruled.suppressed.has(party.id))
    .map(({ party, listed, version }) => ({ party, listed, version, reach: describeReach(listed.code, form) }));
  const claims = thefts.get(form.canonical) ?? [];
  const said = form.account === null ? [] : labels.of(form.account);
  const reason = whyUnknown(question, form);
  const verdict = verdictOf(listings, claims, said, reason);
  return {
    asked: text,
    form,
    verdict,
    because: verdict === 'unknown' ? reason : null,
    listings,
    thefts: claims.map(({ incident, role, source }) => ({ incident, role, source })),
    labels: said,
    nearMisses: accounts.nearMisses(form),
    decisions: ruled.applied,
  };
}

const NOTHING_RULED = { suppressed: new Set<string>(), applied: [] };

function ruleOn(text: string, found: readonly ListedEntry[], world: ScreeningWorld): Ruling {
  if (world.decisions.length === 0) return NOTHING_RULED;
  const matches = found.map(({ party }) => ({ id: party.id, digest: partyDigest(party) }));
  return applyDecisions(subjectKey({ kind: 'account', text }), matches, world);
}

/** Everything that lists, labels, recorded thefts and the ledger say about one account. @param text - as pasted. */
export async function answerAccount(text: string, question: AccountQuestion): Promise<AccountAnswer> {
  const found = lookUpAccount(text, question);
  const asked = found.form.account === null ? null : await askLedger(found.form.account, question);
  const exposure = asked?.exposure ?? null;
  const facts = {
    listed: found.listings.length > 0,
    theftAccount: found.thefts.length > 0 || found.labels.some(({ category }) => category === 'theft'),
    categories: found.labels.map(({ category }) => category),
  };
  return {
    kind: 'account',
    ...found,
    verdict: found.verdict === 'no-match' && isExposed(exposure) ? 'exposed' : found.verdict,
    deposit: asked?.deposit ?? null,
    exposure,
    // Of what nothing can be said, no level can be said either.
    risk: found.verdict === 'unknown' ? null : assessRisk(exposure, facts, question.world.rules),
    basis: { ...question.basis, ...ledgerBasis(asked, question, found.form.account) },
  };
}

/** Nothing can be said of text that is no address, nor where no list that names accounts was held. */
function whyUnknown({ world }: AccountQuestion, form: AccountAnswer['form']): string | null {
  if (!world.lists.inForce.some(({ accounts }) => accounts > 0)) {
    return 'no version held: of no list that names accounts is a version held that had been issued by then';
  }
  return form.chains.length === 0 ? `not an address known here: ${form.notes.join('; ')}` : null;
}

function verdictOf(
  listings: readonly unknown[],
  claims: readonly unknown[],
  said: readonly Label[],
  reason: string | null,
): AccountVerdict {
  if (listings.length > 0) return 'listed';
  if (reason !== null) return 'unknown';
  if (claims.length > 0 || said.some(({ category }) => category === 'theft')) return 'theft-account';
  return said.length > 0 ? 'labelled' : 'no-match';
}

type Asked = {
  readonly transfers: number;
  readonly exposure: Exposure | null;
  readonly deposit: AccountAnswer['deposit'];
};

async function askLedger(account: Account, question: AccountQuestion): Promise<Asked | null> {
  const { ledger } = question.world;
  if (ledger === null || isUtxoChain(accountChain(account))) return null;
  const transfers = await ledger.transfersOf(account);
  if (transfers === 0) return { transfers, exposure: null, deposit: null };
  const exposure = await ledger.exposureOf(account, createPartyOf(question));
  return { transfers, exposure, deposit: await ledger.depositOf(account) };
}

function ledgerBasis(
  asked: Asked | null,
  { world, basis }: AccountQuestion,
  account: Account | null,
): Pick<Basis, 'ledger' | 'ledgerNote'> {
  if (asked === null || world.ledger === null) {
    return { ledger: null, ledgerNote: world.ledger === null ? basis.ledgerNote : whyNotAsked(account) };
  }
  return { ledger: { imports: world.ledger.imports, transfersOfAccount: asked.transfers }, ledgerNote: null };
}

/** Exposure is a question about one holding; a Bitcoin address has as many as outputs, and what returns as change is not sent. */
function whyNotAsked(account: Account | null): string {
  if (account === null) return 'Cairn follows no chain of this form';
  return 'exposure is not measured for addresses of Bitcoin: trace the outputs themselves, with cairn trace';
}

/** Who an account is to exposure: a listing before a recorded theft, that before the label that decides. */
function createPartyOf({ accounts, thefts, labels }: AccountQuestion): PartyOf {
  return (account, direction) => {
    const form = readAddress(account);
    const entry = accounts.find(form)[0];
    if (entry !== undefined) {
      const entity = entry.party.names[0]?.full ?? entry.party.id;
      return { category: 'listed', entity, source: entry.version, contested: false };
    }
    const claims = thefts.get(form.canonical) ?? [];
    const theft = claims.find(({ place }) => place === 'source') ?? claims[0];
    if (theft !== undefined && theft.place === 'on-the-way' && direction === 'received') return null;
    if (theft !== undefined) {
      return { category: 'theft', entity: theft.incident, source: theft.source, contested: false };
    }
    const decision = labels.decide(account);
    if (decision === null || decision.label.category === 'other') return null;
    const { label, conflicting } = decision;
    const contested = conflicting.some(({ category }) => category !== 'other');
    return { category: label.category, entity: label.entity ?? label.name, source: label.source, contested };
  };
}
