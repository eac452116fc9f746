import { type EventLog, type EvmEvidence, TRANSFER_TOPIC } from '../../ledger/index.ts';
import { type Account, coinOf, ETHEREUM } from '../../units/index.ts';
import { address, addressOf, contracts, count, logsOf, tokenAsset, topic, uint, word } from './abi.ts';
import type { Leg, Protocol } from './leg.ts';

/** The first gateway, exploited in March 2022. The second writes other events. */
const GATEWAYS = contracts(ETHEREUM, '0x1a2a1c938ce3ec39b6d47113c7955baa9dd454f2');
/** `TokenDeposited(uint256,address,address,address,uint32,uint256)`: id, owner, token indexed. */
const DEPOSITED = '0x72848855a2461abf0dd243723dfcc9163eec2ea5215469d101c0d9c9ef58940d';
/** `TokenWithdrew(uint256,address,address,uint256)`: id, owner, token indexed. */
const WITHDREW = '0x86174ea401f083b9bb1bdebca3068f27fb023c7091365ed2a8a02b8d75cf0e52';
/** The event's `standard`: ERC-20, as opposed to 721, whose "amount" is a token's number. */
const FUNGIBLE = 20;
const WETH: Account = 'eip155:1:0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2';

/** The bridge between Ethereum and Ronin, the side chain of Axie Infinity. */
export const ronin: Protocol = {
  id: 'ronin',
  title: 'Ronin bridge (first gateway)',
  proves: 'Deposits and withdrawals each carry a number of their own, which the other side repeats.',
  cannotProve:
    'Anything on Ronin, which is not read here, so no link is complete. In March 2022 withdrawals were signed with stolen keys: the number of such a withdrawal has no deposit behind it.',
  decode: (evidence) => {
    if (evidence.kind !== 'evm' || evidence.chain !== ETHEREUM) return [];
    return [
      ...logsOf(evidence, DEPOSITED, GATEWAYS).flatMap((log) => deposited(evidence, log) ?? []),
      ...logsOf(evidence, WITHDREW, GATEWAYS).flatMap((log) => withdrew(evidence, log) ?? []),
    ];
  },
};

function deposited(evidence: EvmEvidence, log: EventLog): Leg | null {
  const [number, owner, token] = [
    uint(topic(log, 1)),
    addressOf(evidence.chain, topic(log, 2)),
    address(topic(log, 3)),
  ];
  const [to, standard, amount] = [address(word(log.data, 0)), count(word(log.data, 1)), uint(word(log.data, 2))];
  if (number === null || owner === null || token === null || amount === null) return null;
  // Ether is wrapped by the gateway itself, so it leaves the account that sends the transaction.
  const isEther = tokenAccount(token) === WETH && evidence.value === amount && evidence.to === log.address;
  const isFungible = standard === FUNGIBLE;
  return {
    ...base(evidence, log),
    side: 'in',
    key: `deposit:${number}`,
    asset: isEther ? coinOf(evidence.chain) : tokenAsset(evidence.chain, token),
    amount: isFungible ? amount : null,
    account: isEther ? evidence.from : owner,
    destination: { chain: 'ronin', account: to, asset: null, amount: null },
    notes: [
      ...(isFungible ? [] : [`Not an amount but the number of a single token: ${amount}.`]),
      ...(isEther ? [`Paid in ether; the event names the wrapped form, and ${owner} as the owner.`] : []),
    ],
  };
}

function withdrew(evidence: EvmEvidence, log: EventLog): Leg | null {
  const [number, account, token] = [
    uint(topic(log, 1)),
    addressOf(evidence.chain, topic(log, 2)),
    address(topic(log, 3)),
  ];
  const amount = uint(word(log.data, 0));
  if (number === null || account === null || token === null || amount === null) return null;
  const moved = logsOf(evidence, TRANSFER_TOPIC, new Set([tokenAccount(token)]));
  // A fungible token's transfer event has the amount in its data; a single token's has its number as a fourth topic.
  const isSingle = moved.some(({ topics }) => topics.length === 4);
  return {
    ...base(evidence, log),
    side: 'out',
    key: `withdrawal:${number}`,
    asset: tokenAsset(evidence.chain, token),
    amount: isSingle ? null : amount,
    account,
    destination: null,
    notes: isSingle ? [`Not an amount but the number of a single token: ${amount}.`] : [],
  };
}

function tokenAccount(token: string): Account {
  return `${ETHEREUM}:${token}` as const;
}

function base(evidence: EvmEvidence, log: EventLog) {
  const { chain, tx } = evidence;
  const place = { kind: 'log', logIndex: log.logIndex } as const;
  return { protocol: 'ronin', kind: 'transfer', chain, tx, place, venue: log.address } as const;
}
