import { CairnError } from '../../errors.ts';
import type { Chain } from '../../units/index.ts';
import type { AssignedOrder, Transfer } from '../transfer.ts';
import { BlocksOutOfOrder, type Draft, RowRejection } from './draft.ts';
import { findInLedger, hasAssignedPosition, sameMovement } from './match.ts';
import {
  addPlaced,
  type BlockState,
  createTxState,
  enterTx,
  openBlock,
  ownerOf,
  placedAt,
  type TxState,
} from './order-state.ts';

/** What ordering found out about a file. */
export type OrderSummary = {
  /** Transfers whose transaction's place in the block, or own place in the transaction, was assigned. */
  readonly assigned: number;
  /** Rows that state a transfer the ledger already has. */
  readonly known: number;
  /** Rows that state a place and content an earlier row of the file states. */
  readonly repeated: number;
  /** Transactions with more than one row of top-level value, by the lines of the first such pair. */
  readonly severalTopLevel: { readonly count: number; readonly lines: readonly [number, number] } | null;
};

/** Settles the place of every row of one file. */
export type Orderer = {
  /** Blocks of these rows whose record in the ledger must be loaded before the rows can be placed. */
  missing(drafts: readonly Draft[]): ReadonlyMap<Chain, readonly number[]>;
  load(existing: readonly Transfer[]): void;
  /**
   * @returns the transfer, or null where file or ledger already has it.
   * @throws {RowRejection} no time is known for the row's block.
   * @throws {BlocksOutOfOrder} where blocks must be in order and are not.
   * @throws contradiction, naming both lines.
   */
  place(draft: Draft): Transfer | null;
  /** @throws contradiction where time falls as blocks rise. */
  finish(): OrderSummary;
};

type ChainState = {
  current: BlockState | null;
  timed: BlockState | null;
  readonly blocks: Map<number, BlockState> | null;
};

/**
 * Places rows in file order inside their blocks where the source has no order of its own.
 * @param keepAll - false: blocks come in rising order and earlier ones are forgotten, so memory is one block's; true: any order.
 */
export function createOrderer(options: {
  readonly keepAll: boolean;
  readonly describe: (line: number) => string;
}): Orderer {
  const chains = new Map<Chain, ChainState>();
  const loaded = new Map<string, Transfer[]>();
  const counts = { assigned: 0, known: 0, repeated: 0, several: 0, lines: [0, 0] as [number, number] };
  const name = options.describe;

  function chainState(chain: Chain): ChainState {
    let state = chains.get(chain);
    if (state === undefined) {
      state = { current: null, timed: null, blocks: options.keepAll ? new Map() : null };
      chains.set(chain, state);
    }
    return state;
  }

  function enterBlock(state: ChainState, draft: Draft): BlockState {
    const kept = state.blocks?.get(draft.blockNumber);
    if (kept !== undefined) return kept;
    if (state.blocks === null && state.current !== null && draft.blockNumber < state.current.number) {
      throw new BlocksOutOfOrder(`line ${draft.line}`);
    }
    const key = `${draft.chain} ${draft.blockNumber}`;
    const block = openBlock(draft.chain, draft.blockNumber, loaded.get(key) ?? []);
    loaded.delete(key);
    state.blocks?.set(draft.blockNumber, block);
    return block;
  }

  function settleTime(state: ChainState, block: BlockState, draft: Draft): number {
    if (draft.blockTime === null) {
      if (block.time !== null) return block.time;
      throw new RowRejection('no block time: ingest its transactions first');
    }
    if (block.time === null) {
      block.time = draft.blockTime;
      block.timeLine = draft.line;
    } else if (block.time !== draft.blockTime) throw twoTimes(block, draft, name);
    if (!options.keepAll && state.timed !== block) {
      if (state.timed !== null) checkRising(state.timed, block, name);
      state.timed = block;
    }
    return draft.blockTime;
  }

  function place(draft: Draft): Transfer | null {
    const state = chainState(draft.chain);
    let block = state.current;
    if (block === null || block.number !== draft.blockNumber) {
      block = enterBlock(state, draft);
      state.current = block;
    }
    const blockTime = settleTime(state, block, draft);
    const tx = block.txs.get(draft.tx) ?? settleIndex(block, draft, name);
    if (draft.txIndex !== null && draft.txIndex !== tx.index && !tx.indexAssigned) throw twoIndexes(tx, draft, name);
    const position = settlePosition(tx, draft, counts, name);
    if (position === null) return null;
    const assigned = assignedOrder(tx.indexAssigned, position !== draft.position);
    if (assigned !== 'none') counts.assigned++;
    const { chain, blockNumber, from, to, asset, amount, kind, rounded } = draft;
    const transfer: Transfer = {
      chain,
      blockNumber,
      txIndex: tx.index,
      position,
      blockTime,
      tx: tx.tx,
      from,
      to,
      asset,
      amount,
      kind,
      assigned,
      rounded,
    };
    addPlaced(tx, transfer, draft.line);
    return transfer;
  }

  return {
    place,
    missing: (drafts) => missingBlocks(drafts, chains, loaded),
    load: (existing) => {
      for (const [key, group] of Map.groupBy(existing, (t) => `${t.chain} ${t.blockNumber}`)) loaded.set(key, group);
    },
    finish: () => {
      if (options.keepAll) for (const state of chains.values()) checkAllRising(state, name);
      const { assigned, known, repeated, several, lines } = counts;
      return { assigned, known, repeated, severalTopLevel: several === 0 ? null : { count: several, lines } };
    },
  };
}

