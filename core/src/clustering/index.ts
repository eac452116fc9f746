export type * from './deposit-account.ts';
export * from './deposit-accounts.ts';
