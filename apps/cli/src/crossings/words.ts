import type { LabelIndex } from '@cairn/core/labels';
import type { Transfer } from '@cairn/core/ledger';
import { type Account, type Asset, type Chain, formatAccount } from '@cairn/core/units';
import { table } from '../terminal/table.ts';
import type { AssetBook } from '../trace/assets.ts';

/** What texts about transactions are written with. */
export type Words = { readonly book: AssetBook; readonly labels: LabelIndex };

const CHAIN_NAMES: ReadonlyMap<string, string> = new Map([
  ['eip155:1', 'Ethereum'],
  ['eip155:10', 'Optimism'],
  ['eip155:56', 'BNB Smart Chain'],
  ['eip155:100', 'Gnosis'],
  ['eip155:137', 'Polygon'],
  ['eip155:8453', 'Base'],
  ['eip155:42161', 'Arbitrum One'],
  ['eip155:43114', 'Avalanche'],
  ['bip122:000000000019d6689c085ae165831e93', 'Bitcoin'],
  ['tron:0x2b6653dc', 'Tron'],
]);

/** `Ethereum (eip155:1)`; the id, or a protocol's own name for it, where Cairn has no other. */
export function chainName(chain: string): string {
  const named = CHAIN_NAMES.get(chain);
  if (named === undefined) return chain;
  return chain.startsWith('bip122:') || chain.startsWith('tron:') ? named : `${named} (${chain})`;
}

/** An account in full with what it is said to be; `labelTable` says by whom. */
export function accountName(account: Account, { labels }: Words): string {
  const decision = labels.decide(account);
  return decision === null ? formatAccount(account) : `${formatAccount(account)} (said to be ${decision.label.name})`;
}

/** Who says what of the accounts that carry a label; '' where none does. */
export function labelTable(accounts: readonly Account[], { labels }: Words): string {
  const rows = [...new Set(accounts)].flatMap((account) =>
    labels.of(account).map(({ name, category, source }) => [formatAccount(account), name, category, source]),
  );
  return rows.length === 0
    ? ''
    : `Labels: claims of others\n\n${table(['account', 'said to be', 'category', 'by'], rows)}`;
}

/** An asset by its symbol, where one is known. */
export function assetName(asset: string, { book }: Pick<Words, 'book'>): string {
  return book.get(asset as Asset)?.symbol ?? asset;
}

/** Who a transfer pays, on Bitcoin by the output's script. */
export function payeeOf({ kind, to, lock }: Transfer): Account {
  return kind === 'output' ? (lock?.owner ?? to) : to;
}

export function refName({ tx, position }: { readonly tx: string; readonly position: number }): string {
  return `${tx}:${position}`;
}

/** A paragraph beneath a heading word, its further lines indented to it. */
export function row(head: string, text: string, width = 16): string {
  return `  ${head.padEnd(width)}${text}`;
}

export function onChain(tx: string, chain: Chain): string {
  return `${tx} on ${chainName(chain)}`;
}
