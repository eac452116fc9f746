import { sha256 } from '@noble/hashes/sha2.js';
import { bytesOfHex, reversedHexOf } from './raw/hex.ts';
import type { UtxoInput, UtxoOutput, UtxoTransaction } from './transaction.ts';

/** What of a transaction its id covers. */
export type IdentifiedParts = Pick<UtxoTransaction, 'version' | 'lockTime'> & {
  readonly inputs: readonly Pick<UtxoInput, 'outpoint' | 'script' | 'sequence'>[];
  readonly outputs: readonly Pick<UtxoOutput, 'amount' | 'script'>[];
};

/**
 * The id that follows from what a transaction says: its bytes without witnesses, hashed twice with SHA-256.
 * @returns 64 lower-case hex digits as people write them; null where the source left out a part that the id covers.
 * @throws {CairnError} `invalid-input`: a script or an id that is not hex.
 */
export function transactionId({ version, lockTime, inputs, outputs }: IdentifiedParts): string | null {
  if (version === null || lockTime === null) return null;
  const parts = [littleEndian(version >>> 0, 4), compactSize(inputs.length)];
  for (const { outpoint, script, sequence } of inputs) {
    if (script === null) return null;
    // New coins spend the output 0xffffffff of no transaction.
    const spent = outpoint ?? { tx: '00'.repeat(32), index: 0xffffffff };
    parts.push(bytesOfHex(spent.tx, 'the id of the output spent').reverse(), littleEndian(spent.index, 4));
    parts.push(...sized(script), littleEndian(sequence, 4));
  }
  parts.push(compactSize(outputs.length));
  for (const { amount, script } of outputs) {
    if (script === null) return null;
    parts.push(littleEndian(amount, 8), ...sized(script));
  }
  parts.push(littleEndian(lockTime, 4));
  const once = sha256.create();
  for (const part of parts) once.update(part);
  return reversedHexOf(sha256(once.digest()));
}

function sized(script: string): Uint8Array[] {
  const bytes = bytesOfHex(script, 'a script');
  return [compactSize(bytes.length), bytes];
}

/** A count as the network writes it, in its shortest form. */
function compactSize(count: number): Uint8Array {
  if (count < 0xfd) return Uint8Array.of(count);
  const [mark, bytes] = count < 0x10000 ? [0xfd, 2] : [0xfe, 4];
  return Uint8Array.of(mark, ...littleEndian(count, bytes));
}

function littleEndian(value: number | bigint, bytes: number): Uint8Array {
  const whole = BigInt(value);
  return Uint8Array.from({ length: bytes }, (_, i) => Number((whole >> BigInt(8 * i)) & 0xffn));
}
