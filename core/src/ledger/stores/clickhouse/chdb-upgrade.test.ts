import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drainPending, Session } from 'chdb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expectAnswers, put } from '../../../../../test/contracts/utxo-answers.ts';
import { BITCOIN } from '../../../units/index.ts';
import type { Transfer } from '../../transfer.ts';
import type { UtxoTransaction } from '../../utxo/transaction.ts';
import { createChdbLedger } from './chdb.ts';

/** How version 1 laid a ledger out. These statements are history: they never change. */
const CONTENT_1 =
  'asset String, tx_text String, tx_form UInt8, kind UInt8, assigned UInt8, rounded UInt8, tx_index UInt32, ' +
  'position Int32, block_number UInt64, block_time UInt64, tx FixedString(32), amount UInt256';
const NAMES_1 =
  'asset, tx_text, tx_form, kind, assigned, rounded, tx_index, position, block_number, block_time, tx, amount';
const VERSION_1 = [
  'CREATE TABLE ledger_version (version UInt32) ENGINE = MergeTree ORDER BY version',
  `CREATE TABLE entries (import_id UInt32, side UInt8, chain String, account String, counterparty String, ${CONTENT_1})
    ENGINE = MergeTree PARTITION BY import_id ORDER BY (chain, account, block_number, tx_index, position)
    SETTINGS index_granularity = 1024, max_suspicious_broken_parts = 0`,
  `CREATE TABLE blocks (import_id UInt32, chain String, block_number UInt64, block_time UInt64)
    ENGINE = MergeTree PARTITION BY import_id ORDER BY (chain, block_number)`,
  `CREATE TABLE coverage (import_id UInt32, chain String, account String, declaration String)
    ENGINE = MergeTree PARTITION BY import_id ORDER BY (chain, account)`,
  `CREATE TABLE imports (import_id UInt32, sha256 String, file String, format String, transfers UInt64, rejected UInt64,
    stored_rows UInt64) ENGINE = MergeTree ORDER BY import_id`,
  `CREATE TABLE incoming (import_id UInt32, sides Array(UInt8), chain String, payer String, receiver String, ${CONTENT_1})
    ENGINE = Null`,
  `CREATE MATERIALIZED VIEW incoming_entries TO entries AS SELECT import_id, side, chain,
    if(side = 1, receiver, payer) AS account, if(side = 1, payer, receiver) AS counterparty, ${NAMES_1}
    FROM incoming ARRAY JOIN sides AS side`,
  'INSERT INTO ledger_version VALUES (1)',
];

/** Rows as version 1 wrote them: a payment with its fee, a token, a transfer of nothing and one to oneself. */
const FILL_1 = [
  `INSERT INTO incoming VALUES
    (1, [0, 1], 'eip155:1', '0xaa', 'fee', 'slip44:60', '', 2, 3, 0, 0, 4, -1, 100, 1600000000, unhex(repeat('11', 32)), 7),
    (1, [0, 1], 'eip155:1', '0xaa', '0xbb', 'slip44:60', '', 2, 0, 0, 0, 4, 0, 100, 1600000000, unhex(repeat('11', 32)), 500),
    (1, [0, 1], 'eip155:1', '0xbb', '0xaa', 'erc20:0xcc', '', 2, 2, 1, 1, 5, 1000003, 100, 1600000000, unhex(repeat('22', 32)), 900),
    (1, [2], 'eip155:1', '0xbb', '0xaa', 'slip44:60', 'a name', 0, 1, 3, 0, 0, 1, 101, 1600000012, unhex(repeat('00', 32)), 0),
    (1, [0], 'eip155:1', '0xaa', '0xaa', 'slip44:60', '', 1, 0, 2, 0, 1, 0, 101, 1600000012, unhex(repeat('33', 32)), 1)`,
  `INSERT INTO blocks VALUES (1, 'eip155:1', 100, 1600000000), (1, 'eip155:1', 101, 1600000012)`,
  `INSERT INTO imports VALUES (1, 'ab', 'old.csv', 'cairn-csv', 5, 2, 10)`,
];

