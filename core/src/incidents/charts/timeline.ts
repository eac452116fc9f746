import { compareText } from '../../units/index.ts';
import { AMOUNT_RULE_NAMES, type AmountRule } from '../amounts.ts';
import type { Institution } from '../institution.ts';
import type { MeasureKind } from '../measure.ts';
import type { MeasureEntry, TheftEntry, Timeline } from '../timeline.ts';
import { ATTRIBUTION_GRADES, ATTRIBUTION_NAMES } from '../vocabulary.ts';
import { noAmount, noAmountCell, numbered, usdCell, withoutAmount } from './cells.ts';
import type { TheftMark, TimelineChart } from './chart.ts';

/** How many thefts are named in the drawing. */
const NAMED = 8;

const LANES: readonly { readonly name: string; readonly kinds: readonly MeasureKind[] }[] = [
  { name: 'sanctions, seizures, rules', kinds: ['designation', 'delisting', 'seizure', 'closure', 'rulemaking'] },
  { name: 'charges, forfeiture suits', kinds: ['indictment', 'complaint', 'forfeiture'] },
  { name: 'statements, reports, mandates', kinds: ['statement', 'report', 'advisory', 'mandate'] },
];

/**
 * Which thefts, how large, and what did authorities do and say when? From the year of the first theft; null where nothing is dated.
 * @param rule - the one that `timeline` was asked with.
 * @param institutions - of the registry: who took a measure, by name.
 * @param caption - the conditions and grades that the thefts fit, in words.
 */
export function timelineChart(
  timeline: Timeline,
  rule: AmountRule,
  institutions: readonly Institution[],
  caption: string,
): TimelineChart | null {
  const thefts = timeline.entries.filter((entry) => entry.entry === 'theft');
  const measures = timeline.entries.filter((entry) => entry.entry === 'measure');
  const dates = measures.flatMap(({ on }) => (on === null ? [] : [on]));
  const years = (thefts.length > 0 ? thefts.map(({ on }) => on) : dates).map(yearOf);
  if (years.length === 0) return null;
  const last = Math.max(...years, ...dates.map(yearOf));
  const first = Math.min(...years);
  const named = new Set(largestOf(thefts));
  const groups = ATTRIBUTION_GRADES.map((grade, look) => ({
    look,
    name: ATTRIBUTION_NAMES[grade],
    thefts: thefts.filter((theft) => theft.grade === grade).map((theft) => markOf(theft, named.has(theft.slug))),
  }));
  const unknown = thefts.filter(({ usd }) => usd === null).length;
  return {
    kind: 'timeline',
    id: 'timeline',
    title: 'Thefts, and what authorities did and said',
    subtitle: `${numbered(thefts.length, 'theft')}. Amounts: ${AMOUNT_RULE_NAMES[rule]}, nominal US dollars on a logarithmic axis; ${unknown} ${withoutAmount(rule)}${unknown === 0 ? '' : ', in the strip below'}. That one thing follows another does not make it a consequence.`,
    caption,
    footnotes: footnotesOf(timeline, thefts, first, named.size),
    axisTitle: 'US$, logarithmic',
    unknownTitle: noAmount(rule),
    years: { first, last },
    groups: groups.filter((group) => group.thefts.length > 0),
    lanes: LANES.map(({ name, kinds }) => ({
      name,
      dates: measures.flatMap(({ kind, on }) =>
        on !== null && yearOf(on) >= first && kinds.includes(kind) ? [on] : [],
      ),
    })),
    table: tableOf(timeline, rule, institutions),
  };
}

function tableOf(
  { entries, undated }: Timeline,
  rule: AmountRule,
  institutions: readonly Institution[],
): TimelineChart['table'] {
  return {
    columns: [
      { name: 'date', align: 'left' },
      { name: 'what', align: 'left' },
      { name: 'who or what', align: 'left' },
      { name: 'id', align: 'left' },
      { name: 'amount, US$', align: 'right' },
      { name: 'figures', align: 'left' },
      { name: 'rests on', align: 'left' },
    ],
    rows: [...entries, ...undated].flatMap((entry) => {
      if (entry.entry === 'attribution') return [];
      return [entry.entry === 'theft' ? theftRow(entry, rule) : measureRow(entry, institutions)];
    }),
  };
}

