export { createChdbLedger } from './chdb.ts';
export type { AmountType, Column, SqlExecutor } from './executor.ts';
export { createSqlLedger } from './store.ts';
