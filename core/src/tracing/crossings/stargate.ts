import { type EventLog, type EvmEvidence, TRANSFER_TOPIC, WRAP_TOPIC } from '../../ledger/index.ts';
import { type Account, type Asset, coinOf } from '../../units/index.ts';
import { addressOf, framesOf, logsOf, tokenAsset, topic, uint, word } from './abi.ts';
import { chainOfEndpoint, type FirstPacket, firstPacketsReceived, firstPacketsSent } from './layerzero-message.ts';
import type { Leg, Protocol } from './leg.ts';
import { destinationOf, type OftUse, oftLegs, payeeAt } from './oft.ts';
import { sentBy } from './payments.ts';
import { POOLS, POOLS_V2, type Pool, type Ride, readSwapBody, ridesIn, type SwapBody } from './stargate-message.ts';

/** The contracts of version 1 that LayerZero's messages come from and go to, by chain. */
const BRIDGES: ReadonlySet<Account> = new Set<Account>([
  'eip155:1:0x296f55f8fb28e498b858d0bcda06d955b2cb3f97',
  'eip155:10:0x701a95707a0290ac8b90b3719e8ee5b210360883',
  'eip155:56:0x6694340fc020c5e6b96567843da2df01b2ce1eb6',
  'eip155:137:0x9d1b1669c73b033dfe47ae5a0164ab96df25b944',
  'eip155:8453:0xaf54be5b6eec24d6bfacf1cce4eaf680a8239398',
  'eip155:42161:0x352d8275aae3e0c2404d9f68f6cee084b5beb3dd',
]);

const TOPICS = {
  swap: '0x34660fc8af304464529f48a778e03d03e4d34bcd5f9b6f0cfbf3cd238c642f7f',
  swapRemote: '0xfb2b592367452f1c437675bed47f5e1e6c25188c17d7ba01a12eb030bc41ccef',
  /** Version 2: a payout of a bus that could not be made, and is kept for the receiver. */
  cached: '0x007c17198cd078035dc663f9a0961f84cb6265411d0b4c793f96d432f6af4b55',
  received: '0xefed6d3500546b29533b128a29e3a94d70788727f0507505ac12eaf2e578fd9c',
  /** `TransferNative(address,address,uint256)`: coin paid out by the token that stands for it; from and to indexed. */
  paidCoin: '0xb4a87134099d10c48345145381989042ab07dc53e6e62a6511fca55438562e26',
} as const;

/** Version 2: a message of one transfer is its kind (1), the asset's number (2), the receiver (32), the amount (8). */
const TAXI = '0x01';
const OFT: OftUse = {
  protocol: 'stargate',
  assets: POOLS_V2,
  payeeOf: (message) => (message.startsWith(TAXI) ? payeeAt(message, 3, 43) : null),
};

/** Pools on many chains that pay out what another chain's took in, by messages of LayerZero. */
export const stargate: Protocol = {
  id: 'stargate',
  title: 'Stargate',
  proves:
    'Version 1: a message is named by its path and number, and the receiving chain’s record repeats both. Version 2: by a hash, computed again here, that the pools on both sides state.',
  cannotProve:
    'Version 2 by bus: one message serves many passengers, who are told apart by their order alone, and the hash is known only where the bus left in the same transaction; no bus and no arrival of version 2 was among the transactions this was tested on. Payouts that got stuck. Who is paid where the message also calls a contract.',
  decode: (evidence) => {
    if (evidence.kind !== 'evm') return [];
    return [
      ...firstPacketsSent(evidence).flatMap((packet, i, all) => sentLeg(evidence, packet, all[i - 1] ?? null) ?? []),
      ...firstPacketsReceived(evidence).flatMap(
        (packet, i, all) => receivedLeg(evidence, packet, all[i + 1] ?? null) ?? [],
      ),
      ...secondLegs(evidence),
    ];
  },
};

type Between = (log: EventLog) => boolean;

