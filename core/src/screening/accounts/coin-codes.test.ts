import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ANY_EVM, BITCOIN, readAddress, TRON } from '../../units/index.ts';
import { describeReach } from './coin-codes.ts';

const LAZARUS = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96';

const listed = (code: string): string[] =>
  readFileSync(new URL(`../../../../data/lists/ofac/sanctioned_addresses_${code}.txt`, import.meta.url), 'utf8')
    .trim()
    .split('\n');

describe('where a coin can be', () => {
  test('a code names an asset: OFAC publishes addresses of Ethereum, Tron and Bitcoin form as USDT, and one of Tron form as XBT', () => {
    const forms = (code: string): Set<string> =>
      new Set(listed(code).map((address) => readAddress(address).chains[0] as string));
    expect(forms('USDT')).toEqual(new Set([ANY_EVM, BITCOIN, TRON]));
    expect(forms('XBT')).toEqual(new Set([BITCOIN, TRON]));
    const odd = listed('XBT').find((address) => readAddress(address).chains[0] === TRON) as string;
    expect(describeReach('XBT', readAddress(odd))).toContain(
      'none of them a chain that bitcoin is known to be issued on',
    );
    expect(describeReach('USDT', readAddress(LAZARUS))).toContain('Ethereum and every chain of its kind');
    expect(describeReach('FOO', readAddress(LAZARUS))).toContain('the code FOO, which is not known here');
    expect(describeReach('constructor', readAddress(LAZARUS))).toContain('which is not known here');
  });
});
