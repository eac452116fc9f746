import { CairnError } from '../errors.ts';
import {
  accountAddress,
  BITCOIN,
  type Chain,
  canonicalAccount,
  ETHEREUM,
  isEvmChain,
  parseChain,
  TRON,
} from './account.ts';

/** CAIP-19 asset id in canonical case: `eip155:1/slip44:60`, `eip155:1/erc20:0x…`. */
export type Asset = `${string}:${string}/${string}:${string}`;

/** Coin types of native coins, as SLIP-0044 registers them; rollups that pay in ether have ether's. */
const COIN_TYPES: ReadonlyMap<Chain, number> = new Map<Chain, number>([
  [ETHEREUM, 60],
  ['eip155:10', 60],
  ['eip155:56', 9006],
  ['eip155:100', 700],
  ['eip155:137', 966],
  ['eip155:8453', 60],
  ['eip155:42161', 60],
  ['eip155:43114', 9005],
  ['eip155:534352', 60],
  [BITCOIN, 0],
  [TRON, 195],
]);

const COIN_NAMES: ReadonlyMap<string, Chain> = new Map<string, Chain>([
  ['eth', ETHEREUM],
  ['btc', BITCOIN],
  ['trx', TRON],
]);

/**
 * The coin that fees of a chain are paid in.
 * @throws {CairnError} `invalid-input`: the chain's coin is not known here; its CAIP-19 id can still be given in full.
 */
export function nativeAsset(chain: Chain): Asset {
  const coin = coinOf(chain);
  if (coin === null) throw new CairnError('invalid-input', `the native coin of chain '${chain}' is not known`);
  return coin;
}

/** The coin that fees of a chain are paid in; null: not known here. */
export function coinOf(chain: Chain): Asset | null {
  const coinType = COIN_TYPES.get(chain);
  return coinType === undefined ? null : `${chain}/slip44:${coinType}`;
}

/**
 * A token of an EVM chain by its contract.
 * @throws {CairnError} `invalid-input`: not an address, or not an EVM chain.
 */
export function erc20(chain: Chain, address: string): Asset {
  if (!isEvmChain(chain)) throw new CairnError('invalid-input', `chain '${chain}' has no ERC-20 tokens`);
  return `${chain}/erc20:${accountAddress(canonicalAccount(chain, address))}`;
}

/**
 * Which asset a person or a file means.
 * @param text - CAIP-19, its chain also short (`eth/erc20:0x…`); `erc20:0x…`, `slip44:60` or a plain contract address
 *   on the default chain; `eth`, `btc`, `trx`. Symbols of tokens are not accepted: anyone can issue one.
 * @param defaultChain - where the text names no chain; Ethereum where none is given.
 * @throws {CairnError} `invalid-input`, with the reason.
 */
export function parseAsset(text: string, defaultChain: Chain = ETHEREUM): Asset {
  const trimmed = text.trim();
  const coinChain = COIN_NAMES.get(trimmed.toLowerCase());
  if (coinChain !== undefined) return nativeAsset(coinChain);
  if (/^0x/i.test(trimmed)) return erc20(defaultChain, trimmed);
  const slash = trimmed.indexOf('/');
  const chain = slash < 0 ? defaultChain : parseChain(trimmed.slice(0, slash));
  const [namespace, reference, ...rest] = trimmed.slice(slash + 1).split(':');
  if (namespace === undefined || reference === undefined || rest.length > 0) return rejectAsset(trimmed, 'not CAIP-19');
  if (namespace === 'slip44') return parseCoin(chain, reference, trimmed);
  if (namespace === 'erc20') return erc20(chain, reference);
  if (namespace === 'trc20' && chain === TRON)
    return `${chain}/trc20:${accountAddress(canonicalAccount(chain, reference))}`;
  return rejectAsset(trimmed, `unknown kind of asset '${namespace}' on chain '${chain}'`);
}

function parseCoin(chain: Chain, reference: string, text: string): Asset {
  if (!/^(0|[1-9][0-9]{0,9})$/.test(reference)) return rejectAsset(text, 'the coin type is not a number');
  const known = COIN_TYPES.get(chain);
  if (known !== undefined && String(known) !== reference) {
    return rejectAsset(text, `the native coin of chain '${chain}' is slip44:${known}`);
  }
  return `${chain}/slip44:${reference}`;
}

/** The CAIP-2 chain of a CAIP-19 asset. */
export function assetChain(asset: Asset): Chain {
  return asset.slice(0, asset.indexOf('/')) as Chain;
}

function rejectAsset(text: string, reason: string): never {
  throw new CairnError('invalid-input', `not an asset: '${text.slice(0, 120)}': ${reason}`, {
    hints: ['write eth, btc, trx, a token contract 0x…, or a CAIP-19 id such as eip155:1/erc20:0x…'],
  });
}
