import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { base64, base64nopad } from '@scure/base';

/** Bytes of a key, as Standard Webhooks have it. */
const SHORTEST = 24;
const LONGEST = 64;

/**
 * The key of a webhook's secret.
 * @param secret - `whsec_` and the Base64 of the key; the prefix may be left out.
 * @returns null: it is no such secret, or its key is not of 24 to 64 bytes.
 * @see https://www.standardwebhooks.com
 */
export function readWebhookSecret(secret: string): Uint8Array | null {
  try {
    const key = base64nopad.decode(
      secret
        .trim()
        .replace(/^whsec_/, '')
        .replace(/=+$/, ''),
    );
    return key.length >= SHORTEST && key.length <= LONGEST ? key : null;
  } catch {
    return null;
  }
}

/**
 * The value of `webhook-signature`: HMAC-SHA256 over id, time and body.
 * @param at - of this attempt, Unix seconds, as in `webhook-timestamp`.
 * @see https://www.standardwebhooks.com
 */
export function signWebhook(key: Uint8Array, id: string, at: number, body: string): string {
  return `v1,${base64.encode(hmac(sha256, key, utf8ToBytes(`${id}.${at}.${body}`)))}`;
}
