export { CHART_WIDTHS, type ChartWidth } from './layout.ts';
export { chartFileName, renderChartPage } from './page.ts';
export { renderSvg } from './svg.ts';
