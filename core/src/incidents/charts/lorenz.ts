import { formatUsd } from '../claim.ts';
import type { Concentration } from '../impact/concentration.ts';
import { numbered, percentCell, sumsOfKnown, withoutAmount } from './cells.ts';
import type { LinesChart } from './chart.ts';

/**
 * How unequally are known losses spread over incidents? The Lorenz curve with what the largest took; null where there is no curve:
 * fewer than two amounts are known, or all of them are zero.
 * @param caption - the conditions and grades that were counted, in words.
 */
export function lorenzChart(losses: Concentration, caption: string): LinesChart | null {
  const { known, unknown, usd, lorenz, gini } = losses;
  if (usd === null || gini === null || known < 2) return null;
  const marks = marksOf(losses);
  return {
    kind: 'lines',
    id: 'concentration',
    title: 'How known losses are spread over incidents',
    subtitle: `${sumsOfKnown(losses.rule, known + unknown.length, unknown.length)} Gini coefficient of the known: ${thousandths(gini)}.`,
    caption,
    footnotes: footnotesOf(losses),
    x: {
      title: `share of the ${numbered(known, 'incident')} with an amount, smallest first`,
      whole: BigInt(known),
    },
    y: { title: 'share of the sum of known losses', whole: usd },
    curve: {
      name: 'known losses',
      points: lorenz.map(({ incidents, usd: sum }) => ({ x: BigInt(incidents), y: sum })),
    },
    diagonal: 'if all were alike',
    marks: marks.map(({ incidents, usd: sum, label }) => ({ x: BigInt(incidents), y: sum, label })),
    table: {
      columns: [
        { name: 'smallest incidents, number', align: 'left' },
        { name: 'their share of incidents', align: 'right' },
        { name: 'their sum of known losses, US$', align: 'right' },
        { name: 'their share of the sum', align: 'right' },
        { name: 'the rest', align: 'left' },
      ],
      rows: lorenz.map((point) => [
        String(point.incidents),
        percentCell(BigInt(point.incidents), BigInt(known)),
        formatUsd(point.usd),
        percentCell(point.usd, usd),
        marks.find(({ incidents }) => incidents === point.incidents)?.label ?? '–',
      ]),
    },
  };
}

function footnotesOf({ rule, unknown, zero, leftOut }: Concentration): readonly string[] {
  return [
    'The curve (Lorenz 1905) adds incidents from the smallest loss to the largest. On the straight line all would have lost alike. It says nothing of thefts that are not on record.',
    `The Gini coefficient is that of the list as it stands, 0: all alike, 1: one has all.`,
    ...(unknown.length === 0 ? [] : [`In no point, ${withoutAmount(rule)}: ${unknown.join(', ')}.`]),
    ...(zero.length === 0 ? [] : [`Known to be nothing, in the curve as 0: ${zero.join(', ')}.`]),
    ...(leftOut.length === 0
      ? []
      : [`Never in this curve, for they count in no total: ${leftOut.map(({ slug }) => slug).join(', ')}.`]),
  ];
}

/** Where the curve stands without the largest so many. */
function marksOf({ known, usd, largest }: Concentration) {
  return largest.flatMap(({ largest: number, losses, share }) => {
    if (usd === null || share === null || losses.length < number || number >= known) return [];
    const label = `largest ${number === 1 ? 'one' : number}: ${percentCell(share.part, share.whole)} of the sum`;
    return [{ incidents: known - number, usd: usd - share.part, label }];
  });
}

function thousandths({ numerator, denominator }: NonNullable<Concentration['gini']>): string {
  const rounded = (numerator * 2000n + denominator) / (denominator * 2n);
  return `${rounded / 1000n}.${String(rounded % 1000n).padStart(3, '0')}`;
}