/** What left here: a packet sent by Stargate's own contract, whoever relays it. */
function sentLeg(evidence: EvmEvidence, packet: FirstPacket, before: FirstPacket | null): Leg | null {
  const { log, sender, target, body } = packet;
  const [venue, swap] = [`${evidence.chain}:${sender}` as Account, readSwapBody(body ?? '0x')];
  if (!BRIDGES.has(venue) || swap === null) return null;
  // A pool's events stand before the packet it leads to, and after the packet of the transfer before it.
  const isOwn: Between = ({ logIndex }) => logIndex < log.logIndex && logIndex > (before?.log.logIndex ?? -1);
  const chain = chainOfEndpoint(target);
  const account = chain.startsWith('eip155:') && swap.recipient.length === 42 ? `${chain}:${swap.recipient}` : null;
  return {
    ...base(evidence, packet),
    side: 'in',
    ...takenIn(evidence, swap, isOwn, venue),
    destination: { chain, account: account ?? swap.recipient, asset: null, amount: null },
  };
}

type Moved = Pick<Leg, 'asset' | 'amount' | 'account' | 'venue' | 'notes'>;

const UNSHOWN = 'The record does not show which transfer carried it.';
const CALLED = 'The message also calls the receiver: who is paid in the end is inside that call.';

/** What the pool that swapped took in: the one transfer of its token into it; of coin, what was turned into that token. */
function takenIn(evidence: EvmEvidence, { amount, isCall }: SwapBody, isOwn: Between, venue: Account): Moved {
  const { chain } = evidence;
  const called = isCall ? [CALLED] : [];
  const [swap, ...more] = logsOf(evidence, TOPICS.swap, new Set(POOLS.keys())).filter(
    (log) => isOwn(log) && uint(word(log.data, 3)) === amount,
  );
  const pool = swap === undefined ? undefined : POOLS.get(swap.address);
  const taken = logsOf(evidence, TRANSFER_TOPIC, null).filter(
    (log) =>
      isOwn(log) && isToken(evidence, log, pool) && addressOf(chain, topic(log, 2)) === (swap?.address ?? 'none'),
  );
  const [paid] = taken;
  const [account, moved] = paid === undefined ? [null, null] : [addressOf(chain, topic(paid, 1)), amountIn(paid)];
  if (swap === undefined || more.length > 0 || pool === undefined || taken.length !== 1 || moved === null) {
    return { asset: null, amount: null, account: evidence.from, venue, notes: [UNSHOWN, ...called] };
  }
  const wrapped = pool.isCoin ? coinTakenIn(evidence, pool, account, moved) : null;
  const found = wrapped ?? { asset: pool.token, amount: moved, account, venue: swap.address };
  return { ...found, notes: [...(wrapped?.notes ?? []), ...called, ...sentBy(evidence, found.account)] };
}

/** Coin comes by a router, which turns it into the pool's token in the same transaction and pays the messages from the rest. */
function coinTakenIn(evidence: EvmEvidence, { token }: Pool, router: Account | null, amount: bigint): Moved | null {
  const { chain } = evidence;
  const isWrapped = logsOf(evidence, WRAP_TOPIC, null).some(
    (log) => tokenOf(evidence, log) === token && addressOf(chain, topic(log, 1)) === router && amountIn(log) === amount,
  );
  if (!isWrapped || router === null) return null;
  const calls = framesOf(evidence).filter(({ to, value }) => to === router && value !== null && value >= amount);
  const note = `Paid in coin by way of ${router}, which was called with more: the rest is not of this leg.`;
  return { asset: coinOf(chain), amount, account: calls[0]?.from ?? null, venue: router, notes: [note] };
}

/** What arrived here: a packet for Stargate's own contract, and the pool's event of the payout that follows it. */
function receivedLeg(evidence: EvmEvidence, packet: FirstPacket, after: FirstPacket | null): Leg | null {
  const { chain } = evidence;
  const { log, receiver } = packet;
  if (!BRIDGES.has(`${chain}:${receiver}`)) return null;
  const isOwn: Between = ({ logIndex }) => logIndex > log.logIndex && logIndex < (after?.log.logIndex ?? Infinity);
  const [remote, ...more] = logsOf(evidence, TOPICS.swapRemote, new Set(POOLS.keys())).filter(isOwn);
  const account = remote === undefined ? null : addressOf(chain, word(remote.data, 0));
  if (remote === undefined || more.length > 0 || account === null) return null;
  return { ...base(evidence, packet), side: 'out', ...paidOut(evidence, remote, account, isOwn), destination: null };
}

