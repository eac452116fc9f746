import { expect, test } from 'vitest';
import { parseChannels } from './channel.ts';

const HOOK = { name: 'desk', kind: 'webhook', url: 'https://desk.example/cairn', secretEnv: 'DESK_SECRET' };
const MAIL = {
  ...{ name: 'mail', kind: 'email', host: 'smtp.example', port: 587, secure: false },
  ...{ user: 'cairn', passwordEnv: 'SMTP_PASSWORD', from: 'cairn@example.org', to: ['desk@example.org'] },
};

test('one of each kind is read as it is', () => {
  const channels = [{ name: 'here', kind: 'console' }, HOOK, { name: 'chat', kind: 'slack', urlEnv: 'SLACK' }, MAIL];
  expect(parseChannels(channels)).toEqual(channels);
});

test.each([
  ['1.url', [MAIL, { ...HOOK, url: 'ftp://desk.example' }]],
  ['0.url', [{ ...HOOK, url: 'https://me:pass@desk.example' }]],
  ['0.secretEnv', [{ ...HOOK, secretEnv: 'whsec_abc=' }]],
  ['secret"', [{ ...HOOK, secret: 'whsec_abc' }]],
  ['0.kind', [{ name: 'fax', kind: 'fax' }]],
  ['0.to', [{ ...MAIL, to: [] }]],
  ['0.to.0', [{ ...MAIL, to: ['a@b\r\nBcc: c@d'] }]],
  ['0.from', [{ ...MAIL, from: 'Cairn <cairn@example.org>' }]],
  ['0.user', [{ ...MAIL, passwordEnv: null }]],
  ['0.port', [{ ...MAIL, port: 0 }]],
  ['0.name', [{ ...HOOK, name: 'a b' }]],
  ['two channels are called desk', [HOOK, HOOK]],
])('what cannot be is refused, with its place: %s', (place, channels) => {
  expect(() => parseChannels(channels)).toThrow(place);
});

test('a refusal does not repeat what was given: it may be a secret', () => {
  const wrong = [{ ...HOOK, url: 'https://me:s3cr3t@desk.example', secretEnv: 'whsec_c2VjcmV0/' }];
  expect(() => parseChannels(wrong)).toThrow(expect.not.stringMatching(/s3cr3t|c2VjcmV0/));
});
