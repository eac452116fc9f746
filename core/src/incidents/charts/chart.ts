/** A column of a table twin; `right`: its cells are numbers, plain and without grouping, or words where there is none. */
export type ChartColumn = { readonly name: string; readonly align: 'left' | 'right' };

/** Everything a chart shows, as a table: dollars as `1159834.52`, dates as recorded, what is unknown in words. */
export type ChartTable = { readonly columns: readonly ChartColumn[]; readonly rows: readonly (readonly string[])[] };

/** What every chart carries, whatever it draws. */
export type ChartFrame = {
  /** Names its files: lower-case letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  /** One or two sentences drawn below the title: what is added up, and how much of it is not known. */
  readonly subtitle: string;
  /** The amount rule, the grades of attribution counted, what is unknown and left out. */
  readonly caption: string;
  readonly footnotes: readonly string[];
  readonly table: ChartTable;
};

/**
 * One value a period. `values` null: nothing is known or published, a gap and never zero. `look`: a number from 0 that stays with
 * what the series is, so that it has the same colour, pattern and marker whatever else is drawn.
 */
export type ChartSeries = { readonly name: string; readonly look: number; readonly values: readonly (bigint | null)[] };

/** A part of each bar. `isUnknown`: what it counts is that nothing is known, which is drawn without a colour. */
export type ChartStack = ChartSeries & { readonly isUnknown: boolean };

/** Stacked bars by period, and beside them lines that are not part of the stack. */
export type BarsChart = ChartFrame & {
  readonly kind: 'bars';
  /** What the values are: cents, or numbers of incidents. */
  readonly unit: 'usd' | 'incidents';
  readonly axisTitle: string;
  /** In time order, without holes. */
  readonly periods: readonly string[];
  /** Lowest in the stack first. */
  readonly stacks: readonly ChartStack[];
  readonly lines: readonly ChartSeries[];
  /** Rows of numbers under the periods; null: the period was not asked for. */
  readonly below: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
};

export type ChartPoint = { readonly x: bigint; readonly y: bigint };

/** A curve over shares of a whole on both axes, from none to all. */
export type LinesChart = ChartFrame & {
  readonly kind: 'lines';
  /** `whole`: what 100 % is. */
  readonly x: { readonly title: string; readonly whole: bigint };
  readonly y: { readonly title: string; readonly whole: bigint };
  readonly curve: { readonly name: string; readonly points: readonly ChartPoint[] };
  /** The line on which all would be alike. */
  readonly diagonal: string;
  readonly marks: readonly (ChartPoint & { readonly label: string })[];
};

/** A theft as a point. `label`: only the few that are named in the drawing. */
export type TheftMark = {
  /** As exact as it is known. */
  readonly on: string;
  /** Cents; null: not known, drawn in a strip of its own. */
  readonly usd: bigint | null;
  readonly label: string | null;
};

/** Thefts over time by amount, and in lanes below what authorities did and said. */
export type TimelineChart = ChartFrame & {
  readonly kind: 'timeline';
  readonly axisTitle: string;
  readonly unknownTitle: string;
  /** First and last year, both shown in full. */
  readonly years: { readonly first: number; readonly last: number };
  readonly groups: readonly { readonly name: string; readonly look: number; readonly thefts: readonly TheftMark[] }[];
  readonly lanes: readonly { readonly name: string; readonly dates: readonly string[] }[];
};

/** A chart as data: what is drawn, and the same as a table. Amounts are exact; only the drawing rounds. */
export type Chart = BarsChart | LinesChart | TimelineChart;
