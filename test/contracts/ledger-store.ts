import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Coverage } from '../../core/src/ledger/coverage.ts';
import type { HistoryQuery, ImportSummary, LedgerStore } from '../../core/src/ledger/ports.ts';
import { compareTransfers, feeSink, type Transfer } from '../../core/src/ledger/transfer.ts';
import type { Account, Asset, Chain } from '../../core/src/units/index.ts';

const ETHEREUM: Chain = 'eip155:1';
const POLYGON: Chain = 'eip155:137';
const SOURCE = { sha256: 'ab'.repeat(32), file: 'transfers.csv', format: 'cairn-csv' };
const EVERYTHING = { assets: null, until: null, limitPerAccount: null };

const account = (digit: number, chain: Chain = ETHEREUM): Account => `${chain}:0x${String(digit).repeat(40)}`;
const ether = (chain: Chain = ETHEREUM): Asset => `${chain}/slip44:60`;
const hash = (n: number): string => `0x${n.toString(16).padStart(64, '0')}`;

/** A transfer of 1 base unit of ether, in an order and at a time that follow from its block; `fields` overrides. */
function transfer(fields: Partial<Transfer> = {}): Transfer {
  const chain = fields.chain ?? ETHEREUM;
  const blockNumber = fields.blockNumber ?? 100;
  return {
    chain,
    blockNumber,
    txIndex: 0,
    position: 0,
    blockTime: 1_600_000_000 + blockNumber,
    tx: hash(blockNumber * 1000 + (fields.txIndex ?? 0)),
    from: account(1, chain),
    to: account(2, chain),
    asset: ether(chain),
    amount: 1n,
    kind: 'native',
    assigned: 'none',
    rounded: false,
    ...fields,
  };
}

function declaration(fields: Partial<Coverage> = {}): Coverage {
  return {
    chain: ETHEREUM,
    account: account(1),
    direction: 'both',
    assets: null,
    fromBlock: null,
    toBlock: 200,
    toAt: null,
    basis: 'index',
    truncated: false,
    note: null,
    source: 'transfers.csv',
    ...fields,
  };
}

async function ingest(
  store: LedgerStore,
  transfers: readonly Transfer[],
  coverage: readonly Coverage[] = [],
): Promise<ImportSummary> {
  const session = await store.beginImport(SOURCE);
  await session.write(transfers);
  return await session.commit({ rejected: 0, coverage });
}

async function histories(store: LedgerStore, query: HistoryQuery): Promise<Map<Account, Transfer[]>> {
  const found = new Map<Account, Transfer[]>();
  await store.histories(query, (owner, visited) => {
    found.set(owner, [...(found.get(owner) ?? []), visited]);
  });
  for (const history of found.values()) history.sort(compareTransfers);
  return found;
}

/** What `histories` must answer, from its definition. */
function expectedHistories(all: readonly Transfer[], query: HistoryQuery): Map<Account, Transfer[]> {
  const expected = new Map<Account, Transfer[]>();
  for (const owner of new Set(query.accounts)) {
    const history = all
      .filter(({ from, to, amount }) => amount > 0n && (from === owner || to === owner))
      .filter(({ asset }) => query.assets === null || query.assets.includes(asset))
      .filter(({ blockTime }) => query.until === null || blockTime <= query.until)
      .filter(({ chain, blockNumber }) => query.after === undefined || blockNumber > (query.after.get(chain) ?? 1e9))
      .sort(compareTransfers)
      .slice(0, query.limitPerAccount ?? undefined);
    if (history.length > 0) expected.set(owner, history);
  }
  return expected;
}

const everyone: readonly Account[] = [ETHEREUM, POLYGON].flatMap((chain) => [
  ...[1, 2, 3, 4].map((digit) => account(digit, chain)),
  feeSink(chain),
]);

/** Ledgers on two chains with fees, self-transfers, transfers of nothing and amounts of any size; each place once. */
const ledgers: fc.Arbitrary<Transfer[]> = fc
  .uniqueArray(
    fc.record({
      chain: fc.constantFrom(ETHEREUM, POLYGON),
      blockNumber: fc.integer({ min: 0, max: 6 }),
      txIndex: fc.integer({ min: 0, max: 3 }),
      position: fc.integer({ min: -1, max: 3 }),
      from: fc.integer({ min: 1, max: 4 }),
      to: fc.integer({ min: 1, max: 4 }),
      token: fc.boolean(),
      amount: fc.oneof(fc.bigInt({ min: 0n, max: 3n }), fc.bigInt({ min: 0n, max: 2n ** 256n - 1n })),
      assigned: fc.constantFrom('none', 'position', 'index', 'both'),
      rounded: fc.boolean(),
    }),
    { selector: (row) => `${row.chain} ${row.blockNumber} ${row.txIndex} ${row.position}`, maxLength: 60 },
  )
  .map((rows) =>
    rows.map(({ chain, from, to, token, assigned, ...row }): Transfer => {
      const fee = row.position === -1;
      return transfer({
        ...row,
        chain,
        assigned: assigned as Transfer['assigned'],
        from: account(from, chain),
        to: fee ? feeSink(chain) : account(to, chain),
        asset: token && !fee ? `${chain}/erc20:0x${'ab'.repeat(20)}` : ether(chain),
        kind: fee ? 'fee' : token ? 'token' : 'native',
      });
    }),
  );