/** Slugs of the largest that may be named; a private person never is. Equals by slug. */
function largestOf(thefts: readonly TheftEntry[]): readonly string[] {
  return thefts
    .filter(({ usd, isPrivate }) => usd !== null && !isPrivate)
    .sort((a, b) => ((a.usd ?? 0n) < (b.usd ?? 0n) ? 1 : a.usd === b.usd ? compareText(a.slug, b.slug) : -1))
    .slice(0, NAMED)
    .map(({ slug }) => slug);
}

function markOf({ on, usd, title }: TheftEntry, isNamed: boolean): TheftMark {
  return { on, usd, label: isNamed ? title : null };
}

function yearOf(on: string): number {
  return Number(on.slice(0, 4));
}

function footnotesOf(
  { entries, undated, leftOut }: Timeline,
  thefts: readonly TheftEntry[],
  first: number,
  named: number,
): readonly string[] {
  const before = entries.filter(({ entry, on }) => entry === 'measure' && on !== null && yearOf(on) < first).length;
  const coarse = thefts.filter(({ precision }) => precision !== 'day').length;
  const nothing = thefts.filter(({ usd }) => usd === 0n);
  const uncounted = thefts.filter(({ notCounted }) => notCounted !== null).length;
  const out = leftOut.belowMinimum + leftOut.amountUnknown;
  return [
    `Named are the ${numbered(named, 'theft')} with the largest known amounts, private persons never.`,
    'A forfeiture suit asks for a forfeiture; whether it was granted is not shown. A charge is an allegation.',
    'The lanes are not filtered: they hold all measures on record in the period.',
    ...(coarse === 0
      ? []
      : [`${numbered(coarse, 'theft')} dated to the month or year only: drawn hollow, in the middle of it.`]),
    ...(nothing.length === 0
      ? []
      : [
          `Known to be nothing, for which a logarithmic axis has no place: ${nothing.map(({ slug }) => slug).join(', ')}.`,
        ]),
    ...(uncounted === 0
      ? []
      : [`${numbered(uncounted, 'theft')} shown here ${uncounted === 1 ? 'counts' : 'count'} in no total.`]),
    ...(out === 0
      ? []
      : [`Left out: ${leftOut.belowMinimum} below the least amount, ${leftOut.amountUnknown} without a known amount.`]),
    ...(before === 0
      ? []
      : [`${numbered(before, 'measure')} before ${first}, the year of the first theft: in the table only.`]),
    ...(undated.length === 0 ? [] : [`Not dated, in the table only: ${undated.map(({ title }) => title).join('; ')}.`]),
  ];
}

function theftRow(
  { on, title, slug, usd, usdUnknown, contested, grade, notCounted }: TheftEntry,
  rule: AmountRule,
): readonly string[] {
  return [
    on,
    notCounted === null ? 'theft' : 'theft, in no total',
    title,
    slug,
    usdCell(usd, `${noAmountCell(rule)}: ${usdUnknown}`),
    contested ? 'in conflict' : '',
    ATTRIBUTION_NAMES[grade],
  ];
}

function measureRow(entry: MeasureEntry, institutions: readonly Institution[]): readonly string[] {
  const by = entry.by.map((id) => institutions.find((one) => one.id === id)?.name ?? id).join(', ');
  const rests =
    entry.generalKnowledge.length === 0
      ? 'sources on record'
      : `general knowledge: ${entry.generalKnowledge.join(', ')}`;
  return [entry.on ?? 'not known', entry.kind, `${by}: ${entry.title}`, entry.id, '–', '', rests];
}
