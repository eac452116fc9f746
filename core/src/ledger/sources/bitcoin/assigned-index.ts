import type { Transfer } from '../../transfer.ts';
import type { UtxoTransaction } from '../../utxo/transaction.ts';

/**
 * Where assigned places in a block begin: beyond any real one. (A block holds at most some 16,700 transactions: 4,000,000 units of
 * weight, at least 240 each.)
 */
export const ASSIGNED_FROM = 100_000;

/**
 * Places in the block for transactions whose source does not tell theirs: coinbases first, then each after those of the block that
 * it spends from, ties by transaction id; after what the ledger has in the block.
 * @param transactions - by block, ascending.
 * @param rows - what the ledger has of these blocks; a transaction it has keeps its place.
 */
export function assignIndexes(transactions: readonly UtxoTransaction[], rows: readonly Transfer[]): UtxoTransaction[] {
  const inLedger = new Set(rows.map(({ tx }) => tx));
  const lacksPlace = ({ indexAssigned, tx }: UtxoTransaction): boolean => indexAssigned && !inLedger.has(tx);
  if (!transactions.some(lacksPlace)) return [...transactions];
  const next = new Map<number, number>();
  for (const { blockNumber, txIndex } of rows) {
    next.set(blockNumber, Math.max(next.get(blockNumber) ?? ASSIGNED_FROM, txIndex + 1));
  }
  const placed: UtxoTransaction[] = transactions.filter((one) => !lacksPlace(one));
  const unplaced = Map.groupBy(transactions.filter(lacksPlace), ({ blockNumber }) => blockNumber);
  for (const [block, members] of unplaced) {
    let txIndex = next.get(block) ?? ASSIGNED_FROM;
    for (const member of bySpending(members)) placed.push({ ...member, txIndex: txIndex++ });
  }
  return placed.sort((a, b) => a.blockNumber - b.blockNumber || a.txIndex - b.txIndex);
}

/** Depth-first over what each spends, without recursion: chains of spends in one block can be thousands long. */
function bySpending(members: readonly UtxoTransaction[]): UtxoTransaction[] {
  const byId = new Map(members.map((member) => [member.tx, member]));
  const isCoinbase = ({ inputs }: UtxoTransaction): boolean => inputs.every(({ outpoint }) => outpoint === null);
  const sorted = [...members].sort(
    (a, b) => Number(isCoinbase(b)) - Number(isCoinbase(a)) || (a.tx < b.tx ? -1 : a.tx > b.tx ? 1 : 0),
  );
  const ordered: UtxoTransaction[] = [];
  const entered = new Set<string>();
  for (const root of sorted) {
    const path = entered.has(root.tx) ? [] : [{ member: root, at: 0 }];
    entered.add(root.tx);
    while (path.length > 0) {
      const step = path.at(-1) as { member: UtxoTransaction; at: number };
      const input = step.member.inputs[step.at++];
      if (input === undefined) {
        ordered.push(step.member);
        path.pop();
        continue;
      }
      const parent = input.outpoint === null ? undefined : byId.get(input.outpoint.tx);
      if (parent === undefined || entered.has(parent.tx)) continue;
      entered.add(parent.tx);
      path.push({ member: parent, at: 0 });
    }
  }
  return ordered;
}
