import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../../../../test/fixed-seed.ts';
import type { Network } from './thorchain-asset.ts';
import { isSwapMemo, type Memo, parseMemo, parseReference } from './thorchain-memo.ts';

const FOLDER = new URL('../../../../test/data/crossings/', import.meta.url);

function load(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8'));
}

type Expected = { readonly memo: string; readonly parsed: Record<string, unknown> };

/** Every memo of a folder's expectations that has its parts beside it. */
function memosOf(node: unknown): Expected[] {
  if (typeof node !== 'object' || node === null) return [];
  const { memo, parsed } = node as Record<string, unknown>;
  const own = typeof memo === 'string' && typeof parsed === 'object' && parsed !== null;
  const here = own ? [{ memo, parsed: parsed as Record<string, unknown> }] : [];
  return [...here, ...Object.values(node).flatMap(memosOf)];
}

/** The reader's answer in the words of the expectations. */
function inTheirWords(memo: Memo | null): Record<string, unknown> {
  if (memo === null) return {};
  if (!isSwapMemo(memo)) return { ...memo };
  const { asset, limit, interval, quantity, affiliateBps, aggregator, ...rest } = memo;
  return {
    ...rest,
    asset: asset.name,
    assetKind: asset.kind === 'l1' ? 'L1' : asset.kind,
    limit: limit?.toString() ?? null,
    interval: interval === null ? null : Number(interval),
    quantity: quantity === null ? null : Number(quantity),
    affiliateBps: affiliateBps.map(Number),
    dexAggregator: aggregator,
  };
}

/** Words of the expectations that say nothing of the memo itself. */
const ASIDE = ['notAnExit', 'paysOut', 'note', 'assetRaw'];

describe.each<[Network, number]>([
  ['thorchain', 161],
  ['maya', 20],
])('memos of %s', (network, count) => {
  const expected = memosOf(load(`${network}/expected.json`));

  it(`reads all ${count} of the recorded transactions, part by part`, () => {
    expect(expected.length).toBe(count);
    for (const { memo, parsed } of expected) {
      const wanted = Object.fromEntries(Object.entries(parsed).filter(([name]) => !ASIDE.includes(name)));
      expect({ memo, ...inTheirWords(parseMemo(memo, network)) }).toMatchObject({ memo, ...wanted });
    }
  });
});

