import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import type { EventLog, EvmEvidence } from '../../ledger/index.ts';
import { type Leg, legKey } from './leg.ts';
import { multichain } from './multichain.ts';

type Row = {
  readonly token: string;
  readonly from: string;
  readonly to: string;
  readonly amount: string;
  readonly toChainID: string;
};
const expected = expectedOf('multichain') as Record<string, { transactionHash: string; legs: readonly [Row] }>;
const only = (file: string) => fixtureEvidence('multichain', file)[0] as EvmEvidence;
const account = (address: string): string => `eip155:1:${address.toLowerCase()}`;

describe('Multichain', () => {
  it('decodes the 2 deposits expected, field by field', () => {
    const files = Object.entries(expected);
    for (const [file, { transactionHash, legs }] of files) {
      const [row] = legs;
      expect({ file, legs: multichain.decode(only(file)) }).toMatchObject({
        file,
        legs: [
          {
            side: 'in',
            kind: 'transfer',
            key: transactionHash,
            venue: account(row.token),
            account: account(row.from),
            amount: BigInt(row.amount),
            destination: { chain: `eip155:${row.toChainID}`, account: row.to.toLowerCase() },
            notes: [],
          },
        ],
      });
    }
    expect(files).toHaveLength(2);
  });

  it('names the token that moved: USDT, in the first', () => {
    expect(multichain.decode(only('anyswapout_v4.json'))[0]?.asset).toBe(
      'eip155:1/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7',
    );
  });

  // The event's layout is as published; the payout itself is made up, for a real deposit.
  it('finds the deposit that a payout’s event names, and nothing in another contract’s event', () => {
    const deposit = only('anyswapout_v4.json');
    const log = deposit.logs?.at(-1) as EventLog;
    const swapIn = '0xaac9ce45fe3adf5143598c4f18a369591a20a3384aedaf1b525d29127e1fcd55';
    const paid = { ...log, topics: [swapIn, deposit.tx, log.topics[1] ?? '', log.topics[3] ?? ''] };
    const payout: EvmEvidence = { ...deposit, tx: `0x${'ab'.repeat(32)}`, logs: [paid] };
    const [inbound, outbound] = [multichain.decode(deposit)[0] as Leg, multichain.decode(payout)[0] as Leg];
    expect(outbound).toMatchObject({ side: 'out', amount: 10477000000n });
    expect(legKey(outbound)).toBe(legKey(inbound));
    const alike = { ...paid, address: account(`0x${'1'.repeat(40)}`) as EventLog['address'] };
    expect(multichain.decode({ ...payout, logs: [alike] })).toEqual([]);
    expect(multichain.decode({ ...payout, logs: [{ ...paid, data: '0x' }] })).toEqual([]);
  });
});
