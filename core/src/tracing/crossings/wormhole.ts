import { type EventLog, type EvmEvidence, WRAPPED_COINS } from '../../ledger/index.ts';
import { type Account, type Asset, type Chain, coinOf } from '../../units/index.ts';
import {
  address,
  addressOf,
  argumentsOf,
  bytesAt,
  type Call,
  count,
  framesOf,
  logsOf,
  NO_RECEIPT,
  selectorOf,
  slice,
  tokenAsset,
  topic,
  uint,
  word,
} from './abi.ts';
import type { Leg, LegPlace, Protocol } from './leg.ts';

const CORE: ReadonlySet<Account> = new Set<Account>(['eip155:1:0x98f3c9e6e3face36baad05fe09d375ef1464288b']);
/** Token bridges, by chain; those of Ethereum, BSC and Polygon are confirmed by recorded transactions. */
const BRIDGES: ReadonlySet<Account> = new Set<Account>([
  'eip155:1:0x3ee18b2214aff97000d974cf647e7c347e8fa585',
  'eip155:10:0x1d68124e65fafc907325e3edbf8c4d84499daa8b',
  'eip155:56:0xb6f6d86a8f9879a9c87f643768d9efc38c1da6e7',
  'eip155:137:0x5a58505a96d1dbf8df91cb21b54419fc36e93fde',
  'eip155:8453:0x8d2de8d2f73f1f4cab472ac9a881c9b123c79627',
  'eip155:42161:0x0b2402144bb366a632d14b83f244d2e0e21bd39c',
  'eip155:43114:0x0e082f06ff657d94310cb8ce8b0d9a04541d8052',
]);
/** Contracts that bridge for others and put the person into the message's payload. */
const RELAYERS: ReadonlySet<string> = new Set(['0xcafd2f0a35a4459fa40c0517e17e6fa2939441ca']);

/** Wormhole's numbers of chains. */
const CHAINS: ReadonlyMap<number, string> = new Map([
  [1, 'solana'],
  [2, 'eip155:1'],
  [3, 'terra'],
  [4, 'eip155:56'],
  [5, 'eip155:137'],
  [6, 'eip155:43114'],
  [21, 'sui'],
  [23, 'eip155:42161'],
  [24, 'eip155:10'],
  [30, 'eip155:8453'],
]);

const PUBLISHED = '0x6eb224fb001ed210e379b335e35efe88672a8ce935d981a6896b27ffdf52a3b2';
const REDEEMED = '0xcaf280c8cfeba144da67230d9b009c8f868a75bac9a528fa0474be1ba317c169';
const TRANSFER = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';
/** `completeTransfer(bytes)` */
const COMPLETE = '0xc6878519';
/** Tokens with more decimals than these are cut to them in a message. */
const DECIMALS = 8;
const MOST_DECIMALS = 30;

/** Wormhole's token bridge: tokens locked on one chain, issued or released on another, by a signed message. */
export const wormhole: Protocol = {
  id: 'wormhole',
  title: 'Wormhole token bridge',
  proves:
    'A message is named by the chain and contract it comes from and its number there; the payout names the same message, which the contract takes once.',
  cannotProve:
    'What happens on Solana and other chains that are not read, and who is behind a contract that a message is paid to, where its payload is of another kind than the relayer’s.',
  decode: (evidence) => {
    if (evidence.kind !== 'evm') return [];
    const redeemed = [
      ...logsOf(evidence, REDEEMED, BRIDGES).flatMap((log) => redeemedLeg(evidence, log) ?? []),
      ...framesOf(evidence).flatMap((call) => completedLeg(evidence, call) ?? []),
    ];
    // Relayers repeat the event, and the call stands beside it: one message, one payout.
    const first = redeemed.filter(({ key }, i) => redeemed.findIndex((other) => other.key === key) === i);
    return [...logsOf(evidence, PUBLISHED, CORE).flatMap((log) => publishedLeg(evidence, log) ?? []), ...first];
  },
};

type TransferPayload = {
  readonly amount: bigint;
  readonly token: string;
  readonly tokenChain: number;
  readonly to: string;
  readonly toChain: number;
  readonly fee: bigint;
  /** Of a transfer with a payload: who published it, and the payload. */
  readonly published: { readonly by: string; readonly payload: string } | null;
};

