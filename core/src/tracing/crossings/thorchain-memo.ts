import { type MemoAsset, type Network, readMemoAsset } from './thorchain-asset.ts';

/*
 * The texts that THORChain and Maya act on. Functions and assets are read without regard to case; everything after `|` is
 * ignored. A memo that does not parse is null: the network refunds such a deposit.
 */

/** A swap, or a loan that pays out: value comes in and the asset named goes out. */
export type SwapMemo = {
  readonly type: 'swap' | 'loan-open' | 'loan-repay';
  /** `=<`: filled when the price is met, so perhaps much later, or never. */
  readonly isLimitOrder: boolean;
  readonly asset: MemoAsset;
  /** Address or registered name as written; null: the sender's own address. */
  readonly destination: string | null;
  /** Where a refund goes; null: to the sender. */
  readonly refundAddress: string | null;
  /** The least to be paid out, in units of 1e-8; null: not stated. */
  readonly limit: bigint | null;
  /** Blocks between the parts of a streaming swap; null: not streamed. */
  readonly interval: bigint | null;
  /** Number of parts; 0: the network decides. */
  readonly quantity: bigint | null;
  readonly affiliates: readonly string[];
  /** Hundredths of a percent, one for each affiliate. */
  readonly affiliateBps: readonly bigint[];
  /** Last digits of the contract that swaps on after the payout, and what it is to buy. */
  readonly aggregator: string | null;
  readonly finalToken: string | null;
  readonly minOut: string | null;
};

/** Something else that a deposit may ask for. Its payout, if any, is not the other side of a swap. */
export type RequestMemo = {
  readonly type:
    | 'add'
    | 'withdraw'
    | 'donate'
    | 'trade-deposit'
    | 'trade-withdraw'
    | 'secure-deposit'
    | 'secure-withdraw'
    | 'pool-deposit'
    | 'pool-withdraw'
    | 'tcy-claim'
    | 'modify-order'
    | 'execute'
    | 'bond'
    | 'name'
    | 'noop';
  readonly args: readonly string[];
};

/** What a vault's payment says of itself. */
export type VaultMemo =
  | {
      readonly type: 'outbound' | 'refund';
      /** The transaction that brought the value: 64 upper-case hex digits. */
      readonly inboundTx: string;
    }
  | { readonly type: 'migrate' | 'ragnarok' | 'yggdrasil' | 'consolidate'; readonly height: number | null };

export type Memo = SwapMemo | RequestMemo | VaultMemo;

const SWAP_FUNCTIONS: ReadonlySet<string> = new Set(['SWAP', 'S', '=', '=<']);
const REQUESTS: ReadonlyMap<string, RequestMemo['type']> = new Map<string, RequestMemo['type']>([
  ['ADD', 'add'],
  ['+', 'add'],
  ['WD', 'withdraw'],
  ['-', 'withdraw'],
  ['WITHDRAW', 'withdraw'],
  ['DONATE', 'donate'],
  ['D', 'donate'],
  ['TRADE+', 'trade-deposit'],
  ['TRADE-', 'trade-withdraw'],
  ['SECURE+', 'secure-deposit'],
  ['SECURE-', 'secure-withdraw'],
  ['POOL+', 'pool-deposit'],
  ['POOL-', 'pool-withdraw'],
  ['TCY', 'tcy-claim'],
  ['M=<', 'modify-order'],
  ['X', 'execute'],
  ['BOND', 'bond'],
  ['UNBOND', 'bond'],
  ['LEAVE', 'bond'],
  ['NAME', 'name'],
  ['N', 'name'],
  ['~', 'name'],
  ['NOOP', 'noop'],
]);

/** @param text - as the chain records it. @returns null: not a memo of this network. */
export function parseMemo(text: string, network: Network): Memo | null {
  if (!isPrintable(text)) return null;
  const parts = (text.split('|')[0] as string).split(':');
  const name = (parts[0] as string).trim().toUpperCase();
  if (SWAP_FUNCTIONS.has(name)) return parseSwap(parts, network, name === '=<');
  if (name === 'LOAN+' || name === '$+') return parseLoan(parts, network, 'loan-open');
  if (name === 'LOAN-' || name === '$-') return parseLoan(parts, network, 'loan-repay');
  const request = REQUESTS.get(name);
  if (request !== undefined) return { type: request, args: parts.slice(1) };
  return parseVaultMemo(name, parts);
}

export function isSwapMemo(memo: Memo): memo is SwapMemo {
  return memo.type === 'swap' || memo.type === 'loan-open' || memo.type === 'loan-repay';
}

export function isVaultMemo(memo: Memo): memo is VaultMemo {
  return ['outbound', 'refund', 'migrate', 'ragnarok', 'yggdrasil', 'consolidate'].includes(memo.type);
}

/** Liquidity memos name a pool; without a readable one the text is not such a memo. */
export function poolOf(memo: RequestMemo, network: Network): MemoAsset | null {
  return readMemoAsset(memo.args[0] ?? '', network);
}

