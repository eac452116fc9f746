import { describe, expect, it } from 'vitest';
import type { EvmEvidence } from '../../ledger/index.ts';
import type { Account } from '../../units/index.ts';
import { paidIn } from './payments.ts';

const account = (digit: string): Account => `eip155:1:0x${digit.repeat(40)}`;
const [USER, ROUTER, OTHER, PAYEE, VENUE, TOKEN] = [...'123456'].map(account) as [
  Account,
  Account,
  Account,
  Account,
  Account,
  Account,
];
const ZERO = account('0');
const TRANSFER = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';
const wordOf = (each: Account): string => `0x${'0'.repeat(24)}${each.slice(-40)}`;

/** Who paid the venue 1,000 in a transaction with these transfers of 1,000. */
function payerOf(...moves: readonly (readonly [from: Account, to: Account])[]): Account | null {
  const evidence: EvmEvidence = {
    ...{ kind: 'evm', chain: 'eip155:1', tx: `0x${'ab'.repeat(32)}`, blockNumber: 1, blockTime: 1, txIndex: 0 },
    ...{ from: USER, to: ROUTER, value: 0n, input: '0x', succeeded: true, frames: null },
    logs: moves.map(([from, to], logIndex) => ({
      ...{ logIndex, address: TOKEN, topics: [TRANSFER, wordOf(from), wordOf(to)] },
      data: `0x${(1_000).toString(16).padStart(64, '0')}`,
    })),
  };
  return paidIn(evidence, VENUE, TOKEN.slice(-42), 1_000n).account;
}

describe('who paid a venue', () => {
  it('is who paid it directly, whatever else moved', () => {
    expect(payerOf([OTHER, PAYEE], [USER, VENUE])).toBe(USER);
    expect(payerOf([USER, ROUTER], [ROUTER, VENUE])).toBe(ROUTER);
  });
  it('is where the one line of transfers begins, where the venue passes on or destroys what it takes', () => {
    expect(payerOf([USER, ROUTER], [ROUTER, ZERO])).toBe(USER);
    expect(payerOf([USER, ZERO])).toBe(USER);
  });
  it('is not told where several may have: a stranger who moved as much is not charged', () => {
    expect(payerOf([OTHER, PAYEE], [USER, ZERO])).toBeNull();
    expect(payerOf([OTHER, VENUE], [USER, VENUE])).toBeNull();
  });
  it('is the sender where the token left no trace', () => {
    expect(payerOf()).toBe(USER);
  });
});
