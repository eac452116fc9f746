import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { feeSink, type Transfer } from '../../core/src/ledger/index.ts';
import { accountAt, anyScene, assetAt, EVERYTHING, type Scene } from '../arbitraries/ledger.ts';
import { account, ask, gaps, ledger, stolenAccount, totals } from '../golden/ledger-lines.ts';
import { traceScene } from './run-scene.ts';

const MIDDLE = 1000;
type Speck = {
  readonly block: number;
  /** Before or after the block's own transactions, or inside one of them. */
  readonly place: 'before' | 'after' | 'inside';
  readonly kind: 'zero' | 'untraced' | 'failed';
  readonly from: number;
  readonly to: number;
  readonly asset: number;
  readonly amount: bigint;
};

const anySpeck: fc.Arbitrary<Speck> = fc.record({
  block: fc.nat(),
  place: fc.constantFrom('before' as const, 'after' as const, 'inside' as const),
  kind: fc.constantFrom('zero' as const, 'untraced' as const, 'failed' as const),
  ...{ from: fc.nat(8), to: fc.nat(8), asset: fc.nat(2) },
  amount: fc.bigInt(1n, 1000n),
});

/** Room for transactions before each block's own. */
const withRoom = (scene: Scene): Scene => ({
  ...scene,
  transfers: scene.transfers.map((row) => ({ ...row, txIndex: row.txIndex + MIDDLE })),
});

/** What must not matter. Accounts 100 and above never hold anything, whatever the scene. */
function speckOf(scene: Scene, speck: Speck, i: number): Transfer {
  const near = scene.transfers[speck.block % scene.transfers.length] as Transfer;
  const { chain } = near;
  const isFailed = speck.kind === 'failed';
  const inside = speck.place === 'inside' && !isFailed;
  const beside = { txIndex: speck.place === 'before' ? i : 2 * MIDDLE + i, tx: `0xff${String(i).padStart(62, '0')}` };
  const asset = { zero: assetAt(chain, speck.asset), untraced: assetAt(chain, 9), failed: assetAt(chain, 0) }[
    speck.kind
  ];
  return {
    ...near,
    ...(inside ? { position: MIDDLE + i } : { ...beside, position: isFailed ? -1 : 0 }),
    from: accountAt(chain, isFailed ? 100 + speck.from : speck.from),
    to: isFailed ? feeSink(chain) : accountAt(chain, speck.to),
    asset,
    amount: speck.kind === 'zero' ? 0n : speck.amount,
    kind: isFailed ? 'fee' : 'token',
  };
}

test.each(['forward', 'source-of-funds'] as const)(
  'law 8: zero-value transfers, untraced tokens and failed transactions of strangers change no byte (%s)',
  async (direction) => {
    const noisy = fc.tuple(
      anyScene({ ...EVERYTHING, direction }).map(withRoom),
      fc.array(anySpeck, { minLength: 1, maxLength: 12 }),
    );
    await fc.assert(
      fc.asyncProperty(noisy, async ([scene, specks]) => {
        const noise = specks.map((speck, i) => speckOf(scene, speck, i));
        expect(await traceScene({ ...scene, transfers: [...scene.transfers, ...noise] })).toEqual(
          await traceScene(scene),
        );
      }),
      { numRuns: 200 },
    );
  },
);

test('law 8: failed transactions of accounts that only ever moved other assets leave every figure alone', async () => {
  // Such an account may be followed for another asset; its fee is then cited, but no figure moves.
  const noisy = fc.tuple(
    anyScene({ ...EVERYTHING, limits: {} }).map(withRoom),
    fc.array(
      anySpeck.map((speck) => ({ ...speck, kind: 'failed' as const })),
      { minLength: 1, maxLength: 6 },
    ),
  );
  await fc.assert(
    fc.asyncProperty(noisy, async ([scene, specks]) => {
      const { crossings, seeds } = scene.request;
      const hasNative = (id: string) =>
        scene.transfers.some(
          (row) => row.amount > 0n && row.asset.includes('/slip44:') && (row.from === id || row.to === id),
        ) ||
        crossings.some(({ output }) => output.kind === 'unrecorded' && output.account === id) ||
        seeds.some((seed) => seed.kind === 'account' && seed.account === id);
      const noise = specks
        .map((speck, i) => ({
          ...speckOf(scene, speck, i),
          from: accountAt(speckOf(scene, speck, i).chain, speck.from),
        }))
        .filter((row) => !hasNative(row.from));
      fc.pre(noise.length > 0);
      const quiet = await traceScene(scene);
      const loud = await traceScene({ ...scene, transfers: [...scene.transfers, ...noise] });
      expect(loud.runs).toEqual(quiet.runs);
    }),
    { numRuns: 80 },
  );
});

test("finding: a failed transaction's fee is stolen value where its payer is an account seed that never held the asset", async () => {
  // The seed takes the account's shortfalls: the fee of 3 can only come from one.
  const quiet = ledger('1 o:0 O > A 5');
  const failed = ledger(`
    1 o:0 O > A 5
    2 f:-1 T > fee 3`);
  const request = ask({ seeds: [stolenAccount('T')], policies: ['fifo/1'] });
  const traced = (transfers: Transfer[]) => traceScene({ transfers, coverage: [], labels: {}, request });
  const none = { stolen: 0n, overlap: 0n, reentered: 0n, held: 0n, lastSeen: 0n };
  expect(totals((await traced(quiet)).runs, 'fifo/1')).toEqual(none);
  expect(totals((await traced(failed)).runs, 'fifo/1')).toEqual({ ...none, stolen: 3n });
  expect(gaps((await traced(failed)).runs, 'fifo/1')).toEqual(['T 3']);
  expect((await traced(failed)).runs[0]?.followed).toEqual([account('T')]);
});
