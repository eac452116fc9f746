import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BlockHeader,
  type Coverage,
  coinbaseAccount,
  type EvmEvidence,
  type LedgerReader,
  type LedgerStore,
  outpointAccount,
  type Transfer,
  transfersOf,
  txAccount,
  type UtxoTransaction,
} from '../../core/src/ledger/index.ts';
import { type Account, BITCOIN } from '../../core/src/units/index.ts';
import { anyUtxoStep, OWNERS, ownerAt, utxoTransactions } from '../arbitraries/utxo.ts';

const SOURCE = { sha256: 'cd'.repeat(32), file: 'blocks', format: 'bitcoin' };
const ALL = { assets: null, until: null, limitPerAccount: null };
const hex = (n: number): string => n.toString(16).padStart(64, '0');

async function put(store: LedgerStore, transactions: readonly UtxoTransaction[]): Promise<void> {
  const session = await store.beginImport({ ...SOURCE, sha256: hex(transactions.length) });
  await session.write(transactions.flatMap(transfersOf));
  await session.commit({ rejected: 0, coverage: [] });
}

/** Every question about accounts of some transactions, with its answer in a fixed order. */
async function answers(store: LedgerReader & Pick<LedgerStore, 'blocks'>, transactions: readonly UtxoTransaction[]) {
  const rows = transactions.flatMap(transfersOf);
  const owners = Array.from({ length: OWNERS }, (_, i) => ownerAt(i));
  const accounts = [...new Set([...rows.flatMap(({ from, to }) => [from, to]), ...owners])].sort();
  const found: string[] = [];
  await store.histories({ ...ALL, accounts: accounts.filter((account) => !account.endsWith(':fee')) }, (owner, row) => {
    found.push(`${owner} ${show(row)}`);
  });
  const blocks = await store.blocks(BITCOIN, [...new Set(transactions.map(({ blockNumber }) => blockNumber))]);
  return {
    histories: found.sort(),
    transactions: (await store.transactions(transactions.map(({ tx }) => tx))).map(show),
    blocks: blocks.map(show).sort(),
  };
}

const show = (row: Transfer): string =>
  JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value));

/** The same transactions with every amount and owner of an input taken out, as a block file has them. */
const unknowing = (transaction: UtxoTransaction): UtxoTransaction => ({
  ...transaction,
  inputs: transaction.inputs.map((input) => (input.outpoint === null ? input : { ...input, amount: null, lock: null })),
});

const anyChain = fc
  .array(anyUtxoStep(false), { minLength: 2, maxLength: 12, size: 'max' })
  .map((steps) => utxoTransactions(steps));

