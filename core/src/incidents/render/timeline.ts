import type { TheftMark, TimelineChart } from '../charts/chart.ts';
import { placeLabels } from './labels.ts';
import { FAINT, INK, type Layout, plain, shortened, textWidth, wrap } from './layout.ts';
import { type Drawing, headOf, keyOf, textAt } from './option.ts';
import { pointOf } from './palette.ts';

type Plot = { readonly left: number; readonly right: number; readonly top: number; readonly height: number };

/** Room for thefts with an amount, for those without, and for the lanes. */
type Places = { readonly amounts: Plot; readonly unknown: Plot; readonly lanes: Plot; readonly bottom: number };

/** Where the plots begin at the wide width: left of it stand names. */
const WIDE_LEFT = 250;

/** Points over time with a logarithmic axis, a strip for unknown amounts, and lanes. */
export function drawTimeline(chart: TimelineChart, layout: Layout): Drawing {
  const head = headOf(chart, layout);
  const { margin, isNarrow, lineHeight } = layout;
  const names = chart.groups.map(({ name }) => name);
  const key = keyOf(names, layout, {
    left: margin,
    top: head.bottom + 14,
    columns: isNarrow ? 1 : 3,
    columnWidth: 380,
    mark: 'point',
  });
  const keyBottom = head.bottom + 14 + key.height + 8;
  const largest = largestKey(chart, layout);
  const places = placesOf(chart, layout, keyBottom + (isNarrow ? largest.length * lineHeight + 6 : 0));
  const largestTop = isNarrow ? keyBottom : places.amounts.top + lineHeight / 2;
  const range = rangeOf(chart);
  return {
    height: places.bottom + margin,
    option: {
      ...head.option,
      legend: key.legends,
      grid: [places.amounts, places.unknown, places.lanes],
      xAxis: [0, 1, 2].map((gridIndex) => timeAxis(chart, layout, gridIndex)),
      yAxis: valueAxes(chart, layout, range),
      graphic: [
        textAt(plain(chart.axisTitle), margin, places.amounts.top - 8 - lineHeight / 2, layout),
        ...largest.map((line, i) => textAt(line, margin, largestTop + (i + 0.5) * lineHeight, layout)),
        ...namesBeside(chart, layout, places),
        ...numbersBeside(chart, layout, places.amounts, range),
      ],
      series: [...theftSeries(chart, isNarrow), ...laneSeries(chart, isNarrow)],
    },
  };
}

function placesOf({ lanes }: TimelineChart, { margin, isNarrow, lineHeight }: Layout, top: number): Places {
  const left = isNarrow ? 48 : WIDE_LEFT;
  const right = isNarrow ? margin : margin + 10;
  const heights = { amounts: isNarrow ? 380 : 420, unknown: isNarrow ? 26 : 34, lane: isNarrow ? 40 : 34 };
  // Where it is narrow, names stand above their strip.
  const above = isNarrow ? lineHeight + 4 : 0;
  const amounts = { left, right, top: top + lineHeight + 14, height: heights.amounts };
  const unknown = { left, right, top: amounts.top + amounts.height + 8 + above, height: heights.unknown };
  const lanesTop = unknown.top + unknown.height + lineHeight + 20;
  const lanesPlot = { left, right, top: lanesTop, height: heights.lane * lanes.length };
  return { amounts, unknown, lanes: lanesPlot, bottom: lanesTop + lanesPlot.height + 12 + lineHeight };
}

function timeAxis({ years }: TimelineChart, { font }: Layout, gridIndex: number) {
  return {
    gridIndex,
    type: 'value' as const,
    min: years.first,
    max: years.last + 1,
    interval: 1,
    position: 'bottom' as const,
    axisLine: { show: gridIndex > 0, onZero: false, lineStyle: { color: INK } },
    axisTick: { show: gridIndex > 0 },
    splitLine: { lineStyle: { color: FAINT } },
    axisLabel: {
      show: gridIndex > 0,
      fontSize: font,
      color: INK,
      align: 'left' as const,
      // The label of a year stands at its beginning; that of the year after the last is left out.
      formatter: (year: number) => (year > years.last ? '' : String(year)),
    },
  };
}

