import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';
import type { BarsChart, Chart, LinesChart, TimelineChart } from '../charts/chart.ts';
import {
  accessMethodsChart,
  concentration,
  crossBy,
  filterIncidents,
  formatUsd,
  lorenzChart,
  lossesByYearChart,
  matches,
  scopeBy,
  timeline,
  timelineChart,
} from '../index.ts';
import { readRegistry } from '../sources/index.ts';
import { CHART_WIDTHS, renderSvg } from './index.ts';

const REGISTRY = readRegistry(new URL('../../../../data/record/', import.meta.url).pathname);
const COUNTED = filterIncidents(REGISTRY.incidents, {});
const LOSSES = lossesByYearChart(scopeBy(COUNTED, 'year', 'preferred'), REGISTRY.aggregates, 'caption');
const ACCESS = accessMethodsChart(crossBy(COUNTED, 'year', 'access', 'preferred'), 'caption');
const LORENZ = lorenzChart(concentration(COUNTED, 'preferred'), 'caption') as LinesChart;
const THEFTS = timeline(REGISTRY, { rule: 'preferred', filter: (incident) => matches(incident, {}) });
const TIMELINE = timelineChart(THEFTS, 'preferred', REGISTRY.institutions, 'caption') as TimelineChart;
const CHARTS: readonly Chart[] = [LOSSES, ACCESS, LORENZ, TIMELINE];

type Element = { readonly name: string; readonly attributes: Readonly<Record<string, string>>; text: string };

/** Throws where it is not well-formed. */
function elementsOf(svg: string): readonly Element[] {
  const elements: Element[] = [];
  const open: Element[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes: attributes as Record<string, string>, text: '' };
    elements.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  });
  parser.on('closetag', () => open.pop());
  parser.write(svg).close();
  return elements;
}

describe.each(CHARTS.map((chart) => [chart.id, chart] as const))('%s', (id, chart) => {
  test.each(CHART_WIDTHS)('at %i px: well-formed, described, on white, nothing too small', (width) => {
    const [root, ...elements] = elementsOf(renderSvg(chart, width));
    expect(root?.attributes).toMatchObject({
      role: 'img',
      'aria-labelledby': `${id}-title ${id}-desc`,
      width: String(width),
    });
    expect(elements.slice(0, 2).map(({ name, text, attributes }) => [name, text.length > 0, attributes['id']])).toEqual(
      [
        ['title', true, `${id}-title`],
        ['desc', true, `${id}-desc`],
      ],
    );
    expect(elements.find(({ name }) => name === 'rect')?.attributes['fill']).toBe('#ffffff');
    const sizes = elements
      .filter(({ name }) => name === 'text')
      .map(({ attributes }) => Number(/font-size:([\d.]+)px/.exec(attributes['style'] ?? '')?.[1]));
    expect(sizes.length).toBeGreaterThan(10);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(width === 1200 ? 12 : 11);
    expect(elements.some(({ name }) => ['script', 'style', 'image', 'foreignObject'].includes(name))).toBe(false);
  });

  test('the same bytes, whatever was drawn before', () => {
    const first = renderSvg(chart, 400);
    for (const other of CHARTS) renderSvg(other, 1200);
    expect(renderSvg(chart, 400)).toBe(first);
  });
});

test.each([LOSSES, ACCESS])(
  '$id: every value that is drawn stands in the table',
  ({ unit, periods, stacks, lines, below, table }: BarsChart) => {
    for (const { values } of [...stacks, ...lines]) {
      for (const [i, value] of values.entries()) {
        if (value === null) continue;
        const shown = unit === 'usd' ? formatUsd(value) : String(value);
        expect(table.rows.find(([period]) => period === periods[i])?.some((cell) => cell.endsWith(shown))).toBe(true);
      }
    }
    for (const { values } of below) {
      for (const [i, value] of values.entries()) expect(table.rows[i]).toContain(String(value));
    }
  },
);

test('every point of the curve and every theft stands in the table', () => {
  expect(LORENZ.curve.points.map(({ x, y }) => [String(x), formatUsd(y)])).toEqual(
    LORENZ.table.rows.map(([incidents, , usd]) => [incidents, usd]),
  );
  const marks = TIMELINE.groups.flatMap(({ thefts }) => thefts);
  expect(marks).toHaveLength(COUNTED.length);
  const rows = new Set(
    TIMELINE.table.rows.map(([on, , , , usd]) => `${on} ${usd?.startsWith('not known: ') ? null : usd}`),
  );
  for (const { on, usd } of marks) expect(rows).toContain(`${on} ${usd === null ? null : formatUsd(usd)}`);
  const slugs = TIMELINE.table.rows.map((row) => row[3]);
  for (const { slug } of COUNTED) expect(slugs).toContain(slug);
});

test('the UN Panel’s rows are drawn as annex 95 adds up', () => {
  const line = LOSSES.lines.find(({ name }) => name.includes('annex 95'));
  expect(line?.values[LOSSES.periods.indexOf('2022')]).toBe(99_170_000_000n);
  expect(line?.values.reduce<bigint>((sum, value) => sum + (value ?? 0n), 0n)).toBe(296_603_100_000n);
});

describe('hostile text', () => {
  const HOSTILE = `<script>alert("1")</script> & 'x' ]]> {a|b} id="zr0-c1" url(#zr0-p1) \u0000\u0008\ud800 ${'x'.repeat(90)}`;

  test.each(CHART_WIDTHS)('is text and nothing else at %i px', (width) => {
    const bars: Chart = {
      ...LOSSES,
      title: HOSTILE,
      subtitle: HOSTILE,
      caption: HOSTILE,
      footnotes: [HOSTILE],
      axisTitle: HOSTILE,
      stacks: LOSSES.stacks.map((stack, i) => ({ ...stack, name: `${HOSTILE} ${i}` })),
    };
    const thefts: Chart = {
      ...TIMELINE,
      groups: TIMELINE.groups.map((group) => ({
        ...group,
        name: HOSTILE,
        thefts: group.thefts.map((theft) => ({ ...theft, label: theft.label === null ? null : HOSTILE })),
      })),
      lanes: TIMELINE.lanes.map((lane) => ({ ...lane, name: HOSTILE })),
    };
    for (const chart of [bars, thefts]) {
      const svg = renderSvg(chart, width);
      const elements = elementsOf(svg);
      expect(elements.some(({ name }) => name === 'script')).toBe(false);
      expect(elements.some(({ text }) => text.includes('<script>alert("1")</script>'))).toBe(true);
      expect(elements.some(({ text }) => text.includes('url(#zr0-p1)'))).toBe(true);
    }
  });

  test('an empty chart is drawn, not refused', () => {
    const empty: Chart = { ...LOSSES, periods: [], stacks: [], lines: [], below: [] };
    const nothing: Chart = { ...TIMELINE, groups: [], lanes: [] };
    for (const chart of [empty, nothing]) expect(elementsOf(renderSvg(chart, 400))[0]?.name).toBe('svg');
  });
});
