import type { Account, Asset } from '../../../units/index.ts';
import { isAbsent, isObject, type JsonObject } from '../../evm/json-values.ts';
import { TRX } from '../../tron/address.ts';
import type { AccountList, ListQuery, ListRow, TronGrid } from './trongrid.ts';

/** What the lists of an account say of one transaction. */
export type Listed = {
  readonly tx: string;
  /** Unix milliseconds. */
  readonly at: number;
  /** As it was signed, with its block; null: no list has it. */
  signed: JsonObject | null;
  /** Transfers of tokens and inner calls that name the account. */
  readonly transfers: JsonObject[];
  readonly innerCalls: JsonObject[];
};

export type AccountLists = {
  readonly byTx: ReadonlyMap<string, Listed>;
  /** The first transaction beyond what was read, from whose time on others may be missing; null: all were read. */
  readonly cut: ListRow | null;
};

/**
 * The transactions of an account that its lists name, the earliest first.
 * @param assets - of the chain; null: all. Lists that cannot name them are not asked for.
 * @param limit - so many transactions of each list are enough; null: all.
 */
export async function readLists(
  grid: TronGrid,
  account: Account,
  query: Omit<ListQuery, 'token'>,
  { assets, limit }: { readonly assets: readonly Asset[] | null; readonly limit: number | null },
): Promise<AccountLists> {
  const byTx = new Map<string, Listed>();
  const innerIds: InnerIds = new Map();
  let cut: ListRow | null = null;
  for (const { list, token } of listsFor(assets)) {
    const own = new Set<string>();
    for await (const rows of grid.pages(account, list, { ...query, token })) {
      for (const row of rows) {
        own.add(row.tx);
        if (limit !== null && own.size > limit) {
          if (row.at < (cut?.at ?? Number.POSITIVE_INFINITY)) cut = row;
          break;
        }
        if (isFirst(row, list, innerIds)) add(byTx, row);
      }
      if (limit !== null && own.size > limit) break;
    }
  }
  const end = cut?.at ?? Number.POSITIVE_INFINITY;
  const inTime = [...byTx.values()].filter(({ at }) => at < end).sort((a, b) => a.at - b.at);
  return { byTx: new Map(inTime.map((listed) => [listed.tx, listed])), cut };
}

/** Which lists can name transactions of these assets: two for TRX, one for tokens, of a single token only its own part. */
export function listsFor(
  assets: readonly Asset[] | null,
): readonly { readonly list: AccountList; readonly token: string | null }[] {
  const native = [
    { list: 'transactions', token: null },
    { list: 'internal-transactions', token: null },
  ] as const;
  if (assets === null) return [...native, { list: 'transactions/trc20', token: null }];
  const tokens = assets.filter((asset) => asset !== TRX).map((asset) => asset.slice(asset.lastIndexOf(':') + 1));
  const token = tokens.length === 1 ? (tokens[0] ?? null) : null;
  return [
    ...(assets.includes(TRX) ? native : []),
    ...(tokens.length > 0 ? [{ list: 'transactions/trc20', token } as const] : []),
  ];
}

/** By id of an inner call, the list it came in. */
type InnerIds = Map<string, AccountList>;

/** Inner calls also come among the transactions of an account: what one list has is not taken from another. */
function isFirst({ value }: ListRow, list: AccountList, innerIds: InnerIds): boolean {
  if (isAbsent(value['internal_tx_id'])) return true;
  const id = String(value['internal_tx_id']);
  const known = innerIds.get(id) ?? list;
  innerIds.set(id, known);
  return known === list;
}

function add(byTx: Map<string, Listed>, { tx, at, value }: ListRow): void {
  const listed = byTx.get(tx) ?? { tx, at, signed: null, transfers: [], innerCalls: [] };
  byTx.set(tx, listed);
  if ('token_info' in value) listed.transfers.push(value);
  else if (!isAbsent(value['internal_tx_id'])) listed.innerCalls.push(value);
  else if (isObject(value['raw_data'])) listed.signed = value;
}
