export * from './amounts.ts';
export * from './chain-reader.ts';
export * from './coverage.ts';
export * from './ports.ts';
export * from './proportion.ts';
export * from './table.ts';
export * from './transfer.ts';
