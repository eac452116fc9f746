import { byteLength, slice } from './abi.ts';

/** What a Chainflip swap from an EVM chain asks for besides its target, as the caller encoded it (SCALE, little-endian). */
export type ChainflipParameters = {
  readonly version: number;
  /** How long the network tries before it returns the value, in blocks of its own. */
  readonly retryDuration: number;
  /** Where it is returned to, on the chain it came from: `0x` and 20 bytes. */
  readonly refundAddress: string;
  /** The least price, times 2^128. */
  readonly minPriceX128: bigint;
  /** Hundredths of a percent; null: not stated. */
  readonly maxOraclePriceSlippage: number | null;
  readonly boostFeeBps: number;
  /** Who brought the swap: a key of the network's own chain. */
  readonly brokerAccount: string;
  readonly brokerBps: number;
  readonly affiliates: readonly { readonly id: number; readonly bps: number }[];
};

/**
 * Null: not of this form. Two options have layouts not known here, a call on refund and a swap in parts: with either the
 * rest cannot be read, and all of it is null.
 */
export function readChainflipParameters(data: string): ChainflipParameters | null {
  let at = 0;
  const take = (length: number): string | null => {
    const bytes = slice(data, at, length);
    at += length;
    return bytes;
  };
  const number = (length: number): bigint | null => littleEndian(take(length));
  const small = (length: number): number | null => {
    const value = number(length);
    return value === null ? null : Number(value);
  };
  const [version, retryDuration, refundAddress, minPriceX128] = [small(1), small(4), take(20), number(32)];
  const refundCall = small(1);
  const hasSlippage = small(1);
  const maxOraclePriceSlippage = hasSlippage === 1 ? small(2) : null;
  const [parts, boostFeeBps, brokerAccount, brokerBps, count] = [small(1), small(1), take(32), small(2), small(1)];
  if (version === null || retryDuration === null || refundAddress === null || minPriceX128 === null) return null;
  if (boostFeeBps === null || brokerAccount === null || brokerBps === null || count === null) return null;
  if (refundCall !== 0 || parts !== 0 || (hasSlippage !== 0 && hasSlippage !== 1)) return null;
  // A list's length is written times four where it is less than 64.
  if (count % 4 !== 0 || byteLength(data) !== at + (count / 4) * 2) return null;
  const affiliates = Array.from({ length: count / 4 }, () => ({ id: small(1) ?? 0, bps: small(1) ?? 0 }));
  const swap = { version, retryDuration, refundAddress, minPriceX128, maxOraclePriceSlippage };
  return { ...swap, boostFeeBps, brokerAccount, brokerBps, affiliates };
}

function littleEndian(bytes: string | null): bigint | null {
  const pairs = bytes?.slice(2).match(/../g) ?? null;
  return pairs === null ? null : BigInt(`0x${pairs.reverse().join('')}`);
}
