/** The two widths a chart is drawn in, in pixels: a page, and a telephone. */
export const CHART_WIDTHS = [1200, 400] as const;
export type ChartWidth = (typeof CHART_WIDTHS)[number];

/** Sizes in pixels for one width. */
export type Layout = {
  readonly width: ChartWidth;
  readonly isNarrow: boolean;
  readonly font: number;
  readonly lineHeight: number;
  readonly titleFont: number;
  /** Empty space around everything. */
  readonly margin: number;
};

export function layoutOf(width: ChartWidth): Layout {
  return width === 400
    ? { width, isNarrow: true, font: 11, lineHeight: 15, titleFont: 15, margin: 12 }
    : { width, isNarrow: false, font: 13, lineHeight: 18, titleFont: 20, margin: 20 };
}

/** The text colour: dark on white, contrast 15:1. */
export const INK = '#1f1f1f';
export const FAINT = '#d5d5d5';

/**
 * Advance widths of kinds of characters as parts of the font size, a little more than those of Arial and Helvetica, so that a text
 * hardly ever turns out wider than it was given room for.
 */
const ADVANCES: readonly (readonly [kind: RegExp, advance: number])[] = [
  [/[ijl|!.,:;'’]/, 0.29],
  [/[ frtI()[\]/-]/, 0.36],
  [/[mMWw@%…—]/, 0.9],
  [/[A-Z&$]/, 0.73],
  [/[ -\u02ff\u2010-\u201f]/, 0.59],
];

/** How wide a text will be, in pixels; characters of other scripts count as square. */
export function textWidth(text: string, font: number): number {
  const advances = [...text].map((character) => ADVANCES.find(([kind]) => kind.test(character))?.[1] ?? 1);
  return Math.ceil(advances.reduce((sum, advance) => sum + advance, 0) * font);
}

/** Breaks a text into lines no wider than so many pixels, between words. */
export function wrap(text: string, font: number, pixels: number): readonly string[] {
  const lines: string[] = [];
  for (const word of plain(text).split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(`${last} ${word}`, font) <= pixels) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** On one line, without what XML 1.0 cannot hold. */
export function plain(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are removed.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g, '')
      .replace(/\s+/g, ' ')
      .trim()
  );
}

/** A text no longer than so many characters. */
export function shortened(text: string, characters: number): string {
  const all = [...plain(text)];
  return all.length <= characters ? all.join('') : `${all.slice(0, characters - 1).join('')}…`;
}
