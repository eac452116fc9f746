import { expect, it } from 'vitest';
import { addressRulesFor, follow, readAddressOf } from './download-list-address.ts';

it('does not let a public server lead into this machine, nor to plain http', () => {
  const from = readAddressOf('https://lists.example/a.xml');
  const to = (target: string) => () => follow(from, target, addressRulesFor(from)).href;
  expect(to('https://cdn.example/a.xml')()).toBe('https://cdn.example/a.xml');
  expect(to('/b.xml')()).toBe('https://lists.example/b.xml');
  for (const target of ['http://cdn.example/a.xml', 'https://127.0.0.1/a', 'http://localhost/a', 'https://[::1]/a']) {
    expect(to(target)).toThrow('which is not followed');
  }
});
