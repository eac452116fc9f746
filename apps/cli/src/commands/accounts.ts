import { createLabelIndex } from '@cairn/core/labels';
import type { Coverage, Transfer } from '@cairn/core/ledger';
import { compareTransfers, statedTime } from '@cairn/core/ledger';
import {
  type Account,
  type Asset,
  accountChain,
  formatAccount,
  formatTime,
  isUtxoChain,
  parseAccount,
} from '@cairn/core/units';
import type { Command } from 'commander';
import { openDataDirectory } from '../data/data-directory.ts';
import { grouped } from '../terminal/progress.ts';
import { shortAccount, table } from '../terminal/table.ts';
import { type AssetBook, createAssetBook, showAmount } from '../trace/assets.ts';
import { act, verb } from './command.ts';
import { showLabels } from './labels.ts';

export function accountsCommand(): Command {
  const command = verb('accounts', 'what the ledger has of accounts: transfers, balances, coverage, labels', [
    'cairn accounts 0x47666fab8bd0ac7003bce3f5c3585383f09486e2',
    'cairn accounts --transfers eth:0x47666fab8bd0ac7003bce3f5c3585383f09486e2',
  ])
    .argument('<account...>', 'accounts: 0x…, eth:0x…, btc:…, tron:…, or CAIP-10')
    .option('--transfers', 'list every transfer, with the `HASH:POSITION` that names it as a seed');
  return act<{ transfers?: true }>(command, async ({ data, print }, flags, args) => {
    const accounts = args.map((text) => parseAccount(text));
    const directory = openDataDirectory(data);
    const book = createAssetBook(directory.assets());
    const index = createLabelIndex(directory.labels());
    const ledger = await directory.openLedger();
    try {
      const histories = new Map(accounts.map((account) => [account, [] as Transfer[]]));
      const all = { accounts, assets: null, until: null, limitPerAccount: null };
      await ledger.histories(all, (owner, transfer) => histories.get(owner)?.push(transfer));
      const coverage = await ledger.coverage(accounts);
      const found = [...histories].map(([account, transfers]) => ({
        account,
        labels: index.of(account),
        coverage: coverage.filter(
          (c) => c.account === account || (c.account === null && c.chain === accountChain(account)),
        ),
        assets: sumByAsset(account, transfers),
        transfers: transfers.sort(compareTransfers),
      }));
      const text = found.map((one) => showAccount(one, book, flags.transfers === true)).join('\n\n');
      print(
        text,
        flags.transfers ? found : found.map(({ transfers, ...rest }) => ({ ...rest, transfers: transfers.length })),
      );
      return 0;
    } finally {
      await ledger.close();
    }
  });
}

type AssetSum = { readonly asset: Asset; received: bigint; sent: bigint };
type Found = {
  readonly account: Account;
  readonly labels: Parameters<typeof showLabels>[1];
  readonly coverage: readonly Coverage[];
  readonly assets: readonly AssetSum[];
  readonly transfers: readonly Transfer[];
};

function timeOf(transfer: Transfer): string {
  const at = statedTime(transfer);
  return at === null ? 'a time not on record' : formatTime(at);
}

/** Of an address of a UTXO chain: an output that it can spend. */
function isReceived(account: Account, { to, kind, lock }: Transfer): boolean {
  return to === account || (kind === 'output' && lock?.owner === account);
}

function isSent(account: Account, { from, kind, lock }: Transfer): boolean {
  return from === account || (kind === 'input' && lock?.owner === account);
}

function sumByAsset(account: Account, transfers: readonly Transfer[]): AssetSum[] {
  const sums = new Map<Asset, AssetSum>();
  for (const transfer of transfers) {
    const sum = sums.get(transfer.asset) ?? { asset: transfer.asset, received: 0n, sent: 0n };
    if (isReceived(account, transfer)) sum.received += transfer.amount;
    if (isSent(account, transfer)) sum.sent += transfer.amount;
    sums.set(transfer.asset, sum);
  }
  return [...sums.values()].sort((a, b) => (a.asset < b.asset ? -1 : 1));
}

function showAccount(found: Found, book: AssetBook, withTransfers: boolean): string {
  const { account, transfers } = found;
  const parts = [showLabels(account, found.labels)];
  const [first, last] = [transfers[0], transfers.at(-1)];
  if (first === undefined || last === undefined) {
    parts.push('The ledger has no transfer of this account. That says nothing about what it did.');
    return parts.join('\n\n');
  }
  parts.push(
    transfers.length === 1
      ? `1 transfer, at ${timeOf(first)}`
      : `${grouped(transfers.length)} transfers from ${timeOf(first)} to ${timeOf(last)}`,
  );
  const sums = found.assets.map((sum) => [
    showAmount(sum.received, sum.asset, book),
    showAmount(sum.sent, sum.asset, book),
  ]);
  parts.push(table(['received', 'sent'], sums, ['received', 'sent']));
  if (isUtxoChain(accountChain(account)))
    parts.push('Change that comes back to an address is counted as sent and as received.');
  const declared = found.coverage.map((c) => [
    c.direction,
    `${c.fromBlock ?? 'first'}–${c.toBlock ?? '?'}`,
    c.basis,
    c.note ?? '',
  ]);
  parts.push(
    declared.length === 0
      ? 'Coverage: unknown. Transfers may be missing.'
      : `Coverage\n${table(['direction', 'blocks', 'basis', 'note'], declared)}`,
  );
  if (withTransfers) {
    const rows = transfers.map((t) => [
      timeOf(t),
      `${t.tx}:${t.position}`,
      isSent(account, t) ? 'to' : 'from',
      shortAccount(formatAccount(isSent(account, t) ? t.to : t.from)),
      showAmount(t.amount, t.asset, book),
    ]);
    parts.push(table(['time', 'transfer', '', 'counterparty', 'amount'], rows, ['amount']));
  }
  return parts.join('\n\n');
}
