import { SaxesParser } from 'saxes';
import { expect, test } from 'vitest';
import type { BarsChart } from '../charts/chart.ts';
import { chartFileName, renderChartPage } from './index.ts';

const CHART: BarsChart = {
  kind: 'bars',
  id: 'one-chart',
  title: 'Losses <by> "year"',
  subtitle: 'Sums of known amounts.',
  caption: 'Attribution: all & every.',
  footnotes: ['<script>alert(1)</script>'],
  unit: 'usd',
  axisTitle: 'US$ billion',
  periods: ['2020'],
  stacks: [{ name: 'all', look: 0, isUnknown: false, values: [123_456_789n] }],
  lines: [],
  below: [],
  table: {
    columns: [
      { name: 'year', align: 'left' },
      { name: 'US$', align: 'right' },
      { name: "who's", align: 'left' },
    ],
    rows: [
      ['2020', 'about 1234567.89', '<b>"1234567"</b>'],
      ['2021', 'none under this rule: not in the rows of annex 95 of S/2024/215', '-'],
    ],
  },
};
const PAGE = renderChartPage([CHART]);

test('shows the narrow drawing on narrow screens and the wide one else, beside it in the folder', () => {
  expect(chartFileName(CHART, 400)).toBe('one-chart-400.svg');
  expect(PAGE).toContain('<source media="(max-width: 1100px)" srcset="one-chart-400.svg">');
  expect(PAGE).toContain('<img src="one-chart-1200.svg" alt="Losses &lt;by&gt; &quot;year&quot;. ');
});

test('has caption, footnotes and the table with headings; thousands are set apart in numbers only', () => {
  expect(PAGE).toContain('<figcaption>Attribution: all &amp; every.</figcaption>');
  expect(PAGE).toContain('<caption id="one-chart-table">');
  expect(PAGE).toContain('<th scope="col" class="number">US$</th>');
  expect(PAGE).toContain(
    '<tr><th scope="row">2020</th><td class="number">about 1,234,567.89</td><td>&lt;b&gt;&quot;1234567&quot;&lt;/b&gt;</td></tr>',
  );
  expect(PAGE).toContain('<td class="number">none under this rule: not in the rows of annex 95 of S/2024/215</td>');
  expect(PAGE).toContain('<div class="table" role="region" tabindex="0" aria-labelledby="one-chart-table">');
});

test('has no scripts and nothing from outside, and every tag is closed', () => {
  expect(PAGE).not.toMatch(/<script|https?:|@import|url\(/);
  const body = PAGE.slice(PAGE.indexOf('<body>')).replace('</html>', '');
  const parser = new SaxesParser();
  parser.write(body.replace(/<(source|img)([^>]*)>/g, '<$1$2/>')).close();
});
