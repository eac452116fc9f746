import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ServedBlock, serveEsplora } from '../../../../../test/replays/esplora-server.ts';
import type { LocalServer } from '../../../../../test/replays/local-server.ts';
import { type Account, BITCOIN } from '../../../units/index.ts';
import type { HistoryRequest } from '../../account-source.ts';
import { createMemoryLedger, type MemoryLedger } from '../../stores/memory.ts';
import type { Transfer } from '../../transfer.ts';
import { lockOf } from '../../utxo/lock.ts';
import type { RawBlock } from '../../utxo/raw/block.ts';
import { outpointAccount } from '../../utxo/transaction.ts';
import { createEsploraSource } from './account-source.ts';
import { EARLY, earlyBlocks, FIRST_PAYMENT, GENESIS, NINTH_COINBASE } from './fixtures/real-blocks.ts';
import { ingestBitcoinFiles } from './ingest-bitcoin.ts';

let store: MemoryLedger;
beforeEach(() => {
  store = createMemoryLedger();
});
const into = () => ({ store, keysOf: () => [] });
const request = (accounts: readonly Account[], to: HistoryRequest['to']): HistoryRequest => ({
  accounts,
  assets: null,
  fromBlock: 0,
  to,
  limit: null,
});

/** Services name no address of a bare public key, and these blocks have nothing else. */
function addressOf(script: string): string | null {
  const { owner, script: kind } = lockOf(BITCOIN, script);
  return owner === null || kind === 'p2pk' ? null : owner.slice(BITCOIN.length + 1);
}

describe('blocks 1 to 255 of the chain', () => {
  let real: LocalServer;
  beforeAll(async () => {
    real = await serveEsplora({ blocks: (await earlyBlocks()).map(served), unconfirmed: [] }, addressOf);
  });
  afterAll(() => real.close());

  function served(block: RawBlock | undefined): ServedBlock {
    if (block === undefined) return { hash: GENESIS, time: 1_231_006_505, transactions: [] };
    const transactions = block.transactions.map(({ tx, inputs, outputs }) => ({
      txid: tx,
      vin: inputs.map(({ outpoint }) => (outpoint === null ? null : { txid: outpoint.tx, vout: outpoint.index })),
      vout: outputs.map(({ amount, script }) => ({ scriptpubkey: script, value: Number(amount) })),
    }));
    return { hash: block.header.hash, time: block.header.time, transactions };
  }

  test('followed output by output from the coinbase of block 9, the ledger is that of the block files', async () => {
    const esplora = createEsploraSource({ url: real.url, delay: async () => {} });
    const { head } = await esplora.tip();
    const asked = new Set<Account>();
    let next: Account[] = [outpointAccount(BITCOIN, { tx: NINTH_COINBASE, index: 0 })];
    while (next.length > 0) {
      await esplora.histories(request(next, head), into());
      for (const account of next) asked.add(account);
      next = [...new Set(store.all.filter(({ kind }) => kind === 'output').map(({ to }) => to))].filter(
        (account) => !asked.has(account),
      );
    }
    const files = createMemoryLedger();
    await ingestBitcoinFiles({ store: files, files: [EARLY] });
    const hashes = [...new Set(store.all.map(({ tx }) => tx))];
    expect(hashes).toContain(FIRST_PAYMENT);
    expect(hashes.length).toBeGreaterThan(5);
    const placed = (ledger: readonly Transfer[]) => ledger.map(({ blockTime: _, ...row }) => row);
    expect(placed(store.all)).toEqual(placed(await files.transactions(hashes)));
  });

  test('a history by address leaves out outputs to the bare key, and says so', async () => {
    const miner: Account = `${BITCOIN}:12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S`;
    const esplora = createEsploraSource({ url: real.url, delay: async () => {} });
    await esplora.histories(request([miner], (await esplora.tip()).head), into());
    expect(store.all).toEqual([]);
    expect((await store.coverage([miner]))[0]?.note).toBe(
      'Outputs that name the public key itself are not in the history of its address.',
    );
  });
});
