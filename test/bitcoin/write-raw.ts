import { sha256 } from '@noble/hashes/sha2.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import type { RawHeader, RawTransaction } from '../../core/src/ledger/index.ts';

/** The easiest target of regtest (bits 207fffff): two headers are tried on average. */
export const REGTEST_BITS = 0x207fffff;
export const REGTEST_TARGET = 0x7fffffn << 232n;

/** What of a transaction is written down; the id and the locks follow from it. */
export type WrittenTransaction = Pick<RawTransaction, 'version' | 'lockTime' | 'inputs'> & {
  readonly outputs: readonly { readonly amount: bigint; readonly script: string }[];
};

/** A transaction as the network writes it; with witnesses where an input has one. */
export function writeTransaction({ version, lockTime, inputs, outputs }: WrittenTransaction): Uint8Array {
  const isSegwit = inputs.some(({ witness }) => witness.length > 0);
  const parts = [
    uint(version, 4),
    ...(isSegwit ? [Uint8Array.of(0, 1)] : []),
    compactSize(inputs.length),
    ...inputs.flatMap(({ outpoint, script, sequence }) => [
      outpoint === null ? new Uint8Array(32) : reversed(outpoint.tx),
      uint(outpoint === null ? 0xffffffff : outpoint.index, 4),
      ...sized(script),
      uint(sequence, 4),
    ]),
    compactSize(outputs.length),
    ...outputs.flatMap(({ amount, script }) => [uint(amount, 8), ...sized(script)]),
    ...(isSegwit ? inputs.flatMap(({ witness }) => [compactSize(witness.length), ...witness.flatMap(sized)]) : []),
    uint(lockTime, 4),
  ];
  return join(parts);
}

export function writeHeader(header: Omit<RawHeader, 'hash'>): Uint8Array {
  return join([
    uint(header.version >>> 0, 4),
    reversed(header.previous),
    reversed(header.merkleRoot),
    uint(header.time, 4),
    uint(header.bits, 4),
    uint(header.nonce, 4),
  ]);
}

/** A block of raw transactions, as the network writes it. */
export function writeBlock(header: Omit<RawHeader, 'hash'>, transactions: readonly Uint8Array[]): Uint8Array {
  return join([writeHeader(header), compactSize(transactions.length), ...transactions]);
}

/**
 * A block whose header has the right merkle root and a nonce that meets the target of regtest.
 * @param ids - transaction ids, as people write them, in order.
 */
export function mineBlock(
  start: { readonly version: number; readonly previous: string; readonly time: number },
  transactions: readonly Uint8Array[],
  ids: readonly string[],
): Uint8Array {
  const merkleRoot = Buffer.from(rootOf(ids.map(reversed)))
    .reverse()
    .toString('hex');
  for (let nonce = 0; ; nonce++) {
    const header = { ...start, merkleRoot, bits: REGTEST_BITS, nonce };
    const hash = sha256(sha256(writeHeader(header)));
    if ((hash[31] as number) < 0x7f) return writeBlock(header, transactions);
  }
}

function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 1) return hashes[0] as Uint8Array;
  const above: Uint8Array[] = [];
  for (let i = 0; i < hashes.length; i += 2) {
    const left = hashes[i] as Uint8Array;
    above.push(sha256(sha256(join([left, hashes[i + 1] ?? left]))));
  }
  return rootOf(above);
}

/** CompactSize in its shortest form. */
export function compactSize(count: number): Uint8Array {
  if (count < 253) return Uint8Array.of(count);
  if (count < 0x10000) return join([Uint8Array.of(253), uint(count, 2)]);
  return join([Uint8Array.of(254), uint(count, 4)]);
}

/** Little-endian. */
export function uint(value: number | bigint, bytes: number): Uint8Array {
  let rest = BigInt(value);
  return Uint8Array.from({ length: bytes }, () => {
    const byte = Number(rest & 0xffn);
    rest >>= 8n;
    return byte;
  });
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Bytes of hex in reverse: ids and hashes as they are hashed. */
export function reversed(hex: string): Uint8Array {
  return hexToBytes(hex).reverse();
}

function sized(hex: string): Uint8Array[] {
  return [compactSize(hex.length / 2), hexToBytes(hex)];
}
