import { type CairnError, isCairnError } from '../../errors.ts';
import { type Asset, accountAddress, type Chain, coinOf, erc20 } from '../../units/index.ts';
import { type RowDecoder, RowRejection } from '../ingest/draft.ts';
import type { Format } from '../ingest/format.ts';
import type { Row } from '../ingest/row.ts';
import { FEE_POSITION, feeSink } from '../transfer.ts';
import { draftOf, type EvmMovement } from './evidence-transfers.ts';
import {
  accountAt,
  countAt,
  countOrNull,
  hashAt,
  hashOrNull,
  isAbsent,
  type JsonObject,
  objectAt,
  quantityAt,
  quantityOrNull,
  refuse,
} from './json-values.ts';
import { INTERNAL_BASE, TOKEN_BASE } from './rows.ts';
import { L1_FEE_CHAINS } from './transaction-record.ts';

/** The lists that explorers of Etherscan's family keep of an account: its transactions, inner calls that touch it, transfers of its tokens. */
export const EXPLORER_LISTS = ['txlist', 'txlistinternal', 'tokentx'] as const;
export type ExplorerList = (typeof EXPLORER_LISTS)[number];

/** A row of such a list, and what moved by it. */
export type ExplorerRow = {
  readonly list: ExplorerList;
  readonly tx: string;
  readonly blockNumber: number;
  /** Unix seconds. */
  readonly blockTime: number;
  /** Null: the list does not give it. */
  readonly blockHash: string | null;
  readonly txIndex: number | null;
  /** What tells the row from the others of its list; null: nothing does, two equal rows may be two movements. */
  readonly key: string | null;
  /** The row's content, without what changes by itself (`confirmations`): equal rows give equal texts. */
  readonly said: string;
  /** The row says that the transaction failed: whatever is listed of inner calls moved nothing. */
  readonly failed: boolean;
  readonly movements: readonly EvmMovement[];
  readonly token: { readonly asset: Asset; readonly symbol: string | null; readonly decimals: number | null } | null;
  /** What the row leaves out; null: nothing. */
  readonly lacks: 'l1-fee' | 'coin' | 'amount' | 'genesis' | null;
};

/** Inner calls whose value moves; the others state one that does not, or none. */
const STILL: ReadonlySet<string> = new Set(['delegatecall', 'staticcall', 'callcode']);

/**
 * Reads a row of one of the lists, of Etherscan's or Blockscout's dialect.
 * @param where - place of the row, for messages.
 * @throws {CairnError} `invalid-input`, naming the field.
 */
export function readExplorerRow(chain: Chain, list: ExplorerList, value: unknown, where: string): ExplorerRow {
  const row = objectAt(value, where);
  const blockNumber = countAt(row['blockNumber'], `${where}: blockNumber`);
  const hash = row['hash'] ?? row['transactionHash'];
  const isGenesis = blockNumber === 0 && typeof hash === 'string' && hash.startsWith('GENESIS');
  const read = isGenesis ? GENESIS : READERS[list](chain, row, where);
  return {
    list,
    tx: isGenesis ? String(hash) : hashAt(hash, `${where}: hash`),
    blockNumber,
    blockTime: countAt(row['timeStamp'], `${where}: timeStamp`),
    blockHash: hashOrNull(row['blockHash'], `${where}: blockHash`),
    txIndex: countOrNull(row['transactionIndex'], `${where}: transactionIndex`),
    key: keyOf(list, String(hash), row),
    said: SAID.map((field) => String(row[field] ?? '')).join(' '),
    ...read,
  };
}

type Read = Pick<ExplorerRow, 'movements' | 'token' | 'lacks' | 'failed'>;

const NOTHING: Read = { movements: [], token: null, lacks: null, failed: false };
/** What the first block gave to accounts is listed as a transaction without a hash. */
const GENESIS: Read = { ...NOTHING, lacks: 'genesis' };

const SAID = [
  'blockNumber',
  'timeStamp',
  'hash',
  'transactionHash',
  'blockHash',
  'transactionIndex',
  'from',
  'to',
  'value',
  'contractAddress',
  'isError',
  'gasPrice',
  'gasUsed',
  'logIndex',
  'index',
  'traceId',
] as const;

