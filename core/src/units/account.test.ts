import { base58, bech32, bech32m } from '@scure/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  accountAddress,
  accountChain,
  BITCOIN,
  canonicalAccount,
  ETHEREUM,
  formatAccount,
  parseAccount,
  parseChain,
  TRON,
  zeroAccount,
} from './account.ts';

/** The message a call fails with; fails the test where it does not fail. */
function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    expect(error).toMatchObject({ name: 'CairnError', code: 'invalid-input' });
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

const EIP55_VECTORS = [
  '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
  '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
  '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
  '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb',
];
const EIP55_ONE_CASE = [
  '0x52908400098527886E0F7030069857D2E4169EE7',
  '0x8617E340B3D01FA5F11F306F4090FD50E238070D',
  '0xde709f2102306220921060314715629080e2fb77',
  '0x27b1fdb04752bbc536007a920d24acb045561c26',
];

describe('EVM addresses', () => {
  test.each([...EIP55_VECTORS, ...EIP55_ONE_CASE])('accepts the EIP-55 vector %s', (address) => {
    expect(parseAccount(address)).toBe(`eip155:1:${address.toLowerCase()}`);
  });

  test.each(EIP55_VECTORS)('refuses %s with the case of one letter changed', (address) => {
    const letter = address.slice(2).search(/[a-fA-F]/) + 2;
    const digit = address.charAt(letter);
    const flipped = digit === digit.toLowerCase() ? digit.toUpperCase() : digit.toLowerCase();
    const wrong = address.slice(0, letter) + flipped + address.slice(letter + 1);
    expect(messageOf(() => parseAccount(wrong))).toContain('wrong checksum (EIP-55)');
  });

  test('says which part is wrong', () => {
    expect(messageOf(() => parseAccount('0x47666fab8bd0ac7003bce3f5c3585383f09486e'))).toContain('wrong length: 39');
    expect(messageOf(() => parseAccount('0x47666fab8bd0ac7003bce3f5c3585383f09486e22'))).toContain('wrong length: 41');
    expect(messageOf(() => parseAccount('0x47666fab8bd0ac7003bce3f5c3585383f09486eg'))).toContain('not hexadecimal');
    expect(messageOf(() => canonicalAccount(ETHEREUM, '47666fab8bd0ac7003bce3f5c3585383f09486e2'))).toContain(
      'unknown prefix',
    );
    expect(messageOf(() => canonicalAccount(ETHEREUM, ''))).toContain('unknown prefix');
  });

  test('law: every lower-case address of 20 bytes is its own canonical form', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (bytes) => {
        const address = `0x${Buffer.from(bytes).toString('hex')}`;
        expect(canonicalAccount(ETHEREUM, address)).toBe(`${ETHEREUM}:${address}`);
      }),
    );
  });
});

const PROGRAM_20 = '751e76e8199196d454941c45d1b3a323f1433bd6';
const SEGWIT_VALID = [
  'BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4',
  'bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y',
  'BC1SW50QGDZ25J',
  'bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs',
  'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0',
];
const SEGWIT_INVALID = [
  ['tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut', 'not Base58'],
  ['bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd', 'wrong checksum'],
  ['BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL', 'wrong checksum'],
  ['bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh', 'wrong checksum'],
  ['bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4', 'not Bech32'],
  ['BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R', 'unknown witness version'],
  ['bc1pw5dgrnzv', 'wrong length: 1 bytes'],
  ['bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav', 'wrong length: 41 bytes'],
  ['BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P', 'wrong length: 16 bytes'],
  ['bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf', 'wrong padding'],
  ['bc1gmk9yu', 'unknown witness version'],
  ['bc1qW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4', 'mixed case'],
  ['tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7', 'test network'],
] as const;

describe('Bitcoin addresses', () => {
  test.each(SEGWIT_VALID)('accepts %s of BIP-173 and BIP-350, in lower case', (address) => {
    expect(canonicalAccount(BITCOIN, address)).toBe(`${BITCOIN}:${address.toLowerCase()}`);
    expect(parseAccount(address)).toBe(`${BITCOIN}:${address.toLowerCase()}`);
  });

  test.each(SEGWIT_INVALID)('refuses %s: %s', (address, reason) => {
    expect(messageOf(() => canonicalAccount(BITCOIN, address))).toContain(reason);
  });

  test('the checksum must be the one of the witness version', () => {
    const words = bech32.toWords(Buffer.from(PROGRAM_20, 'hex'));
    const versionZeroAsBech32m = bech32m.encode('bc', [0, ...words]);
    const versionOneAsBech32 = bech32.encode('bc', [1, ...words]);
    expect(messageOf(() => parseAccount(versionZeroAsBech32m))).toContain('witness version 0 is written in Bech32');
    expect(messageOf(() => parseAccount(versionOneAsBech32))).toContain('witness version 1 is written in Bech32m');
  });

  test.each(['1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', '3P14159f73E4gFr7JterCCQh9QjiTjiZrG'])(
    'accepts %s as is',
    (address) => {
      expect(parseAccount(address)).toBe(`${BITCOIN}:${address}`);
      expect(parseAccount(`btc:${address}`)).toBe(`${BITCOIN}:${address}`);
    },
  );

  test('says which part of a Base58 address is wrong', () => {
    expect(messageOf(() => parseAccount('1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb'))).toContain(
      'wrong checksum (Base58Check)',
    );
    expect(messageOf(() => parseAccount('1A1zP1eP5QGefi2DMPTfTL5SLmv7Divf'))).toContain('wrong length');
    expect(messageOf(() => parseAccount('1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfN0'))).toContain('not Base58');
    expect(messageOf(() => parseAccount('btc:mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn'))).toContain('test network');
    expect(messageOf(() => parseAccount('btc:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t'))).toContain('unknown prefix');
    expect(messageOf(() => canonicalAccount(BITCOIN, '1'.repeat(1_000_000)))).toContain('wrong length');
  });
});

