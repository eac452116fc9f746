import { CairnError } from '../../errors.ts';
import type { ChainReader, ChainTransaction, RecordSource, TransactionEvidence, Transfer } from '../../ledger/index.ts';
import { feeSink } from '../../ledger/index.ts';
import type { Chain } from '../../units/index.ts';
import { checkRecords, type RecordsAnswer } from './check-records.ts';
import {
  addVerdict,
  checkMovements,
  checkPlace,
  createChecker,
  type Differ,
  nothingFound,
  type Row,
  type Say,
  type Verdict,
} from './check-rows.ts';
import { checkTold } from './check-told.ts';
import type { Problem } from './model.ts';

/** How many transactions are asked for at once. */
const BATCH = 8;

/** Does each cited transfer exist on the chain as stated? `cited` = `checked` + `notCheckable` + `otherChains`. */
export type AuthenticityAnswer = {
  /** `not-checked`: nobody was asked, or only of other chains. `partly-checked`: what was checked agrees, some could not be. */
  readonly status: 'not-checked' | 'agrees' | 'partly-checked' | 'differs';
  /** Transfers: in the bundle, asked about, as stated, not as stated, and ones that who was asked cannot tell about. */
  readonly cited: number;
  readonly checked: number;
  readonly agreeing: number;
  readonly differing: number;
  readonly notCheckable: number;
  /** Transfers of chains of which nobody was asked. */
  readonly otherChains: number;
  /** The same of the records that prove crossings. */
  readonly records: RecordsAnswer;
  /** Who was asked: `the node`, sources by name. */
  readonly who: readonly string[];
  readonly problems: readonly Problem[];
  /** Why something was not checked, a sentence each. */
  readonly notes: readonly string[];
};

type CheckOptions = {
  readonly chain?: ChainReader;
  readonly sources?: readonly RecordSource[];
  readonly onProgress?: (progress: { readonly step: string; readonly done: number; readonly of: number }) => void;
  readonly signal?: AbortSignal;
};

/**
 * Each chain's transfers are held against the node, else against the first source of the chain.
 * @param transfers - as `transfers.csv` has them, so that problems can name its lines.
 */
export async function checkAuthenticity(
  transfers: readonly Transfer[],
  evidence: readonly TransactionEvidence[],
  options: CheckOptions,
): Promise<AuthenticityAnswer> {
  const verdict = nothingFound();
  const notes: string[] = [];
  const counts = { cited: transfers.length, asked: 0, otherChains: 0 };
  const rows = transfers.map((transfer, index) => ({ transfer, line: index + 2 }));
  for (const [chain, own] of Map.groupBy(rows, ({ transfer }) => transfer.chain)) {
    const found = await checkChain(own, chain, options);
    if (found === null) {
      counts.otherChains += own.length;
      notes.push(`${counted(own.length)} of ${chain} not checked: ${whoElse(options)}`);
      continue;
    }
    counts.asked += own.length;
    addVerdict(verdict, found);
    notes.push(...found.notes);
  }
  const { answer: records, problems } = await checkRecords(evidence, options.chain);
  verdict.problems.push(...problems);
  const who = [
    ...(options.chain === undefined ? [] : ['the node']),
    ...(options.sources ?? []).map(({ name }) => name),
  ];
  return summarise({ ...counts, records, who }, verdict, who.length === 0 ? ['no node was asked'] : notes);
}

/** Null: nobody was asked who has the chain. */
async function checkChain(
  rows: readonly Row[],
  of: Chain,
  options: CheckOptions,
): Promise<(Verdict & { readonly notes: readonly string[] }) | null> {
  const { chain } = options;
  if (chain?.chain === of) {
    const verdict = await checkAtNode(rows, chain, options);
    const notes = verdict.untold.size > 0 ? ['the node keeps no traces, so internal transfers were not checked'] : [];
    return { ...verdict, notes };
  }
  const source = options.sources?.find((one) => one.chain === of);
  if (source === undefined) return null;
  const verdict = await checkTold(rows, source, options);
  const { size } = verdict.untold;
  const why = `${source.name} cannot tell about ${counted(size)}: it does not show the inner calls of a transaction, or does not find transactions by hash`;
  return { ...verdict, notes: size > 0 ? [why] : [] };
}

