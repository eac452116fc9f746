import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyScene, type Scene, type SceneShape } from '../../../../test/arbitraries/ledger.ts';
import { isFeeSink, type LedgerReader, type Transfer } from '../../ledger/index.ts';
import { createMemoryLedger } from '../../ledger/stores/memory.ts';
import { GENERAL_POLICY_IDS, NO_LIMITS, type PolicyId } from '../../tracing/index.ts';
import type { Account } from '../../units/index.ts';
import type { Exposure, ExposureParty } from './exposure.ts';
import { type ExposureOptions, measureExposure } from './measure.ts';

const ALL: SceneShape = {
  crossings: true,
  labels: true,
  limits: { maxHops: true, maxAccounts: true, until: true, minAmount: true, services: true },
};

/** Every policy that states amounts. */
const POLICIES = GENERAL_POLICY_IDS.filter((policy) => policy !== 'poison/1');

type Asked = { readonly scene: Scene; readonly subject: Account; readonly policy: PolicyId };

/** A ledger, and an account of it that moved something. */
const anyAsked = (shape: SceneShape): fc.Arbitrary<Asked> =>
  anyScene(shape).chain((scene) => {
    const accounts = new Set(scene.transfers.flatMap(({ from, to }) => [from, to]));
    return fc.record({
      scene: fc.constant(scene),
      policy: fc.oneof(fc.constant<PolicyId>('pro-rata/1'), fc.constantFrom(...POLICIES)),
      subject: fc.constantFrom(...[...accounts].filter((account) => !isFeeSink(account)).sort()),
    });
  });

const party = (entity: string): ExposureParty => ({ category: 'exchange', entity, source: 'test', contested: false });

/** The parties a scene's labels make; its limits and crossings. */
function optionsOf({ scene: { request, labels }, policy }: Asked): ExposureOptions {
  return {
    policy,
    partyOf: (account) => (labels[account] === undefined ? null : party(labels[account].label)),
    limits: request.limits,
    crossings: request.crossings,
  };
}

const measure = (asked: Asked, options: Partial<ExposureOptions> = {}): Promise<Exposure> => {
  const { transfers, coverage } = asked.scene;
  return measureExposure(createMemoryLedger(transfers, coverage), asked.subject, { ...optionsOf(asked), ...options });
};

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

/** What an account received or sent of an asset by the ledger alone. */
function moved(
  transfers: readonly Transfer[],
  subject: Account,
  direction: 'received' | 'sent',
  asset: string,
): bigint {
  const own = transfers.filter(
    ({ from, to, kind, asset: moving }) =>
      (direction === 'received' ? to : from) === subject && from !== to && kind !== 'fee' && moving === asset,
  );
  return sum(own.map(({ amount }) => amount));
}

/** Does a path begin at the subject, end at the party, and hang together in between? */
function checkPath(subject: Account, line: Exposure['lines'][number]): void {
  const outward =
    line.direction === 'sent' ? line.path : line.path.map((step) => ({ ...step, from: step.to, to: step.from }));
  expect(outward[0]?.from).toBe(subject);
  expect(outward.at(-1)?.to).toBe(line.party?.account);
  for (let i = 1; i < outward.length; i++) {
    const [last, next] = [outward[i - 1], outward[i]];
    // Value may go into a crossing at one account of the venue and come out at another.
    const isInside = last?.crossings.some((id) => next?.crossings.includes(id));
    if (isInside !== true) expect(next?.from).toBe(last?.to);
  }
  expect(line.hops).toBe(line.path.length);
}

