import { isFeeSink, isTxAccount, outpointOf } from '../ledger/index.ts';
import { type Asset, accountChain, isUtxoChain } from '../units/index.ts';
import { type FlowGraph, type FlowNode, LAYERS } from './flow-graph.ts';
import type { Names } from './names.ts';
import { largest } from './order.ts';
import { visible } from './text.ts';

/** Geometry in units of the drawing, which is `width` wide; every coordinate rounded to a tenth. */
export type FlowDiagram = {
  readonly width: number;
  readonly height: number;
  /** What a reader who does not see the drawing is told. */
  readonly description: string;
  readonly bars: readonly Bar[];
  readonly ribbons: readonly Ribbon[];
  readonly heads: readonly { readonly x: number; readonly text: string }[];
};

export type Bar = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** How much of the height, from its foot, ended here, by kind. */
  readonly held: number;
  readonly lastSeen: number;
  readonly booked: number;
  readonly labels: readonly { readonly text: string; readonly tone: 'strong' | 'plain' }[];
};

/** A band from the right side of one bar to the left side of another, `thickness` thick. */
export type Ribbon = {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly thickness: number;
};

const WIDTH = 1000;
const TOP = 34;
const BAR = 10;
/** A transaction that stands by itself is a place value passes, not one where it stays. */
const PASSAGE = 4;
/** Height of the fullest column's value in a drawing of many accounts; fewer need less. */
const TALLEST = 340;
/** Room under each other for a bar's two or three lines of text. */
const LINE = 10.5;
const GAP = 7;

/**
 * Lays a flow graph out: columns by hops, heights in proportion to value.
 * @param zero - the layer that is hop 0: the seeded account's.
 */
export function layOut(graph: FlowGraph, asset: Asset, names: Names, zero: number): FlowDiagram {
  const columns = Map.groupBy(graph.nodes, ({ layer }) => layer);
  const layers = [...columns.keys()].sort((a, b) => a - b);
  const sums = layers.map((layer) => (columns.get(layer) ?? []).reduce((total, { value }) => total + value, 0n));
  const tallest = largest([1n, ...sums]);
  const fullest = Math.max(...layers.map((layer) => columns.get(layer)?.length ?? 0));
  const scale = Math.min(TALLEST, 110 + 26 * fullest);
  const size = (value: bigint): number => Number((value * 1_000_000n) / tallest) / (1_000_000 / scale);
  const step = layers.length < 2 ? WIDTH : WIDTH / layers.length;
  const bars = new Map<string, Bar>();
  let bottom = TOP;
  for (const [index, layer] of layers.entries()) {
    let y = TOP;
    for (const node of columns.get(layer) ?? []) {
      const bar = toBar(node, { x: index * step, y, size, asset, names });
      bars.set(node.id, bar);
      y += Math.max(bar.height, bar.labels.length * LINE) + GAP;
    }
    bottom = Math.max(bottom, y);
  }
  return {
    width: WIDTH,
    height: round(bottom + 4),
    description: describe(graph, asset, names),
    bars: [...bars.values()],
    ribbons: toRibbons(graph, bars, size),
    heads: layers.map((layer, index) => ({ x: round(index * step), text: headOf(layer, zero, graph.deepest) })),
  };
}

type Place = {
  readonly x: number;
  readonly y: number;
  readonly size: (value: bigint) => number;
  readonly asset: Asset;
  readonly names: Names;
};

function toBar(node: FlowNode, { x, y, size, asset, names }: Place): Bar {
  const [spot] = node.accounts;
  const single = node.accounts.length === 1 && spot !== undefined;
  const label = single ? names.label(spot.account) : null;
  const other = single && spot.asset !== null && spot.asset !== asset ? ` (${names.asset(spot.asset)})` : '';
  const [brief = '', ...reference] = single ? names.brief(spot.account) : [];
  const name = single ? `${brief}${other}` : `${node.accounts.length} other ${othersWord(node)}`;
  const passage = single && isTxAccount(spot.account) && isUtxoChain(accountChain(spot.account)) && node.booked === 0n;
  const ends: [string, bigint][] = [
    ['held', node.held],
    ['last seen', node.lastSeen],
    [spot?.account !== undefined && isFeeSink(spot.account) ? 'paid' : 'ended', node.booked],
  ];
  const ended = ends.filter(([, value]) => value > 0n);
  const told = ended.map(([what, value]) => `${what} ${names.short(value, asset)}`);
  return {
    x: round(x),
    y: round(y),
    width: passage ? PASSAGE : BAR,
    height: round(Math.max(size(node.value), 0.8)),
    held: round(size(node.held)),
    lastSeen: round(size(node.lastSeen)),
    booked: round(size(node.booked)),
    labels: [
      { text: name, tone: passage ? ('plain' as const) : ('strong' as const) },
      ...reference.map((text) => ({ text, tone: 'plain' as const })),
      ...(label === null ? [] : [{ text: clip(visible(label)), tone: 'plain' as const }]),
      ...(node.outgoing > 0n && !passage
        ? [{ text: `passed on ${names.short(node.outgoing, asset)}`, tone: 'plain' as const }]
        : []),
      ...told.map((text) => ({ text, tone: 'plain' as const })),
    ],
  };
}

function toRibbons(graph: FlowGraph, bars: ReadonlyMap<string, Bar>, size: (value: bigint) => number): Ribbon[] {
  const order = new Map(graph.nodes.map(({ id }, index) => [id, index]));
  const place = (id: string): number => order.get(id) ?? 0;
  const sorted = graph.links.toSorted((a, b) => place(a.from) - place(b.from) || place(a.to) - place(b.to));
  const left = new Map<string, number>();
  const entered = new Map<string, number>();
  return sorted.flatMap(({ from, to, value }) => {
    const [source, target] = [bars.get(from), bars.get(to)];
    if (source === undefined || target === undefined) return [];
    const thickness = size(value);
    const y1 = source.y + (left.get(from) ?? 0);
    const y2 = target.y + (entered.get(to) ?? 0);
    left.set(from, (left.get(from) ?? 0) + thickness);
    entered.set(to, (entered.get(to) ?? 0) + thickness);
    const drawn = Math.max(thickness, 0.5);
    return [
      {
        x1: round(source.x + source.width),
        y1: round(y1),
        x2: round(target.x),
        y2: round(y2),
        thickness: round(drawn),
      },
    ];
  });
}

function describe(graph: FlowGraph, asset: Asset, names: Names): string {
  const held = graph.nodes.reduce((sum, node) => sum + node.held, 0n);
  const lastSeen = graph.nodes.reduce((sum, node) => sum + node.lastSeen, 0n);
  const booked = graph.nodes.reduce((sum, node) => sum + node.booked, 0n);
  return `Flow of the value, heights in proportion to it, over ${graph.deepest} columns of steps (a swap venue, a return and a transaction drawn by itself count as steps, unlike the hops of the tables): held ${names.short(held, asset)}, last seen ${names.short(lastSeen, asset)}, ended at terminals or as fees ${names.short(booked, asset)}. The tables carry the exact figures.`;
}

function headOf(layer: number, zero: number, deepest: number): string {
  if (layer < zero) return 'paid from';
  return layer === LAYERS - 1 && deepest > layer ? `step ${layer - zero} and further` : `step ${layer - zero}`;
}

function othersWord({ accounts }: FlowNode): string {
  return accounts.every(({ account }) => outpointOf(account) !== null) ? 'outputs' : 'accounts';
}

function clip(text: string): string {
  const characters = [...text];
  return characters.length <= 24 ? text : `${characters.slice(0, 23).join('')}…`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
