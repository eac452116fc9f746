export { createAccountIndex } from './accounts/account-index.ts';
export type * from './answer.ts';
export type * from './decisions/decision.ts';
export { type DecisionEntry, decide, type NewDecision, withdraw } from './decisions/event.ts';
export { type DecisionBook, decisionsAsOf } from './decisions/fold.ts';
export { type DecidableMatch, decidableMatches } from './decisions/matches.ts';
export { type Subject, showSubject, subjectKey } from './decisions/subject.ts';
export { type Channel, parseChannels } from './deliver/channel.ts';
export { type AlertMessage, alertMessage } from './deliver/message.ts';
export type { Delivery } from './deliver/outbox.ts';
export type * from './exposure/exposure.ts';
export { EXPOSURE_LIMITS } from './exposure/limits.ts';
export { type ExposureOptions, type ExposureProgress, measureExposure, type PartyOf } from './exposure/measure.ts';
export type * from './exposure/risk.ts';
export { parseRiskRules, type RiskRules } from './exposure/risk-rules.ts';
export * from './lists/diff.ts';
export { formatCairnList } from './lists/formats/cairn-list.ts';
export { PUBLISHED_LISTS, versionsInForce } from './lists/in-force.ts';
export { readBirth } from './lists/partial-date.ts';
export type * from './lists/party.ts';
export * from './lists/publishers.ts';
export * from './lists/version.ts';
export { isDate } from './lists/version-id.ts';
export * from './movements/commands.ts';
export { type DepositNamed, type MovementEntry, type MovementRecord, movementRecord } from './movements/event.ts';
export * from './movements/movement.ts';
export type * from './names/match.ts';
export { createNameIndex } from './names/name-index.ts';
export {
  explainOfacScore,
  OFAC_FLOOR,
  OFAC_RULES,
  type OfacRules,
  readOfacName,
} from './names/ofac-score.ts';
export { createOfacCompatibleSearch, OFAC_DEFAULT_THRESHOLD } from './names/ofac-score-search.ts';
export { DEFAULT_THRESHOLD } from './names/thresholds.ts';
export type { AccountLookUp } from './screen-account.ts';
export {
  CONCERNING,
  createScreener,
  isHit,
  type LedgerQuestions,
  type RecordedTheft,
  type Screener,
  type ScreeningWorld,
  type SearchOptions,
} from './screener.ts';
export * from './watch/commands.ts';
export type { WatchEntry } from './watch/event.ts';
export type { TraceWatch, Watch, WatchBook } from './watch/fold.ts';
export { foldJournal, type JournalEntry, type JournalEvent, type JournalState } from './watch/journal-event.ts';
export { markOf } from './watch/mark.ts';
export { type Rescreening, recordRescreening } from './watch/rescreen.ts';
export * from './watch/watch.ts';
