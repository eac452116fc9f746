import type { EventLog, EvmEvidence } from '../../ledger/index.ts';
import type { Account, Chain } from '../../units/index.ts';
import { address, addressOf, int, logsOf, slice, tailAt, topic, uint, word } from './abi.ts';
import { calledLegs } from './across-calls.ts';
import { destinationOf, shortened } from './across-message.ts';
import type { Leg, LegKind, Protocol } from './leg.ts';
import { paidIn, paidOut } from './payments.ts';

/** SpokePools that recorded transactions show at work (`test/data/crossings/addresses.json`), the first of Ethereum's is that of 2022. */
const POOLS: ReadonlySet<Account> = new Set<Account>([
  'eip155:1:0x4d9079bb4165aeb4084c526a32695dcfd2f77381',
  'eip155:1:0x5c7bcd6e7de5423a257d81b442095a1a6ced35c5',
  'eip155:10:0x6f26bf09b1c792e3228e5467807a900a503c0281',
  'eip155:137:0x9295ee1d8c5b022be115a2ad3c30c72e34e7f096',
  'eip155:8453:0x09aea4b2242abc8bb4bb78d537a67a245a7bec64',
  'eip155:42161:0xe35e9842fceaca96570b734083f4a58e8f7c5f2a',
  'eip155:59144:0x7e63a5f1a8f0b4d0934b2f2327daed3f6bb2ee75',
  'eip155:534352:0x3bad7ad0728f9917d1bf08af5782dcbd516cdd96',
]);

const TOPICS = {
  deposited2022: '0x4a4fc49abd237bfd7f4ac82d6c7a284c69daaea5154430cff04ad7482c6c4254',
  depositedV2: '0xafc4df6845a4ab948b492800d3d8a25d538a102a2bc07cd01f1cfa097fddcff6',
  depositedV3: '0xa123dc29aebf7d0c3322c8eeb5b999e859f39937950ed31056532713d0de396f',
  depositedV35: '0x32ed1a409ef04c7b0227189c3a103dc5ac10e775a15b785dcc510201f7c25ad3',
  filledV2: '0x8ab9dc6c19fe88e69bc70221b339c84332752fdd49591b7c51e66bae3947b73c',
  filledV3: '0x571749edf1d5c9599318cdbc4e28a6475d65e87fd3b2ddbe1e9a8d5e7a0f0ff7',
  filledV35: '0x44b559f101f8fbcc8a0ea43fa91a05a729a5ea6e14a7c75aa750374690137208',
} as const;

/** The event's percentages are fractions of this. */
const WHOLE = 10n ** 18n;

/** Relayers pay on the destination chain first; what the protocol pays them later (refund roots) is no crossing. */
export const across: Protocol = {
  id: 'across',
  title: 'Across',
  proves:
    'A deposit has a number of its own on the chain it was made on; the fill names both. The contract pays a deposit once; in version 2 it could be paid in parts, and only a payout of the whole counts.',
  cannotProve:
    'Which deposits of a chain were never filled and paid back: refunds are bundled and no event names the deposit. Who stands behind a contract that deposits for others.',
  decode: (evidence) => {
    if (evidence.kind !== 'evm') return [];
    const of = (topic0: string, read: Reader): Leg[] =>
      logsOf(evidence, topic0, POOLS).flatMap((log) => read(evidence, log) ?? []);
    return [
      ...of(TOPICS.deposited2022, deposited2022),
      ...of(TOPICS.depositedV2, depositedV2),
      ...of(TOPICS.depositedV3, depositedV3),
      ...of(TOPICS.depositedV35, depositedV3),
      ...of(TOPICS.filledV2, filledV2),
      ...of(TOPICS.filledV3, filledV3),
      ...of(TOPICS.filledV35, filledV3),
      ...calledLegs(evidence, POOLS),
    ].sort((a, b) => placeOf(a) - placeOf(b));
  },
};

type Reader = (evidence: EvmEvidence, log: EventLog) => Leg | null;
const placeOf = ({ place }: Leg): number => (place.kind === 'log' ? place.logIndex : 0);

type Deposit = {
  readonly origin: bigint | null;
  readonly number: bigint | null;
  readonly destination: bigint | null;
  readonly token: string | null;
  readonly amount: bigint | null;
  readonly depositor: Account | null;
  readonly recipient: string | null;
  readonly paid: { readonly token: string | null; readonly amount: bigint | null };
};

const NOT_SAID = { token: null, amount: null };

const deposited2022: Reader = (evidence, log) =>
  depositLeg(evidence, log, {
    ...{ amount: uint(word(log.data, 0)), origin: uint(word(log.data, 1)), destination: uint(word(log.data, 2)) },
    ...{ number: uint(topic(log, 1)), token: address(topic(log, 2)), recipient: address(word(log.data, 5)) },
    ...{ depositor: addressOf(evidence.chain, topic(log, 3)), paid: NOT_SAID },
  });