const counted = (count: number): string => `${count} cited ${count === 1 ? 'transfer' : 'transfers'}`;

function whoElse({ chain, sources = [] }: CheckOptions): string {
  const asked = [
    ...(chain === undefined ? [] : [`the node is of ${chain.chain}`]),
    ...sources.map((one) => `${one.name} is of ${one.chain}`),
  ];
  return asked.length === 0 ? 'no node was asked' : asked.join(', ');
}

async function checkAtNode(
  rows: readonly Row[],
  chain: ChainReader,
  { onProgress, signal }: CheckOptions,
): Promise<Verdict> {
  const verdict = nothingFound();
  const byTx = Map.groupBy(rows, ({ transfer }) => transfer.tx);
  const hashes = [...byTx.keys()];
  for (let i = 0; i < hashes.length; i += BATCH) {
    if (signal?.aborted === true) throw new CairnError('interrupted', 'verification was stopped');
    const batch = hashes.slice(i, i + BATCH);
    const verdicts = await Promise.all(batch.map((hash) => checkTransaction(chain, hash, byTx.get(hash) ?? [])));
    for (const found of verdicts) addVerdict(verdict, found);
    onProgress?.({ step: 'transactions', done: Math.min(i + BATCH, hashes.length), of: hashes.length });
  }
  return verdict;
}

type Counts = Pick<AuthenticityAnswer, 'cited' | 'otherChains' | 'records' | 'who'> & { readonly asked: number };

function summarise(
  { cited, asked, otherChains, records, who }: Counts,
  verdict: Verdict,
  notes: readonly string[],
): AuthenticityAnswer {
  const { problems, wrong, untold } = verdict;
  const notCheckable = [...untold].filter((line) => !wrong.has(line)).length;
  const checked = asked - notCheckable;
  const whole = checked === cited && records.checked === records.cited ? 'agrees' : 'partly-checked';
  const differs = wrong.size > 0 || records.differing > 0;
  return {
    status: differs ? 'differs' : checked + records.checked === 0 ? 'not-checked' : whole,
    cited,
    checked,
    agreeing: checked - wrong.size,
    differing: wrong.size,
    notCheckable,
    otherChains,
    records,
    who,
    problems,
    notes,
  };
}

async function checkTransaction(chain: ChainReader, hash: string, rows: readonly Row[]): Promise<Verdict> {
  const checker = createChecker();
  const found = await chain.transaction(hash);
  if (found === null) {
    for (const row of rows) checker.say(row, 'the node knows no such transaction', null, null);
    return checker.verdict;
  }
  for (const row of rows) checkPlace(row, found, checker.differ);
  for (const row of rows.filter(({ transfer }) => transfer.kind === 'native')) checkNative(row, found, checker);
  for (const row of rows.filter(({ transfer }) => transfer.kind === 'fee')) checkFee(row, found, checker.differ);
  checkMovements(rows, 'token', found.tokens, 'token transfer in its events', checker.say);
  const internal = rows.filter(({ transfer }) => transfer.kind === 'internal');
  const inner = internal.length === 0 ? [] : await chain.internalTransfers(hash);
  if (inner === null) for (const { line } of internal) checker.verdict.untold.add(line);
  else checkMovements(rows, 'internal', inner, 'internal transfer in its trace', checker.say);
  return checker.verdict;
}

function checkNative(row: Row, found: ChainTransaction, { say, differ }: { say: Say; differ: Differ }): void {
  const { transfer } = row;
  differ(row, 'from', transfer.from, found.from);
  differ(row, 'to', transfer.to, found.to);
  differ(row, 'amount', transfer.amount, found.value);
  differ(row, 'asset', transfer.asset, found.nativeAsset);
  if (!found.succeeded) say(row, 'the transaction failed and moved nothing', transfer.amount.toString(), '0');
}

function checkFee(row: Row, found: ChainTransaction, differ: Differ): void {
  const { transfer } = row;
  differ(row, 'from', transfer.from, found.from);
  differ(row, 'to', transfer.to, feeSink(transfer.chain));
  differ(row, 'amount', transfer.amount, found.fee);
  differ(row, 'asset', transfer.asset, found.nativeAsset);
}