const place = (blockNumber: number, txIndex: number, position: number) => ({
  ...({
    chain: 'eip155:1',
    blockNumber,
    txIndex,
    position,
    blockTime: 1_600_000_000 + 12 * (blockNumber - 100),
  } as const),
});
const ETHER = 'eip155:1/slip44:60';
const TRANSFERS: readonly Transfer[] = [
  {
    ...{ ...place(100, 4, -1), tx: `0x${'11'.repeat(32)}`, from: 'eip155:1:0xaa', to: 'eip155:1:fee', asset: ETHER },
    ...{ amount: 7n, kind: 'fee', assigned: 'none', rounded: false },
  },
  {
    ...{ ...place(100, 4, 0), tx: `0x${'11'.repeat(32)}`, from: 'eip155:1:0xaa', to: 'eip155:1:0xbb', asset: ETHER },
    ...{ amount: 500n, kind: 'native', assigned: 'none', rounded: false },
  },
  {
    ...{ ...place(100, 5, 1_000_003), tx: `0x${'22'.repeat(32)}`, from: 'eip155:1:0xbb', to: 'eip155:1:0xaa' },
    ...{ asset: 'eip155:1/erc20:0xcc', amount: 900n, kind: 'token', assigned: 'position', rounded: true },
  },
  {
    ...{ ...place(101, 0, 1), tx: 'a name', from: 'eip155:1:0xbb', to: 'eip155:1:0xaa', asset: ETHER },
    ...{ amount: 0n, kind: 'internal', assigned: 'both', rounded: false },
  },
  {
    ...{ ...place(101, 1, 0), tx: '33'.repeat(32), from: 'eip155:1:0xaa', to: 'eip155:1:0xaa', asset: ETHER },
    ...{ amount: 1n, kind: 'native', assigned: 'index', rounded: false },
  },
];

const REST = { script: null, witness: null, sequence: 0 };
const BASE = { chain: BITCOIN, blockTime: 100, txIndex: 0, indexAssigned: false, version: 1, lockTime: 0 } as const;
/** A coinbase, and a transaction that spends it without saying what it spends. */
const BITCOINS: readonly UtxoTransaction[] = [
  {
    ...{
      ...BASE,
      tx: '0a'.repeat(32),
      blockNumber: 1,
      inputs: [{ outpoint: null, amount: null, lock: null, ...REST }],
    },
    outputs: [{ amount: 30n, lock: { owner: `${BITCOIN}:owner0`, script: 'p2pkh' }, script: null }],
  },
  {
    ...{ ...BASE, tx: '0b'.repeat(32), blockNumber: 2 },
    inputs: [{ outpoint: { tx: '0a'.repeat(32), index: 0 }, amount: null, lock: null, ...REST }],
    outputs: [{ amount: 29n, lock: { owner: `${BITCOIN}:owner1`, script: 'p2pkh' }, script: null }],
  },
];

describe('a ledger of version 1', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cairn-ledger-'));
  });
  afterEach(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  async function run(statements: readonly string[]): Promise<void> {
    const session = new Session(directory);
    for (const statement of statements) session.query(statement);
    session.close();
    await drainPending();
  }

  async function expectUpgraded(): Promise<void> {
    const store = await createChdbLedger({ directory });
    try {
      expect(await store.imports()).toEqual([
        { id: '1', sha256: 'ab', file: 'old.csv', format: 'cairn-csv', transfers: 5, rejected: 2 },
      ]);
      expect(await store.transactions([...new Set(TRANSFERS.map(({ tx }) => tx))])).toEqual(TRANSFERS);
      const history: Transfer[] = [];
      const query = { accounts: ['eip155:1:0xbb'] as const, assets: null, until: null, limitPerAccount: null };
      await store.histories(query, (_, transfer) => history.push(transfer));
      expect(history).toEqual([TRANSFERS[1], TRANSFERS[2]]);
    } finally {
      await store.close();
    }
  }

  test('is brought up to date in place: the same transfers, and it takes what is new', async () => {
    await run([...VERSION_1, ...FILL_1]);
    await expectUpgraded();
    const store = await createChdbLedger({ directory });
    try {
      await put(store, [BITCOINS[1] as UtxoTransaction]);
      await put(store, [BITCOINS[0] as UtxoTransaction]);
      await expectAnswers(store, BITCOINS);
      const again = await store.beginImport({ sha256: 'cd', file: 'again.csv', format: 'cairn-csv' });
      await again.write(TRANSFERS);
      expect((await again.commit({ rejected: 0, coverage: [] })).transfers).toBe(0);
      expect(await store.transactions([...new Set(TRANSFERS.map(({ tx }) => tx))])).toEqual(TRANSFERS);
    } finally {
      await store.close();
    }
  });

  test('is brought up to date by the next process where one was stopped half-way', async () => {
    await run([...VERSION_1, ...FILL_1, 'DROP VIEW incoming_entries', 'ALTER TABLE entries ADD COLUMN owner String']);
    await expectUpgraded();
    await expectUpgraded();
  });
});
