import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Transfer } from '../ledger/index.ts';
import type { Account, Asset } from '../units/index.ts';
import { findLookAlikes } from './look-alikes.ts';

const ETHER = 'eip155:1/slip44:60';
const evm = (hex: string): Account => `eip155:1:0x${hex}`;
const [A, B, C] = [evm(`aaaa${'1'.repeat(32)}bbbb`), evm(`aaaa${'2'.repeat(32)}bbbb`), evm('c'.repeat(40))] as const;

function transfer(from: Account, to: Account, amount: bigint, asset: Asset = ETHER, tx = '0x1'): Transfer {
  const order = { chain: 'eip155:1', blockNumber: 1, txIndex: 0, position: 0, blockTime: 1 } as const;
  return { ...order, tx, from, to, asset, amount, kind: 'native', assigned: 'both', rounded: false };
}

describe('findLookAlikes', () => {
  test('names the one that moved less, with the sums and the account both dealt with', () => {
    const found = findLookAlikes([transfer(C, A, 100n), transfer(B, C, 0n, ETHER, '0x2')]);
    const [a, b] = [
      { account: A, moved: [{ asset: ETHER, received: 100n, sent: 0n }], transactions: ['0x1'] },
      { account: B, moved: [{ asset: ETHER, received: 0n, sent: 0n }], transactions: ['0x2'] },
    ];
    expect(found).toEqual([
      {
        chain: 'eip155:1',
        head: 'aaaa',
        tail: 'bbbb',
        lookAlike: b,
        resembled: a,
        parties: [a, b],
        sharedCounterparties: [C],
      },
    ]);
  });

  test('does not choose where the amounts do not say: equal, or more of one asset and less of another', () => {
    const other = 'eip155:1/erc20:0x6b175474e89094c44da98b954eedeac495271d0f';
    expect(findLookAlikes([transfer(C, A, 5n), transfer(C, B, 5n)])).toMatchObject([
      { lookAlike: null, resembled: null },
    ]);
    expect(findLookAlikes([transfer(C, A, 5n), transfer(C, B, 1n, other)])).toMatchObject([{ lookAlike: null }]);
  });

  test('leaves out burn addresses, fee sinks, other chains and accounts that differ in the digits people read', () => {
    const zero = evm('0'.repeat(40));
    const nearZero = evm(`0000${'1'.repeat(32)}0000`);
    const elsewhere: Account = `eip155:10:0xaaaa${'3'.repeat(32)}bbbb`;
    const fee: Account = 'eip155:1:fee';
    const near = evm(`aaaa${'4'.repeat(32)}bbbc`);
    expect(
      findLookAlikes([
        transfer(A, zero, 1n),
        transfer(A, nearZero, 1n),
        transfer(elsewhere, near, 1n),
        transfer(A, fee, 1n),
      ]),
    ).toEqual([]);
  });

  test('finds the one pair of the Bybit case: dust sent to the theft account from an account like the accomplice', () => {
    const [, ...lines] = readFileSync(new URL('../../../data/cases/bybit-2025/transfers.csv', import.meta.url), 'utf8')
      .trimEnd()
      .split('\n');
    const transfers = lines.map((line) => {
      const [, , , tx = '', from = '', to = '', asset = '', , , amount = ''] = line.split(',');
      return transfer(evm(from.slice(2)), evm(to.slice(2)), BigInt(amount), asset as Asset, tx);
    });
    const found = findLookAlikes(transfers);
    expect(found).toHaveLength(1);
    expect(found[0]?.lookAlike).toEqual({
      account: 'eip155:1:0xa4b24033f4c6d70133e4557c2c32a3fb693e449e',
      // Its three transfers in the file: 10000100000000, 15000000000000 and 13037554791768.
      moved: [
        { asset: 'eip155:1/erc20:0xae7ab96520de3a18e5e111b5eaab095312d7fe84', received: 0n, sent: 38037654791768n },
      ],
      transactions: expect.arrayContaining([expect.stringMatching(/^0xd82be751/)]),
    });
    expect(found[0]?.resembled?.account).toBe('eip155:1:0xa4b2fd68593b6f34e51cb9edb66e71c1b4ab449e');
    expect(found[0]?.sharedCounterparties).toEqual(['eip155:1:0x47666fab8bd0ac7003bce3f5c3585383f09486e2']);
  });
});
