import type { EventLog, EvmEvidence } from '../../ledger/index.ts';
import type { Account, Chain } from '../../units/index.ts';
import {
  address,
  addressOf,
  argumentsOf,
  bytesAt,
  type Call,
  contracts,
  framesOf,
  logsOf,
  NO_RECEIPT,
  selectorOf,
  topic,
  uint,
  word,
} from './abi.ts';
import type { Leg, LegPlace, Protocol } from './leg.ts';
import { paidIn, paidOut, sentBy } from './payments.ts';

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

/** Contracts through which the network's signers call the portals; of other chains none is known here. */
const BRIDGES: ReadonlySet<Account> = new Set<Account>([
  'eip155:1:0x5523985926aa12ba58dc5ad00ddca99678d7227e',
  'eip155:10:0x5523985926aa12ba58dc5ad00ddca99678d7227e',
  'eip155:56:0xb8f275fbf7a959f4bce59999a2ef122a099e81a8',
  'eip155:137:0x5523985926aa12ba58dc5ad00ddca99678d7227e',
  'eip155:42161:0x5523985926aa12ba58dc5ad00ddca99678d7227e',
  'eip155:534352:0x5523985926aa12ba58dc5ad00ddca99678d7227e',
]);

/** Contracts of intents, which a solver fills from its own funds; the same addresses on three chains. */
const INTENT_CHAINS: ReadonlySet<Chain> = new Set<Chain>(['eip155:56', 'eip155:8453', 'eip155:42161']);
const LOCKER = '0xdcd0cb19bbe117648cf138f816d08248af241694';
const FILLER = '0x54cce448468c137c05c895aac9ca769b82e1fe72';

