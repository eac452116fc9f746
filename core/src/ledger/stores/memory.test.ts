import { describe, expect, test } from 'vitest';
import { describeLedgerStore } from '../../../../test/contracts/ledger-store.ts';
import { describeUtxoStore } from '../../../../test/contracts/ledger-store-utxo.ts';
import type { Transfer } from '../transfer.ts';
import { createMemoryLedger } from './memory.ts';

describeLedgerStore('memory', async () => createMemoryLedger(), 100);
describeUtxoStore('memory', async () => createMemoryLedger(), 100);

const ROW: Transfer = {
  chain: 'eip155:1',
  blockNumber: 7,
  txIndex: 0,
  position: 0,
  blockTime: 1_600_000_000,
  tx: `0x${'1'.repeat(64)}`,
  from: `eip155:1:0x${'1'.repeat(40)}`,
  to: `eip155:1:0x${'2'.repeat(40)}`,
  asset: 'eip155:1/slip44:60',
  amount: 5n,
  kind: 'native',
  assigned: 'none',
  rounded: false,
};

describe('a memory ledger of transfers at hand', () => {
  const later = { ...ROW, blockNumber: 8, blockTime: ROW.blockTime + 12 };

  test('gives all of them in ledger order, each once', async () => {
    const elsewhere = { ...ROW, chain: 'eip155:137', blockNumber: 900, blockTime: ROW.blockTime + 1 } as const;
    const ledger = createMemoryLedger([later, elsewhere, ROW, later]);
    expect(ledger.all).toEqual([ROW, elsewhere, later]);
    const session = await ledger.beginImport({ sha256: '', file: 'f', format: 'cairn-csv' });
    const first = { ...ROW, blockNumber: 1, blockTime: 1 };
    await session.write([first]);
    await session.commit({ rejected: 0, coverage: [] });
    expect(ledger.all).toEqual([first, ROW, elsewhere, later]);
  });

  test('refuses rows that contradict each other', () => {
    expect(() => createMemoryLedger([ROW, { ...later, blockTime: ROW.blockTime - 1 }])).toThrow(
      'Time falls as blocks rise on eip155:1: block 7 is at 1600000000',
    );
    expect(() => createMemoryLedger([ROW, { ...ROW, amount: 6n }])).toThrow(
      'Two different transfers stand at one place',
    );
    expect(() => createMemoryLedger([ROW, { ...ROW, position: 1, blockTime: 9 }])).toThrow('has two times');
  });
});