function keyOf(list: ExplorerList, hash: string, row: JsonObject): string | null {
  if (list === 'txlist') return hash;
  // Etherscan's `traceId` was the same for all calls of a transaction in earlier editions, so that it tells nothing apart.
  const place = list === 'tokentx' ? row['logIndex'] : row['index'];
  return isAbsent(place) ? null : `${hash} ${String(place)}`;
}

const READERS: Readonly<Record<ExplorerList, (chain: Chain, row: JsonObject, where: string) => Read>> = {
  txlist: readTransactionRow,
  txlistinternal: readInternalRow,
  tokentx: readTokenRow,
};

/** The fee, also where it failed, and the top-level value. */
function readTransactionRow(chain: Chain, row: JsonObject, where: string): Read {
  const coin = coinOf(chain);
  if (coin === null) return { ...NOTHING, lacks: 'coin' };
  const from = accountAt(chain, row['from'], `${where}: from`);
  const l1 = quantityOrNull(row['L1FeesPaid'], `${where}: L1FeesPaid`);
  const used = quantityAt(row['gasUsed'], `${where}: gasUsed`);
  const amount = used * quantityAt(row['gasPrice'], `${where}: gasPrice`) + (l1 ?? 0n);
  const fee: EvmMovement = {
    kind: 'fee',
    from,
    to: feeSink(chain),
    asset: coin,
    amount,
    position: FEE_POSITION,
    base: 0,
  };
  const lacks = l1 === null && L1_FEE_CHAINS.has(chain) ? 'l1-fee' : null;
  const failed = flagAt(row['isError'], `${where}: isError`) || row['txreceipt_status'] === '0';
  if (failed) return { movements: [fee], token: null, lacks, failed };
  const to = accountAt(chain, receiverOf(row), `${where}: to`);
  const value = quantityAt(row['value'], `${where}: value`);
  const moved: EvmMovement = { kind: 'native', from, to, asset: coin, amount: value, position: 0, base: 0 };
  return { movements: [fee, moved], token: null, lacks, failed };
}

/** A successful inner call's value. Blockscout lists the creation of a contract by a transaction too: its call 0, the top-level one. */
function readInternalRow(chain: Chain, row: JsonObject, where: string): Read {
  const coin = coinOf(chain);
  if (coin === null) return { ...NOTHING, lacks: 'coin' };
  if (flagAt(row['isError'], `${where}: isError`) || !isAbsent(row['errCode'])) return NOTHING;
  const amount = quantityAt(row['value'], `${where}: value`);
  const isStill = [row['type'], row['callType']].some((type) => STILL.has(String(type).toLowerCase()));
  if (amount === 0n || isStill) return NOTHING;
  const from = accountAt(chain, row['from'], `${where}: from`);
  const to = accountAt(chain, receiverOf(row), `${where}: to`);
  const isTop = row['index'] === '0' || row['index'] === 0;
  const place = isTop
    ? ({ kind: 'native', position: 0, base: 0 } as const)
    : ({ kind: 'internal', position: null, base: INTERNAL_BASE } as const);
  return { ...NOTHING, movements: [{ from, to, asset: coin, amount, ...place }] };
}

/** An ERC-20 transfer. Early editions of Blockscout list tokens of other kinds as well: those have ids in place of an amount. */
function readTokenRow(chain: Chain, row: JsonObject, where: string): Read {
  if (!isAbsent(row['tokenID']) || !isAbsent(row['tokenIDs'])) return { ...NOTHING, lacks: 'amount' };
  const contract = accountAt(chain, row['contractAddress'], `${where}: contractAddress`);
  const asset = erc20(chain, accountAddress(contract));
  const from = accountAt(chain, row['from'], `${where}: from`);
  const to = accountAt(chain, row['to'], `${where}: to`);
  const amount = quantityAt(row['value'], `${where}: value`);
  const logIndex = countOrNull(row['logIndex'], `${where}: logIndex`);
  const position = logIndex === null ? null : TOKEN_BASE + logIndex;
  const symbol = typeof row['tokenSymbol'] === 'string' && row['tokenSymbol'] !== '' ? row['tokenSymbol'] : null;
  const decimals = statedDecimals(row['tokenDecimal']);
  const moved: EvmMovement = { kind: 'token', from, to, asset, amount, position, base: TOKEN_BASE };
  return { ...NOTHING, movements: [moved], token: { asset, symbol, decimals } };
}

