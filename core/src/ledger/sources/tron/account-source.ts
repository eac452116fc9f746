import { CairnError } from '../../../errors.ts';
import { type Account, type Asset, accountChain, TRON } from '../../../units/index.ts';
import type { AccountSource, FetchInto, HistoryRequest, SourceOffer } from '../../account-source.ts';
import { countAt, type JsonObject } from '../../evm/json-values.ts';
import type { CoverageDeclaration } from '../../ingest/declare-coverage.ts';
import { TRX } from '../../tron/address.ts';
import { TRON_JSON } from '../../tron/decoder.ts';
import { abreast, assertStillOn, INDEX_MARGIN, inconsistent, stopIfAsked, WIDTH } from '../fetching.ts';
import type { HttpOptions } from '../http/http-client.ts';
import { importFetched, isUpTo } from '../import-fetched.ts';
import { type AccountLists, type Listed, listsFor, readLists } from './account-lists.ts';
import { type Assembled, assemble, countMissing, saysAll } from './assemble.ts';
import { rowsOfPieces } from './piece-rows.ts';
import { createTronGrid, type ListRow, type TronGrid } from './trongrid.ts';

export const TRONGRID_URL = 'https://api.trongrid.io';

export type TronGridOptions = HttpOptions & {
  /** Default: the host. */
  readonly name?: string;
  /** Default: TronGrid's own. */
  readonly url?: string;
  /** Sent as `TRON-PRO-API-KEY`; null: none, which TronGrid answers seldom. */
  readonly key: string | null;
};

type Grid = { readonly grid: TronGrid; readonly name: string; readonly width: number };

/**
 * A service of TronGrid's kind as a source of histories. Its lists name the transactions of an account; what moved in a call of a
 * contract is taken from the node's own record of it, so that a transaction comes whole whichever of its accounts is asked for.
 * @throws {CairnError} `invalid-input`: no URL.
 */
export function createTronGridSource(options: TronGridOptions): AccountSource {
  const grid = createTronGrid(options.url ?? TRONGRID_URL, options.key, options);
  const name = options.name ?? grid.host;
  const own: Grid = { grid, name, width: options.concurrency ?? WIDTH };
  let offered: Promise<SourceOffer> | null = null;
  return {
    name,
    chain: TRON,
    margin: INDEX_MARGIN,
    offer() {
      offered ??= offerOf(own).catch((error: unknown) => {
        offered = null;
        throw error;
      });
      return offered;
    },
    async tip() {
      const solid = await grid.solid();
      grid.settle(solid.number);
      const head = await grid.newest();
      return { head: head.number < solid.number ? solid : head, final: solid.number };
    },
    block: grid.block,
    transactions: (hashes, into) => fetchTransactions(own, hashes, into),
    histories: (request, into) => fetchHistories(own, request, into),
    // One page of each list; how many there are, and how many calls of contracts they name, shows only then.
    estimate: async ({ accounts, assets }) => 5 + new Set(accounts).size * listsFor(ownAssets(assets)).length,
  };
}

async function fetchTransactions(own: Grid, hashes: readonly string[], into: FetchInto): Promise<readonly string[]> {
  const { grid, name, width } = own;
  const wanted = [...new Set(hashes)];
  const found = await abreast(wanted, width, async (tx) => {
    stopIfAsked(into, name);
    if (!/^[0-9a-f]{64}$/.test(tx)) return null;
    const info = await grid.info(tx);
    if (info === null || !isUpTo(Number(info['blockNumber']), into)) return null;
    return { tx, ...assemble(tx, await grid.transaction(tx), info, null) };
  });
  const known = found.filter((one) => one !== null);
  if (known.length > 0) await store(own, known, [], into);
  const names = new Set(known.map(({ tx }) => tx));
  return wanted.filter((tx) => !names.has(tx));
}

