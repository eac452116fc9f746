import { isFeeSink } from '../ledger/index.ts';
import type { Edge, Run, TagResult } from '../tracing/index.ts';
import type { Account, Asset } from '../units/index.ts';
import { compareDescending, largest } from './order.ts';
import { type Move, withoutPassages } from './passages.ts';

/** Accounts drawn apart in one layer; the rest of a layer is drawn as one. More than this cannot be read on a page. */
const APART = 9;
/** Layers drawn; accounts further away are drawn in the last one. */
export const LAYERS = 7;

/** An account; with an asset where it was followed, so that value which crossed and came back is a place of its own. */
export type Spot = { readonly account: Account; readonly asset: Asset | null };

/** One account, or the smaller accounts of a layer together. Values in base units of the stolen asset. */
export type FlowNode = {
  readonly id: string;
  /** One account, or several merged. */
  readonly accounts: readonly Spot[];
  readonly layer: number;
  /** What passes through or ends here: the larger of what comes in and what goes out or stays. */
  readonly value: bigint;
  /** What leaves along the links drawn. */
  readonly outgoing: bigint;
  readonly held: bigint;
  readonly lastSeen: bigint;
  /** Booked at a terminal, network fees included. */
  readonly booked: bigint;
};

export type FlowLink = { readonly from: string; readonly to: string; readonly value: bigint };

export type FlowGraph = {
  readonly nodes: readonly FlowNode[];
  readonly links: readonly FlowLink[];
  /** Moves that lead back to the same layer or an earlier one; they are counted, not drawn. */
  readonly back: { readonly moves: number; readonly value: bigint };
  readonly deepest: number;
};

/** By `<payer> <transaction>` of what crossings paid out: the account that took the value in. */
export type Venues = ReadonlyMap<string, Account>;

/**
 * What one tag's value did, as layers by the number of hops from where it starts. Null: no amounts, or no moves.
 * @param venues - so that what a crossing pays out is drawn from where its value went in.
 */
export function buildFlowGraph(
  tag: TagResult,
  run: Run,
  reversed: boolean,
  venues: Venues = new Map(),
): FlowGraph | null {
  if (tag.stolen === null || tag.edges.length === 0) return null;
  const followed = new Set(run.followed);
  const spot = (account: Account, asset: Asset): string => (followed.has(account) ? `${account} ${asset}` : account);
  const direct = tag.edges
    .map((edge): Move => {
      const { to, asset, origin } = edge;
      const venue = venueOf(edge, venues);
      const [source, target] = [venue ?? spot(edge.from, asset), spot(to, asset)];
      const value = origin ?? 0n;
      return reversed ? { from: target, to: source, value } : { from: source, to: target, value };
    })
    .filter(({ from, to, value }) => from !== to && value > 0n);
  const moves = withoutPassages(direct);
  const ends = endValues(tag, spot);
  const layers = layerOf(moves, tag, spot);
  const groups = groupNodes(layers, throughput(moves, ends, layers));
  const links = new Map<string, FlowLink>();
  const back = { moves: 0, value: 0n };
  for (const { from, to, value } of moves) {
    const [source, target] = [groups.get(from), groups.get(to)];
    if (source === undefined || target === undefined || source.layer >= target.layer) {
      back.moves++;
      back.value += value;
      continue;
    }
    const key = `${source.id} -> ${target.id}`;
    links.set(key, { from: source.id, to: target.id, value: value + (links.get(key)?.value ?? 0n) });
  }
  const deepest = [...layers.values()].reduce((a, b) => Math.max(a, b), 0);
  return { nodes: toNodes(groups, ends, [...links.values()]), links: [...links.values()], back, deepest };
}

/** Where all of a move was paid out for value that one account took in; null: not so. */
function venueOf({ from, transactions }: Edge, venues: Venues): Account | null {
  const [venue, ...others] = new Set(transactions.map((tx) => venues.get(`${from} ${tx}`) ?? null));
  return others.length > 0 ? null : (venue ?? null);
}

type Group = { readonly id: string; readonly layer: number; readonly members: string[] };
type End = { held: bigint; lastSeen: bigint; booked: bigint };
type ToSpot = (account: Account, asset: Asset) => string;

