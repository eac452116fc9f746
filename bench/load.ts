import { TransferTable } from '../core/src/ledger/index.ts';
import { NO_LIMITS, type PolicyId, type Seed, type TraceRequest } from '../core/src/tracing/index.ts';
import { type Asset, ETHEREUM, nativeAsset } from '../core/src/units/index.ts';
import { createLedger, type LedgerOptions, type TheftTransfer } from './generator.ts';
import { accountOf, FEE_SINK } from './population.ts';

export const ETHER_ASSET: Asset = nativeAsset(ETHEREUM);
const TXS_A_BLOCK = 150;
const FIRST_BLOCK = 21_000_000;
/** 2024-10-19, about when block 21,000,000 was made. */
const FIRST_TIME = 1_729_300_000;
const SECONDS_A_BLOCK = 12;

/** Where a transaction stands. */
export function placeOf(tx: number): { block: number; time: number; txIndex: number } {
  const nth = Math.floor(tx / TXS_A_BLOCK);
  return { block: FIRST_BLOCK + nth, time: FIRST_TIME + nth * SECONDS_A_BLOCK, txIndex: tx % TXS_A_BLOCK };
}

export type Loaded = { readonly table: TransferTable; readonly seeds: readonly TheftTransfer[] };

/** A generated ledger in the engine's columns. Transactions get short names: nobody looks them up here. */
export function loadTable(options: LedgerOptions): Loaded {
  const ledger = createLedger(options);
  const table = new TransferTable();
  widen(table, options.transfers);
  table.assets.numberOf(ETHER_ASSET);
  table.chains.numberOf(ETHEREUM);
  table.sinks.add(FEE_SINK);
  for (let batch = ledger.next(); batch !== null; batch = ledger.next()) {
    while (table.accounts.values.length < ledger.accounts()) {
      table.accounts.numberOf(accountOf(table.accounts.values.length));
    }
    for (let i = 0; i < batch.length; i++) {
      const row = table.count++;
      const tx = batch.tx[i] as number;
      const { block, time, txIndex } = placeOf(tx);
      const isFee = batch.isFee[i] === 1;
      table.from[row] = batch.from[i] as number;
      table.to[row] = batch.to[i] as number;
      table.time[row] = time;
      table.block[row] = block;
      table.txIndex[row] = txIndex;
      table.position[row] = isFee ? -1 : 0;
      table.codes[row] = isFee ? 3 : 0;
      table.space.reserve(batch.amounts[i] as bigint);
      table.amounts.set(row, batch.amounts[i] as bigint);
      table.txs.push(isFee ? nameOf(tx) : (table.txs[row - 1] as string));
    }
  }
  table.sort();
  return { table, seeds: ledger.seeds };
}

/** Short in memory, unlike a real hash. */
export function nameOf(tx: number): string {
  return `0x${tx.toString(16)}`;
}

/** The thefts as a request: one tag a theft. */
export function requestFor(
  seeds: readonly TheftTransfer[],
  policies: readonly PolicyId[],
  hashOf: (tx: number) => string,
): TraceRequest {
  return {
    direction: 'forward',
    seeds: seeds.map(
      ({ theft, tx }): Seed => ({
        kind: 'transfer',
        tag: `theft-${theft}/${ETHER_ASSET}`,
        transfer: { tx: hashOf(tx), position: 0 },
        amount: null,
      }),
    ),
    policies,
    instructed: null,
    rules: [],
    limits: NO_LIMITS,
    crossings: [],
  };
}

function widen(table: TransferTable, size: number): void {
  table.amounts.fit(size);
  table.from = new Uint32Array(size);
  table.to = new Uint32Array(size);
  table.asset = new Uint32Array(size);
  table.chain = new Uint32Array(size);
  table.time = new Float64Array(size);
  table.block = new Float64Array(size);
  table.txIndex = new Float64Array(size);
  table.position = new Int32Array(size);
  table.codes = new Uint8Array(size);
}
