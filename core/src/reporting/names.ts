import { isFeeSink } from '../ledger/index.ts';
import type { BundleContent } from '../tracing/bundle/index.ts';
import type { TraceResult } from '../tracing/index.ts';
import { type Account, type Asset, accountAddress, formatAccount, formatDecimal, formatTime } from '../units/index.ts';
import type { Cell, Span } from './model.ts';
import { code, span, visible } from './text.ts';

/** How a report names assets, accounts and tags, and writes amounts. */
export type Names = {
  /** `ETH`; where no symbol is given, the CAIP-19 id. */
  readonly asset: (asset: Asset) => string;
  /** `401,346.768858404671846374`, exact; base units with that word where the decimals are not known. */
  readonly number: (amount: bigint, asset: Asset) => string;
  /** The number with its asset. */
  readonly amount: (amount: bigint, asset: Asset) => string;
  /** Exact decimal without grouping, for files; empty where the decimals are not known. */
  readonly decimal: (amount: bigint | null, asset: Asset) => string;
  /** At most two decimals, the rest cut off, for diagrams. */
  readonly short: (amount: bigint, asset: Asset) => string;
  /** The asset's symbol where only one tag has it; else the tag. */
  readonly tag: (tag: string) => string;
  /** The account in full with what is claimed about it. */
  readonly account: (account: Account) => Cell;
  /** The name a stopping label gives it; null: none. */
  readonly label: (account: Account) => string | null;
};

export function createNames({ result, assets }: BundleContent): Names {
  const infos = new Map(assets.map((info) => [info.asset, info]));
  const symbol = (asset: Asset): string => clipped(visible(infos.get(asset)?.symbol ?? asset), asset);
  const number = (amount: bigint, asset: Asset): string => {
    const decimals = infos.get(asset)?.decimals ?? null;
    return group(decimals === null ? `${amount}` : formatDecimal(amount, decimals));
  };
  const unit = (asset: Asset): string =>
    (infos.get(asset)?.decimals ?? null) === null ? `base units of ${symbol(asset)}` : symbol(asset);
  const tags = tagNames(result, symbol);
  const labels = new Map(result.labels.map(({ account, label }) => [account, label]));
  const label = (account: Account): string | null => labels.get(account) ?? null;
  return {
    asset: symbol,
    number,
    amount: (amount, asset) => `${number(amount, asset)} ${unit(asset)}`,
    decimal: (amount, asset) => {
      const decimals = infos.get(asset)?.decimals ?? null;
      return amount === null || decimals === null ? '' : formatDecimal(amount, decimals);
    },
    short: (amount, asset) => `${cut(number(amount, asset))} ${unit(asset)}`,
    tag: (tag) => tags.get(tag) ?? visible(tag),
    label,
    account: (account) => {
      const name = label(account);
      const own: Span[] = [accountSpan(account)];
      return name === null ? [own] : [own, [span(`labelled “${name}”`)]];
    },
  };
}

/** A contract may call itself anything; what does not fit a column is cut, with the end of the asset's id to tell it by. */
function clipped(symbol: string, asset: Asset): string {
  return symbol === asset || symbol.length <= 16 ? symbol : `${symbol.slice(0, 12)}… (${asset.slice(-6)})`;
}

/** The account as one word, in full. */
export function accountSpan(account: Account): Span {
  return isFeeSink(account) ? span('network fees') : code(formatAccount(account));
}

/** `0xa4b2fd…449e`: for diagrams, where the full one stands in a table beside. */
export function shortAccount(account: Account): string {
  if (isFeeSink(account)) return 'network fees';
  const address = visible(accountAddress(account));
  return address.length <= 16 ? address : `${address.slice(0, 8)}…${address.slice(-6)}`;
}

export function timeText(at: number | null): string {
  return at === null ? 'not known' : formatTime(at).replace('T', ' ').replace('Z', ' UTC');
}

/** Part of a whole in percent with two decimals, cut off; `–` of nothing. */
export function share(part: bigint, whole: bigint): string {
  if (whole === 0n) return '–';
  const hundredths = ((part * 10_000n) / whole).toString().padStart(3, '0');
  return `${hundredths.slice(0, -2)}.${hundredths.slice(-2)} %`;
}

function tagNames(result: TraceResult, symbol: (asset: Asset) => string): Map<string, string> {
  const assets = new Map(result.runs.flatMap(({ tags }) => tags.map(({ tag, asset }) => [tag, asset] as const)));
  const used = [...assets.values()].map(symbol);
  return new Map(
    [...assets].map(([tag, asset]) => {
      const name = symbol(asset);
      return [tag, used.filter((other) => other === name).length === 1 ? name : visible(tag)];
    }),
  );
}

function group(decimal: string): string {
  const [whole = '', fraction] = decimal.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function cut(number: string): string {
  const [whole = '', fraction = ''] = number.split('.');
  const rest = fraction.slice(0, 2).replace(/0+$/, '');
  if (whole === '0' && rest === '' && fraction !== '') return '<0.01';
  return rest === '' ? whole : `${whole}.${rest}`;
}
