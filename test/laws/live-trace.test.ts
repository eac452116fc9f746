import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { LedgerReader, Transfer } from '../../core/src/ledger/index.ts';
import { createChdbLedger } from '../../core/src/ledger/stores/clickhouse/index.ts';
import { createMemoryLedger } from '../../core/src/ledger/stores/memory.ts';
import { type LiveTrace, startLiveTrace, trace } from '../../core/src/tracing/index.ts';
import type { Account, Chain } from '../../core/src/units/index.ts';
import { anyScene, EVERYTHING, type Scene, stopAt } from '../arbitraries/ledger.ts';
import { law } from './run-scene.ts';

/*
 * A trace that is followed on as a ledger grows says, at every step, what a fresh trace of the ledger as it is then says.
 */

/** A ledger that shows blocks up to a moment that can be moved, and notes whose whole history it is asked for. */
function growing(scene: Scene) {
  let shown: LedgerReader = createMemoryLedger([], scene.coverage);
  const readWhole: Account[] = [];
  return {
    show(transfers: readonly Transfer[]) {
      shown = createMemoryLedger(transfers, scene.coverage);
    },
    readWhole,
    reader: {
      get all() {
        return shown.all ?? [];
      },
      histories: (query, visit) => {
        if (query.after === undefined) readWhole.push(...query.accounts);
        return shown.histories(query, visit);
      },
      transactions: (hashes) => shown.transactions(hashes),
      coverage: (accounts) => shown.coverage(accounts),
    } satisfies LedgerReader,
  };
}

/** By chain, the last block shown. */
type Ends = ReadonlyMap<Chain, number>;

const upTo = ({ transfers }: Scene, ends: Ends): Transfer[] =>
  transfers.filter(({ chain, blockNumber }) => blockNumber <= (ends.get(chain) ?? -1));

/** How a ledger may grow to what the scene has: from what the request names on, chains in turn, a block at a time. */
function growth({ transfers, request }: Scene): Ends[] {
  const named = new Set([
    ...request.seeds.flatMap((seed) => (seed.kind === 'transfer' ? [seed.transfer.tx] : [])),
    ...request.crossings.flatMap(({ input, output }) => [
      input.tx,
      ...(output.kind === 'transfer' ? [output.transfer.tx] : []),
    ]),
  ]);
  const first = new Map<Chain, number>(transfers.map(({ chain }) => [chain, -1]));
  for (const { chain, tx, blockNumber } of transfers) if (named.has(tx)) first.set(chain, blockNumber);
  if (named.size === 0) for (const { chain, blockNumber } of transfers.slice(0, 1)) first.set(chain, blockNumber);
  const left = [...first].map(([chain, last]) => {
    const blocks = new Set(transfers.flatMap((row) => (row.chain === chain ? [row.blockNumber] : [])));
    return { chain, blocks: [...blocks].filter((block) => block > last) };
  });
  const ends: Ends[] = [first];
  while (left.some(({ blocks }) => blocks.length > 0)) {
    for (const { chain, blocks } of left) {
      const next = blocks.shift();
      if (next !== undefined) ends.push(new Map(ends.at(-1)).set(chain, next));
    }
  }
  return ends;
}

/** Why the last law's traces were made anew, and how often; `null`: they went on. */
const tally = new Map<string | null, number>();
const times = (why: string | null): number => tally.get(why) ?? 0;

const BEHIND = 'what came in on one chain is earlier than what was applied of another';

/** With every order known: assigned ones are turned round each time, from the start. */
const placed = (scene: Scene): Scene => ({
  ...scene,
  transfers: scene.transfers.map((transfer) => ({ ...transfer, assigned: 'none' })),
});

async function followed(scene: Scene): Promise<void> {
  const ledger = growing(scene);
  const [first, ...later] = growth(scene) as [Ends, ...Ends[]];
  ledger.show(upTo(scene, first));
  const live = await startLiveTrace(ledger.reader, scene.request, { stopAt: stopAt(scene), pageSize: 2 });
  let before = first;
  for (const ends of later) {
    const shown = upTo(scene, ends);
    ledger.show(shown);
    const { result, why } = await live.extend(before);
    before = ends;
    tally.set(why, times(why) + 1);
    const fresh = await trace(createMemoryLedger(shown, scene.coverage), scene.request, { stopAt: stopAt(scene) });
    expect(result.digest).toBe(fresh.digest);
    expect(result).toEqual(fresh);
  }
}

