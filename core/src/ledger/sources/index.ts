export {
  type BitcoinFilesOptions,
  type BitcoinNodeOptions,
  ingestBitcoinFiles,
  ingestBitcoinNode,
} from './bitcoin/ingest-bitcoin.ts';
export type { BitcoinIngestOptions, BitcoinProgress } from './bitcoin/ingest-blocks.ts';
export { type EsploraOptions, ingestEsplora } from './bitcoin/ingest-esplora.ts';
export type { BitcoinSourceResult } from './bitcoin/ingest-result.ts';
export { formatCsvRow, openCsv } from './csv.ts';
export type { KeysOf } from './evidence-sink.ts';
export { type IngestNodeOptions, ingestReceiptsFromNode, type NodeQuery } from './evm-node/ingest-node.ts';
export type { CallRecord, HttpOptions } from './http/http-client.ts';
export { createMeter, type Meter, type Spent } from './http/meter.ts';
export { createReplyCache, type ReplyCache } from './http/reply-cache.ts';
export type { FileResult, IngestProgress } from './import-whole.ts';
export * from './ingest-files.ts';
export { createJsonRpcReader } from './json-rpc.ts';
export { type CallLog, createCallLog, type LoggedCall } from './reach/call-log.ts';
export { openChainReader, openSource } from './reach/open-source.ts';
export { assertAllowed } from './reach/permission.ts';
export * from './reach/source-config.ts';
export * from './read-transfers-file.ts';
export { type IngestReceiptsOptions, ingestReceipts } from './receipts.ts';
export { createRecordSource } from './record-source.ts';
export type { Reject, RejectCount } from './rejects-file.ts';
export { sha256File } from './sha256.ts';
export * from './table-reader.ts';
export { type IngestTronOptions, ingestTron } from './tron/ingest-tron.ts';
