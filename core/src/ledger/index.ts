export * from './chain-reader.ts';
export * from './coverage.ts';
export * from './ports.ts';
export * from './table.ts';
export * from './transfer.ts';
