import { isFeeSink, isTxAccount, type Transfer } from '../../core/src/ledger/index.ts';
import type { Gap, Run, TagResult, Touched } from '../../core/src/tracing/result.ts';
import type { Account, Asset } from '../../core/src/units/index.ts';
import { type AccountSeed, key, type Leg, type Move, runMoves, type Setup, stopOf } from './naive-moves.ts';
import { byKeys, edgeKeys, gapsOf, type IsHeld, inOrder, ownerPart, terminalKeys } from './naive-result.ts';

type Holding = { readonly account: Account; readonly asset: Asset; tags: string[]; balance: bigint; block: number };
type Reach = { account: Account; asset: Asset; tag: string; reason: string | null; depth: number; gross: bigint };

/** Reach only: which holdings are downstream of a seed. A holding keeps a tag for good; amounts never add up. */
export function poisonRun(setup: Setup) {
  const { request, seeded } = setup;
  const { limits } = request;
  const forward = request.direction === 'forward';
  const holdings = new Map<string, Holding>();
  const followed = new Map<Account, number>();
  const depths = new Map<string, number>(
    [...seeded].flatMap(([account, tags]) => [...tags].map((tag) => [key(account, tag), 0] as const)),
  );
  const touched = new Map<string, Reach>();
  const terminals = new Map<
    string,
    { tag: string; account: Account; reason: string; label: string | null; asset: Asset }
  >();
  const edges = new Map<string, { tag: string; leg: Leg; hits: Set<string> }>();
  const gaps: (Gap & { transfer: Transfer })[] = [];
  const active = new Map<string, string[]>();

  function holdingOf(account: Account, asset: Asset): Holding {
    const name = key(account, asset);
    const balance = forward ? 0n : (setup.closing.get(name) ?? 0n);
    const found = holdings.get(name) ?? { account, asset, tags: [], balance, block: 0 };
    holdings.set(name, found);
    return found;
  }

  function infect(holding: Holding, tags: readonly string[], block: number): void {
    holding.tags = [...new Set([...holding.tags, ...tags])];
    if (tags.length > 0 && !followed.has(holding.account)) followed.set(holding.account, block);
    for (const tag of tags) reach(holding, tag, null, 0, 0n);
  }

  function reach({ account, asset }: Holding, tag: string, reason: string | null, depth: number, gross: bigint): void {
    const name = key(tag, account, asset);
    const old = touched.get(name) ?? { account, asset, tag, reason, depth, gross: 0n };
    const isFollowed = old.reason === null || reason === null;
    touched.set(name, {
      ...old,
      reason: isFollowed ? null : old.reason,
      depth: Math.min(old.depth, depth),
      gross: old.gross + gross,
    });
  }

  function activate(accountSeed: AccountSeed): void {
    const holding = holdingOf(accountSeed.account, accountSeed.asset);
    const name = key(holding.account, holding.asset);
    if (forward) active.set(name, [...(active.get(name) ?? []), accountSeed.tag]);
    if (holding.balance > 0n) infect(holding, [accountSeed.tag], holding.block);
  }

  /** The rule that stops a tag at this receipt; null: it goes on. */
  function stopped(tag: string, payer: Account, receiver: Account, gross: bigint): [string, string | null] | null {
    const always = stopOf(setup, receiver);
    if (always !== null || isTxAccount(receiver)) return always;
    const least = limits.minAmount[setup.assetOf.get(tag) as Asset] ?? 0n;
    if (request.crossings.length === 0 && gross < least) return ['below-threshold', null];
    const arrival = (depths.get(key(payer, tag)) ?? 0) + 1;
    if (limits.maxHops !== null && arrival >= limits.maxHops) return ['max-hops', null];
    const holders = [...followed.keys()].filter((account) => !isTxAccount(account)).length;
    const isFull = limits.maxAccounts !== null && !followed.has(receiver) && holders >= limits.maxAccounts;
    return isFull ? ['max-accounts', null] : null;
  }

  function book(tag: string, { account, asset }: Holding, reason: string, label: string | null): void {
    terminals.set(key(tag, reason, account, asset), { tag, account, reason, label, asset });
  }

  function receive(
    tags: readonly string[],
    dirty: readonly string[],
    payer: Account,
    holding: Holding,
    leg: Leg,
  ): void {
    const isReceipt = payer !== holding.account;
    const grossOf = (tag: string) => (isReceipt && dirty.includes(tag) ? leg.amount : 0n);
    const stops = new Map(
      tags.map((tag) => [
        tag,
        isReceipt && !seeded.has(holding.account) ? stopped(tag, payer, holding.account, leg.amount) : null,
      ]),
    );
    for (const [tag, stop] of stops) {
      const hops = isReceipt && !isTxAccount(holding.account) ? 1 : 0;
      const depth = (depths.get(key(payer, tag)) ?? 0) + hops;
      if (stop === null) {
        depths.set(key(holding.account, tag), Math.min(depth, depths.get(key(holding.account, tag)) ?? depth));
        reach(holding, tag, null, depth, grossOf(tag));
      } else {
        book(tag, holding, ...stop);
        reach(holding, tag, stop[0], depth, grossOf(tag));
      }
    }
    const own = active.get(key(holding.account, holding.asset)) ?? [];
    infect(holding, [...[...stops].flatMap(([tag, stop]) => (stop === null ? [tag] : [])), ...own], leg.block);
  }

  function recordEdges(leg: Leg, tags: readonly string[]): void {
    for (const tag of tags) {
      const name = key(tag, leg.from, leg.to, leg.asset);
      const hits = edges.get(name)?.hits ?? new Set();
      edges.set(name, { tag, leg, hits: hits.add(leg.tx) });
    }
  }

  function apply({ transfer, into, outOf, shortfall }: Move): void {
    const isCrossing = into !== outOf;
    const [pay, get] = forward ? [into, outOf] : [outOf, into];
    const payer = holdingOf(forward ? pay.from : pay.to, pay.asset);
    const receiver = holdingOf(forward ? get.to : get.from, get.asset);
    const recordGap = ({ account, asset, tags }: Holding) => {
      if (shortfall > 0n && tags.length > 0) {
        gaps.push({ account, asset, transaction: transfer.tx, position: transfer.position, shortfall, transfer });
      }
    };
    if (forward) {
      payer.balance += shortfall;
      if (shortfall > 0n) infect(payer, active.get(key(payer.account, payer.asset)) ?? [], transfer.blockNumber);
      recordGap(payer);
    }
    payer.balance -= pay.amount;
    payer.block = pay.block;
    const dirty = payer.tags;
    let tags = [...new Set([...dirty, ...pay.seeds.map(({ tag }) => tag)])];
    const isSelf = !isCrossing && payer === receiver;
    if (!isSelf) recordEdges(pay, tags);
    if (isCrossing) {
      tags = [...new Set([...tags, ...get.seeds.map(({ tag }) => tag)])];
      recordEdges(get, tags);
    }
    receiver.balance += get.amount;
    receiver.block = get.block;
    if (isFeeSink(receiver.account)) return;
    if (isSelf) infect(receiver, tags, get.block);
    else receive(tags, dirty, payer.account, receiver, get);
    if (!forward && shortfall > 0n) {
      receiver.balance -= shortfall;
      for (const tag of receiver.tags) book(tag, receiver, 'gap', null);
      recordGap(receiver);
    }
  }

  runMoves(setup, activate, apply);

  return {
    followed,
    result(isHeld: IsHeld, txOrder: ReadonlyMap<string, number>): Run {
      const unknown = { amount: null, origin: null };
      const names = byKeys(setup.assetOf.keys(), (tag) => [tag]);
      const depthOf = (account: Account, tag: string) => depths.get(key(account, tag)) as number;
      const tags = names.map((tag): TagResult => {
        const own = <T extends { tag: string }>(rows: Iterable<T>) => [...rows].filter((row) => row.tag === tag);
        return {
          tag,
          asset: setup.assetOf.get(tag) as Asset,
          ...{ stolen: null, held: null, lastSeen: null, fees: null, overlap: null, reentered: null },
          terminals: byKeys(own(terminals.values()), terminalKeys).map(({ tag: _, ...row }) => ({
            ...row,
            ...ownerPart(setup, row.account),
            ...unknown,
          })),
          holdings: byKeys(holdings.values(), ({ account, asset }) => [account, asset])
            .filter((holding) => holding.tags.includes(tag))
            .map(({ account, asset }) => {
              const held = isHeld(account, asset, followed.get(account) as number);
              const named = { account, ...ownerPart(setup, account), asset };
              return { ...named, ...unknown, status: held ? 'held' : 'last-seen', depth: depthOf(account, tag) };
            }),
          edges: byKeys(own(edges.values()), ({ leg }) => edgeKeys(leg)).map(({ leg: { from, to, asset }, hits }) => ({
            ...{ from, to, asset },
            ...unknown,
            transactions: inOrder(hits, txOrder),
          })),
        };
      });
      const rows = byKeys(touched.values(), ({ tag, account, asset }) => [tag, account, asset]);
      const withDepth = (row: Reach): Touched => ({
        ...row,
        ...ownerPart(setup, row.account),
        ...(row.reason === null ? { depth: depthOf(row.account, row.tag) } : {}),
      });
      return {
        policy: 'poison/1',
        tags,
        gaps: gapsOf(gaps),
        touched: rows.map(withDepth),
        followed: [...followed.keys()],
      };
    },
  };
}
