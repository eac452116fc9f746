import { base58 } from '@scure/base';
import { type Asset, type Chain, coinOf } from '../../units/index.ts';
import {
  address,
  argumentsOf,
  byteLength,
  bytesAt,
  bytesOf,
  evmChain,
  keccak,
  selectorOf,
  slice,
  tailAt,
  tokenAsset,
  uint,
  word,
} from './abi.ts';

/** deBridge's own number of Solana. */
const SOLANA = 7565164n;
/** Numbers that deBridge gives to chains itself, whatever they are called elsewhere: 1000000xx. */
const OWN_NUMBERS = { from: 100_000_000n, to: 100_000_099n };
/** `createSaltedOrder(…)`. */
const CREATE = '0xb9303701';

/** One end of an order: which chain, by deBridge's number, which token (bytes as that chain writes it), how much. */
export type OrderEnd = { readonly chain: bigint; readonly token: string; readonly amount: bigint };

export type Order = {
  readonly give: OrderEnd;
  readonly take: OrderEnd;
  /** Bytes, as the destination chain writes accounts. */
  readonly receiver: string;
  readonly hasExternalCall: boolean;
  /** keccak256 of the packed order; null: it has an external call, of which the packed form is not known here. */
  readonly id: string | null;
};

/** Words of an order that hold bytes, and those that hold numbers. */
const PARTS = [1, 3, 6, 8, 9, 10, 11, 12, 13];
const NUMBERS = [0, 2, 4, 5, 7];

/** An order as it stands at the start of `data`. Null: cut short. */
export function readOrder(data: string | null): Order | null {
  if (data === null) return null;
  const parts = PARTS.flatMap((index) => bytesAt(data, index) ?? []);
  const numbers = NUMBERS.flatMap((index) => word(data, index) ?? []);
  if (parts.length < PARTS.length || numbers.length < NUMBERS.length) return null;
  const [maker, giveToken, takeToken, receiver, patch, authority, taker, beneficiary, call] = parts as Nine;
  const [nonce, giveChain, giveAmount, takeChain, takeAmount] = numbers as Five;
  const hasExternalCall = byteLength(call) > 0;
  const packed = [
    nonce.slice(-16),
    sized(maker),
    giveChain.slice(2),
    sized(giveToken),
    giveAmount.slice(2),
    takeChain.slice(2),
    sized(takeToken),
    takeAmount.slice(2),
    ...[receiver, patch, authority, taker, beneficiary].map(sized),
    '00',
  ];
  return {
    give: { chain: BigInt(giveChain), token: giveToken, amount: BigInt(giveAmount) },
    take: { chain: BigInt(takeChain), token: takeToken, amount: BigInt(takeAmount) },
    receiver,
    hasExternalCall,
    id: hasExternalCall ? null : keccak(`0x${packed.join('')}`),
  };
}

type Five = [string, string, string, string, string];
type Nine = [...Five, string, string, string, string];

/** Bytes after one byte of their length. */
function sized(bytes: string): string {
  return `${byteLength(bytes).toString(16).padStart(2, '0')}${bytes.slice(2)}`;
}

/** What a call to create an order asks for. Its number among orders, and what is left after the fee, only a receipt shows. */
export type AskedOrder = {
  readonly giveToken: string;
  /** Before the fee. */
  readonly giveAmount: bigint;
  readonly takeChain: bigint;
  readonly takeToken: string;
  readonly takeAmount: bigint;
  readonly receiver: string;
  readonly salt: bigint;
};

/** Reads a call of `createSaltedOrder`. Null: another call, or cut short. */
export function readCreateCall(input: string): AskedOrder | null {
  const args = selectorOf(input) === CREATE ? argumentsOf(input) : null;
  const order = args === null ? null : tailAt(args, 0);
  if (args === null || order === null) return null;
  const [giveToken, giveAmount, takeToken] = [address(word(order, 0)), uint(word(order, 1)), bytesAt(order, 2)];
  const [takeAmount, takeChain, receiver] = [uint(word(order, 3)), uint(word(order, 4)), bytesAt(order, 5)];
  const salt = uint(word(args, 1));
  if (giveToken === null || giveAmount === null || takeToken === null || takeAmount === null) return null;
  if (takeChain === null || receiver === null || salt === null) return null;
  return { giveToken, giveAmount, takeChain, takeToken, takeAmount, receiver, salt };
}

/** The chain of the Ethereum kind that a number of deBridge's stands for; null: another kind, or a number of its own. */
export function chainOf(id: bigint): Chain | null {
  const isOwn = id === SOLANA || (id >= OWN_NUMBERS.from && id <= OWN_NUMBERS.to);
  return isOwn ? null : evmChain(id);
}

/** Where an order is to be filled, in the terms of that chain. */
export function destinationOf({ take, receiver }: Order) {
  const { chain: id, amount } = take;
  const chain = chainOf(id);
  if (chain !== null) {
    const account = byteLength(receiver) === 20 ? `${chain}:${receiver}` : receiver;
    return { chain, account, asset: assetOf(chain, take.token), amount };
  }
  const isSolana = id === SOLANA;
  const written = (bytes: string): string => (isSolana ? (solanaAddress(bytes) ?? bytes) : bytes);
  const name = isSolana ? 'solana' : `deBridge chain ${id}`;
  return { chain: name, account: written(receiver), asset: written(take.token), amount };
}

/** 32 bytes as Solana writes addresses. */
function solanaAddress(hex: string): string | null {
  const bytes = bytesOf(slice(hex, 0, 32) ?? '');
  return byteLength(hex) === 32 && bytes !== null ? base58.encode(bytes) : null;
}

/** Twenty zero bytes stand for the chain's coin. */
export function assetOf(chain: Chain, token: string): Asset | null {
  if (byteLength(token) !== 20) return null;
  return uint(token) === 0n ? coinOf(chain) : tokenAsset(chain, token);
}
