import type { EventLog, EvmEvidence, Transfer } from '../../ledger/index.ts';
import { type Account, type Asset, accountAddress, type Chain, coinOf } from '../../units/index.ts';
import { addressOf, eventTopic, logsOf, tokenAsset, topic, uint, word } from './abi.ts';

const TRANSFER = eventTopic('Transfer(address,address,uint256)');
// The two transfer events of ERC-1155.
const TRANSFER_SINGLE = eventTopic('TransferSingle(address,address,address,uint256,uint256)');
const TRANSFER_BATCH = eventTopic('TransferBatch(address,address,address,uint256[],uint256[])');

/** Why what happened inside a transaction cannot be told for sure. */
export type Missing = {
  readonly code: 'no-receipt' | 'no-inner-calls' | 'unread-transfer' | 'ledger-lacks-transfers' | 'ledger-has-others';
  /** A sentence for people. */
  readonly text: string;
};

export type RecordOptions = {
  /** The ledger's coverage says that it has every inner transfer of the chain's coin; then no trace is needed for that. */
  readonly innerTransfersComplete?: boolean;
};

/** A movement of something that is one of a kind: an NFT, or tokens of ERC-1155. Counts as an asset of its own. */
export type Unique = { readonly from: Account; readonly to: Account; readonly asset: Asset };

/**
 * Whether a transaction's record is whole: the receipt with its events, all calls that moved the coin, and a ledger that
 * has just the transfers these show.
 * @param transfers - all of the transaction. @param extra - rows that no event or call shows as a transfer but a wrap explains.
 * @returns what is missing; empty: nothing.
 */
export function missingFrom(
  transfers: readonly Transfer[],
  evidence: EvmEvidence,
  extra: ReadonlySet<number>,
  { innerTransfersComplete = false }: RecordOptions,
): Missing[] {
  const { logs, frames, succeeded, chain } = evidence;
  if (succeeded === null || logs === null) {
    return [{ code: 'no-receipt', text: 'No receipt is on record, so the token transfers are not known to be all.' }];
  }
  const missing: Missing[] = [];
  if (frames === null && !innerTransfersComplete) {
    const coin = coinOf(chain) ?? "the chain's coin";
    const text = `No trace is on record, so an inner payment of ${coin} may be missing.`;
    missing.push({ code: 'no-inner-calls', text });
  }
  const unread = logsOf(evidence, TRANSFER, null).filter((log) => !isToken(log) && !isUnique(log));
  for (const { address, logIndex } of unread) {
    const text = `Event ${logIndex} of ${accountAddress(address)} is named a transfer but has another shape.`;
    missing.push({ code: 'unread-transfer', text });
  }
  return [...missing, ...disagreements(transfers, evidence, extra)];
}

/** The chain's coin; where its coin type is not known, what the ledger calls it. Null: neither says. */
export function coinIn(transfers: readonly Transfer[], chain: Chain): Asset | null {
  return coinOf(chain) ?? transfers.find(({ kind }) => kind === 'native' || kind === 'internal')?.asset ?? null;
}

/** Movements of things that are one of a kind. */
export function uniquesOf(evidence: EvmEvidence): Unique[] {
  const { chain } = evidence;
  const single = logsOf(evidence, TRANSFER, null)
    .filter(isUnique)
    .map((log) => ({ log, from: topic(log, 1), to: topic(log, 2), id: uint(topic(log, 3)), kind: 'erc721' }));
  const several = logsOf(evidence, [TRANSFER_SINGLE, TRANSFER_BATCH], null).map((log) => ({
    log,
    from: topic(log, 2),
    to: topic(log, 3),
    // A batch is one asset here: enough to see that something else moved.
    id: topic(log, 0) === TRANSFER_SINGLE ? uint(word(log.data, 0)) : null,
    kind: 'erc1155',
  }));
  return [...single, ...several].flatMap(({ log, from, to, id, kind }) => {
    const payer = addressOf(chain, from);
    const payee = addressOf(chain, to);
    if (payer === null || payee === null) return [];
    const asset: Asset = `${chain}/${kind}:${accountAddress(log.address)}${id === null ? '' : `/${id}`}`;
    return [{ from: payer, to: payee, asset }];
  });
}

/**
 * Accounts that act in a transaction: contracts that emit an event, make a call, or are called with data. A payment
 * without data is no call.
 */
export function activeAccounts({ logs, frames, to, input }: EvmEvidence): ReadonlySet<Account> {
  const active = new Set<Account>();
  for (const { address } of logs ?? []) active.add(address);
  for (const frame of frames ?? []) {
    active.add(frame.from);
    if (frame.input.length > 2) active.add(frame.to);
  }
  if (to !== null && input !== null && input.length > 2) active.add(to);
  return active;
}

/** Whether every contract that emitted an event is among the calls: else the trace shows only some of them. */
export function callsAreWhole({ logs, frames }: EvmEvidence): boolean {
  if (frames === null || logs === null) return false;
  const called = new Set(frames.map(({ to }) => to));
  return logs.every(({ address }) => called.has(address));
}

function isToken(log: EventLog): boolean {
  return log.topics.length === 3 && log.data.length === 66;
}

function isUnique(log: EventLog): boolean {
  return log.topics.length === 4;
}

function disagreements(transfers: readonly Transfer[], evidence: EvmEvidence, extra: ReadonlySet<number>): Missing[] {
  const shown = movementsOf(evidence, coinIn(transfers, evidence.chain));
  const left = new Map<string, number>();
  for (const movement of shown) left.set(movement, (left.get(movement) ?? 0) + 1);
  let surplus = 0;
  for (const { from, to, asset, amount, kind, position } of transfers) {
    if (amount === 0n || kind === 'fee') continue;
    const movement = `${from} ${to} ${asset} ${amount}`;
    const count = left.get(movement) ?? 0;
    if (count > 0) left.set(movement, count - 1);
    else if (!extra.has(position) && !(kind === 'internal' && evidence.frames === null)) surplus++;
  }
  const lacking = [...left.values()].reduce((sum, count) => sum + count, 0);
  const missing: Missing[] = [];
  if (lacking > 0) {
    const text = `The ledger lacks ${lacking} of the ${shown.length} transfers that the transaction's record shows.`;
    missing.push({ code: 'ledger-lacks-transfers', text });
  }
  if (surplus > 0) {
    const text = `The ledger has ${surplus} transfers that the transaction's record does not show.`;
    missing.push({ code: 'ledger-has-others', text });
  }
  return missing;
}

function movementsOf(evidence: EvmEvidence, coin: Asset | null): string[] {
  const { chain, frames, from, to, value } = evidence;
  const calls = frames ?? (from === null || to === null || value === null ? [] : [{ from, to, value }]);
  const coins = calls.filter((call) => call.value > 0n);
  const tokens = logsOf(evidence, TRANSFER, null).filter((log) => isToken(log) && uint(word(log.data, 0)) !== 0n);
  return [
    ...coins.map((call) => `${call.from} ${call.to} ${coin} ${call.value}`),
    ...tokens.map((log) => {
      const [payer, payee] = [addressOf(chain, topic(log, 1)), addressOf(chain, topic(log, 2))];
      return `${payer} ${payee} ${tokenAsset(chain, accountAddress(log.address))} ${uint(word(log.data, 0))}`;
    }),
  ];
}
