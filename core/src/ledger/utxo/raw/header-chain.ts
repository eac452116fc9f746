import { CairnError } from '../../../errors.ts';
import { type RawHeader, workOf } from './header.ts';

/** The hash of the first block of the main network. */
export const GENESIS = '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f';

/** A block whose height is known: one of the headers, or the block before one of them. */
export type HeaderAnchor = { readonly hash: string; readonly height: number };

/** A header with the height that its coinbase states, where it is known. */
export type StatedHeader = RawHeader & { readonly statedHeight?: number | null };

export type LinkedHeader = RawHeader & { readonly height: number };

/** Headers each of which names the one before it. */
export type HeaderChain = {
  /** In rising order, without a gap. */
  readonly headers: readonly LinkedHeader[];
  /** Hashes that it takes on average to make these headers. */
  readonly work: bigint;
};

/** Where headers stand to each other. */
export type LinkedHeaders = {
  /** For each block that has no parent here, the branch with the most work that grows from it; by first height. */
  readonly chains: readonly HeaderChain[];
  /** Every other branch, from the first block that is not on a chain above; by first height, then hash. */
  readonly forks: readonly HeaderChain[];
  /** Headers without an ancestor of known height, in the order given. */
  readonly orphans: readonly RawHeader[];
};

/** From this block on the main network refused blocks of version 2 that do not state their true height (BIP-34: 750 of 1,000). */
const HEIGHTS_STATED_FROM = 224_413;

/**
 * Which blocks follow which, at what height, and which branch has the most work.
 * Heights come from the genesis block and from `anchors`, else from what coinbases state. A stated height counts only from
 * block 224,413 on: before, the network did not check it, and some blocks state another.
 * Of two branches of equal work the one whose end was given first is kept: a node keeps the one it saw first.
 * The best branch is told inside a tree only: of two trees without a known common ancestor neither is better.
 * @throws {CairnError} `contradiction`: heights from two sources that cannot both be true, naming the blocks.
 */
export function linkHeaders(headers: readonly StatedHeader[], anchors: readonly HeaderAnchor[] = []): LinkedHeaders {
  const byHash = new Map(headers.map((header) => [header.hash, header]));
  const children = childrenOf(byHash);
  const known = knownHeights(anchors);
  const linked: Branches = { chains: [], forks: [] };
  const orphans = new Set<string>();
  for (const root of byHash.values()) {
    if (byHash.has(root.previous)) continue;
    const tree = treeOf(root, children);
    const height = rootHeight(tree, known);
    if (height === null) for (const { header } of tree) orphans.add(header.hash);
    else addBranches(tree, height, linked);
  }
  const first = ({ headers: [header] }: HeaderChain) => header as LinkedHeader;
  const byPlace = (a: HeaderChain, b: HeaderChain) =>
    first(a).height - first(b).height || (first(a).hash < first(b).hash ? -1 : 1);
  return {
    chains: linked.chains.sort(byPlace),
    forks: linked.forks.sort(byPlace),
    orphans: [...byHash.values()].filter(({ hash }) => orphans.has(hash)),
  };
}

type Branches = { readonly chains: HeaderChain[]; readonly forks: HeaderChain[] };

function childrenOf(byHash: ReadonlyMap<string, StatedHeader>): Map<string, StatedHeader[]> {
  const children = new Map<string, StatedHeader[]>();
  for (const header of byHash.values()) {
    const siblings = children.get(header.previous);
    if (siblings === undefined) children.set(header.previous, [header]);
    else siblings.push(header);
  }
  return children;
}

type Known = { readonly height: number; readonly source: string };

function knownHeights(anchors: readonly HeaderAnchor[]): ReadonlyMap<string, Known> {
  const known = new Map<string, Known>([[GENESIS, { height: 0, source: 'the genesis block' }]]);
  for (const { hash, height } of anchors) {
    const before = known.get(hash);
    const given = { height, source: 'as given' };
    if (before !== undefined && before.height !== height) throw contradiction(hash, before, given);
    known.set(hash, before ?? given);
  }
  return known;
}

function contradiction(hash: string, one: Known, other: Known): CairnError {
  return new CairnError(
    'contradiction',
    `block ${hash} has two heights: ${one.height} (${one.source}) and ${other.height} (${other.source})`,
  );
}

/** A block of a tree; `depth` counts from its root, and a parent stands before its children. */
type Node = { readonly header: StatedHeader; readonly parent: number; readonly depth: number; readonly work: bigint };

/** A block and all that follow it, parents first. */
function treeOf(root: StatedHeader, children: ReadonlyMap<string, readonly StatedHeader[]>): Node[] {
  const tree: Node[] = [{ header: root, parent: -1, depth: 0, work: workOf(root.bits) }];
  for (let place = 0; place < tree.length; place++) {
    const { header, depth, work } = tree[place] as Node;
    for (const child of children.get(header.hash) ?? []) {
      tree.push({ header: child, parent: place, depth: depth + 1, work: work + workOf(child.bits) });
    }
  }
  return tree;
}

/** The height of a tree's root, from every block of it whose height is known. @returns null: none is. */
function rootHeight(tree: readonly Node[], known: ReadonlyMap<string, Known>): number | null {
  const root = (tree[0] as Node).header;
  const before = known.get(root.previous);
  let found: Known | null =
    before === undefined ? null : { height: before.height + 1, source: `${before.source}, for the block before it` };
  const learn = ({ header, depth }: Node, own: Known): void => {
    const source = depth === 0 ? own.source : `${own.source} for ${header.hash}, ${depth} later`;
    const implied = { height: own.height - depth, source };
    if (found === null) found = implied;
    else if (found.height !== implied.height) throw contradiction(root.hash, found, implied);
  };
  for (const node of tree) {
    const own = known.get(node.header.hash);
    if (own !== undefined) learn(node, own);
  }
  const certain = heightOf(found);
  for (const node of tree) {
    const stated = node.header.statedHeight ?? 0;
    const isChecked = certain === null ? stated >= HEIGHTS_STATED_FROM : certain + node.depth >= HEIGHTS_STATED_FROM;
    if (isChecked && stated > 0) learn(node, { height: stated, source: 'as its coinbase states' });
  }
  return heightOf(found);
}

const heightOf = (known: Known | null): number | null => known?.height ?? null;

/** Cuts a tree into its best branch and the others, each from where it leaves one already cut. */
function addBranches(tree: readonly Node[], height: number, { chains, forks }: Branches): void {
  const isParent = new Set(tree.map(({ parent }) => parent));
  const tips = tree.map((_, place) => place).filter((place) => !isParent.has(place));
  // A stable sort keeps the order given where work is equal.
  tips.sort((a, b) => compare((tree[b] as Node).work, (tree[a] as Node).work));
  const used = new Set<number>([-1]);
  for (const [rank, tip] of tips.entries()) {
    const headers: LinkedHeader[] = [];
    let work = 0n;
    for (let place = tip; !used.has(place); place = (tree[place] as Node).parent) {
      const { header, depth } = tree[place] as Node;
      used.add(place);
      headers.push(linkedHeader(header, height + depth));
      work += workOf(header.bits);
    }
    (rank === 0 ? chains : forks).push({ headers: headers.reverse(), work });
  }
}

function linkedHeader(header: StatedHeader, height: number): LinkedHeader {
  const { version, hash, previous, merkleRoot, time, bits, nonce } = header;
  return { version, hash, previous, merkleRoot, time, bits, nonce, height };
}

function compare(one: bigint, other: bigint): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