const afterBlocks = fc
  .record({ here: fc.integer({ min: -1, max: 6 }), there: fc.option(fc.integer({ min: -1, max: 6 })) })
  .map(({ here, there }) => new Map([[ETHEREUM, here], ...(there === null ? [] : [[POLYGON, there] as const])]));

const queries: fc.Arbitrary<HistoryQuery> = fc.record(
  {
    accounts: fc.subarray([...everyone]),
    assets: fc.option(fc.subarray([ether(), ether(POLYGON), `${ETHEREUM}/erc20:0x${'ab'.repeat(20)}` as Asset])),
    until: fc.option(fc.integer({ min: 1_599_999_999, max: 1_600_000_007 })),
    limitPerAccount: fc.option(fc.integer({ min: 0, max: 5 })),
    after: afterBlocks,
  },
  { requiredKeys: ['accounts', 'assets', 'until', 'limitPerAccount'] },
);

/**
 * What every ledger store must do, whatever its engine.
 * @param open - an empty store; each call another one. One is open at a time.
 */
export function describeLedgerStore(name: string, open: () => Promise<LedgerStore>, runs: number): void {
  describe(`ledger store contract: ${name}`, () => {
    let store: LedgerStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(async () => {
      await store.close();
    });

    test('law: histories, transactions and blocks follow from the content alone', async () => {
      await fc.assert(
        fc.asyncProperty(ledgers, fc.integer({ min: 0, max: 60 }), queries, async (all, cut, query) => {
          await store.close();
          store = await open();
          await ingest(store, all.slice(cut));
          await ingest(store, all.slice(0, cut + 5));
          const sorted = [...all].sort(compareTransfers);
          expect(await histories(store, query)).toEqual(expectedHistories(all, query));
          const everything = { ...EVERYTHING, accounts: everyone };
          expect(await histories(store, everything)).toEqual(expectedHistories(all, everything));
          expect(await store.transactions(all.map(({ tx }) => tx))).toEqual(sorted);
          const inBlocks = await store.blocks(POLYGON, [0, 1, 2, 3, 9]);
          expect(inBlocks.sort(compareTransfers)).toEqual(
            sorted.filter(({ chain, blockNumber }) => chain === POLYGON && blockNumber <= 3),
          );
        }),
        { numRuns: runs },
      );
    });

    test('amounts keep all 256 bits', async () => {
      const amounts = [0n, 64n, 128n, 192n, 255n].flatMap((bits) => [2n ** bits, 2n ** bits - 1n, 2n ** bits + 1n]);
      const written = [...amounts, 2n ** 256n - 1n, 10n ** 77n].map((amount, position) =>
        transfer({ position, amount }),
      );
      await ingest(store, written);
      expect((await store.transactions([hash(100_000)])).map(({ amount }) => amount)).toEqual(
        written.map(({ amount }) => amount),
      );
    });

    test('names of transactions, accounts and assets come back as they were', async () => {
      const bitcoin: Chain = 'bip122:000000000019d6689c085ae165831e93';
      const names = [
        'ab'.repeat(32),
        `0x${'ab'.repeat(32)}`,
        `0x${'AB'.repeat(32)}`,
        "it's \\ \n a name",
        'ü'.repeat(200),
        '0x',
      ];
      const written = names.map((tx, txIndex) => transfer({ txIndex, tx }));
      const onBitcoin = transfer({
        chain: bitcoin,
        from: `${bitcoin}:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa`,
        to: `${bitcoin}:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq`,
        asset: `${bitcoin}/slip44:0`,
        tx: 'cd'.repeat(32),
      });
      await ingest(store, [...written, onBitcoin]);
      for (const one of [...written, onBitcoin]) expect(await store.transactions([one.tx])).toEqual([one]);
      expect(await store.transactions(['unknown', hash(1), "' OR 1 = 1 --"])).toEqual([]);
      expect(await histories(store, { ...EVERYTHING, accounts: [onBitcoin.from, `${bitcoin}:' OR 1 = 1`] })).toEqual(
        new Map([[onBitcoin.from, [onBitcoin]]]),
      );
    });

    test('the first transfers in order are those a limit keeps', async () => {
      const late = transfer({ blockNumber: 102, txIndex: 0 });
      const middle = transfer({ blockNumber: 101, txIndex: 10, position: 2 });
      const early = transfer({ blockNumber: 101, txIndex: 9, position: 1_000_003 });
      const fee = transfer({ blockNumber: 101, txIndex: 9, position: -1, kind: 'fee', to: feeSink(ETHEREUM) });
      await ingest(store, [late, middle, early, fee]);
      const query = { ...EVERYTHING, accounts: [account(1), account(2)], limitPerAccount: 2 };
      expect(await histories(store, query)).toEqual(
        new Map([
          [account(1), [fee, early]],
          [account(2), [early, middle]],
        ]),
      );
    });

    test('until includes its own second', async () => {
      const rows = [100, 101, 102].map((blockNumber) => transfer({ blockNumber }));
      await ingest(store, rows);
      const query = { ...EVERYTHING, accounts: [account(1)], until: 1_600_000_101 };
      expect((await histories(store, query)).get(account(1))).toEqual(rows.slice(0, 2));
    });

    test('an account that is asked for twice is visited once, a self-transfer once', async () => {
      const own = transfer({ to: account(1) });
      await ingest(store, [own]);
      const query = { ...EVERYTHING, accounts: [account(1), account(1)] };
      expect(await histories(store, query)).toEqual(new Map([[account(1), [own]]]));
    });

    test('transfers of nothing are kept but are no history', async () => {
      const nothing = transfer({ amount: 0n });
      await ingest(store, [nothing]);
      expect(await histories(store, { ...EVERYTHING, accounts: everyone })).toEqual(new Map());
      expect(await store.transactions([nothing.tx])).toEqual([nothing]);
      expect(await store.blocks(ETHEREUM, [100])).toEqual([nothing]);
    });

    describeImports(() => store);
    describeContradictions(() => store);
  });
}

