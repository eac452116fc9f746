import {
  type EventLog,
  type EvmEvidence,
  TRANSFER_TOPIC,
  UNWRAP_TOPIC,
  WRAP_TOPIC,
  WRAPPED_COINS,
} from '../../ledger/index.ts';
import { type Account, type Asset, coinOf } from '../../units/index.ts';
import {
  address,
  addressOf,
  argumentsOf,
  bytesAt,
  count,
  framesOf,
  logsOf,
  NO_RECEIPT,
  selectorOf,
  tokenAsset,
  topic,
  uint,
  word,
} from './abi.ts';
import type { Leg, LegPlace, Protocol } from './leg.ts';
import {
  accountOn,
  chainOf,
  messageKey,
  numberOf,
  personIn,
  readSignedMessage,
  readTransfer,
  type TransferMessage,
} from './wormhole-message.ts';

/** The contract that publishes messages (`test/data/crossings/addresses.json` has Ethereum's alone). */
const CORE: ReadonlySet<Account> = new Set<Account>(['eip155:1:0x98f3c9e6e3face36baad05fe09d375ef1464288b']);
/** Token bridges, by chain. */
const BRIDGES: ReadonlySet<Account> = new Set<Account>([
  'eip155:1:0x3ee18b2214aff97000d974cf647e7c347e8fa585',
  'eip155:10:0x1d68124e65fafc907325e3edbf8c4d84499daa8b',
  'eip155:56:0xb6f6d86a8f9879a9c87f643768d9efc38c1da6e7',
  'eip155:137:0x5a58505a96d1dbf8df91cb21b54419fc36e93fde',
  'eip155:8453:0x8d2de8d2f73f1f4cab472ac9a881c9b123c79627',
  'eip155:42161:0x0b2402144bb366a632d14b83f244d2e0e21bd39c',
  'eip155:43114:0x0e082f06ff657d94310cb8ce8b0d9a04541d8052',
]);
/** The one whose receipts are among the recorded transactions. */
const TESTED: Account = 'eip155:1:0x3ee18b2214aff97000d974cf647e7c347e8fa585';
const UNTESTED = 'This contract was not tested on a recorded receipt.';
/** Ethereum's contract that bridges for others and puts the person into the message's payload. */
const RELAYER = '0xcafd2f0a35a4459fa40c0517e17e6fa2939441ca';

/** `LogMessagePublished(address,uint64,uint32,bytes,uint8)`: sender indexed. */
const PUBLISHED = '0x6eb224fb001ed210e379b335e35efe88672a8ce935d981a6896b27ffdf52a3b2';
/** `TransferRedeemed(uint16,bytes32,uint64)`: all indexed. */
const REDEEMED = '0xcaf280c8cfeba144da67230d9b009c8f868a75bac9a528fa0474be1ba317c169';
/** `completeTransfer(bytes)` and `completeTransferAndUnwrapETH(bytes)`. */
const COMPLETE: readonly string[] = ['0xc6878519', '0xff200cde'];
/** `transferTokens(address,uint256,uint16,bytes32,uint256,uint32)` */
const TRANSFER_TOKENS = '0x0f5287b0';
/** `wrapAndTransferETH(uint16,bytes32,uint256,uint32)` */
const WRAP_AND_TRANSFER = '0x9981509f';
/** Amounts in messages have at most 8 decimals; a token's decimals are a byte, so at most 247 more. */
const MOST_CUT = 247;

/** Wormhole's token bridge: tokens locked on one chain, issued or released on another, by a signed message. */
export const wormhole: Protocol = {
  id: 'wormhole',
  title: 'Wormhole token bridge',
  proves:
    'A message is named by the chain and contract it comes from and its number there; the payout names the same message, which the contract takes once.',
  cannotProve:
    'Anything on Solana and other chains that are not read. What leaves other chains than Ethereum, whose publishing contracts are not known here. Who is paid behind a contract that a message with a payload goes to: the payload names a person, and only for one relayer is it read. How much was paid where the record has no call that brought the message, since its event states no amount.',
  decode: (evidence) => {
    if (evidence.kind !== 'evm') return [];
    const redeemed = logsOf(evidence, REDEEMED, BRIDGES).flatMap((log) => redeemedLeg(evidence, log) ?? []);
    // The event may be there twice, and the call stands beside it: one message, one payout.
    const payouts = [...redeemed, ...completedLeg(evidence)];
    return [
      ...logsOf(evidence, PUBLISHED, CORE).flatMap((log) => publishedLeg(evidence, log) ?? []),
      ...payouts.filter(({ key }, i) => payouts.findIndex((other) => other.key === key) === i),
      ...(evidence.logs === null ? calledLeg(evidence) : []),
    ];
  },
};

