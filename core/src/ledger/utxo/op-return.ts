import { bytesOfHex } from './raw/hex.ts';
import { OP, scriptSteps } from './script.ts';

/** What an output that nobody can spend says. */
export type OpReturnData = {
  /** All that it pushes, joined. */
  readonly data: Uint8Array;
  /** The data as text, where it is printable UTF-8 and not empty. */
  readonly text: string | null;
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Control, unassigned, private and surrogate characters, and separators of lines: nothing a person could read. */
const UNPRINTABLE = /[\p{Cc}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * What an OP_RETURN output says: the bytes of all its pushes, joined. A number opcode is the byte it pushes.
 * @param script - the locking script: bytes, or hex without prefix.
 * @returns null: not an OP_RETURN script, or one with more than pushes after it, which no rule says how to read.
 * @throws {CairnError} `invalid-input`: not hex.
 */
export function opReturnData(script: Uint8Array | string): OpReturnData | null {
  const bytes = typeof script === 'string' ? bytesOfHex(script, 'locking script') : script;
  if (bytes[0] !== OP.RETURN) return null;
  const steps = scriptSteps(bytes.subarray(1));
  if (steps === null) return null;
  const pushed: number[] = [];
  for (const { opcode, data } of steps) {
    if (data !== null) for (const byte of data) pushed.push(byte);
    else if (opcode === OP.NEGATIVE_ONE) pushed.push(0x81);
    else if (opcode >= OP.ONE && opcode <= OP.SIXTEEN) pushed.push(opcode - OP.ONE + 1);
    else return null;
  }
  const data = Uint8Array.from(pushed);
  return { data, text: printable(data) };
}

function printable(data: Uint8Array): string | null {
  if (data.length === 0) return null;
  try {
    const text = utf8.decode(data);
    return UNPRINTABLE.test(text) ? null : text;
  } catch {
    return null;
  }
}
