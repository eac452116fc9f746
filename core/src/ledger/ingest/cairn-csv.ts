import { CairnError } from '../../errors.ts';
import {
  type Account,
  type Asset,
  accountChain,
  assetChain,
  type Chain,
  isEvmChain,
  parseAccount,
  parseAsset,
  parseChain,
} from '../../units/index.ts';
import { FEE_POSITION, feeSink, type TransferKind } from '../transfer.ts';
import { createAccountCells } from './account-cells.ts';
import {
  amountCell,
  createTimeCells,
  detached,
  hashCell,
  optionalNumber,
  parseCell,
  rejectCell,
  wholeNumber,
} from './cells.ts';
import type { DecoderOptions, Draft, RowDecoder } from './draft.ts';
import { type ColumnFinder, type Format, findColumns } from './format.ts';
import { type Cell, type Row, textOf } from './row.ts';

const KINDS: ReadonlyMap<string, TransferKind> = new Map([
  ['native', 'native'],
  ['internal', 'internal'],
  ['token', 'token'],
  ['erc20', 'token'],
  ['fee', 'fee'],
]);

const COLUMNS = {
  chain: ['chain'],
  block: ['block_number'],
  time: ['block_time'],
  tx: ['tx_hash'],
  txIndex: ['tx_index'],
  position: ['position'],
  from: ['from'],
  to: ['to'],
  asset: ['asset'],
  symbol: ['symbol'],
  decimals: ['decimals'],
  amount: ['amount'],
  kind: ['kind'],
} as const;

/**
 * Cairn's own CSV: `chain,block_number,block_time,tx_hash,from,to,asset,amount`, any chain, amounts in base units.
 * `tx_index`, `position`, `kind`, `symbol` and `decimals` are read where present; other columns are passed over.
 */
export const CAIRN_CSV: Format = {
  id: 'cairn',
  title: "Cairn's own CSV",
  required: [COLUMNS.block, COLUMNS.time, COLUMNS.tx, COLUMNS.from, COLUMNS.to, COLUMNS.asset, COLUMNS.amount],
  optional: [COLUMNS.chain, COLUMNS.txIndex, COLUMNS.position, COLUMNS.symbol, COLUMNS.decimals, COLUMNS.kind],
  block: COLUMNS.block,
  phase: 0,
  createDecoder,
};

/** What is read the same way on every row of a chain. */
type ChainCells = {
  readonly chain: Chain;
  readonly sink: Account;
  /** What the id of the chain's own coin begins with. */
  readonly coin: string;
  account(row: Row, cell: Cell): Account;
  asset(text: string): Asset;
  hash(row: Row, cell: Cell): string;
};

function createDecoder(find: ColumnFinder, options: DecoderOptions): RowDecoder {
  const at = findColumns(find, COLUMNS);
  const time = createTimeCells();
  const named = new Map<string, ChainCells>();
  const chainOf = (text: string): ChainCells => {
    let chain = named.get(text);
    if (chain === undefined) {
      chain = createChainCells(text === '' ? options.chain : parseCell('chain', text, parseChain));
      named.set(detached(text), chain);
    }
    return chain;
  };
  const described = new Set<Asset>();
  const describe = (asset: Asset, row: Row): void => {
    described.add(asset);
    const symbol = textOf(row, at.symbol);
    const decimals = optionalNumber(row, at.decimals);
    if (options.assets.has(asset) || (symbol === '' && decimals === null)) return;
    options.assets.set(asset, { symbol: symbol === '' ? null : detached(symbol), decimals });
  };
  return {
    decode(row, line, emit) {
      const chain = chainOf(textOf(row, at.chain));
      const asset = chain.asset(row.text(at.asset.place));
      const kind = kindCell(textOf(row, at.kind), asset.startsWith(chain.coin));
      const { amount, rounded } = amountCell(row, at.amount);
      const draft: Draft = {
        chain: chain.chain,
        blockNumber: wholeNumber(row, at.block),
        blockTime: time(row, at.time),
        tx: chain.hash(row, at.tx),
        txIndex: optionalNumber(row, at.txIndex),
        position: kind === 'fee' ? FEE_POSITION : optionalNumber(row, at.position),
        base: 0,
        from: chain.account(row, at.from),
        to: kind === 'fee' ? sinkCell(chain, row.text(at.to.place)) : chain.account(row, at.to),
        asset,
        amount,
        kind,
        rounded,
        line,
        firstOnly: false,
        cells: null,
      };
      if (!described.has(asset)) describe(asset, row);
      emit(draft);
    },
    flush: () => {},
    notes: () => [],
  };
}

function kindCell(text: string, native: boolean): TransferKind {
  if (text === '') return native ? 'native' : 'token';
  const kind = KINDS.get(text.toLowerCase());
  if (kind === undefined) return rejectCell('kind', text, 'is none of native, internal, token, erc20, fee');
  if (kind !== 'token' && !native) return rejectCell('kind', text, "does not fit an asset that is not the chain's own");
  return kind;
}

/** The receiver of a fee may be left empty, or name the sink. */
function sinkCell(chain: ChainCells, text: string): Account {
  if (text === '' || text === 'fee' || text === chain.sink) return chain.sink;
  return rejectCell('to', text, 'a fee is paid to no account: leave it empty');
}

function createChainCells(chain: Chain): ChainCells {
  const evm = isEvmChain(chain);
  const assets = new Map<string, Asset>();
  return {
    chain,
    sink: feeSink(chain),
    coin: `${chain}/slip44:`,
    account: createAccountCells(chain, (text) => {
      const account = parseAccount(text, chain);
      if (accountChain(account) === chain) return account;
      throw new CairnError('invalid-input', `not an account of chain ${chain}: '${text}'`);
    }),
    asset(text) {
      const known = assets.get(text);
      if (known !== undefined) return known;
      const asset = parseCell('asset', text, (name) => parseAsset(name, chain));
      if (assetChain(asset) !== chain) return rejectCell('asset', text, `is no asset of chain ${chain}`);
      assets.set(detached(text), asset);
      return asset;
    },
    hash: (row, cell) => (evm ? hashCell(row, cell) : plainHash(row.text(cell.place))),
  };
}

/** Bitcoin and Tron write transaction ids as 64 hex digits without a prefix. */
function plainHash(text: string): string {
  if (/^[0-9a-f]{64}$/.test(text)) return text;
  if (/^[0-9a-fA-F]{64}$/.test(text)) return text.toLowerCase();
  return rejectCell('tx_hash', text, 'is not a transaction id of 64 hex digits');
}
