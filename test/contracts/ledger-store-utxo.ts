import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  coinbaseAccount,
  type HistoryQuery,
  type LedgerStore,
  outpointAccount,
  type Transfer,
  transfersOf,
  txAccount,
  type UtxoTransaction,
} from '../../core/src/ledger/index.ts';
import { type Account, type Asset, BITCOIN } from '../../core/src/units/index.ts';
import { ownerAt } from '../arbitraries/utxo.ts';
import { describeStoredRecords } from './ledger-store-records.ts';
import { describeRollback } from './ledger-store-rollback.ts';
import {
  ALL,
  accountsOf,
  anyChain,
  expectAnswers,
  expectedHistories,
  expectedTransfers,
  hex,
  histories,
  put,
  SOURCE,
  type WithStore,
} from './utxo-answers.ts';

type AnyQuery = Omit<HistoryQuery, 'accounts'> & { readonly some: readonly number[] };

const anyQuery: fc.Arbitrary<AnyQuery> = fc.record({
  some: fc.array(fc.nat(60), { maxLength: 12 }),
  assets: fc.option(fc.constantFrom<Asset[]>([`${BITCOIN}/slip44:0`], [])),
  until: fc.option(fc.integer({ min: 99, max: 110 })),
  limitPerAccount: fc.option(fc.integer({ min: 0, max: 4 })),
});

const lock = (i: number) => ({ owner: ownerAt(i), script: 'p2wpkh' }) as const;
const REST = { script: null, witness: null, sequence: 0 } as const;

/** A coinbase that makes outputs of these amounts. */
function coinbase(fields: Pick<UtxoTransaction, 'tx' | 'blockNumber'>, amounts: readonly bigint[]): UtxoTransaction {
  return {
    ...{ chain: BITCOIN, blockTime: 100, txIndex: 0, indexAssigned: false, version: 1, lockTime: 0, ...fields },
    inputs: [{ outpoint: null, amount: null, lock: null, ...REST }],
    outputs: amounts.map((amount, i) => ({ amount, lock: lock(i), script: null })),
  };
}

/** What every ledger store must do with transactions of UTXO chains, with evidence, headers and rollbacks. */
export function describeUtxoStore(name: string, open: () => Promise<LedgerStore>, runs: number): void {
  const withStore = async (use: (store: LedgerStore) => Promise<void>): Promise<void> => {
    const store = await open();
    try {
      await use(store);
    } finally {
      await store.close();
    }
  };
  describe(`rows of UTXO transactions: ${name}`, () => {
    describeReads(withStore);
    describeUnresolved(withStore, runs);
  });
  describe(`evidence and headers: ${name}`, () => describeStoredRecords(withStore));
  describe(`rollback: ${name}`, () => describeRollback(withStore, runs));
}

function describeReads(withStore: WithStore): void {
  test("an output's spender, a transaction and an owner's outputs are one read each", () =>
    withStore(async (store) => {
      const first: UtxoTransaction = {
        ...coinbase({ tx: hex(1), blockNumber: 1 }, [30n]),
        outputs: [
          { amount: 30n, lock: lock(0), script: null },
          { amount: 0n, lock: { owner: null, script: 'op-return' }, script: null },
        ],
      };
      const second: UtxoTransaction = {
        ...coinbase({ tx: hex(2), blockNumber: 2 }, []),
        inputs: [{ outpoint: { tx: hex(1), index: 0 }, amount: 30n, lock: lock(0), ...REST }],
        outputs: [{ amount: 29n, lock: lock(1), script: null }],
      };
      await put(store, [first, second]);
      const history = async (account: Account): Promise<string[]> => {
        const rows: Transfer[] = [];
        await store.histories({ ...ALL, accounts: [account] }, (_, row) => rows.push(row));
        return rows
          .map(({ kind, tx, position, amount }) => `${kind} ${Number(`0x${tx}`)}:${position} ${amount}`)
          .sort();
      };
      expect(await history(outpointAccount(BITCOIN, { tx: hex(1), index: 0 }))).toEqual([
        'input 2:-1 30',
        'output 1:0 30',
      ]);
      expect(await history(txAccount(BITCOIN, hex(1)))).toEqual(['input 1:-1 30', 'output 1:0 30', 'output 1:1 0']);
      expect(await history(txAccount(BITCOIN, hex(2)))).toEqual(['fee 2:1 1', 'input 2:-1 30', 'output 2:0 29']);
      expect(await history(ownerAt(0))).toEqual(['input 2:-1 30', 'output 1:0 30']);
      expect(await history(ownerAt(1))).toEqual(['output 2:0 29']);
      expect(await history(coinbaseAccount(BITCOIN))).toEqual(['input 1:-1 30']);
      const [row] = (await store.transactions([hex(2)])).filter(({ kind }) => kind === 'input');
      expect(row?.lock).toEqual(lock(0));
    }));

  test('a coinbase that claims nothing is part of its transaction', () =>
    withStore(async (store) => {
      const empty = coinbase({ tx: hex(1), blockNumber: 501_726 }, [0n]);
      await put(store, [empty]);
      await expectAnswers(store, [empty]);
    }));

  test('one txid in two blocks is two transactions, each at its place (BIP 30)', () =>
    withStore(async (store) => {
      const first = coinbase({ tx: hex(1), blockNumber: 91_722 }, [50n]);
      const again = { ...first, blockNumber: 91_880 };
      const spend: UtxoTransaction = {
        ...coinbase({ tx: hex(2), blockNumber: 91_900 }, [50n]),
        inputs: [{ outpoint: { tx: hex(1), index: 0 }, amount: null, lock: null, ...REST }],
      };
      await put(store, [again, spend]);
      await put(store, [first]);
      const rows = await store.transactions([hex(1)]);
      expect(rows.map(({ blockNumber, position }) => [blockNumber, position])).toEqual([
        [91_722, -1],
        [91_722, 0],
        [91_880, -1],
        [91_880, 0],
      ]);
      const found = await histories(store, { ...ALL, accounts: [txAccount(BITCOIN, hex(1))] });
      expect([...found.values()]).toEqual([rows]);
      expect((await store.transactions([hex(2)]))[0]).toMatchObject({ amount: 50n, lock: lock(0) });
    }));
}

