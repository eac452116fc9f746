import { CairnError } from '../errors.ts';
import type { LedgerReader, Transfer, TransferRef, TransferTable } from '../ledger/index.ts';
import { type Account, type Asset, accountChain, type Chain } from '../units/index.ts';
import type { Crossing, TraceRequest } from './request.ts';

/** Why a row is not a plain transfer: a seed, the way into a crossing, or an output already applied with its input. */
export const SPECIAL = { none: 0, seed: 1, crossing: 2, applied: 3 } as const;

export type Tag = { readonly name: string; readonly asset: Asset; readonly minAmount: bigint };
export type AccountSeed = {
  readonly tag: number;
  readonly account: number;
  readonly asset: number;
  readonly at: number | null;
};
export type TransferSeed = { readonly tag: number; readonly amount: bigint | null };
/** A crossing with its output resolved: `sent` of the input becomes `amount` of `asset` and enters `account`. */
export type ResolvedCrossing = {
  readonly crossing: Crossing;
  /** Its place in `Compiled.crossingList`. */
  readonly number: number;
  readonly input: number;
  /** Base units of the input that cross here. */
  readonly sent: bigint;
  /** The output's row; null: unrecorded. */
  readonly output: number | null;
  readonly account: number;
  readonly asset: number;
  readonly amount: bigint;
};

/** A request in the table's numbers. Traced assets are numbered 0 … `traced` − 1. */
export type Compiled = {
  readonly request: TraceRequest;
  readonly table: TransferTable;
  readonly traced: number;
  readonly tags: readonly Tag[];
  readonly transferSeeds: ReadonlyMap<number, readonly TransferSeed[]>;
  /** In the order they become active; null comes first. */
  readonly accountSeeds: readonly AccountSeed[];
  /** By the input's row, in the order in which they take their parts of it. */
  readonly crossings: ReadonlyMap<number, readonly ResolvedCrossing[]>;
  readonly crossingList: readonly ResolvedCrossing[];
  /** By row; rows beyond its end are plain. */
  readonly special: Uint8Array;
  /** Accounts exempt from every stopping rule. */
  readonly seeded: ReadonlySet<number>;
  /** Where depth is 0 throughout. */
  readonly depthZero: readonly { readonly tag: number; readonly account: number }[];
};

/** The transfers that seeds and crossings name. */
export type Named = { readonly transfers: readonly Transfer[]; readonly find: (ref: TransferRef) => Transfer };

/** @throws {CairnError} `not-found`: a seed or crossing names a transfer the ledger does not have. */
export async function findNamed(reader: LedgerReader, request: TraceRequest): Promise<Named> {
  const refs: TransferRef[] = request.seeds.flatMap((seed) => (seed.kind === 'transfer' ? [seed.transfer] : []));
  for (const crossing of request.crossings) {
    refs.push(crossing.input);
    if (crossing.output.kind === 'transfer') refs.push(crossing.output.transfer);
  }
  const hashes = [...new Set(refs.map((ref) => ref.tx))].sort();
  const found = hashes.length === 0 ? [] : await reader.transactions(hashes);
  const byRef = new Map(found.map((transfer) => [refName(transfer), transfer]));
  const find = (ref: TransferRef): Transfer => {
    const transfer = byRef.get(refName(ref));
    if (transfer === undefined) throw missing(ref, found);
    return transfer;
  };
  const named = new Map(refs.map((ref) => [refName(ref), find(ref)]));
  return { transfers: [...named.values()], find };
}

/** One transaction, by chain and hash. */
export function transactionName({ chain, tx }: { readonly chain: Chain; readonly tx: string }): string {
  return `${chain} ${tx}`;
}

export function refName(ref: TransferRef): string {
  return `${ref.tx}:${ref.position}`;
}

function missing(ref: TransferRef, found: readonly Transfer[]): CairnError {
  const positions = found.filter((transfer) => transfer.tx === ref.tx).map((transfer) => transfer.position);
  return new CairnError(
    'not-found',
    positions.length === 0
      ? `the ledger has no transaction ${ref.tx}`
      : `transaction ${ref.tx} has no transfer at position ${ref.position}`,
    {
      hints: positions.length === 0 ? ['ingest the file that holds it first'] : [`positions: ${positions.join(', ')}`],
    },
  );
}

