/**
 * The exact sum of decimal numbers written as texts, `401346.5`; no floating point.
 * @param texts - digits with at most one point, as the record's schema demands.
 * @returns null where there are none: a sum of nothing known is not zero.
 */
export function sumDecimals(texts: readonly string[]): string | null {
  if (texts.length === 0) return null;
  const places = Math.max(...texts.map((text) => text.split('.')[1]?.length ?? 0));
  const sum = texts.reduce((total, text) => total + scaled(text, places), 0n);
  if (places === 0) return String(sum);
  const digits = String(sum).padStart(places + 1, '0');
  const rest = digits.slice(-places).replace(/0+$/, '');
  return `${digits.slice(0, -places)}${rest === '' ? '' : `.${rest}`}`;
}

function scaled(text: string, places: number): bigint {
  const [whole = '', rest = ''] = text.split('.');
  return BigInt(whole + rest.padEnd(places, '0'));
}
