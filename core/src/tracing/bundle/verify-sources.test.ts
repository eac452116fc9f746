import { afterEach, describe, expect, test } from 'vitest';
import { type ServedChain, type ServedTransaction, serveEsplora } from '../../../../test/replays/esplora-server.ts';
import type { LocalServer } from '../../../../test/replays/local-server.ts';
import { serveTronGrid } from '../../../../test/replays/trongrid-server.ts';
import { type AccountSource, createFetchingLedger, lockOf, pinChain, type Transfer } from '../../ledger/index.ts';
import { createEsploraSource } from '../../ledger/sources/bitcoin/account-source.ts';
import { GENESIS } from '../../ledger/sources/bitcoin/fixtures/real-blocks.ts';
import { payment, startTrial } from '../../ledger/sources/etherscan/fixtures/story.ts';
import { createRecordSource } from '../../ledger/sources/index.ts';
import { createTronGridSource } from '../../ledger/sources/tron/account-source.ts';
import { BOB, CAROL, id, madeUpChain } from '../../ledger/sources/tron/fixtures/made-up-chain.ts';
import { createMemoryLedger } from '../../ledger/stores/memory.ts';
import { BITCOIN } from '../../units/index.ts';
import { keysOf, NO_LIMITS, trace, traceAcross } from '../index.ts';
import { type Verification, verifyBundle, writeBundle } from './index.ts';

/* A bundle is held against the kind of service it was fetched from, asked anew, when that service has come to say something else. */

/** A service and its chain: a payment at which the theft is seeded, and one by which the payee passes some of it on later. */
type Service = {
  readonly source: AccountSource;
  /** The transaction that is stolen from, and the one that goes on. */
  readonly theft: string;
  readonly onward: string;
  /** From now on the service tells of these: without what goes on, of another amount at the theft, of everything. */
  tell(what: 'no onward' | 'another amount' | 'all'): void;
  close(): unknown;
};

let service: Service;
afterEach(() => service.close());

async function tron(): Promise<Service> {
  const onward = { txID: id('9'), block: 8, type: 'TransferContract', fee: 0 } as const;
  const paid = { ...onward, value: { owner_address: BOB, to_address: CAROL, amount: 2_000_000 } };
  const chain = madeUpChain();
  const all = [...chain.transactions, paid];
  const server = await serveTronGrid(chain);
  return {
    source: createTronGridSource({ url: server.url, name: 'service', key: null, perSecond: 1_000 }),
    theft: id('1'),
    onward: paid.txID,
    tell(what) {
      chain.transactions = all
        .filter((one) => what !== 'no onward' || one !== paid)
        .map((one) =>
          what === 'another amount' && one.txID === id('1')
            ? { ...one, value: { ...one.value, amount: 4_999_999 } }
            : one,
        );
    },
    close: () => server.close(),
  };
}

async function explorer(): Promise<Service> {
  const [alice, bob, carol] = [1, 2, 3].map((n) => `0x${`${n}`.repeat(40)}`) as [string, string, string];
  const theft = payment(1, 100, { from: alice, to: bob, value: 5n * 10n ** 18n });
  const onward = payment(2, 200, { from: bob, to: carol, value: 10n ** 18n });
  const trial = await startTrial({}, [theft, onward]);
  return {
    source: trial.source({ name: 'service' }),
    theft: theft.hash,
    onward: onward.hash,
    tell(what) {
      trial.server.chain = [
        what === 'another amount' ? { ...theft, value: theft.value - 1n } : theft,
        ...(what === 'no onward' ? [] : [onward]),
      ];
    },
    close: () => trial.server.close(),
  };
}