/** A claim of the token's, of which nothing depends: what cannot be read is unknown. */
function statedDecimals(value: unknown): number | null {
  return typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : null;
}

/** Only the creation of a contract names no receiver: it is the contract. */
function receiverOf(row: JsonObject): unknown {
  return isAbsent(row['to']) ? row['contractAddress'] : row['to'];
}

function flagAt(value: unknown, where: string): boolean {
  if (isAbsent(value) || value === '0' || value === 0 || value === false) return false;
  if (value === '1' || value === 1 || value === true) return true;
  return refuse(where, 'is neither 0 nor 1', value);
}

/** The one column of a table of such rows. */
export const EXPLORER_COLUMN = 'row';

/** A row of the table; `fault`: why it could not be read. */
export type ExplorerGiven =
  | { readonly read: ExplorerRow; readonly fault: null }
  | { readonly read: null; readonly fault: CairnError };

/**
 * Rows of an explorer's lists, in the order of blocks, in a block by transaction, in a transaction by list. The place of an
 * inner call among the others of its transaction is not known, nor that of a token's transfer without `logIndex`: they are
 * assigned in the order of the rows.
 */
export function explorerFormat(chain: Chain): Format {
  return {
    id: 'explorer-api',
    title: "an explorer's API: transactions, internal transactions and token transfers of accounts",
    required: [[EXPLORER_COLUMN]],
    optional: [],
    block: [EXPLORER_COLUMN],
    phase: 0,
    createDecoder: (_, { assets }) => createDecoder(chain, assets),
  };
}

function createDecoder(
  chain: Chain,
  assets: Map<Asset, { symbol: string | null; decimals: number | null }>,
): RowDecoder {
  const counts = { 'l1-fee': 0, coin: 0, amount: 0, genesis: 0 };
  return {
    decode(row, line, emit) {
      const given = row as Row & ExplorerGiven;
      if (given.fault !== null) throw rejection(given.fault);
      const { tx, blockNumber, blockTime, txIndex, movements, token, lacks } = given.read;
      if (lacks !== null) counts[lacks]++;
      if (token !== null && !assets.has(token.asset)) assets.set(token.asset, token);
      const place = { chain, tx, blockNumber, blockTime, txIndex };
      for (const movement of movements) emit(draftOf(place, movement, line, () => [tx]));
    },
    flush: () => {},
    notes: () => describe(counts, chain),
  };
}

function rejection(fault: CairnError): RowRejection {
  return new RowRejection(fault.message, fault.message.replaceAll(/0x[0-9a-f]{8,}|\d+/gi, '…'));
}

function describe(counts: Readonly<Record<NonNullable<ExplorerRow['lacks']>, number>>, chain: Chain): string[] {
  const told: [number, string][] = [
    [
      counts['l1-fee'],
      'The list leaves out what a rollup charges for data on Ethereum: the fee is a lower bound (transactions: ',
    ],
    [counts.coin, `The native coin of ${chain} is not known here: value and fees are not recorded (rows: `],
    [counts.amount, 'Tokens that have ids in place of amounts are left out (rows: '],
    [counts.genesis, "What the chain's first block gave the account is no transaction and is left out (rows: "],
  ];
  return told.filter(([count]) => count > 0).map(([count, what]) => `${what}${count}).`);
}

/** Reads a row, or says why it cannot be. */
export function readOrFault(chain: Chain, list: ExplorerList, value: unknown, where: string): ExplorerGiven {
  try {
    return { read: readExplorerRow(chain, list, value, where), fault: null };
  } catch (error) {
    if (!isCairnError(error)) throw error;
    return { read: null, fault: error };
  }
}