function valueAxes({ lanes }: TimelineChart, { font }: Layout, { least, most }: { least: number; most: number }) {
  const label = { fontSize: font, color: INK, formatter: shortDollars };
  return [
    {
      gridIndex: 0,
      type: 'log' as const,
      min: 10 ** least,
      max: 10 ** most,
      axisLabel: label,
      splitLine: { lineStyle: { color: FAINT } },
    },
    { gridIndex: 1, type: 'value' as const, min: 0, max: 1, show: false },
    { gridIndex: 2, type: 'value' as const, min: 0, max: lanes.length, show: false },
  ];
}

function theftSeries({ groups }: TimelineChart, isNarrow: boolean) {
  return groups.flatMap(({ name, look: number, thefts }) => {
    const { color, symbol } = pointOf(number);
    const look = {
      type: 'scatter' as const,
      name: plain(name),
      silent: true,
      symbol,
      symbolSize: (isNarrow ? 6 : 9) + (symbol === 'diamond' ? 2 : 0),
      itemStyle: { color, opacity: 0.75, borderColor: '#ffffff', borderWidth: 0.5 },
      emphasis: { disabled: true },
    };
    const unknown = thefts.filter(({ usd }) => usd === null);
    return [
      {
        ...look,
        xAxisIndex: 0,
        yAxisIndex: 0,
        data: drawable(thefts).map(({ on, usd }) => ({
          value: [yearsOf(on), dollars(usd)],
          ...(isOfDay(on) ? {} : { itemStyle: hollow(color) }),
        })),
      },
      {
        ...look,
        xAxisIndex: 1,
        yAxisIndex: 1,
        data: unknown.map(({ on }, k) => ({
          value: [yearsOf(on), 0.25 + 0.25 * (k % 3)],
          ...(isOfDay(on) ? {} : { itemStyle: hollow(color) }),
        })),
      },
    ];
  });
}

/** Is a date known to the day? */
function isOfDay(on: string): boolean {
  return on.length === 10;
}

/** How a theft looks whose day is not known. */
function hollow(color: string) {
  return { color: '#ffffff', opacity: 1, borderColor: color, borderWidth: 1.5 };
}

function laneSeries({ lanes }: TimelineChart, isNarrow: boolean) {
  return lanes.map(({ dates }, i) => ({
    type: 'scatter' as const,
    silent: true,
    symbol: 'rect',
    symbolSize: [isNarrow ? 2 : 3, isNarrow ? 14 : 20],
    itemStyle: { color: INK, opacity: 0.75 },
    emphasis: { disabled: true },
    xAxisIndex: 2,
    yAxisIndex: 2,
    data: dates.map((on) => [yearsOf(on), lanes.length - i - (isNarrow ? 0.7 : 0.5)]),
  }));
}

function namesBeside(chart: TimelineChart, layout: Layout, { unknown, lanes }: Places) {
  const { isNarrow, lineHeight, margin } = layout;
  const lane = lanes.height / chart.lanes.length;
  const unknownY = isNarrow ? unknown.top - 2 - lineHeight / 2 : unknown.top + unknown.height / 2;
  return [
    textAt(plain(chart.unknownTitle), margin, unknownY, layout),
    ...chart.lanes.map(({ name, dates }, i) => {
      const y = lanes.top + lane * i + (isNarrow ? lineHeight / 2 : lane / 2);
      return textAt(`${plain(name)} (${dates.length})`, isNarrow ? lanes.left : margin, y, layout);
    }),
  ];
}