function describeImports(store: () => LedgerStore): void {
  const row = transfer();
  /** Enough that a store which writes in batches has written some of them before the import ends. */
  const filler = Array.from({ length: 500 }, (_, n) => transfer({ blockNumber: 101 + n }));
  const visible = async (): Promise<unknown> => [
    await store().imports(),
    await store().transactions([row.tx]),
    await store().blocks(ETHEREUM, [100]),
    [...(await histories(store(), { ...EVERYTHING, accounts: everyone })).keys()].sort(),
    await store().coverage([account(1)]),
  ];
  const nothing = [[], [], [], [], []];

  test('an import is visible only once committed, all at once', async () => {
    const session = await store().beginImport(SOURCE);
    await session.write([row]);
    await session.write(filler);
    expect(await visible()).toEqual(nothing);
    const summary = await session.commit({ rejected: 3, coverage: [declaration()] });
    expect(summary).toEqual({ ...SOURCE, id: summary.id, transfers: 501, rejected: 3 });
    expect(await visible()).toEqual([[summary], [row], [row], [account(1), account(2)], [declaration()]]);
  });

  test('an aborted import leaves nothing, and another can follow', async () => {
    const session = await store().beginImport(SOURCE);
    await session.write([row]);
    await session.write(filler);
    await session.abort();
    await session.abort();
    expect(await visible()).toEqual(nothing);
    await expect(session.write([row])).rejects.toMatchObject({ code: 'defect' });
    const summary = await ingest(store(), [transfer({ blockNumber: 101 })]);
    expect(await store().imports()).toEqual([summary]);
    expect(await store().transactions([row.tx])).toEqual([]);
  });

  test('only one import may be open', async () => {
    const session = await store().beginImport(SOURCE);
    await expect(store().beginImport(SOURCE)).rejects.toMatchObject({ code: 'unavailable' });
    await session.commit({ rejected: 0, coverage: [] });
    await (await store().beginImport(SOURCE)).abort();
  });

  test('an import of nothing counts', async () => {
    const summary = await ingest(store(), []);
    expect(summary.transfers).toBe(0);
    expect(await store().imports()).toEqual([summary]);
  });

  test('what the ledger has already is not doubled, within an import and between imports', async () => {
    const others = [99, 101, 102].map((blockNumber) => transfer({ blockNumber }));
    const first = await ingest(store(), [others[0] as Transfer, row, others[1] as Transfer, row]);
    const second = await ingest(store(), [row, others[2] as Transfer, others[1] as Transfer]);
    const third = await ingest(store(), [row]);
    expect([first.transfers, second.transfers, third.transfers]).toEqual([3, 1, 0]);
    expect(await store().imports()).toEqual([first, second, third]);
    const all = [...others, row].sort(compareTransfers);
    expect(await store().transactions(all.map(({ tx }) => tx))).toEqual(all);
    expect(await histories(store(), { ...EVERYTHING, accounts: everyone })).toEqual(
      expectedHistories(all, { ...EVERYTHING, accounts: everyone }),
    );
  });

  test('of one transfer told twice in an import the row that knows more is kept; between imports the earlier', async () => {
    const vague = { ...row, assigned: 'both', rounded: true } as const;
    await ingest(store(), [vague, row, vague]);
    await ingest(store(), [vague]);
    expect(await store().transactions([row.tx])).toEqual([row]);
    expect((await histories(store(), { ...EVERYTHING, accounts: [account(2)] })).get(account(2))).toEqual([row]);
  });

  test('coverage comes back as declared, sorted, for the accounts and for their whole chains', async () => {
    const whole = declaration({ account: null, basis: 'whole-chain', fromBlock: 5, note: "the node's own \\ record" });
    const narrow = declaration({
      direction: 'out',
      assets: [ether()],
      fromBlock: 1,
      toAt: 1_600_000_200,
      truncated: true,
    });
    const unknown = declaration({ direction: 'out', toBlock: null, basis: 'unknown' });
    const other = declaration({ account: account(2) });
    const elsewhere = declaration({ chain: POLYGON, account: null });
    await ingest(store(), [row], [narrow, other, elsewhere, unknown]);
    await ingest(store(), [], [whole, narrow]);
    expect(await store().coverage([account(1)])).toEqual([whole, unknown, narrow]);
    expect(await store().coverage([account(3), account(2)])).toEqual([whole, other]);
    expect(await store().coverage([account(1, POLYGON)])).toEqual([elsewhere]);
    expect(await store().coverage([])).toEqual([]);
  });
}