/** `SynthesizeRequest(bytes32,address,uint256,address,address,uint256,address)`: from, chain, revertable indexed. */
const REQUESTED = '0x31325fe0a1a2e6a5b1e41572156ba5b4e94f0fae7e7f63ec21e9b5ce1e4b3eab';
/** `BurnCompleted(bytes32,bytes32,address,uint256,uint256,address)`: id, cross-chain id, to indexed. */
const COMPLETED = '0xaeef64b7687b985665b6620c7fa271b6f051a3fbe2bfc366fb9c964602eb6d26';
/** `RevertSynthesizeCompleted(bytes32,address,uint256,uint256,address)`: id, to indexed; a request undone. */
const UNDONE = '0xefcdf9ea4e65571d2ce9c030c46954e950662df8a7d8bd039fc4417e37b2f88c';
/** `IntentLocked(bytes32,(address,uint256,address,…),…)`: number indexed; token, amount, depositor. */
const LOCKED = '0x8b4cbc791dddb376fb89eba475c41896f97673ece5db78a30bb2340d2772cb45';
/** `IntentFilled(bytes32,address,bytes)`: number, solver indexed. */
const FILLED = '0x4f02007c5b383d0fb2923b90ac1cc973e61e27f22ce6b7f5c651faa9cdcf21ec';
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
    'The hub itself, which is not read. Who is paid where the payout calls an exchange, and what the fill of an intent pays to whom. No event was among the transactions this was tested on, only calls that ask for payouts: two may ask for the same one, and only one succeeds.',
  decode: (evidence) => {
    if (evidence.kind !== 'evm') return [];
    const called = evidence.logs === null ? framesOf(evidence).flatMap((call) => calledLeg(evidence, call) ?? []) : [];
    return [
      ...logsOf(evidence, REQUESTED, PORTALS).flatMap((log) => requestedLeg(evidence, log) ?? []),
      ...logsOf(evidence, COMPLETED, PORTALS).flatMap((log) => completedLeg(evidence, log) ?? []),
      ...logsOf(evidence, UNDONE, PORTALS).flatMap((log) => undoneLeg(evidence, log) ?? []),
      ...intentLegs(evidence),
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
  const paid = paidIn(evidence, log.address, token, amount);
  return {
    ...base(evidence, logPlace(log), log.address),
    ...paid,
    side: 'in',
    key: id,
    amount,
    // The event names the hub and an account there; where the value goes on to stands in the call data of the request.
    destination: { chain: null, account: null, asset: null, amount: null },
    notes: [
      UNTESTED,
      `Sent to the hub${hub === null ? '' : `, chain ${hub}`}${to === null ? '' : `, for ${to} there`}: where it goes from there the event does not say.`,
      ...sentBy(evidence, paid.account),
    ],
  };
}

function completedLeg(evidence: EvmEvidence, log: EventLog): Leg | null {
  return payoutLeg(evidence, log, { key: topic(log, 2), to: topic(log, 3), kind: 'transfer' });
}

/** The value comes back on the chain it was sent from. */
function undoneLeg(evidence: EvmEvidence, log: EventLog): Leg | null {
  return payoutLeg(evidence, log, { key: topic(log, 1), to: topic(log, 2), kind: 'refund' });
}

type Named = { readonly key: string | null; readonly to: string | null; readonly kind: 'transfer' | 'refund' };

function payoutLeg(evidence: EvmEvidence, log: EventLog, { key, to, kind }: Named): Leg | null {
  const account = addressOf(evidence.chain, to);
  const [whole, fee, token] = [uint(word(log.data, 0)), uint(word(log.data, 1)), address(word(log.data, 2))];
  if (key === null || account === null || whole === null || fee === null || token === null || fee > whole) return null;
  const amount = whole - fee;
  return {
    ...base(evidence, logPlace(log), log.address),
    side: 'out',
    kind,
    key,
    asset: paidOut(evidence, token, amount, account),
    amount,
    account,
    destination: null,
    notes: [UNTESTED],
  };
}

function intentLegs(evidence: EvmEvidence): Leg[] {
  if (!INTENT_CHAINS.has(evidence.chain)) return [];
  return [
    ...logsOf(evidence, LOCKED, contracts(evidence.chain, LOCKER)).flatMap((log) => lockedLeg(evidence, log) ?? []),
    ...logsOf(evidence, FILLED, contracts(evidence.chain, FILLER)).flatMap((log) => filledLeg(evidence, log) ?? []),
  ];
}

function lockedLeg(evidence: EvmEvidence, log: EventLog): Leg | null {
  const [key, token, amount] = [topic(log, 1), address(word(log.data, 0)), uint(word(log.data, 1))];
  const depositor = addressOf(evidence.chain, word(log.data, 2));
  if (key === null || token === null || amount === null || depositor === null) return null;
  const paid = paidIn(evidence, log.address, token, amount);
  return {
    ...base(evidence, logPlace(log), log.address),
    side: 'in',
    key,
    asset: paid.asset,
    amount,
    account: paid.account ?? depositor,
    destination: { chain: null, account: null, asset: null, amount: null },
    notes: [UNTESTED, `The event names ${depositor} as the depositor, and not where the value goes.`],
  };
}

function filledLeg(evidence: EvmEvidence, log: EventLog): Leg | null {
  const key = topic(log, 1);
  if (key === null || addressOf(evidence.chain, topic(log, 2)) === null) return null;
  const unsaid = { asset: null, amount: null, account: null, destination: null } as const;
  const notes = [UNTESTED, 'The event does not say what was paid, or to whom.'];
  return { ...base(evidence, logPlace(log), log.address), ...unsaid, side: 'out', key, notes };
}

/** A payout known by its call alone. */
function calledLeg(evidence: EvmEvidence, call: Call): Leg | null {
  const outer = selectorOf(call.input) === RECEIVE ? argumentsOf(call.input) : null;
  const inner = outer === null ? null : bytesAt(outer, 0);
  const portal = outer === null ? null : addressOf(evidence.chain, word(outer, 1));
  const args = inner !== null && selectorOf(inner) === UNSYNTHESIZE ? argumentsOf(inner) : null;
  if (args === null || portal === null || !PORTALS.has(portal) || !BRIDGES.has(call.to)) return null;
  const [fee, key, to] = [uint(word(args, 0)), word(args, 1), addressOf(evidence.chain, word(args, 3))];
  const [whole, token, side] = [uint(word(args, 4)), address(word(args, 5)), address(word(args, 6))];
  if (fee === null || key === null || to === null || whole === null || token === null || fee > whole) return null;
  const isExchanged = side !== null && uint(side) !== 0n;
  return {
    ...base(evidence, { kind: 'call', path: call.path }, portal),
    side: 'out',
    key,
    asset: `${evidence.chain}/erc20:${token}`,
    amount: whole - fee,
    account: isExchanged ? null : to,
    destination: null,
    notes: [
      NO_RECEIPT,
      ...(isExchanged
        ? [`The payout is to ${to} by a call of ${evidence.chain}:${side}: who is paid in the end is inside that call.`]
        : []),
    ],
  };
}

function logPlace({ logIndex }: EventLog): LegPlace {
  return { kind: 'log', logIndex };
}

function base({ chain, tx }: EvmEvidence, place: LegPlace, venue: Account) {
  return { protocol: 'symbiosis', kind: 'transfer', chain, tx, place, venue } as const;
}
