import { describe, expect, test } from 'vitest';
import { BITCOIN, ETHEREUM, TRON } from './account.ts';
import { assetChain, erc20, nativeAsset, parseAsset } from './asset.ts';

const USDT = '0xdac17f958d2ee523a2206206994597c13d831ec7';

describe('assets', () => {
  test('native coins have the coin type that SLIP-0044 registers', () => {
    expect(nativeAsset(ETHEREUM)).toBe('eip155:1/slip44:60');
    expect(nativeAsset(BITCOIN)).toBe('bip122:000000000019d6689c085ae165831e93/slip44:0');
    expect(nativeAsset(TRON)).toBe('tron:0x2b6653dc/slip44:195');
    expect(() => nativeAsset('eip155:999999')).toThrow(/not known/);
  });

  test('every way of writing one asset leads to the same id', () => {
    for (const text of [
      `eip155:1/erc20:${USDT}`,
      `eth/erc20:${USDT}`,
      `erc20:${USDT}`,
      USDT,
      '0xdAC17F958D2ee523a2206206994597C13D831ec7',
      ` ${USDT} `,
    ]) {
      expect(parseAsset(text)).toBe(`eip155:1/erc20:${USDT}`);
    }
    for (const text of ['eth', 'ETH', 'slip44:60', 'eth/slip44:60', 'eip155:1/slip44:60']) {
      expect(parseAsset(text)).toBe('eip155:1/slip44:60');
    }
    expect(parseAsset('trx')).toBe(nativeAsset(TRON));
    expect(parseAsset('tron/trc20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t')).toBe(
      'tron:0x2b6653dc/trc20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t',
    );
  });

  test('the default chain is where the text names none', () => {
    expect(parseAsset(USDT, 'eip155:137')).toBe(`eip155:137/erc20:${USDT}`);
    expect(parseAsset('eth', 'eip155:137')).toBe('eip155:1/slip44:60');
    expect(parseAsset('eip155:999999/slip44:123')).toBe('eip155:999999/slip44:123');
    expect(erc20('eip155:137', USDT.toUpperCase().replace('0X', '0x'))).toBe(`eip155:137/erc20:${USDT}`);
    expect(assetChain(`eip155:137/erc20:${USDT}`)).toBe('eip155:137');
  });

  test.each([
    ['USDT', 'not CAIP-19'],
    ['eip155:1/slip44:0', 'slip44:60'],
    ['eip155:1/slip44:x', 'not a number'],
    ['eip155:1/erc721:0x1', "unknown kind of asset 'erc721'"],
    ['eip155:1/erc20:0xdAC17F958D2ee523a2206206994597C13D831ec8', 'wrong checksum'],
    [`${BITCOIN}/erc20:${USDT}`, 'no ERC-20 tokens'],
    [`doge/erc20:${USDT}`, 'unknown chain'],
    ['', 'not CAIP-19'],
    [`eip155:1/erc20:${USDT}:1`, 'not CAIP-19'],
  ])('refuses %j: %s', (text, reason) => {
    expect(() => parseAsset(text)).toThrow(reason);
  });
});
