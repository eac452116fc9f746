/** Opcodes of the numbers 0 and 1 to 16. */
const ZERO = 0x00;
const ONE = 0x51;
const SIXTEEN = 0x60;
/** A height of four bytes lasts for 40,000 years. */
const MOST_BYTES = 4;

/**
 * The height that a coinbase states: a number pushed first, in its shortest form.
 * @param script - the coinbase's unlocking script.
 * @returns null: it does not start with such a number.
 * @see BIP-34.
 */
export function statedHeight(script: Uint8Array): number | null {
  const first = script[0];
  if (first === undefined) return null;
  if (first === ZERO) return 0;
  if (first >= ONE && first <= SIXTEEN) return first - ONE + 1;
  if (first > MOST_BYTES || script.length <= first) return null;
  const last = script[first] as number;
  const isNegative = last >= 0x80;
  // A byte of zero is needed only where the one below it would otherwise read as a sign.
  const isPadded = last === 0 && (first === 1 || (script[first - 1] as number) < 0x80);
  if (isNegative || isPadded) return null;
  let height = 0;
  for (let i = first; i >= 1; i--) height = height * 256 + (script[i] as number);
  return height > SIXTEEN - ONE + 1 ? height : null;
}