/** Assets a request follows: those of its seeds, and both sides of its crossings; sorted. */
export function tracedAssets(request: TraceRequest, named: Named): Asset[] {
  const assets = new Set<Asset>();
  for (const seed of request.seeds) {
    assets.add(seed.kind === 'account' ? seed.asset : named.find(seed.transfer).asset);
  }
  for (const crossing of request.crossings) {
    assets.add(named.find(crossing.input).asset);
    assets.add(
      crossing.output.kind === 'unrecorded' ? crossing.output.asset : named.find(crossing.output.transfer).asset,
    );
  }
  return [...assets].sort();
}

/**
 * @param table - holds the named transfers already; traced assets were numbered first.
 * @throws {CairnError} `invalid-input`: one tag over two assets, a crossing of nothing, one transfer in two crossings.
 */
export function compile(request: TraceRequest, named: Named, table: TransferTable, traced: number): Compiled {
  const rows = rowsOf(table, named.transfers);
  const rowOf = (ref: TransferRef): number => rows.get(refName(ref)) as number;
  const tags: Tag[] = [];
  const transferSeeds = new Map<number, TransferSeed[]>();
  const accountSeeds: AccountSeed[] = [];
  const seeded = new Set<number>();
  const depthZero: { tag: number; account: number }[] = [];
  const special = new Uint8Array(table.count);
  for (const seed of request.seeds) {
    const asset = seed.kind === 'account' ? seed.asset : named.find(seed.transfer).asset;
    const tag = tagNumber(tags, seed.tag, asset, request);
    if (seed.kind === 'account') {
      const account = table.accounts.numberOf(seed.account);
      seeded.add(account);
      accountSeeds.push({ tag, account, asset: table.assets.numberOf(asset), at: seed.at });
    } else {
      const row = rowOf(seed.transfer);
      transferSeeds.set(row, [...(transferSeeds.get(row) ?? []), { tag, amount: seed.amount }]);
      special[row] = SPECIAL.seed;
    }
  }
  const crossingList = request.crossings
    .toSorted((x, y) => (x.id < y.id ? -1 : x.id > y.id ? 1 : 0))
    .map((crossing, number) => resolveCrossing(crossing, number, table, rowOf));
  const crossings = Map.groupBy(crossingList, ({ input }) => input);
  checkParts(crossings, crossingList, table, transferSeeds);
  for (const { input, output } of crossingList) {
    special[input] = SPECIAL.crossing;
    if (output !== null) special[output] = SPECIAL.applied;
  }
  const outputs = Map.groupBy(
    crossingList.flatMap(({ input, output, account }) => [
      { row: input, account },
      { row: output, account },
    ]),
    ({ row }) => row,
  );
  for (const [row, seeds] of transferSeeds) {
    const accounts = outputs.get(row)?.map(({ account }) => account) ?? [table.to[row] as number];
    for (const account of accounts) {
      seeded.add(account);
      for (const { tag } of seeds) depthZero.push({ tag, account });
    }
  }
  for (const { tag, account } of accountSeeds) depthZero.push({ tag, account });
  const { until } = request.limits;
  for (const row of rows.values())
    if (until !== null && (table.time[row] as number) > until) special[row] = SPECIAL.applied;
  const sign = request.direction === 'forward' ? 1 : -1;
  accountSeeds.sort((a, b) => (a.at === b.at ? 0 : a.at === null ? -1 : b.at === null ? 1 : sign * (a.at - b.at)));
  return {
    request,
    table,
    traced,
    tags,
    transferSeeds,
    accountSeeds,
    crossings,
    crossingList,
    special,
    seeded,
    depthZero,
  };
}

function rowsOf(table: TransferTable, transfers: readonly Transfer[]): Map<string, number> {
  const wanted = new Set(transfers.map((transfer) => transfer.tx));
  const rows = new Map<string, number>();
  for (let row = 0; row < table.count; row++) {
    const tx = table.txs[row] as string;
    if (wanted.has(tx)) rows.set(refName({ tx, position: table.position[row] as number }), row);
  }
  return rows;
}

function tagNumber(tags: Tag[], name: string, asset: Asset, request: TraceRequest): number {
  const known = tags.findIndex((tag) => tag.name === name);
  if (known < 0) return tags.push({ name, asset, minAmount: request.limits.minAmount[asset] ?? 0n }) - 1;
  if ((tags[known] as Tag).asset !== asset) {
    throw new CairnError(
      'invalid-input',
      `tag ${name} is seeded in two assets: ${(tags[known] as Tag).asset} and ${asset}`,
      {
        hints: ['one tag is one theft of one asset: give each asset its own tag'],
      },
    );
  }
  return known;
}

