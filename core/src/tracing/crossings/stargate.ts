import type { EventLog, EvmEvidence } from '../../ledger/index.ts';
import { type Account, type Asset, type Chain, coinOf } from '../../units/index.ts';
import { addressOf, bytesAt, count, framesOf, logsOf, slice, topic, uint, word } from './abi.ts';
import type { Leg, Protocol } from './leg.ts';
import { chainOfEndpoint, oftLegs } from './oft.ts';

/** The contracts of version 1 that LayerZero's messages come from and go to, by chain. */
const BRIDGES: ReadonlySet<Account> = new Set<Account>([
  'eip155:1:0x296f55f8fb28e498b858d0bcda06d955b2cb3f97',
  'eip155:10:0x701a95707a0290ac8b90b3719e8ee5b210360883',
  'eip155:56:0x6694340fc020c5e6b96567843da2df01b2ce1eb6',
  'eip155:137:0x9d1b1669c73b033dfe47ae5a0164ab96df25b944',
  'eip155:8453:0xaf54be5b6eec24d6bfacf1cce4eaf680a8239398',
  'eip155:42161:0x352d8275aae3e0c2404d9f68f6cee084b5beb3dd',
]);
/** LayerZero's contracts of version 1 that send and receive packets, by chain, as recorded transactions show them. */
const NODES: ReadonlySet<Account> = new Set<Account>([
  'eip155:1:0x4d73adb72bc3dd368966edd0f0b2148401a178e2',
  'eip155:1:0x5b19bd330a84c049b62d5b0fc2ba120217a18c1c', // until late 2022
  'eip155:10:0x4d73adb72bc3dd368966edd0f0b2148401a178e2',
  'eip155:8453:0x38de71124f7a447a01d67945a51edce9ff491251',
]);
/** Pools of version 1 that recorded transactions show: of Ethereum USDC, USDT and ether, and those of ether elsewhere. */
const POOLS: ReadonlySet<Account> = new Set<Account>([
  'eip155:1:0xdf0770df86a8034b3efef0a1bb3c889b8332ff56',
  'eip155:1:0x38ea452219524bb87e18de1c24d3bb59510bd783',
  'eip155:1:0x101816545f6bd2b1076434b54383a1e633390a2e',
  'eip155:10:0xd22363e3762ca7339569f3d33eade20127d5f98c',
  'eip155:8453:0x28fc411f9e1c480ad312b3d9c60c22b965015c6b',
]);
/** Pools of version 2 on Ethereum: ether, USDC, USDT. */
const POOLS_V2: ReadonlySet<Account> = new Set<Account>([
  'eip155:1:0x77b2043768d28e9c9ab44e1abfc95944bce57931',
  'eip155:1:0xc026395860db2d07ee33e05fe50ed7bd583189c7',
  'eip155:1:0x933597a323eb81cae705c5bc29985172fd5a3973',
]);

const TOPICS = {
  packet: '0xe9bded5f24a4168e4f3bf44e00298c993b22376aad8c58c7dda9718a54cbea82',
  /** Until late 2022; then chains were numbered without the hundred. */
  oldPacket: '0xe8d23d927749ec8e512eb885679c2977d57068839d8cca1a85685dbbea0648f6',
  packetReceived: '0x2bd2d8a84b748439fd50d79a49502b4eb5faa25b864da6a9ab5c150704be9a4d',
  swap: '0x34660fc8af304464529f48a778e03d03e4d34bcd5f9b6f0cfbf3cd238c642f7f',
  swapRemote: '0xfb2b592367452f1c437675bed47f5e1e6c25188c17d7ba01a12eb030bc41ccef',
  transfer: '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef',
} as const;
/** The message's kind for a swap; the others move liquidity and credits. */
const SWAP = 1n;
/** Version 2: the message's kind for one transfer of its own; a bus carries several. */
const TAXI = 1n;

/** Pools on many chains that pay out what another chain's took in, by messages of LayerZero. */
export const stargate: Protocol = {
  id: 'stargate',
  title: 'Stargate',
  proves:
    'Version 1: a message is named by its path and number, and the receiving chain’s record repeats both. Version 2: by a hash, computed again here, that the pools on both sides state.',
  cannotProve:
    'Version 2 by bus: one message serves many passengers, who are told apart by their order alone; such legs are not decoded. Payouts that got stuck.',
  decode: (evidence) => {
    if (evidence.kind !== 'evm') return [];
    return [
      ...logsOf(evidence, [TOPICS.packet, TOPICS.oldPacket], NODES).flatMap((log) => packetLeg(evidence, log) ?? []),
      ...logsOf(evidence, TOPICS.packetReceived, NODES).flatMap((log) => receivedLeg(evidence, log) ?? []),
      ...oftLegs(evidence, 'stargate', POOLS_V2, (message) =>
        uint(slice(message, 0, 1)) === TAXI ? slice(message, 3, 32) : null,
      ),
    ];
  },
};

/** Both numberings of chains as one. */
const chainNumber = (id: number): number => (id < 100 ? id + 100 : id);

