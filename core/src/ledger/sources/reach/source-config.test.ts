import { describe, expect, test } from 'vitest';
import { assertAllowed } from './permission.ts';
import {
  assertNoKey,
  expandUrl,
  isOwnNetwork,
  NO_SOURCES,
  parseSourceBook,
  type SourceBook,
  type SourceConfig,
  sourceConfig,
} from './source-config.ts';

const made = (given: object): SourceConfig =>
  sourceConfig({ kind: 'rpc', url: 'http://127.0.0.1:8545', ...given }, { KEY: 'k3y' });

describe('a source', () => {
  test('of a kind that says its chain needs none, of another must name it', () => {
    expect(made({ kind: 'esplora', url: 'https://mempool.space/api' })).toMatchObject({
      chain: expect.stringMatching(/^bip122:/),
      name: 'mempool.space',
      own: false,
    });
    expect(made({ kind: 'etherscan', url: undefined, chain: 'eth' })).toMatchObject({
      url: 'https://api.etherscan.io/v2/api',
      chain: 'eip155:1',
    });
    expect(() => made({ kind: 'etherscan', url: undefined })).toThrow('name the chain of etherscan with --chain');
    expect(() => made({ kind: 'trongrid', url: undefined, chain: 'eth' })).toThrow(/is of tron:/);
    expect(() => made({ kind: 'rcp' })).toThrow('no kind of source is called rcp');
    expect(() => made({ url: 'ftp://node' })).toThrow('the source must be given as an http or https URL');
    expect(() => made({ name: '../../etc/passwd' })).toThrow(/^the source's name: /);
  });

  test('takes keys from the environment, and is not kept with one', () => {
    expect(expandUrl('https://eth.example/v2/{KEY}', { KEY: 'k3y' })).toEqual({
      url: 'https://eth.example/v2/k3y',
      secrets: ['k3y'],
    });
    expect(() => expandUrl('https://eth.example/v2/{KEY}', {})).toThrow('the environment has no KEY');
    expect(() => assertNoKey(made({ url: 'https://eth.example/v2/abcdef0123456789' }))).toThrow(
      'what looks like a key',
    );
    expect(() => assertNoKey(made({ url: 'https://user:secret@eth.example/' }))).toThrow('what looks like a key');
    expect(() => assertNoKey(made({ url: 'https://eth.example/api?apikey=abcdef01' }))).toThrow(
      'what looks like a key',
    );
    assertNoKey(made({ url: 'https://eth.example/v2/{KEY}' }));
    assertNoKey(made({ url: 'https://eth.example/ext/bc/C/rpc' }));
  });

  test.each([
    ['127.0.0.1:8545', true],
    ['localhost:8545', true],
    ['[::1]:8545', true],
    ['10.1.2.3', true],
    ['192.168.0.9:80', true],
    ['172.16.0.1', true],
    ['172.32.0.1', false],
    ['[fd12:3456::1]', true],
    ['[::ffff:8.8.8.8]', false],
    ['8.8.8.8', false],
    ['localhost.example.com', false],
    ['10.1.2.3.example.com', false],
    ['127.0.0.1.nip.io', false],
  ])('%s is on one’s own network: %s', (host, isOwn) => {
    expect(isOwnNetwork(host)).toBe(isOwn);
  });
});

test('who is asked does not change with the environment: no key stands in a host’s name', () => {
  for (const url of ['https://{KEY}.example/', 'https://user:x@{KEY}.example/', 'http://{KEY}:8545']) {
    expect(() => made({ url })).toThrow("a {NAME} stands in the host's name");
  }
});

describe('permission', () => {
  const third = made({ url: 'https://eth.example/' });
  const under = (pap: 'red' | 'amber' | 'green' | 'clear'): SourceBook => {
    return { sources: [], permission: { pap, because: 'x', by: 'y', at: 1 } };
  };

  test('a third party is asked only where the case allows it; one’s own source always', () => {
    expect(() => assertAllowed(third, NO_SOURCES)).toThrow('nothing allows that yet');
    expect(() => assertAllowed(third, under('red'))).toThrow('PAP:RED forbids it');
    for (const pap of ['amber', 'green', 'clear'] as const) assertAllowed(third, under(pap));
    assertAllowed(made({}), under('red'));
    assertAllowed({ ...third, own: true }, NO_SOURCES);
  });

  test('a file of sources that was tampered with is refused, naming the place', () => {
    expect(() => parseSourceBook({ sources: [{ ...third, pap: 'clear' }], permission: null })).toThrow(
      /^the file of sources: sources\.0/,
    );
    expect(parseSourceBook({ sources: [third], permission: null }).sources).toEqual([third]);
  });
});