function missingBlocks(
  drafts: readonly Draft[],
  chains: ReadonlyMap<Chain, ChainState>,
  loaded: ReadonlyMap<string, unknown>,
): ReadonlyMap<Chain, readonly number[]> {
  const wanted = new Map<Chain, Set<number>>();
  let last: Draft | null = null;
  for (const draft of drafts) {
    if (last !== null && last.blockNumber === draft.blockNumber && last.chain === draft.chain) continue;
    last = draft;
    const state = chains.get(draft.chain);
    if (state?.current?.number === draft.blockNumber || state?.blocks?.has(draft.blockNumber)) continue;
    if (loaded.has(`${draft.chain} ${draft.blockNumber}`)) continue;
    const numbers = wanted.get(draft.chain);
    if (numbers === undefined) wanted.set(draft.chain, new Set([draft.blockNumber]));
    else numbers.add(draft.blockNumber);
  }
  return new Map([...wanted].map(([chain, numbers]) => [chain, [...numbers]]));
}

function assignedOrder(index: boolean, position: boolean): AssignedOrder {
  if (index) return position ? 'both' : 'index';
  return position ? 'position' : 'none';
}

function settleIndex(block: BlockState, draft: Draft, name: (line: number) => string): TxState {
  const owner = draft.txIndex === null ? undefined : ownerOf(block, draft.txIndex);
  if (owner !== undefined && !owner.indexAssigned) {
    throw new CairnError(
      'contradiction',
      `${name(draft.line)} gives transaction ${draft.tx} the index ${draft.txIndex} in block ${block.number}, ` +
        `which ${name(owner.line)} gives to ${owner.tx}`,
    );
  }
  // A known index that an assigned one took before it is known yields: the ledger's rows stay where they are.
  const known = owner === undefined ? draft.txIndex : null;
  const place = { index: known ?? block.nextIndex, indexAssigned: known === null, line: draft.line };
  const state = createTxState(` ${draft.tx}`.slice(1), place);
  enterTx(block, state);
  return state;
}

type Counts = { known: number; repeated: number; several: number; lines: [number, number] };

/** The position a row takes, or null where its transfer is there already. */
function settlePosition(tx: TxState, draft: Draft, counts: Counts, name: (line: number) => string): number | null {
  if (tx.existing.length > 0) {
    tx.seen ??= new Map();
    if (findInLedger(draft, tx.existing, tx.seen) !== null) {
      counts.known++;
      return null;
    }
  }
  if (draft.kind === 'native' && draft.position === null) noteSeveralTopLevel(tx, draft, counts);
  if (draft.position === null) return nextFree(tx, draft.base);
  const earlier = placedAt(tx, draft.position);
  const there = tx.placed[earlier] ?? tx.existing.find((transfer) => transfer.position === draft.position);
  if (there === undefined) return draft.position;
  if (earlier >= 0 && sameMovement(there, draft)) {
    counts.repeated++;
    return null;
  }
  if (draft.firstOnly) return null;
  if (hasAssignedPosition(there)) return nextFree(tx, draft.position);
  const other = earlier >= 0 ? name(tx.lines[earlier] as number) : 'the ledger';
  throw new CairnError(
    'contradiction',
    `${name(draft.line)} and ${other} give two different transfers one place: position ${draft.position} of transaction ${draft.tx}`,
  );
}

function noteSeveralTopLevel(tx: TxState, draft: Draft, counts: Counts): void {
  const earlier = tx.placed.findIndex((transfer) => transfer.kind === 'native');
  if (earlier < 0) return;
  if (counts.several === 0) counts.lines = [tx.lines[earlier] as number, draft.line];
  counts.several++;
}

function nextFree(tx: TxState, base: number): number {
  if (tx.placed.length === 0 && tx.existing.length === 0) return base;
  tx.next ??= new Map();
  let position = tx.next.get(base) ?? base;
  while (placedAt(tx, position) >= 0 || tx.existing.some((transfer) => transfer.position === position)) position++;
  tx.next.set(base, position + 1);
  return position;
}

function twoIndexes(tx: TxState, draft: Draft, name: (line: number) => string): CairnError {
  const other = tx.line === 0 ? 'the ledger has it' : `${name(tx.line)} has it`;
  return new CairnError(
    'contradiction',
    `${name(draft.line)} gives transaction ${draft.tx} the index ${draft.txIndex} in block ${draft.blockNumber}; ${other} at ${tx.index}`,
  );
}

function twoTimes(block: BlockState, draft: Draft, name: (line: number) => string): CairnError {
  const other = block.timeLine === 0 ? 'the ledger' : name(block.timeLine);
  return new CairnError(
    'contradiction',
    `block ${block.number} has two times: ${other} says ${block.time}, ${name(draft.line)} says ${draft.blockTime}`,
  );
}

/** @throws contradiction where the time of the later block is earlier. */
function checkRising(earlier: BlockState, later: BlockState, name: (line: number) => string): void {
  if (earlier.time === null || later.time === null || earlier.time <= later.time) return;
  const told = (block: BlockState): string =>
    `${block.timeLine === 0 ? 'the ledger' : name(block.timeLine)} puts block ${block.number} at ${block.time}`;
  throw new CairnError('contradiction', `time falls as blocks rise: ${told(earlier)}, ${told(later)}`);
}

function checkAllRising(state: ChainState, name: (line: number) => string): void {
  const blocks = [...(state.blocks?.values() ?? [])].sort((a, b) => a.number - b.number);
  let last: BlockState | null = null;
  for (const block of blocks) {
    if (block.time === null) continue;
    if (last !== null) checkRising(last, block, name);
    last = block;
  }
}
