export * from './account.ts';
export * from './amount.ts';
export * from './asset.ts';
export * from './text-order.ts';
export * from './time.ts';
