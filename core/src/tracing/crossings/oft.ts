import type { EventLog, EvmEvidence } from '../../ledger/index.ts';
import { type Account, type Asset, type Chain, coinOf } from '../../units/index.ts';
import {
  address,
  addressOf,
  bytesAt,
  contracts,
  count,
  framesOf,
  keccak,
  logsOf,
  slice,
  topic,
  uint,
  word,
} from './abi.ts';
import type { Leg } from './leg.ts';

/** LayerZero's endpoint numbers of version 2; those of version 1 are 30,000 less. */
const ENDPOINTS: ReadonlyMap<number, Chain> = new Map<number, Chain>([
  [30101, 'eip155:1'],
  [30102, 'eip155:56'],
  [30106, 'eip155:43114'],
  [30109, 'eip155:137'],
  [30110, 'eip155:42161'],
  [30111, 'eip155:10'],
  [30184, 'eip155:8453'],
  [30367, 'eip155:999'],
  [30390, 'eip155:143'],
]);

const TOPICS = {
  packetSent: '0x1ab700d4ced0c005b164c0f789fd09fcbb0156d4c2041b8a3bfbcd961cd1567f',
  sent: '0x85496b760a4b7f8d66384b9df21b381f5d1b1e79f229a47aaf4c232edc2fe59a',
  received: '0xefed6d3500546b29533b128a29e3a94d70788727f0507505ac12eaf2e578fd9c',
  transfer: '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef',
} as const;

/** The contracts that send packets of version 2: one address on most chains, another on Monad. */
function endpointsOn(chain: Chain): ReadonlySet<Account> {
  return contracts(
    chain,
    '0x1a44076050125825900e736c501f859c50fe728c',
    ...(chain === 'eip155:143' ? ['0x6f475642a6e85809b1c36fa62763669b1b48dd5b'] : []),
  );
}

/** The chain of an endpoint, of either version; a name where Cairn does not know it. */
export function chainOfEndpoint(id: number): string {
  return ENDPOINTS.get(id) ?? ENDPOINTS.get(id + 30_000) ?? `LayerZero endpoint ${id}`;
}

/** A packet of version 2 as it was sent. */
export type Packet = { readonly guid: string; readonly destination: number; readonly message: string };

/**
 * The packets a transaction sent. Each is named by the hash of who sends the how-manieth to whom, which is computed again
 * here; one that does not agree is left out.
 */
export function packetsIn(evidence: EvmEvidence): Packet[] {
  return logsOf(evidence, TOPICS.packetSent, endpointsOn(evidence.chain)).flatMap((log) => {
    const packet = bytesAt(log.data, 0);
    if (packet === null) return [];
    const path = slice(packet, 1, 8 + 4 + 32 + 4 + 32);
    const [destination, guid, message] = [count(slice(packet, 45, 4)), slice(packet, 81, 32), slice(packet, 113)];
    if (path === null || destination === null || guid === null || message === null) return [];
    return keccak(path) === guid ? [{ guid, destination, message }] : [];
  });
}

/**
 * Legs of tokens that move as OFT (omnichain fungible tokens) by the events of the given contracts. The events are anyone's
 * to emit, so only contracts known to be the protocol's count.
 * @param receiverIn - who a message pays, 32 bytes; null: it does not say.
 */
export function oftLegs(
  evidence: EvmEvidence,
  protocol: string,
  emitters: ReadonlySet<Account>,
  receiverIn: (message: string) => string | null,
): Leg[] {
  const packets = packetsIn(evidence);
  return [
    ...logsOf(evidence, TOPICS.sent, emitters).flatMap(
      (log) => sentLeg(evidence, protocol, log, packets, receiverIn) ?? [],
    ),
    ...logsOf(evidence, TOPICS.received, emitters).flatMap((log) => receivedLeg(evidence, protocol, log) ?? []),
  ];
}

function sentLeg(
  evidence: EvmEvidence,
  protocol: string,
  log: EventLog,
  packets: readonly Packet[],
  receiverIn: (message: string) => string | null,
): Leg | null {
  const [guid, from] = [topic(log, 1), addressOf(evidence.chain, topic(log, 2))];
  const [destination, amount, arriving] = [count(word(log.data, 0)), uint(word(log.data, 1)), uint(word(log.data, 2))];
  if (guid === null || from === null || destination === null || amount === null) return null;
  const packet = packets.find((each) => each.guid === guid);
  const chain = chainOfEndpoint(destination);
  const receiver = packet === undefined ? null : receiverIn(packet.message);
  const short = address(receiver);
  return {
    ...base(evidence, protocol, log),
    side: 'in',
    key: guid,
    asset: movedAsset(evidence, amount, (each) => addressOf(evidence.chain, topic(each, 1)) === from, log.address),
    amount,
    account: from,
    destination: {
      chain,
      account: chain.startsWith('eip155:') && short !== null ? `${chain}:${short}` : receiver,
      asset: null,
      amount: arriving,
    },
    notes: packet === undefined ? ['The packet itself is not in the record, so its hash was not computed again.'] : [],
  };
}

function receivedLeg(evidence: EvmEvidence, protocol: string, log: EventLog): Leg | null {
  const [guid, account, amount] = [topic(log, 1), addressOf(evidence.chain, topic(log, 2)), uint(word(log.data, 1))];
  if (guid === null || account === null || amount === null) return null;
  return {
    ...base(evidence, protocol, log),
    side: 'out',
    key: guid,
    asset: movedAsset(evidence, amount, (each) => addressOf(evidence.chain, topic(each, 2)) === account, account),
    amount,
    account,
    destination: null,
    notes: [],
  };
}

/** What moved: the token of a transfer that fits, else coin that a call brought with it. Null: the record does not show it. */
function movedAsset(
  evidence: EvmEvidence,
  amount: bigint,
  fits: (log: EventLog) => boolean,
  paid: Account,
): Asset | null {
  const { chain } = evidence;
  const moved = logsOf(evidence, TOPICS.transfer, null).find((log) => uint(word(log.data, 0)) === amount && fits(log));
  if (moved !== undefined) return `${chain}/erc20:${moved.address.slice(-42)}`;
  const isCoin = framesOf(evidence).some(({ to, value }) => to === paid && value !== null && value >= amount);
  return isCoin ? coinOf(chain) : null;
}

function base({ chain, tx }: EvmEvidence, protocol: string, log: EventLog) {
  const place = { kind: 'log', logIndex: log.logIndex } as const;
  return { protocol, kind: 'transfer', chain, tx, place, venue: log.address } as const;
}
