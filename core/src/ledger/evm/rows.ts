import { type Account, type Asset, type Chain, erc20, nativeAsset, zeroAccount } from '../../units/index.ts';
import { createAccountCells } from '../ingest/account-cells.ts';
import {
  type Amount,
  amountCell,
  createTimeCells,
  detached,
  parseCell,
  rejectCell,
  wholeNumber,
} from '../ingest/cells.ts';
import type { Draft } from '../ingest/draft.ts';
import { type Cell, isEmpty, type Row } from '../ingest/row.ts';
import { FEE_POSITION, feeSink, type TransferKind } from '../transfer.ts';

/** First positions of sources that have none: behind the top-level value, and behind every inner call. */
export const INTERNAL_BASE = 1;
export const TOKEN_BASE = 1_000_000;

const UINT256_END = 1n << 256n;

/** What every row of one EVM file shares. */
export type EvmRows = {
  readonly chain: Chain;
  readonly native: Asset;
  readonly zero: Account;
  account(row: Row, cell: Cell): Account;
  /** The token of a contract's address. */
  token(row: Row, cell: Cell): Asset;
  /** Unix seconds; null where the cell is empty or the column is not there. */
  time(row: Row, cell: Cell): number | null;
  draft(head: EvmRow, kind: TransferKind, movement: Movement): Draft;
  /** The network fee of a row's transaction, paid by `from`. */
  fee(head: EvmRow, from: Account, fee: Amount): Draft;
};

/** Where and when a row's transaction stands. */
export type EvmRow = {
  readonly line: number;
  readonly tx: string;
  readonly blockNumber: number;
  readonly blockTime: number | null;
  readonly txIndex: number | null;
  readonly cells: readonly string[] | null;
};

export type Movement = Amount & {
  readonly from: Account;
  readonly to: Account;
  readonly asset: Asset;
  readonly position: number | null;
  readonly base: number;
  readonly firstOnly?: boolean;
};

/** Gas price × gas used, in the native coin's base units. */
export function gasFee(row: Row, price: Cell, used: Cell): Amount {
  const { amount, rounded } = amountCell(row, price);
  const fee = amount * BigInt(wholeNumber(row, used));
  if (fee < UINT256_END) return { amount: fee, rounded };
  return rejectCell(`${price.name} × ${used.name}`, fee.toString(), 'is 2^256 or more');
}

export function createEvmRows(chain: Chain): EvmRows {
  const account = createAccountCells(chain);
  const time = createTimeCells();
  const native = nativeAsset(chain);
  const sink = feeSink(chain);
  const tokens = new Map<string, Asset>();
  const draft: EvmRows['draft'] = (head, kind, movement) => ({
    chain,
    blockNumber: head.blockNumber,
    blockTime: head.blockTime,
    tx: head.tx,
    txIndex: head.txIndex,
    position: movement.position,
    base: movement.base,
    from: movement.from,
    to: movement.to,
    asset: movement.asset,
    amount: movement.amount,
    kind,
    rounded: movement.rounded,
    line: head.line,
    firstOnly: movement.firstOnly ?? false,
    cells: head.cells,
  });
  return {
    chain,
    native,
    zero: zeroAccount(chain),
    account,
    time: (row, cell) => (isEmpty(row, cell) ? null : time(row, cell)),
    token(row, cell) {
      const text = row.text(cell.place);
      const known = tokens.get(text);
      if (known !== undefined) return known;
      const token = parseCell(cell.name, text, (address) => erc20(chain, address));
      tokens.set(detached(text), token);
      return token;
    },
    draft,
    fee: (head, from, fee) =>
      draft(head, 'fee', { from, to: sink, asset: native, position: FEE_POSITION, base: 0, ...fee, firstOnly: true }),
  };
}