async function fetchHistories(own: Grid, request: HistoryRequest, into: FetchInto): Promise<void> {
  const { grid, name, width } = own;
  const { fromBlock, to, limit } = request;
  const assets = ownAssets(request.assets);
  if (assets?.length === 0) return;
  const accounts = [...new Set(request.accounts)];
  for (const account of accounts)
    if (accountChain(account) !== TRON) throw new CairnError('invalid-input', `${account} is no account of Tron`);
  const hashAt = async (height: number): Promise<string | null> => (await grid.block(height))?.hash ?? null;
  await assertStillOn(hashAt, to, name);
  const solid = await grid.solid();
  grid.settle(solid.number);
  const query = {
    from: await startOf(grid, fromBlock),
    to: to.time * 1000 + 999,
    onlyConfirmed: to.number <= solid.number,
  };
  const lists = await abreast(accounts, width, async (account) => {
    stopIfAsked(into, name);
    return { account, ...(await readLists(grid, account, query, { assets, limit })) };
  });
  const records = await readRecords(own, lists, into);
  await assertStillOn(hashAt, to, name);
  const coverage: CoverageDeclaration[] = [];
  for (const one of lists) coverage.push(await declare(own, one, records, { request, assets }));
  await store(own, [...records.values()], coverage, into);
}

/** When the first block was made. Unix milliseconds; null: no need to say. */
async function startOf(grid: TronGrid, fromBlock: number): Promise<number | null> {
  if (fromBlock === 0) return null;
  const first = await grid.block(fromBlock);
  if (first === null) throw inconsistent(`${grid.host} has no block ${fromBlock}`);
  return first.time * 1000;
}

/** A transaction of the lists with everything that moved in it. */
type TxRecord = Assembled & {
  readonly tx: string;
  /** How much of what an account's lists name is not in it. */
  readonly missing: ReadonlyMap<Listed, number>;
};

async function readRecords(
  { grid, name, width }: Grid,
  lists: readonly AccountLists[],
  into: FetchInto,
): Promise<ReadonlyMap<string, TxRecord>> {
  const byTx = Map.groupBy(
    lists.flatMap((list) => [...list.byTx.values()]),
    ({ tx }) => tx,
  );
  const records = await abreast([...byTx], width, async ([tx, listed]): Promise<TxRecord> => {
    stopIfAsked(into, name);
    const all: Listed = {
      tx,
      at: (listed[0] as Listed).at,
      signed: listed.find(({ signed }) => signed !== null)?.signed ?? null,
      transfers: listed.flatMap(({ transfers }) => transfers),
      innerCalls: listed.flatMap(({ innerCalls }) => innerCalls),
    };
    const read = (info: JsonObject | null): TxRecord => {
      const assembled = assemble(tx, all.signed, info, all);
      const { piece } = assembled;
      const missing = new Map(piece === null ? [] : listed.map((one) => [one, countMissing(one, piece, info)]));
      return { tx, ...assembled, missing };
    };
    if (saysAll(all)) return read(null);
    const record = read(await grid.info(tx));
    // Of the nodes behind one address some do not keep inner calls: another may, also than the one whose answer was kept.
    const lacks = [...record.missing.values()].some((count) => count > 0);
    return lacks ? read(await grid.info(tx, 'anew')) : record;
  });
  return new Map(records.map((record) => [record.tx, record]));
}

async function declare(
  { grid }: Grid,
  { account, byTx, cut }: AccountLists & { readonly account: Account },
  records: ReadonlyMap<string, TxRecord>,
  { request, assets }: { readonly request: HistoryRequest; readonly assets: readonly Asset[] | null },
): Promise<CoverageDeclaration> {
  const missing = [...byTx.values()].reduce((sum, one) => sum + (records.get(one.tx)?.missing.get(one) ?? 0), 0);
  const unread = [...byTx.values()].filter((one) => movesUnread(one, assets)).length;
  const faulty = [...byTx.keys()].filter((tx) => records.get(tx)?.fault !== null).length;
  const isPartly = missing + unread + faulty > 0;
  const { fromBlock, to, limit } = request;
  const declared: CoverageDeclaration = {
    chain: TRON,
    account,
    direction: 'both',
    assets,
    fromBlock: fromBlock === 0 ? null : fromBlock,
    toBlock: to.number,
    // Each block of Tron is later than the one before.
    // Of what is not read at all nothing more would come by asking again.
    toAt: unread > 0 ? null : to.time,
    basis: 'index',
    truncated: false,
    note: null,
  };
  const about = [...limitsOf(assets)];
  const noted = (): string | null => (about.length === 0 ? null : about.join(' '));
  if (missing > 0) about.push(describeMissing(missing));
  if (unread > 0) about.push(`${unread} of its transactions moved TRX in such a way.`);
  if (faulty > 0) about.push(`${faulty} of its transactions could not be read.`);
  if (cut === null) return { ...declared, truncated: isPartly, note: noted() };
  const last = (await blockOf(grid, cut)) - 1;
  if (last < fromBlock) {
    about.push(`The account has more than ${limit} transactions in one block: no block was read whole.`);
    return { ...declared, basis: 'unknown', toBlock: null, toAt: null, truncated: true, note: noted() };
  }
  about.push(`The account has more than ${limit} transactions: those after block ${last} were not read.`);
  return { ...declared, toBlock: last, toAt: Math.floor(cut.at / 1000) - 1, truncated: true, note: noted() };
}

