import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import type { EvmEvidence } from '../../ledger/index.ts';
import type { Leg } from './leg.ts';
import { explainPair, thorchain } from './thorchain.ts';
import { inLeg } from './thorchain-legs.ts';
import { isSwapMemo, parseMemo } from './thorchain-memo.ts';
import { type MidgardAction, readMidgardActions } from './thorchain-midgard.ts';

const FOLDER = new URL('../../../../test/data/crossings/', import.meta.url);

function load(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8'));
}

type Link = {
  readonly type: string;
  readonly in: readonly string[];
  readonly out: readonly { readonly txID: string; readonly to: string; readonly coins: readonly unknown[] }[];
  readonly memo: string | null;
};

/** Ours in the words of the expectations. */
function linkOf(action: MidgardAction): Link {
  return {
    type: action.type,
    in: action.in.map(({ tx }) => tx ?? ''),
    out: action.out.map(({ tx, address, coins }) => ({
      txID: tx ?? '',
      to: address,
      coins: coins.map(({ asset, amount }) => ({ amount: amount.toString(), asset })),
    })),
    memo: action.memo,
  };
}

describe('Midgard answers', () => {
  it.each([
    ['thorchain', 'midgard_refunds.json', 50],
    ['thorchain', 'midgard_refund_multi.json', 11],
    ['thorchain', 'midgard_actions_trade_synth.json', 4],
    ['thorchain', 'midgard_avax_in.json', 1],
    ['thorchain', 'midgard_synth_synth.json', 1],
    ['maya', 'midgard_actions_a.json', 4],
  ])('%s/%s: all %i actions read as expected', (folder, file, count) => {
    const actions = readMidgardActions(load(`${folder}/${file}`));
    const { links } = expectedOf(folder)[file] as { links: Link[] };
    expect(actions).toHaveLength(count);
    expect(links).toHaveLength(count);
    actions.forEach((action, i) => {
      const { in: ins, out, type, memo } = links[i] as Link;
      expect(linkOf(action)).toEqual({ in: ins, out, type, memo });
    });
  });

  it('makes nothing of other shapes', () => {
    for (const other of [
      null,
      3,
      {},
      { actions: {} },
      { actions: [{}, { type: 'swap' }] },
      load('thorchain/midgard_streaming.json'),
    ]) {
      expect(readMidgardActions(other)).toEqual([]);
    }
  });
});

/** Records that have Midgard's word for what they belong to beside them. */
const CLAIMED = [
  'eth_outbound_2021_from_usdc.json',
  'eth_refund_yfi.json',
  'eth_streaming_outbound_usdt_from_btc.json',
  'eth_streaming_partial_refund.json',
];

describe('joining as Midgard states', () => {
  it.each(CLAIMED)('%s: the payout’s key is the inbound id, and its transaction among the outbound ids', (file) => {
    const [action] = readMidgardActions(load(`thorchain/${file}`)['midgard']);
    const [evidence] = fixtureEvidence('thorchain', file);
    const [leg] = thorchain.decode({ ...(evidence as EvmEvidence), logs: null });
    expect(action?.in.map(({ tx }) => tx)).toEqual([leg?.key]);
    const paid = action?.out.find(({ tx }) => tx === leg?.tx.slice(2).toUpperCase());
    expect(paid?.address.toLowerCase()).toBe(leg?.account?.slice('eip155:1:'.length));
  });

  it('reads the one-to-many swap as Midgard does: a token paid, ether returned, a share in RUNE on no chain read here', () => {
    const file = 'eth_streaming_partial_refund.json';
    const [action] = readMidgardActions(load(`thorchain/${file}`)['midgard']);
    expect(action?.out.map(({ tx }) => tx === null)).toEqual([true, false, false]);
    const memo = parseMemo(action?.memo ?? '', 'thorchain');
    if (action === undefined || memo === null || !isSwapMemo(memo)) throw new Error('no swap');
    const [evidence] = fixtureEvidence('thorchain', file) as [EvmEvidence];
    const sender = `eip155:1:${action.in[0]?.address}` as const;
    const tx = `0x${action.in[0]?.tx?.toLowerCase()}`;
    const inbound = inLeg(
      'thorchain',
      {
        evidence: { ...evidence, tx },
        place: { kind: 'call', path: [] },
        asset: 'eip155:1/slip44:60',
        amount: 6_979_000_000_000_000_000n,
        account: sender,
        venue: null,
        notes: [],
      },
      memo,
    );
    const refund = thorchain.decode({ ...evidence, logs: null })[0] as Leg;
    expect(refund).toMatchObject({
      kind: 'refund',
      amount: 4_353_475_000_000_000_000n,
      key: inbound.key,
      account: sender,
    });
    expect(explainPair(inbound, refund)).toMatchObject({ reading: 'refund', paysAsNamed: true });
    const payout: Leg = { ...refund, kind: 'swap', account: sender };
    expect(explainPair(inbound, payout)).toMatchObject({ reading: 'crossing', paysAsNamed: true });
  });
});
