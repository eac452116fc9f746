/**
 * Colours that people with any colour vision tell apart, and for each a pattern or dash that tells it apart in grey.
 * @see M. Okabe and K. Ito, "Color Universal Design" (2008), for the colours.
 */
const BLUE = '#0072B2';
const ORANGE = '#E69F00';
const GREEN = '#009E73';
const YELLOW = '#F0E442';
const SKY = '#56B4E9';
const VERMILION = '#D55E00';
const PURPLE = '#CC79A7';
const BLACK = '#000000';

const PATTERN = { symbol: 'rect', symbolSize: 1, color: 'rgba(0,0,0,0.6)' };
const STRIPES = { ...PATTERN, dashArrayX: [1, 0], dashArrayY: [1.5, 5] };
const DOTS = {
  ...PATTERN,
  symbol: 'circle',
  symbolSize: 0.8,
  dashArrayX: [
    [5, 5],
    [0, 5, 5, 0],
  ],
  dashArrayY: [5, 0],
};

/** Fills of a stack, lowest first: solid, then each with its own pattern. */
const FILLS = [
  { color: BLUE },
  { color: ORANGE, decal: { ...STRIPES, rotation: Math.PI / 4 } },
  { color: GREEN, decal: DOTS },
  { color: YELLOW, decal: { ...STRIPES, rotation: -Math.PI / 4 } },
  { color: SKY, decal: { ...STRIPES, rotation: 0 } },
  { color: VERMILION, decal: { ...STRIPES, rotation: Math.PI / 2 } },
  { color: PURPLE, decal: { ...DOTS, symbol: 'triangle', symbolSize: 0.9 } },
  { color: '#555555' },
  { color: '#ffffff', decal: { ...STRIPES, dashArrayY: [1, 3], rotation: Math.PI / 4 } },
] as const;

/** The fill of what is not known: pale, without a pattern. */
const UNKNOWN_FILL = { color: '#ececec' };

/** The look of one part of a stack. */
export function fillOf(index: number, isUnknown: boolean): object {
  const fill = isUnknown ? UNKNOWN_FILL : (FILLS[index % FILLS.length] ?? FILLS[0]);
  return { ...fill, borderColor: '#1f1f1f', borderWidth: 0.75 };
}

/** Lines beside a stack: each with its own colour, dash and marker. */
const LINES = [
  { color: BLACK, dash: 'solid', symbol: 'circle' },
  { color: VERMILION, dash: [2, 3], symbol: 'diamond' },
  { color: '#6a3d9a', dash: [9, 4], symbol: 'triangle' },
  { color: '#7a4a00', dash: [9, 3, 2, 3], symbol: 'rect' },
] as const;

export type LineLook = (typeof LINES)[number];

export function lineOf(index: number): LineLook {
  return LINES[index % LINES.length] ?? LINES[0];
}

/** Points of groups: each with its own colour and shape. */
const POINTS = [
  { color: BLUE, symbol: 'circle' },
  { color: VERMILION, symbol: 'rect' },
  { color: GREEN, symbol: 'triangle' },
  { color: BLACK, symbol: 'diamond' },
] as const;

export type PointLook = (typeof POINTS)[number];

export function pointOf(index: number): PointLook {
  return POINTS[index % POINTS.length] ?? POINTS[0];
}