/** Contracts of the chain itself by which TRX comes to an account or leaves it. @see Tron.proto, Transaction.Contract.ContractType */
const MOVES_UNREAD =
  /^(Withdraw|Unfreeze|CancelAllUnfreeze|Exchange|Market|ParticipateAssetIssue|AssetIssue|WitnessCreate|AccountCreate|ShieldedTransfer)/;

function movesUnread({ signed }: Listed, assets: readonly Asset[] | null): boolean {
  if (signed === null || assets?.includes(TRX) === false) return false;
  const { raw_data: raw } = signed as { raw_data?: { contract?: readonly { type?: unknown }[] } };
  return MOVES_UNREAD.test(String(raw?.contract?.[0]?.type ?? ''));
}

function describeMissing(count: number): string {
  const [what, are] = count === 1 ? ['One transfer or inner call', 'is'] : [`${count} transfers or inner calls`, 'are'];
  return `${what} that the account's lists name ${are} not in the node's own record of the transaction, and left out.`;
}

async function blockOf(grid: TronGrid, { tx }: ListRow): Promise<number> {
  const info = await grid.info(tx);
  if (info === null) throw inconsistent(`transaction ${tx} is listed and not known`);
  return countAt(info['blockNumber'], `transaction ${tx}: blockNumber`);
}

const NO_SYSTEM_CONTRACTS =
  'TRX that moves otherwise than by transfers and calls (unfreezing, rewards, orders at the chain’s own exchange) is not read.';
const NO_TRC10 = 'TRC-10 tokens are not read.';

/** What a declaration of these assets leaves out. */
function limitsOf(assets: readonly Asset[] | null): readonly string[] {
  if (assets === null) return [NO_TRC10, NO_SYSTEM_CONTRACTS];
  return assets.includes(TRX) ? [NO_SYSTEM_CONTRACTS] : [];
}

/** TRX and TRC-20 tokens, of what is asked for; null: everything. */
function ownAssets(assets: readonly Asset[] | null): readonly Asset[] | null {
  const isOwn = (asset: Asset): boolean => asset === TRX || asset.startsWith(`${TRON}/trc20:`);
  return assets === null ? null : [...new Set(assets.filter(isOwn))].sort();
}

async function store(
  { name }: Grid,
  records: readonly (Assembled & { readonly tx: string })[],
  coverage: readonly CoverageDeclaration[],
  into: FetchInto,
): Promise<void> {
  const blockNumber = ({ piece }: Assembled): number => piece?.blockNumber ?? -1;
  const rising = records
    .toSorted((a, b) => blockNumber(a) - blockNumber(b))
    .map(({ piece, fault }, i) => ({ piece, fault, line: i + 1 }));
  const identity = [...rising.map(({ piece, line }) => piece?.tx ?? String(line)), JSON.stringify(coverage)];
  await importFetched(
    // Each account's declaration says what of it could not be read.
    {
      name,
      chain: TRON,
      rows: rowsOfPieces(async () => rising),
      format: () => TRON_JSON,
      coverage: () => coverage,
      identity,
    },
    into,
  );
}

async function offerOf({ grid, name }: Grid): Promise<SourceOffer> {
  const genesis = await grid.block(0);
  // The chain's id is the end of its first block's.
  if (genesis?.hash.endsWith(TRON.slice(TRON.indexOf('0x') + 2)) !== true) {
    throw new CairnError(
      'invalid-input',
      `${name} is of another network: its first block is ${genesis?.hash ?? 'not there'}`,
    );
  }
  return {
    basis: 'index',
    internal: true,
    evidence: false,
    notes: [
      'What the service leaves out of a list cannot be seen: its index is taken at its word.',
      'Order inside a block, and inside a transaction, is not told: it is assigned.',
      'The fee of a call, and TRX sent with it, come with the history of whoever signed it.',
      NO_TRC10,
      NO_SYSTEM_CONTRACTS,
    ],
  };
}
