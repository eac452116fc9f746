import { isCoinbase, isFeeSink, isTxAccount, outpointOf, statedTime } from '../ledger/index.ts';
import type { BundleContent } from '../tracing/bundle/index.ts';
import type { TraceResult } from '../tracing/index.ts';
import {
  type Account,
  type Asset,
  accountAddress,
  accountChain,
  assetChain,
  BITCOIN,
  type Chain,
  ETHEREUM,
  formatAccount,
  formatDecimal,
  formatTime,
  isUtxoChain,
  TRON,
} from '../units/index.ts';
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
  /** At most two decimals, the rest cut off, for diagrams; UTXO chains: below 0.01 at most two digits. */
  readonly short: (amount: bigint, asset: Asset) => string;
  /** The asset's symbol where only one tag has it; else the tag. */
  readonly tag: (tag: string) => string;
  /** The account in full with what is claimed about it. An output: its address, then its reference. */
  readonly account: (account: Account) => Cell;
  /** The account in full, without what is claimed. @param within - the transaction that its row already names. */
  readonly lines: (account: Account, within?: string) => Cell;
  /** The account in full on one line. */
  readonly inline: (account: Account) => Span[];
  /** Shortened, for diagrams, where the full one stands in a table beside: address first. */
  readonly brief: (account: Account) => readonly string[];
  /** The address that an output was made to, as an account; null: it has none, it is not known, or this is no output. */
  readonly address: (account: Account) => Account | null;
  /** The name a stopping label gives it; null: none. */
  readonly label: (account: Account) => string | null;
};

export function createNames({ result, assets }: BundleContent): Names {
  const infos = new Map(assets.map((info) => [info.asset, info]));
  const symbol = (asset: Asset): string => clipped(visible(infos.get(asset)?.symbol ?? asset), asset);
  const number = (amount: bigint, asset: Asset): string => {
    const decimals = infos.get(asset)?.decimals ?? null;
    if (decimals === null) return group(`${amount}`);
    const written = formatDecimal(amount, decimals);
    return group(isUtxoChain(assetChain(asset)) ? padded(written, decimals) : written);
  };
  const addresses = addressesOf(result);
  const address = (account: Account): Account | null => addresses.get(account) ?? null;
  const unit = (asset: Asset): string =>
    (infos.get(asset)?.decimals ?? null) === null ? `base units of ${symbol(asset)}` : symbol(asset);
  const tags = tagNames(result, symbol);
  const labels = new Map(result.labels.map(({ account, label }) => [account, label]));
  const label = (account: Account): string | null =>
    labels.get(account) ?? labels.get(address(account) ?? account) ?? null;
  const lines = (account: Account, within?: string): Cell => accountLines(account, address(account), within);
  return {
    asset: symbol,
    number,
    amount: (amount, asset) => `${number(amount, asset)} ${unit(asset)}`,
    decimal: (amount, asset) => {
      const decimals = infos.get(asset)?.decimals ?? null;
      return amount === null || decimals === null ? '' : formatDecimal(amount, decimals);
    },
    short: (amount, asset) => `${cut(number(amount, asset), isUtxoChain(assetChain(asset)))} ${unit(asset)}`,
    tag: (tag) => tags.get(tag) ?? visible(tag),
    label,
    account: (account) => {
      const name = label(account);
      return name === null ? lines(account) : [...lines(account), [span(`labelled “${name}”`)]];
    },
    lines,
    inline: (account) => {
      const [first = [], second] = lines(account);
      return second === undefined ? [...first] : [...first, span(', output '), ...second];
    },
    brief: (account) => {
      const outpoint = outpointOf(account);
      if (outpoint === null || !isUtxoChain(accountChain(account))) return [shortAccount(account)];
      const own = address(account);
      return [own === null ? 'no address' : shortAccount(own), `output ${shortReference(outpoint.tx, outpoint.index)}`];
    },
    address,
  };
}

