export * from './case.ts';
export {
  type Candidate,
  type CandidateList,
  type CandidateOptions,
  type CandidatePayout,
  candidatesFor,
  crossingOfCandidate,
  type Exclusion,
  type Exit,
  exitOfLeg,
  exitOfTransfer,
  payoutOfTransfer,
  type Rate,
} from './crossings/candidates.ts';
export { type ChainflipParameters, readChainflipParameters } from './crossings/chainflip-parameters.ts';
export type { RefusedKey } from './crossings/choose-payouts.ts';
export type { AssetAmount } from './crossings/flows.ts';
export { accountsOfKey } from './crossings/key-address.ts';
export {
  type Destination,
  type Leg,
  type LegKind,
  type LegPlace,
  legKey,
  type Protocol,
} from './crossings/leg.ts';
export { type Located, locate, locateLeg } from './crossings/locate.ts';
export { type Matching, matchLegs, type UnmatchedLeg } from './crossings/match.ts';
export { crossingsOfSwaps, type NettedSwap, swapsOf } from './crossings/netting.ts';
export { decodeLegs, keysOf, PROTOCOLS } from './crossings/protocols.ts';
export type { NotExact } from './crossings/swap-shape.ts';
export { explainPair, type PairReading } from './crossings/thorchain.ts';
export {
  type MidgardAction,
  type MidgardCoin,
  type MidgardPayment,
  readMidgardActions,
} from './crossings/thorchain-midgard.ts';
export { TORNADO_POOLS, type TornadoEvent, type TornadoPool, tornadoEvents } from './crossings/tornado.ts';
export type { RecordOptions } from './crossings/whole-record.ts';
export { type Wrap, type WrapSide, wrapCrossing, wrapsOf } from './crossings/wraps.ts';
export { fromJson, parametersFromJson, parametersToJson, toJson } from './json.ts';
export { type Extension, type LiveTrace, startLiveTrace } from './live-trace.ts';
export { type LiveTraceAcross, startLiveTraceAcross } from './live-trace-across.ts';
export {
  COINJOIN_KINDS,
  type Coinjoin,
  type CoinjoinKind,
  type CoinjoinShape,
  recogniseCoinjoin,
  type ShapeCoin,
  shapeOf,
} from './mixers/coinjoin.ts';
export { type LabelledSample, parseLabelledSet, type SampleLabel } from './mixers/labelled-set.ts';
export { type CoinjoinMeasure, type KindMeasure, measureCoinjoins, type Share, wilson } from './mixers/measure.ts';
export {
  type AnonymitySet,
  createTornadoIndex,
  type HeuristicCount,
  type TornadoCandidate,
  type TornadoCandidates,
  type TornadoIndex,
} from './mixers/tornado-candidates.ts';
export { TORNADO_HEURISTICS, type TornadoHeuristic } from './mixers/tornado-heuristics.ts';
export {
  type PoolDeposit,
  type PoolRecord,
  type PoolWithdrawal,
  type TransactionFacts,
  withTransactions,
} from './mixers/tornado-pools.ts';
export * from './published-flow.ts';
export { type Reconciliation, reconcile } from './reconcile.ts';
export * from './request.ts';
export * from './result.ts';
export { trace } from './trace.ts';
export { type AcrossOptions, type TracedAcross, traceAcross } from './trace-across.ts';
export type { ParametersJson } from './trace-schema.ts';
