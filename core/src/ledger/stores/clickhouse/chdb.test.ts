import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { describeLedgerStore } from '../../../../../test/contracts/ledger-store.ts';
import { describeUtxoStore } from '../../../../../test/contracts/ledger-store-utxo.ts';
import type { LedgerStore } from '../../ports.ts';
import { createChdbLedger } from './chdb.ts';

const directories: string[] = [];

afterAll(async () => {
  for (const directory of directories) await rm(directory, { recursive: true, force: true });
});

async function openChdb(): Promise<LedgerStore> {
  const directory = await mkdtemp(join(tmpdir(), 'cairn-ledger-'));
  directories.push(directory);
  // Small batches, so that imports reach the engine before they are committed.
  return await createChdbLedger({ directory, batchBytes: 32 * 1024 });
}

describeLedgerStore('ClickHouse in the process', openChdb, 8);
describeUtxoStore('ClickHouse in the process', openChdb, 4);
