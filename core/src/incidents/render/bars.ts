import type { BarSeriesOption, LineSeriesOption } from 'echarts/charts';
import type { BarsChart } from '../charts/chart.ts';
import { FAINT, INK, type Layout, plain, textWidth, wrap } from './layout.ts';
import { type Drawing, headOf, keyOf, type Option, textAt } from './option.ts';
import { fillOf, lineOf } from './palette.ts';

/** Cents of a billion dollars. */
const BILLION = 100_000_000_000;

/** Stacked bars with a zero-based axis, the key beside them, or below where it is narrow. */
export function drawBars(chart: BarsChart, layout: Layout): Drawing {
  const head = headOf(chart, layout);
  const { font, lineHeight, margin, isNarrow, width } = layout;
  // The key has the highest part of the stack on top, as it stands in the bars.
  const names = [...chart.stacks.map(({ name }) => name).reverse(), ...chart.lines.map(({ name }) => name)];
  const keyWidth = 46 + Math.max(0, ...names.map((name) => textWidth(name, font)));
  const plot = {
    left: isNarrow ? 38 : 64,
    right: isNarrow ? margin : margin + keyWidth + 16,
    top: head.bottom + 20 + lineHeight,
    height: isNarrow ? 300 : 440,
  };
  const plotBottom = plot.top + plot.height;
  const explained = explanationOf(chart, layout, width - 2 * margin);
  const explainedTop = plotBottom + 18 + lineHeight * (1 + chart.below.length) + lineHeight;
  const keyTop = isNarrow ? explainedTop + explained.length * lineHeight + 6 : plot.top;
  const key = keyOf(names, layout, {
    left: isNarrow ? margin : width - margin - keyWidth,
    top: keyTop,
    columns: 1,
    columnWidth: keyWidth,
    mark: 'patch',
  });
  const end = Math.max(explainedTop + explained.length * lineHeight, keyTop + key.height);
  return {
    height: end + margin,
    option: {
      ...head.option,
      grid: { ...plot, containLabel: false },
      legend: key.legends,
      ...axesOf(chart, layout),
      graphic: [
        textAt(plain(chart.axisTitle), margin, plot.top - 8 - lineHeight / 2, layout),
        ...explained.map((line, i) => textAt(line, margin, explainedTop + (i - 0.5) * lineHeight, layout)),
      ],
      series: [...barsOf(chart, isNarrow), ...linesOf(chart, isNarrow)],
    },
  };
}

function axesOf(chart: BarsChart, { font, lineHeight }: Layout): Pick<Option, 'xAxis' | 'yAxis'> {
  const label = { fontSize: font, color: INK, lineHeight };
  const under = (i: number): string[] => chart.below.map(({ values }) => String(values[i] ?? '–'));
  return {
    xAxis: [
      {
        type: 'category',
        data: chart.periods.map((period, i) => [period, ...under(i)].join('\n')),
        axisLabel: { ...label, interval: 0, margin: 10 },
        axisTick: { show: chart.lines.length > 0, alignWithLabel: false },
        axisLine: { lineStyle: { color: INK } },
      },
      // For the lines, so that their markers stand beside the bars: whole numbers are where periods begin.
      { type: 'value', min: 0, max: chart.periods.length, show: false },
    ],
    yAxis: {
      type: 'value',
      min: 0,
      axisLabel: label,
      splitLine: { lineStyle: { color: FAINT } },
      minInterval: chart.unit === 'incidents' ? 1 : 0,
    },
  };
}

function barsOf({ stacks, unit, lines }: BarsChart, isNarrow: boolean): BarSeriesOption[] {
  const gap = lines.length > 0 ? '12%' : isNarrow ? '22%' : '32%';
  const layout = {
    type: 'bar' as const,
    silent: true,
    barGap: '0%',
    barMaxWidth: 90,
    barCategoryGap: gap,
    emphasis: { disabled: true },
  };
  const bars = stacks.map(({ name, look, values, isUnknown }) => ({
    ...layout,
    name: plain(name),
    stack: 'stack',
    itemStyle: fillOf(look, isUnknown),
    // Nothing is drawn for zero, so that no border suggests a value.
    data: values.map((value) => (value === null || value === 0n ? '-' : scaled(value, unit))),
  }));
  // A bar that is never drawn keeps the right half of each period free for the markers.
  return lines.length === 0 ? bars : [...bars, { ...layout, stack: 'free', data: [] }];
}

/** Where in a period the markers stand: side by side right of the bar. */
const MARKERS = { from: 0.58, to: 0.9 };

function linesOf({ lines, unit }: BarsChart, isNarrow: boolean): LineSeriesOption[] {
  return lines.map(({ name, look, values }, i) => {
    const { color, dash, symbol } = lineOf(look);
    const within = MARKERS.from + ((MARKERS.to - MARKERS.from) * i) / Math.max(1, lines.length - 1);
    return {
      type: 'line',
      name: plain(name),
      xAxisIndex: 1,
      silent: true,
      showSymbol: true,
      connectNulls: false,
      symbol,
      symbolSize: isNarrow ? 7 : 11,
      z: 5,
      lineStyle: { color, width: isNarrow ? 1 : 1.5, type: dash as 'solid' },
      itemStyle: { color, borderColor: '#ffffff', borderWidth: 1 },
      emphasis: { disabled: true },
      data: values.map((value, period) => [period + within, value === null ? '-' : scaled(value, unit)]),
    };
  });
}

function scaled(value: bigint, unit: BarsChart['unit']): number {
  return unit === 'usd' ? Number(value) / BILLION : Number(value);
}

function explanationOf({ below }: BarsChart, { font }: Layout, pixels: number): readonly string[] {
  if (below.length === 0) return [];
  return wrap(`Below each year: ${below.map(({ name }) => name).join('; ')}.`, font, pixels);
}
