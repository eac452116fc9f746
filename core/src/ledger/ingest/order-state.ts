import type { Chain } from '../../units/index.ts';
import type { Transfer } from '../transfer.ts';

/** A transaction's place as far as it is settled. */
export type TxState = {
  /** The hash, detached from the text of the file. */
  readonly tx: string;
  readonly index: number;
  readonly indexAssigned: boolean;
  /** First line that names the transaction; 0 where it comes from the ledger. */
  readonly line: number;
  /** Transfers settled in this pass, and the lines they stand on. */
  placed: readonly Transfer[];
  lines: readonly number[];
  /** Position → place in `placed`; null while there are few. */
  byPosition: Map<number, number> | null;
  /** Next positions to try, by base; null until one is assigned. */
  next: Map<number, number> | null;
  /** What the ledger already has of the transaction, by position. */
  readonly existing: readonly Transfer[];
  /** How many rows of one content the file has had so far; only kept where the ledger has the transaction. */
  seen: Map<string, number> | null;
};

export type BlockState = {
  readonly chain: Chain;
  readonly number: number;
  /** Null until a row or the ledger gives it. */
  time: number | null;
  /** Line the time is from; 0: the ledger. */
  timeLine: number;
  readonly txs: Map<string, TxState>;
  /** Which transaction has an index; null until a row brings one, because few files need it. */
  owners: Map<number, TxState> | null;
  /** One more than the largest index in use. */
  nextIndex: number;
};

/** Up to this many transfers a search through the list beats a map. */
const FEW = 16;

const NONE: readonly Transfer[] = [];
const NO_LINES: readonly number[] = [];

export function createTxState(
  tx: string,
  place: { index: number; indexAssigned: boolean; line: number },
  existing: readonly Transfer[] = NONE,
): TxState {
  return { tx, ...place, placed: NONE, lines: NO_LINES, byPosition: null, next: null, existing, seen: null };
}

/** Place in `placed` of the transfer at a position, -1 where there is none. */
export function placedAt(tx: TxState, position: number): number {
  if (tx.byPosition !== null) return tx.byPosition.get(position) ?? -1;
  for (let i = tx.placed.length - 1; i >= 0; i--) if ((tx.placed[i] as Transfer).position === position) return i;
  return -1;
}

export function addPlaced(tx: TxState, transfer: Transfer, line: number): void {
  tx.byPosition?.set(transfer.position, tx.placed.length);
  if (tx.placed.length === 0) {
    // Most transactions have one row; a list that grows would reserve room for seventeen.
    tx.placed = [transfer];
    tx.lines = [line];
    return;
  }
  (tx.placed as Transfer[]).push(transfer);
  (tx.lines as number[]).push(line);
  if (tx.placed.length === FEW) tx.byPosition = new Map(tx.placed.map((placed, i) => [placed.position, i]));
}

/** Which transaction of the block has an index, if any. */
export function ownerOf(block: BlockState, index: number): TxState | undefined {
  block.owners ??= new Map([...block.txs.values()].map((state) => [state.index, state]));
  return block.owners.get(index);
}

export function enterTx(block: BlockState, state: TxState): void {
  block.txs.set(state.tx, state);
  block.owners?.set(state.index, state);
  if (state.index >= block.nextIndex) block.nextIndex = state.index + 1;
}

/** A block as the ledger has it: its time, its transactions and their places. */
export function openBlock(chain: Chain, number: number, existing: readonly Transfer[]): BlockState {
  const block: BlockState = {
    chain,
    number,
    time: null,
    timeLine: 0,
    txs: new Map(),
    owners: null,
    nextIndex: 0,
  };
  if (existing.length === 0) return block;
  block.time = (existing[0] as Transfer).blockTime;
  const byTx = Map.groupBy(existing, (transfer) => transfer.tx);
  for (const [tx, transfers] of byTx) {
    const { txIndex, assigned } = transfers[0] as Transfer;
    const sorted = [...transfers].sort((a, b) => a.position - b.position);
    const indexAssigned = assigned === 'index' || assigned === 'both';
    enterTx(block, createTxState(tx, { index: txIndex, indexAssigned, line: 0 }, sorted));
  }
  return block;
}
