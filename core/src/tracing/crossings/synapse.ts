import { type EventLog, type EvmEvidence, TRANSFER_TOPIC, WRAPPED_COINS } from '../../ledger/index.ts';
import { type Account, coinOf } from '../../units/index.ts';
import {
  address,
  addressOf,
  contracts,
  evmChain,
  framesOf,
  keccak,
  logsOf,
  tokenAsset,
  topic,
  uint,
  word,
} from './abi.ts';
import type { Leg, Protocol } from './leg.ts';
import { paidIn, sentBy } from './payments.ts';
import { adapterLegs, quoteLegs } from './synapse-message.ts';

/** The one bridge that recorded transactions confirm. */
const BRIDGE = contracts('eip155:1', '0x2796317b0ff8538f253012862c06787adfb8ceb6');

/** What takes tokens in: `to` indexed, then chain, token, amount. */
const TAKES = [
  '0xda5273705dbef4bf1b902a131c2eac086b7e1476a8ab0cb4da08af1fe1bd8e3b', // TokenDeposit
  '0x79c15604b92ef54d3f61f0c40caab8857927ca3d5092367163b4562c1699eb5f', // TokenDepositAndSwap
  '0xdc5bad4651c5fbe9977a696aadc65996c468cde1448dd468ec0d83bf61c4b57c', // TokenRedeem
  '0x91f25e9be0134ec851830e0e76dc71e06f9dade75a9b84e9524071dbbc319425', // TokenRedeemAndSwap
  '0x9a7024cde1920aa50cdde09ca396229e8c4d530d5cfdc6233590def70a94408c', // TokenRedeemAndRemove
];
/** The same to a receiver that is no address of the Ethereum kind: 32 bytes. */
const TAKES_FOR_BYTES = '0x8e57e8c5fea426159af69d47eda6c5052c7605c9f70967cf749d4aa55b70b499';
/** What pays out: `to` and kappa indexed, then token, amount, fee. */
const PAYS = [
  '0x8b0afdc777af6946e53045a4a75212769075d30455a212ac51c9b16f9c5c9b26', // TokenWithdraw
  '0xc1a608d0f8122d014d03cc915a91d98cef4ebaf31ea3552320430cba05211b6d', // TokenWithdrawAndRemove
  '0xbf14b9fde87f6e1c29a7e0787ad1d0d64b4648d8ae63da21524d9fd0f283dd38', // TokenMint
  '0x4f56ec39e98539920503fd54ee56ae0cbebe9eb15aa778f18de67701eeae7c65', // TokenMintAndSwap
];

const UNTESTED =
  'No pair is on record: that a payout’s number is the hash of the inbound transaction’s name is documented, not tested here.';
const UNSHOWN = 'The record does not show the transfer that paid.';

/** Pools and issued tokens on many chains; a payout names the hash of the transaction it answers. */
export const synapse: Protocol = {
  id: 'synapse',
  title: 'Synapse',
  proves:
    'A payout carries a hash (kappa) of the inbound transaction’s own name: where the two agree, nothing else can have the same. Transfers by LayerZero and by quotes (RFQ) carry a number of their own on both sides.',
  cannotProve:
    'That kappa is made so: it is documented, and no pair was on record to test it on; nor were transfers by LayerZero or by quotes. What each of two deposits in one transaction paid for. Older bridges of chains other than Ethereum, which are not read.',
  decode: (evidence) => {
    if (evidence.kind !== 'evm') return [];
    const payouts = logsOf(evidence, PAYS, BRIDGE);
    return [
      ...logsOf(evidence, [...TAKES, TAKES_FOR_BYTES], BRIDGE).flatMap((log) => takenLeg(evidence, log) ?? []),
      ...payouts.flatMap((log, i) => paidLeg(evidence, log, payouts[i - 1] ?? null) ?? []),
      ...adapterLegs(evidence),
      ...quoteLegs(evidence),
    ];
  },
};