function describeContradictions(store: () => LedgerStore): void {
  const first = transfer({ blockNumber: 100, tx: hash(1) });
  const later = transfer({ blockNumber: 200, tx: hash(2) });
  const cases: readonly (readonly [string, Transfer])[] = [
    ['one place, two amounts', { ...first, amount: 2n }],
    ['one place, two transactions', { ...first, tx: hash(3) }],
    ['one place, two payers', { ...first, from: account(3) }],
    ['one place, two assets', { ...first, asset: `${ETHEREUM}/erc20:0x${'ab'.repeat(20)}` }],
    ['one place, something and nothing', { ...first, amount: 0n }],
    ['one block, two times', { ...first, txIndex: 1, tx: hash(3), blockTime: first.blockTime + 1 }],
    ['time falls between two blocks', transfer({ blockNumber: 150, tx: hash(3), blockTime: first.blockTime - 1 })],
    ['time falls before the ledger', transfer({ blockNumber: 50, tx: hash(3), blockTime: first.blockTime + 1 })],
    ['time falls after the ledger', transfer({ blockNumber: 250, tx: hash(3), blockTime: later.blockTime - 1 })],
  ];

  test.each(cases)('refuses a contradiction and names the transactions: %s', async (_, wrong) => {
    const fine = [transfer({ blockNumber: 20 }), transfer({ blockNumber: 300 })];
    const named = { code: 'contradiction', message: expect.stringContaining(wrong.tx) };
    // Within one import, in either order.
    await expect(ingest(store(), [first, later, wrong])).rejects.toMatchObject(named);
    await expect(ingest(store(), [wrong, later, first])).rejects.toMatchObject(named);
    expect(await store().imports()).toEqual([]);
    // Against the ledger: alone, and between others.
    const summary = await ingest(store(), [first, later]);
    await expect(ingest(store(), [wrong], [declaration()])).rejects.toMatchObject(named);
    await expect(ingest(store(), [fine[0] as Transfer, wrong, fine[1] as Transfer])).rejects.toMatchObject(named);
    expect(await store().imports()).toEqual([summary]);
    expect(await store().coverage([account(1)])).toEqual([]);
    expect(await store().transactions([...fine, wrong, first, later].map(({ tx }) => tx))).toEqual([first, later]);
    // The store goes on.
    expect((await ingest(store(), fine)).transfers).toBe(2);
  });

  test('chains do not contradict each other, and equal times are no fall', async () => {
    const same = transfer({ blockNumber: 101, blockTime: first.blockTime });
    const elsewhere = transfer({ chain: POLYGON, blockNumber: 100, blockTime: 1 });
    expect((await ingest(store(), [first, same])).transfers).toBe(2);
    expect((await ingest(store(), [elsewhere])).transfers).toBe(1);
  });
}