/** What left here: a packet sent by Stargate's own contract, whoever relays it. */
function packetLeg(evidence: EvmEvidence, log: EventLog): Leg | null {
  const isOld = log.topics[0] === TOPICS.oldPacket;
  const packet = bytesAt(log.data, isOld ? 1 : 0);
  if (packet === null) return null;
  // Old: number, sender, receiver, body. New: number, chain, sender, chain, receiver, body.
  const at = isOld ? { from: 8, to: 28, body: 48 } : { from: 10, to: 32, body: 52 };
  const [nonce, from, to] = [uint(slice(packet, 0, 8)), slice(packet, at.from, 20), slice(packet, at.to, 20)];
  const source = isOld ? endpointOf(evidence.chain) : count(slice(packet, 8, 2));
  const target = count(isOld ? word(log.data, 0) : slice(packet, 30, 2));
  const body = slice(packet, at.body);
  if (nonce === null || from === null || to === null || source === null || target === null || body === null)
    return null;
  if (!BRIDGES.has(`${evidence.chain}:${from}`) || uint(word(body, 0)) !== SWAP) return null;
  // Type, two pools, gas, two of credits, six of the swap; then the receiver's bytes.
  const recipient = bytesAt(body, 12);
  const chain = chainOfEndpoint(chainNumber(target));
  return {
    ...base(evidence, log, `${evidence.chain}:${from}`),
    side: 'in',
    key: `${chainNumber(source)}:${from}:${to}:${nonce}`,
    ...takenIn(evidence),
    destination: {
      chain,
      account: chain.startsWith('eip155:') && recipient !== null ? `${chain}:${recipient}` : recipient,
      asset: null,
      amount: null,
    },
  };
}

function endpointOf(chain: Chain): number | null {
  for (let id = 101; id < 200; id++) if (chainOfEndpoint(id) === chain) return id;
  return null;
}

type Moved = {
  readonly asset: Asset | null;
  readonly amount: bigint | null;
  readonly account: Account | null;
  readonly notes: readonly string[];
};

const UNSHOWN = ['The record does not show which transfer carried it.'];

/** What the pool that swapped took in: the one transfer into it. */
function takenIn(evidence: EvmEvidence): Moved {
  const { chain } = evidence;
  const [swap] = logsOf(evidence, TOPICS.swap, POOLS);
  const taken = logsOf(evidence, TOPICS.transfer, null).filter(
    (log) => log.topics.length === 3 && addressOf(chain, topic(log, 2)) === swap?.address,
  );
  const [log] = taken;
  if (log === undefined || taken.length > 1)
    return { asset: null, amount: null, account: evidence.from, notes: UNSHOWN };
  const asset: Asset = `${chain}/erc20:${log.address.slice(-42)}`;
  return { asset, amount: uint(word(log.data, 0)), account: addressOf(chain, topic(log, 1)), notes: [] };
}

/** What arrived here: a packet for Stargate's own contract, and the pool's event of the payout. */
function receivedLeg(evidence: EvmEvidence, log: EventLog): Leg | null {
  const { chain } = evidence;
  const [source, to] = [count(topic(log, 1)), addressOf(chain, topic(log, 2))];
  const [path, nonce] = [bytesAt(log.data, 0), uint(word(log.data, 1))];
  const from = path === null ? null : slice(path, 0, 20);
  if (source === null || to === null || from === null || nonce === null || !BRIDGES.has(to)) return null;
  const [remote] = logsOf(evidence, TOPICS.swapRemote, POOLS);
  const account = remote === undefined ? null : addressOf(chain, word(remote.data, 0));
  if (remote === undefined || account === null) return null;
  return {
    ...base(evidence, log, remote.address),
    side: 'out',
    key: `${chainNumber(source)}:${from}:${to.slice(-42)}:${nonce}`,
    ...paidOut(evidence, remote, account),
    destination: null,
  };
}

/** What the pool paid: its transfer of the token to the recipient; of ether, which no event shows, the amount in its own decimals. */
function paidOut(evidence: EvmEvidence, remote: EventLog, account: Account): Moved {
  const { chain } = evidence;
  const paid = logsOf(evidence, TOPICS.transfer, null).find(
    (log) => addressOf(chain, topic(log, 1)) === remote.address && addressOf(chain, topic(log, 2)) === account,
  );
  if (paid !== undefined) {
    return { asset: `${chain}/erc20:${paid.address.slice(-42)}`, amount: uint(word(paid.data, 0)), account, notes: [] };
  }
  const amount = uint(word(remote.data, 1));
  const isShown = framesOf(evidence).some(({ to, value }) => to === account && value !== null && value === amount);
  return isShown
    ? { asset: coinOf(chain), amount, account, notes: [] }
    : { asset: null, amount: null, account, notes: UNSHOWN };
}

function base({ chain, tx }: EvmEvidence, log: EventLog, venue: Account) {
  const place = { kind: 'log', logIndex: log.logIndex } as const;
  return { protocol: 'stargate', kind: 'transfer', chain, tx, place, venue } as const;
}
