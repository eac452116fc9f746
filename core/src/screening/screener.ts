import type { DepositAccount } from '../clustering/index.ts';
import { createLabelIndex, type Label } from '../labels/index.ts';
import { type Account, compareText, formatTime } from '../units/index.ts';
import { createAccountIndex } from './accounts/account-index.ts';
import type { AccountAnswer, Basis, NameAnswer, TheftClaim } from './answer.ts';
import type { Decision } from './decisions/decision.ts';
import type { Exposure } from './exposure/exposure.ts';
import type { PartyOf } from './exposure/measure.ts';
import type { RiskRules } from './exposure/risk-rules.ts';
import type { ListedParty, ListId } from './lists/party.ts';
import type { ListVersion } from './lists/version.ts';
import type { NameIndex, NameQuery } from './names/match.ts';
import { type AccountLookUp, type AccountQuestion, answerAccount, lookUpAccount } from './screen-account.ts';
import { answerName } from './screen-name.ts';

/** What answers rest on, as functions and data: nothing here reads a file or a clock. */
export type ScreeningWorld = {
  /** Unix seconds the answers are given as of, and (null: no such bound) by when the lists and decisions they rest on were in hand. */
  readonly asOf: number;
  readonly knownAt: number | null;
  readonly lists: { readonly inForce: readonly ListVersion[]; readonly notHeld: readonly ListId[] };
  /** Parties of a version; `withAccounts` may leave out those that have none. */
  readonly parties: (version: string) => Promise<readonly ListedParty[]>;
  readonly partiesWithAccounts: (version: string) => Promise<readonly ListedParty[]>;
  /** Every label held; those dated later than `asOf` are left out here. */
  readonly labels: readonly Label[];
  readonly thefts: { readonly incidents: number; readonly claims: readonly RecordedTheft[] };
  readonly ledger: LedgerQuestions | null;
  /** Why no ledger is asked; null where one is. */
  readonly ledgerNote: string | null;
  readonly decisions: readonly Decision[];
  readonly withdrawals: ReadonlyMap<string, number>;
  readonly rules: RiskRules;
};

export type RecordedTheft = TheftClaim & {
  /** Canonical, without the chain, as `readAddress` gives it. */
  readonly address: string;
  /** The theft's date, as exact as it is known: a later one is left out. Null: not said. */
  readonly on: string | null;
  /**
   * Where the stolen value starts, or an account it is said to have passed. What came through the latter is traced on to the
   * source: not all that passed there was stolen.
   */
  readonly place: 'source' | 'on-the-way';
};

/** What a ledger can say about an account. */
export type LedgerQuestions = {
  readonly imports: number;
  transfersOf(account: Account): Promise<number>;
  exposureOf(account: Account, partyOf: PartyOf): Promise<Exposure>;
  depositOf(account: Account): Promise<DepositAccount | null>;
};

export type SearchOptions = { readonly threshold?: number; readonly limit?: number };

export type Screener = {
  /** Who is this account, as far as lists, labels, recorded thefts and the ledger say? @param text - as it was pasted. */
  account(text: string): Promise<AccountAnswer>;
  /** The same without the ledger, for many accounts in a row: ready once, then a few look-ups an account. */
  accounts(): Promise<(text: string) => AccountLookUp>;
  /** Who on the lists in force has a name like this? */
  name(query: NameQuery, options?: SearchOptions): Promise<NameAnswer>;
  /** The same for many names: the index is built once. */
  names(): Promise<(query: NameQuery, options?: SearchOptions) => NameAnswer>;
  /** What every answer rests on, the ledger apart; `held`: in full what `basis` counts, and what was decided. */
  readonly basis: Basis;
  readonly held: Pick<ScreeningWorld, 'labels' | 'thefts' | 'decisions' | 'withdrawals'>;
  close(): Promise<void>;
};

/** Listed parties of all versions in force, each once: of two versions of one list the later issue speaks. */
type InForce = { readonly version: ListVersion; readonly parties: readonly ListedParty[] };

/**
 * Screens against one state of the world. Indexes are built when first needed and kept.
 * @param createIndex - the name index to use: Cairn's own, or the OFAC-compatible one.
 */