/** Hops from where nothing of this tag arrives: breadth first, in the order moves are sorted. */
function layerOf(moves: readonly Move[], tag: TagResult, spot: ToSpot): Map<string, number> {
  const reached = new Set(moves.map(({ to }) => to));
  const onward = Map.groupBy(moves, ({ from }) => from);
  const roots = [...onward.keys()].filter((from) => !reached.has(from));
  const seeded = tag.holdings.filter(({ depth }) => depth === 0).map(({ account, asset }) => spot(account, asset));
  // Where value goes round, the largest payer stands first.
  const payers = [...onward].map(([from, own]) => ({ from, value: own.reduce((sum, { value }) => sum + value, 0n) }));
  const [largestPayer] = payers.sort((a, b) => compareDescending(a.value, b.value) || (a.from < b.from ? -1 : 1));
  const starts =
    roots.length > 0 ? roots : seeded.length > 0 ? seeded : largestPayer === undefined ? [] : [largestPayer.from];
  let layer = starts;
  const layers = new Map<string, number>(layer.map((name) => [name, 0]));
  for (let depth = 1; layer.length > 0; depth++) {
    const next: string[] = [];
    for (const { to } of layer.flatMap((name) => onward.get(name) ?? [])) {
      if (layers.has(to)) continue;
      layers.set(to, depth);
      next.push(to);
    }
    layer = next;
  }
  // Fees are paid all along the way; they stand last.
  const last = Math.max(...layers.values());
  for (const name of layers.keys()) if (isFeeSink(name as Account)) layers.set(name, last);
  return layers;
}

function endValues(tag: TagResult, spot: ToSpot): Map<string, End> {
  const ends = new Map<string, End>();
  const at = (name: string): End => {
    const end = ends.get(name) ?? { held: 0n, lastSeen: 0n, booked: 0n };
    ends.set(name, end);
    return end;
  };
  for (const { account, asset, origin, status } of tag.holdings) {
    at(spot(account, asset))[status === 'held' ? 'held' : 'lastSeen'] += origin ?? 0n;
  }
  for (const { account, asset, origin } of tag.terminals) at(spot(account, asset)).booked += origin ?? 0n;
  for (const { to, asset, origin } of tag.edges) if (isFeeSink(to)) at(spot(to, asset)).booked += origin ?? 0n;
  return ends;
}

function throughput(
  moves: readonly Move[],
  ends: ReadonlyMap<string, End>,
  layers: ReadonlyMap<string, number>,
): Map<string, bigint> {
  const incoming = new Map<string, bigint>();
  const outgoing = new Map<string, bigint>();
  for (const { from, to, value } of moves) {
    incoming.set(to, (incoming.get(to) ?? 0n) + value);
    outgoing.set(from, (outgoing.get(from) ?? 0n) + value);
  }
  return new Map(
    [...layers.keys()].map((name) => {
      const end = ends.get(name);
      const out = (outgoing.get(name) ?? 0n) + (end === undefined ? 0n : end.held + end.lastSeen + end.booked);
      return [name, largest([incoming.get(name) ?? 0n, out])];
    }),
  );
}

function groupNodes(layers: ReadonlyMap<string, number>, through: ReadonlyMap<string, bigint>): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const [layer, inLayer] of Map.groupBy([...layers], ([, depth]) => Math.min(depth, LAYERS - 1))) {
    const names = inLayer
      .map(([name]) => name)
      .sort((a, b) => compareDescending(through.get(a) ?? 0n, through.get(b) ?? 0n) || (a < b ? -1 : 1));
    const apart = names.length <= APART + 1 ? names.length : APART;
    for (const name of names.slice(0, apart)) groups.set(name, { id: name, layer, members: [name] });
    const others: Group = { id: `others ${layer}`, layer, members: names.slice(apart) };
    for (const name of others.members) groups.set(name, others);
  }
  return groups;
}

function toNodes(
  groups: ReadonlyMap<string, Group>,
  ends: ReadonlyMap<string, End>,
  links: readonly FlowLink[],
): FlowNode[] {
  const nodes = [...new Set(groups.values())].map(({ id, layer, members }): FlowNode => {
    const own = members.flatMap((name) => ends.get(name) ?? []);
    const held = own.reduce((sum, end) => sum + end.held, 0n);
    const lastSeen = own.reduce((sum, end) => sum + end.lastSeen, 0n);
    const booked = own.reduce((sum, end) => sum + end.booked, 0n);
    const incoming = links.reduce((sum, link) => (link.to === id ? sum + link.value : sum), 0n);
    const outgoing = links.reduce((sum, link) => (link.from === id ? sum + link.value : sum), 0n);
    const value = largest([incoming, outgoing + held + lastSeen + booked]);
    return { id, layer, accounts: members.map(toSpot), held, lastSeen, booked, outgoing, value };
  });
  return nodes
    .filter(({ value }) => value > 0n)
    .sort(
      (a, b) =>
        a.layer - b.layer ||
        Number(a.accounts.length > 1) - Number(b.accounts.length > 1) ||
        compareDescending(a.value, b.value) ||
        (a.id < b.id ? -1 : 1),
    );
}

function toSpot(name: string): Spot {
  const [account, asset] = name.split(' ');
  return { account: account as Account, asset: asset === undefined ? null : (asset as Asset) };
}
