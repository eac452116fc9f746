import { describe, expect, test } from 'vitest';
import { account, ask, ledger, stolen, stolenAccount, tx, whereabouts } from '../../../test/golden/ledger-lines.ts';
import { CairnError } from '../errors.ts';
import {
  type LedgerReader,
  type Transfer,
  type TransferRef,
  transfersOf,
  type UtxoTransaction,
} from '../ledger/index.ts';
import { createMemoryLedger } from '../ledger/stores/memory.ts';
import { BITCOIN, type Chain } from '../units/index.ts';
import { type LiveTrace, startLiveTrace, type TraceOptions, type TraceRequest, trace } from './index.ts';

const CHAIN: Chain = 'eip155:1';
const SEEDED = { seeds: [stolen('s')] };

/** A ledger of lines that can be added to; counts the transfers it hands out. */
function growing(lines: string) {
  let text = lines;
  let shown = createMemoryLedger(ledger(text));
  const growing = {
    delivered: 0,
    isDown: false,
    add(more: string | readonly Transfer[]) {
      const before = typeof more === 'string' ? [] : more;
      if (typeof more === 'string') text = `${text.trim()}\n${more.trim()}`;
      shown = createMemoryLedger([...ledger(text), ...before]);
    },
    reader: {
      // Stale on purpose: a live trace must not lean on what was at hand when it began.
      all: shown.all ?? [],
      histories: (query, visit) => {
        if (growing.isDown) throw new CairnError('unavailable', 'the ledger is away');
        return shown.histories(query, (owner, transfer) => {
          growing.delivered++;
          visit(owner, transfer);
        });
      },
      transactions: (hashes) => shown.transactions(hashes),
      coverage: (accounts) => shown.coverage(accounts),
    } satisfies LedgerReader,
    fresh: (request: TraceRequest, options: TraceOptions = {}) =>
      trace(createMemoryLedger(shown.all ?? []), request, options),
  };
  return growing;
}

const pagedOf = (shown: () => LedgerReader): LedgerReader => ({
  histories: (query, visit) => shown().histories(query, visit),
  transactions: (hashes) => shown().transactions(hashes),
  coverage: (accounts) => shown().coverage(accounts),
});

/** A transaction that spends outputs by transaction and index, and makes others; what it spends of a mere hash is not known. */
function coins(
  blockNumber: number,
  hash: string,
  spent: readonly (readonly [UtxoTransaction | string, number])[],
  made: readonly (readonly [string, bigint])[],
): UtxoTransaction {
  const lockTo = (name: string) => ({ owner: `${BITCOIN}:${name}`, script: 'p2pkh' }) as const;
  const none = { script: null, witness: null, sequence: 0xffffffff };
  const inputs = spent.map(([source, index]) => {
    const output = typeof source === 'string' ? undefined : source.outputs[index];
    const outpoint = { tx: typeof source === 'string' ? source : source.tx, index };
    return { ...none, outpoint, amount: output?.amount ?? null, lock: output?.lock ?? null };
  });
  return {
    chain: BITCOIN,
    tx: hash,
    blockNumber,
    blockTime: 10 * blockNumber,
    txIndex: 0,
    indexAssigned: false,
    version: 2,
    lockTime: 0,
    inputs: inputs.length > 0 ? inputs : [{ ...none, outpoint: null, amount: null, lock: null }],
    outputs: made.map(([name, amount]) => ({ amount, lock: lockTo(name), script: null })),
  };
}

const refTo = (transaction: UtxoTransaction): TransferRef => {
  const made = transfersOf(transaction).find(({ kind }) => kind === 'output') as Transfer;
  return { tx: made.tx, position: made.position };
};

const above = (block: number): ReadonlyMap<Chain, number> => new Map([[CHAIN, block]]);
const BEFORE = `
  1 s:0 V > A 100
  2 b:0 B > B1 1
  3 c:0 A > B 40`;

async function started(request: TraceRequest, lines = BEFORE, options: TraceOptions = {}) {
  const store = growing(lines);
  return { store, live: await startLiveTrace(store.reader, request, options) };
}

/** The live trace equals a fresh one, and was made so. */
async function expectFresh(
  { store, live }: { store: ReturnType<typeof growing>; live: LiveTrace },
  request: TraceRequest,
  block: number,
  options: TraceOptions = {},
) {
  const { result, how, why } = await live.extend(above(block));
  expect(result).toEqual(await store.fresh(request, options));
  expect(live.result()).toBe(result);
  return { how, why };
}

