import type { Label } from '@cairn/core/labels';
import { opReturnData, outpointOf, type Transfer } from '@cairn/core/ledger';
import { legKey } from '@cairn/core/tracing';
import type { Account } from '@cairn/core/units';
import { protocolOf, statusOf } from './leg-status.ts';
import type { ReadLeg, ReadTransaction } from './read-transaction.ts';
import type { Words } from './words.ts';

/** A transaction for programs. Unknown is null; amounts are base units. */
export function transactionJson(read: ReadTransaction, words: Words) {
  const { chain, tx, record, transfers, coinjoin, swaps, wraps } = read;
  const [first] = transfers;
  return {
    chain,
    tx,
    block: first?.blockNumber ?? record?.blockNumber ?? null,
    time: first?.blockTime ?? record?.blockTime ?? null,
    txIndex: first?.txIndex ?? record?.txIndex ?? null,
    succeeded: record?.kind === 'evm' ? record.succeeded : null,
    from: record?.kind === 'evm' ? record.from : null,
    to: record?.kind === 'evm' ? record.to : null,
    transfers: transfers.map((transfer) => transferJson(transfer, read)),
    labels: labelsOf(read, words),
    opReturn: opReturns(read),
    coinjoin,
    ...crossingsJson(read),
    swaps,
    wraps,
  };
}

/** What the record shows of bridges, swap networks and mixers. */
export function crossingsJson(read: ReadTransaction) {
  return {
    record: read.record === null ? 'none' : read.record.kind,
    legs: read.legs.map((leg) => legJson(leg, read)),
    crossings: read.matching.crossings,
    doubtful: read.matching.doubtful,
    refused: read.matching.refused,
  };
}

function legJson(read: ReadLeg, transaction: ReadTransaction) {
  const { basis, crossings, reasons, remedy } = statusOf(read, transaction);
  const protocol = protocolOf(read.leg);
  return {
    ...read.leg,
    ledgerKey: legKey(read.leg),
    carrier: carrierJson(read.carrier),
    others: read.others.map(({ leg, carrier }) => ({ ...leg, carrier: carrierJson(carrier) })),
    basis,
    crossings: crossings.map(({ id }) => id),
    reasons,
    toBeExact: remedy,
    proves: protocol?.proves ?? null,
    cannotProve: protocol?.cannotProve ?? null,
  };
}

function carrierJson(carrier: ReadLeg['carrier']) {
  if (carrier.kind !== 'found') return carrier;
  const { tx, position } = carrier.transfer;
  return { kind: carrier.kind, transfer: { tx, position } };
}

function transferJson(transfer: Transfer, { spends }: ReadTransaction) {
  const { position, from, to, asset, amount, kind, assigned, rounded, lock, unresolved } = transfer;
  const spend = spends.get(to);
  return {
    position,
    kind,
    from,
    to,
    asset,
    amount: unresolved ? null : amount,
    assigned,
    rounded,
    ...(lock === undefined ? {} : { owner: lock.owner, script: lock.script }),
    ...(kind === 'output' ? { spentIn: spend === undefined ? null : { tx: spend.tx, position: spend.position } } : {}),
    ...(kind === 'input' ? { spends: outpointOf(from) } : {}),
  };
}

/** Every account a transaction names, sorted. */
export function accountsIn({ transfers, record, legs }: ReadTransaction): Account[] {
  const moved = transfers.flatMap(({ from, to, lock }) => [from, to, lock?.owner ?? null]);
  const sender = record?.kind === 'evm' ? [record.from, record.to] : [];
  const named = legs.flatMap(({ leg, others }) => [leg, ...others.map((other) => other.leg)]);
  const parties = named.flatMap(({ account, venue }) => [account, venue]);
  return [...new Set([...moved, ...sender, ...parties].filter((account) => account !== null))].sort();
}

function labelsOf(read: ReadTransaction, { labels }: Words): Record<Account, readonly Label[]> {
  return Object.fromEntries(
    accountsIn(read).flatMap((account) => {
      const said = labels.of(account);
      return said.length === 0 ? [] : [[account, said] as const];
    }),
  );
}

function opReturns({ record }: ReadTransaction) {
  if (record?.kind !== 'utxo') return [];
  return record.outputs.flatMap(({ script, lock }, output) => {
    const said = lock.script === 'op-return' && script !== null ? opReturnData(script) : null;
    return said === null ? [] : [{ output, data: Buffer.from(said.data).toString('hex'), text: said.text }];
  });
}
