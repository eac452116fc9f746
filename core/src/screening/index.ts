export * from './accounts/account-index.ts';
export { looksLikeAddress, readAddress } from './accounts/address-form.ts';
export type * from './answer.ts';
export { applyDecisions, type FoundMatch, type RecordedDecisions, type Ruling, standingOf } from './decisions/apply.ts';
export type * from './decisions/decision.ts';
export { type DecisionEntry, decide, type NewDecision, requireReason, withdraw } from './decisions/event.ts';
export { type DecisionBook, decisionsAsOf, foldDecisions, NO_DECISIONS, type Withdrawal } from './decisions/fold.ts';
export { type DecidableMatch, decidableMatches } from './decisions/matches.ts';
export { partyDigest } from './decisions/party-digest.ts';
export { type Subject, showSubject, subjectKey } from './decisions/subject.ts';
export { NO_HEAD, type Stamp, type Stamped, type Trail } from './decisions/trail.ts';
export { assessRisk } from './exposure/assess.ts';
export type * from './exposure/exposure.ts';
export { EXPOSURE_LIMITS } from './exposure/limits.ts';
export { type ExposureOptions, type ExposureProgress, measureExposure, type PartyOf } from './exposure/measure.ts';
export * from './exposure/risk.ts';
export { parseRiskRules, type RiskRules } from './exposure/risk-rules.ts';
export { formatShare } from './exposure/share.ts';
export { countryOf, countryOfCode } from './lists/countries.ts';
export * from './lists/diff.ts';
export { type CairnListHeader, formatCairnList } from './lists/formats/cairn-list.ts';
export * from './lists/guard.ts';
export { PUBLISHED_LISTS, versionsInForce } from './lists/in-force.ts';
export { readBirth } from './lists/partial-date.ts';
export type * from './lists/party.ts';
export * from './lists/publishers.ts';
export * from './lists/version.ts';
export * from './lists/version-id.ts';
export type * from './names/match.ts';
export { createNameIndex } from './names/name-index.ts';
export {
  explainOfacScore,
  OFAC_FLOOR,
  OFAC_RULES,
  type OfacExplanation,
  type OfacName,
  type OfacRules,
  ofacScore,
  readOfacName,
} from './names/ofac-score.ts';
export { createOfacCompatibleSearch, OFAC_DEFAULT_THRESHOLD } from './names/ofac-score-search.ts';
export { MAX_NAME_LENGTH, type NameReading, type NameToken, readName } from './names/read-name.ts';
export { DEFAULT_THRESHOLD } from './names/thresholds.ts';
export type { AccountLookUp } from './screen-account.ts';
export * from './screener.ts';
export * from './watch/commands.ts';
export type { WatchEntry } from './watch/event.ts';
export { foldWatch, NOTHING_WATCHED, type Watch, type WatchBook } from './watch/fold.ts';
export { foldJournal, type JournalEntry, type JournalEvent, type JournalState } from './watch/journal-event.ts';
export { compareMarks, type MarkChange, markOf, needsAlert, showChange } from './watch/mark.ts';
export * from './watch/rescreen.ts';
export * from './watch/watch.ts';
