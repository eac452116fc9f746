import { describe, expect, it } from 'vitest';
import type { EvmEvidence } from '../../ledger/index.ts';
import { eventTopic } from './abi.ts';
import { harmony } from './harmony.ts';

const MANAGER = 'eip155:1:0x2dccdb493827e15a5dc8f8b72147e6c4a5620857';
const SENDER = 'eip155:1:0x1111111111111111111111111111111111111111';
const word = (digits: string): string => digits.replace('0x', '').padStart(64, '0');

/** No transaction of this bridge was recorded: these are made up in the events' published layout. */
function evidence(topics: readonly string[], data: string, address: `eip155:1:${string}` = MANAGER): EvmEvidence {
  const logs = [{ logIndex: 2, address, topics, data }];
  const tx = `0x${'cd'.repeat(32)}`;
  const place = {
    blockNumber: 1,
    blockTime: 1,
    txIndex: 0,
    from: SENDER,
    to: address,
    value: 0n,
    input: '0x',
  } as const;
  return { kind: 'evm', chain: 'eip155:1', tx, ...place, succeeded: true, logs, frames: null };
}

const token = `0x${'3'.repeat(40)}`;
const payee = `0x${'4'.repeat(40)}`;
const receipt = `0x${'5'.repeat(64)}`;

describe('Harmony bridge', () => {
  it('reads a release by its receipt number, and says that this is untested', () => {
    const topic = eventTopic('Unlocked(address,uint256,address,bytes32)');
    const data = `0x${word(token)}${word('9')}${word(payee)}${word(receipt)}`;
    const [leg] = harmony.decode(evidence([topic], data));
    expect(leg).toMatchObject({
      side: 'out',
      key: receipt,
      amount: 9n,
      account: `eip155:1:${payee}`,
      asset: `eip155:1/erc20:${token}`,
    });
    expect(leg?.notes.join()).toContain('no transaction of this bridge');
    expect(harmony.decode(evidence([topic], data, SENDER))).toEqual([]);
    expect(harmony.decode(evidence([topic], data.slice(0, 200)))).toEqual([]);
  });

  it('reads a deposit without a key', () => {
    const topic = eventTopic('Locked(address,address,uint256,address)');
    const data = `0x${word('7')}${word(payee)}`;
    expect(harmony.decode(evidence([topic, `0x${word('0')}`, `0x${word(SENDER.slice(9))}`], data))).toMatchObject([
      {
        side: 'in',
        key: null,
        amount: 7n,
        account: SENDER,
        asset: 'eip155:1/slip44:60',
        destination: { chain: 'harmony', account: payee },
      },
    ]);
  });
});