test('what comes in moves what was found before', async () => {
  const request = ask(SEEDED);
  const { store, live } = await started(request);
  expect(whereabouts(live.result().runs, 'fifo/1')).toEqual({ A: 60n, B: 40n });
  store.add('4 d:0 B > C 30\n5 e:0 A > C 60');
  expect(await expectFresh({ store, live }, request, 3)).toEqual({ how: 'extended', why: null });
  expect(whereabouts(live.result().runs, 'fifo/1')).toEqual({ B: 10n, C: 90n });
  store.add('6 f:0 C > D 85');
  expect(await expectFresh({ store, live }, request, 5)).toEqual({ how: 'extended', why: null });
  expect(whereabouts(live.result().runs, 'fifo/1')).toEqual({ B: 10n, C: 5n, D: 85n });
});

test('only what came in is read, however long the history before it', async () => {
  const many = Array.from({ length: 500 }, (_, i) => `${i + 4} p${i}:0 A > A 1`).join('\n');
  const request = ask(SEEDED);
  const { store, live } = await started(request, `${BEFORE}\n${many}`);
  expect(store.delivered).toBeGreaterThan(500);
  store.delivered = 0;
  store.add('600 z:0 A > Z 5');
  expect(await expectFresh({ store, live }, request, 503)).toEqual({ how: 'extended', why: null });
  // Once under A, which is known, and once as the whole history of Z, which is reached now.
  expect(store.delivered).toBe(2);
});

test('an account that one rule reached earlier is known to a rule that reaches it later', async () => {
  // Last in, first out: stolen coin goes by C to E at once. First in, first out: B pays C its own coin first.
  const lines = `
    1 a:0 X > B 40
    1 e:0 X > E 7
    2 s:0 V > B 100
    3 b:0 B > C 10
    3 c:0 C > E 10
    4 f:0 E > F 2`;
  const request = ask({ ...SEEDED, policies: ['fifo/1', 'lifo/1'] });
  // Nothing is read ahead: only the second rule reads E.
  const { store, live } = await started(request, lines, { pageSize: 1 });
  expect(whereabouts(live.result().runs, 'fifo/1')).toEqual({ B: 100n });
  store.add('5 g:0 B > E 35\n6 h:0 E > G 46');
  expect(await expectFresh({ store, live }, request, 4)).toEqual({ how: 'extended', why: null });
  // B has 30 of its own left and pays 5 stolen with them; E pays G the 15 and 30 that it holds untagged, and one of the five.
  expect(whereabouts(live.result().runs, 'fifo/1')).toEqual({ B: 95n, E: 4n, G: 1n });
});

test('nothing new leaves the result as it is', async () => {
  const request = ask(SEEDED);
  const { store, live } = await started(request);
  const { digest } = live.result();
  expect(await expectFresh({ store, live }, request, 3)).toEqual({ how: 'extended', why: null });
  expect(live.result().digest).toBe(digest);
});

test('rows that were read already while the ledger grew count once', async () => {
  const request = ask(SEEDED);
  const { store, live } = await started(request, `${BEFORE}\n4 d:0 B > C 30`);
  store.add('5 e:0 C > D 10');
  expect(await expectFresh({ store, live }, request, 3)).toEqual({ how: 'extended', why: null });
});

