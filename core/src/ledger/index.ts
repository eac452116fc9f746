export * from './account-source.ts';
export * from './amounts.ts';
export * from './chain-reader.ts';
export * from './coverage.ts';
export * from './evidence.ts';
export * from './evidence-json.ts';
export { transfersOfEvidence } from './evm/evidence-transfers.ts';
export { decodeEvidence, type EvmParts } from './evm/transaction-record.ts';
export { TRANSFER_TOPIC } from './evm/transfer-topic.ts';
export { UNWRAP_TOPIC, WRAP_TOPIC, WRAPPED_COINS } from './evm/wrapped-coins.ts';
export {
  createFetchingLedger,
  type FetchingLedger,
  type FetchOptions,
  type FetchProgress,
} from './fetch/fetching-ledger.ts';
export { createPinnedReader } from './fetch/pinned-reader.ts';
export * from './fetch/pins.ts';
export { createPlanningLedger, type FetchPlan, type PlanningLedger } from './fetch/plan.ts';
export * from './ports.ts';
export * from './proportion.ts';
export * from './record-source.ts';
export * from './table.ts';
export * from './transfer.ts';
export { statedTime } from './utxo/datasets/one-hop.ts';
export { KNOWN_DUPLICATES } from './utxo/known-duplicates.ts';
export { lockOf } from './utxo/lock.ts';
export { type OpReturnData, opReturnData } from './utxo/op-return.ts';
export { parseBlock, type RawBlock } from './utxo/raw/block.ts';
export { type BlockCutter, type CutBlock, createBlockCutter, recogniseBlocks } from './utxo/raw/block-file.ts';
export { EASIEST_TARGET, type RawHeader, targetOf, workOf } from './utxo/raw/header.ts';
export {
  GENESIS,
  type HeaderAnchor,
  type HeaderChain,
  type LinkedHeader,
  type LinkedHeaders,
  linkHeaders,
  type StatedHeader,
} from './utxo/raw/header-chain.ts';
export { parseTransaction, type RawInput, type RawOutput, type RawTransaction } from './utxo/raw/transaction.ts';
export * from './utxo/transaction.ts';
export { transactionId } from './utxo/transaction-id.ts';
export { transfersOf } from './utxo/transfers.ts';
