export { type Actor, type ActorMatch, type ActorNaming, findActor } from './actor.ts';
export { type Aftermath, type AftermathEntry, aftermath } from './aftermath.ts';
export type { Aggregate } from './aggregate.ts';
export {
  AMOUNT_RULE_NAMES,
  AMOUNT_RULES,
  type AmountRule,
  amountOf,
  type CountedAmount,
  hasAmountConflict,
  type Spread,
  spreadOf,
} from './amounts.ts';
export { accessMethodsChart } from './charts/access-methods.ts';
export type {
  BarsChart,
  Chart,
  ChartColumn,
  ChartFrame,
  ChartPoint,
  ChartSeries,
  ChartStack,
  ChartTable,
  LinesChart,
  TheftMark,
  TimelineChart,
} from './charts/chart.ts';
export { lorenzChart } from './charts/lorenz.ts';
export { lossesByYearChart } from './charts/losses-by-year.ts';
export { timelineChart } from './charts/timeline.ts';
export { checkFilter } from './check-filter.ts';
export { CHAINS, findProblems, type IncidentWorld, parseIncident } from './check-incident.ts';
export type { Citation } from './citation.ts';
export {
  type ClaimParts,
  type Fact,
  formatUsd,
  isPartialDate,
  parseUsd,
  precisionOf,
  READS,
  type Read,
  showUsd,
  type Usd,
} from './claim.ts';
export {
  type Conflict,
  type ConflictCount,
  type ConflictSide,
  type ConflictSummary,
  conflictSummary,
  conflictsOf,
} from './conflicts.ts';
export { describeFilter } from './describe-filter.ts';
export { DIMENSION_IDS, DIMENSIONS, type Dimension, type DimensionId, groupNames, UNKNOWN } from './dimension.ts';
export {
  COUNTED_CHOICES,
  type CountedChoice,
  DISPUTED_CHOICES,
  type DisputedChoice,
  filterIncidents,
  type IncidentFilter,
  isDisputed,
  matches,
} from './filter.ts';
export {
  type Concentration,
  concentration,
  type LargestShare,
  type LorenzPoint,
  type RankedLoss,
} from './impact/concentration.ts';
export type { Counted, CountShare, KnownSum, UsdShare } from './impact/counted.ts';
export { type Gap, type Quartiles, type TimeBetween, timeBetween } from './impact/intervals.ts';
export {
  type AssetLosses,
  type AssetSum,
  type LossesOverTime,
  lossesOverTime,
  type PeriodLosses,
} from './impact/losses.ts';
export { type Between, type OutcomeAsset, type OutcomeSum, type Outcomes, outcomes } from './impact/outcomes.ts';
export type { PeriodUnit } from './impact/period.ts';
export {
  SHIFT_DIMENSIONS,
  type ShiftCell,
  type ShiftDimension,
  type Shifts,
  type ShiftYear,
  shifts,
} from './impact/shifts.ts';
export { type AmountClaim, type Incident, incidentSchema, type Victim } from './incident.ts';
export { FACT_SUBJECTS, INSTITUTION_KINDS, type Institution } from './institution.ts';
export { EVERYTHING, MEASURE_KINDS, type Measure, type MeasureKind } from './measure.ts';
export { type Problem, showProblem } from './problems.ts';
export type { ByRows, PeriodRows } from './reconcile/by-rows.ts';
export type { ByTotals, PeriodTotals } from './reconcile/by-totals.ts';
export { CANDIDATE_REASONS, type Candidate, type CandidateReason, type Candidates } from './reconcile/candidates.ts';
export type { Difference, HeldFigure, PublishedFigure } from './reconcile/figure.ts';
export type { JointFigure } from './reconcile/joint-figures.ts';
export type { LocationCheck } from './reconcile/location.ts';
export {
  BEST_OTHER_RULE,
  CLAIMANT_ORDER,
  type ClaimantKind,
  type OtherAmount,
  type OtherAmounts,
} from './reconcile/other-amounts.ts';
export type { OwnYears } from './reconcile/published.ts';
export { type Reconcilable, type Reconciliation, reconcilable, reconcile } from './reconcile/reconcile.ts';
export type { RevisedYear, Revision } from './reconcile/revisions.ts';
export type { ListedRow } from './reconcile/rows.ts';
export { createRegistry, findIncident, type Registry } from './registry.ts';
export {
  COMPUTED_LABEL,
  type ComputedRelation,
  LINK_STRENGTHS,
  type LinkStrength,
  type RelatedIncidents,
  type ReportedRelation,
  relatedTo,
  type Shared,
  type SharedAccount,
} from './related.ts';
export {
  type Cell,
  type Cross,
  crossBy,
  type GradeTally,
  type Group,
  type Scope,
  type SumOfKnown,
  scopeBy,
  type Tally,
} from './scope.ts';
export { createIncidentSearch, type IncidentSearch, type SearchableRecord, type SearchHit } from './search.ts';
export type { Publisher, Source, SourceCatalogue } from './source.ts';
export type { Technique } from './technique.ts';
export { type TheftAccount, theftAccounts } from './theft-accounts.ts';
export {
  type AttributionEntry,
  type MeasureEntry,
  type TheftEntry,
  type Timeline,
  type TimelineEntry,
  type TimelineLinks,
  type TimelineQuery,
  timeline,
} from './timeline.ts';
export { victimName } from './victim.ts';
export * from './vocabulary.ts';
