import { isUtxoChain } from '../../../units/index.ts';
import type { Transfer } from '../../transfer.ts';
import { contradiction, contradicts } from '../consistency.ts';
import type { LedgerSql } from './executor.ts';
import { eachRow, readRows, readUInt64 } from './row-binary.ts';
import { BLOCK_COLUMNS, entryColumns, literal, names, ONCE, withImport } from './tables.ts';
import { decodeTransfers, TRANSFER_COLUMNS } from './transfer-rows.ts';

type BlockTime = { readonly blockNumber: number; readonly blockTime: number };

/** Where an import's transfers of one chain lie. */
export type ChainSpan = {
  first: BlockTime;
  last: BlockTime;
  /** The transfer that was written last. */
  end: Transfer;
  /** Every transfer came after the one before it, in place and in time: the import cannot contradict itself. */
  inOrder: boolean;
};

/** What to check: one chain of one import that is written and not committed. */
type Written = {
  readonly executor: LedgerSql;
  readonly id: number;
  readonly chain: string;
  readonly span: ChainSpan;
};

/**
 * Holds a written import against itself and the ledger before it is committed. Costs next to nothing where the
 * import came in order and shares no stretch of blocks with the ledger.
 * @param written - how many transfers were written.
 * @returns the number to commit (another one where repeated transfers had to be left out) and how many transfers it adds.
 * @throws contradiction, naming the transactions, where rows cannot all be true.
 */
export async function settleImport(
  executor: LedgerSql,
  id: number,
  spans: ReadonlyMap<string, ChainSpan>,
  written: number,
): Promise<{ readonly id: number; readonly transfers: number }> {
  let repeats = false;
  for (const [chain, span] of spans) {
    const one = { executor, id, chain, span };
    const crossed = await crossesLedger(one);
    await checkTimes(one, crossed || !span.inOrder);
    if ((crossed || !span.inOrder) && (await repeatsPlaces(one))) repeats = true;
  }
  return repeats ? leaveOutRepeats(executor, id, [...spans.keys()]) : { id, transfers: written };
}

/** Whether the ledger has blocks between the import's first and last. */
async function crossesLedger({ executor, chain, span }: Written): Promise<boolean> {
  const rows = await readRows(
    executor.query(
      `SELECT block_number FROM blocks WHERE chain = ${literal(chain)} AND ${executor.visible()} ` +
        `AND block_number >= ${span.first.blockNumber} AND block_number <= ${span.last.blockNumber} LIMIT 1`,
    ),
  );
  return !rows.done();
}

/** Checks that time never falls and no block has two times. @param each - look at every block, not at the ends alone. */
async function checkTimes(written: Written, each: boolean): Promise<void> {
  const { executor, id, chain, span } = written;
  const before = await neighbour(written, `block_number < ${span.first.blockNumber}`, 'DESC');
  const after = await neighbour(written, `block_number > ${span.last.blockNumber}`, 'ASC');
  const order = createTimeOrder();
  if (before !== null) order.next(before);
  order.next(span.first);
  if (each) {
    const sql =
      `SELECT block_number, block_time FROM blocks WHERE chain = ${literal(chain)} AND ${withImport(executor.visible(), id)} ` +
      `AND block_number >= ${span.first.blockNumber} AND block_number <= ${span.last.blockNumber} ` +
      'ORDER BY block_number, block_time';
    await eachRow(
      executor.query(sql),
      (_, at) => at + 16,
      (_, view, at) => order.next({ blockNumber: readUInt64(view, at), blockTime: readUInt64(view, at + 8) }),
    );
  } else {
    order.next(span.last);
  }
  if (after !== null) order.next(after);
  if (order.fault !== null) throw await timeContradiction(written, order.fault);
}

/** Looks at blocks in order; `fault` is the first pair that cannot both be true. */
function createTimeOrder(): { next(block: BlockTime): void; fault: readonly [BlockTime, BlockTime] | null } {
  let last: BlockTime | null = null;
  return {
    fault: null,
    next(block) {
      if (last !== null && this.fault === null) {
        const same = block.blockNumber === last.blockNumber;
        if (same ? block.blockTime !== last.blockTime : block.blockTime < last.blockTime) this.fault = [last, block];
      }
      last = block;
    },
  };
}

async function neighbour(
  { executor, chain }: Written,
  where: string,
  direction: 'ASC' | 'DESC',
): Promise<BlockTime | null> {
  const rows = await readRows(
    executor.query(
      `SELECT block_number, block_time FROM blocks WHERE chain = ${literal(chain)} AND ${executor.visible()} AND ${where} ` +
        `ORDER BY block_number ${direction} LIMIT 1`,
    ),
  );
  return rows.done() ? null : { blockNumber: rows.uint64(), blockTime: rows.uint64() };
}

async function timeContradiction(written: Written, fault: readonly [BlockTime, BlockTime]): Promise<Error> {
  const at = ({ blockNumber, blockTime }: BlockTime): Promise<Transfer[]> =>
    transfersWhere(written, `block_number = ${blockNumber} AND block_time = ${blockTime}`);
  const [a] = await at(fault[0]);
  const [b] = await at(fault[1]);
  return contradiction(a as Transfer, b as Transfer);
}

