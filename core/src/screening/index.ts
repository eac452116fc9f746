export type * from './answer.ts';
export type * from './decisions/decision.ts';
export type * from './exposure/exposure.ts';
export * from './exposure/risk.ts';
export type * from './lists/party.ts';
export * from './lists/version.ts';
export type * from './names/match.ts';
export * from './watch/watch.ts';
