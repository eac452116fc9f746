import type { Chain } from '../../units/index.ts';
import { address, argumentsOf, bytesAt, count, slice, uint } from './abi.ts';

/** Wormhole's numbers of the chains it is read for, or whose names are known here. */
const CHAINS: ReadonlyMap<number, string> = new Map([
  [1, 'solana'],
  [2, 'eip155:1'],
  [3, 'terra'],
  [4, 'eip155:56'],
  [5, 'eip155:137'],
  [6, 'eip155:43114'],
  [21, 'sui'],
  [23, 'eip155:42161'],
  [24, 'eip155:10'],
  [30, 'eip155:8453'],
]);

/** A chain's number; null: not known here. */
export function numberOf(chain: Chain): number | null {
  return [...CHAINS].find(([, known]) => known === chain)?.[0] ?? null;
}

/** The chain of a number: CAIP-2 where Cairn knows it. */
export function chainOf(number: number): string {
  return CHAINS.get(number) ?? `wormhole chain ${number}`;
}

/** A message's 32 bytes as an account of a chain of the Ethereum kind, as they are elsewhere. */
export function accountOn(number: number, found: string): string {
  const [chain, short] = [chainOf(number), address(found)];
  return chain.startsWith('eip155:') && short !== null ? `${chain}:${short}` : found;
}

/** What the token bridge's message says of a transfer. */
export type TransferMessage = {
  /** In at most 8 decimals: tokens that have more are cut to them. */
  readonly amount: bigint;
  /** 32 bytes: the token on the chain it was first issued on. */
  readonly token: string;
  readonly tokenChain: number;
  /** 32 bytes. */
  readonly to: string;
  readonly toChain: number;
  /** Of `amount`, for whoever redeems the message. */
  readonly fee: bigint;
  /** Of a transfer with a payload of its own: the contract that published it (32 bytes), and the payload. */
  readonly extra: { readonly by: string; readonly payload: string } | null;
};

/** The payload's kinds: a transfer, and one that carries a payload. */
const PLAIN = 1;
const WITH_PAYLOAD = 3;

/**
 * A transfer: kind (1 byte), amount (32), token (32), its chain (2), payee (32), its chain (2); then the fee (32), or who
 * published it (32) and the payload. Null: another kind of message, or cut short.
 */
export function readTransfer(payload: string | null): TransferMessage | null {
  if (payload === null) return null;
  const kind = count(slice(payload, 0, 1));
  const [amount, token, to] = [uint(slice(payload, 1, 32)), slice(payload, 33, 32), slice(payload, 67, 32)];
  const [tokenChain, toChain] = [count(slice(payload, 65, 2)), count(slice(payload, 99, 2))];
  const [last, fee] = [slice(payload, 101, 32), uint(slice(payload, 101, 32))];
  if (kind !== PLAIN && kind !== WITH_PAYLOAD) return null;
  if (amount === null || token === null || to === null || tokenChain === null || toChain === null) return null;
  if (last === null || fee === null) return null;
  if (kind === PLAIN) return fee > amount ? null : { amount, token, tokenChain, to, toChain, fee, extra: null };
  return {
    ...{ amount, token, tokenChain, to, toChain, fee: 0n },
    extra: { by: last, payload: slice(payload, 133) ?? '0x' },
  };
}

/** The relayer's payload: 1, its fee (32 bytes), an amount of coin (32), the person (32). Null: another payload. */
export function personIn({ extra }: TransferMessage): string | null {
  if (extra === null || slice(extra.payload, 0, 1) !== '0x01') return null;
  return slice(extra.payload, 65, 32);
}

/** The name of a message: the number of the chain it comes from, the contract there (32 bytes), and its number. */
export function messageKey(chain: number, emitter: string, sequence: bigint): string {
  return `${chain}:${emitter}:${sequence}`;
}

/** A signed message, and the transfer it says; null transfer: it says something else. */
export type SignedMessage = { readonly key: string; readonly transfer: TransferMessage | null };

/**
 * The signed message that a call passes on as its only argument, `bytes`: version (1), guardian set (4), number of
 * signatures (1), signatures (66 each); time (4), nonce (4), chain (2), contract (32), number (8), consistency (1),
 * payload. The signatures are not verified here: the contract that was called does that. Null: none, or cut short.
 */
export function readSignedMessage(input: string): SignedMessage | null {
  const args = argumentsOf(input);
  const signed = args === null ? null : bytesAt(args, 0);
  const signatures = signed === null ? null : count(slice(signed, 5, 1));
  const body = signed === null || signatures === null ? null : slice(signed, 6 + 66 * signatures);
  if (body === null || signed === null || slice(signed, 0, 1) !== '0x01') return null;
  const [chain, emitter, sequence] = [count(slice(body, 8, 2)), slice(body, 10, 32), uint(slice(body, 42, 8))];
  if (chain === null || emitter === null || sequence === null) return null;
  return { key: messageKey(chain, emitter, sequence), transfer: readTransfer(slice(body, 51)) };
}
