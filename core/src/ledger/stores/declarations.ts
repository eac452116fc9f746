import type { Coverage } from '../coverage.ts';

/** The sort key of declarations; null comes before any value. */
const KEY = ['chain', 'account', 'direction', 'fromBlock', 'toBlock', 'source'] as const;

/** Identical declarations once, sorted by (chain, account, direction, fromBlock, toBlock, source), then by the rest. */
export function sortDeclarations(declarations: readonly Coverage[]): Coverage[] {
  const distinct = new Map(declarations.map((declaration) => [encodeDeclaration(declaration), declaration]));
  return [...distinct]
    .sort(([textA, a], [textB, b]) => {
      for (const field of KEY) {
        const order = compare(a[field], b[field]);
        if (order !== 0) return order;
      }
      return compare(textA, textB);
    })
    .map(([, declaration]) => declaration);
}

function compare(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a < b ? -1 : 1;
}

/** A declaration as text: equal declarations give equal texts. */
export function encodeDeclaration(declaration: Coverage): string {
  const { chain, account, direction, assets, fromBlock, toBlock, toAt, basis, truncated, note, source } = declaration;
  return JSON.stringify({
    chain,
    account,
    direction,
    assets,
    fromBlock,
    toBlock,
    toAt,
    basis,
    truncated,
    note,
    source,
  });
}

/** The inverse of `encodeDeclaration`. */
export function decodeDeclaration(text: string): Coverage {
  return JSON.parse(text) as Coverage;
}

/** What a declaration still says once blocks of its chain from some on are no longer part of it; null: nothing. */
export function cutCoverage(declared: Coverage, rollbacks: readonly { readonly fromBlock: number }[]): Coverage | null {
  const first = Math.min(...rollbacks.map(({ fromBlock }) => fromBlock));
  if (declared.toBlock === null || declared.toBlock < first) return declared;
  const isGone = (declared.fromBlock ?? 0) >= first;
  return isGone ? null : { ...declared, toBlock: first - 1, toAt: null };
}
