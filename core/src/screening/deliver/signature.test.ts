import { expect, test } from 'vitest';
import { readWebhookSecret, signWebhook } from './signature.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

test('signs as the published test vector of Standard Webhooks and Svix', () => {
  const key = readWebhookSecret(SECRET) as Uint8Array;
  const signature = signWebhook(key, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, '{"test": 2432232314}');
  expect(signature).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test.each([
  ['', null],
  ['whsec_', null],
  ['whsec_not base64!', null],
  [`whsec_${Buffer.alloc(23, 7).toString('base64')}`, null],
  [`whsec_${Buffer.alloc(65, 7).toString('base64')}`, null],
  [`whsec_${Buffer.alloc(64, 7).toString('base64')}`, 64],
  [Buffer.alloc(25, 7).toString('base64').replace(/=+$/, ''), 25],
])('a secret %j has a key of %j bytes', (secret, length) => {
  expect(readWebhookSecret(secret)?.length ?? null).toBe(length);
});
