export { formatCsvRow, openCsv } from './csv.ts';
export * from './ingest-files.ts';
export { createJsonRpcReader } from './json-rpc.ts';
export * from './read-transfers-file.ts';
export type { Reject, RejectCount } from './rejects-file.ts';
export { sha256File } from './sha256.ts';
export * from './table-reader.ts';
