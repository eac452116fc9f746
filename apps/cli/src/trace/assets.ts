import { CairnError } from '@cairn/core/errors';
import {
  type Asset,
  assetChain,
  BITCOIN,
  ETHEREUM,
  formatDecimal,
  nativeAsset,
  parseAsset,
  TRON,
} from '@cairn/core/units';

/** What an asset calls itself, and where its decimal point stands; null: not known. */
export type AssetInfo = { readonly asset: Asset; readonly symbol: string | null; readonly decimals: number | null };
export type AssetBook = ReadonlyMap<Asset, AssetInfo>;

const NATIVE: readonly AssetInfo[] = [
  { asset: nativeAsset(ETHEREUM), symbol: 'ETH', decimals: 18 },
  { asset: nativeAsset(BITCOIN), symbol: 'BTC', decimals: 8 },
  { asset: nativeAsset(TRON), symbol: 'TRX', decimals: 6 },
];

/**
 * Coins of other chains, and tokens whose issuers publish these contracts: amounts of them are written in full units where no
 * source describes them. No symbol of theirs names an asset (`findAsset`), since ether is on many chains.
 */
const DESCRIBED: AssetBook = new Map(
  (
    [
      ['eip155:10/slip44:60', 'ETH', 18],
      ['eip155:8453/slip44:60', 'ETH', 18],
      ['eip155:42161/slip44:60', 'ETH', 18],
      ['eip155:534352/slip44:60', 'ETH', 18],
      ['eip155:56/slip44:9006', 'BNB', 18],
      ['eip155:100/slip44:700', 'xDAI', 18],
      ['eip155:137/slip44:966', 'POL', 18],
      ['eip155:43114/slip44:9005', 'AVAX', 18],
      ['eip155:1/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7', 'USDT', 6],
      ['eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48', 'USDC', 6],
      ['eip155:10/erc20:0x0b2c639c533813f4aa9d7837caf62653d097ff85', 'USDC', 6],
      ['eip155:137/erc20:0x3c499c542cef5e3811e1192ce70d8cc03d5c3359', 'USDC', 6],
      ['eip155:8453/erc20:0x833589fcd6edb6e08f4c7c32d4f71b54bda02913', 'USDC', 6],
      ['eip155:42161/erc20:0xaf88d065e77c8cc2239327c5edb3a432268e5831', 'USDC', 6],
      ['tron:0x2b6653dc/trc20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t', 'USDT', 6],
      ['eip155:1/erc20:0x6b175474e89094c44da98b954eedeac495271d0f', 'DAI', 18],
      ['eip155:1/erc20:0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2', 'WETH', 18],
      ['eip155:1/erc20:0x2260fac5e5542a773aa44fbcfedf7c193bc2c599', 'WBTC', 8],
      ['eip155:1/erc20:0xae7ab96520de3a18e5e111b5eaab095312d7fe84', 'stETH', 18],
      ['eip155:1/erc20:0x7f39c581f595b53c5cb19bd0b3f8da6c935e2ca0', 'wstETH', 18],
    ] as const
  ).map(([asset, symbol, decimals]) => [asset, { asset, symbol, decimals }]),
);

export function createAssetBook(known: Iterable<AssetInfo>): AssetBook {
  return new Map([...NATIVE, ...known].map((info) => [info.asset, info]));
}

/** An asset by its CAIP-19 id, or by a symbol that only one known asset has. */
export function findAsset(text: string, book: AssetBook): Asset {
  if (text.includes('/') || text.startsWith('0x')) return parseAsset(text);
  const named = [...book.values()].filter((info) => info.symbol?.toLowerCase() === text.toLowerCase());
  if (named.length === 1) return (named[0] as AssetInfo).asset;
  throw new CairnError(
    'invalid-input',
    named.length === 0 ? `no known asset is called ${text}` : `${text} is ambiguous`,
    {
      hints: named.length === 0 ? ['give its CAIP-19 id, as eip155:1/erc20:0x…'] : named.map((info) => info.asset),
    },
  );
}

/** By its sources, else as it is generally known. */
export function infoOf(asset: Asset, book: AssetBook): AssetInfo | undefined {
  return book.get(asset) ?? DESCRIBED.get(asset);
}

export function symbolOf(asset: Asset, book: AssetBook): string {
  return infoOf(asset, book)?.symbol ?? asset.slice(assetChain(asset).length + 1);
}

/** The exact amount with its symbol; base units where the decimals are not known. */
export function showAmount(amount: bigint | null, asset: Asset, book: AssetBook): string {
  if (amount === null) return '–';
  const decimals = infoOf(asset, book)?.decimals ?? null;
  const digits = decimals === null ? `${amount} base units` : formatDecimal(amount, decimals);
  const [whole, fraction] = digits.split('.') as [string, string?];
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return `${fraction === undefined ? grouped : `${grouped}.${fraction}`} ${symbolOf(asset, book)}`;
}
