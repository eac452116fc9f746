import { expect, test } from 'vitest';
import { generateKey, signNote, verifyNote } from './note.ts';

// The key pair and note of golang.org/x/mod/sumdb/note's own documentation and tests.
const PRIVATE = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const PUBLIC = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const TEXT =
  'If you think cryptography is the answer to your problem,\nthen you don’t know what your problem is.\n'.replace(
    '’',
    "'",
  );
const SIGNED = `${TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;

test('signs the note of the Go package byte for byte', () => {
  expect(signNote(TEXT, PRIVATE)).toBe(SIGNED);
});

test('verifies the note of the Go package', () => {
  const { text, signatures } = verifyNote(SIGNED, [PUBLIC]);
  expect(text).toBe(TEXT);
  expect(signatures).toEqual([{ name: 'PeterNeumann', keyId: 'c74f20a3', status: 'valid' }]);
});

test('tells a wrong signature from one by a key that is not given', () => {
  const altered = SIGNED.replace('answer', 'Answer');
  expect(verifyNote(altered, [PUBLIC]).signatures[0]?.status).toBe('invalid');
  const other = generateKey('somebody', new Uint8Array(32).fill(7));
  expect(verifyNote(SIGNED, [other.publicKey]).signatures[0]?.status).toBe('unknown-key');
  expect(verifyNote(SIGNED, []).signatures[0]?.status).toBe('unknown-key');
});

test('a key made from the published seed is the published key', () => {
  const seed = Uint8Array.from(atob('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz'), (c) => c.charCodeAt(0)).slice(1);
  expect(generateKey('PeterNeumann', seed)).toEqual({ privateKey: PRIVATE, publicKey: PUBLIC });
});

test('refuses keys and notes that are not of the form, without repeating a private key', () => {
  expect(() =>
    signNote(TEXT, 'PRIVATE+KEY+PeterNeumann+c74f20a4+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz'),
  ).toThrow('the private key of PeterNeumann does not have the key id it states');
  expect(() => signNote(TEXT, 'SECRETSECRET')).toThrow(/^(?!.*SECRETSECRET)/);
  expect(() => signNote('no newline', PRIVATE)).toThrow('not a signed note');
  expect(() => verifyNote(SIGNED, ['PeterNeumann+c74f20a3+AQID'])).toThrow('not a public key');
  expect(() => verifyNote('text only\n', [PUBLIC])).toThrow('no signature block');
  expect(() => generateKey('two words', new Uint8Array(32))).toThrow('name of a signing key');
});
