/** What kind of party was robbed. `miner` runs a mining pool; `other` is none of these or not known. */
export const VICTIM_TYPES = ['cex', 'defi', 'bridge', 'payment', 'wallet', 'miner', 'individual', 'other'] as const;
export type VictimType = (typeof VICTIM_TYPES)[number];

export const VICTIM_TYPE_NAMES: Readonly<Record<VictimType, string>> = {
  cex: 'centralised exchange',
  defi: 'decentralised finance',
  bridge: 'bridge',
  payment: 'payment service',
  wallet: 'wallet provider',
  miner: 'mining pool',
  individual: 'single person',
  other: 'other or not known',
};

/**
 * How the intruder first got in, by the earliest step into the victim that a source describes. Cairn's own grouping of what
 * sources describe.
 */
export const ACCESS_CATEGORIES = [
  'fake-job-or-recruiter',
  'spear-phishing',
  'trojanised-software',
  'it-worker-insider',
  'third-party-or-supply-chain',
  'account-or-infrastructure-access',
  'key-compromise-route-unknown',
  'code-exploit',
  'malware-other',
] as const;
export type AccessCategory = (typeof ACCESS_CATEGORIES)[number];

export const ACCESS_NAMES: Readonly<Record<AccessCategory, string>> = {
  'fake-job-or-recruiter': 'fake job or recruiter',
  'spear-phishing': 'spear-phishing or other lure',
  'trojanised-software': 'trojanised software',
  'it-worker-insider': 'insider or IT worker',
  'third-party-or-supply-chain': 'third party or supply chain',
  'account-or-infrastructure-access': 'account or infrastructure',
  'key-compromise-route-unknown': 'keys taken, route not known',
  'code-exploit': 'flaw in code',
  'malware-other': 'other malware',
};

/**
 * On what the link to the DPRK rests, strongest first. Not one of them is a finding of Cairn.
 * `government`: a government body or court filing attributes it. `un-report`: the UN Panel lists it as suspected or under
 * investigation; listing is not a finding of responsibility. `private`: firms or researchers attribute it. `suspected`: somebody
 * suspects it, nobody on record attributes it.
 */
export const ATTRIBUTION_GRADES = ['government', 'un-report', 'private', 'suspected'] as const;
export type AttributionGrade = (typeof ATTRIBUTION_GRADES)[number];

export const ATTRIBUTION_NAMES: Readonly<Record<AttributionGrade, string>> = {
  government: 'attributed by a government body',
  'un-report': 'listed as suspected in a UN report',
  private: 'attributed by private firms or researchers',
  suspected: 'suspected only',
};

/** What somebody says about who did it. */
export const STANCES = ['attributes', 'suspects', 'names-no-actor', 'disputes'] as const;
export type Stance = (typeof STANCES)[number];

/** `theft`: where the stolen value first arrived. `unlabelled`: the source lists it without saying which. */
export const ACCOUNT_ROLES = ['theft', 'laundering', 'frozen', 'contract', 'unlabelled', 'victim'] as const;
export type AccountRole = (typeof ACCOUNT_ROLES)[number];

/** What happened to some of the value. A forfeiture that was asked for is not one that was granted. */
export const OUTCOME_KINDS = ['recovered', 'returned', 'seized', 'frozen', 'contained', 'forfeiture-sought'] as const;
export type OutcomeKind = (typeof OUTCOME_KINDS)[number];

/** Which figure an amount is. `part`: of the loss. `joint`: of several incidents together. Only `whole` ones are ever summed. */
export const AMOUNT_SCOPES = ['whole', 'part', 'joint'] as const;
export type AmountScope = (typeof AMOUNT_SCOPES)[number];

export const QUALIFIERS = ['about', 'at-least', 'at-most', 'nearly'] as const;
export type Qualifier = (typeof QUALIFIERS)[number];

/** The words before a figure. */
export const QUALIFIER_WORDS: Readonly<Record<Qualifier, string>> = {
  about: 'about',
  'at-least': 'at least',
  'at-most': 'at most',
  nearly: 'nearly',
};

/** Which part of a record a conflict is about. `identity`: whether it is an incident of its own. */
export const CONFLICT_FIELDS = [
  'date',
  'amount',
  'attribution',
  'country',
  'actor',
  'assets',
  'accounts',
  'identity',
] as const;
export type ConflictField = (typeof CONFLICT_FIELDS)[number];