/** What every ledger store must do with transactions of UTXO chains, evidence and headers. */
export function describeUtxoStore(name: string, open: () => Promise<LedgerStore>, runs: number): void {
  const withStore = async (use: (store: LedgerStore) => Promise<void>): Promise<void> => {
    const store = await open();
    try {
      await use(store);
    } finally {
      await store.close();
    }
  };

  describe(`UTXO rows, evidence and headers: ${name}`, () => {
    test("an output's spender, a transaction and an owner's outputs are one read each", () =>
      withStore(async (store) => {
        const lock = (i: number) => ({ owner: ownerAt(i), script: 'p2wpkh' }) as const;
        const base = {
          chain: BITCOIN,
          blockTime: 100,
          txIndex: 0,
          indexAssigned: false,
          version: 1,
          lockTime: 0,
        } as const;
        const rest = { script: null, witness: null, sequence: 0 };
        const first: UtxoTransaction = {
          ...{ ...base, tx: hex(1), blockNumber: 1 },
          inputs: [{ outpoint: null, amount: null, lock: null, ...rest }],
          outputs: [
            { amount: 30n, lock: lock(0), script: null },
            { amount: 0n, lock: { owner: null, script: 'op-return' }, script: null },
          ],
        };
        const second: UtxoTransaction = {
          ...{ ...base, tx: hex(2), blockNumber: 2 },
          inputs: [{ outpoint: { tx: hex(1), index: 0 }, amount: 30n, lock: lock(0), ...rest }],
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

    test('law: what an input spends is found out whenever the ledger learns of it, in whatever order it is told', async () => {
      await fc.assert(
        fc.asyncProperty(anyChain, fc.nat(12), fc.boolean(), async (chain, cut, turned) => {
          const told = await answersOf(open, [chain]);
          const parts = [chain.slice(cut), chain.slice(0, cut)];
          expect(
            await answersOf(
              open,
              (turned ? parts : parts.reverse()).map((some) => some.map(unknowing)),
              chain,
            ),
          ).toEqual(told);
          // A transaction that was written without knowing, and again by a source that knows.
          expect(await answersOf(open, [chain.slice(cut).map(unknowing), chain], chain)).toEqual(told);
        }),
        { numRuns: runs },
      );
    });

    test('a rollback takes blocks out of sight, and what replaces them is seen', () =>
      withStore(async (store) => {
        const chain = utxoTransactions(
          Array.from({ length: 6 }, () => ({
            ...{ spends: [], reward: 5n, cuts: [], owners: [0, 1, 2, 3], paysFee: false, unresolved: null, ahead: 1 },
          })),
        );
        const header = (height: number, fork: string): BlockHeader => ({
          ...{ chain: BITCOIN, height, hash: `${fork}${hex(height).slice(1)}`, merkleRoot: hex(9), time: 100 + height },
          previous: hex(height - 1),
        });
        const session = await store.beginImport(SOURCE);
        await session.write(chain.flatMap(transfersOf));
        await session.writeHeaders([1, 2, 3, 4, 5, 6].map((height) => header(height, 'a')));
        const coverage: Coverage = {
          ...{ chain: BITCOIN, account: null, direction: 'both', assets: null, fromBlock: 1, toBlock: 6, toAt: 106 },
          ...{ basis: 'whole-chain', truncated: false, note: null, source: 'blocks' },
        };
        await session.commit({ rejected: 0, coverage: [coverage] });
        expect((await store.tip(BITCOIN))?.height).toBe(6);

        await store.rollback(BITCOIN, 4);
        expect((await store.tip(BITCOIN))?.hash).toBe(header(3, 'a').hash);
        const owner = outpointAccount(BITCOIN, { tx: chain[4]?.tx as string, index: 0 });
        expect(await store.transactions(chain.map(({ tx }) => tx))).toHaveLength(6);
        expect(await store.coverage([owner])).toEqual([{ ...coverage, toBlock: 3, toAt: null }]);

        const again = await store.beginImport({ ...SOURCE, sha256: hex(2) });
        await again.write(transfersOf({ ...(chain[3] as UtxoTransaction), tx: hex(77) }));
        await again.writeHeaders([header(4, 'b')]);
        await again.commit({ rejected: 0, coverage: [] });
        expect((await store.tip(BITCOIN))?.hash).toBe(header(4, 'b').hash);
        expect((await store.headers(BITCOIN, 3, 9)).map(({ hash }) => hash[0])).toEqual(['a', 'b']);
        expect(await store.transactions([hex(77)])).toHaveLength(2);
      }));

    test('another block at a height the ledger has is refused, and nothing of it is kept', () =>
      withStore(async (store) => {
        const header = { chain: BITCOIN, height: 7, previous: hex(6), merkleRoot: hex(9), time: 5 } as const;
        for (const hash of [hex(70), hex(71)]) {
          const session = await store.beginImport({ ...SOURCE, sha256: hash });
          await session.writeHeaders([{ ...header, hash }]);
          const done = session.commit({ rejected: 0, coverage: [] });
          if (hash === hex(70)) await done;
          else await expect(done).rejects.toThrow(/Block 7 of bip122.*is another one/);
        }
        expect((await store.tip(BITCOIN))?.hash).toBe(hex(70));
        expect(await store.imports()).toHaveLength(1);
      }));

    test('evidence comes back by transaction and by key, put together from what each import knew', () =>
      withStore(async (store) => {
        const tx = `0x${hex(5)}`;
        const address = 'eip155:1:0x00000000000000000000000000000000000000aa' as const;
        const record: EvmEvidence = {
          ...{
            kind: 'evm',
            chain: 'eip155:1',
            tx,
            blockNumber: 5,
            blockTime: 50,
            txIndex: 0,
            from: address,
            to: address,
          },
          ...{ value: 2n ** 200n, input: '0x', succeeded: null, logs: null, frames: null },
        };
        const logs = [{ logIndex: 3, address, topics: [`0x${'11'.repeat(32)}`], data: '0x00ff' }];
        const parts = [record, { ...record, succeeded: true, logs, value: null }];
        for (const [i, evidence] of parts.entries()) {
          const session = await store.beginImport({ ...SOURCE, sha256: hex(i) });
          await session.writeEvidence([{ evidence, keys: i === 0 ? [] : ['across:1:7', "it's"] }]);
          await session.commit({ rejected: 0, coverage: [] });
        }
        const whole = { ...record, succeeded: true, logs };
        expect(await store.evidence([tx, 'unknown'])).toEqual([whole]);
        expect(await store.evidenceByKey(["it's", 'across:1:7', 'across:1:8'])).toEqual([
          { key: 'across:1:7', evidence: whole },
          { key: "it's", evidence: whole },
        ]);
        const session = await store.beginImport({ ...SOURCE, sha256: hex(9) });
        await session.writeEvidence([{ evidence: { ...record, blockNumber: 6 }, keys: [] }]);
        await session.abort();
        expect(await store.evidence([tx])).toEqual([whole]);
      }));
  });
}

async function answersOf(
  open: () => Promise<LedgerStore>,
  imports: readonly (readonly UtxoTransaction[])[],
  about: readonly UtxoTransaction[] = imports.flat(),
) {
  const store = await open();
  try {
    for (const some of imports) await put(store, some);
    return await answers(store, about);
  } finally {
    await store.close();
  }
}
