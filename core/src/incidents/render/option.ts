import type { BarSeriesOption, LineSeriesOption, ScatterSeriesOption } from 'echarts/charts';
import type {
  GraphicComponentOption,
  GridComponentOption,
  LegendComponentOption,
  TitleComponentOption,
} from 'echarts/components';
import type { ComposeOption } from 'echarts/core';
import type { ChartFrame } from '../charts/chart.ts';
import { INK, type Layout, plain, wrap } from './layout.ts';

export type Option = ComposeOption<
  | BarSeriesOption
  | LineSeriesOption
  | ScatterSeriesOption
  | GraphicComponentOption
  | GridComponentOption
  | LegendComponentOption
  | TitleComponentOption
>;

/** What echarts draws, and how high. */
export type Drawing = { readonly option: Option; readonly height: number };

export const FONT_FAMILY = 'Arial, Helvetica, sans-serif';

/**
 * What is the same in every chart: title, subtitle and caption on top, and how far down they reach. The caption is drawn, for a picture
 * that is passed on alone must say what it leaves out.
 */
export function headOf(chart: ChartFrame, layout: Layout): { readonly option: Option; readonly bottom: number } {
  const { font, titleFont, lineHeight, margin, width } = layout;
  const title = wrap(chart.title, titleFont, width - 2 * margin);
  const subtitle = [chart.subtitle, chart.caption].flatMap((text) => wrap(text, font, width - 2 * margin));
  const titleHeight = Math.ceil(titleFont * 1.3);
  return {
    bottom: margin + title.length * titleHeight + 8 + subtitle.length * lineHeight,
    option: {
      animation: false,
      backgroundColor: '#ffffff',
      textStyle: { fontFamily: FONT_FAMILY, fontSize: font, color: INK },
      title: {
        text: title.join('\n'),
        subtext: subtitle.join('\n'),
        left: margin,
        top: margin,
        padding: 0,
        itemGap: 8,
        textStyle: {
          fontFamily: FONT_FAMILY,
          fontSize: titleFont,
          lineHeight: titleHeight,
          fontWeight: 'bold',
          color: INK,
        },
        subtextStyle: { fontFamily: FONT_FAMILY, fontSize: font, lineHeight, color: INK },
      },
    },
  };
}

export type KeyPlace = {
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly columnWidth: number;
  /** What stands before a name: a patch or a line with its marker, a line alone, a point. */
  readonly mark: 'patch' | 'line' | 'point';
};

/** A key in columns of whole lines, so that its height is known before it is drawn. */
export function keyOf(
  names: readonly string[],
  layout: Layout,
  { left, top, columns, columnWidth, mark }: KeyPlace,
): { readonly legends: LegendComponentOption[]; readonly height: number } {
  const perColumn = Math.ceil(names.length / columns);
  const row = layout.lineHeight + 6;
  const legends = Array.from(
    { length: columns },
    (_, column): LegendComponentOption => ({
      data: names
        .slice(column * perColumn, (column + 1) * perColumn)
        .map((name) => ({ name: plain(name), ...(mark === 'line' ? { itemStyle: { opacity: 0 } } : {}) })),
      orient: 'vertical',
      left: left + column * columnWidth,
      top,
      padding: 0,
      itemGap: 6,
      itemWidth: mark === 'point' ? 14 : 30,
      itemHeight: 14,
      align: 'left',
      selectedMode: false,
      itemStyle: { borderWidth: 0.75 },
      textStyle: { fontFamily: FONT_FAMILY, fontSize: layout.font, lineHeight: layout.lineHeight, color: INK },
    }),
  );
  return { legends: legends.filter(({ data }) => (data ?? []).length > 0), height: perColumn * row };
}

/** A text at a place in pixels. */
export function textAt(
  text: string,
  x: number,
  y: number,
  layout: Layout,
  align: 'left' | 'center' | 'right' = 'left',
): { type: 'text'; x: number; y: number; silent: true; z: number; style: object } {
  return {
    type: 'text',
    x,
    y,
    silent: true,
    z: 20,
    style: {
      text,
      font: `${layout.font}px ${FONT_FAMILY}`,
      fontFamily: FONT_FAMILY,
      fontSize: layout.font,
      lineHeight: layout.lineHeight,
      fill: INK,
      align,
      verticalAlign: 'middle',
    },
  };
}
