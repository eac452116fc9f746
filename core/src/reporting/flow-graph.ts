import type { Run, TagResult } from '../tracing/index.ts';
import type { Account, Asset } from '../units/index.ts';

/** Accounts drawn apart in one layer; the rest of a layer is drawn as one. More than this cannot be read on a page. */
const APART = 9;
/** Layers drawn; accounts further away are drawn in the last one. */
export const LAYERS = 7;

/** One account, or the smaller accounts of a layer together. Values in base units of the stolen asset. */
export type FlowNode = {
  readonly id: string;
  /** One account, or several merged. */
  readonly accounts: readonly Account[];
  readonly layer: number;
  /** What passes through or ends here: the larger of what comes in and what goes out or stays. */
  readonly value: bigint;
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

/** What one tag's value did, as layers by the number of hops from where it starts. Null: no amounts, or no moves. */
export function buildFlowGraph(tag: TagResult, run: Run, reversed: boolean): FlowGraph | null {
  if (tag.stolen === null || tag.edges.length === 0) return null;
  const edges = tag.edges
    .filter(({ from, to }) => from !== to)
    .map(({ from, to, origin }) => ({ from: reversed ? to : from, to: reversed ? from : to, value: origin ?? 0n }));
  const layers = layerOf(edges, tag, run);
  const deepest = Math.max(...layers.values());
  const ends = endValues(tag);
  const through = throughput(edges, ends, layers);
  const groups = groupNodes(layers, through);
  const links = new Map<string, { from: string; to: string; value: bigint }>();
  const back = { moves: 0, value: 0n };
  for (const { from, to, value } of edges) {
    const [source, target] = [groups.get(from), groups.get(to)];
    if (source === undefined || target === undefined || value === 0n) continue;
    if ((layers.get(from) ?? 0) >= (layers.get(to) ?? 0) || source.layer >= target.layer) {
      back.moves++;
      back.value += value;
      continue;
    }
    const key = `${source.id} ${target.id}`;
    const link = links.get(key) ?? { from: source.id, to: target.id, value: 0n };
    link.value += value;
    links.set(key, link);
  }
  return { nodes: toNodes(groups, ends, [...links.values()]), links: [...links.values()], back, deepest };
}

type Move = { readonly from: Account; readonly to: Account; readonly value: bigint };
type Group = { readonly id: string; readonly layer: number; readonly accounts: Account[] };
type Ends = ReadonlyMap<Account, { held: bigint; lastSeen: bigint; booked: bigint }>;

/** Hops from the accounts that nothing of this tag reaches first: breadth first, in the order edges are sorted. */
function layerOf(edges: readonly Move[], tag: TagResult, run: Run): Map<Account, number> {
  const reached = new Set(edges.map(({ to }) => to));
  const onward = Map.groupBy(edges, ({ from }) => from);
  const roots = [...new Set(edges.map(({ from }) => from))].filter((from) => !reached.has(from));
  const first = run.followed.find((account) => onward.has(account));
  const nearest = tag.holdings.filter(({ depth }) => depth === 0).map(({ account }) => account);
  let layer = roots.length > 0 ? roots : nearest.length > 0 ? nearest : first === undefined ? [] : [first];
  const layers = new Map<Account, number>(layer.map((account) => [account, 0]));
  for (let depth = 1; layer.length > 0; depth++) {
    const next: Account[] = [];
    for (const { to } of layer.flatMap((account) => onward.get(account) ?? [])) {
      if (layers.has(to)) continue;
      layers.set(to, depth);
      next.push(to);
    }
    layer = next;
  }
  return layers;
}

function endValues(tag: TagResult): Ends {
  const ends = new Map<Account, { held: bigint; lastSeen: bigint; booked: bigint }>();
  const at = (account: Account) => {
    const end = ends.get(account) ?? { held: 0n, lastSeen: 0n, booked: 0n };
    ends.set(account, end);
    return end;
  };
  for (const { account, origin, status } of tag.holdings) {
    at(account)[status === 'held' ? 'held' : 'lastSeen'] += origin ?? 0n;
  }
  for (const { account, origin } of tag.terminals) at(account).booked += origin ?? 0n;
  return ends;
}

function throughput(edges: readonly Move[], ends: Ends, layers: ReadonlyMap<Account, number>): Map<Account, bigint> {
  const incoming = new Map<Account, bigint>();
  const outgoing = new Map<Account, bigint>();
  for (const { from, to, value } of edges) {
    incoming.set(to, (incoming.get(to) ?? 0n) + value);
    outgoing.set(from, (outgoing.get(from) ?? 0n) + value);
  }
  return new Map(
    [...layers.keys()].map((account) => {
      const end = ends.get(account);
      const out = (outgoing.get(account) ?? 0n) + (end === undefined ? 0n : end.held + end.lastSeen + end.booked);
      return [account, largest(incoming.get(account) ?? 0n, out)];
    }),
  );
}

function groupNodes(layers: ReadonlyMap<Account, number>, through: ReadonlyMap<Account, bigint>): Map<Account, Group> {
  const groups = new Map<Account, Group>();
  const byLayer = Map.groupBy([...layers], ([, layer]) => Math.min(layer, LAYERS - 1));
  for (const [layer, members] of byLayer) {
    const accounts = members
      .map(([account]) => account)
      .sort((a, b) => compareDescending(through.get(a) ?? 0n, through.get(b) ?? 0n) || (a < b ? -1 : 1));
    const apart = accounts.length <= APART + 1 ? accounts.length : APART;
    for (const account of accounts.slice(0, apart)) groups.set(account, { id: account, layer, accounts: [account] });
    const others: Group = { id: `others-${layer}`, layer, accounts: accounts.slice(apart) };
    for (const account of others.accounts) groups.set(account, others);
  }
  return groups;
}

function toNodes(groups: ReadonlyMap<Account, Group>, ends: Ends, links: readonly FlowLink[]): FlowNode[] {
  const nodes = [...new Set(groups.values())].map(({ id, layer, accounts }): FlowNode => {
    const own = accounts.flatMap((account) => ends.get(account) ?? []);
    const held = own.reduce((sum, end) => sum + end.held, 0n);
    const lastSeen = own.reduce((sum, end) => sum + end.lastSeen, 0n);
    const booked = own.reduce((sum, end) => sum + end.booked, 0n);
    const incoming = links.reduce((sum, link) => (link.to === id ? sum + link.value : sum), 0n);
    const outgoing = links.reduce((sum, link) => (link.from === id ? sum + link.value : sum), 0n);
    return { id, layer, accounts, held, lastSeen, booked, value: largest(incoming, outgoing + held + lastSeen + booked) };
  });
  return nodes
    .filter(({ value }) => value > 0n)
    .sort((a, b) => a.layer - b.layer || Number(a.accounts.length > 1) - Number(b.accounts.length > 1) || compareDescending(a.value, b.value) || (a.id < b.id ? -1 : 1));
}

function largest(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

export function compareDescending(a: bigint, b: bigint): number {
  return a === b ? 0 : a > b ? -1 : 1;
}
