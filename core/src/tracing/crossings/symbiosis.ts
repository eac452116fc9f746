import type { EventLog, EvmEvidence } from '../../ledger/index.ts';
import type { Account } from '../../units/index.ts';
import {
  address,
  addressOf,
  argumentsOf,
  bytesAt,
  type Call,
  evmChain,
  framesOf,
  logsOf,
  NO_RECEIPT,
  selectorOf,
  topic,
  uint,
  word,
} from './abi.ts';
import type { Leg, LegPlace, Protocol } from './leg.ts';
import { paidIn, paidOut } from './payments.ts';

/** Portals; the same literal is another contract on another chain, so each is named with its chain. */
const PORTALS: ReadonlySet<Account> = new Set<Account>([
  'eip155:1:0xb8f275fbf7a959f4bce59999a2ef122a099e81a8',
  'eip155:10:0x292fc50e4eb66c3f6514b9e402dbc25961824d62',
  'eip155:56:0x5aa5f7f84ed0e5db0a4a85c3947ea16b53352fd4',
  'eip155:137:0xb8f275fbf7a959f4bce59999a2ef122a099e81a8',
  'eip155:8453:0xee981b2459331ad268cc63ce6167b446af4161f8',
  'eip155:42161:0x01a3c8e513b758ebb011f7afaf6c37616c9c24d9',
  'eip155:43114:0xe75c7e85fe6add07077467064ad15847e6ba9877',
  'eip155:534352:0x5aa5f7f84ed0e5db0a4a85c3947ea16b53352fd4',
]);

/** `SynthesizeRequest(bytes32,address,uint256,address,address,uint256,address)`: from, chain, revertable indexed. */
const REQUESTED = '0x31325fe0a1a2e6a5b1e41572156ba5b4e94f0fae7e7f63ec21e9b5ce1e4b3eab';
/** `BurnCompleted(bytes32,bytes32,address,uint256,uint256,address)`: id, cross-chain id, to indexed. */
const COMPLETED = '0xaeef64b7687b985665b6620c7fa271b6f051a3fbe2bfc366fb9c964602eb6d26';
/** `receiveRequestV2Signed(bytes,address,bytes)` and, inside it, `metaUnsynthesize(…)`. */
const RECEIVE = '0x84d61c97';
const UNSYNTHESIZE = '0xc23a4c88';

const UNTESTED = 'Symbiosis’ events were not tested on recorded receipts.';

/** From a portal through a hub chain of its own to another portal. */
export const symbiosis: Protocol = {
  id: 'symbiosis',
  title: 'Symbiosis',
  proves: 'The request’s number on the first chain travels through the hub, and the payout on the last chain names it.',
  cannotProve:
    'The hub itself, which is not read. Who is paid where the payout calls an exchange, and transfers by intents, which are not decoded.',
  decode: (evidence) => {
    if (evidence.kind !== 'evm') return [];
    const called = evidence.logs === null ? framesOf(evidence).flatMap((call) => calledLeg(evidence, call) ?? []) : [];
    return [
      ...logsOf(evidence, REQUESTED, PORTALS).flatMap((log) => requestedLeg(evidence, log) ?? []),
      ...logsOf(evidence, COMPLETED, PORTALS).flatMap((log) => completedLeg(evidence, log) ?? []),
      ...called,
    ];
  },
};

function requestedLeg(evidence: EvmEvidence, log: EventLog): Leg | null {
  const [id, to, amount, token] = [
    word(log.data, 0),
    address(word(log.data, 1)),
    uint(word(log.data, 2)),
    address(word(log.data, 3)),
  ];
  if (id === null || amount === null || token === null) return null;
  const hub = uint(topic(log, 2));
  return {
    ...base(evidence, { kind: 'log', logIndex: log.logIndex }, log.address),
    ...paidIn(evidence, log.address, token, amount),
    side: 'in',
    key: id,
    amount,
    destination: {
      chain: hub === null ? null : (evmChain(hub) ?? `chain ${hub}`),
      account: to,
      asset: null,
      amount: null,
    },
    notes: [UNTESTED, 'The chain named is the hub’s; where the value goes from there the request’s call data say.'],
  };
}

function completedLeg(evidence: EvmEvidence, log: EventLog): Leg | null {
  const [key, account] = [topic(log, 2), addressOf(evidence.chain, topic(log, 3))];
  const [whole, fee, token] = [uint(word(log.data, 0)), uint(word(log.data, 1)), address(word(log.data, 2))];
  if (key === null || account === null || whole === null || fee === null || token === null || fee > whole) return null;
  const amount = whole - fee;
  return {
    ...base(evidence, { kind: 'log', logIndex: log.logIndex }, log.address),
    side: 'out',
    key,
    asset: paidOut(evidence, token, amount, account),
    amount,
    account,
    destination: null,
    notes: [UNTESTED],
  };
}

/** A payout known by its call alone. */
function calledLeg(evidence: EvmEvidence, call: Call): Leg | null {
  const outer = selectorOf(call.input) === RECEIVE ? argumentsOf(call.input) : null;
  const inner = outer === null ? null : bytesAt(outer, 0);
  const portal = outer === null ? null : addressOf(evidence.chain, word(outer, 1));
  const args = inner !== null && selectorOf(inner) === UNSYNTHESIZE ? argumentsOf(inner) : null;
  if (args === null || portal === null || !PORTALS.has(portal)) return null;
  const [fee, key, account] = [uint(word(args, 0)), word(args, 1), addressOf(evidence.chain, word(args, 3))];
  const [whole, token, side] = [uint(word(args, 4)), address(word(args, 5)), address(word(args, 6))];
  if (fee === null || key === null || account === null || whole === null || token === null || fee > whole) return null;
  const isExchanged = side !== null && uint(word(args, 6)) !== 0n;
  return {
    ...base(evidence, { kind: 'call', path: call.path }, portal),
    side: 'out',
    key,
    asset: `${evidence.chain}/erc20:${token}`,
    amount: whole - fee,
    account,
    destination: null,
    notes: [
      NO_RECEIPT,
      ...(isExchanged ? [`The payout calls ${side}: who is paid in the end is inside that call.`] : []),
    ],
  };
}

function base({ chain, tx }: EvmEvidence, place: LegPlace, venue: Account) {
  return { protocol: 'symbiosis', kind: 'transfer', chain, tx, place, venue } as const;
}
