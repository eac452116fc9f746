import { compareTransfers, type Transfer } from '../../core/src/ledger/index.ts';
import type { PolicyId } from '../../core/src/tracing/request.ts';
import type { Edge, Gap, Run, TagResult, Terminal } from '../../core/src/tracing/result.ts';
import type { Account, Asset } from '../../core/src/units/index.ts';
import { total } from './naive-lots.ts';
import { key, type Setup } from './naive-moves.ts';
import type { NaiveRun } from './naive-trace.ts';

export type IsHeld = (account: Account, asset: Asset, block: number) => boolean;
export const byKeys = <T>(rows: Iterable<T>, keysOf: (row: T) => readonly string[]): T[] =>
  [...rows].sort((a, b) => {
    const [one, two] = [keysOf(a), keysOf(b)];
    const at = one.findIndex((part, i) => part !== two[i]);
    return at < 0 ? 0 : (one[at] as string) < (two[at] as string) ? -1 : 1;
  });

export function resultOf(
  setup: Setup,
  policy: PolicyId,
  run: NaiveRun,
  isHeld: IsHeld,
  txOrder: ReadonlyMap<string, number>,
): Run {
  const tags = byKeys(setup.assetOf.keys(), (tag) => [tag]).map((tag): TagResult => {
    const holdings = byKeys(run.holdings.values(), ({ account, asset }) => [account, asset]).flatMap(
      ({ account, asset, lots }) => {
        const own = lots.filter((lot) => lot.tag === tag);
        if (own.length === 0) return [];
        const held = isHeld(account, asset, run.followed.get(account) as number);
        const origin = own.reduce((sum, lot) => sum + lot.origin, 0n);
        const depth = run.depths.get(key(account, tag)) as number;
        return [
          {
            account,
            ...ownerPart(setup, account),
            asset,
            amount: total(own),
            origin,
            status: held ? ('held' as const) : ('last-seen' as const),
            depth,
          },
        ];
      },
    );
    const sumOf = (status: string) =>
      holdings.reduce((sum, row) => sum + (row.status === status ? row.origin : 0n), 0n);
    const reentered = [...run.reentered].filter(([name]) => name.startsWith(key(tag, '')));
    return {
      tag,
      asset: setup.assetOf.get(tag) as Asset,
      stolen: run.stolen.get(tag) ?? 0n,
      held: sumOf('held'),
      lastSeen: sumOf('last-seen'),
      fees: run.fees.get(tag) ?? 0n,
      overlap: run.overlap.get(tag) ?? 0n,
      reentered: reentered.reduce((sum, [, amount]) => sum + amount, 0n),
      terminals: byKeys(run.terminals.get(tag)?.values() ?? [], terminalKeys).map((row) => ({
        ...row,
        ...ownerPart(setup, row.account),
      })),
      holdings,
      edges: byKeys(run.edges.get(tag)?.values() ?? [], edgeKeys).map(({ hits, ...edge }) => ({
        ...edge,
        transactions: inOrder(hits, txOrder),
      })),
    };
  });
  return { policy, tags, gaps: gapsOf(run.gaps), touched: [], followed: [...run.followed.keys()] };
}

export function ownerPart({ owners }: Setup, account: Account): { owner?: Account } {
  const owner = owners.get(account);
  return owner === undefined ? {} : { owner };
}

export const terminalKeys = ({ reason, account, asset }: Pick<Terminal, 'reason' | 'account' | 'asset'>) => [
  reason,
  account,
  asset,
];
export const edgeKeys = ({ from, to, asset }: Pick<Edge, 'from' | 'to' | 'asset'>) => [from, to, asset];
export const inOrder = (hits: Iterable<string>, txOrder: ReadonlyMap<string, number>): string[] =>
  [...hits].sort((a, b) => (txOrder.get(a) as number) - (txOrder.get(b) as number));
export const gapsOf = (gaps: readonly (Gap & { transfer: Transfer })[]): Gap[] =>
  [...gaps].sort((a, b) => compareTransfers(a.transfer, b.transfer)).map(({ transfer: _, ...gap }) => gap);
