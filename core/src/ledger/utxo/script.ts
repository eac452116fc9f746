/** Opcodes that standard scripts are made of. */
export const OP = {
  ZERO: 0x00,
  PUSHDATA1: 0x4c,
  PUSHDATA2: 0x4d,
  PUSHDATA4: 0x4e,
  NEGATIVE_ONE: 0x4f,
  ONE: 0x51,
  SIXTEEN: 0x60,
  RETURN: 0x6a,
  DUP: 0x76,
  EQUAL: 0x87,
  EQUALVERIFY: 0x88,
  HASH160: 0xa9,
  CHECKSIG: 0xac,
  CHECKMULTISIG: 0xae,
} as const;

/** One step of a script: an opcode and, where it pushes bytes, those. */
export type ScriptStep = { readonly opcode: number; readonly data: Uint8Array | null };

/** The most keys CHECKMULTISIG takes (consensus). */
const MAX_KEYS = 20;

/** Reads a script step by step. @returns null: a push runs over the end. */
export function scriptSteps(script: Uint8Array): ScriptStep[] | null {
  const steps: ScriptStep[] = [];
  let at = 0;
  while (at < script.length) {
    const opcode = script[at++] as number;
    if (opcode > OP.PUSHDATA4) {
      steps.push({ opcode, data: null });
      continue;
    }
    const width = opcode < OP.PUSHDATA1 ? 0 : opcode === OP.PUSHDATA1 ? 1 : opcode === OP.PUSHDATA2 ? 2 : 4;
    if (at + width > script.length) return null;
    const length = width === 0 ? opcode : lengthAt(script, at, width);
    at += width;
    if (length > script.length - at) return null;
    steps.push({ opcode, data: script.subarray(at, at + length) });
    at += length;
  }
  return steps;
}

/** Little-endian. */
function lengthAt(script: Uint8Array, at: number, width: number): number {
  let length = 0;
  for (let i = width - 1; i >= 0; i--) length = length * 256 + (script[at + i] as number);
  return length;
}

/** Whether bytes have the form of a public key, as a node tells it by the first byte: 33 bytes compressed, 65 not. */
export function isPublicKey(bytes: Uint8Array): boolean {
  const first = bytes[0];
  if (bytes.length === 33) return first === 0x02 || first === 0x03;
  // 6 and 7: the hybrid form, uncompressed with the parity named; consensus allows it.
  return bytes.length === 65 && (first === 0x04 || first === 0x06 || first === 0x07);
}

/** Whether a script asks for m signatures of n keys, which it holds itself: `m key… n CHECKMULTISIG`. */
export function isBareMultisig(script: Uint8Array): boolean {
  if (script[script.length - 1] !== OP.CHECKMULTISIG) return false;
  const steps = scriptSteps(script);
  if (steps === null || steps.length < 4) return false;
  const needed = smallNumber(steps[0] as ScriptStep);
  const keys = steps.slice(1, -2);
  const stated = smallNumber(steps.at(-2) as ScriptStep);
  if (needed === null || stated !== keys.length || needed > stated) return false;
  return keys.every(({ data }) => data !== null && isPublicKey(data));
}

/** A number from 1 to 20: an opcode up to 16, one byte above. */
function smallNumber({ opcode, data }: ScriptStep): number | null {
  if (opcode >= OP.ONE && opcode <= OP.SIXTEEN) return opcode - OP.ONE + 1;
  const value = opcode === 1 && data?.length === 1 ? (data[0] as number) : 0;
  return value > 16 && value <= MAX_KEYS ? value : null;
}