describe('Tron addresses', () => {
  test.each(['TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t', 'TAYhjpL8pPs8T84FSM329nffQpc6jD8GBM'])(
    'accepts %s as is',
    (address) => {
      expect(parseAccount(address)).toBe(`${TRON}:${address}`);
      expect(parseAccount(`tron:${address}`)).toBe(`${TRON}:${address}`);
      expect(parseAccount(`${TRON}:${address}`)).toBe(`${TRON}:${address}`);
    },
  );

  test('says which part is wrong', () => {
    expect(messageOf(() => parseAccount('TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u'))).toContain(
      'wrong checksum (Base58Check)',
    );
    expect(messageOf(() => parseAccount('TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj'))).toContain('wrong length');
    expect(messageOf(() => parseAccount('tron:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'))).toContain('unknown prefix');
  });

  test('law: one changed character of a Base58Check address is refused', () => {
    const address = 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t';
    const alphabet = [
      ...base58.encode(new Uint8Array([0])),
      ...'23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz',
    ];
    fc.assert(
      fc.property(fc.nat(address.length - 1), fc.constantFrom(...alphabet), (place, character) => {
        fc.pre(address.charAt(place) !== character);
        const wrong = address.slice(0, place) + character + address.slice(place + 1);
        expect(() => canonicalAccount(TRON, wrong)).toThrow(/not an address/);
      }),
    );
  });
});

describe('accounts as people write them', () => {
  const address = '0x47666fab8bd0ac7003bce3f5c3585383f09486e2';

  test('CAIP-10, the short form, and a plain address are one account', () => {
    for (const text of [`eip155:1:${address}`, `eth:${address}`, address, ` ${address}\n`]) {
      expect(parseAccount(text)).toBe(`eip155:1:${address}`);
    }
  });

  test('a plain address belongs to the default chain, a chain written out stands', () => {
    expect(parseAccount(address, 'eip155:137')).toBe(`eip155:137:${address}`);
    expect(parseAccount(`eth:${address}`, 'eip155:137')).toBe(`eip155:1:${address}`);
    expect(parseAccount('TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t', ETHEREUM)).toMatch(/^tron:/);
    expect(messageOf(() => parseAccount(address, BITCOIN))).toContain('not an address');
  });

  test('the short form and the parts lead back', () => {
    const account = parseAccount(address);
    expect(formatAccount(account)).toBe(`eth:${address}`);
    expect(parseAccount(formatAccount(account))).toBe(account);
    expect(formatAccount(`eip155:137:${address}`)).toBe(`eip155:137:${address}`);
    expect(formatAccount(`${TRON}:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t`)).toBe('tron:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t');
    expect([accountChain(account), accountAddress(account)]).toEqual([ETHEREUM, address]);
    expect(zeroAccount(ETHEREUM)).toBe('eip155:1:0x0000000000000000000000000000000000000000');
  });

  test('a transaction and an output of a UTXO chain are accounts, written as people write them', () => {
    const tx = '4A5E1E4BAAB89F3A32518A88C31BC87F618F76673E2CC77AB2127B7AFDEDA33B';
    const output = parseAccount(`btc:${tx}:0`);
    expect(output).toBe(`${BITCOIN}:${tx.toLowerCase()}.0`);
    expect(formatAccount(output)).toBe(`btc:${tx.toLowerCase()}:0`);
    expect(parseAccount(formatAccount(output))).toBe(output);
    expect(parseAccount(output)).toBe(output);
    expect(parseAccount(`btc:${tx.toLowerCase()}`)).toBe(`${BITCOIN}:${tx.toLowerCase()}`);
    expect(messageOf(() => parseAccount(`eth:${tx}:0`))).toContain('unknown chain');
    expect(messageOf(() => parseAccount(`btc:${tx}:01`))).toContain('unknown chain');
  });

  test('names an unknown chain or prefix', () => {
    expect(messageOf(() => parseAccount(`doge:${address}`))).toBe("unknown chain 'doge'");
    expect(messageOf(() => parseAccount(`eip155:01:${address}`))).toBe("unknown chain 'eip155:01'");
    expect(messageOf(() => canonicalAccount('bip122:12a765e31ffd4059bada1e25190f6e98', 'L'))).toContain(
      'unknown chain',
    );
    expect(messageOf(() => parseAccount('vitalik.eth'))).toContain('unknown prefix');
    expect(messageOf(() => parseAccount('eip155:1:fee'))).toContain('unknown prefix');
    expect([parseChain('eth'), parseChain('btc'), parseChain('tron')]).toEqual([ETHEREUM, BITCOIN, TRON]);
  });
});
