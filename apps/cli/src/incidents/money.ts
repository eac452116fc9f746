import { showUsd, type Usd } from '@cairn/core/incidents';

/** A difference, with its sign on both sides of zero. */
export function showChange(cents: Usd): string {
  return cents > 0n ? `+${showUsd(cents)}` : showUsd(cents);
}

const BARS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar for a figure of at most `most`, `width` characters where it is the most. A figure above zero never shows as nothing. */
export function bar(value: bigint, most: bigint, width = 24): string {
  if (most <= 0n || value <= 0n) return '';
  const eighths = Number((value * BigInt(width * 8)) / most);
  return `${'█'.repeat(Math.floor(eighths / 8))}${BARS[eighths % 8]}` || '▏';
}
