import { compareText } from '../../units/index.ts';
import type { Aggregate } from '../aggregate.ts';
import { formatUsd, type Usd } from '../claim.ts';
import type { Incident } from '../incident.ts';

/** The published series that losses are drawn beside: what each is called, and the aggregates that its years are from. */
const EDITIONS: readonly { readonly name: string; readonly ids: readonly string[] }[] = [
  { name: 'UN Panel, rows of annex 95', ids: ['un-2024-215-annex95-rows'] },
  { name: 'MSMT, October 2025 (2025 to September)', ids: ['msmt-2025-2024', 'msmt-2025-2025'] },
  { name: 'Chainalysis, series of December 2025', ids: ['chainalysis-2026-series'] },
  { name: 'TRM Labs, to 2023 (approximate)', ids: ['trm-series'] },
];

/** One year as somebody else published it. `usd` null: only bounds, which `text` gives. */
export type PublishedYear = { readonly usd: Usd | null; readonly text: string };

export type PublishedSeries = {
  readonly name: string;
  /** Which of the published series it is, whichever others the record holds. */
  readonly look: number;
  readonly years: ReadonlyMap<string, PublishedYear>;
  /** Who published what, and what stands against comparing it. */
  readonly footnote: string;
};

/**
 * The published series on record that give figures by year; ones that the record does not hold are left out.
 * @param isAsked - of which years.
 */
export function publishedSeries(
  aggregates: readonly Aggregate[],
  isAsked: (year: string) => boolean,
): readonly PublishedSeries[] {
  return EDITIONS.flatMap(({ name, ids }, look) => {
    const held = aggregates.filter(({ id }) => ids.includes(id)).sort((a, b) => compareText(a.id, b.id));
    const years = new Map(held.flatMap(yearsOf).filter(([year]) => isAsked(year)));
    return years.size === 0 ? [] : [{ name, look, years, footnote: footnoteOf(name, held) }];
  });
}

/** The figures by year; a total that covers one year or part of it stands for that year. */
function yearsOf({ byYear, usd, qualifier, period: { from, to } }: Aggregate): readonly [string, PublishedYear][] {
  if (byYear !== null) {
    return Object.entries(byYear).map(([year, figure]) => [year, asYear(figure)]);
  }
  const year = from?.slice(0, 4);
  if (usd === null || year === undefined || year !== to?.slice(0, 4)) return [];
  return [[year, asYear({ usd, low: null, high: null, qualifier: qualifier ?? undefined })]];
}

type Figure = {
  readonly usd: Usd | null;
  readonly low: Usd | null;
  readonly high: Usd | null;
  readonly qualifier?: NonNullable<Incident['amounts'][number]['qualifier']> | undefined;
};

function asYear({ usd, low, high, qualifier }: Figure): PublishedYear {
  if (usd !== null) return { usd, text: `${qualifier === undefined ? '' : `${qualifier} `}${formatUsd(usd)}` };
  const bounds = [
    ...(low === null ? [] : [`at least ${formatUsd(low)}`]),
    ...(high === null ? [] : [`at most ${formatUsd(high)}`]),
  ];
  return { usd: null, text: bounds.length === 0 ? 'not published' : bounds.join(', ') };
}

function footnoteOf(name: string, held: readonly Aggregate[]): string {
  const periods = held.map(({ period }) => period.asPrinted).join('; ');
  const [first] = held;
  const published = first?.publishedOn === null || first === undefined ? 'date not known' : first.publishedOn;
  const scopes = [...new Set(held.map(({ scope }) => scope))].join('; ');
  const limits = [...new Set(held.flatMap((one) => one.limits))].join('; ');
  return `${name}: ${first?.publisher ?? ''}, published ${published}, for ${periods}. Counts: ${scopes}. ${
    limits === '' ? '' : `Against comparing: ${limits}.`
  }`.trim();
}
