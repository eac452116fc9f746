import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import type { EvmEvidence } from '../../ledger/index.ts';
import { ren } from './ren.ts';

const RENBTC = 'eip155:1/erc20:0xeb4c2781e4eba804ce9a9803c67d0893436bb27d';
const GATEWAY = 'eip155:1:0xe4b679400f0f267212d5d812b95f58c83243ee71';
const pad = (digits: string): string => digits.padStart(64, '0');

type Row = { readonly recipient: string; readonly amountSat: string; readonly nHash: string };
const [row] = (expectedOf('ren')['calldata_mint_adapter.json'] as { transactions: [Row] }).transactions;
const mint = fixtureEvidence('ren', 'calldata_mint_adapter.json')[0] as EvmEvidence;

/** A burn in the event's published layout; made up, since no burn was recorded. */
function burn(to: string, address = GATEWAY): EvmEvidence {
  const bytes = Buffer.from(to, 'latin1').toString('hex');
  const padded = bytes.padEnd(Math.ceil(bytes.length / 64) * 64, '0');
  const data = `0x${pad('40')}${pad((211841).toString(16))}${pad((bytes.length / 2).toString(16))}${padded}`;
  const topics = ['0x1619fc95050ffb8c94c9077c82b3e1ebbf8d571b6234241c55ba0aaf40da019e', `0x${pad('1')}`];
  const log = { logIndex: 3, address: address as `eip155:1:${string}`, topics, data };
  return { ...mint, succeeded: true, logs: [log] };
}

describe('Ren', () => {
  it('decodes the 1 mint expected, without a key', () => {
    const legs = ren.decode(mint);
    expect(legs).toMatchObject([
      {
        side: 'out',
        kind: 'transfer',
        key: null,
        asset: RENBTC,
        amount: BigInt(row.amountSat),
        account: `eip155:1:${row.recipient.toLowerCase()}`,
      },
    ]);
    expect(legs[0]?.notes.join()).toContain(row.nHash);
  });

  it('reads where a burn sends the bitcoin, and proves no link', () => {
    expect(ren.decode(burn('bc1qhw7en4uxd8mtqdthgnv094x00gtk8vgajjw6x7'))).toMatchObject([
      {
        side: 'in',
        key: null,
        amount: 211841n,
        destination: {
          chain: 'bip122:000000000019d6689c085ae165831e93',
          account: 'bc1qhw7en4uxd8mtqdthgnv094x00gtk8vgajjw6x7',
        },
      },
    ]);
  });

  it('writes the address in its usual form', () => {
    const [leg] = ren.decode(burn('BC1QHW7EN4UXD8MTQDTHGNV094X00GTK8VGAJJW6X7'));
    expect(leg?.destination?.account).toBe('bc1qhw7en4uxd8mtqdthgnv094x00gtk8vgajjw6x7');
  });

  it('says where the payee is no address; makes nothing of bytes that are no text, or of another contract', () => {
    const [odd] = ren.decode(burn('bc1qhw7en4uxd8mtqdthgnv094x00gtk8vgajjw6x8'));
    expect(odd?.notes.join()).toContain('no Bitcoin address');
    expect(ren.decode(burn('\u00ff\u00fe'))).toEqual([]);
    expect(ren.decode(burn('1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2', `eip155:1:0x${'2'.repeat(40)}`))).toEqual([]);
  });
});
