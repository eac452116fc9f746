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

export function symbolOf(asset: Asset, book: AssetBook): string {
  return book.get(asset)?.symbol ?? asset.slice(assetChain(asset).length + 1);
}

/** The exact amount with its symbol; base units where the decimals are not known. */
export function showAmount(amount: bigint | null, asset: Asset, book: AssetBook): string {
  if (amount === null) return '–';
  const decimals = book.get(asset)?.decimals ?? null;
  const digits = decimals === null ? `${amount} base units` : formatDecimal(amount, decimals);
  const [whole, fraction] = digits.split('.') as [string, string?];
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return `${fraction === undefined ? grouped : `${grouped}.${fraction}`} ${symbolOf(asset, book)}`;
}