/** A contract may call itself anything; what does not fit a column is cut, with the end of the asset's id to tell it by. */
function clipped(symbol: string, asset: Asset): string {
  return symbol === asset || symbol.length <= 16 ? symbol : `${symbol.slice(0, 12)}… (${asset.slice(-6)})`;
}

/** An address before the output's reference: people look for the first, programs for the second. */
function accountLines(account: Account, address: Account | null, within: string | undefined): Cell {
  if (isFeeSink(account)) return [[span('network fees')]];
  if (!isUtxoChain(accountChain(account))) return [[code(formatAccount(account))]];
  if (isCoinbase(account)) return [[span('new coins (coinbase)')]];
  if (isTxAccount(account)) {
    const tx = accountAddress(account);
    return [tx === within ? [span('the transaction')] : [span('transaction '), code(tx)]];
  }
  const outpoint = outpointOf(account);
  if (outpoint === null) return [[code(formatAccount(account))]];
  const first = address === null ? span('no address, or not known') : code(formatAccount(address));
  return [[first], [code(`${outpoint.tx}:${outpoint.index}`)]];
}

/** Of every output that the record or the result says it of. */
function addressesOf({ consumed, runs }: TraceResult): Map<Account, Account> {
  const addresses = new Map<Account, Account>();
  for (const { kind, from, to, lock } of consumed) {
    if (lock?.owner == null) continue;
    const output = kind === 'output' ? to : from;
    // What made an output says what it is; what spends it may not.
    if (kind === 'output' || !addresses.has(output)) addresses.set(output, lock.owner);
  }
  const places = runs.flatMap(({ tags, touched }) => [
    ...touched,
    ...tags.flatMap(({ holdings, terminals }) => [...holdings, ...terminals]),
  ]);
  for (const { account, owner } of places) if (owner !== undefined) addresses.set(account, owner);
  return addresses;
}

/** A UTXO chain's amounts are written with all their decimals. */
function padded(decimal: string, decimals: number): string {
  const [whole = '', fraction = ''] = decimal.split('.');
  return decimals === 0 ? whole : `${whole}.${fraction.padEnd(decimals, '0')}`;
}

/** `f4184fc5…9e16:0` */
function shortReference(tx: string, index: number): string {
  return `${tx.slice(0, 8)}…${tx.slice(-4)}:${index}`;
}

/** `0xa4b2fd…449e`: for diagrams, where the full one stands in a table beside. */
export function shortAccount(account: Account): string {
  if (isFeeSink(account)) return 'network fees';
  if (isUtxoChain(accountChain(account))) {
    if (isCoinbase(account)) return 'new coins';
    if (isTxAccount(account)) return `tx ${accountAddress(account).slice(0, 8)}…${account.slice(-4)}`;
  }
  const address = visible(accountAddress(account));
  return address.length <= 16 ? address : `${address.slice(0, 8)}…${address.slice(-6)}`;
}

/** `Bitcoin`; a chain that has no name here by its CAIP-2 id. */
export function chainName(chain: Chain): string {
  return CHAINS.get(chain) ?? chain;
}

const CHAINS: ReadonlyMap<Chain, string> = new Map([
  [ETHEREUM, 'Ethereum'],
  [BITCOIN, 'Bitcoin'],
  [TRON, 'Tron'],
]);

/** A time in words; a transfer whose source gives none has no time of its own. */
export function timeText(at: number | null): string {
  return at === null || statedTime({ blockTime: at }) === null
    ? 'not known'
    : formatTime(at).replace('T', ' ').replace('Z', ' UTC');
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

function cut(number: string, isFine: boolean): string {
  const [whole = '', fraction = ''] = number.split('.');
  const rest = fraction.slice(0, 2).replace(/0+$/, '');
  const fine = /^0+[1-9]\d?/.exec(fraction);
  if (isFine && whole === '0' && rest === '' && fine !== null) return `0.${fine[0].replace(/0$/, '')}`;
  if (whole === '0' && rest === '' && fraction !== '') return '<0.01';
  return rest === '' ? whole : `${whole}.${rest}`;
}