function describeUnresolved(withStore: WithStore, runs: number): void {
  test('law: answers follow from what the ledger has been told, in whatever order and however often', async () => {
    await fc.assert(
      fc.asyncProperty(anyChain, fc.nat(12), fc.nat(12), anyQuery, async (chain, a, b, { some, ...rest }) => {
        const [early, late] = [chain.slice(0, a), chain.slice(b)];
        const accounts = accountsOf(chain);
        const query = { ...rest, accounts: some.map((i) => accounts[i % accounts.length] as Account) };
        const there = chain.filter((_, i) => i < a || i >= b);
        for (const imports of [
          [late, early],
          [early, late],
          [late, late, [...early, ...late].reverse()],
        ]) {
          await withStore(async (store) => {
            for (const some of imports) await put(store, some);
            await expectAnswers(store, there, chain);
            expect(await histories(store, query)).toEqual(expectedHistories(expectedTransfers(there), query));
          });
        }
      }),
      { numRuns: runs },
    );
  });

  test('law: a source that knows what inputs spend may come before or after one that does not', async () => {
    await fc.assert(
      fc.asyncProperty(anyChain, fc.nat(12), async (chain, cut) => {
        const rows = new Map(Map.groupBy(expectedTransfers(chain), ({ tx }) => tx));
        const imports = [chain.slice(cut).flatMap(transfersOf), [...rows.values()].flat(), chain.flatMap(transfersOf)];
        for (const order of [
          [0, 1, 2],
          [1, 0, 2],
        ]) {
          await withStore(async (store) => {
            let added = 0;
            for (const i of order) {
              const session = await store.beginImport(SOURCE);
              await session.write(imports[i] as Transfer[]);
              added += (await session.commit({ rejected: 0, coverage: [] })).transfers;
            }
            await expectAnswers(store, chain);
            expect(added).toBe([...rows.values()].flat().length);
          });
        }
      }),
      { numRuns: runs },
    );
  });

  test('an unresolved row is not doubled, and one that knows more takes its place without counting again', () =>
    withStore(async (store) => {
      const made = coinbase({ tx: hex(1), blockNumber: 1 }, [30n]);
      const spend: UtxoTransaction = {
        ...coinbase({ tx: hex(2), blockNumber: 2 }, [29n]),
        inputs: [{ outpoint: { tx: hex(1), index: 0 }, amount: null, lock: null, ...REST }],
      };
      const known = { ...spend, inputs: spend.inputs.map((input) => ({ ...input, amount: 30n, lock: lock(0) })) };
      expect([await put(store, [spend]), await put(store, [spend, spend])]).toEqual([2, 0]);
      expect(await store.transactions([hex(2)])).toEqual(transfersOf(spend));
      // The fee is new, the input is not.
      expect([await put(store, [known]), await put(store, [known, spend]), await put(store, [made])]).toEqual([
        1, 0, 2,
      ]);
      await expectAnswers(store, [made, spend]);
      const wrong = { ...known, inputs: known.inputs.map((input) => ({ ...input, amount: 31n })) };
      await expect(put(store, [wrong])).rejects.toMatchObject({ code: 'contradiction' });
    }));
}
