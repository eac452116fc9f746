import { type EventLog, type EvmEvidence, TRANSFER_TOPIC } from '../../ledger/index.ts';
import type { Account } from '../../units/index.ts';
import {
  address,
  addressOf,
  argumentsOf,
  byteLength,
  type Call,
  contracts,
  framesOf,
  logsOf,
  NO_RECEIPT,
  selectorOf,
  tailAt,
  topic,
  uint,
  word,
} from './abi.ts';
import { assetOf, chainOf, destinationOf, type Order, readOrder } from './debridge-message.ts';
import type { Leg, LegPlace, Protocol } from './leg.ts';
import { sentBy } from './payments.ts';

/** One address on every chain of the Ethereum kind. */
const SOURCE = '0xef4fb24ad0916217251f553c0596f8edc630eb66';
const DESTINATION = '0xe7351fd770a37282b91d153ee690b63579d6dd7f';

const TOPICS = {
  created: '0xfc8703fd57380f9dd234a89dce51333782d49c5902f307b02f03e014d18fe471',
  fulfilledOld: '0xd281ee92bab1446041582480d2c0a9dc91f855386bb27ea295faac1e992f7fe4',
  /** States what was paid; on Ethereum from block 24,447,763. */
  fulfilled: '0xc164aca37b9805a1c9027b6f32260a069723a82926f6e9ece4926e4dd3ea8ecf',
  /** What was given comes back: order's number, to whom, how much, which token. */
  returned: '0x7d7d1c5b3eadbe275ceb358e65cd57410b35997187258dbaaae42ab6e1405fd8',
} as const;
/** `fulfillOrder` in its two forms. */
const FULFILL: ReadonlySet<string> = new Set(['0xc358547e', '0x0ebcd2f6']);

/** Orders that a solver fills from its own funds; what it is paid later (`ClaimedUnlock`) is no crossing. */
export const debridge: Protocol = {
  id: 'debridge',
  title: 'deBridge DLN',
  proves:
    'An order is named by the hash of all it says, which both sides state; the hash is computed again here. The contract lets an order be filled once.',
  cannotProve:
    'Orders with an external call: their hash is not computed again, and who is paid behind the called contract is not shown. No event of a fill or a return was among the transactions this was tested on, only calls that ask for fills.',
  decode: (evidence) => {
    if (evidence.kind !== 'evm') return [];
    const { chain } = evidence;
    const [source, destination] = [contracts(chain, SOURCE), contracts(chain, DESTINATION)];
    const fills = logsOf(evidence, [TOPICS.fulfilledOld, TOPICS.fulfilled], destination);
    const called = evidence.logs === null ? framesOf(evidence).flatMap((call) => calledLeg(evidence, call) ?? []) : [];
    return [
      ...logsOf(evidence, TOPICS.created, source).flatMap((log) => createdLeg(evidence, log) ?? []),
      ...logsOf(evidence, TOPICS.returned, source).flatMap((log) => returnedLeg(evidence, log) ?? []),
      ...fills.flatMap((log) => filledLeg(evidence, log) ?? []),
      ...called,
    ];
  },
};

const EXTERNAL = 'The order has an external call: its hash is not computed again, and the receiver is a contract.';
const UNTESTED = 'Read from an event of which none was among the recorded transactions this was tested on.';

function createdLeg(evidence: EvmEvidence, log: EventLog): Leg | null {
  const [order, id] = [readOrder(tailAt(log.data, 0)), word(log.data, 1)];
  if (order === null || id === null || (order.id !== null && order.id !== id)) return null;
  const { give } = order;
  if (chainOf(give.chain) !== evidence.chain) return null;
  const account = payerOf(evidence, log.address, give.token, give.amount);
  return {
    ...base(evidence, logPlace(log), log.address),
    side: 'in',
    key: id,
    asset: assetOf(evidence.chain, give.token),
    amount: give.amount,
    account,
    destination: destinationOf(order),
    notes: [...(order.hasExternalCall ? [EXTERNAL] : []), ...sentBy(evidence, account)],
  };
}

/** Who paid for an order: its fees come on top of what the event states. */
function payerOf(evidence: EvmEvidence, venue: Account, token: string, amount: bigint): Account | null {
  const { chain } = evidence;
  if (uint(token) === 0n) {
    const call = framesOf(evidence).find(({ to, value }) => to === venue && value !== null && value >= amount);
    return call?.from ?? evidence.from;
  }
  const paid = logsOf(evidence, TRANSFER_TOPIC, new Set([`${chain}:${token}` as Account])).find(
    (log) => addressOf(chain, topic(log, 2)) === venue && (uint(word(log.data, 0)) ?? 0n) >= amount,
  );
  return paid === undefined ? evidence.from : addressOf(chain, topic(paid, 1));
}

/** An order that was cancelled: what was given comes back on the chain it was given on. */
function returnedLeg(evidence: EvmEvidence, log: EventLog): Leg | null {
  const { chain } = evidence;
  const [id, account] = [word(log.data, 0), addressOf(chain, word(log.data, 1))];
  const [amount, token] = [uint(word(log.data, 2)), address(word(log.data, 3))];
  if (id === null || account === null || amount === null || token === null) return null;
  const asset = assetOf(chain, token);
  const leg = { ...base(evidence, logPlace(log), log.address), key: id, asset, amount, account };
  return { ...leg, side: 'out', kind: 'refund', destination: null, notes: [UNTESTED] };
}

function filledLeg(evidence: EvmEvidence, log: EventLog): Leg | null {
  const [order, id] = [readOrder(tailAt(log.data, 0)), word(log.data, 1)];
  const actual = log.topics[0] === TOPICS.fulfilled ? uint(word(log.data, 2)) : (order?.take.amount ?? null);
  if (order === null || id === null || actual === null) return null;
  return fillLeg(evidence, logPlace(log), { order, id, amount: actual, notes: [UNTESTED] });
}

function calledLeg(evidence: EvmEvidence, call: Call): Leg | null {
  const args = FULFILL.has(selectorOf(call.input) ?? '') ? argumentsOf(call.input) : null;
  if (args === null || call.to !== `${evidence.chain}:${DESTINATION}`) return null;
  const [order, amount, id] = [readOrder(tailAt(args, 0)), uint(word(args, 1)), word(args, 2)];
  if (order === null || amount === null || id === null) return null;
  return fillLeg(evidence, { kind: 'call', path: call.path }, { order, id, amount, notes: [NO_RECEIPT] });
}

type Fill = {
  readonly order: Order;
  readonly id: string;
  readonly amount: bigint;
  readonly notes: readonly string[];
};

function fillLeg(evidence: EvmEvidence, place: LegPlace, { order, id, amount, notes }: Fill): Leg | null {
  const { take, receiver } = order;
  if ((order.id !== null && order.id !== id) || chainOf(take.chain) !== evidence.chain) return null;
  if (byteLength(receiver) !== 20) return null;
  return {
    ...base(evidence, place, `${evidence.chain}:${DESTINATION}`),
    side: 'out',
    key: id,
    asset: assetOf(evidence.chain, take.token),
    amount,
    account: `${evidence.chain}:${receiver}`,
    destination: null,
    notes: order.hasExternalCall ? [EXTERNAL, ...notes] : notes,
  };
}

function logPlace({ logIndex }: EventLog): LegPlace {
  return { kind: 'log', logIndex };
}

function base({ chain, tx }: EvmEvidence, place: LegPlace, venue: Account) {
  return { protocol: 'debridge', kind: 'transfer', chain, tx, place, venue } as const;
}