function parseSwap(parts: readonly string[], network: Network, isLimitOrder: boolean): SwapMemo | null {
  const [, assetText = '', target = '', limitText = '', names = '', shares = '', aggregator, finalToken, minOut] =
    parts;
  const asset = readMemoAsset(assetText, network);
  const limits = parseLimits(limitText, network);
  const affiliates = parseAffiliates(names, shares, network);
  if (asset === null || limits === null || affiliates === null) return null;
  const [destination, refundAddress] = network === 'maya' ? [target] : target.split('/', 2);
  return {
    type: 'swap',
    isLimitOrder,
    asset,
    destination: orNull(destination),
    refundAddress: orNull(refundAddress),
    ...limits,
    ...affiliates,
    aggregator: orNull(aggregator),
    finalToken: orNull(finalToken),
    minOut: orNull(minOut),
  };
}

/** `loan+:BTC.BTC:bc1…:minOut:affiliate:bps:aggregator:token:minOut`; `loan-:BTC.BTC:bc1…:minOut`. */
function parseLoan(parts: readonly string[], network: Network, type: 'loan-open' | 'loan-repay'): SwapMemo | null {
  const swap = parseSwap(parts, network, false);
  return swap === null || swap.destination === null ? null : { ...swap, type };
}

type Limits = Pick<SwapMemo, 'limit' | 'interval' | 'quantity'>;

/** `LIMIT[/INTERVAL/QUANTITY]`; each may be left out. */
function parseLimits(text: string, network: Network): Limits | null {
  const [first = '', second, third] = text.split('/');
  const limit = first === '' ? null : parseAmount(first, network);
  const interval = second === undefined || second === '' ? null : parseAmount(second, 'maya');
  const quantity = third === undefined || third === '' ? null : parseAmount(third, 'maya');
  if (limit === undefined || interval === undefined || quantity === undefined) return null;
  return { limit, interval, quantity: interval === null ? null : (quantity ?? 0n) };
}

/** Digits, or on THORChain `37207e5`. Undefined: no number. */
function parseAmount(text: string, network: Network): bigint | undefined {
  if (/^[0-9]{1,78}$/.test(text)) return BigInt(text);
  const match = network === 'thorchain' ? /^([0-9]{1,40})(?:\.([0-9]{1,40}))?[eE]\+?([0-9]{1,2})$/.exec(text) : null;
  if (match === null) return undefined;
  const fraction = match[2] ?? '';
  const exponent = Number(match[3]) - fraction.length;
  return exponent < 0 ? undefined : BigInt(`${match[1]}${fraction}`) * 10n ** BigInt(exponent);
}

/** THORChain's limit on affiliates of one swap. */
const MAX_AFFILIATES = 5;

/** `aff[/aff…]` and `bps[/bps…]`: one share for each, or one for all. Maya knows a single affiliate. */
function parseAffiliates(
  names: string,
  shares: string,
  network: Network,
): Pick<SwapMemo, 'affiliates' | 'affiliateBps'> | null {
  if (names === '') return { affiliates: [], affiliateBps: [] };
  const affiliates = network === 'maya' ? [names] : names.split('/');
  const bps = (shares === '' ? ['0'] : shares.split('/')).map((share) =>
    parseAmount(share === '' ? '0' : share, 'maya'),
  );
  const stated = bps.length === 1 ? affiliates.map(() => bps[0]) : bps;
  if (affiliates.length > MAX_AFFILIATES || stated.length !== affiliates.length) return null;
  const affiliateBps = stated.filter((share) => share !== undefined);
  return affiliateBps.length === stated.length ? { affiliates, affiliateBps } : null;
}

function parseVaultMemo(name: string, parts: readonly string[]): VaultMemo | null {
  const value = parts[1] ?? '';
  if (name === 'OUT' || name === 'OUTBOUND' || name === 'REFUND') {
    if (!/^[0-9a-fA-F]{64}$/.test(value)) return null;
    return { type: name === 'REFUND' ? 'refund' : 'outbound', inboundTx: value.toUpperCase() };
  }
  if (name === 'CONSOLIDATE') return { type: 'consolidate', height: null };
  if (name === 'MIGRATE' || name === 'RAGNAROK') {
    if (!/^[0-9]{1,15}$/.test(value)) return null;
    return { type: name === 'MIGRATE' ? 'migrate' : 'ragnarok', height: Number(value) };
  }
  if (name.startsWith('YGGDRASIL')) {
    return { type: 'yggdrasil', height: /^[0-9]{1,15}$/.test(value) ? Number(value) : null };
  }
  return null;
}

/**
 * A memo registered beforehand, to be named later by the last five digits of an amount: `REFERENCE:<asset>:<memo>`. The
 * registration is made on the network itself; which payment used it, only the network knows.
 */
export function parseReference(
  text: string,
  network: Network,
): { readonly inboundAsset: MemoAsset; readonly memo: Memo } | null {
  const match = /^reference:([^:]+):(.+)$/i.exec(text);
  const inboundAsset = match === null ? null : readMemoAsset(match[1] as string, network);
  const memo = match === null ? null : parseMemo(match[2] as string, network);
  return inboundAsset === null || memo === null ? null : { inboundAsset, memo };
}

export function isPrintable(text: string): boolean {
  return /^[\x20-\x7e]+$/.test(text);
}

function orNull(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}