beforeEach(() => tally.clear());

describe('a trace that is followed on equals a fresh one at every step', () => {
  test('with limits, labels, rules, crossings, on one chain and several', async () => {
    await law(anyScene({ ...EVERYTHING, direction: 'forward' }), 60, followed);
    expect(times(null)).toBeGreaterThan(0);
    expect(times(BEHIND)).toBeGreaterThan(0);
  });

  test('where flows meet, and without starting again', async () => {
    const limits = { maxHops: true, maxAccounts: true, minAmount: true };
    const shape = { dense: true, limits, labels: true, seeds: 'transfer' } as const;
    await law(anyScene(shape).map(placed), 60, followed);
    expect([...tally.keys()]).toEqual([null]);
  });

  test('where orders were assigned, with crossings', async () => {
    const assigned = (scene: Scene): Scene => ({
      ...scene,
      transfers: scene.transfers.map((transfer) => ({ ...transfer, assigned: 'index' })),
    });
    await law(anyScene({ dense: true, crossings: true, policies: ['fifo/1', 'lifo/1'] }).map(assigned), 15, followed);
    expect(times(null)).toBe(0);
  });

  test('on UTXO chains, alone and beside others', async () => {
    await law(anyScene({ utxo: 'only', labels: true, maxTransfers: 40 }), 30, followed);
    expect([...tally.keys()]).toEqual([null]);
    await law(anyScene({ ...EVERYTHING, utxo: 'also' }), 30, followed);
  });

  test('backwards', async () => {
    await law(anyScene({ ...EVERYTHING, direction: 'source-of-funds' }), 20, followed);
    expect(times(null)).toBe(0);
  });

  test('in the embedded store, import by import', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'cairn-live-trace-'));
    const store = await createChdbLedger({ directory });
    try {
      const shape = { dense: true, maxTransfers: 40, labels: true, seeds: 'transfer' } as const;
      const [scene] = fc.sample(anyScene(shape).map(placed), { numRuns: 1, seed: 11 }) as [Scene];
      const options = { stopAt: stopAt(scene), pageSize: 2 };
      const all = growth(scene);
      const steps = [...new Set([0, Math.floor(all.length / 2), all.length - 1])].map((i) => all[i] as Ends);
      let live: LiveTrace | null = null;
      let [before, written]: [Ends, readonly Transfer[]] = [new Map(), []];
      for (const [i, ends] of steps.entries()) {
        const shown = upTo(scene, ends);
        const session = await store.beginImport({ sha256: String(i).repeat(64), file: `${i}.csv`, format: 'cairn' });
        await session.write(shown.filter((transfer) => !written.includes(transfer)));
        await session.commit({ rejected: 0, coverage: [] });
        if (live === null) live = await startLiveTrace(store, scene.request, options);
        else expect((await live.extend(before)).how).toBe('extended');
        expect(live.result()).toEqual(await trace(createMemoryLedger(shown), scene.request, options));
        [before, written] = [ends, shown];
      }
      expect(steps.length).toBe(3);
    } finally {
      await store.close();
      await rm(directory, { recursive: true, force: true });
    }
  });
});

test('no account is read whole a second time', async () => {
  const shape = { dense: true, maxTransfers: 40, seeds: 'transfer' } as const;
  let grown = 0;
  for (const scene of fc.sample(anyScene(shape).map(placed), { numRuns: 40, seed: 7 })) {
    const ledger = growing(scene);
    const [first, ...later] = growth(scene) as [Ends, ...Ends[]];
    ledger.show(upTo(scene, first));
    const live = await startLiveTrace(ledger.reader, scene.request, { stopAt: stopAt(scene) });
    let before = first;
    for (const ends of later) {
      ledger.show(upTo(scene, ends));
      expect((await live.extend(before)).how).toBe('extended');
      before = ends;
      grown++;
    }
    expect(new Set(ledger.readWhole).size).toBe(ledger.readWhole.length);
  }
  expect(grown).toBeGreaterThan(40);
});