/** Those with a name, largest first: their number in the drawing is their place here. */
function namedThefts({ groups }: TimelineChart): readonly (TheftMark & { readonly label: string })[] {
  return groups
    .flatMap(({ thefts }) => drawable(thefts))
    .filter((theft): theft is TheftMark & { label: string } => theft.label !== null)
    .sort((a, b) => ((a.usd ?? 0n) < (b.usd ?? 0n) ? 1 : -1));
}

/** Who the numbers in the drawing are, in lines: below the key where it is narrow, else left of the axis. */
function largestKey(chart: TimelineChart, layout: Layout): readonly string[] {
  const { isNarrow, font, margin, width } = layout;
  const named = namedThefts(chart);
  const room = isNarrow ? width - 2 * margin : WIDE_LEFT - margin - textWidth('1000 bn', font);
  const lines = named.flatMap(({ label }, i) => wrap(`${i + 1}: ${shortened(label, 44)}`, font, room));
  return named.length === 0 ? [] : [`The largest ${named.length}, by number:`, ...lines];
}

/** A number at each of the largest, where it covers no other and the fewest points. */
function numbersBeside(chart: TimelineChart, layout: Layout, plot: Plot, range: { least: number; most: number }) {
  const { first, last } = chart.years;
  const wide = layout.width - plot.left - plot.right;
  const at = ({ on, usd }: TheftMark) => ({
    x: plot.left + ((yearsOf(on) - first) / (last + 1 - first)) * wide,
    y: plot.top + plot.height * (1 - (Math.log10(dollars(usd)) - range.least) / (range.most - range.least)),
  });
  const labels = namedThefts(chart).map((theft, i) => {
    const text = String(i + 1);
    return { text, width: textWidth(text, layout.font), height: layout.lineHeight - 2, ...at(theft) };
  });
  const bounds = {
    left: plot.left + 2,
    right: layout.width - plot.right,
    top: plot.top,
    bottom: plot.top + plot.height,
  };
  const points = chart.groups.flatMap(({ thefts }) => drawable(thefts)).map(at);
  return placeLabels(labels, points, bounds, layout.isNarrow ? 5 : 7).flatMap(({ text, x, y, align, from }) => [
    ...(from === null
      ? []
      : [{ type: 'line' as const, silent: true, z: 19, shape: from, style: { stroke: INK, lineWidth: 1 } }]),
    textAt(text, x, y, layout, align),
  ]);
}

/** Those that a logarithmic axis has a place for. */
function drawable(thefts: readonly TheftMark[]): readonly TheftMark[] {
  return thefts.filter(({ usd }) => usd !== null && usd > 0n);
}

function dollars(usd: bigint | null): number {
  return Number(usd ?? 0n) / 100;
}

/** Powers of ten that hold all amounts. */
function rangeOf({ groups }: TimelineChart): { readonly least: number; readonly most: number } {
  const all = groups.flatMap(({ thefts }) => drawable(thefts).map(({ usd }) => Math.log10(dollars(usd))));
  const least = all.length === 0 ? 3 : Math.floor(Math.min(...all));
  return { least, most: Math.max(least + 1, all.length === 0 ? 9 : Math.ceil(Math.max(...all))) };
}

/** A date as years with a fraction; one known to the month or year stands in the middle of it. */
function yearsOf(on: string): number {
  const [year = '', month = '07', day = on.length === 7 ? '16' : '01'] = on.split('-');
  const start = Date.UTC(Number(year), 0, 1);
  const end = Date.UTC(Number(year) + 1, 0, 1);
  return Number(year) + (Date.UTC(Number(year), Number(month) - 1, Number(day)) - start) / (end - start);
}

const UNITS = [
  [1e9, 'bn'],
  [1e6, 'm'],
  [1e3, 'k'],
] as const;

function shortDollars(value: number): string {
  const [size, name] = UNITS.find(([least]) => value >= least) ?? [1, ''];
  return `${Number((value / size).toPrecision(3))}${name === '' ? '' : ` ${name}`}`;
}