function publishedLeg(evidence: EvmEvidence, log: EventLog): Leg | null {
  const sender = addressOf(evidence.chain, topic(log, 1));
  const [sequence, message] = [uint(word(log.data, 0)), readTransfer(bytesAt(log.data, 2))];
  const number = numberOf(evidence.chain);
  // Anyone may publish a message; only the token bridge's move tokens.
  if (sender === null || !BRIDGES.has(sender) || sequence === null || message === null || number === null) return null;
  const moved = movedIn(evidence, log, sender, message);
  const isRelayed = message.extra !== null && address(message.extra.by) === RELAYER;
  const person = isRelayed ? personIn(message) : null;
  return {
    ...base(evidence, { kind: 'log', logIndex: log.logIndex }, sender),
    side: 'in',
    key: messageKey(number, `0x${sender.slice(-40).padStart(64, '0')}`, sequence),
    ...moved,
    destination: {
      chain: chainOf(message.toChain),
      account: accountOn(message.toChain, person ?? message.to),
      asset: null,
      amount: null,
    },
    notes: [
      ...(person === null ? [] : [`The message goes to the relayer’s contract ${message.to}; its payload names whom.`]),
      ...(message.extra === null || person !== null
        ? []
        : ['The message carries a payload that is not read here; who is paid behind its recipient is not shown.']),
      ...(moved.amount === null ? [notShown(message)] : []),
      ...(moved.account === null ? ['The record does not show who paid it in.'] : []),
      ...untested(sender),
    ],
  };
}

type Moved = { readonly asset: Asset | null; readonly amount: bigint | null; readonly account: Account | null };

/** What came into the bridge before its message: the last transfer of as much, or coin that it wrapped itself. */
function movedIn(evidence: EvmEvidence, log: EventLog, bridge: Account, message: TransferMessage): Moved {
  const { chain } = evidence;
  const token = tokenHere(evidence, message);
  // What was paid in for an earlier message of the transaction stands before that.
  const earlier = logsOf(evidence, PUBLISHED, CORE).findLast(
    (other) => other.logIndex < log.logIndex && addressOf(chain, topic(other, 1)) === bridge,
  );
  const isBetween = ({ logIndex }: EventLog): boolean =>
    logIndex < log.logIndex && logIndex > (earlier?.logIndex ?? -1);
  const taken = transfersOf(evidence, token).findLast(
    (each) =>
      isBetween(each) &&
      addressOf(chain, topic(each, 2)) === bridge &&
      scaleOf(message.amount, uint(word(each.data, 0))) !== null,
  );
  if (taken !== undefined) {
    const asset = tokenAsset(chain, taken.address.slice(-42));
    return { asset, amount: uint(word(taken.data, 0)), account: addressOf(chain, topic(taken, 1)) };
  }
  const wrapped = wrapsOf(evidence, WRAP_TOPIC, bridge, token).findLast(
    (each) => isBetween(each) && scaleOf(message.amount, uint(word(each.data, 0))) !== null,
  );
  const none = { amount: null, account: null };
  if (wrapped === undefined) return { ...none, asset: token === null ? null : tokenAsset(chain, token) };
  const amount = uint(word(wrapped.data, 0)) as bigint;
  // More may be sent than a message can say; the rest comes back.
  const payers = framesOf(evidence).filter(({ to, value }) => to === bridge && value !== null && value >= amount);
  return { asset: coinOf(chain), amount, account: payers.length === 1 ? (payers[0]?.from ?? null) : null };
}