function resolveCrossing(
  crossing: Crossing,
  number: number,
  table: TransferTable,
  rowOf: (ref: TransferRef) => number,
): ResolvedCrossing {
  const input = rowOf(crossing.input);
  const { output } = crossing;
  const row = output.kind === 'transfer' ? rowOf(output.transfer) : null;
  const sent = crossing.part ?? table.amounts.get(input);
  const amount = output.kind === 'transfer' ? (output.part ?? table.amounts.get(row as number)) : output.amount;
  if (amount <= 0n || sent <= 0n) {
    throw new CairnError('invalid-input', `crossing ${crossing.id} has an empty side`);
  }
  table.space.reserve(amount);
  return {
    crossing,
    number,
    input,
    sent,
    output: row,
    account: output.kind === 'transfer' ? (table.to[row as number] as number) : table.accounts.numberOf(output.account),
    asset: output.kind === 'transfer' ? (table.asset[row as number] as number) : table.assets.numberOf(output.asset),
    amount,
  };
}

/** No base unit of a transfer crosses twice, and what crossings pay is all of what they name. */
function checkParts(
  crossings: ReadonlyMap<number, readonly ResolvedCrossing[]>,
  list: readonly ResolvedCrossing[],
  table: TransferTable,
  seeds: ReadonlyMap<number, readonly TransferSeed[]>,
): void {
  const refuse = ({ crossing }: ResolvedCrossing, why: string): CairnError =>
    new CairnError('invalid-input', `crossing ${crossing.id} ${why}`);
  for (const [row, parts] of crossings) {
    const [first] = parts as [ResolvedCrossing];
    const sent = parts.reduce((sum, part) => sum + part.sent, 0n);
    const isShared = parts.length > 1;
    if (sent > table.amounts.get(row)) {
      throw refuse(first, isShared ? 'uses a transfer that another crossing uses' : 'takes more than its input moves');
    }
    const isPart = isShared || sent < table.amounts.get(row);
    if (isPart && seeds.get(row)?.some(({ amount }) => amount !== null)) {
      throw refuse(
        first,
        'takes a part of a transfer of which a part is seeded: seed all of it, or what came before it',
      );
    }
  }
  const outputs = Map.groupBy(
    list.filter(({ output }) => output !== null),
    ({ output }) => output as number,
  );
  for (const [row, parts] of outputs) {
    const [first] = parts as [ResolvedCrossing];
    const paid = parts.reduce((sum, part) => sum + part.amount, 0n);
    if (paid > table.amounts.get(row) || crossings.has(row))
      throw refuse(first, 'uses a transfer that another crossing uses');
    if (paid < table.amounts.get(row)) throw refuse(first, 'pays a part of a transfer, and no crossing the rest');
    if (parts.length > 1 && seeds.get(row)?.some(({ amount }) => amount !== null)) {
      throw refuse(first, 'pays a part of a transfer of which a part is seeded: seed all of it');
    }
  }
}

/** Seeds of a row; of a crossing's two sides, those that tag the run before it is mapped and those that tag it after. */
export function seedsOf(
  { transferSeeds, request }: Compiled,
  row: number,
  crossing: ResolvedCrossing | null,
): Record<'before' | 'after', readonly TransferSeed[] | undefined> {
  const input = transferSeeds.get(row);
  const output = crossing === null || crossing.output === null ? undefined : transferSeeds.get(crossing.output);
  const isSwapped = crossing !== null && request.direction === 'source-of-funds';
  return isSwapped ? { before: output, after: input } : { before: input, after: output };
}

/** The block in which a receipt reaches an account; 0 where the chain it arrives on has no record of it. */
export function arrivalBlock(
  { table }: Compiled,
  row: number,
  account: number,
  crossing: ResolvedCrossing | null,
): number {
  if (crossing === null) return table.block[row] as number;
  if (crossing.output !== null) return table.block[crossing.output] as number;
  const chain = accountChain(table.accounts.values[account] as Account);
  return chain === table.chains.values[table.chain[row] as number] ? (table.block[row] as number) : 0;
}
