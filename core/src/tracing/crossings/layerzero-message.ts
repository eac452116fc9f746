import type { EventLog, EvmEvidence } from '../../ledger/index.ts';
import type { Account, Chain } from '../../units/index.ts';
import { bytesAt, contracts, count, keccak, logsOf, slice, uint, word } from './abi.ts';

/** LayerZero's endpoint numbers of version 2; those of version 1 are 30,000 less. */
const ENDPOINTS: ReadonlyMap<number, Chain> = new Map<number, Chain>([
  [30101, 'eip155:1'],
  [30102, 'eip155:56'],
  [30106, 'eip155:43114'],
  [30109, 'eip155:137'],
  [30110, 'eip155:42161'],
  [30111, 'eip155:10'],
  [30112, 'eip155:250'],
  [30183, 'eip155:59144'],
  [30184, 'eip155:8453'],
  [30367, 'eip155:999'],
  [30390, 'eip155:143'],
]);
const VERSION_2 = 30_000;
/** Of both versions' numbers only those from 101 on are in use; the earliest messages leave the hundred out. */
const HUNDRED = 100;

const TOPICS = {
  packetSent: '0x1ab700d4ced0c005b164c0f789fd09fcbb0156d4c2041b8a3bfbcd961cd1567f',
  packet: '0xe9bded5f24a4168e4f3bf44e00298c993b22376aad8c58c7dda9718a54cbea82',
  /** Until late 2022; then chains were numbered without the hundred. */
  oldPacket: '0xe8d23d927749ec8e512eb885679c2977d57068839d8cca1a85685dbbea0648f6',
  packetReceived: '0x2bd2d8a84b748439fd50d79a49502b4eb5faa25b864da6a9ab5c150704be9a4d',
} as const;

/** The contracts of version 1 that send and receive packets, by chain, as recorded transactions show them. */
const NODES: ReadonlySet<Account> = new Set<Account>([
  'eip155:1:0x4d73adb72bc3dd368966edd0f0b2148401a178e2',
  'eip155:1:0x5b19bd330a84c049b62d5b0fc2ba120217a18c1c', // until late 2022
  'eip155:10:0x4d73adb72bc3dd368966edd0f0b2148401a178e2',
  'eip155:8453:0x38de71124f7a447a01d67945a51edce9ff491251',
]);

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
  return ENDPOINTS.get(id) ?? ENDPOINTS.get(id + VERSION_2) ?? `LayerZero endpoint ${id}`;
}

/** A packet of version 2 as it was sent. */
export type Packet = { readonly guid: string; readonly destination: number; readonly message: string };

/**
 * The packets of version 2 that a transaction sent. Each is named by the hash of who sends the how-manieth to whom, which
 * is computed again here; one that does not agree is left out.
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

/** A packet of version 1, as it was sent or as it arrived. Chains by their later numbers. */
export type FirstPacket = {
  readonly log: EventLog;
  /** The contract that sent it, and the one it is for; 20 bytes. */
  readonly sender: string;
  readonly receiver: string;
  readonly source: number;
  readonly target: number;
  /** `source:sender:receiver:number`: the same on both sides, and of no other packet. */
  readonly key: string;
  /** What it carries; null on arrival, where only its hash is recorded. */
  readonly body: string | null;
};

/** The packets of version 1 that a transaction sent, in log order. */
export function firstPacketsSent(evidence: EvmEvidence): FirstPacket[] {
  return logsOf(evidence, [TOPICS.packet, TOPICS.oldPacket], NODES).flatMap((log) => {
    const isOld = log.topics[0] === TOPICS.oldPacket;
    const packet = bytesAt(log.data, isOld ? 1 : 0);
    if (packet === null) return [];
    // Old: number, sender, receiver, body. New: number, chain, sender, chain, receiver, body.
    const at = isOld ? { from: 8, to: 28, body: 48 } : { from: 10, to: 32, body: 52 };
    const [nonce, sender, receiver] = [uint(slice(packet, 0, 8)), slice(packet, at.from, 20), slice(packet, at.to, 20)];
    const source = isOld ? endpointOf(evidence.chain) : count(slice(packet, 8, 2));
    const target = count(isOld ? word(log.data, 0) : slice(packet, 30, 2));
    const body = slice(packet, at.body);
    if (nonce === null || sender === null || receiver === null || body === null) return [];
    if (source === null || target === null) return [];
    return [firstPacket(log, { source, target, sender, receiver }, nonce, body)];
  });
}

/** The packets of version 1 that arrived in a transaction, in log order. */
export function firstPacketsReceived(evidence: EvmEvidence): FirstPacket[] {
  const target = endpointOf(evidence.chain);
  return logsOf(evidence, TOPICS.packetReceived, NODES).flatMap((log) => {
    const [source, path, nonce] = [count(log.topics[1] ?? null), bytesAt(log.data, 0), uint(word(log.data, 1))];
    // The path's first 20 bytes are the sender; the receiver, where it follows, is the indexed one.
    const [sender, receiver] = [slice(path ?? '0x', 0, 20), slice(log.topics[2] ?? '0x', 12, 20)];
    if (source === null || target === null || sender === null || receiver === null || nonce === null) return [];
    return [firstPacket(log, { source, target, sender, receiver }, nonce, null)];
  });
}

type Path = Pick<FirstPacket, 'source' | 'target' | 'sender' | 'receiver'>;

function firstPacket(log: EventLog, path: Path, nonce: bigint, body: string | null): FirstPacket {
  const [source, target] = [chainNumber(path.source), chainNumber(path.target)];
  return { ...path, log, source, target, key: `${source}:${path.sender}:${path.receiver}:${nonce}`, body };
}

/** Both numberings of chains as one. */
const chainNumber = (id: number): number => (id < HUNDRED ? id + HUNDRED : id);

/** The number of a chain in version 1. */
function endpointOf(chain: Chain): number | null {
  for (const [id, each] of ENDPOINTS) if (each === chain) return id - VERSION_2;
  return null;
}