test('law: lines sum to totals, shares to the whole, and every party has a path, whatever is declared and limited', async () => {
  await fc.assert(
    fc.asyncProperty(anyAsked(ALL), async (asked) => {
      const exposure = await measure(asked);
      for (const { direction, asset, amount, gross, returned } of exposure.totals) {
        const lines = exposure.lines.filter((line) => line.direction === direction && line.asset === asset);
        expect(sum(lines.map((line) => line.amount))).toBe(amount);
        expect(gross - returned).toBe(amount);
        expect(returned >= 0n).toBe(true);
        for (const line of lines) {
          expect(line.share).toEqual({ part: line.amount, whole: amount });
          expect(line.amount > 0n).toBe(true);
          expect(line.direct >= 0n && line.direct <= (line.hops === 1 ? line.amount : 0n)).toBe(true);
          expect((line.party === null) === (line.because !== null)).toBe(true);
          if (line.party === null && line.because !== 'fees')
            expect(sum(line.at.map((at) => at.amount))).toBe(line.amount);
          if (line.party !== null) checkPath(asked.subject, line);
        }
      }
    }),
    { numRuns: 400 },
  );
});

test('law: where every account but the subject is a party, all is direct and each line is what the ledger sums to', async () => {
  await fc.assert(
    fc.asyncProperty(anyAsked({}), async (asked) => {
      const { scene, subject } = asked;
      const exposure = await measure(asked, { partyOf: (account) => party(account), limits: NO_LIMITS });
      for (const { direction, asset, amount, returned } of exposure.totals) {
        expect(amount).toBe(moved(scene.transfers, subject, direction, asset));
        expect(returned).toBe(0n);
      }
      for (const { direction, asset, amount, direct, party: at, hops, path } of exposure.lines) {
        const between = scene.transfers.filter(({ from, to }) =>
          direction === 'received' ? from === at?.account : to === at?.account,
        );
        expect(at).not.toBeNull();
        expect(amount).toBe(moved(between, subject, direction, asset));
        expect([hops, direct]).toEqual([1, amount]);
        const positive = between.filter(
          (transfer) =>
            transfer.asset === asset && transfer.amount > 0n && [transfer.from, transfer.to].includes(subject),
        );
        expect(path[0]?.transactions).toEqual([...new Set(positive.map(({ tx }) => tx))]);
      }
    }),
    { numRuns: 150 },
  );
});

test('law: where nobody is known, everything is unattributed', async () => {
  await fc.assert(
    fc.asyncProperty(anyAsked({ crossings: true }), async (asked) => {
      const exposure = await measure(asked, { partyOf: () => null });
      for (const line of exposure.lines) expect(line.party).toBeNull();
    }),
    { numRuns: 100 },
  );
});

/** The same ledger through the port alone: nothing at hand as a whole, histories last row first. */
function pagedReader(reader: LedgerReader): LedgerReader {
  return {
    histories: async (query, visit) => {
      const rows: [Account, Transfer][] = [];
      await reader.histories(query, (owner, transfer) => rows.push([owner, transfer]));
      for (const [owner, transfer] of rows.reverse()) visit(owner, transfer);
    },
    transactions: (hashes) => reader.transactions(hashes),
    coverage: (accounts) => reader.coverage(accounts),
  };
}

test('law: how the ledger is read changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(anyAsked(ALL), async (asked) => {
      const { scene, subject } = asked;
      const reader = createMemoryLedger([...scene.transfers].reverse(), scene.coverage);
      const expected = await measure(asked);
      expect(await measureExposure(pagedReader(reader), subject, optionsOf(asked))).toEqual(expected);
    }),
    { numRuns: 120 },
  );
});

test("law: the subject's own label changes nothing", async () => {
  await fc.assert(
    fc.asyncProperty(anyAsked(ALL), async (asked) => {
      const { subject } = asked;
      const { partyOf } = optionsOf(asked);
      const named = await measure(asked, { partyOf: (at) => (at === subject ? party('me') : partyOf(at, 'received')) });
      const unnamed = await measure(asked, { partyOf: (at) => (at === subject ? null : partyOf(at, 'received')) });
      expect(named).toEqual(unnamed);
    }),
    { numRuns: 60 },
  );
});
