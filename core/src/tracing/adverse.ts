import type { HistoryQuery, LedgerReader, Transfer } from '../ledger/index.ts';
import { compareTransfers } from '../ledger/index.ts';
import { isUtxoChain } from '../units/index.ts';
import type { AdverseFinding, Run, TagResult } from './result.ts';

export type AdverseOrder = AdverseFinding['order'];

/** Places in the block, by transaction, that differ from the ledger's. */
export type Reordering = ReadonlyMap<string, number>;

/**
 * Turns round the order that ingest assigned. `receipts-first`: in each block every account's receipts precede its
 * spends, cycles broken by the assigned order; `spends-first`: the reverse of it. Transactions with a known place,
 * and the order inside a transaction, stay; the others change places among themselves.
 * @param transfers - transfers consumed, in any order.
 */
export function adverseOrder(transfers: readonly Transfer[], order: AdverseOrder): Reordering {
  const places = new Map<string, number>();
  for (const block of blocksOf(transfers.filter(hasAssignedPlace))) {
    const transactions = [...groupByTx(block).values()].filter(([first]) => hasAssignedPlace(first as Transfer));
    if (transactions.length < 2) continue;
    const slots = transactions.map(([first]) => (first as Transfer).txIndex);
    const sorted = receiptsFirst(transactions);
    if (order === 'spends-first') sorted.reverse();
    sorted.forEach(([first], i) => {
      if ((first as Transfer).txIndex !== slots[i]) places.set((first as Transfer).tx, slots[i] as number);
    });
  }
  return places;
}

/** Was the transaction's place in its block assigned at ingest? */
export function hasAssignedPlace(transfer: Transfer): boolean {
  // What a UTXO transaction spends is named by it: its place in the block decides nothing.
  if (isUtxoChain(transfer.chain)) return false;
  return transfer.assigned === 'index' || transfer.assigned === 'both';
}

function blocksOf(transfers: readonly Transfer[]): Transfer[][] {
  const blocks = new Map<string, Transfer[]>();
  for (const transfer of [...transfers].sort(compareTransfers)) {
    const key = `${transfer.chain} ${transfer.blockNumber}`;
    const block = blocks.get(key);
    if (block === undefined) blocks.set(key, [transfer]);
    else block.push(transfer);
  }
  return [...blocks.values()].filter((block) => block.length > 1);
}

function groupByTx(block: readonly Transfer[]): Map<string, Transfer[]> {
  const groups = new Map<string, Transfer[]>();
  for (const transfer of block) {
    const group = groups.get(transfer.tx);
    if (group === undefined) groups.set(transfer.tx, [transfer]);
    else group.push(transfer);
  }
  return groups;
}

/** Repeatedly takes the first transaction, in assigned order, that spends from no holding another one left still pays into. */
function receiptsFirst(transactions: readonly Transfer[][]): Transfer[][] {
  const left = [...transactions];
  const sorted: Transfer[][] = [];
  while (left.length > 0) {
    const free = left.findIndex((tx) => !left.some((other) => other !== tx && paysInto(other, tx)));
    sorted.push(...left.splice(Math.max(free, 0), 1));
  }
  return sorted;
}

/** Does `one` pay into a holding that `two` spends from? */
function paysInto(one: readonly Transfer[], two: readonly Transfer[]): boolean {
  return one.some((a) => two.some((b) => a.to === b.from && a.asset === b.asset && a.from !== a.to));
}

/** The same ledger with transactions at other places in their blocks. */
export function reorderedReader(reader: LedgerReader, places: Reordering): LedgerReader {
  const move = (transfer: Transfer): Transfer => {
    const place = places.get(transfer.tx);
    return place === undefined ? transfer : { ...transfer, txIndex: place };
  };
  return {
    histories: (query: HistoryQuery, visit) =>
      reader.histories(query, (owner, transfer) => visit(owner, move(transfer))),
    transactions: async (hashes) => (await reader.transactions(hashes)).map(move).sort(compareTransfers),
    coverage: (accounts) => reader.coverage(accounts),
  };
}

/** Every figure that two results of one policy state differently. */
export function compareRuns(order: AdverseOrder, assigned: Run, adverse: Run): AdverseFinding[] {
  const findings: AdverseFinding[] = [];
  for (const tag of assigned.tags) {
    const other = adverse.tags.find((candidate) => candidate.tag === tag.tag) as TagResult;
    const before = figuresOf(tag, assigned);
    const after = figuresOf(other, adverse);
    for (const figure of [...new Set([...before.keys(), ...after.keys()])].sort()) {
      const [one, two] = [before.get(figure) ?? null, after.get(figure) ?? null];
      if (one !== two)
        findings.push({ order, policy: assigned.policy, tag: tag.tag, figure, assigned: one, adverse: two });
    }
  }
  return findings;
}

function figuresOf(tag: TagResult, run: Run): Map<string, bigint> {
  const figures = new Map<string, bigint>();
  const put = (name: string, value: bigint | null): void => {
    if (value !== null) figures.set(name, value);
  };
  put('stolen', tag.stolen);
  put('held', tag.held);
  put('lastSeen', tag.lastSeen);
  put('fees', tag.fees);
  for (const { reason, account, asset, origin } of tag.terminals) put(`${reason} ${account} ${asset}`, origin);
  for (const { account, asset, origin } of tag.holdings) put(`holding ${account} ${asset}`, origin);
  for (const touch of run.touched) {
    if (touch.tag === tag.tag) put(`touched ${touch.account} ${touch.asset}`, touch.gross);
  }
  return figures;
}
