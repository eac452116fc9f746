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
import { amountCell, createAccountCells, detached, hashCell, optionalNumber, parseCell, rejectCell, timeCell, wholeNumber } from './cells.ts';
import type { Draft, RowDecoder } from './draft.ts';
import type { ColumnFinder, Format } from './format.ts';

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
  phase: 0,
  createDecoder,
};

/** What is read the same way on every row of a chain. */
type ChainCells = {
  readonly chain: Chain;
  readonly sink: Account;
  account(column: string, text: string): Account;
  asset(text: string): Asset;
  hash(text: string): string;
};

function createDecoder(find: ColumnFinder, options: Parameters<Format['createDecoder']>[1]): RowDecoder {
  const at = Object.fromEntries(Object.entries(COLUMNS).map(([name, column]) => [name, find(column)])) as Record<
    keyof typeof COLUMNS,
    number
  >;
  const chains = new Map<string, ChainCells>();
  const chainCells = (text: string): ChainCells => {
    let cells = chains.get(text);
    if (cells === undefined) {
      cells = createChainCells(text === '' ? options.chain : parseCell('chain', text, parseChain));
      chains.set(detached(text), cells);
    }
    return cells;
  };
  const cell = (cells: readonly string[], place: number): string => (place < 0 ? '' : (cells[place] as string));
  const described = new Set<Asset>();
  const describe = (asset: Asset, cells: readonly string[]): void => {
    described.add(asset);
    const symbol = cell(cells, at.symbol);
    const decimals = optionalNumber('decimals', cell(cells, at.decimals));
    if (options.assets.has(asset) || (symbol === '' && decimals === null)) return;
    options.assets.set(asset, { symbol: symbol === '' ? null : detached(symbol), decimals });
  };
  return {
    decode(cells, line, emit) {
      const chain = chainCells(cell(cells, at.chain));
      const asset = chain.asset(cells[at.asset] as string);
      const kind = kindCell(cell(cells, at.kind), asset.startsWith(`${chain.chain}/slip44:`));
      const position = optionalNumber('position', kind === 'fee' ? '' : cell(cells, at.position));
      const { amount, rounded } = amountCell('amount', cells[at.amount] as string);
      const draft: Draft = {
        chain: chain.chain,
        blockNumber: wholeNumber('block_number', cells[at.block] as string),
        blockTime: timeCell('block_time', cells[at.time] as string),
        tx: chain.hash(cells[at.tx] as string),
        txIndex: optionalNumber('tx_index', cell(cells, at.txIndex)),
        position: kind === 'fee' ? FEE_POSITION : position,
        base: 0,
        from: chain.account('from', cells[at.from] as string),
        to: kind === 'fee' ? sinkCell(chain, cells[at.to] as string) : chain.account('to', cells[at.to] as string),
        asset,
        amount,
        kind,
        rounded,
        line,
        firstOnly: false,
        cells: null,
      };
      if (!described.has(asset)) describe(asset, cells);
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
    hash: (text) => (evm ? hashCell('tx_hash', text) : plainHash(text)),
  };
}

/** Bitcoin and Tron write transaction ids as 64 hex digits without a prefix. */
function plainHash(text: string): string {
  if (/^[0-9a-f]{64}$/.test(text)) return text;
  if (/^[0-9a-fA-F]{64}$/.test(text)) return text.toLowerCase();
  return rejectCell('tx_hash', text, 'is not a transaction id of 64 hex digits');
}