/** A transfer as the message's payload has it. Null: another kind of message, or cut short. */
function readPayload(payload: string | null): TransferPayload | null {
  if (payload === null) return null;
  const kind = count(slice(payload, 0, 1));
  const [amount, token, to] = [uint(slice(payload, 1, 32)), slice(payload, 33, 32), slice(payload, 67, 32)];
  const [tokenChain, toChain, rest] = [
    count(slice(payload, 65, 2)),
    count(slice(payload, 99, 2)),
    slice(payload, 101, 32),
  ];
  if ((kind !== 1 && kind !== 3) || amount === null || token === null || to === null) return null;
  if (tokenChain === null || toChain === null || rest === null) return null;
  const published = kind === 3 ? { by: rest, payload: slice(payload, 133) ?? '0x' } : null;
  const fee = kind === 1 ? (uint(rest) as bigint) : 0n;
  return { amount, token, tokenChain, to, toChain, fee, published };
}

function publishedLeg(evidence: EvmEvidence, log: EventLog): Leg | null {
  const sender = addressOf(evidence.chain, topic(log, 1));
  const [sequence, payload] = [uint(word(log.data, 0)), readPayload(bytesAt(log.data, 2))];
  const number = numberOf(evidence.chain);
  // Anyone may publish a message; only the token bridge's move tokens.
  if (sender === null || !BRIDGES.has(sender) || sequence === null || payload === null || number === null) return null;
  const moved = movedIn(evidence, sender, payload);
  const person = personIn(payload);
  return {
    ...base(evidence, { kind: 'log', logIndex: log.logIndex }, sender),
    side: 'in',
    key: `${number}:0x${sender.slice(-40).padStart(64, '0')}:${sequence}`,
    ...moved,
    destination: {
      chain: CHAINS.get(payload.toChain) ?? `wormhole chain ${payload.toChain}`,
      account: accountOn(payload.toChain, person ?? payload.to),
      asset: null,
      amount: null,
    },
    notes: [
      ...(person === null ? [] : ['The message goes to a relayer’s contract; the person is in its payload.']),
      ...(moved.amount === null ? ['The record does not show which transfer brought the token in.'] : []),
    ],
  };
}

/** The relayer’s payload: a kind, its fee, an amount of coin, the recipient. */
function personIn({ published }: TransferPayload): string | null {
  if (published === null || !RELAYERS.has(address(published.by) ?? '')) return null;
  return slice(published.payload, 0, 1) === '0x01' ? slice(published.payload, 65, 32) : null;
}

type Moved = { readonly asset: Asset | null; readonly amount: bigint | null; readonly account: Account | null };

/** What came into the bridge: a transfer of as much as the message says, or coin the bridge wrapped itself. */
function movedIn(evidence: EvmEvidence, bridge: Account, payload: TransferPayload): Moved {
  const { chain } = evidence;
  const own = payload.tokenChain === numberOf(chain) ? address(payload.token) : null;
  const taken = transfersOf(evidence, own).filter(
    (log) => isScaled(payload.amount, uint(word(log.data, 0))) && isTakenBy(chain, log, bridge),
  );
  const [log] = taken;
  if (log !== undefined) {
    return {
      asset: `${chain}/erc20:${log.address.slice(-42)}`,
      amount: uint(word(log.data, 0)),
      account: addressOf(chain, topic(log, 1)),
    };
  }
  const scale = 10n ** 10n;
  const amount = payload.amount * scale;
  // Of coin that does not fit the message's decimals the rest comes back.
  const call = framesOf(evidence).find(
    ({ to, value }) => to === bridge && value !== null && value / scale === payload.amount,
  );
  if (own !== null && own === WRAPPED_COINS.get(chain) && call !== undefined) {
    return { asset: coinOf(chain), amount, account: call.from };
  }
  return { asset: own === null ? null : tokenAsset(chain, own), amount: null, account: evidence.from };
}

function isTakenBy(chain: Chain, log: EventLog, bridge: Account): boolean {
  const to = addressOf(chain, topic(log, 2));
  return to === bridge || uint(topic(log, 2)) === 0n;
}

function transfersOf(evidence: EvmEvidence, token: string | null): EventLog[] {
  const only = token === null ? null : new Set([`${evidence.chain}:${token}` as Account]);
  // Without the token's address any token may be it: the amount and the bridge on its other side tell.
  return [...logsOf(evidence, TRANSFER, only)].filter(({ topics }) => topics.length === 3);
}

