import type { StopLabel } from '../core/src/tracing/index.ts';
import { type Account, ETHEREUM } from '../core/src/units/index.ts';

/** Account numbers: the fee sink, exchanges that carry a label, small services that do not, users, then launderers' accounts. */
export const FEE_SINK = 0;
export const LABELLED = 40;
export const SMALL_SERVICES = 160;
export const USERS_FROM = 1 + LABELLED + SMALL_SERVICES;

export function isLabelled(account: number): boolean {
  return account >= 1 && account <= LABELLED;
}

/** The CAIP-10 id of an account number: spread over the hash space, as real addresses are. */
export function accountOf(number: number): Account {
  if (number === FEE_SINK) return `${ETHEREUM}:fee`;
  const digits =
    hex(number, 1) + hex(number, 2) + hex(number, 3) + hex(number, 4) + number.toString(16).padStart(8, '0');
  // Text put together from pieces is flattened when first read: done here, as text from a file or a store is flat.
  return Buffer.from(`${ETHEREUM}:0x${digits}`, 'latin1').toString('latin1') as Account;
}

/** 32 bytes as an Ethereum transaction hash, the number in its tail. */
export function txOf(number: number): string {
  let text = '0x';
  for (let word = 5; word < 12; word++) text += hex(number, word);
  return text + number.toString(16).padStart(8, '0');
}

/** Stops at the exchanges, as a label store would. */
export function createStopAt(): (account: Account) => StopLabel | null {
  const stops = new Map<Account, StopLabel>();
  for (let number = 1; number <= LABELLED; number++) {
    stops.set(accountOf(number), {
      reason: 'label:exchange',
      label: `Exchange ${number}`,
      source: 'generator',
      contested: false,
    });
  }
  return (account) => stops.get(account) ?? null;
}

/** Eight hex digits that depend on the number: a finaliser of MurmurHash3. */
function hex(number: number, word: number): string {
  let h = Math.imul(number + 1, 0x9e3779b1) ^ Math.imul(word, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0).toString(16).padStart(8, '0');
}
