import { CairnError } from '../../../errors.ts';
import type { Account, Chain } from '../../../units/index.ts';
import type { LedgerReader } from '../../ports.ts';
import {
  type Lock,
  type Outpoint,
  outpointAccount,
  type UtxoInput,
  type UtxoOutput,
  type UtxoTransaction,
} from '../../utxo/transaction.ts';
import type { OutputLookup } from './block-source.ts';

/** An output that a transaction spends and none of those at hand made. @param isStated - the source says what it is worth. */
type Wanted = { readonly account: Account; readonly outpoint: Outpoint; readonly isStated: boolean };
type Spent = { readonly amount: bigint; readonly lock: Lock };

/**
 * Fills in what inputs spend: from the transactions themselves, else from the ledger in one read, else as the source states it.
 * @param lookUp - asked for what is left; null: nobody is.
 * @returns the transactions with their inputs filled in, and how many inputs stay unresolved.
 * @throws {CairnError} `contradiction`: an output is spent twice, a source states another amount than the output has, or a
 *   transaction pays out more than it spends.
 */
export async function resolveInputs(
  reader: Pick<LedgerReader, 'histories'>,
  chain: Chain,
  transactions: readonly UtxoTransaction[],
  lookUp: OutputLookup | null,
): Promise<{ readonly transactions: readonly UtxoTransaction[]; readonly unresolved: number }> {
  const made = new Map<string, readonly UtxoOutput[]>();
  for (const { tx, outputs } of transactions) made.set(tx, outputs);
  const spenders = new Map<Account, string>();
  const wanted: Wanted[] = [];
  for (const { tx, inputs } of transactions) {
    for (const { outpoint, amount } of inputs) {
      if (outpoint === null) continue;
      const account = outpointAccount(chain, outpoint);
      const other = spenders.get(account);
      if (other !== undefined) throw spentTwice(account, other, tx);
      spenders.set(account, tx);
      if (!made.has(outpoint.tx)) wanted.push({ account, outpoint, isStated: amount !== null });
    }
  }
  const known = await readSpent(reader, wanted, spenders);
  if (lookUp !== null) await askFor(lookUp, wanted, known);
  let unresolved = 0;
  const filled = transactions.map((transaction) => {
    const inputs = transaction.inputs.map((input): UtxoInput => {
      if (input.outpoint === null) return input;
      const spent = spentOutput(chain, input, made, known, transaction.tx);
      if (spent === null && input.amount === null) unresolved++;
      return spent === null ? input : checked(input, spent, transaction.tx);
    });
    const full = { ...transaction, inputs };
    assertPaysOutNoMore(full);
    return full;
  });
  return { transactions: filled, unresolved };
}

function spentOutput(
  chain: Chain,
  { outpoint }: UtxoInput,
  made: ReadonlyMap<string, readonly UtxoOutput[]>,
  known: ReadonlyMap<Account, Spent>,
  spender: string,
): Spent | null {
  if (outpoint === null) return null;
  const outputs = made.get(outpoint.tx);
  if (outputs === undefined) return known.get(outpointAccount(chain, outpoint)) ?? null;
  const output = outputs[outpoint.index];
  if (output !== undefined) return output;
  throw new CairnError(
    'contradiction',
    `transaction ${spender} spends output ${outpoint.index} of ${outpoint.tx}, which has ${outputs.length} outputs`,
  );
}

/** What made each output, where the ledger has it; refuses one that another transaction of the ledger spends. */
async function readSpent(
  reader: Pick<LedgerReader, 'histories'>,
  wanted: readonly Wanted[],
  spenders: ReadonlyMap<Account, string>,
): Promise<Map<Account, Spent>> {
  const known = new Map<Account, Spent>();
  if (wanted.length === 0) return known;
  const query = { accounts: wanted.map(({ account }) => account), assets: null, until: null, limitPerAccount: null };
  await reader.histories(query, (account, row) => {
    if (row.kind === 'output' && row.to === account && row.lock !== undefined) {
      known.set(account, { amount: row.amount, lock: row.lock });
    }
    const spender = spenders.get(account) as string;
    if (row.kind === 'input' && row.from === account && row.tx !== spender) throw spentTwice(account, row.tx, spender);
  });
  return known;
}

/** Asks the source for outputs that neither it nor the ledger has told of yet. */
async function askFor(lookUp: OutputLookup, wanted: readonly Wanted[], known: Map<Account, Spent>): Promise<void> {
  const missing = wanted.filter(({ account, isStated }) => !isStated && !known.has(account));
  const found = missing.length === 0 ? null : await lookUp([...new Set(missing.map(({ outpoint }) => outpoint.tx))]);
  for (const { account, outpoint } of missing) {
    const output = found?.get(outpoint.tx)?.[outpoint.index];
    if (output !== undefined) known.set(account, { amount: output.amount, lock: output.lock });
  }
}

function checked(input: UtxoInput, spent: Spent, tx: string): UtxoInput {
  if (input.amount !== null && input.amount !== spent.amount) {
    const place = `${input.outpoint?.tx}:${input.outpoint?.index}`;
    throw new CairnError(
      'contradiction',
      `transaction ${tx} is said to spend ${input.amount} satoshis of ${place}, which was made with ${spent.amount}`,
    );
  }
  return { ...input, amount: spent.amount, lock: spent.lock };
}

function assertPaysOutNoMore({ tx, inputs, outputs }: UtxoTransaction): void {
  let spent = 0n;
  for (const { outpoint, amount } of inputs) {
    if (outpoint === null || amount === null) return;
    spent += amount;
  }
  const paid = outputs.reduce((sum, { amount }) => sum + amount, 0n);
  if (paid <= spent) return;
  throw new CairnError(
    'contradiction',
    `transaction ${tx} pays out ${paid} satoshis and spends ${spent}: it cannot be valid`,
  );
}

function spentTwice(account: Account, one: string, other: string): CairnError {
  const output = account.slice(account.lastIndexOf(':') + 1).replace('.', ':');
  return new CairnError('contradiction', `output ${output} is spent twice: by transaction ${one} and by ${other}`, {
    hints: ['one of the two is not on the chain: leave its source out'],
  });
}
