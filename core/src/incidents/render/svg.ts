import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GraphicComponent, GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Chart } from '../charts/chart.ts';
import { drawBars } from './bars.ts';
import { escapeXml } from './escape.ts';
import { type ChartWidth, type Layout, layoutOf } from './layout.ts';
import { drawLines } from './lines.ts';
import type { Drawing } from './option.ts';
import { drawTimeline } from './timeline.ts';

use([BarChart, LineChart, ScatterChart, GraphicComponent, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

/**
 * Draws a chart as SVG on white, without scripts or anything from outside; the same chart gives the same bytes.
 *
 * Its title and description are read out by screen readers; the figures themselves stand in the chart's table.
 * @param width - pixels: 1200 for a page, 400 for a telephone, laid out for it.
 */
export function renderSvg(chart: Chart, width: ChartWidth): string {
  const { option, height } = draw(chart, layoutOf(width));
  const canvas = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    canvas.setOption(option);
    return described(withOwnIds(canvas.renderToSVGString(), chart.id), chart);
  } finally {
    canvas.dispose();
  }
}

function draw(chart: Chart, layout: Layout): Drawing {
  switch (chart.kind) {
    case 'bars':
      return drawBars(chart, layout);
    case 'lines':
      return drawLines(chart, layout);
    case 'timeline':
      return drawTimeline(chart, layout);
  }
}

/**
 * echarts counts its canvases, and the count is in its ids: what was drawn before must not change what is drawn now. What it leaves
 * for scripts goes. All of this stands in attributes and elements: in a text, quotes and angle brackets are escaped.
 */
function withOwnIds(svg: string, id: string): string {
  const numbers = new Map<string, number>();
  const own = (found: string): string => {
    const number = numbers.get(found) ?? numbers.size;
    numbers.set(found, number);
    return `${id}-${number}`;
  };
  return svg
    .replace(/<style ><!\[CDATA\[[\s\S]*?\]\]>\s*<\/style>/, '')
    .replace(/ (?:class="zr[^"]*"|ecmeta_\w+="[^"]*")/g, '')
    .replace(/ id="(zr[^"]*)"/g, (_, found: string) => ` id="${own(found)}"`)
    .replace(/="url\(#(zr[^")]*)\)"/g, (_, found: string) => `="url(#${own(found)})"`);
}

function described(svg: string, { id, title, caption, footnotes, subtitle }: Chart): string {
  const about = [subtitle, caption, ...footnotes].map(escapeXml).join(' ');
  return svg
    .replace(/^<svg /, `<svg role="img" aria-labelledby="${id}-title ${id}-desc" `)
    .replace(
      />/,
      () => `>\n<title id="${id}-title">${escapeXml(title)}</title>\n<desc id="${id}-desc">${about}</desc>`,
    );
}
