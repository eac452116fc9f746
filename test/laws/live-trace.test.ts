import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LedgerReader, Transfer } from '../../core/src/ledger/index.ts';
import { createMemoryLedger } from '../../core/src/ledger/stores/memory.ts';
import { GENERAL_POLICY_IDS, startLiveTrace, type TraceRequest, trace } from '../../core/src/tracing/index.ts';
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
      histories: (query, visit) => {
        if (query.after === undefined) readWhole.push(...query.accounts);
        return shown.histories(query, visit);
      },
      transactions: (hashes) => shown.transactions(hashes),
      coverage: (accounts) => shown.coverage(accounts),
    } satisfies LedgerReader,
  };
}

/** The last transfer that a request names: before it there is nothing to trace. */
function firstCut({ transfers, request }: Scene): number {
  const named = new Set([
    ...request.seeds.flatMap((seed) => (seed.kind === 'transfer' ? [seed.transfer.tx] : [])),
    ...request.crossings.flatMap(({ input, output }) => [
      input.tx,
      ...(output.kind === 'transfer' ? [output.transfer.tx] : []),
    ]),
  ]);
  return transfers.findLastIndex(({ tx }) => named.has(tx)) + 1;
}

/** Where the ledger may be cut: never inside a block. */
function cuts({ transfers }: Scene, from: number): number[] {
  const places: number[] = [];
  for (let i = Math.max(1, from); i < transfers.length; i++) {
    const [a, b] = [transfers[i - 1] as Transfer, transfers[i] as Transfer];
    if (a.blockNumber !== b.blockNumber || a.chain !== b.chain) places.push(i);
  }
  return [...places, transfers.length];
}

/** By chain, the last block shown. Chains that show nothing yet stand before their first. */
function endOf(scene: Scene, shown: readonly Transfer[]): Map<Chain, number> {
  const end = new Map<Chain, number>(scene.transfers.map(({ chain }) => [chain, -1]));
  for (const { chain, blockNumber } of shown) end.set(chain, Math.max(end.get(chain) ?? -1, blockNumber));
  return end;
}

const tally = { extended: 0, recomputed: 0 };

async function followed(scene: Scene): Promise<void> {
  const ledger = growing(scene);
  const [first, ...later] = cuts(scene, firstCut(scene));
  let shown = scene.transfers.slice(0, first);
  ledger.show(shown);
  const options = { stopAt: stopAt(scene), pageSize: 2 };
  const live = await startLiveTrace(ledger.reader, scene.request, options);
  for (const cut of later) {
    const end = endOf(scene, shown);
    shown = scene.transfers.slice(0, cut);
    ledger.show(shown);
    const { result, how } = await live.extend(end);
    tally[how]++;
    const fresh = await trace(createMemoryLedger(shown, scene.coverage), scene.request, { stopAt: stopAt(scene) });
    expect(result.digest).toBe(fresh.digest);
    expect(result).toEqual(fresh);
  }
}

describe('a trace that is followed on equals a fresh one at every step', () => {
  test('with limits, labels, rules, crossings, on one chain and several', async () => {
    await law(anyScene({ ...EVERYTHING, direction: 'forward', policies: GENERAL_POLICY_IDS }), 60, followed);
  });

  test('where flows meet, and mostly without starting again', async () => {
    tally.extended = 0;
    tally.recomputed = 0;
    const limits = { maxHops: true, maxAccounts: true, minAmount: true };
    const shape = { dense: true, limits, labels: true, policies: GENERAL_POLICY_IDS, seeds: 'transfer' } as const;
    await law(anyScene(shape), 60, followed);
    expect(tally.extended).toBeGreaterThan(10 * tally.recomputed);
  });

  test('backwards, and on UTXO chains', async () => {
    await law(anyScene({ ...EVERYTHING, direction: 'source-of-funds' }), 20, followed);
    await law(anyScene({ ...EVERYTHING, utxo: 'also' }), 30, followed);
  });
});

test('no account is read whole a second time', async () => {
  const shape = { dense: true, maxTransfers: 40, policies: GENERAL_POLICY_IDS, seeds: 'transfer' } as const;
  let grown = 0;
  for (const given of fc.sample(anyScene(shape), { numRuns: 40, seed: 7 })) {
    // Orders that ingest assigned are turned round each time, from the start.
    const scene = { ...given, transfers: given.transfers.map((one) => ({ ...one, assigned: 'none' as const })) };
    const ledger = growing(scene);
    const [first, ...later] = cuts(scene, firstCut(scene));
    let shown = scene.transfers.slice(0, first);
    ledger.show(shown);
    const live = await startLiveTrace(ledger.reader, scene.request, { stopAt: stopAt(scene) });
    for (const cut of later) {
      const end = endOf(scene, shown);
      shown = scene.transfers.slice(0, cut);
      ledger.show(shown);
      const { how } = await live.extend(end);
      expect(how).toBe('extended');
      grown++;
    }
    expect(new Set(ledger.readWhole).size).toBe(ledger.readWhole.length);
  }
  expect(grown).toBeGreaterThan(40);
});

test('a request that service limits bear on is traced anew, and says why', async () => {
  const scenes = fc.sample(anyScene({ dense: true, policies: ['fifo/1'], seeds: 'transfer' }), {
    numRuns: 20,
    seed: 3,
  });
  const scene = scenes.find((one) => cuts(one, firstCut(one)).length > 1) as Scene;
  const request: TraceRequest = { ...scene.request, limits: { ...scene.request.limits, serviceTransfers: 3 } };
  const [first] = cuts(scene, firstCut(scene));
  const shown = scene.transfers.slice(0, first);
  const ledger = growing(scene);
  ledger.show(shown);
  const live = await startLiveTrace(ledger.reader, request, { stopAt: stopAt(scene) });
  ledger.show(scene.transfers);
  const { how, why } = await live.extend(endOf(scene, shown));
  expect([how, why]).toEqual(['recomputed', 'whether an account behaves like a service rests on its whole history']);
});
