import { CairnError } from '../../errors.ts';
import type { RecordSource, ToldTransaction, Transfer } from '../../ledger/index.ts';
import { isUtxoChain } from '../../units/index.ts';
import { checkMovements, checkPlace, createChecker, isIndexKnown, type Row, type Verdict } from './check-rows.ts';

/** Transactions that a source is asked for together. */
const AT_ONCE = 100;

/** What each kind of row is called in a message. */
const CALLED: Readonly<Record<Transfer['kind'], string>> = {
  native: 'transfer of its own value',
  internal: 'transfer by an inner call',
  token: 'transfer of tokens',
  fee: 'fee',
  input: 'input',
  output: 'output',
};

type Asking = {
  readonly onProgress?: (progress: { readonly step: string; readonly done: number; readonly of: number }) => void;
  readonly signal?: AbortSignal;
};

/** Are cited transfers of a chain what a source says of their transactions, asked anew? */
export async function checkTold(
  rows: readonly Row[],
  source: RecordSource,
  { onProgress, signal }: Asking,
): Promise<Verdict> {
  const checker = createChecker();
  const byTx = Map.groupBy(rows, ({ transfer }) => transfer.tx);
  const hashes = [...byTx.keys()];
  const knowsAll = await source.knowsAll();
  for (let i = 0; i < hashes.length; i += AT_ONCE) {
    if (signal?.aborted === true) throw new CairnError('interrupted', 'verification was stopped');
    const batch = hashes.slice(i, i + AT_ONCE);
    const told = await source.transactions(batch);
    for (const hash of batch) {
      const cited = byTx.get(hash) as Row[];
      const found = told.get(hash);
      if (found !== undefined) checkTransaction(cited, found, checker);
      else if (knowsAll) {
        for (const row of cited) checker.say(row, `${source.name} knows no such transaction`, null, null);
      } else for (const { line } of cited) checker.verdict.untold.add(line);
    }
    onProgress?.({ step: `transactions at ${source.name}`, done: i + batch.length, of: hashes.length });
  }
  return checker.verdict;
}

function checkTransaction(
  rows: readonly Row[],
  { transfers, showsInner }: ToldTransaction,
  { verdict, say, differ }: ReturnType<typeof createChecker>,
): void {
  const [first] = transfers;
  for (const row of rows) {
    if (first === undefined) say(row, 'the transaction moved nothing', null, null);
    else checkPlace(row, { ...first, txIndex: isIndexKnown(first) ? first.txIndex : null }, differ);
  }
  if (first === undefined) return;
  const [sample] = rows;
  if (sample !== undefined && isUtxoChain(sample.transfer.chain)) {
    const byPosition = new Map(transfers.map((transfer) => [transfer.position, transfer]));
    for (const row of rows) checkSlot(row, byPosition.get(row.transfer.position), { say, differ });
    return;
  }
  for (const kind of new Set(rows.map(({ transfer }) => transfer.kind))) {
    const movements = transfers.filter((transfer) => transfer.kind === kind);
    if (kind === 'internal' && !showsInner) {
      for (const { transfer, line } of rows) if (transfer.kind === kind) verdict.untold.add(line);
    } else checkMovements(rows, kind, movements, CALLED[kind], say);
  }
}

/** An input or output has its place in its transaction. */
function checkSlot(
  row: Row,
  found: Transfer | undefined,
  { say, differ }: Pick<ReturnType<typeof createChecker>, 'say' | 'differ'>,
): void {
  const { transfer } = row;
  if (found === undefined || found.kind !== transfer.kind) {
    say(row, `the transaction has no such ${CALLED[transfer.kind]}`, null, null);
    return;
  }
  differ(row, 'from', transfer.from, found.from);
  differ(row, 'to', transfer.to, found.to);
  differ(row, 'asset', transfer.asset, found.asset);
  const isKnown = transfer.unresolved !== true && found.unresolved !== true;
  if (isKnown) differ(row, 'amount', transfer.amount, found.amount);
}