function redeemedLeg(evidence: EvmEvidence, log: EventLog): Leg | null {
  const [chain, emitter, sequence] = [count(topic(log, 1)), topic(log, 2), uint(topic(log, 3))];
  if (chain === null || emitter === null || sequence === null) return null;
  const key = messageKey(chain, emitter, sequence);
  // A call into the bridge that brought this very message, by whatever function: the event says that it was taken.
  const brought = framesOf(evidence).flatMap((call) => {
    const message = call.to === log.address ? readSignedMessage(call.input) : null;
    return message !== null && message.key === key && message.transfer !== null ? [message.transfer] : [];
  });
  // Code of the bridge can be borrowed by others, under whatever message: where two differ, none is believed.
  const [transfer = null] = new Set(brought.map(nameOf)).size === 1 ? brought : [];
  return payoutLeg(evidence, { place: { kind: 'log', logIndex: log.logIndex }, venue: log.address, key, transfer });
}

/**
 * Before the event was introduced a payout shows by the call that brought the message. Only the transaction's own call is
 * sure to be one to the bridge: a trace does not tell it from code that another contract borrows.
 */
function completedLeg(evidence: EvmEvidence): Leg[] {
  const call = framesOf(evidence).find(({ path }) => path.length === 0);
  if (call === undefined || !BRIDGES.has(call.to) || !COMPLETE.includes(selectorOf(call.input) ?? '')) return [];
  const message = readSignedMessage(call.input);
  if (message === null || message.transfer === null) return [];
  if (message.transfer.toChain !== numberOf(evidence.chain)) return [];
  const place: LegPlace = { kind: 'call', path: call.path };
  return [payoutLeg(evidence, { place, venue: call.to, key: message.key, transfer: message.transfer })];
}

type Redeemed = {
  readonly place: LegPlace;
  readonly venue: Account;
  readonly key: string;
  /** Null: the record does not have the message. */
  readonly transfer: TransferMessage | null;
};

function payoutLeg(evidence: EvmEvidence, { place, venue, key, transfer }: Redeemed): Leg {
  const none = { asset: null, amount: null, account: null };
  const paid = transfer === null ? none : paidOut(evidence, place, venue, transfer);
  return {
    ...base(evidence, place, venue),
    side: 'out',
    key,
    ...paid,
    destination: null,
    notes: [
      ...(evidence.logs === null ? [NO_RECEIPT] : []),
      ...(transfer === null ? ['The record does not have the message itself, which says who gets how much.'] : []),
      ...(transfer !== null && paid.amount === null ? [notShown(transfer)] : []),
      ...(transfer === null || transfer.extra === null
        ? []
        : ['The message carries a payload; who is paid behind its recipient is not shown.']),
      ...untested(venue),
    ],
  };
}

/** Who got how much of what: as the message says, less the redeemer's fee, in what was released or issued. */
function paidOut(evidence: EvmEvidence, place: LegPlace, bridge: Account, message: TransferMessage): Moved {
  const { chain } = evidence;
  const account = addressOf(chain, message.to);
  const net = message.amount - message.fee;
  const token = tokenHere(evidence, message);
  const isBetween = isAnswerTo(evidence, place, bridge);
  const paid = transfersOf(evidence, token).find((each) => {
    const from = addressOf(chain, topic(each, 1));
    return (
      isBetween(each) &&
      (from === bridge || uint(topic(each, 1)) === 0n) &&
      addressOf(chain, topic(each, 2)) === account &&
      scaleOf(net, uint(word(each.data, 0))) !== null
    );
  });
  if (paid !== undefined) {
    return { account, asset: tokenAsset(chain, paid.address.slice(-42)), amount: uint(word(paid.data, 0)) };
  }
  // All of it is unwrapped, the fee too.
  const unwrapped = wrapsOf(evidence, UNWRAP_TOPIC, bridge, token).find(
    (each) => isBetween(each) && scaleOf(message.amount, uint(word(each.data, 0))) !== null,
  );
  const scale = unwrapped === undefined ? null : scaleOf(message.amount, uint(word(unwrapped.data, 0)));
  if (scale !== null) return { account, asset: coinOf(chain), amount: net * scale };
  return { account, asset: token === null ? null : tokenAsset(chain, token), amount: null };
}

