import type { Chain } from '../../units/index.ts';
import { address, argumentsOf, bytesAt, keccak, selectorOf, slice, uint, word } from './abi.ts';

/** What names a transfer on the chain it is sent from. Addresses are `0x` and 20 bytes; ids are 32. */
export type SendNames = {
  readonly sender: string | null;
  readonly receiver: string | null;
  readonly token: string | null;
  readonly amount: bigint | null;
  /** Chain ids of 64 bits. */
  readonly destination: bigint | null;
  readonly nonce: bigint | null;
};

/** What names its payout. */
export type RelayNames = {
  readonly sender: string | null;
  readonly receiver: string | null;
  readonly token: string | null;
  readonly amount: bigint | null;
  readonly source: bigint | null;
  /** The name of the transfer on the chain it came from. */
  readonly sent: string | null;
};

/**
 * The name of a transfer: keccak256 of sender, receiver, token, amount (32 bytes), destination chain, nonce and source
 * chain (8 bytes each), packed. Null: a part is not known, or too great.
 * @param chain - the source chain.
 */
export function sendId(
  chain: Chain,
  { sender, receiver, token, amount, destination, nonce }: SendNames,
): string | null {
  return packedHash([
    ...[sender, receiver, token],
    fixed(amount, 32),
    ...[destination, nonce, chainNumber(chain)].map((number) => fixed(number, 8)),
  ]);
}

/**
 * The name of a payout: keccak256 of sender, receiver, token, amount (32 bytes), source chain, destination chain (8 bytes
 * each) and the transfer's name, packed.
 * @param chain - the destination chain.
 */
export function relayId(chain: Chain, { sender, receiver, token, amount, source, sent }: RelayNames): string | null {
  const chains = [source, chainNumber(chain)].map((number) => fixed(number, 8));
  return packedHash([sender, receiver, token, fixed(amount, 32), ...chains, sent]);
}

/** `send(address,address,uint256,uint64,uint64,uint32)` */
const SEND = '0xa5977fbb';
/** `sendNative(address,uint256,uint64,uint64,uint32)` */
const SEND_NATIVE = '0x3f2e5fc3';
/** `relay(bytes,bytes[],address[],uint256[])` */
const RELAY = '0xcdd1b25d';

/** A call that sends, all but its sender; token null: the chain's coin. Null: another call, or cut short. */
export function readSendCall(input: string): (Omit<SendNames, 'sender'> & { readonly isCoin: boolean }) | null {
  const [selector, args] = [selectorOf(input), argumentsOf(input)];
  if (args === null || (selector !== SEND && selector !== SEND_NATIVE)) return null;
  const isCoin = selector === SEND_NATIVE;
  const first = isCoin ? 1 : 2;
  const [amount, destination, nonce, slippage] = [0, 1, 2, 3].map((index) => uint(word(args, first + index)));
  const receiver = address(word(args, 0));
  const token = isCoin ? null : address(word(args, 1));
  if (receiver === null || (token === null && !isCoin)) return null;
  if (amount == null || destination == null || nonce == null || slippage == null) return null;
  return { receiver, token, amount, destination, nonce, isCoin };
}

/** The signed request of a call that pays out, and the chain it is for. Null: another call, or cut short. */
export function readRelayCall(input: string): (RelayNames & { readonly destination: bigint | null }) | null {
  const args = selectorOf(input) === RELAY ? argumentsOf(input) : null;
  const fields = args === null ? null : readFields(bytesAt(args, 0));
  if (fields === null) return null;
  const sized = (number: number, bytes: number): string | null => {
    const found = fields.get(number);
    return typeof found === 'string' && found.length === 2 + bytes * 2 ? found : null;
  };
  const number = (field: number): bigint | null => {
    const found = fields.get(field);
    return typeof found === 'bigint' ? found : null;
  };
  const amount = fields.get(4);
  return {
    ...{ sender: sized(1, 20), receiver: sized(2, 20), token: sized(3, 20) },
    amount: typeof amount === 'string' && amount.length <= 2 + 64 ? uint(amount) : null,
    ...{ source: number(5), destination: number(6), sent: sized(7, 32) },
  };
}

/**
 * A protocol-buffers message of numbers and byte strings, by field number: sender, receiver, token, amount, source chain,
 * destination chain, the transfer's name, from 1. Null: another kind of field, one that is there twice, or cut short.
 */
function readFields(message: string | null): ReadonlyMap<number, bigint | string> | null {
  if (message === null) return null;
  const fields = new Map<number, bigint | string>();
  const size = (message.length - 2) / 2;
  let at = 0;
  while (at < size) {
    const tag = readVarint(message, at);
    const value = tag === null ? null : readVarint(message, tag.next);
    if (tag === null || value === null) return null;
    const [field, wire] = [Number(tag.value >> 3n), tag.value & 7n];
    if (fields.has(field) || (wire !== 0n && wire !== 2n)) return null;
    const bytes = wire === 2n ? slice(message, value.next, Number(value.value)) : null;
    if (wire === 2n && bytes === null) return null;
    fields.set(field, bytes ?? value.value);
    at = value.next + (bytes === null ? 0 : Number(value.value));
  }
  return fields;
}

/** A number of 7 bits a byte, lowest first; the eighth says that more follow. */
function readVarint(message: string, start: number): { readonly value: bigint; readonly next: number } | null {
  let value = 0n;
  // 64 bits take 10 bytes at most.
  for (let i = 0; i < 10; i++) {
    const byte = uint(slice(message, start + i, 1));
    if (byte === null) return null;
    value |= (byte & 0x7fn) << BigInt(7 * i);
    if (byte < 0x80n) return { value, next: start + i + 1 };
  }
  return null;
}

/** The number in a chain's id. */
export function chainNumber(chain: Chain): bigint {
  return BigInt(chain.slice(chain.indexOf(':') + 1));
}

function fixed(value: bigint | null, bytes: number): string | null {
  if (value === null || value >> BigInt(8 * bytes) !== 0n) return null;
  return `0x${value.toString(16).padStart(2 * bytes, '0')}`;
}

function packedHash(parts: readonly (string | null)[]): string | null {
  return parts.includes(null) ? null : keccak(`0x${parts.map((part) => (part as string).slice(2)).join('')}`);
}
