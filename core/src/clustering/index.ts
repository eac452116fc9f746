export type * from './deposit-account.ts';