const depositedV2: Reader = (evidence, log) =>
  depositLeg(evidence, log, {
    ...{ amount: uint(word(log.data, 0)), origin: uint(word(log.data, 1)), destination: uint(topic(log, 1)) },
    ...{ number: uint(topic(log, 2)), token: address(word(log.data, 4)), recipient: address(word(log.data, 5)) },
    ...{ depositor: addressOf(evidence.chain, topic(log, 3)), paid: NOT_SAID },
  });

/** V3 and V3.5 lay their fields out alike; in V3.5 a place for an address is 32 bytes wide on every chain. */
const depositedV3: Reader = (evidence, log) =>
  depositLeg(evidence, log, {
    ...{ token: address(word(log.data, 0)), amount: uint(word(log.data, 2)), origin: chainNumber(evidence.chain) },
    ...{
      destination: uint(topic(log, 1)),
      number: uint(topic(log, 2)),
      depositor: addressOf(evidence.chain, topic(log, 3)),
    },
    ...{
      recipient: shortened(word(log.data, 7)),
      paid: { token: shortened(word(log.data, 1)), amount: uint(word(log.data, 3)) },
    },
  });

function depositLeg(evidence: EvmEvidence, log: EventLog, deposit: Deposit): Leg | null {
  const { origin, number, destination, token, amount, depositor, recipient, paid } = deposit;
  if (origin !== chainNumber(evidence.chain) || number === null || destination === null) return null;
  if (token === null || amount === null) return null;
  const payer = paidIn(evidence, log.address, token, amount);
  return {
    ...base(evidence, log),
    side: 'in',
    key: `${origin}:${number}`,
    asset: payer.asset,
    amount,
    account: payer.account,
    destination: destinationOf(destination, recipient, paid.token, paid.amount),
    notes: depositor === null || depositor === payer.account ? [] : [`The event names ${depositor} as the depositor.`],
  };
}

const filledV2: Reader = (evidence, log) => {
  const [filled, total] = [uint(word(log.data, 2)), uint(word(log.data, 1))];
  const [whole, origin, number] = [uint(word(log.data, 0)), uint(topic(log, 1)), uint(topic(log, 2))];
  const [token, update] = [address(word(log.data, 7)), tailAt(log.data, 11)];
  const [relayerFee, poolFee] = [int(update === null ? null : word(update, 2)), int(word(log.data, 6))];
  if (filled === null || relayerFee === null || poolFee === null) return null;
  // A deposit could be filled in pieces by several relayers: then no single payout answers for it.
  const isWhole = filled === whole && total === whole;
  return fillLeg(evidence, log, {
    ...{ origin, number, token },
    ...(isWhole ? WHOLE_FILL : PART_FILL),
    amount: (filled * (WHOLE - relayerFee - poolFee)) / WHOLE,
    recipient: update === null ? null : addressOf(evidence.chain, word(update, 0)),
  });
};

const filledV3: Reader = (evidence, log) => {
  // What the relayer did in the end: in V3 at an offset, in V3.5 of fixed length and in place.
  const done = log.topics[0] === TOPICS.filledV3 ? tailAt(log.data, 11) : slice(log.data, 32 * 11);
  if (done === null) return null;
  return fillLeg(evidence, log, {
    ...{ origin: uint(topic(log, 1)), number: uint(topic(log, 2)), token: address(word(log.data, 1)) },
    ...WHOLE_FILL,
    amount: uint(word(done, 2)),
    recipient: addressOf(evidence.chain, word(done, 0)),
  });
};

type Fill = {
  readonly origin: bigint | null;
  readonly number: bigint | null;
  readonly token: string | null;
  readonly amount: bigint | null;
  readonly recipient: Account | null;
  readonly kind: LegKind;
  readonly notes: readonly string[];
};

const WHOLE_FILL = { kind: 'transfer', notes: [] } as const;
const PART_FILL = {
  kind: 'other',
  notes: ['A part of the deposit was filled here, so this payout does not answer for all of it.'],
} as const;

function fillLeg(evidence: EvmEvidence, log: EventLog, fill: Fill): Leg | null {
  const { origin, number, token, amount, recipient, kind, notes } = fill;
  if (origin === null || number === null || token === null || amount === null || recipient === null) return null;
  return {
    ...base(evidence, log),
    kind,
    side: 'out',
    key: `${origin}:${number}`,
    asset: paidOut(evidence, token, amount, recipient),
    amount,
    account: recipient,
    destination: null,
    notes,
  };
}

function base(evidence: EvmEvidence, log: EventLog) {
  const { chain, tx } = evidence;
  const place = { kind: 'log', logIndex: log.logIndex } as const;
  return { protocol: 'across', kind: 'transfer', chain, tx, place, venue: log.address } as const;
}

function chainNumber(chain: Chain): bigint {
  return BigInt(chain.slice(chain.indexOf(':') + 1));
}
