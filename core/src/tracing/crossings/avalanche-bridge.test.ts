import { secp256k1 } from '@noble/curves/secp256k1.js';
import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence, readFixture } from '../../../../test/crossings-fixtures.ts';
import type { EvmEvidence } from '../../ledger/index.ts';
import { keccak } from './abi.ts';
import { avalancheBridge } from './avalanche-bridge.ts';
import { accountsOfKey } from './key-address.ts';
import { legKey } from './leg.ts';

type Row = {
  readonly hash?: string;
  readonly leg: string;
  readonly token: string;
  readonly from: string;
  readonly to: string;
  readonly amount: string;
  readonly key: string | null;
};
type FileOf = {
  readonly transactionHash?: string;
  readonly transactions?: readonly Row[];
  readonly legs?: readonly Row[];
};

const expected = expectedOf('avalanche_bridge') as Record<string, FileOf>;
const account = (address: string): string => `eip155:1:${address.toLowerCase()}`;

function wanted(row: Row): Record<string, unknown> {
  const isIn = row.leg === 'source';
  return {
    side: isIn ? 'in' : 'out',
    kind: 'transfer',
    key: row.key,
    asset: `eip155:1/erc20:${row.token.toLowerCase()}`,
    amount: BigInt(row.amount),
    account: account(isIn ? row.from : row.to),
    venue: account(isIn ? row.to : row.from),
  };
}

function only(file: string, hash: string | undefined): EvmEvidence {
  return fixtureEvidence('avalanche_bridge', file).find(({ tx }) => hash === undefined || tx === hash) as EvmEvidence;
}

describe('Avalanche bridge', () => {
  it('decodes the 14 calls and 9 receipts expected, field by field', () => {
    let [calls, receipts] = [0, 0];
    for (const [file, { transactions, legs }] of Object.entries(expected)) {
      for (const row of transactions ?? []) {
        expect({ row, legs: avalancheBridge.decode(only(file, row.hash)) }).toMatchObject({ legs: [wanted(row)] });
        calls += 1;
      }
      for (const row of legs ?? []) {
        expect({ file, legs: avalancheBridge.decode(only(file, undefined)) }).toMatchObject({
          file,
          legs: [wanted(row)],
        });
        receipts += 1;
      }
    }
    expect([calls, receipts]).toEqual([14, 9]);
  });

  it('takes no release from an event that names the bridge’s account in somebody else’s transaction', () => {
    const release = only('release_new_eoa_usdc.json', undefined);
    expect(avalancheBridge.decode(release)).toHaveLength(1);
    expect(avalancheBridge.decode({ ...release, from: 'eip155:1:0x1111111111111111111111111111111111111111' })).toEqual(
      [],
    );
    expect(avalancheBridge.decode({ ...release, succeeded: false })).toEqual([]);
  });

  // The event's layout is as published; the issue itself is made up, for a real deposit.
  describe('an issue on Avalanche', () => {
    const deposit = only('deposit_old_eoa_weth.json', undefined);
    const word = (digits: string): string => digits.replace('0x', '').padStart(64, '0');
    const mint = (address: string, from: string): EvmEvidence => ({
      ...deposit,
      chain: 'eip155:43114',
      tx: `0x${'ab'.repeat(32)}`,
      from: `eip155:43114:${from}`,
      to: `eip155:43114:${address}`,
      frames: null,
      logs: [
        {
          logIndex: 1,
          address: `eip155:43114:${address}`,
          topics: ['0x918d77674bb88eaf75afb307c9723ea6037706de68d6fc07dd0c6cba423a5250'],
          data: `0x${word('0x11'.repeat(1))}${word('9')}${word('0x22')}${word('1')}${word(deposit.tx)}`,
        },
      ],
    });
    const minter = '0xeb1bb70123b2f43419d070d7fde5618971cc2f8f';
    const wethE = '0x49d5c2bdffac6ce2bfdb6640f4f80f226bc10bab';
    const other = '0x3333333333333333333333333333333333333333';

    it('has the key of the deposit it names', () => {
      const [inbound] = avalancheBridge.decode(deposit);
      const [outbound] = avalancheBridge.decode(mint(wethE, other));
      expect(outbound).toMatchObject({ side: 'out', amount: 9n, key: deposit.tx });
      expect(inbound && legKey(inbound)).toBe(outbound && legKey(outbound));
      expect(avalancheBridge.decode(mint(other, minter))).toHaveLength(1);
    });

    it('is none where another contract says the same without the minter', () => {
      expect(avalancheBridge.decode(mint(other, other))).toEqual([]);
    });
  });

  it('derives the Bitcoin address of the same key: from the public key that a real signature reveals', () => {
    const stated = expected['btc_same_key_derivation.json'] as unknown as Record<string, string>;
    const { transaction } = readFixture('avalanche_bridge', 'btc_same_key_derivation.json') as {
      transaction: Record<string, string | number>;
    };
    const key = recoveredKey(transaction);
    const accounts = accountsOfKey(key);
    expect(key).toBe(stated['compressedPublicKey']);
    expect(accounts?.evm).toBe(String(transaction['from']).toLowerCase());
    expect(accounts?.evm).toBe(stated['recoveredAddress']?.toLowerCase());
    expect(accounts?.bitcoin).toBe(`bip122:000000000019d6689c085ae165831e93:${stated['p2wpkh']}`);
    expect(accountsOfKey('02'.padEnd(66, 'f'))).toBeNull();
    expect(accountsOfKey('hello')).toBeNull();
  });
});

/** RLP of a list of byte strings (Ethereum's yellow paper, appendix B). */
function rlp(items: readonly (string | readonly never[])[]): string {
  const body = items.map((item) => (typeof item === 'string' ? rlpBytes(item) : 'c0')).join('');
  return rlpHead(0xc0, body.length / 2) + body;
}

function rlpBytes(hex: string): string {
  const single = hex.length === 2 && Number.parseInt(hex, 16) < 0x80;
  return single ? hex : rlpHead(0x80, hex.length / 2) + hex;
}

function rlpHead(base: number, length: number): string {
  if (length < 56) return (base + length).toString(16).padStart(2, '0');
  const size = even(length.toString(16));
  return (base + 55 + size.length / 2).toString(16) + size;
}

const even = (hex: string): string => (hex.length % 2 === 0 ? hex : `0${hex}`);
const whole = (value: string | number | undefined): string =>
  BigInt(value ?? 0) === 0n ? '' : even(BigInt(value ?? 0).toString(16));

/** Who signed an EIP-1559 transaction: the key that its signature over the transaction's hash reveals. */
function recoveredKey(t: Record<string, string | number>): string {
  const bare = (name: string): string => String(t[name]).replace('0x', '').toLowerCase();
  const fields = ['chainId', 'nonce', 'maxPriorityFeePerGas', 'maxFeePerGas', 'gas'].map((name) => whole(t[name]));
  const unsigned = `02${rlp([...fields, bare('to'), whole(t['value']), bare('input'), []])}`;
  const hash = keccak(unsigned) ?? '';
  const digits = (name: string): string => bare(name).padStart(64, '0');
  const signature = secp256k1.Signature.fromHex(`${digits('r')}${digits('s')}`).addRecoveryBit(Number(t['v']));
  return signature.recoverPublicKey(Buffer.from(hash.slice(2), 'hex')).toHex(true);
}
