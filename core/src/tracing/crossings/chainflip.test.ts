import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import type { EvmEvidence } from '../../ledger/index.ts';
import { argumentsOf, bytesAt } from './abi.ts';
import { chainflip } from './chainflip.ts';
import { readChainflipParameters } from './chainflip-parameters.ts';

const VAULT = 'eip155:1:0xf5e10380213880111522dd0efd3dbb45b9f62bcc';

type Row = {
  readonly hash: string;
  readonly fn: string;
  readonly fetch?: readonly { readonly fetchContract: string; readonly token: string }[];
  readonly transfers?: readonly { readonly token: string; readonly recipient: string; readonly amount: string }[];
  readonly dstAddress?: string;
  readonly srcToken?: string;
  readonly amount?: string;
  readonly cfParameters?: Record<string, unknown>;
};

const { transactions } = expectedOf('chainflip')['calldata_vault.json'] as { transactions: readonly Row[] };
const evidence = fixtureEvidence('chainflip', 'calldata_vault.json') as readonly EvmEvidence[];
const recordOf = (hash: string) => evidence.find(({ tx }) => tx === hash) as EvmEvidence;
const swapRow = transactions.find(({ fn }) => fn === 'xSwapToken') as Row;

const account = (address: string): string => `eip155:1:${address.toLowerCase()}`;
function assetOf(token: string): string {
  const isCoin = /^0xe{40}$/i.test(token);
  return isCoin ? 'eip155:1/slip44:60' : `eip155:1/erc20:${token.toLowerCase()}`;
}

describe('Chainflip', () => {
  it('decodes the 6 batches expected: 3 sweeps and 3 payouts, none with a key', () => {
    let [sweeps, payouts] = [0, 0];
    for (const row of transactions.filter(({ fn }) => fn === 'allBatch')) {
      const legs = chainflip.decode(recordOf(row.hash));
      expect({ tx: row.hash, legs }).toMatchObject({
        tx: row.hash,
        legs: [
          ...(row.fetch ?? []).map(({ fetchContract, token }) => ({
            side: 'in',
            kind: 'internal',
            key: null,
            account: account(fetchContract),
            venue: VAULT,
            asset: assetOf(token),
            amount: null,
          })),
          ...(row.transfers ?? []).map(({ recipient, token, amount }) => ({
            side: 'out',
            kind: 'swap',
            key: null,
            account: account(recipient),
            venue: VAULT,
            asset: assetOf(token),
            amount: BigInt(amount),
          })),
        ],
      });
      sweeps += row.fetch?.length ?? 0;
      payouts += row.transfers?.length ?? 0;
    }
    expect([sweeps, payouts]).toEqual([3, 3]);
  });

  it('decodes the 1 swap expected, with its parameters', () => {
    const record = recordOf(swapRow.hash);
    expect(chainflip.decode(record)).toMatchObject([
      {
        side: 'in',
        kind: 'swap',
        key: null,
        asset: assetOf(swapRow.srcToken ?? ''),
        amount: BigInt(swapRow.amount ?? 0),
        venue: VAULT,
        destination: { chain: 'eip155:1', account: swapRow.dstAddress, asset: 'USDT', amount: null },
      },
    ]);
    const { leftover, dca, retryDuration, minPriceX128, ...rest } = swapRow.cfParameters ?? {};
    expect([leftover, dca]).toEqual(['0x', null]);
    expect(readChainflipParameters(parametersOf(record))).toEqual({
      ...rest,
      retryDuration: Number(retryDuration),
      minPriceX128: BigInt(minPriceX128 as string),
    });
  });

  it('reads no parameters that are cut short, too long, or have an option of unknown layout', () => {
    const data = parametersOf(recordOf(swapRow.hash));
    for (const bad of ['0x', data.slice(0, -2), `${data}00`, data.replace('000132000000e08a', '010132000000e08a')]) {
      expect(readChainflipParameters(bad)).toBeNull();
    }
  });

  it('reads the same swap from the vault’s event, and nothing from another contract’s', () => {
    const record = recordOf(swapRow.hash);
    const sender = `0x${(record.from ?? '').slice('eip155:1:0x'.length).padStart(64, '0')}`;
    const topics = ['0x834b524d9f8ccbd31b00b671c896697b96eb4398c0f56e9386a21f5df61e3ce3', sender];
    const log = { logIndex: 7, address: VAULT, topics, data: argumentsOf(record.input ?? '') ?? '' } as const;
    const [called] = chainflip.decode(record);
    const emitted = chainflip.decode({ ...record, succeeded: true, logs: [log] });
    expect(emitted).toMatchObject([
      { ...called, place: { kind: 'log', logIndex: 7 }, notes: [expect.stringContaining('returned to')] },
    ]);
    const alike = 'eip155:1:0x79001a5e762f3befc8e5871b42f6734e00498920';
    expect(chainflip.decode({ ...record, to: alike, succeeded: true, logs: [{ ...log, address: alike }] })).toEqual([]);
    expect(chainflip.decode({ ...record, succeeded: false })).toEqual([]);
  });

  it('makes no payout of one that the vault reports as failed', () => {
    const row = transactions.find(({ transfers }) => transfers?.length === 1) as Row;
    const [transfer] = row.transfers ?? [];
    const payee = `0x${transfer?.recipient.slice(2).toLowerCase().padStart(64, '0')}`;
    const topics = ['0x2c024f929e1e2dec521388b8607f880d3bb3165478e3c80b1a4c280e0130d981', payee];
    const data = `0x${BigInt(transfer?.amount ?? 0)
      .toString(16)
      .padStart(64, '0')}`;
    const logs = [{ logIndex: 1, address: VAULT, topics, data }] as const;
    expect(chainflip.decode({ ...recordOf(row.hash), succeeded: true, logs })).toMatchObject([
      { kind: 'other', amount: null },
    ]);
  });
});

function parametersOf(record: EvmEvidence): string {
  return bytesAt(argumentsOf(record.input ?? '') ?? '', 5) ?? '';
}
