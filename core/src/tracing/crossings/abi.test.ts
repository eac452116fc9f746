import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvmEvidence } from '../../ledger/index.ts';
import '../../../../test/fixed-seed.ts';
import {
  addressOf,
  argumentsOf,
  arrayAt,
  bytesAt,
  callsOf,
  contracts,
  count,
  eventTopic,
  int,
  keccak,
  logsOf,
  selectorOf,
  stringAt,
  tailAt,
  text,
  uint,
  word,
} from './abi.ts';

const ETH = 'eip155:1';
const pad = (digits: string): string => digits.padStart(64, '0');

/** The memo event's data of the router: amount 5, then the text 'abc', written out by the Solidity ABI's rules. */
const DATA = `0x${pad('5')}${pad('40')}${pad('3')}${'616263'.padEnd(64, '0')}`;

describe('reading ABI data', () => {
  it('reads words, text and arrays where the ABI puts them', () => {
    expect(uint(word(DATA, 0))).toBe(5n);
    expect(stringAt(DATA, 1)).toBe('abc');
    expect(bytesAt(DATA, 1)).toBe('0x616263');
    expect(int(`0x${'f'.repeat(64)}`)).toBe(-1n);
    const list = `0x${pad('20')}${pad('2')}${pad('7')}${pad('8')}`;
    const array = arrayAt(list, 0);
    expect(array?.length).toBe(2);
    expect(uint(word(array?.items ?? '0x', 1))).toBe(8n);
  });

  it('gives null past the end, for lengths and offsets that lead outside, and for what is no address', () => {
    expect(word(DATA, 4)).toBeNull();
    expect(word(DATA, -1)).toBeNull();
    expect(word(DATA.slice(0, 60), 0)).toBeNull();
    expect(bytesAt(`0x${'f'.repeat(64)}`, 0)).toBeNull();
    expect(stringAt(DATA.replace(`${pad('3')}6162`, `${pad('21')}6162`), 1)).toBeNull();
    expect(arrayAt(`0x${pad('20')}${pad('9')}${pad('7')}`, 0)).toBeNull();
    expect(count(`0x${'f'.repeat(64)}`)).toBeNull();
    expect(addressOf(ETH, `0x${pad('1'.repeat(41))}`)).toBeNull();
    expect(addressOf(ETH, `0x${pad('a'.repeat(40))}`)).toBe(`eip155:1:0x${'a'.repeat(40)}`);
    expect(text('0xff')).toBeNull();
    expect(selectorOf('0x123456')).toBeNull();
    expect(argumentsOf('0x12345678')).toBe('0x');
  });

  it('law: no data makes a reader throw', () => {
    const data = fc.oneof(
      fc.stringMatching(/^0x[0-9a-f]{0,400}$/),
      fc
        .array(fc.bigInt({ min: 0n, max: 512n }), { maxLength: 8 })
        .map((all) => `0x${all.map((n) => pad(n.toString(16))).join('')}`),
      fc.string(),
    );
    fc.assert(
      fc.property(data, fc.integer({ min: -2, max: 12 }), (bytes, index) => {
        for (const read of [word, bytesAt, stringAt, arrayAt, tailAt]) expect(() => read(bytes, index)).not.toThrow();
        expect(() => [keccak(bytes), selectorOf(bytes), argumentsOf(bytes), uint(bytes)]).not.toThrow();
      }),
    );
  });

  it('hashes as published: the ERC-20 Transfer event', () => {
    expect(eventTopic('Transfer(address,address,uint256)')).toBe(
      '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef',
    );
    expect(keccak('0x')).toBe('0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470');
  });
});

describe('finding events and calls', () => {
  const [mine, other] = [`eip155:1:0x${'1'.repeat(40)}`, `eip155:1:0x${'2'.repeat(40)}`] as const;
  const log = (logIndex: number, address: `eip155:1:${string}`) => ({
    logIndex,
    address,
    topics: ['0xaa'],
    data: '0x',
  });
  const evidence: EvmEvidence = {
    kind: 'evm',
    chain: ETH,
    tx: `0x${'0'.repeat(64)}`,
    blockNumber: 1,
    blockTime: 1,
    txIndex: 0,
    from: other,
    to: mine,
    value: 3n,
    input: '0x12345678',
    succeeded: true,
    logs: [log(4, mine), log(5, other)],
    frames: null,
  };

  it('takes only the named emitters, and nothing of a failed transaction', () => {
    expect(logsOf(evidence, '0xaa', contracts(ETH, `0x${'1'.repeat(40)}`)).map(({ logIndex }) => logIndex)).toEqual([
      4,
    ]);
    expect(logsOf(evidence, ['0xbb', '0xaa'], null)).toHaveLength(2);
    expect(logsOf({ ...evidence, succeeded: false }, '0xaa', null)).toEqual([]);
    expect(callsOf({ ...evidence, succeeded: false }, ['0x12345678'], null)).toEqual([]);
  });

  it('reads the top-level call where there is no trace', () => {
    expect(callsOf(evidence, ['0x12345678'], null)).toEqual([
      { path: [], from: other, to: mine, value: 3n, input: '0x12345678' },
    ]);
    expect(callsOf({ ...evidence, frames: [] }, ['0x12345678'], null)).toEqual([]);
  });
});