describe('it is traced anew, and says why', () => {
  const limits = ask(SEEDED).limits;
  test.each([
    [
      'whether an account behaves like a service rests on its whole history',
      ask({ ...SEEDED, limits: { ...limits, serviceTransfers: 2 } }),
    ],
    [
      'a seed names a moment that may lie between what was read and what came in',
      ask({ seeds: [stolenAccount('A', 'a', 20)] }),
    ],
    ['source of funds is read from the newest row', ask({ ...SEEDED, direction: 'source-of-funds' })],
  ])('%s', async (why, request) => {
    const { store, live } = await started(request);
    store.add('4 d:0 B > C 30\n5 e:0 A > C 60');
    expect(await expectFresh({ store, live }, request, 3)).toEqual({ how: 'recomputed', why });
  });

  test('labels have changed', async () => {
    const request = ask(SEEDED);
    const stops = new Set<string>();
    const stopAt: TraceOptions['stopAt'] = (at) =>
      stops.has(at) ? { reason: 'label:exchange', label: 'Exchange', source: 'list', contested: false } : null;
    const { store, live } = await started(request, BEFORE, { stopAt });
    store.add('4 d:0 B > C 30');
    // Nobody has asked about Z: a label there changes nothing.
    stops.add(account('Z'));
    expect(await expectFresh({ store, live }, request, 3, { stopAt })).toEqual({ how: 'extended', why: null });
    stops.add(account('B'));
    const extension = await expectFresh({ store, live }, request, 4, { stopAt });
    expect(extension).toEqual({ how: 'recomputed', why: 'labels have changed' });
    expect(whereabouts(live.result().runs, 'fifo/1')).toEqual({ A: 60n, 'B label:exchange': 40n });
  });

  test('orders that were assigned are turned round', async () => {
    const request = ask({ ...SEEDED, policies: ['fifo/1'] });
    const { store, live } = await started(request);
    const [one, two] = ledger('4 d:0 B > C 30\n4 e:0 C > D 30') as [Transfer, Transfer];
    store.add([one, two].map((transfer) => ({ ...transfer, assigned: 'index' as const })));
    expect(await expectFresh({ store, live }, request, 3)).toEqual({
      how: 'recomputed',
      why: 'orders that ingest assigned are turned round from the start',
    });
    expect(live.result().adverseOrders.length).toBeGreaterThan(0);
  });

  test('what a transaction spent besides was not known', async () => {
    const made = '1'.repeat(64);
    const older = coins(1, made, [], [['payer', 30n]]);
    const theft = coins(2, '2'.repeat(64), [], [['victim', 50n]]);
    const mixed = coins(
      3,
      '3'.repeat(64),
      [
        [theft, 0],
        [made, 0],
      ],
      [
        ['thief', 60n],
        ['other', 20n],
      ],
    );
    const request = ask({ seeds: [{ kind: 'transfer', tag: 'a', transfer: refTo(theft), amount: null }] });
    let shown = createMemoryLedger([theft, mixed].flatMap(transfersOf));
    const live = await startLiveTrace(
      pagedOf(() => shown),
      request,
    );
    expect(live.result().warnings.map(({ code }) => code)).toContain('unresolved-inputs');
    shown = createMemoryLedger([older, theft, mixed].flatMap(transfersOf));
    const { result, how, why } = await live.extend(new Map([[BITCOIN, 3]]));
    expect([how, why]).toEqual(['recomputed', 'what came in may tell what a transaction spent that was read before']);
    expect(result).toEqual(await trace(shown, request));
    expect(result.warnings.map(({ code }) => code)).not.toContain('unresolved-inputs');
  });

  test('one chain is behind another', async () => {
    const other: Chain = 'eip155:10';
    const moved = (transfer: Transfer): Transfer =>
      JSON.parse(
        JSON.stringify(transfer, (_, part) => (typeof part === 'bigint' ? `${part}n` : part)).replaceAll(
          'eip155:1',
          other,
        ),
        (_, part) => (typeof part === 'string' && /^\d+n$/.test(part) ? BigInt(part.slice(0, -1)) : part),
      );
    const request = ask({ seeds: [stolen('s'), stolen('t', 'b')] });
    const ours = ledger('1 s:0 V > A 100\n9 b:0 A > B 40');
    const theirs = ledger('2 t:0 V > A 50\n8 u:0 A > C 50').map(moved);
    let shown = createMemoryLedger([...ours, ...theirs.slice(0, 1)]);
    const live = await startLiveTrace(
      pagedOf(() => shown),
      request,
    );
    shown = createMemoryLedger([...ours, ...theirs]);
    const { result, how, why } = await live.extend(new Map([[other, 2]]));
    expect([how, why]).toEqual(['recomputed', 'what came in on one chain is earlier than what was applied of another']);
    expect(result).toEqual(await trace(shown, request));
  });

  test('after it was broken off', async () => {
    const request = ask(SEEDED);
    const { store, live } = await started(request);
    store.add('4 d:0 B > C 30');
    const { digest } = live.result();
    store.isDown = true;
    await expect(live.extend(above(3))).rejects.toThrow('the ledger is away');
    expect(live.result().digest).toBe(digest);
    store.isDown = false;
    expect(await expectFresh({ store, live }, request, 3)).toEqual({
      how: 'recomputed',
      why: 'the last time it went on, it was broken off',
    });
    store.add('5 e:0 A > C 60');
    expect(await expectFresh({ store, live }, request, 4)).toEqual({ how: 'extended', why: null });
  });
});

test('what one part of a transfer brings back to the payer is followed into accounts not yet read', async () => {
  // A pays B 4: one of it crosses, and 6 that are declared stolen come back to A for it; the other three go to B.
  const lines = `
    1 x:0 X > B 8
    2 s:0 V > A 6
    3 t:0 A > B 4
    4 u:0 B > C 5`;
  const crossing = {
    id: 'way-back',
    basis: 'declared',
    reason: 'paid for',
    input: { tx: tx('t'), position: 0 },
    part: 1n,
    output: { kind: 'transfer', transfer: { tx: tx('s'), position: 0 } },
  } as const;
  const request = ask({ ...SEEDED, policies: ['lifo/1'], crossings: [crossing] });
  const { store, live } = await started(request, lines);
  // B, which held 8 of its own, pays C the three and two of the eight.
  expect(whereabouts(live.result().runs, 'lifo/1')).toEqual({ A: 3n, C: 3n });
  expect(live.result()).toEqual(await store.fresh(request));
});
