import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ANY_EVM, looksLikeAddress, readAddress } from './address-form.ts';

const LAZARUS = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96';

const listed = (code: string): string[] =>
  readFileSync(new URL(`../../../data/lists/ofac/sanctioned_addresses_${code}.txt`, import.meta.url), 'utf8')
    .trim()
    .split('\n');

describe('the form of an address', () => {
  test.each([
    LAZARUS,
    LAZARUS.toLowerCase(),
    LAZARUS.toUpperCase(),
    LAZARUS.slice(2),
    ` ${LAZARUS} `,
    `eth:${LAZARUS}`,
    `eip155:1:${LAZARUS}`,
    LAZARUS.replace('aa', 'AA'),
  ])('%s is one address of every Ethereum-like chain', (text) => {
    const { canonical, chains, account } = readAddress(text);
    expect({ canonical, chains, account }).toEqual({
      canonical: LAZARUS.toLowerCase(),
      chains: [ANY_EVM],
      account: `eip155:1:${LAZARUS.toLowerCase()}`,
    });
  });

  test('a letter case that is no checksum is said, and does not hide the address', () => {
    expect(readAddress(LAZARUS).notes).toEqual([]);
    expect(readAddress(LAZARUS.replace('Aa', 'AA')).notes).toEqual([expect.stringContaining('EIP-55')]);
  });

  test('every address OFAC publishes under four codes has a form known here', () => {
    for (const code of ['ETH', 'TRX', 'USDT', 'XBT']) {
      expect(listed(code).filter((address) => readAddress(address).chains.length === 0)).toEqual([]);
    }
  });

  test.each([
    ['0x098b716b8aaf21512996dc57eb0615e2383e2f9', '39'],
    ['1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb', 'checksum fails'],
    ['bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdr', 'checksum fails'],
    ['x'.repeat(10_000), 'too long'],
  ])('%s is none, with the reason', (text, reason) => {
    const form = readAddress(text);
    expect(form.chains).toEqual([]);
    expect(form.account).toBeNull();
    expect(form.notes.join()).toContain(reason);
  });

  test('a chain that no address of the form exists on is said', () => {
    expect(readAddress(`btc:${LAZARUS}`).notes.join()).toContain('no address of this form exists on btc');
    expect(readAddress(`eip155:56:${LAZARUS}`).account).toBe(`eip155:56:${LAZARUS.toLowerCase()}`);
  });

  test('a prefix that names no chain known here is said, and no more than that', () => {
    const { canonical, notes } = readAddress(`bsc:${LAZARUS}`);
    expect(canonical).toBe(LAZARUS.toLowerCase());
    expect(notes).toEqual(['bsc is the name of no chain known here; compared without it']);
    expect(readAddress(`ethereum:${LAZARUS}`).notes).toEqual([]);
  });

  test('what comes along in copying, unseen, does not hide an address', () => {
    for (const text of [`\u200e${LAZARUS}`, `${LAZARUS}\u200b`, LAZARUS.replace('0x', '０x')]) {
      const { canonical, notes } = readAddress(text);
      expect(canonical).toBe(LAZARUS.toLowerCase());
      expect(notes).toEqual([expect.stringContaining('invisible')]);
    }
  });

  test.each([
    `https://etherscan.io/address/${LAZARUS}`,
    `${LAZARUS},`,
    `ethereum:${LAZARUS}@1?value=1`,
    `${LAZARUS.slice(0, 14)} ${LAZARUS.slice(14)}`,
    'bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa?amount=1',
    '1A1zP1eP5QGefi2DMPTf TL5SLmv7DivfNa',
    'btc:bc1qxyz',
    'vitalik.eth',
    `Kim Jong Un ${LAZARUS}`,
  ])('%s is meant as an address, and is none as it stands', (text) => {
    expect(looksLikeAddress(text)).toBe(true);
    expect(readAddress(text)).toMatchObject({ chains: [], account: null, notes: [expect.any(String)] });
  });

  test('names are not taken for addresses, broken addresses are', () => {
    expect(
      ['KIM, Jong Un', 'Bin Laden', 'Tornado', 'ООО Ромашка', 'AEROCARIBBEAN', 'Bashiruddinmahmood1'].filter(
        looksLikeAddress,
      ),
    ).toEqual([]);
    expect(looksLikeAddress('constructor:Ltd')).toBe(false);
    expect(readAddress(`constructor:${LAZARUS}`).notes).toEqual([
      'constructor is the name of no chain known here; compared without it',
    ]);
    expect(looksLikeAddress('0x098b716b')).toBe(true);
    expect(looksLikeAddress('1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb')).toBe(true);
  });
});
