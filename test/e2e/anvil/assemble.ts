import type { Hex } from 'viem';

/** Instructions of the Ethereum Virtual Machine that the contracts here use, as the Yellow Paper numbers them. */
const OPCODES: Readonly<Record<string, number>> = {
  STOP: 0x00,
  ADD: 0x01,
  MUL: 0x02,
  SUB: 0x03,
  DIV: 0x04,
  LT: 0x10,
  EQ: 0x14,
  ISZERO: 0x15,
  SHL: 0x1b,
  SHR: 0x1c,
  CALLER: 0x33,
  CALLVALUE: 0x34,
  CALLDATALOAD: 0x35,
  CALLDATASIZE: 0x36,
  CODECOPY: 0x39,
  POP: 0x50,
  MSTORE: 0x52,
  SLOAD: 0x54,
  SSTORE: 0x55,
  JUMP: 0x56,
  JUMPI: 0x57,
  GAS: 0x5a,
  DUP1: 0x80,
  DUP3: 0x82,
  DUP4: 0x83,
  SWAP1: 0x90,
  LOG3: 0xa3,
  CALL: 0xf1,
  RETURN: 0xf3,
  REVERT: 0xfd,
  SELFDESTRUCT: 0xff,
};
const PUSH0 = 0x5f;
const PUSH2 = 0x61;
const JUMPDEST = 0x5b;

/**
 * Bytecode of a listing of words: an instruction; a number, decimal or `0x…`, which is pushed; `name:`, a place to jump to;
 * `@name`, which pushes that place. A line's text after `;` is a comment.
 */
export function assemble(listing: string): Hex {
  const words = listing.split('\n').flatMap((line) => line.replace(/;.*/, '').split(/\s+/).filter(Boolean));
  const bytes: number[] = [];
  const places = new Map<string, number>();
  const jumps: { at: number; name: string }[] = [];
  for (const word of words) {
    const opcode = OPCODES[word];
    if (opcode !== undefined) bytes.push(opcode);
    else if (word.endsWith(':')) places.set(word.slice(0, -1), bytes.push(JUMPDEST) - 1);
    else if (word.startsWith('@')) jumps.push({ at: bytes.push(PUSH2, 0, 0) - 2, name: word.slice(1) });
    else bytes.push(...push(word));
  }
  for (const { at, name } of jumps) {
    const place = places.get(name);
    if (place === undefined) throw new Error(`the listing has no place ${name}`);
    bytes[at] = place >> 8;
    bytes[at + 1] = place & 0xff;
  }
  return `0x${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function push(word: string): number[] {
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(word)) throw new Error(`the listing has an unknown word ${word}`);
  const value = BigInt(word);
  if (value === 0n) return [PUSH0];
  const digits = value.toString(16);
  const hex = digits.length % 2 === 0 ? digits : `0${digits}`;
  const bytes = hex.match(/../g)?.map((byte) => Number.parseInt(byte, 16)) ?? [];
  return [PUSH0 + bytes.length, ...bytes];
}

/**
 * What a transaction that creates a contract carries: it runs `onCreation`, then leaves `code` as the contract.
 * The two lengths are pushed with two bytes each, so the code's place is known beforehand.
 */
export function creation(code: Hex, onCreation: Hex = '0x'): Hex {
  const two = (value: number): string => `61${value.toString(16).padStart(4, '0')}`;
  const size = (code.length - 2) / 2;
  // PUSH2 size, DUP1, PUSH2 place, PUSH0, CODECOPY, PUSH0, RETURN: 3 + 1 + 3 + 1 + 1 + 1 + 1 bytes.
  const place = (onCreation.length - 2) / 2 + 11;
  return `${onCreation}${two(size)}80${two(place)}5f395ff3${code.slice(2)}`;
}
