import { CairnError } from '../../errors.ts';

/** Hops after which a chain of redirects is taken for a circle. */
const MOST_REDIRECTS = 5;

/** What one download may be redirected to. */
export type AddressRules = { readonly loopback: 'allowed' | 'refused'; left: number };

/** Only an address on this machine may lead to another on it: a public server must not send us into our own. */
export function addressRulesFor(first: URL): AddressRules {
  return { loopback: isLoopback(first) ? 'allowed' : 'refused', left: MOST_REDIRECTS };
}

/** @throws {CairnError} `invalid-input`: not an https address, nor an http address of this machine */
export function readAddressOf(text: string): URL {
  if (!URL.canParse(text)) throw new CairnError('invalid-input', `"${text}" is not an address`);
  const url = new URL(text);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))) return withoutCredentials(url);
  throw new CairnError(
    'invalid-input',
    `${url.protocol}//${url.host} is not fetched: only https is safe from changes`,
    {
      hints: ['plain http works for a mirror on this machine (http://127.0.0.1:…)'],
    },
  );
}

/** The next address of a redirect. @throws {CairnError} `unavailable`: it leads round in circles or somewhere unsafe */
export function follow(from: URL, target: string, rules: AddressRules): URL {
  if (rules.left === 0) throw refused(from, `more than ${MOST_REDIRECTS} redirects`);
  rules.left -= 1;
  if (!URL.canParse(target, from.href)) throw refused(from, 'a redirect to something that is no address');
  const url = new URL(target, from.href);
  const isSafe = isLoopback(url) ? rules.loopback === 'allowed' : url.protocol === 'https:';
  if (!isSafe || !['https:', 'http:'].includes(url.protocol)) throw refused(from, `a redirect to ${url.origin}`);
  return url;
}

function refused(from: URL, what: string): CairnError {
  return new CairnError('unavailable', `${from.origin} answered with ${what}, which is not followed`);
}

function withoutCredentials(url: URL): URL {
  if (url.username === '' && url.password === '') return url;
  throw new CairnError('invalid-input', 'an address with a user name or password in it is not fetched');
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
