import { ACCESS_NAMES, type Incident, type Registry } from '@cairn/core/incidents';
import { table } from '../terminal/table.ts';
import { type Parts, publisherName } from './show-parts.ts';

export function showWayIn({ incident: { initialAccess, techniques }, techniques: known }: Parts): string {
  const access = initialAccess.value;
  const way =
    access === null
      ? `not known: ${initialAccess.value === null ? initialAccess.because : ''}`
      : [
          access.category === null ? 'not established' : ACCESS_NAMES[access.category],
          access.status === 'suspected' ? '(suspected)' : '',
          access.description === undefined ? '' : `- ${access.description}`,
        ]
          .filter((text) => text !== '')
          .join(' ');
  if (techniques.value === null) return `Way in: ${way}\nATT&CK techniques: none mapped: ${techniques.because}`;
  const rows = known.map(({ id, name, tactics, mitigations }) => [
    id,
    name,
    tactics.join(', '),
    mitigations === null
      ? 'not held'
      : mitigations.map((one) => `${one.id} ${one.name}`).join(', ') || 'none in ATT&CK',
  ]);
  return [
    `Way in: ${way}`,
    `ATT&CK techniques (${techniques.value.basis})`,
    table(['id', 'technique', 'tactics', 'mitigations'], rows),
  ].join('\n');
}

export function showTaken({ assets, chains }: Incident): string {
  const taken =
    assets.value === null
      ? `not known: ${assets.because}`
      : assets.value
          .map(({ symbol, amount }) => (amount === null ? `${symbol} (amount not known)` : `${amount} ${symbol}`))
          .join(', ');
  const on =
    chains.value === null
      ? `not known: ${chains.because}`
      : `${chains.value.names.join(', ')}${chains.value.more ? ', and others not named' : ''}${chains.note === undefined ? '' : ` (${chains.note})`}`;
  return `Taken: ${taken}\nOn chains: ${on}`;
}

export function showAccounts(
  registry: Registry,
  { incident: { accounts, transactions }, case: traceable }: Parts,
): string {
  const publisher = (ids: readonly string[] | 'incident'): string =>
    ids === 'incident' ? 'its sources' : [...new Set(ids.map((id) => publisherName(registry, id)))].join(', ');
  const rows = accounts.map(({ chain, address, role, description, sources }) => [
    chain,
    address,
    description === undefined ? role : `${role}: ${description}`,
    publisher(sources),
  ]);
  const moves = transactions.map(({ chain, hash, note, sources }) => [chain, hash, note ?? '', publisher(sources)]);
  return [
    rows.length === 0
      ? 'Accounts: none on record.'
      : `Accounts that sources name\n${table(['chain', 'address', 'as', 'by'], rows)}`,
    moves.length === 0 ? '' : `Transactions\n${table(['chain', 'hash', '', 'by'], moves)}`,
    traceable === null ? '' : `Transfers of this theft ship with Cairn: cairn trace --case ${traceable}`,
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}