/** Which events follow a redemption, up to that of another message. Where it has no event, all do. */
function isAnswerTo(evidence: EvmEvidence, place: LegPlace, bridge: Account): (log: EventLog) => boolean {
  if (place.kind !== 'log') return () => true;
  const events = logsOf(evidence, REDEEMED, new Set([bridge]));
  const own = events.find(({ logIndex }) => logIndex === place.logIndex)?.topics.join();
  const next = events.find(({ logIndex, topics }) => logIndex > place.logIndex && topics.join() !== own);
  return ({ logIndex }) => logIndex > place.logIndex && (next === undefined || logIndex < next.logIndex);
}

/** Without a receipt: what the transaction itself called the bridge for. The message's number is in no call. */
function calledLeg(evidence: EvmEvidence): Leg[] {
  const call = framesOf(evidence).find(({ path }) => path.length === 0);
  const args = call === undefined || !BRIDGES.has(call.to) ? null : argumentsOf(call.input);
  if (call === undefined || args === null) return [];
  const selector = selectorOf(call.input);
  const isCoin = selector === WRAP_AND_TRANSFER;
  if (!isCoin && selector !== TRANSFER_TOKENS) return [];
  const first = isCoin ? 0 : 2;
  const [toChain, to] = [count(word(args, first)), word(args, first + 1)];
  const token = isCoin ? null : address(word(args, 0));
  const amount = isCoin ? call.value : uint(word(args, 1));
  // Fee and nonce come last.
  if (word(args, first + 3) === null) return [];
  if (toChain === null || to === null || amount === null || (token === null && !isCoin)) return [];
  return [
    {
      ...base(evidence, { kind: 'call', path: call.path }, call.to),
      side: 'in',
      key: null,
      asset: token === null ? coinOf(evidence.chain) : tokenAsset(evidence.chain, token),
      amount,
      account: call.from,
      destination: { chain: chainOf(toChain), account: accountOn(toChain, to), asset: null, amount: null },
      notes: [
        NO_RECEIPT,
        'The amount is the call’s; the bridge takes no more than eight decimals of it.',
        ...untested(call.to),
      ],
    },
  ];
}

/** The message's token where it is one of this chain. Null: it was issued elsewhere, and which stands for it here is not said. */
function tokenHere({ chain }: EvmEvidence, { tokenChain, token }: TransferMessage): string | null {
  return tokenChain === numberOf(chain) ? address(token) : null;
}

/** Without the token's address any token may be it: the amount, and the bridge at its other end, tell. */
function transfersOf(evidence: EvmEvidence, token: string | null): readonly EventLog[] {
  const only = token === null ? null : new Set<Account>([`${evidence.chain}:${token}`]);
  return logsOf(evidence, TRANSFER_TOPIC, only).filter(({ topics }) => topics.length === 3);
}

function wrapsOf(evidence: EvmEvidence, topic0: string, bridge: Account, token: string | null): readonly EventLog[] {
  const { chain } = evidence;
  if (token === null || WRAPPED_COINS.get(chain) !== token) return [];
  return logsOf(evidence, topic0, new Set<Account>([`${chain}:${token}`])).filter(
    (log) => addressOf(chain, topic(log, 1)) === bridge,
  );
}

/** How many base units one of a message's is, where an amount is exactly that of the message. Null: it is not. */
function scaleOf(inMessage: bigint, amount: bigint | null): bigint | null {
  if (amount === null || inMessage === 0n || amount % inMessage !== 0n) return null;
  const scale = amount / inMessage;
  const digits = scale.toString();
  return digits.length - 1 <= MOST_CUT && /^10*$/.test(digits) ? scale : null;
}

function notShown({ amount, fee }: TransferMessage): string {
  const less = fee === 0n ? '' : `, of which ${fee} to whoever redeems it`;
  return `The message says ${amount} in at most 8 decimals${less}; no payment of it is on record.`;
}

function nameOf({ extra, ...message }: TransferMessage): string {
  return [...Object.values(message), extra?.by, extra?.payload].join();
}

function untested(bridge: Account): string[] {
  return bridge === TESTED ? [] : [UNTESTED];
}

function base({ chain, tx }: EvmEvidence, place: LegPlace, venue: Account) {
  return { protocol: 'wormhole', kind: 'transfer', chain, tx, place, venue } as const;
}
