import { type EventLog, type EvmEvidence, TRANSFER_TOPIC } from '../../ledger/index.ts';
import { type Account, type Asset, coinOf } from '../../units/index.ts';
import { address, addressOf, count, framesOf, logsOf, slice, tokenAsset, topic, uint, word } from './abi.ts';
import { chainOfEndpoint, type Packet, packetsIn } from './layerzero-message.ts';
import type { Leg } from './leg.ts';
import { sentBy } from './payments.ts';

/** Events of the OFT standard: `OFTSent(bytes32,uint32,address,uint256,uint256)`, `OFTReceived(bytes32,uint32,address,uint256)`. */
const SENT = '0x85496b760a4b7f8d66384b9df21b381f5d1b1e79f229a47aaf4c232edc2fe59a';
const RECEIVED = '0xefed6d3500546b29533b128a29e3a94d70788727f0507505ac12eaf2e578fd9c';
/** Of transfers that share a message with others the event leaves the message's hash out. */
const NO_GUID = `0x${'0'.repeat(64)}`;

/** Whom a message pays. */
export type Payee = {
  /** 32 bytes. */
  readonly receiver: string;
  /** The message also calls the receiver, which is a contract then. */
  readonly isCall: boolean;
};

/** How one protocol moves tokens as OFT (omnichain fungible tokens). */
export type OftUse = {
  readonly protocol: string;
  /** The contracts whose events count, and what each of them moves: the events are anyone's to emit. */
  readonly assets: ReadonlyMap<Account, Asset>;
  /** Whom a message pays; null: it does not say. */
  readonly payeeOf: (message: string) => Payee | null;
};

/** Legs of tokens that move as OFT. */
export function oftLegs(evidence: EvmEvidence, use: OftUse): Leg[] {
  const emitters = new Set(use.assets.keys());
  const packets = packetsIn(evidence);
  return [
    ...logsOf(evidence, SENT, emitters).flatMap((log) => sentLeg(evidence, use, log, packets) ?? []),
    ...logsOf(evidence, RECEIVED, emitters).flatMap((log) => receivedLeg(evidence, use, log) ?? []),
  ];
}

function sentLeg(evidence: EvmEvidence, use: OftUse, log: EventLog, packets: readonly Packet[]): Leg | null {
  const [guid, account] = [topic(log, 1), addressOf(evidence.chain, topic(log, 2))];
  const [destination, amount, arriving] = [count(word(log.data, 0)), uint(word(log.data, 1)), uint(word(log.data, 2))];
  if (guid === null || account === null || destination === null || amount === null) return null;
  const packet = packets.find((each) => each.guid === guid);
  const payee = packet === undefined ? null : use.payeeOf(packet.message);
  return {
    ...base(evidence, use, log),
    side: 'in',
    key: guid === NO_GUID ? null : guid,
    amount,
    account,
    destination: destinationOf(destination, payee?.receiver ?? null, arriving),
    notes: [
      ...(guid === NO_GUID ? [] : packet === undefined ? [UNPROVEN] : []),
      ...(payee?.isCall === true ? [CALLED] : []),
      ...sentBy(evidence, account),
    ],
  };
}

const UNPROVEN = 'The packet itself is not in the record, so its hash was not computed again.';
const CALLED = 'The message also calls the receiver: who is paid in the end is inside that call.';
const UNTESTED = 'Read from an arrival; none was among the recorded transactions this was tested on.';

/** Where a transfer goes, in the terms of the chain it goes to. @param receiver - 32 bytes. */
export function destinationOf(endpoint: number, receiver: string | null, amount: bigint | null) {
  const chain = chainOfEndpoint(endpoint);
  const short = address(receiver);
  const account = chain.startsWith('eip155:') && short !== null ? `${chain}:${short}` : receiver;
  return { chain, account, asset: null, amount };
}

function receivedLeg(evidence: EvmEvidence, use: OftUse, log: EventLog): Leg | null {
  const [guid, account, amount] = [topic(log, 1), addressOf(evidence.chain, topic(log, 2)), uint(word(log.data, 1))];
  if (guid === null || account === null || amount === null) return null;
  return {
    ...base(evidence, use, log),
    side: 'out',
    key: guid,
    amount,
    account,
    destination: null,
    notes: [UNTESTED, ...(isShown(evidence, use, log, account, amount) ? [] : [UNSHOWN])],
  };
}

const UNSHOWN = 'The record does not show the payment itself; asset and amount are the event’s.';

/** Whether the record shows what the event says was paid. */
function isShown(evidence: EvmEvidence, { assets }: OftUse, log: EventLog, account: Account, amount: bigint): boolean {
  const { chain } = evidence;
  const asset = assets.get(log.address);
  if (asset === coinOf(chain)) return framesOf(evidence).some(({ to, value }) => to === account && value === amount);
  return logsOf(evidence, TRANSFER_TOPIC, null).some(
    (each) =>
      tokenAsset(chain, each.address.slice(chain.length + 1)) === asset &&
      addressOf(chain, topic(each, 2)) === account &&
      uint(word(each.data, 0)) === amount,
  );
}

function base({ chain, tx }: EvmEvidence, { protocol, assets }: OftUse, log: EventLog) {
  const place = { kind: 'log', logIndex: log.logIndex } as const;
  const asset = assets.get(log.address) ?? null;
  return { protocol, kind: 'transfer', chain, tx, place, asset, venue: log.address } as const;
}

/** Bytes of a message from `start` as a payee; `length`: of the message where it calls nothing. */
export function payeeAt(message: string, start: number, length: number): Payee | null {
  const receiver = slice(message, start, 32);
  return receiver === null ? null : { receiver, isCall: slice(message, length, 1) !== null };
}
