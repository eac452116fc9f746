import type { EvmEvidence } from '../../ledger/index.ts';
import type { Account, Asset, Chain } from '../../units/index.ts';
import {
  address,
  argumentsOf,
  bytesAt,
  contracts,
  count,
  logsOf,
  selectorOf,
  slice,
  tailAt,
  uint,
  word,
} from './abi.ts';

const RODE = '0x15955c5a4cc61b8fbb05301bce47fd31c0e6f935e1ab97fdac9b134c887bb074';
const DRIVEN = '0x1623f9ea59bd6f214c9571a892da012fc23534aa5906bef4ae8c5d15ee7d2d6e';

/** Version 1: what a pool holds. */
export type Pool = {
  /** Of a pool of the chain's coin: the token that stands for the coin inside Stargate. */
  readonly token: Asset;
  readonly isCoin: boolean;
};

const coin = (token: Asset): Pool => ({ token, isCoin: true });
const plain = (token: Asset): Pool => ({ token, isCoin: false });

/** Pools of version 1 that recorded transactions show: of Ethereum USDC, USDT and ether, and those of ether elsewhere. */
export const POOLS: ReadonlyMap<Account, Pool> = new Map<Account, Pool>([
  [
    'eip155:1:0xdf0770df86a8034b3efef0a1bb3c889b8332ff56',
    plain('eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48'),
  ],
  [
    'eip155:1:0x38ea452219524bb87e18de1c24d3bb59510bd783',
    plain('eip155:1/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7'),
  ],
  [
    'eip155:1:0x101816545f6bd2b1076434b54383a1e633390a2e',
    coin('eip155:1/erc20:0x72e2f4830b9e45d52f80ac08cb2bec0fef72ed9c'),
  ],
  [
    'eip155:10:0xd22363e3762ca7339569f3d33eade20127d5f98c',
    coin('eip155:10/erc20:0xb69c8cbcd90a39d8d3d3ccf0a3e968511c3856a0'),
  ],
  [
    'eip155:8453:0x28fc411f9e1c480ad312b3d9c60c22b965015c6b',
    coin('eip155:8453/erc20:0x224d8fd7ab6ad4c6eb4611ce56ef35dec2277f03'),
  ],
]);

/** Version 2: pools of Ethereum, and what each takes in and pays (`test/data/crossings/addresses.json`). */
export const POOLS_V2: ReadonlyMap<Account, Asset> = new Map<Account, Asset>([
  ['eip155:1:0x77b2043768d28e9c9ab44e1abfc95944bce57931', 'eip155:1/slip44:60'],
  ['eip155:1:0xc026395860db2d07ee33e05fe50ed7bd583189c7', 'eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48'],
  ['eip155:1:0x933597a323eb81cae705c5bc29985172fd5a3973', 'eip155:1/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7'],
]);

/** Version 2: the contracts that send the pools' messages and run the buses. */
const MESSENGERS: ReadonlyMap<Chain, string> = new Map<Chain, string>([
  ['eip155:1', '0x6d6620efa72948c5f68a3c8646d58c00d3f4a980'],
  ['eip155:8453', '0x5634c4a5fed09819e3c46d86a965dd9447d86e47'],
  ['eip155:42161', '0x19cfce47ed54a88614648dc3f19a5980097007dd'],
]);

/** The message's kind for a swap in version 1; the others move liquidity and credits. */
const SWAP = 1n;

/** Version 1: what a packet's body says of a swap. */
export type SwapBody = {
  readonly fromPool: bigint;
  readonly toPool: bigint;
  /** In the decimals that the two pools share. */
  readonly amount: bigint;
  /** As many bytes as the sender wrote. */
  readonly recipient: string;
  /** A call to the recipient follows. */
  readonly isCall: boolean;
};

/** Kind, two pools, gas, two words of credits, six of the swap; then the receiver's bytes and the call's. */
export function readSwapBody(body: string): SwapBody | null {
  const [fromPool, toPool, amount] = [uint(word(body, 1)), uint(word(body, 2)), uint(word(body, 6))];
  const [recipient, call] = [bytesAt(body, 12), bytesAt(body, 13)];
  if (uint(word(body, 0)) !== SWAP || fromPool === null || toPool === null || amount === null) return null;
  if (recipient === null || recipient === '0x') return null;
  return { fromPool, toPool, amount, recipient, isCall: call !== null && call !== '0x' };
}

