import { CairnError } from '../../../errors.ts';

const DIGITS = '0123456789abcdef';
/** The two hex digits of every byte, as two characters in the order of memory. */
const FIRST = Uint8Array.from({ length: 256 }, (_, byte) => DIGITS.charCodeAt(byte >> 4));
const SECOND = Uint8Array.from({ length: 256 }, (_, byte) => DIGITS.charCodeAt(byte & 15));
const ascii = new TextDecoder();

let scratch = new Uint8Array(1 << 16);

/** The digits of bytes, reserved in a buffer that is used again by the next call. */
function reserve(length: number): Uint8Array {
  if (scratch.length < length) scratch = new Uint8Array(2 * length);
  return scratch;
}

/** Bytes as lower-case hex. */
export function hexOf(bytes: Uint8Array): string {
  const out = reserve(2 * bytes.length);
  for (let i = 0, at = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    out[at++] = FIRST[byte] as number;
    out[at++] = SECOND[byte] as number;
  }
  return ascii.decode(out.subarray(0, 2 * bytes.length));
}

/** Bytes as lower-case hex, last byte first: how transaction ids and block hashes are written. */
export function reversedHexOf(bytes: Uint8Array): string {
  const out = reserve(2 * bytes.length);
  for (let i = bytes.length - 1, at = 0; i >= 0; i--) {
    const byte = bytes[i] as number;
    out[at++] = FIRST[byte] as number;
    out[at++] = SECOND[byte] as number;
  }
  return ascii.decode(out.subarray(0, 2 * bytes.length));
}

/** The value of a hex digit's character; 16: it is none. */
const VALUES = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = DIGITS.indexOf(String.fromCharCode(code).toLowerCase());
  return value < 0 ? 16 : value;
});

/**
 * The bytes of hex digits.
 * @param what - names the thing in the error.
 * @throws {CairnError} `invalid-input`: an odd number of digits, or another character, with its place.
 */
export function bytesOfHex(hex: string, what: string): Uint8Array {
  if (hex.length % 2 !== 0)
    throw new CairnError('invalid-input', `${what}: an odd number of hex digits, ${hex.length}`);
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    const high = VALUES[hex.charCodeAt(2 * i)] ?? 16;
    const low = VALUES[hex.charCodeAt(2 * i + 1)] ?? 16;
    if (high > 15 || low > 15) {
      const place = high > 15 ? 2 * i : 2 * i + 1;
      throw new CairnError('invalid-input', `${what}: '${hex.charAt(place)}' at place ${place} is not a hex digit`);
    }
    bytes[i] = (high << 4) | low;
  }
  return bytes;
}