/** Some transfers of the chain that meet a condition, the import's included. */
async function transfersWhere({ executor, id, chain }: Written, where: string): Promise<Transfer[]> {
  const found: Transfer[] = [];
  const sql =
    `SELECT ${TRANSFER_COLUMNS} FROM entries WHERE chain = ${literal(chain)} AND ${where} ` +
    `AND ${ONCE} AND ${withImport(executor.visible(), id)} ORDER BY tx_index, position, import_id LIMIT 1000`;
  await decodeTransfers(executor.query(sql), (_, transfer) => found.push(transfer));
  return found;
}

/** Columns in which rows at one place must agree; `account` is the payer. */
const CONTENT = ['account', 'counterparty', 'asset', 'tx_text', 'tx_form', 'tx', 'kind'];

/** Whether some place has more than one row. @throws contradiction if rows at one place differ. */
async function repeatsPlaces(written: Written): Promise<boolean> {
  const { executor, id, chain, span } = written;
  const onChain = `chain = ${literal(chain)}`;
  const own = `SELECT block_number FROM blocks WHERE ${onChain} AND import_id = ${id}`;
  // An import in order has no repeats in itself: only blocks that the ledger has too can hold any.
  const blocks = span.inOrder
    ? `${own} AND block_number IN (SELECT block_number FROM blocks WHERE ${onChain} AND ${executor.visible()})`
    : own;
  const place = 'block_number, tx_index, position';
  const rows = `entries WHERE ${onChain} AND ${ONCE} AND ${withImport(executor.visible(), id)} AND block_number IN (${blocks})`;
  const repeated = `SELECT ${place} FROM ${rows} GROUP BY ${place} HAVING count() > 1`;
  const first = await readRows(executor.query(`${repeated} LIMIT 1`));
  if (first.done()) return false;
  const fields = CONTENT.map((column) => `min(${column}) != max(${column})`).join(' OR ');
  // A row that spends an output nobody knew moves nothing yet: it does not contradict one that knows the amount.
  const differ = `${fields} OR (min(amount) != max(amount) AND minIf(amount, unresolved = 0) != maxIf(amount, unresolved = 0))`;
  const fault = await readRows(
    executor.query(
      `SELECT ${place} FROM ${rows} AND (${place}) IN (${repeated}) GROUP BY ${place} HAVING ${differ} ORDER BY ${place} LIMIT 1`,
    ),
  );
  if (fault.done()) return true;
  const [blockNumber, txIndex, position] = [fault.uint64(), fault.uint32(), fault.int32()];
  const there = await transfersWhere(
    written,
    `block_number = ${blockNumber} AND tx_index = ${txIndex} AND position = ${position}`,
  );
  // Any two of them may be those that differ: a row that knows less agrees with both.
  const pairs = there.flatMap((a, i) => there.slice(i + 1).map((b) => [a, b] as const));
  const [a, b] = pairs.find(([one, other]) => contradicts(one, other)) as readonly [Transfer, Transfer];
  throw contradiction(a, b);
}

/**
 * Writes the import again under the next number, without what the ledger has and each transfer once;
 * of two rows of one transfer, the one that knows more about order and amount. A row that knows the output it spends is
 * written beside the ledger's row that does not: readers take the one that knows.
 */
async function leaveOutRepeats(
  executor: LedgerSql,
  id: number,
  chains: readonly string[],
): Promise<{ readonly id: number; readonly transfers: number }> {
  const next = id + 1;
  const rest = names(entryColumns(executor.amountType).slice(1));
  const place = 'block_number, tx_index, position';
  let transfers = 0;
  for (const chain of chains) {
    const onChain = `chain = ${literal(chain)}`;
    const there =
      `entries WHERE ${onChain} AND ${ONCE} AND ${executor.visible()} ` +
      `AND block_number IN (SELECT block_number FROM blocks WHERE ${onChain} AND import_id = ${id})`;
    await executor.command(
      `INSERT INTO entries (import_id, ${rest}) SELECT toUInt32(${next}), ${rest} FROM entries
        WHERE ${onChain} AND import_id = ${id} AND (${place}, unresolved) NOT IN (
          SELECT ${place}, arrayJoin(if(unresolved = 0, [0, 1], [1])) FROM ${there})
        ORDER BY account, ${place}, side, unresolved, assigned, rounded LIMIT 1 BY account, ${place}, side`,
    );
    const written = `SELECT count() FROM entries WHERE ${onChain} AND import_id = ${next} AND ${ONCE}`;
    const replaced = isUtxoChain(chain) ? ` AND (${place}) NOT IN (SELECT ${place} FROM ${there})` : '';
    const count = await readRows(executor.query(`${written}${replaced}`));
    transfers += count.uint64();
  }
  await executor.command(
    `INSERT INTO blocks (${names(BLOCK_COLUMNS)}) SELECT DISTINCT toUInt32(${next}), chain, block_number, block_time
      FROM blocks WHERE import_id = ${id}`,
  );
  return { id: next, transfers };
}
