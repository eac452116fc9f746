/**
 * A share as a person reads it: per cent, cut to two decimals, never rounded up. What is above 0 but below a hundredth of a per cent says so; 100 %
 * stands for the whole and nothing less.
 */
export function formatShare({ part, whole }: { readonly part: bigint; readonly whole: bigint }): string {
  if (part === 0n) return '0 %';
  if (part === whole) return '100 %';
  const hundredths = (part * 10_000n) / whole;
  if (hundredths === 0n) return 'under 0.01 %';
  return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')} %`;
}
