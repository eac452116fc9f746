import { type Account, type Asset, type Chain, erc20, nativeAsset, zeroAccount } from '../../units/index.ts';
import { type Amount, amountCell, createAccountCells, detached, parseCell, wholeNumber } from '../ingest/cells.ts';
import type { Draft } from '../ingest/draft.ts';
import { FEE_POSITION, feeSink, type TransferKind } from '../transfer.ts';

/** First positions of sources that have none: behind the top-level value, and behind every inner call. */
export const INTERNAL_BASE = 1;
export const TOKEN_BASE = 1_000_000;

/** What every row of one EVM file shares. */
export type EvmRows = {
  readonly chain: Chain;
  readonly native: Asset;
  readonly zero: Account;
  account(column: string, text: string): Account;
  /** The token of a contract's address. */
  token(column: string, text: string): Asset;
  draft(row: EvmRow, kind: TransferKind, movement: Movement): Draft;
  /** The network fee of a row's transaction, paid by `from`. */
  fee(row: EvmRow, from: Account, fee: Amount): Draft;
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
export function gasFee(price: { column: string; text: string }, used: { column: string; text: string }): Amount {
  const { amount, rounded } = amountCell(price.column, price.text);
  const fee = amount * BigInt(wholeNumber(used.column, used.text));
  return { amount: amountCell(`${price.column} × ${used.column}`, fee.toString()).amount, rounded };
}

export function createEvmRows(chain: Chain): EvmRows {
  const account = createAccountCells(chain);
  const native = nativeAsset(chain);
  const sink = feeSink(chain);
  const tokens = new Map<string, Asset>();
  const draft: EvmRows['draft'] = (row, kind, movement) => ({
    chain,
    blockNumber: row.blockNumber,
    blockTime: row.blockTime,
    tx: row.tx,
    txIndex: row.txIndex,
    position: movement.position,
    base: movement.base,
    from: movement.from,
    to: movement.to,
    asset: movement.asset,
    amount: movement.amount,
    kind,
    rounded: movement.rounded,
    line: row.line,
    firstOnly: movement.firstOnly ?? false,
    cells: row.cells,
  });
  return {
    chain,
    native,
    zero: zeroAccount(chain),
    account,
    token(column, text) {
      const known = tokens.get(text);
      if (known !== undefined) return known;
      const token = parseCell(column, text, (address) => erc20(chain, address));
      tokens.set(detached(text), token);
      return token;
    },
    draft,
    fee: (row, from, fee) =>
      draft(row, 'fee', { from, to: sink, asset: native, position: FEE_POSITION, base: 0, ...fee, firstOnly: true }),
  };
}
