import type { ChartPoint, LinesChart } from '../charts/chart.ts';
import { FAINT, INK, type Layout, plain, wrap } from './layout.ts';
import { type Drawing, headOf, keyOf, textAt } from './option.ts';

/** A curve over shares of a whole, with the diagonal and its named points. */
export function drawLines(chart: LinesChart, layout: Layout): Drawing {
  const head = headOf(chart, layout);
  const { font, lineHeight, margin, isNarrow, width } = layout;
  const names = [chart.curve.name, chart.diagonal];
  const key = keyOf(names, layout, {
    left: margin,
    top: head.bottom + 14,
    columns: isNarrow ? 1 : 2,
    columnWidth: 220,
    mark: 'line',
  });
  const xTitle = wrap(chart.x.title, font, width - 2 * margin);
  const plot = {
    left: isNarrow ? 48 : 64,
    right: isNarrow ? 24 : 40,
    top: head.bottom + 14 + key.height + 14 + lineHeight,
    height: isNarrow ? 320 : 480,
  };
  const xTitleTop = plot.top + plot.height + 14 + lineHeight;
  const label = { fontSize: font, color: INK, formatter: '{value} %' };
  const axis = { type: 'value' as const, min: 0, max: 100, interval: isNarrow ? 25 : 10, axisLabel: label };
  return {
    height: xTitleTop + xTitle.length * lineHeight + margin,
    option: {
      ...head.option,
      grid: { ...plot, containLabel: false },
      legend: key.legends,
      xAxis: { ...axis, splitLine: { lineStyle: { color: FAINT } }, axisLine: { lineStyle: { color: INK } } },
      yAxis: { ...axis, splitLine: { lineStyle: { color: FAINT } } },
      graphic: [
        textAt(plain(chart.y.title), margin, plot.top - 6 - lineHeight / 2, layout),
        ...xTitle.map((line, i) => textAt(line, margin, xTitleTop + (i + 0.5) * lineHeight, layout)),
      ],
      series: seriesOf(chart, layout),
    },
  };
}

function seriesOf(chart: LinesChart, layout: Layout) {
  const at = ({ x, y }: ChartPoint): number[] => [percent(x, chart.x.whole), percent(y, chart.y.whole)];
  return [
    {
      type: 'line' as const,
      name: plain(chart.diagonal),
      silent: true,
      showSymbol: false,
      symbol: 'none',
      lineStyle: { color: '#555555', width: 1.5, type: [6, 4] },
      itemStyle: { color: '#555555' },
      data: [
        [0, 0],
        [100, 100],
      ],
    },
    {
      type: 'line' as const,
      name: plain(chart.curve.name),
      silent: true,
      showSymbol: false,
      symbol: 'none',
      lineStyle: { color: '#0072B2', width: 2.5, type: 'solid' as const },
      itemStyle: { color: '#0072B2' },
      data: chart.curve.points.map(at),
    },
    marksOf(chart, layout, at),
  ];
}

type Place = (point: ChartPoint) => number[];

function marksOf({ marks }: LinesChart, { font, isNarrow }: Layout, at: Place) {
  return {
    type: 'scatter' as const,
    silent: true,
    symbol: 'circle',
    symbolSize: isNarrow ? 8 : 11,
    z: 6,
    itemStyle: { color: '#D55E00', opacity: 1, borderColor: '#ffffff', borderWidth: 1 },
    data: marks.map((mark) => ({
      value: at(mark),
      label: {
        show: true,
        position: 'left' as const,
        distance: 8,
        formatter: () => plain(mark.label),
        fontSize: font,
        color: INK,
        backgroundColor: '#ffffff',
        padding: [2, 3],
      },
    })),
  };
}

/** Four digits behind the point are more than a drawing shows. */
function percent(part: bigint, whole: bigint): number {
  return Number((part * 1_000_000n) / whole) / 10_000;
}
