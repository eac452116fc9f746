import type { EventLog, EvmEvidence } from '../../ledger/index.ts';
import type { Account } from '../../units/index.ts';
import { address, addressOf, contracts, evmChain, keccak, logsOf, tokenAsset, topic, uint, word } from './abi.ts';
import type { Leg, Protocol } from './leg.ts';
import { paidIn } from './payments.ts';

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
/** What pays out: `to` and kappa indexed, then token, amount, fee. */
const PAYS = [
  '0x8b0afdc777af6946e53045a4a75212769075d30455a212ac51c9b16f9c5c9b26', // TokenWithdraw
  '0xc1a608d0f8122d014d03cc915a91d98cef4ebaf31ea3552320430cba05211b6d', // TokenWithdrawAndRemove
  '0xbf14b9fde87f6e1c29a7e0787ad1d0d64b4648d8ae63da21524d9fd0f283dd38', // TokenMint
  '0x4f56ec39e98539920503fd54ee56ae0cbebe9eb15aa778f18de67701eeae7c65', // TokenMintAndSwap
];
const TRANSFER = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';

const UNTESTED =
  'No pair is on record: that a payout’s number is the hash of this transaction’s name is documented, not tested here.';

/** Pools and issued tokens on many chains; a payout names the hash of the transaction it answers. */
export const synapse: Protocol = {
  id: 'synapse',
  title: 'Synapse',
  proves:
    'A payout carries a hash (kappa) of the inbound transaction’s own name: where the two agree, nothing else can have the same.',
  cannotProve:
    'Payouts by the protocol’s quotes (RFQ) and by its LayerZero adapter, which are not decoded. What two deposits in one transaction paid for each.',
  decode: (evidence) => {
    if (evidence.kind !== 'evm') return [];
    return [
      ...logsOf(evidence, TAKES, BRIDGE).flatMap((log) => takenLeg(evidence, log) ?? []),
      ...logsOf(evidence, PAYS, BRIDGE).flatMap((log) => paidLeg(evidence, log) ?? []),
    ];
  },
};

function takenLeg(evidence: EvmEvidence, log: EventLog): Leg | null {
  const [to, destination] = [address(topic(log, 1)), uint(word(log.data, 0))];
  const [token, amount] = [address(word(log.data, 1)), uint(word(log.data, 2))];
  if (to === null || destination === null || token === null || amount === null) return null;
  const chain = evmChain(destination);
  return {
    ...base(evidence, log),
    ...paidIn(evidence, log.address, token, amount),
    side: 'in',
    key: keccak(new TextEncoder().encode(evidence.tx)),
    amount,
    destination: {
      chain: chain ?? `chain ${destination}`,
      account: chain === null ? to : `${chain}:${to}`,
      asset: null,
      amount: null,
    },
    notes: [UNTESTED],
  };
}

function paidLeg(evidence: EvmEvidence, log: EventLog): Leg | null {
  const { chain } = evidence;
  const [account, kappa, token] = [addressOf(chain, topic(log, 1)), topic(log, 2), address(word(log.data, 0))];
  if (account === null || kappa === null || token === null) return null;
  // `token` and `amount` are not always of one asset: where liquidity is taken out on the way, `amount` is in the stablecoin.
  const paid = logsOf(evidence, TRANSFER, null).find(
    (each) => addressOf(chain, topic(each, 2)) === account && each.topics.length === 3,
  );
  return {
    ...base(evidence, log),
    side: 'out',
    key: kappa,
    asset: paid === undefined ? null : tokenAsset(chain, paid.address.slice(-42)),
    amount: paid === undefined ? null : uint(word(paid.data, 0)),
    account,
    destination: null,
    notes: [
      ...(paid === undefined ? ['The record does not show the transfer that paid.'] : []),
      ...(paid !== undefined && paid.address !== (`${chain}:${token}` as Account)
        ? [`The event names ${chain}:${token}, which was exchanged on the way.`]
        : []),
    ],
  };
}

function base({ chain, tx }: EvmEvidence, log: EventLog) {
  const place = { kind: 'log', logIndex: log.logIndex } as const;
  return { protocol: 'synapse', kind: 'transfer', chain, tx, place, venue: log.address } as const;
}
