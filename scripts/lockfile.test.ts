import { describe, expect, test } from 'vitest';
import { completeLockfile, foreignUrls } from './lockfile.ts';

const lockfile = {
  packages: {
    '': {},
    'node_modules/@biomejs/biome': {
      version: '2.6.8',
      dev: true,
      optionalDependencies: { '@biomejs/cli-darwin-arm64': '2.6.8', '@biomejs/cli-linux-x64-musl': '2.6.8' },
    },
    'node_modules/@foundry-rs/anvil': {
      version: '1.7.1',
      optionalDependencies: { '@foundry-rs/anvil-linux-amd64': '1.7.1', '@foundry-rs/anvil-win32-amd64': '1.7.1' },
    },
    'node_modules/@foundry-rs/anvil-linux-amd64': { version: '1.7.1', integrity: 'sha512-kept', optional: true },
    'node_modules/a/node_modules/b': { optionalDependencies: { 'c-linux-x64': '1.0.0' } },
    'node_modules/a/node_modules/c-linux-x64': { version: '1.0.0' },
  },
};

describe('a lockfile made where packages of other platforms are lacking', () => {
  const { completed, added } = completeLockfile(lockfile);

  test('gets the missing entries, with the platform their names say', () => {
    expect(added).toEqual([
      'node_modules/@biomejs/cli-darwin-arm64',
      'node_modules/@biomejs/cli-linux-x64-musl',
      'node_modules/@foundry-rs/anvil-win32-amd64',
    ]);
    expect(added.map((path) => completed.packages[path])).toEqual([
      { version: '2.6.8', cpu: ['arm64'], dev: true, optional: true, os: ['darwin'] },
      { version: '2.6.8', cpu: ['x64'], dev: true, libc: ['musl'], optional: true, os: ['linux'] },
      { version: '1.7.1', cpu: ['x64'], optional: true, os: ['win32'] },
    ]);
  });

  test('keeps what is there, in npm order, and is complete then', () => {
    for (const [path, entry] of Object.entries(lockfile.packages)) expect(completed.packages[path]).toEqual(entry);
    expect(Object.keys(completed.packages)).toEqual(
      [...Object.keys(completed.packages)].sort((a, b) => a.localeCompare(b, 'en')),
    );
    expect(completeLockfile(completed)).toEqual({ completed, added: [] });
  });

  test.each([
    ['linux-x64', '^1.0.0', 'not exact'],
    ['addon-linux', '1.0.0', 'for which platform'],
    ['addon', '1.0.0', 'for which platform'],
  ])('refuses to guess %s at %s', (name, version, reason) => {
    const guess = { packages: { '': { optionalDependencies: { [name]: version } } } };
    expect(() => completeLockfile(guess)).toThrow(reason);
  });
});

test('addresses that exist on one machine only are found', () => {
  const packages = {
    'node_modules/a': { resolved: 'https://registry.npmjs.org/a/-/a-1.0.0.tgz' },
    'node_modules/b': { resolved: 'http://10.0.0.1:4873/b/-/b-1.0.0.tgz' },
    'node_modules/@cairn/core': { resolved: 'core' },
    'node_modules/c': {},
  };
  expect(foreignUrls({ packages })).toEqual(['http://10.0.0.1:4873/b/-/b-1.0.0.tgz']);
});