/** Is an amount that of a message, which has at most 8 decimals? */
function isScaled(inMessage: bigint, amount: bigint | null): boolean {
  if (amount === null) return false;
  for (let decimals = DECIMALS; decimals <= MOST_DECIMALS; decimals++) {
    if (amount === inMessage * 10n ** BigInt(decimals - DECIMALS)) return true;
  }
  return false;
}

function redeemedLeg(evidence: EvmEvidence, log: EventLog): Leg | null {
  const [chain, emitter, sequence] = [uint(topic(log, 1)), topic(log, 2), uint(topic(log, 3))];
  if (chain === null || emitter === null || sequence === null) return null;
  const key = `${chain}:${emitter}:${sequence}`;
  const message = framesOf(evidence)
    .map((call) => messageIn(call))
    .find((found) => found?.key === key);
  const paid = paidOut(evidence, log.address, message?.payload ?? null);
  const notes = paid.amount === null ? ['The record does not show the payout beside the message it redeems.'] : [];
  return {
    ...base(evidence, { kind: 'log', logIndex: log.logIndex }, log.address),
    side: 'out',
    key,
    ...paid,
    destination: null,
    notes,
  };
}

/** Before the event was introduced a payout is known from the call that brought the message. */
function completedLeg(evidence: EvmEvidence, call: Call): Leg | null {
  const message = BRIDGES.has(call.to) ? messageIn(call) : null;
  if (message?.payload == null || message.payload.toChain !== numberOf(evidence.chain)) return null;
  const paid = paidOut(evidence, call.to, message.payload);
  return {
    ...base(evidence, { kind: 'call', path: call.path }, call.to),
    side: 'out',
    key: message.key,
    ...paid,
    destination: null,
    notes: evidence.succeeded === null ? [NO_RECEIPT] : [],
  };
}

/** The signed message in a call's data. */
function messageIn(call: Call): { readonly key: string; readonly payload: TransferPayload | null } | null {
  if (selectorOf(call.input) !== COMPLETE) return null;
  const args = argumentsOf(call.input);
  const vaa = args === null ? null : bytesAt(args, 0);
  const signatures = vaa === null ? null : count(slice(vaa, 5, 1));
  // 6 bytes of head, 66 a signature; then time, nonce, chain, contract, number, consistency, payload.
  const body = vaa === null || signatures === null ? null : slice(vaa, 6 + 66 * signatures);
  if (body === null) return null;
  const [chain, emitter, sequence] = [count(slice(body, 8, 2)), slice(body, 10, 32), uint(slice(body, 42, 8))];
  if (chain === null || emitter === null || sequence === null) return null;
  return { key: `${chain}:${emitter}:${sequence}`, payload: readPayload(slice(body, 51)) };
}

/** Who got how much of what: as the message says, less the relayer's fee, in the token that was released or issued. */
function paidOut(evidence: EvmEvidence, bridge: Account, payload: TransferPayload | null): Moved {
  const { chain } = evidence;
  const none = { asset: null, amount: null, account: null };
  if (payload === null) return none;
  const account = addressOf(chain, payload.to);
  const net = payload.amount - payload.fee;
  const own = payload.tokenChain === numberOf(chain) ? address(payload.token) : null;
  const paid = transfersOf(evidence, own).find(
    (log) =>
      addressOf(chain, topic(log, 2)) === account &&
      isScaled(net, uint(word(log.data, 0))) &&
      (addressOf(chain, topic(log, 1)) === bridge || uint(topic(log, 1)) === 0n),
  );
  if (paid === undefined) return { ...none, account, asset: own === null ? null : tokenAsset(chain, own) };
  return { account, asset: `${chain}/erc20:${paid.address.slice(-42)}`, amount: uint(word(paid.data, 0)) };
}

function numberOf(chain: Chain): number | null {
  return [...CHAINS].find(([, known]) => known === chain)?.[0] ?? null;
}

function accountOn(chain: number, found: string): string {
  const name = CHAINS.get(chain);
  const short = address(found);
  return name?.startsWith('eip155:') && short !== null ? `${name}:${short}` : found;
}

function base({ chain, tx }: EvmEvidence, place: LegPlace, venue: Account) {
  return { protocol: 'wormhole', kind: 'transfer', chain, tx, place, venue } as const;
}