export function createScreener(
  world: ScreeningWorld,
  createIndex: (parties: Iterable<ListedParty>) => NameIndex,
  close: () => Promise<void> = async () => {},
): Screener {
  const labels = createLabelIndex(
    world.labels.filter(({ labelledAt }) => labelledAt === null || labelledAt <= world.asOf),
  );
  const thefts = new Map<string, RecordedTheft[]>();
  for (const claim of theftsBy(world)) thefts.set(claim.address, [...(thefts.get(claim.address) ?? []), claim]);
  const basis = basisOf(world);
  const accounts = once(async () => {
    const inForce = await loadInForce(world.lists.inForce, world.partiesWithAccounts);
    return createAccountIndex(inForce.map(({ version, parties }) => ({ version: version.id, parties })));
  });
  const question = async (): Promise<AccountQuestion> => ({ world, labels, thefts, basis, accounts: await accounts() });
  const names = once(async () => {
    const inForce = await loadInForce(world.lists.inForce, world.parties);
    return createIndex(inForce.flatMap(({ parties }) => parties));
  });
  return {
    account: async (text) => answerAccount(text, await question()),
    accounts: async () => {
      const asked = await question();
      return (text) => lookUpAccount(text, asked);
    },
    basis,
    name: async (query, options) => answerName(query, { world, basis, names: await names() }, options),
    names: async () => {
      const asked = { world, basis, names: await names() };
      return (query, options) => answerName(query, asked, options);
    },
    held: world,
    close,
  };
}

/** Reads each version's parties; a party that a later issue of its list carries too is left to that. */
async function loadInForce(
  versions: readonly ListVersion[],
  read: (version: string) => Promise<readonly ListedParty[]>,
): Promise<InForce[]> {
  const seen = new Set<string>();
  const loaded: InForce[] = [];
  const newestFirst = [...versions].sort((a, b) => compareText(b.issuedOn, a.issuedOn));
  for (const version of newestFirst) {
    const parties = (await read(version.id)).filter(({ id }) => !seen.has(id));
    for (const { id } of parties) seen.add(id);
    loaded.push({ version, parties });
  }
  return loaded;
}

const DAY = 86_400;

/** Thefts up to the day of the answer: what had not happened yet said nothing about an account. */
function theftsBy({ asOf, thefts }: ScreeningWorld): readonly RecordedTheft[] {
  const day = formatTime(asOf).slice(0, 10);
  return thefts.claims.filter(({ on }) => on === null || on <= day);
}

function basisOf(world: ScreeningWorld): Basis {
  const { asOf, knownAt, lists, labels, thefts, ledgerNote } = world;
  return {
    asOf: formatTime(asOf),
    knownAt: knownAt === null ? null : formatTime(knownAt),
    lists: lists.inForce.map(({ id, list, issuedOn, onlyPart, sha256, source }) => {
      const ageDays = Math.floor(asOf / DAY) - Date.parse(`${issuedOn}T00:00:00Z`) / 1000 / DAY;
      return { id, list, issuedOn, onlyPart, sha256, source, ageDays };
    }),
    notHeld: lists.notHeld,
    labels: { count: labels.length, sources: new Set(labels.map(({ source }) => source)).size },
    theftRegister: {
      incidents: thefts.incidents,
      accounts: new Set(theftsBy(world).map(({ address }) => address)).size,
    },
    ledger: null,
    ledgerNote,
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}

/**
 * Is there a reason to stop and look? What a script's exit code tells. A label does not hide what its account's money is traced to.
 */
export function isHit(answer: NameAnswer | (Pick<AccountAnswer, 'verdict' | 'labels'> & ExposedOrNot)): boolean {
  if (!('labels' in answer)) return answer.verdict === 'match';
  if (answer.verdict === 'unknown') return false;
  if (answer.verdict === 'listed' || answer.verdict === 'theft-account') return true;
  return answer.labels.some(({ category }) => CONCERNING.has(category)) || isExposed(answer.exposure ?? null);
}

type ExposedOrNot = { readonly exposure?: Exposure | null };

/** Is value traced to or from a party of concern? */
export function isExposed(exposure: Exposure | null): boolean {
  return exposure?.lines.some(({ party }) => party !== null && CONCERNING.has(party.category)) ?? false;
}

/** Categories whose label is a reason to stop and look, apart from being named in a theft. */
export const CONCERNING: ReadonlySet<string> = new Set(['listed', 'theft', 'sanctioned', 'frozen', 'mixer']);