/** What the pool paid: the transfer of its token, or of coin, from it to the recipient. */
function paidOut(evidence: EvmEvidence, remote: EventLog, account: Account, isOwn: Between): Moved {
  const { chain } = evidence;
  const [venue, pool] = [remote.address, POOLS.get(remote.address)];
  const paid = logsOf(evidence, pool?.isCoin === true ? TOPICS.paidCoin : TRANSFER_TOPIC, null).filter(
    (log) =>
      isOwn(log) &&
      isToken(evidence, log, pool) &&
      addressOf(chain, topic(log, 1)) === venue &&
      addressOf(chain, topic(log, 2)) === account,
  );
  const amount = paid.length === 1 ? amountIn(paid[0] as EventLog) : null;
  if (pool === undefined || amount === null) return { asset: null, amount: null, account, venue, notes: [UNSHOWN] };
  return { asset: pool.isCoin ? coinOf(chain) : pool.token, amount, account, venue, notes: [] };
}

/** Version 2. Those who share a message are told apart by their order. */
function secondLegs(evidence: EvmEvidence): Leg[] {
  const legs = oftLegs(evidence, OFT);
  const rides = ridesIn(evidence);
  return legs.map((leg) => {
    if (leg.side === 'out') return seated(evidence, leg, legs);
    return leg.key === null ? riding(leg, rides, legs) : leg;
  });
}

const BUS = 'Sent by bus; no bus was among the recorded transactions this was tested on.';

/** A transfer by bus: its passenger stands between the transfer before it and itself. */
function riding(leg: Leg, rides: readonly Ride[], legs: readonly Leg[]): Leg {
  const at = indexOf(leg);
  const before = Math.max(-1, ...legs.map(indexOf).filter((index) => index < at));
  const [ride, ...more] = rides.filter(({ logIndex }) => logIndex < at && logIndex > before);
  const place = ride === undefined ? null : destinationOf(ride.endpoint, ride.receiver, null);
  if (place === null || ride === undefined || more.length > 0 || place.chain !== leg.destination?.chain) {
    return { ...leg, notes: [BUS, 'The record does not show its passenger.', ...leg.notes] };
  }
  const waits = 'The bus left later, and only the record of its leaving names the message.';
  const notes = [BUS, `Ticket ${ride.ticket} to ${place.chain}.`, ...(ride.key === null ? [waits] : []), ...leg.notes];
  return { ...leg, key: ride.key, destination: { ...leg.destination, account: place.account }, notes };
}

/** A payout: where its message serves several, the how-manieth of them, as far as all of them are the known pools'. */
function seated(evidence: EvmEvidence, leg: Leg, legs: readonly Leg[]): Leg {
  const of = (log: EventLog): string | null => (log.topics[0] === TOPICS.cached ? word(log.data, 0) : topic(log, 1));
  const sharing = logsOf(evidence, [TOPICS.received, TOPICS.cached], null).filter((log) => of(log) === leg.key);
  if (sharing.length <= 1) return leg;
  const seat = sharing.findIndex(({ logIndex }) => logIndex === indexOf(leg));
  const isOwn = legs.length > 0 && sharing.every(({ address }) => POOLS_V2.has(address));
  const note = isOwn
    ? BUS
    : 'Others have the same message, not all of them of known pools: which passenger this is, their order does not tell.';
  return { ...leg, key: isOwn ? `${leg.key}:${seat}` : null, notes: [note, ...leg.notes] };
}

function indexOf({ place }: Leg): number {
  return place.kind === 'log' ? place.logIndex : -1;
}

function tokenOf({ chain }: EvmEvidence, { address }: EventLog): Asset {
  return tokenAsset(chain, address.slice(chain.length + 1));
}

function isToken(evidence: EvmEvidence, log: EventLog, pool: Pool | undefined): boolean {
  return log.topics.length === 3 && tokenOf(evidence, log) === pool?.token;
}

function amountIn(log: EventLog): bigint | null {
  return uint(word(log.data, 0));
}

function base({ chain, tx }: EvmEvidence, { log, key }: FirstPacket) {
  const place = { kind: 'log', logIndex: log.logIndex } as const;
  return { protocol: 'stargate', kind: 'transfer', chain, tx, place, key } as const;
}
