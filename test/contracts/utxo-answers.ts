import fc from 'fast-check';
import { expect } from 'vitest';
import {
  compareTransfers,
  feeSink,
  type HistoryQuery,
  type LedgerStore,
  type Transfer,
  transfersOf,
  type UtxoInput,
  type UtxoOutput,
  type UtxoTransaction,
} from '../../core/src/ledger/index.ts';
import { type Account, BITCOIN } from '../../core/src/units/index.ts';
import { anyUtxoStep, OWNERS, ownerAt, utxoTransactions } from '../arbitraries/utxo.ts';

export type WithStore = (use: (store: LedgerStore) => Promise<void>) => Promise<void>;

export const SOURCE = { sha256: 'cd'.repeat(32), file: 'blocks', format: 'bitcoin' };
export const ALL = { assets: null, until: null, limitPerAccount: null };
export const hex = (n: number): string => n.toString(16).padStart(64, '0');

/** Imports transactions. @returns how many transfers the import added. */
export async function put(store: LedgerStore, transactions: readonly UtxoTransaction[]): Promise<number> {
  const session = await store.beginImport(SOURCE);
  await session.write(transactions.flatMap(transfersOf));
  return (await session.commit({ rejected: 0, coverage: [] })).transfers;
}

/** The same transactions with every amount and owner of an input taken out, as a block file has them. */
export const unknowing = (transaction: UtxoTransaction): UtxoTransaction => ({
  ...transaction,
  inputs: transaction.inputs.map((input) => (input.outpoint === null ? input : { ...input, amount: null, lock: null })),
});

/** A chain of unspent outputs whose inputs do not say what they spend. */
export const anyChain: fc.Arbitrary<UtxoTransaction[]> = fc
  .array(anyUtxoStep(false), { minLength: 2, maxLength: 12, size: 'max' })
  .map((steps) => utxoTransactions(steps).map(unknowing));

/** From the definition: the transfers of transactions that say of each input what any of them tells of the output it spends. */
export function expectedTransfers(transactions: readonly UtxoTransaction[]): Transfer[] {
  const made = new Map<string, UtxoOutput>();
  for (const { tx, outputs } of transactions)
    for (const [n, output] of outputs.entries()) made.set(`${tx} ${n}`, output);
  const told = (input: UtxoInput): UtxoInput => {
    const output = made.get(`${input.outpoint?.tx} ${input.outpoint?.index}`);
    return output === undefined ? input : { ...input, amount: output.amount, lock: output.lock };
  };
  return transactions
    .flatMap((transaction) => transfersOf({ ...transaction, inputs: transaction.inputs.map(told) }))
    .sort(compareTransfers);
}

/** From the definition, of transfers in ledger order. */
export function expectedHistories(rows: readonly Transfer[], query: HistoryQuery): Map<Account, Transfer[]> {
  const touches = (account: Account, { from, to, lock }: Transfer): boolean =>
    from === account || to === account || lock?.owner === account;
  return new Map(
    [...new Set(query.accounts)].map((account) => [
      account,
      rows
        .filter((row) => touches(account, row))
        .filter(({ asset }) => query.assets === null || query.assets.includes(asset))
        .filter(({ blockTime }) => query.until === null || blockTime <= query.until)
        .slice(0, query.limitPerAccount ?? undefined),
    ]),
  );
}

/** A store's answer; transfers in ledger order. */
export async function histories(store: LedgerStore, query: HistoryQuery): Promise<Map<Account, Transfer[]>> {
  const found = new Map<Account, Transfer[]>([...new Set(query.accounts)].map((account) => [account, []]));
  await store.histories(query, (owner, row) => found.get(owner)?.push(row));
  for (const rows of found.values()) rows.sort(compareTransfers);
  return found;
}

/** Every account that transactions touch, and all owners. */
export const accountsOf = (transactions: readonly UtxoTransaction[]): Account[] => {
  const owners = Array.from({ length: OWNERS }, (_, i) => ownerAt(i));
  const rows = transactions.flatMap(transfersOf);
  return [...new Set([...rows.flatMap(({ from, to }) => [from, to]), ...owners, feeSink(BITCOIN)])];
};

/** Holds every answer of a store about some transactions against the definition. @param there - those the ledger should have. */
export async function expectAnswers(
  store: LedgerStore,
  there: readonly UtxoTransaction[],
  asked: readonly UtxoTransaction[] = there,
): Promise<void> {
  const rows = expectedTransfers(there);
  const everything = { ...ALL, accounts: accountsOf(asked) };
  expect(await histories(store, everything)).toEqual(expectedHistories(rows, everything));
  expect(await store.transactions(asked.map(({ tx }) => tx))).toEqual(rows);
  const blocks = await store.blocks(BITCOIN, [...new Set(asked.map(({ blockNumber }) => blockNumber))]);
  expect(blocks.sort(compareTransfers)).toEqual(rows);
}
