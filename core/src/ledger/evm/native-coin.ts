import { isCairnError } from '../../errors.ts';
import { type Asset, type Chain, nativeAsset } from '../../units/index.ts';

/** Coin types, as SLIP-0044 registers them, of chains whose receipts are read beyond those that `nativeAsset` knows. */
const COIN_TYPES: ReadonlyMap<Chain, number> = new Map<Chain, number>([
  // Gnosis pays in xDAI.
  ['eip155:100', 700],
  // Scroll pays in ether.
  ['eip155:534352', 60],
]);

/** The coin that top-level values, internal transfers and fees of a chain are in; null: not known here. */
export function nativeCoin(chain: Chain): Asset | null {
  const coinType = COIN_TYPES.get(chain);
  if (coinType !== undefined) return `${chain}/slip44:${coinType}`;
  try {
    return nativeAsset(chain);
  } catch (error) {
    if (isCairnError(error)) return null;
    throw error;
  }
}
