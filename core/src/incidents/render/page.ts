import type { Chart, ChartTable } from '../charts/chart.ts';
import { escapeXml } from './escape.ts';
import { CHART_WIDTHS, type ChartWidth } from './layout.ts';

/** How the SVG of a chart is called, beside the page that shows it. */
export function chartFileName({ id }: Pick<Chart, 'id'>, width: ChartWidth): string {
  return `${id}-${width}.svg`;
}

/** Below this the wide drawing would shrink until its text is too small to read. */
const NARROW_BELOW = 1100;

const STYLE = `
:root { color: #1f1f1f; background: #ffffff; font: 16px/1.5 Arial, Helvetica, sans-serif; }
body { margin: 0 auto; max-width: 1200px; padding: 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.25rem; }
figure { margin: 0 0 3rem; }
img { display: block; width: 100%; height: auto; max-width: 1200px; }
figcaption, .notes { max-width: 50rem; }
.table { overflow: auto; max-height: 32rem; border: 1px solid #767676; margin-top: 1rem; }
.table:focus-visible, a:focus-visible { outline: 3px solid #0072b2; outline-offset: 2px; }
table { border-collapse: collapse; font-size: 0.875rem; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: 0.5rem; font-weight: bold; }
th, td { border: 1px solid #c8c8c8; padding: 0.25rem 0.5rem; text-align: left; vertical-align: top; }
.number { text-align: right; }
tbody th { white-space: nowrap; font-weight: normal; }
thead th { background: #ececec; }
@media (max-width: ${NARROW_BELOW}px) { img { max-width: 480px; } }
@media (max-width: 480px) { picture { display: block; margin: 0 -1rem; } }
@media print {
  body { max-width: none; padding: 0; }
  .table { overflow: visible; max-height: none; border: 0; }
  table { font-size: 8pt; }
  img, tr { break-inside: avoid; } h2 { break-after: avoid; } thead { display: table-header-group; }
}`;

/**
 * A page that shows charts beside each other's files: drawing, caption, footnotes, and the table that says the same.
 *
 * It needs only the SVGs that `chartFileName` names, in its own folder; no scripts, nothing from outside.
 */
export function renderChartPage(charts: readonly Chart[]): string {
  const links = charts.map(({ id, title }) => `<li><a href="#${id}">${escapeXml(title)}</a></li>`).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Charts of the record of incidents</title>
<style>${STYLE}
</style>
</head>
<body>
<h1>Charts of the record of incidents</h1>
<p>Every chart has a table with the same figures. Sums are of known amounts: they are not totals of what was stolen.</p>
<nav aria-label="Charts"><ul>
${links}
</ul></nav>
<main>
${charts.map(figure).join('\n')}
</main>
</body>
</html>
`;
}

function figure(chart: Chart): string {
  const [wide, narrow] = CHART_WIDTHS;
  const notes = chart.footnotes.map((note) => `<li>${escapeXml(note)}</li>`).join('\n');
  return `<section id="${chart.id}" aria-labelledby="${chart.id}-heading">
<h2 id="${chart.id}-heading">${escapeXml(chart.title)}</h2>
<figure>
<picture>
<source media="(max-width: ${NARROW_BELOW}px)" srcset="${chartFileName(chart, narrow)}">
<img src="${chartFileName(chart, wide)}" alt="${escapeXml(`${chart.title}. ${chart.subtitle} The figures are in the table below.`)}">
</picture>
<figcaption>${escapeXml(chart.caption)}</figcaption>
${notes === '' ? '' : `<ul class="notes">\n${notes}\n</ul>\n`}${tableOf(chart)}
</figure>
</section>`;
}

function tableOf({ id, title, table }: Chart): string {
  const head = table.columns
    .map(({ name, align }) => `<th scope="col"${classOf(align)}>${escapeXml(name)}</th>`)
    .join('');
  const rows = table.rows.map((row) => `<tr>${row.map((cell, i) => cellOf(cell, i, table)).join('')}</tr>`).join('\n');
  return `<div class="table" role="region" tabindex="0" aria-labelledby="${id}-table">
<table>
<caption id="${id}-table">${escapeXml(title)}: the figures (${table.rows.length} rows)</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${rows}
</tbody>
</table>
</div>`;
}

function cellOf(cell: string, column: number, { columns }: ChartTable): string {
  const align = columns[column]?.align ?? 'left';
  const text = escapeXml(align === 'right' ? grouped(cell) : cell);
  return column === 0 ? `<th scope="row"${classOf(align)}>${text}</th>` : `<td${classOf(align)}>${text}</td>`;
}

function classOf(align: 'left' | 'right'): string {
  return align === 'right' ? ' class="number"' : '';
}

/** What a cell of nothing but figures looks like: `1234.5`, `about 1234`, `at least 10, at most 20`. */
const FIGURES = /^(?:[a-z ]+ )?\d[\d.]*(?:, (?:[a-z ]+ )?\d[\d.]*)?$/;

/** The thousands of a figure set apart; digits behind a point stay as they are, and so do years and document symbols in a sentence. */
function grouped(cell: string): string {
  if (!FIGURES.test(cell)) return cell;
  return cell.replace(/(?<![\d.])\d{4,}/g, (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ','));
}
