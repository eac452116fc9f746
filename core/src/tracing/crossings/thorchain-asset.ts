import { type Asset, BITCOIN, type Chain, ETHEREUM, nativeAsset, parseAsset, TRON } from '../../units/index.ts';

/** The two networks that share routers and memos: Maya began as a copy of THORChain's program. */
export type Network = 'thorchain' | 'maya';

/**
 * What an asset of a memo stands for: `l1` the asset itself, paid out on its own chain; the others are claims kept inside
 * the network (`/` synthetic, `~` trade account, `-` secured).
 */
export type MemoAsset = {
  /** `BTC.BTC`, `ETH.USDT-0XDAC1…`: upper case, short codes written out. */
  readonly name: string;
  /** Network's name of the chain it belongs to, `BTC`. */
  readonly chainName: string;
  readonly symbol: string;
  readonly kind: 'l1' | 'synth' | 'trade' | 'secured';
};

/** Chains by the networks' names, where Cairn knows the chain. */
const CHAINS: ReadonlyMap<string, Chain> = new Map<string, Chain>([
  ['BTC', BITCOIN],
  ['ETH', ETHEREUM],
  ['BSC', 'eip155:56'],
  ['AVAX', 'eip155:43114'],
  ['BASE', 'eip155:8453'],
  ['ARB', 'eip155:42161'],
  ['TRON', TRON],
]);

/** The coin each of those chains pays its fees in, as memos call it. */
const COINS: ReadonlyMap<string, string> = new Map([
  ['BTC', 'BTC'],
  ['ETH', 'ETH'],
  ['BSC', 'BNB'],
  ['AVAX', 'AVAX'],
  ['BASE', 'ETH'],
  ['ARB', 'ETH'],
  ['TRON', 'TRX'],
]);

const SHORT_CODES: Readonly<Record<Network, ReadonlyMap<string, string>>> = {
  thorchain: new Map([
    ['R', 'THOR.RUNE'],
    ['B', 'BTC.BTC'],
    ['E', 'ETH.ETH'],
    ['A', 'AVAX.AVAX'],
    ['C', 'BCH.BCH'],
    ['D', 'DOGE.DOGE'],
    ['G', 'GAIA.ATOM'],
    ['L', 'LTC.LTC'],
    ['S', 'BSC.BNB'],
    ['F', 'BASE.ETH'],
    ['X', 'XRP.XRP'],
    ['TR', 'TRON.TRX'],
  ]),
  maya: new Map([
    ['R', 'THOR.RUNE'],
    ['B', 'BTC.BTC'],
    ['E', 'ETH.ETH'],
    ['A', 'ARB.ETH'],
    ['C', 'MAYA.CACAO'],
    ['D', 'DASH.DASH'],
    ['K', 'KUJI.KUJI'],
    ['X', 'XRD.XRD'],
    ['ET', 'ETH.USDT'],
    ['EC', 'ETH.USDC'],
    ['EP', 'ETH.PEPE'],
    ['EW', 'ETH.WSTETH'],
  ]),
};

/** The network's own coin may be named without its chain. */
const BARE: Readonly<Record<Network, string>> = { thorchain: 'RUNE', maya: 'CACAO' };

const KINDS: Readonly<Record<string, MemoAsset['kind']>> = { '.': 'l1', '/': 'synth', '~': 'trade', '-': 'secured' };

/** The asset a memo names: `b`, `BTC.BTC`, `eth/usdc-0xa0b8…`. Null: not an asset. */
export function readMemoAsset(text: string, network: Network): MemoAsset | null {
  const upper = text.toUpperCase();
  const name = SHORT_CODES[network].get(upper) ?? upper;
  if (name === BARE[network]) {
    return { name, chainName: network === 'maya' ? 'MAYA' : 'THOR', symbol: name, kind: 'l1' };
  }
  const match = /^([A-Z]{2,10})([./~-])([A-Z0-9][A-Z0-9.$_-]{0,79})$/.exec(name);
  if (match === null) return null;
  const [, chainName, sign, symbol] = match as unknown as [string, string, string, string];
  return { name, chainName, symbol, kind: KINDS[sign] as MemoAsset['kind'] };
}

/** The network's own chain, where claims on assets are kept. */
export function homeOf(network: Network): string {
  return network === 'maya' ? 'MAYA' : 'THOR';
}

/** Where the asset is paid out: CAIP-2 where Cairn knows the chain, else the network's name for it. */
export function payoutChain(asset: MemoAsset, network: Network): string {
  return asset.kind === 'l1' ? (CHAINS.get(asset.chainName) ?? asset.chainName) : homeOf(network);
}

/**
 * The asset as Cairn names it. Null where the memo does not say enough: a contract cut to its last digits (`USDC-B48`), a
 * symbol alone, a chain Cairn does not know.
 */
export function assetOfMemo(asset: MemoAsset): Asset | null {
  const chain = asset.kind === 'l1' ? CHAINS.get(asset.chainName) : undefined;
  if (chain === undefined) return null;
  if (COINS.get(asset.chainName) === asset.symbol) return nativeAsset(chain);
  const contract = /-0X([0-9A-F]{40})$/.exec(asset.symbol)?.[1];
  if (contract === undefined || chain === BITCOIN || chain === TRON) return null;
  return parseAsset(`erc20:0x${contract.toLowerCase()}`, chain);
}
