export * from './case.ts';
export { fromJson, toJson } from './json.ts';
export * from './published-flow.ts';
export { type Reconciliation, reconcile } from './reconcile.ts';
export * from './request.ts';
export * from './result.ts';
export { trace } from './trace.ts';
