import type { EventLog, EvmEvidence } from '../../ledger/index.ts';
import { type Account, type Asset, type Chain, coinOf } from '../../units/index.ts';
import {
  addressOf,
  argumentsOf,
  byteLength,
  bytesAt,
  type Call,
  contracts,
  evmChain,
  framesOf,
  keccak,
  logsOf,
  NO_RECEIPT,
  selectorOf,
  slice,
  tailAt,
  tokenAsset,
  topic,
  uint,
  word,
} from './abi.ts';
import type { Leg, LegPlace, Protocol } from './leg.ts';

/** One address on every chain of the Ethereum kind. */
const SOURCE = '0xef4fb24ad0916217251f553c0596f8edc630eb66';
const DESTINATION = '0xe7351fd770a37282b91d153ee690b63579d6dd7f';
const SOLANA = 7565164n;

const TOPICS = {
  created: '0xfc8703fd57380f9dd234a89dce51333782d49c5902f307b02f03e014d18fe471',
  fulfilledOld: '0xd281ee92bab1446041582480d2c0a9dc91f855386bb27ea295faac1e992f7fe4',
  /** States what was paid; on Ethereum from block 24,447,763. */
  fulfilled: '0xc164aca37b9805a1c9027b6f32260a069723a82926f6e9ece4926e4dd3ea8ecf',
  transfer: '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef',
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
    'Orders with an external call: their hash is not computed again, and who is paid behind the called contract is not shown. Orders that were cancelled and paid back.',
  decode: (evidence) => {
    if (evidence.kind !== 'evm') return [];
    const { chain } = evidence;
    const destination = contracts(chain, DESTINATION);
    const fills = [TOPICS.fulfilledOld, TOPICS.fulfilled].flatMap((topic0) => logsOf(evidence, topic0, destination));
    const called = evidence.logs === null ? framesOf(evidence).flatMap((call) => calledLeg(evidence, call) ?? []) : [];
    return [
      ...logsOf(evidence, TOPICS.created, contracts(chain, SOURCE)).flatMap((log) => createdLeg(evidence, log) ?? []),
      ...fills.flatMap((log) => filledLeg(evidence, log) ?? []),
      ...called,
    ];
  },
};

type Order = {
  readonly give: { readonly chain: bigint; readonly token: string; readonly amount: bigint };
  readonly take: { readonly chain: bigint; readonly token: string; readonly amount: bigint };
  readonly receiver: string;
  readonly hasExternalCall: boolean;
  /** keccak256 of the packed order; null: it has an external call. */
  readonly id: string | null;
};

/** An order as it stands at the start of `data`. Null: cut short. */
function readOrder(data: string | null): Order | null {
  if (data === null) return null;
  const parts = [1, 3, 6, 8, 9, 10, 11, 12, 13].map((index) => bytesAt(data, index));
  const numbers = [0, 2, 4, 5, 7].map((index) => word(data, index));
  if (parts.includes(null) || numbers.includes(null)) return null;
  const [maker, giveToken, takeToken, receiver, patch, authority, taker, beneficiary, call] = parts as string[];
  const [nonce, giveChain, giveAmount, takeChain, takeAmount] = numbers as string[];
  const hasExternalCall = byteLength(call as string) > 0;
  const sized = (bytes: string): string => `${byteLength(bytes).toString(16).padStart(2, '0')}${bytes.slice(2)}`;
  const packed = [
    (slice(nonce as string, 24, 8) as string).slice(2),
    sized(maker as string),
    (giveChain as string).slice(2),
    sized(giveToken as string),
    (giveAmount as string).slice(2),
    (takeChain as string).slice(2),
    sized(takeToken as string),
    (takeAmount as string).slice(2),
    ...[receiver, patch, authority, taker, beneficiary].map((bytes) => sized(bytes as string)),
    '00',
  ];
  const number = (found: string | undefined): bigint => uint(found as string) as bigint;
  return {
    give: { chain: number(giveChain), token: giveToken as string, amount: number(giveAmount) },
    take: { chain: number(takeChain), token: takeToken as string, amount: number(takeAmount) },
    receiver: receiver as string,
    hasExternalCall,
    id: hasExternalCall ? null : keccak(`0x${packed.join('')}`),
  };
}

const EXTERNAL = 'The order has an external call: its hash is not computed again, and the receiver is a contract.';

function createdLeg(evidence: EvmEvidence, log: EventLog): Leg | null {
  const [order, id] = [readOrder(tailAt(log.data, 0)), word(log.data, 1)];
  if (order === null || id === null || (order.id !== null && order.id !== id)) return null;
  const { give, take, receiver } = order;
  if (evmChain(give.chain) !== evidence.chain) return null;
  const chain = evmChain(take.chain);
  return {
    ...base(evidence, { kind: 'log', logIndex: log.logIndex }, log.address),
    side: 'in',
    key: id,
    asset: assetOf(evidence.chain, give.token),
    amount: give.amount,
    account: payerOf(evidence, log.address, give.token, give.amount),
    destination: {
      chain: take.chain === SOLANA ? 'solana' : (chain ?? `deBridge chain ${take.chain}`),
      account: chain === null ? receiver : `${chain}:${receiver}`,
      asset: chain === null ? take.token : assetOf(chain, take.token),
      amount: take.amount,
    },
    notes: order.hasExternalCall ? [EXTERNAL] : [],
  };
}

/** Who paid for an order: its fees come on top of what the event states. */
function payerOf(evidence: EvmEvidence, venue: Account, token: string, amount: bigint): Account | null {
  const { chain } = evidence;
  if (uint(token) === 0n) {
    const call = framesOf(evidence).find(({ to, value }) => to === venue && value !== null && value >= amount);
    return call?.from ?? evidence.from;
  }
  const paid = logsOf(evidence, TOPICS.transfer, new Set([`${chain}:${token}` as Account])).find(
    (log) => addressOf(chain, topic(log, 2)) === venue && (uint(word(log.data, 0)) ?? 0n) >= amount,
  );
  return paid === undefined ? evidence.from : addressOf(chain, topic(paid, 1));
}

function filledLeg(evidence: EvmEvidence, log: EventLog): Leg | null {
  const [order, id] = [readOrder(tailAt(log.data, 0)), word(log.data, 1)];
  const actual = log.topics[0] === TOPICS.fulfilled ? uint(word(log.data, 2)) : (order?.take.amount ?? null);
  if (order === null || id === null || actual === null) return null;
  return fillLeg(evidence, { kind: 'log', logIndex: log.logIndex }, { order, id, amount: actual, notes: [] });
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
  if ((order.id !== null && order.id !== id) || evmChain(take.chain) !== evidence.chain) return null;
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

/** Twenty zero bytes stand for the chain's coin. */
function assetOf(chain: Chain, token: string): Asset | null {
  if (byteLength(token) !== 20) return null;
  return uint(token) === 0n ? coinOf(chain) : tokenAsset(chain, token);
}

function base({ chain, tx }: EvmEvidence, place: LegPlace, venue: Account) {
  return { protocol: 'debridge', kind: 'transfer', chain, tx, place, venue } as const;
}