async function bitcoin(): Promise<Service> {
  const [thief, other] = ['a', 'b'].map((digit) => `0014${digit.repeat(40)}`) as [string, string];
  const txid = (n: number): string => n.toString(16).padStart(64, 'e');
  const theft: ServedTransaction = { txid: txid(1), vin: [null], vout: [{ scriptpubkey: thief, value: 50 }] };
  const onward = { txid: txid(2), vin: [{ txid: txid(1), vout: 0 }], vout: [{ scriptpubkey: other, value: 50 }] };
  const chain: ServedChain = { blocks: [], unconfirmed: [] };
  const told = new Map<number, readonly ServedTransaction[]>();
  const lay = (): void => {
    chain.blocks = Array.from({ length: 12 }, (_, height) => ({
      hash: height === 0 ? GENESIS : height.toString(16).padStart(64, '0'),
      time: 1_500_000_000 + 600 * height,
      transactions: told.get(height) ?? [],
    }));
  };
  const server: LocalServer = await serveEsplora(chain, (script) => {
    const { owner } = lockOf(BITCOIN, script);
    return owner === null ? null : owner.slice(BITCOIN.length + 1);
  });
  return {
    source: createEsploraSource({ url: server.url, name: 'service' }),
    theft: theft.txid,
    onward: onward.txid,
    tell(what) {
      const value = what === 'another amount' ? 51 : 50;
      told.set(1, [{ ...theft, vout: [{ scriptpubkey: thief, value }] }]);
      told.set(4, what === 'no onward' ? [] : [onward]);
      lay();
    },
    close: () => server.close(),
  };
}

async function bundleOf({ source, theft }: Service): Promise<Uint8Array> {
  const pins = { read: () => [], add: () => {}, cut: () => {} };
  const store = createMemoryLedger();
  const { pin } = await pinChain(source, store, pins, null);
  const ledger = createFetchingLedger({
    store,
    sources: [source],
    pins: new Map([[source.chain, pin]]),
    into: { keysOf },
    fromBlock: 0,
    maxTransactions: 100,
    maxBlocks: 10,
  });
  const seed = (await ledger.transactions([theft])).find(
    ({ kind }) => kind === 'native' || kind === 'output',
  ) as Transfer;
  const { result, evidence } = await traceAcross(ledger, {
    direction: 'forward',
    seeds: [{ kind: 'transfer', tag: 'theft', transfer: { tx: seed.tx, position: seed.position }, amount: null }],
    policies: ['pro-rata/1'],
    instructed: null,
    rules: [],
    limits: NO_LIMITS,
    crossings: [],
  });
  return writeBundle({ result, assets: [], case: null, published: [], notices: [], evidence }, null);
}

const verified = (bundle: Uint8Array, { source }: Service): Promise<Verification> =>
  verifyBundle(bundle, { trace, ledger: createMemoryLedger, sources: [createRecordSource(source)] });

describe.each([
  ['TronGrid', tron],
  ['an explorer', explorer],
  ['Esplora', bitcoin],
])('held against %s', (_, start) => {
  test('a service that still says the same agrees', async () => {
    service = await start();
    service.tell('all');
    const { arithmetic, authenticity, completeness } = await verified(await bundleOf(service), service);
    expect(arithmetic.problems).toEqual([]);
    expect(authenticity).toMatchObject({ status: 'agrees', differing: 0, notCheckable: 0, who: ['service'] });
    expect(authenticity.checked).toBe(authenticity.cited);
    expect(completeness.status).toBe('agrees');
    expect(new Set(completeness.findings.map(({ by }) => by))).toEqual(new Set(['lists']));
  });

  test('another amount at the theft is named', async () => {
    service = await start();
    service.tell('all');
    const bundle = await bundleOf(service);
    service.tell('another amount');
    const { authenticity } = await verified(bundle, service);
    expect(authenticity.status).toBe('differs');
    expect(authenticity.problems[0]).toMatchObject({ message: 'amount is not what the chain has' });
    expect(authenticity.problems[0]?.place).toContain(service.theft);
  });

  test('what was kept back when it was fetched is found', async () => {
    service = await start();
    service.tell('no onward');
    const bundle = await bundleOf(service);
    service.tell('all');
    const { authenticity, completeness } = await verified(bundle, service);
    expect(authenticity.status).toBe('agrees');
    expect(completeness.status).toBe('incomplete');
    const reasons = completeness.findings.flatMap((one) => (one.status === 'incomplete' ? one.reasons : []));
    expect(reasons.join()).toMatch(
      new RegExp(`service lists .* that the record lacks, the first in transaction ${service.onward}`),
    );
  });

  test('a service that has forgotten a transaction does not know it', async () => {
    service = await start();
    service.tell('all');
    const bundle = await bundleOf(service);
    service.tell('no onward');
    const { authenticity, completeness } = await verified(bundle, service);
    expect(authenticity.status).toBe('differs');
    expect(authenticity.problems.map(({ message }) => message)).toContain('service knows no such transaction');
    // That its list is shorter than the record shows nothing missing from the record.
    expect(completeness.status).not.toBe('incomplete');
  });
});
