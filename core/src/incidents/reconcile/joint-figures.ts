import { compareText } from '../../units/index.ts';
import { parseUsd, type Usd } from '../claim.ts';
import type { Incident } from '../incident.ts';
import { percentOf, sizeOf } from './other-amounts.ts';
import type { ListedRow } from './rows.ts';

/** Somebody's one figure for several thefts that a list prints as rows of their own. */
export type JointFigure = {
  readonly by: string;
  /** In text order. */
  readonly slugs: readonly string[];
  readonly usd: Usd;
  /** The rows added up as printed; cents. */
  readonly printedUsd: Usd;
  /** The joint figure minus the printed sum. */
  readonly differenceUsd: Usd;
  readonly percent: string | null;
  /** By more than a tenth of the printed sum. */
  readonly differs: boolean;
};

/** Joint figures of which every part is a row of the list; each once, whichever of the records it stands in. */
export function jointFigures(incidents: readonly Incident[], rows: readonly ListedRow[]): readonly JointFigure[] {
  const printed = new Map(
    rows.filter(({ together }) => together.length === 0).map(({ slug, printedUsd }) => [slug, printedUsd]),
  );
  const found = new Map<string, JointFigure>();
  for (const { slug, amounts } of incidents) {
    for (const { by, usd: text, scope, with: others = [] } of amounts) {
      if (scope !== 'joint' || text === null) continue;
      const slugs = [slug, ...others].sort(compareText);
      const parts = slugs.map((one) => printed.get(one) ?? null).filter((part) => part !== null);
      if (parts.length < slugs.length) continue;
      const [usd, printedUsd] = [parseUsd(text), parts.reduce((sum, part) => sum + part, 0n)];
      const differenceUsd = usd - printedUsd;
      const differs = sizeOf(differenceUsd) * 10n > printedUsd;
      const percent = percentOf(differenceUsd, printedUsd);
      found.set(`${by} ${text} ${slugs.join(' ')}`, { by, slugs, usd, printedUsd, differenceUsd, percent, differs });
    }
  }
  return [...found.values()];
}