describe('the grammar', () => {
  const swap = (text: string, network: Network = 'thorchain') => {
    const memo = parseMemo(text, network);
    return memo !== null && isSwapMemo(memo) ? memo : null;
  };

  it('takes functions in any case and under all their names', () => {
    for (const name of ['SWAP', 'swap', 's', '=']) expect(swap(`${name}:b:bc1qx`)?.asset.name).toBe('BTC.BTC');
    expect(swap('=<:e:0xab')?.isLimitOrder).toBe(true);
    expect(parseMemo('m=<:1BTC.BTC:1ETH.ETH:5', 'thorchain')?.type).toBe('modify-order');
  });

  it('reads refund address, streaming, several affiliates, scientific limits, aggregator, and stops at a bar', () => {
    expect(swap('=:r:thor1to/0xback:37207e5/3/10:a/bb/c:10/20/30:agg:tok:99|anything:else')).toMatchObject({
      destination: 'thor1to',
      refundAddress: '0xback',
      limit: 3_720_700_000n,
      interval: 3n,
      quantity: 10n,
      affiliates: ['a', 'bb', 'c'],
      affiliateBps: [10n, 20n, 30n],
      aggregator: 'agg',
      finalToken: 'tok',
      minOut: '99',
    });
    expect(swap('=:b::1.5e3')?.limit).toBe(1500n);
    expect(swap('=:b')?.destination).toBeNull();
    expect(swap('=:b:x:0:a/b/c:5')?.affiliateBps).toEqual([5n, 5n, 5n]);
  });

  it('reads Maya’s own codes and none of what Maya does not know', () => {
    expect(
      ['r', 'c', 'a', 'd', 'k', 'x', 'et', 'ec', 'ep', 'ew'].map((code) => swap(`=:${code}:x`, 'maya')?.asset.name),
    ).toEqual([
      'THOR.RUNE',
      'MAYA.CACAO',
      'ARB.ETH',
      'DASH.DASH',
      'KUJI.KUJI',
      'XRD.XRD',
      'ETH.USDT',
      'ETH.USDC',
      'ETH.PEPE',
      'ETH.WSTETH',
    ]);
    expect(swap('=:b:x/y', 'maya')).toMatchObject({ destination: 'x/y', refundAddress: null });
    expect(swap('=:b:x:1e8', 'maya')).toBeNull();
  });

  it('reads THORChain’s codes', () => {
    expect(['a', 'c', 'd', 'g', 'l', 's', 'f', 'x', 'tr'].map((code) => swap(`=:${code}:x`)?.asset.name)).toEqual([
      'AVAX.AVAX',
      'BCH.BCH',
      'DOGE.DOGE',
      'GAIA.ATOM',
      'LTC.LTC',
      'BSC.BNB',
      'BASE.ETH',
      'XRP.XRP',
      'TRON.TRX',
    ]);
  });

  it.each([
    ['no asset', '=::bc1qx'],
    ['an asset that is none', '=:BTCBTC:bc1qx'],
    ['a limit that is no number', '=:b:bc1qx:12x'],
    ['more than five affiliates', '=:b:x:0:a/b/c/d/e/f:1'],
    ['shares that do not fit the affiliates', '=:b:x:0:a/b/c:1/2'],
    ['a hash cut short', `OUT:${'A'.repeat(63)}`],
    ['a hash with a wrong digit', `OUT:${'A'.repeat(63)}G`],
    ['a height that is none', 'MIGRATE:x'],
    ['an unknown function', 'HELLO:b:bc1qx'],
    ['a byte that does not print', '=:b:bc1q\u0001x'],
    ['nothing', ''],
  ])('takes no memo from %s', (_, text) => {
    expect(parseMemo(text, 'thorchain')).toBeNull();
  });

  it('recognises the network’s own movements', () => {
    expect(parseMemo('MIGRATE:8495436', 'maya')).toEqual({ type: 'migrate', height: 8_495_436 });
    expect(parseMemo('RAGNAROK:5', 'thorchain')?.type).toBe('ragnarok');
    expect(parseMemo('YGGDRASIL+:5', 'thorchain')?.type).toBe('yggdrasil');
    expect(parseMemo('consolidate', 'thorchain')?.type).toBe('consolidate');
    expect(parseMemo(`out:${'ab'.repeat(32)}`, 'thorchain')).toEqual({ type: 'outbound', inboundTx: 'AB'.repeat(32) });
  });

  it('reads the 6 registered references', () => {
    const { registrations } = load('thorchain/memoless_reference_registrations.json') as {
      registrations: { memo: string }[];
    };
    const wanted = (
      load('thorchain/expected.json') as Record<
        string,
        { registrations: { inboundAsset: string; parsed: Expected['parsed'] }[] }
      >
    )['memoless_reference_registrations.json']?.registrations;
    expect(registrations).toHaveLength(6);
    registrations.forEach(({ memo }, i) => {
      const read = parseReference(memo, 'thorchain');
      expect(read?.inboundAsset.name).toBe(wanted?.[i]?.inboundAsset);
      const { assetRaw: _, ...parsed } = wanted?.[i]?.parsed ?? {};
      expect(inTheirWords(read?.memo ?? null)).toMatchObject(parsed);
    });
  });

  it('law: no text makes the reader throw', () => {
    const piece = fc.constantFrom('=', 'OUT', 'b', 'ETH.USDT-EC7', ':', '/', '|', '^', '1e9', 'loan+', '-', '');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((all) => all.join(':')),
        ),
        (text) => {
          expect(() => [parseMemo(text, 'thorchain'), parseMemo(text, 'maya')]).not.toThrow();
        },
      ),
    );
  });
});