/** Version 2: a passenger of a bus, as the transaction that brought it shows. */
export type Ride = {
  readonly logIndex: number;
  readonly endpoint: number;
  /** Numbered within the chain and destination. */
  readonly ticket: bigint;
  /** 32 bytes. */
  readonly receiver: string;
  /** Where the bus left in the same transaction: its message's hash, with the seat where it carried several. */
  readonly key: string | null;
};

/** The passengers that a transaction brought. A passenger is an asset's number (2 bytes), the receiver (32), and more. */
export function ridesIn(evidence: EvmEvidence): Ride[] {
  const messenger = MESSENGERS.get(evidence.chain);
  if (messenger === undefined) return [];
  const emitters = contracts(evidence.chain, messenger);
  const buses = logsOf(evidence, DRIVEN, emitters);
  return logsOf(evidence, RODE, emitters).flatMap((log) => {
    const [endpoint, ticket] = [count(word(log.data, 0)), uint(word(log.data, 1))];
    const receiver = slice(bytesAt(log.data, 3) ?? '0x', 2, 32);
    if (endpoint === null || ticket === null || receiver === null) return [];
    const keys = buses.flatMap(({ data }) => seatKey(data, endpoint, ticket) ?? []);
    return [{ logIndex: log.logIndex, endpoint, ticket, receiver, key: keys[0] ?? null }];
  });
}

/** @param bus - data of the event of its leaving: destination, first ticket, how many, the message's hash. */
function seatKey(bus: string, endpoint: number, ticket: bigint): string | null {
  const [to, first, seats, guid] = [count(word(bus, 0)), uint(word(bus, 1)), uint(word(bus, 2)), word(bus, 3)];
  if (to !== endpoint || first === null || seats === null || guid === null) return null;
  const seat = ticket - first;
  if (seat < 0n || seat >= seats) return null;
  return seats === 1n ? guid : `${guid}:${seat}`;
}

/** What call data ask of Stargate; which pool takes what in, and under which key, only a receipt shows. */
export type AskedTransfer = {
  readonly call: 'swap' | 'send' | 'sendToken';
  /** LayerZero's number, of version 1 or 2. */
  readonly endpoint: number;
  /** Version 1: from and to which pool. */
  readonly pools: readonly [bigint, bigint] | null;
  /** Base units of what is sent; version 2 sends no more than that. */
  readonly amount: bigint;
  /** The least that is to arrive. */
  readonly least: bigint;
  /** As many bytes as are given; of 32 with an address in them, the address. */
  readonly recipient: string;
  /** Version 2. */
  readonly mode: 'taxi' | 'bus' | null;
  /** A call to the recipient follows. */
  readonly isCall: boolean;
};

/** Stargate's router of version 1 and pools of version 2, and any OFT: what a call asks for. Null: none of their transfers. */
export function readTransferCall(input: string): AskedTransfer | null {
  const args = argumentsOf(input);
  if (args === null) return null;
  const selector = selectorOf(input);
  if (selector === '0x9fbf10fc') return readSwapCall(args);
  if (selector === '0xc7c7f5b3') return readSendCall('send', args);
  return selector === '0xcbef2aa9' ? readSendCall('sendToken', args) : null;
}

/** Destination, two pools, where change goes, amount, least, then three of unknown length: gas, recipient, call. */
function readSwapCall(args: string): AskedTransfer | null {
  const [endpoint, from, to] = [count(word(args, 0)), uint(word(args, 1)), uint(word(args, 2))];
  const [amount, least, recipient] = [uint(word(args, 4)), uint(word(args, 5)), bytesAt(args, 7)];
  const call = bytesAt(args, 8);
  if (endpoint === null || from === null || to === null || amount === null || least === null) return null;
  if (recipient === null || call === null) return null;
  return { call: 'swap', endpoint, pools: [from, to], amount, least, recipient, mode: null, isCall: call !== '0x' };
}

/** Destination, recipient, amount, least, then three of unknown length: options, call, command (empty: taxi). */
function readSendCall(call: 'send' | 'sendToken', args: string): AskedTransfer | null {
  const asked = tailAt(args, 0);
  if (asked === null) return null;
  const [endpoint, receiver] = [count(word(asked, 0)), word(asked, 1)];
  const [amount, least] = [uint(word(asked, 2)), uint(word(asked, 3))];
  const [composed, command] = [bytesAt(asked, 5), bytesAt(asked, 6)];
  if (endpoint === null || receiver === null || amount === null || least === null) return null;
  if (composed === null || command === null) return null;
  const mode = command === '0x' ? 'taxi' : 'bus';
  const recipient = address(receiver) ?? receiver;
  return { call, endpoint, pools: null, amount, least, recipient, mode, isCall: composed !== '0x' };
}
