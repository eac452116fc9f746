import { CairnError } from '../../errors.ts';
import type {
  ChainMovement,
  ChainReader,
  ChainTransaction,
  TransactionEvidence,
  Transfer,
} from '../../ledger/index.ts';
import { feeSink } from '../../ledger/index.ts';
import { checkRecords, NO_RECORDS, type RecordsAnswer } from './check-records.ts';
import type { Problem } from './model.ts';

/** How many transactions are asked for at once. */
const BATCH = 8;

/** Does each cited transfer exist on the chain as stated? With a node, `cited` = `checked` + `notCheckable` + `otherChains`. */
export type AuthenticityAnswer = {
  /** `not-checked`: no node, or one of another chain. `partly-checked`: what was checked agrees, some could not be. */
  readonly status: 'not-checked' | 'agrees' | 'partly-checked' | 'differs';
  /** Transfers: in the bundle, asked about, as stated, not as stated, and ones this node cannot tell about. */
  readonly cited: number;
  readonly checked: number;
  readonly agreeing: number;
  readonly differing: number;
  readonly notCheckable: number;
  /** Transfers of chains that the node does not have. */
  readonly otherChains: number;
  /** The same of the records that prove crossings. */
  readonly records: RecordsAnswer;
  readonly problems: readonly Problem[];
  /** Why something was not checked, a sentence each. */
  readonly notes: readonly string[];
};

type CheckOptions = {
  readonly chain?: ChainReader;
  readonly onProgress?: (progress: { readonly step: string; readonly done: number; readonly of: number }) => void;
  readonly signal?: AbortSignal;
};

type Row = { readonly transfer: Transfer; readonly line: number };

type Verdict = { readonly problems: Problem[]; readonly wrong: Set<number>; readonly untold: Set<number> };

/** @param transfers - as `transfers.csv` has them, so that problems can name its lines. */
export async function checkAuthenticity(
  transfers: readonly Transfer[],
  evidence: readonly TransactionEvidence[],
  { chain, onProgress, signal }: CheckOptions,
): Promise<AuthenticityAnswer> {
  const rows = transfers.map((transfer, index) => ({ transfer, line: index + 2 }));
  const own = rows.filter(({ transfer }) => transfer.chain === chain?.chain);
  const verdict: Verdict = { problems: [], wrong: new Set(), untold: new Set() };
  if (chain === undefined) {
    const records = { ...NO_RECORDS, cited: evidence.length };
    return summarise({ cited: rows.length, asked: 0, otherChains: 0, records }, verdict, ['no node was asked']);
  }
  const byTx = Map.groupBy(own, ({ transfer }) => transfer.tx);
  const hashes = [...byTx.keys()];
  for (let i = 0; i < hashes.length; i += BATCH) {
    if (signal?.aborted === true) throw new CairnError('interrupted', 'verification was stopped');
    const batch = hashes.slice(i, i + BATCH);
    const verdicts = await Promise.all(batch.map((hash) => checkTransaction(chain, hash, byTx.get(hash) ?? [])));
    for (const { problems, wrong, untold } of verdicts) {
      verdict.problems.push(...problems);
      for (const line of wrong) verdict.wrong.add(line);
      for (const line of untold) verdict.untold.add(line);
    }
    onProgress?.({ step: 'transactions', done: Math.min(i + BATCH, hashes.length), of: hashes.length });
  }
  const notes: string[] = [];
  for (const [other, { length }] of Map.groupBy(rows, ({ transfer }) => transfer.chain)) {
    if (other !== chain.chain) {
      notes.push(
        `the node is of ${chain.chain}; ${length} cited ${length === 1 ? 'transfer' : 'transfers'} of ${other} not checked`,
      );
    }
  }
  if (verdict.untold.size > 0) notes.push('the node keeps no traces, so internal transfers were not checked');
  const { answer: records, problems } = await checkRecords(evidence, chain);
  verdict.problems.push(...problems);
  const counts = { cited: rows.length, asked: own.length, otherChains: rows.length - own.length, records };
  return summarise(counts, verdict, notes);
}

type Counts = Pick<AuthenticityAnswer, 'cited' | 'otherChains' | 'records'> & { readonly asked: number };

function summarise(
  { cited, asked, otherChains, records }: Counts,
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

type Say = (row: Row, message: string, stated: string | null, found: string | null) => void;
type Differ = (row: Row, field: string, stated: unknown, found: unknown) => void;

function createChecker(): { verdict: Verdict; say: Say; differ: Differ } {
  const verdict: Verdict = { problems: [], wrong: new Set(), untold: new Set() };
  const say: Say = (row, message, stated, found) => {
    verdict.wrong.add(row.line);
    const { tx, position } = row.transfer;
    verdict.problems.push({
      part: 'transfers.csv',
      place: `line ${row.line} (${tx}:${position})`,
      message,
      stated,
      found,
    });
  };
  const differ: Differ = (row, field, stated, found) => {
    if (String(stated) === String(found)) return;
    say(row, `${field} is not what the chain has${roundedNote(row, field)}`, String(stated), String(found));
  };
  return { verdict, say, differ };
}

function checkPlace(row: Row, found: ChainTransaction, differ: Differ): void {
  const { transfer } = row;
  differ(row, 'block_number', transfer.blockNumber, found.blockNumber);
  differ(row, 'block_time', transfer.blockTime, found.blockTime);
  // An index that ingest assigned is no statement about the chain.
  const known = transfer.assigned === 'none' || transfer.assigned === 'position';
  if (known) differ(row, 'tx_index', transfer.txIndex, found.txIndex);
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

/** Each cited movement needs one of its own on the chain; order inside the transaction is not compared. */
function checkMovements(
  rows: readonly Row[],
  kind: Transfer['kind'],
  movements: readonly ChainMovement[],
  what: string,
  say: Say,
): void {
  const left = [...movements];
  const unmatched: Row[] = [];
  for (const row of rows) {
    if (row.transfer.kind !== kind) continue;
    const index = left.findIndex(
      (movement) => alike(movement, row.transfer) && movement.amount === row.transfer.amount,
    );
    if (index < 0) unmatched.push(row);
    else left.splice(index, 1);
  }
  for (const row of unmatched) {
    const index = left.findIndex((movement) => alike(movement, row.transfer));
    const [other] = index < 0 ? [] : left.splice(index, 1);
    if (other === undefined) say(row, `the transaction has no such ${what}`, show(row.transfer), null);
    else
      say(
        row,
        `amount is not what the chain has${roundedNote(row, 'amount')}`,
        `${row.transfer.amount}`,
        `${other.amount}`,
      );
  }
}

function alike(movement: ChainMovement, { from, to, asset }: Transfer): boolean {
  return movement.from === from && movement.to === to && movement.asset === asset;
}

function show({ from, to, asset, amount }: Transfer): string {
  return `${amount} of ${asset} from ${from} to ${to}`;
}

function roundedNote({ transfer }: Row, field: string): string {
  return field === 'amount' && transfer.rounded ? '; its source gave a rounded number' : '';
}
