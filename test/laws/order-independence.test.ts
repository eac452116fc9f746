import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { LedgerReader, LedgerStore, Transfer } from '../../core/src/ledger/index.ts';
import { createChdbLedger } from '../../core/src/ledger/stores/clickhouse/index.ts';
import { createMemoryLedger } from '../../core/src/ledger/stores/memory.ts';
import { trace } from '../../core/src/tracing/index.ts';
import { anyScene, EVERYTHING, type Scene, stopAt } from '../arbitraries/ledger.ts';
import { traceScene } from './run-scene.ts';

const anyDirection = fc.constantFrom('forward' as const, 'source-of-funds' as const);
const anything = anyDirection.chain((direction) => anyScene({ ...EVERYTHING, direction }));

/** The same answers through the port alone: nothing is at hand as a whole, and histories come last row first. */
function pagedReader(reader: LedgerReader): LedgerReader {
  return {
    histories: async (query, visit) => {
      const rows: [Parameters<typeof visit>[0], Transfer][] = [];
      await reader.histories(query, (owner, transfer) => rows.push([owner, transfer]));
      for (const [owner, transfer] of rows.reverse()) visit(owner, transfer);
    },
    transactions: (hashes) => reader.transactions(hashes),
    coverage: (accounts) => reader.coverage(accounts),
  };
}

test('law 4: order independence: shuffled rows, page sizes and the way the store is read change no byte', async () => {
  const shuffled = anything.chain((scene) =>
    fc.tuple(
      fc.constant(scene),
      fc.shuffledSubarray([...scene.transfers], { minLength: scene.transfers.length }),
      fc.shuffledSubarray([...scene.coverage], { minLength: scene.coverage.length }),
    ),
  );
  await fc.assert(
    fc.asyncProperty(shuffled, async ([scene, transfers, coverage]) => {
      const expected = await traceScene(scene);
      expect(await traceScene({ ...scene, transfers, coverage })).toEqual(expected);
      for (const pageSize of [1, 2, 7, 1000]) {
        const reader = pagedReader(createMemoryLedger(transfers, coverage));
        const paged = await trace(reader, scene.request, { stopAt: stopAt(scene), pageSize });
        expect(paged.digest).toBe(expected.digest);
        expect(paged).toEqual(expected);
      }
    }),
    { numRuns: 120 },
  );
});

const opened: { directory: string; store: LedgerStore }[] = [];

afterAll(async () => {
  for (const { directory, store } of opened) {
    await store.close();
    await rm(directory, { recursive: true, force: true });
  }
});

const OWN_NAMES = 0xf000;

/** Gives every scene accounts, hashes, assets, blocks and times of its own, so that one store can hold them all. */
function apart(scene: Scene, i: number): Scene {
  const prefix = `0x${(OWN_NAMES + i).toString(16)}`;
  const renamed = JSON.stringify(scene, (_, part) => (typeof part === 'bigint' ? `${part}n` : part))
    .replaceAll('0x0000', prefix)
    .replaceAll('/slip44:60', `/erc20:${prefix}${'f'.repeat(36)}`);
  const own: Scene = JSON.parse(renamed, (_, part) =>
    typeof part === 'string' && /^\d+n$/.test(part) ? BigInt(part.slice(0, -1)) : part,
  );
  const shift = 1000 * i;
  const later = <T extends number | null>(time: T) => (time === null ? time : time + shift);
  const { request } = own;
  return {
    labels: own.labels,
    coverage: own.coverage.map((row) => ({ ...row, toAt: later(row.toAt), source: `${i} ${row.source}` })),
    transfers: own.transfers.map((row) => ({
      ...row,
      blockNumber: row.blockNumber + shift,
      blockTime: row.blockTime + shift,
    })),
    request: {
      ...request,
      limits: { ...request.limits, until: later(request.limits.until) },
      seeds: request.seeds.map((seed) => (seed.kind === 'account' ? { ...seed, at: later(seed.at) } : seed)),
    },
  };
}

test('law 4: order independence: the embedded store and memory give the same bytes', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'cairn-law-4-'));
  const store = await createChdbLedger({ directory });
  opened.push({ directory, store });
  const scenes = fc
    .sample(
      anyDirection.chain((direction) => anyScene({ ...EVERYTHING, direction, maxTransfers: 40 })),
      { numRuns: 12, seed: 4 },
    )
    .map(apart);
  const transfers = scenes.flatMap((scene) => scene.transfers);
  const coverage = scenes.flatMap((scene) => scene.coverage);
  const half = Math.ceil(transfers.length / 2);
  for (const [i, batch] of [transfers.slice(half), transfers.slice(0, half)].entries()) {
    const session = await store.beginImport({ sha256: String(i).repeat(64), file: `part-${i}.csv`, format: 'cairn' });
    await session.write([...batch].reverse());
    await session.commit({ rejected: 0, coverage: coverage.filter((_, at) => at % 2 === i) });
  }
  for (const scene of scenes) {
    const expected = await trace(createMemoryLedger(transfers, coverage), scene.request, { stopAt: stopAt(scene) });
    expect(await trace(store, scene.request, { stopAt: stopAt(scene), pageSize: 3 })).toEqual(expected);
  }
});
