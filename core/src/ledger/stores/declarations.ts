import type { Coverage } from '../coverage.ts';

/** The sort key of declarations; null comes before any value. */
const KEY = ['chain', 'account', 'direction', 'fromBlock', 'toBlock', 'source'] as const;

/**
 * Identical declarations once, those that say the same of adjoining blocks as one, sorted by (chain, account, direction, fromBlock,
 * toBlock, source), then by the rest. So a record that was fetched in two parts is declared as one that was fetched at once.
 */
export function sortDeclarations(declarations: readonly Coverage[]): Coverage[] {
  const distinct = new Map(joined(declarations).map((declaration) => [encodeDeclaration(declaration), declaration]));
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

/** Adjoining or overlapping stretches of one source's record of one account are one stretch. */
function joined(declarations: readonly Coverage[]): Coverage[] {
  const isIndex = ({ basis, truncated, toBlock, account }: Coverage): boolean =>
    basis === 'index' && !truncated && toBlock !== null && account !== null;
  const groups = Map.groupBy(declarations.filter(isIndex), (one) =>
    encodeDeclaration({ ...one, fromBlock: null, toBlock: null, toAt: null }),
  );
  const stretches = [...groups.values()].flatMap((group) => {
    const sorted = [...group].sort((a, b) => (a.fromBlock ?? 0) - (b.fromBlock ?? 0));
    const merged: Coverage[] = [];
    for (const next of sorted) {
      const last = merged.at(-1);
      if (last === undefined || (next.fromBlock ?? 0) > (last.toBlock as number) + 1) merged.push(next);
      else if ((next.toBlock as number) > (last.toBlock as number)) {
        merged[merged.length - 1] = { ...last, toBlock: next.toBlock, toAt: next.toAt };
      }
    }
    return merged;
  });
  return [...declarations.filter((one) => !isIndex(one)), ...stretches];
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
