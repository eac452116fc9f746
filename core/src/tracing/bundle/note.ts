import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { base64 } from '@scure/base';
import { CairnError } from '../../errors.ts';

/** The only signature type of signed notes that is used here: Ed25519. */
const ED25519 = 1;
const SIGNATURE_PREFIX = '— ';

/** A pair in the text forms of Go's note package: `PRIVATE+KEY+<name>+<id>+<base64>` and `<name>+<id>+<base64>`. */
export type NoteKeys = { readonly privateKey: string; readonly publicKey: string };

export type NoteSignature = {
  readonly name: string;
  /** Eight hex digits. */
  readonly keyId: string;
  readonly status: 'valid' | 'invalid' | 'unknown-key';
};

export type VerifiedNote = { readonly text: string; readonly signatures: readonly NoteSignature[] };

/**
 * Makes the key pair of a seed.
 * @param name - who signs, as others will see it; no spaces, no plus sign.
 * @param seed - 32 random bytes, from the caller.
 * @see https://c2sp.org/signed-note
 */
export function generateKey(name: string, seed: Uint8Array): NoteKeys {
  checkName(name);
  if (seed.length !== 32) throw new CairnError('invalid-input', 'a signing key needs a seed of 32 bytes');
  const key = concatBytes(Uint8Array.of(ED25519), ed25519.getPublicKey(seed));
  const id = keyId(name, key);
  return {
    privateKey: `PRIVATE+KEY+${name}+${id}+${base64.encode(concatBytes(Uint8Array.of(ED25519), seed))}`,
    publicKey: `${name}+${id}+${base64.encode(key)}`,
  };
}

/**
 * A text with a signature under it.
 * @param text - ends with a newline and holds no other control character.
 * @throws invalid-input for a text or a key that cannot be used; the message never repeats the key.
 */
export function signNote(text: string, privateKey: string): string {
  checkText(text);
  const match = /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(privateKey.trim());
  const [, name = '', id = '', encoded = ''] = match ?? [];
  const key = match === null ? null : decode(encoded);
  if (key === null || key.length !== 33 || key[0] !== ED25519) {
    throw new CairnError('invalid-input', 'the private key is not of the form PRIVATE+KEY+name+id+base64 (Ed25519)');
  }
  const seed = key.subarray(1);
  checkName(name);
  if (keyId(name, concatBytes(Uint8Array.of(ED25519), ed25519.getPublicKey(seed))) !== id) {
    throw new CairnError('invalid-input', `the private key of ${name} does not have the key id it states`);
  }
  const signature = ed25519.sign(utf8ToBytes(text), seed);
  return `${text}\n${SIGNATURE_PREFIX}${name} ${base64.encode(concatBytes(idBytes(id), signature))}\n`;
}

/**
 * Who signed a note? A signature by a key that is not given is told from one that is wrong.
 * @param publicKeys - `<name>+<id>+<base64>` each.
 * @throws invalid-input if the note or a key is not of the form.
 */
export function verifyNote(note: string, publicKeys: readonly string[]): VerifiedNote {
  const keys = publicKeys.map(parsePublicKey);
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) throw malformed('it has no signature block');
  const text = note.slice(0, split + 1);
  checkText(text);
  const lines = note.slice(split + 2, -1).split('\n');
  return { text, signatures: lines.map((line) => verifyLine(line, text, keys)) };
}

export type PublicKey = { readonly name: string; readonly id: string; readonly bytes: Uint8Array };

function verifyLine(line: string, text: string, keys: readonly PublicKey[]): NoteSignature {
  const match = /^— ([^\s+]+) ([A-Za-z0-9+/=]+)$/.exec(line);
  const [, name = '', encoded = ''] = match ?? [];
  const bytes = match === null ? null : decode(encoded);
  if (bytes === null || bytes.length < 5) throw malformed('a signature line is not "— name base64"');
  const id = bytesToHex(bytes.subarray(0, 4));
  const key = keys.find((candidate) => candidate.name === name && candidate.id === id);
  if (key === undefined) return { name, keyId: id, status: 'unknown-key' };
  const valid = verifies(bytes.subarray(4), utf8ToBytes(text), key.bytes);
  return { name, keyId: id, status: valid ? 'valid' : 'invalid' };
}

function verifies(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  try {
    // RFC 8032 verification, so that no second encoding of a signature passes.
    return ed25519.verify(signature, message, key, { zip215: false });
  } catch {
    return false;
  }
}

/** @throws invalid-input if the text is not `<name>+<id>+<base64>` of an Ed25519 key, or its id is another key's. */
export function parsePublicKey(text: string): PublicKey {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text.trim());
  const [, name = '', id = '', encoded = ''] = match ?? [];
  const key = match === null ? null : decode(encoded);
  if (key === null || key.length !== 33 || key[0] !== ED25519) {
    throw new CairnError('invalid-input', `not a public key of the form name+id+base64 (Ed25519): ${text.trim()}`);
  }
  if (keyId(name, key) !== id) {
    throw new CairnError('invalid-input', `the public key of ${name} does not have the key id it states (${id})`);
  }
  return { name, id, bytes: key.subarray(1) };
}

/** First four bytes of SHA-256(name, newline, type byte, public key), hex. */
function keyId(name: string, key: Uint8Array): string {
  return bytesToHex(sha256(concatBytes(utf8ToBytes(`${name}\n`), key)).subarray(0, 4));
}

function idBytes(id: string): Uint8Array {
  return Uint8Array.from({ length: 4 }, (_, i) => Number.parseInt(id.slice(2 * i, 2 * i + 2), 16));
}

function decode(text: string): Uint8Array | null {
  try {
    return base64.decode(text);
  } catch {
    return null;
  }
}

function checkName(name: string): void {
  if (!/^[^\s+]+$/u.test(name)) {
    throw new CairnError('invalid-input', 'the name of a signing key is empty or holds a space or a plus sign');
  }
}

function checkText(text: string): void {
  const controls = [...text].some((char) => char < ' ' && char !== '\n');
  if (!text.endsWith('\n') || controls)
    throw malformed('its text must end with a newline and hold no control character');
}

function malformed(why: string): CairnError {
  return new CairnError('invalid-input', `not a signed note: ${why}`);
}
