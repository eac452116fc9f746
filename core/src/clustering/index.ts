export type * from './deposit-account.ts';
export * from './deposit-accounts.ts';
export { type DepositBounds, VICTOR_BOUNDS } from './forwards.ts';