function takenLeg(evidence: EvmEvidence, log: EventLog): Leg | null {
  const [to, destination] = [topic(log, 1), uint(word(log.data, 0))];
  const [token, amount] = [address(word(log.data, 1)), uint(word(log.data, 2))];
  if (to === null || destination === null || token === null || amount === null) return null;
  const [chain, short] = [evmChain(destination), log.topics[0] === TAKES_FOR_BYTES ? null : address(to)];
  const paid = paidIn(evidence, log.address, token, amount);
  return {
    ...base(evidence, log),
    ...paid,
    side: 'in',
    // The name as people write it: `0x` and 64 small letters and digits, each a byte.
    key: keccak(new TextEncoder().encode(evidence.tx.toLowerCase())),
    amount,
    destination: {
      chain: chain ?? `chain ${destination}`,
      account: chain === null || short === null ? (short ?? to) : `${chain}:${short}`,
      asset: null,
      amount: null,
    },
    notes: [UNTESTED, ...sentBy(evidence, paid.account)],
  };
}

function paidLeg(evidence: EvmEvidence, log: EventLog, before: EventLog | null): Leg | null {
  const { chain } = evidence;
  const [account, kappa, token] = [addressOf(chain, topic(log, 1)), topic(log, 2), address(word(log.data, 0))];
  const [amount, fee] = [uint(word(log.data, 1)), uint(word(log.data, 2))];
  if (account === null || kappa === null || token === null || amount === null || fee === null) return null;
  const paid = paymentOf(evidence, log, before, account, [amount, amount - fee]);
  const isExchanged = paid !== null && paid.address !== `${chain}:${token}`;
  const moved = paid === null ? coinPaid(evidence, token, account, [amount, amount - fee]) : null;
  return {
    ...base(evidence, log),
    side: 'out',
    key: kappa,
    asset: paid === null ? (moved?.asset ?? null) : tokenAsset(chain, paid.address.slice(chain.length + 1)),
    amount: paid === null ? (moved?.amount ?? null) : uint(word(paid.data, 0)),
    account,
    destination: null,
    notes: [
      UNTESTED,
      ...(paid === null && moved === null ? [UNSHOWN] : []),
      ...(isExchanged ? [`The event names ${chain}:${token}, which was exchanged on the way.`] : []),
    ],
  };
}

/**
 * The transfer that paid: to the payee, between the payout before and the event. `token` and `amount` of the event are not
 * always of one asset: where liquidity is taken out on the way, `token` and `fee` are the pool's and `amount` the stablecoin's.
 */
function paymentOf(
  evidence: EvmEvidence,
  { logIndex }: EventLog,
  before: EventLog | null,
  account: Account,
  amounts: readonly bigint[],
): EventLog | null {
  const toPayee = logsOf(evidence, TRANSFER_TOPIC, null).filter(
    (log) =>
      log.logIndex < logIndex &&
      log.logIndex > (before?.logIndex ?? -1) &&
      log.topics.length === 3 &&
      addressOf(evidence.chain, topic(log, 2)) === account,
  );
  const exact = toPayee.filter((log) => amounts.includes(uint(word(log.data, 0)) ?? -1n));
  const found = exact.length > 0 ? exact : toPayee;
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** Wrapped coin is paid out unwrapped, which no event shows: a call that brought it. */
function coinPaid(evidence: EvmEvidence, token: string, account: Account, amounts: readonly bigint[]) {
  if (WRAPPED_COINS.get(evidence.chain) !== token) return null;
  const call = framesOf(evidence).find(
    ({ to, value }) => to === account && value !== null && value > 0n && amounts.includes(value),
  );
  return call === undefined ? null : { asset: coinOf(evidence.chain), amount: call.value };
}

function base({ chain, tx }: EvmEvidence, log: EventLog) {
  const place = { kind: 'log', logIndex: log.logIndex } as const;
  return { protocol: 'synapse', kind: 'transfer', chain, tx, place, venue: log.address } as const;
}
