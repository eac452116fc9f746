import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseCase, parseCrossings } from './case.ts';
import { importOnwardAmounts, importPublishedFlows, listDepositAccounts, sumFlows } from './published-flow.ts';

const CASES = new URL('../../../data/cases/', import.meta.url);
const ETHER = 'eip155:1/slip44:60';
const STETH = 'eip155:1/erc20:0xae7ab96520de3a18e5e111b5eaab095312d7fe84';
const METH = 'eip155:1/erc20:0xd5f7838f5c461feff7fe49ea5ebaf7728bb0adfa';
const CMETH = 'eip155:1/erc20:0xe6829d9a7ee3040e1276fa75293bde931859e8fa';
const SPLITTER = '0xa4b2fd68593b6f34e51cb9edb66e71c1b4ab449e';
const GAP = 98_047_894_800_000_000_000_000n; // 98,047.8948 ETH, as the case's compiler counted it

const readText = (slug: string, path: string): string => readFileSync(new URL(`${slug}/${path}`, CASES), 'utf8');
const readCase = (slug: string) => parseCase(JSON.parse(readText(slug, 'case.json')));

function readLedgerCase(slug: string) {
  const found = readCase(slug);
  if (found.kind !== 'ledger') throw new Error(`${slug} is not a ledger case`);
  return found;
}

/** Rows of a shipped CSV without quoted fields, by column. */
function readRows(slug: string, path: string): Record<string, string>[] {
  const [head = '', ...lines] = readText(slug, path).trimEnd().split('\n');
  const columns = head.split(',');
  return lines.map((line) => {
    const fields = line.split(',');
    return Object.fromEntries(columns.map((column, index) => [column, fields[index] ?? '']));
  });
}

/** Rows of the Bybit transfers, with the position ingest gives them: the next free number in their transaction. */
function readBybitTransfers() {
  const seen = new Map<string, number>();
  return readRows('bybit-2025', 'transfers.csv').map((row) => {
    const tx = row.tx_hash ?? '';
    const position = seen.get(tx) ?? 0;
    seen.set(tx, position + 1);
    const { from = '', to = '', asset = '', hop = '' } = row;
    return { tx, position, from, to, asset, hop, amount: BigInt(row.amount ?? ''), block: Number(row.block_number) };
  });
}

describe.each(['bybit-2025', 'bancor-2018', 'atomic-wallet-2023'])('the shipped case %s', (slug) => {
  test('parses, names every file it has, and gives the hash each file really has', () => {
    const shipped = readCase(slug);
    const own = readdirSync(new URL(`${slug}/`, CASES)).filter((name) => !['case.json', 'README.md'].includes(name));
    expect(shipped.slug).toBe(slug);
    expect(shipped.provenance.map(({ path }) => path).sort()).toEqual(own.sort());
    for (const { path, sha256 } of shipped.provenance) {
      expect(createHash('sha256').update(readText(slug, path)).digest('hex'), path).toBe(sha256);
    }
    expect(existsSync(new URL(`${slug}/README.md`, CASES))).toBe(true);
  });
});

describe('bybit-2025', () => {
  const shipped = readLedgerCase('bybit-2025');
  const transfers = readBybitTransfers();

  test('its seeds are the four thefts, and add up to what was stolen', () => {
    const stolen = new Map<string, bigint>();
    for (const seed of shipped.seeds) {
      if (seed.kind !== 'transfer') throw new Error('a theft is a transfer');
      const row = transfers.find(({ tx, position }) => tx === seed.transfer.tx && position === seed.transfer.position);
      expect(row?.hop).toBe('0');
      expect(seed.tag).toBe(`bybit-2025/${row?.asset}`);
      expect(seed.amount).toBeNull();
      stolen.set(seed.tag, (stolen.get(seed.tag) ?? 0n) + (row?.amount ?? 0n));
    }
    expect(Object.fromEntries(stolen)).toEqual({
      [`bybit-2025/${ETHER}`]: 401346768858404671846374n,
      [`bybit-2025/${STETH}`]: 90375547907685258392043n,
      [`bybit-2025/${METH}`]: 8000n * 10n ** 18n,
      [`bybit-2025/${CMETH}`]: 15000n * 10n ** 18n,
    });
  });

  test('its coverage names the five accounts whose outgoing transfers the file has, to its last row', () => {
    const outgoing = new Set(transfers.filter(({ hop }) => Number(hop) >= 1).map(({ from }) => `eip155:1:${from}`));
    expect(shipped.coverage.map(({ account }) => account).sort()).toEqual([...outgoing].sort());
    expect(outgoing.size).toBe(5);
    for (const declared of shipped.coverage) {
      expect(declared).toMatchObject({ direction: 'out', basis: 'export', fromBlock: 21895251, truncated: false });
      expect(declared.toBlock).toBe(transfers.at(-1)?.block);
      expect(declared.toAt).toBe(1741025627);
      expect(declared.assets).toEqual([ETHER, METH, CMETH, STETH]);
    }
  });
});

describe('the declared crossings of bybit-2025', () => {
  const transfers = readBybitTransfers();
  const crossings = parseCrossings(JSON.parse(readText('bybit-2025', 'crossings.json')));
  const paidFor = new Map(crossings.map(({ input, output }) => [`${input.tx}:${input.position}`, output]));
  const unrecorded = (key: string): bigint => {
    const output = paidFor.get(key);
    return output?.kind === 'unrecorded' ? output.amount : 0n;
  };
  const inputs = transfers.filter(({ from, asset }) => from === SPLITTER && (asset === STETH || asset === METH));
  const venues = ['0x6bb000067005450704003100632eb93ea00c0000', '0xfe837a3530dd566401d35befcd55582af7c4dffc'];
  const spends = transfers.filter(({ from, asset }) => from === SPLITTER && asset === ETHER);

  /** Ether balance of the account after each step in file order, and the sum of what it lacked. */
  function replay(withCrossings: boolean) {
    let balance = 0n;
    let gap = 0n;
    for (const { tx, position, from, to, asset, amount } of transfers) {
      if (to === SPLITTER && asset === ETHER) balance += amount;
      if (withCrossings) balance += unrecorded(`${tx}:${position}`);
      if (from !== SPLITTER || asset !== ETHER) continue;
      if (amount > balance) gap += amount - balance;
      balance = amount > balance ? 0n : balance - amount;
    }
    return { balance, gap };
  }

  test('are one for each of the twelve transfers of stETH and mETH into a venue, each an assumption with its reason', () => {
    expect(inputs).toHaveLength(12);
    expect(crossings.map(({ input }) => input)).toEqual(inputs.map(({ tx, position }) => ({ tx, position })));
    for (const { to } of inputs) expect([...venues, '0x04708077eca6bb527a5bbbd6358ffb043a9c1c14']).toContain(to);
    for (const { basis, output, reason } of crossings) {
      expect(basis).toBe('declared');
      expect(output).toMatchObject({ kind: 'unrecorded', account: `eip155:1:${SPLITTER}`, asset: ETHER });
      expect(reason).toMatch(/Assumption/);
    }
  });

  test('pay in each batch what left the account around it and nothing recorded brought in', () => {
    const batches = [inputs.slice(0, 1), inputs.slice(1, 5), inputs.slice(5)];
    const face = batches.map((batch) => batch.reduce((sum, { amount }) => sum + amount, 0n));
    expect(face).toEqual([10_000n * 10n ** 18n, 50_000n * 10n ** 18n, 3_837_554_791_768n * 10n ** 10n]);
    const paid = batches.map((batch) =>
      batch.reduce((sum, { tx, position }) => sum + unrecorded(`${tx}:${position}`), 0n),
    );
    // 9,980 ETH left after the first batch; 1 of them had come from the theft account.
    const left = spends.map(({ amount }) => amount);
    expect(left).toEqual([9_980n * 10n ** 18n, 49_755n * 10n ** 18n, 10n ** 17n, 383_137_948n * 10n ** 14n]);
    expect(paid).toEqual([9_979n * 10n ** 18n, 49_755n * 10n ** 18n, 383_138_948n * 10n ** 14n]);
  });

  test('split a batch by face amount, the remainder to the last', () => {
    const batch = inputs.slice(5);
    const face = batch.reduce((sum, { amount }) => sum + amount, 0n);
    const total = 383_138_948n * 10n ** 14n;
    const shares = batch.map(({ amount }) => (total * amount) / face);
    const rest = total - shares.reduce((sum, share) => sum + share, 0n);
    expect(batch.map(({ tx, position }) => unrecorded(`${tx}:${position}`))).toEqual(
      shares.map((share, index) => (index === shares.length - 1 ? share + rest : share)),
    );
  });

  test('leave nothing of the ether gap; without them it is 98,047.8948 ETH', () => {
    expect(replay(false)).toEqual({ balance: 0n, gap: GAP });
    expect(replay(true)).toEqual({ balance: 0n, gap: 0n });
  });
});

describe('the published onward amounts of bybit-2025', () => {
  const amounts = importOnwardAmounts(readText('bybit-2025', 'published-leaf-amounts.csv'), 'eip155:1', ETHER);

  test('are kept as published, for accounts that received value in the record', () => {
    expect(amounts).toHaveLength(47);
    expect(amounts[1]).toEqual({
      account: 'eip155:1:0xaf620e6d32b1c67f3396ef5d2f7d7642dc2e6ce9',
      asset: ETHER,
      movedOut: '10066.60',
      movedOn: 1740182400,
      origin: 'ETH',
    });
    const receivers = new Set(readBybitTransfers().map(({ to }) => `eip155:1:${to}`));
    expect(amounts.filter(({ account }) => !receivers.has(account))).toEqual([]);
  });
});

describe('bancor-2018', () => {
  const MARKED = '0xbceaa0040764009fdcff407e82ad1f06465fd2c4';
  const rows = readRows('bancor-2018', 'all-tx.csv').filter(({ tokenSymbol }) => tokenSymbol === '');

  test('its seed is the ether of the marked account, which received it once and sent all but the fees', () => {
    const { seeds, coverage } = readLedgerCase('bancor-2018');
    expect(seeds).toEqual([
      { kind: 'account', tag: `bancor-2018/${ETHER}`, account: `eip155:1:${MARKED}`, asset: ETHER, at: null },
    ]);
    expect(coverage).toEqual([]);
    const received = rows.filter(({ to }) => to === MARKED).map(({ value }) => BigInt(value ?? ''));
    const sent = rows.filter(({ from }) => from === MARKED);
    const fees = sent.reduce((sum, row) => sum + BigInt(row.gasPrice ?? '') * BigInt(row.gasUsed ?? ''), 0n);
    expect(received).toEqual([25533614328758401081460n]);
    expect(sent.reduce((sum, { value }) => sum + BigInt(value ?? ''), 0n)).toBe(25533613908758401081460n);
    expect(received[0]).toBe(25533613908758401081460n + fees);
  });
});

describe('atomic-wallet-2023', () => {
  const shipped = readCase('atomic-wallet-2023');
  if (shipped.kind !== 'published-flow') throw new Error('the case is a published flow');
  const { records, sources, terminals } = shipped.flows;
  const read = (path: string): string => readText('atomic-wallet-2023', path);
  const flows = importPublishedFlows(
    { records: read(records), sources: read(sources), terminals: read(terminals) },
    shipped.chain,
  );

  test('has the published rows, and they add up to the published sums in cents', () => {
    expect([flows.claims.length, flows.sources.length, flows.terminals.length]).toEqual([1080, 17, 101]);
    const totals = sumFlows(flows);
    expect(totals.outOfSources).toBe(10_737_048_43n);
    expect(totals.intoTerminals).toBe(10_495_372_83n);
    expect(totals.betweenTerminals).toBe(19_992_83n);
    expect(totals.bySource.reduce((sum, { usdCents }) => sum + usdCents, 0n)).toBe(totals.outOfSources);
    expect(totals.byTerminal.reduce((sum, { usdCents }) => sum + usdCents, 0n)).toBe(totals.intoTerminals);
  });

  test('lists the deposit accounts the publisher labels, at services the case names', () => {
    const deposits = listDepositAccounts(flows);
    const services = new Set(deposits.map(({ service }) => service));
    expect([...services].sort()).toEqual(shipped.services.map(({ name }) => name).sort());
    for (const { usdCents, transactions, label } of deposits) {
      expect(usdCents).toBeGreaterThan(0n);
      expect(transactions.length).toBeGreaterThan(0);
      expect(label).toMatch(/_Deposit_0x/);
    }
  });

  test('refuses a file with a row it cannot read, naming the line', () => {
    const cut = read(records).split('\n').slice(0, 3).join('\n').slice(0, -30);
    expect(() => importPublishedFlows({ records: cut, sources: '', terminals: '' }, 'eip155:1')).toThrow('line 3');
  });
});

describe('a case file', () => {
  const good = () => JSON.parse(readText('bancor-2018', 'case.json')) as Record<string, unknown>;

  test.each([
    ['a misspelt key', { coverag: [] }, 'coverag'],
    ['a path that leaves the folder', { crossings: '../other/crossings.json' }, 'crossings'],
    [
      'a seed on an account with a wrong checksum',
      {
        seeds: [{ kind: 'account', account: 'eth:0xBceaa0040764009fdcff407e82ad1f06465fd2c4', asset: ETHER, at: null }],
      },
      'seeds.0.account',
    ],
    ['a policy that does not exist', { instructed: { policy: 'fifo/2', because: 'x' } }, 'instructed.policy'],
  ])('is refused for %s, naming the place', (_, change, place) => {
    expect(() => parseCase({ ...good(), ...change })).toThrow(place);
  });

  test('gives canonical accounts, whatever case they are written in', () => {
    const upper = {
      kind: 'account',
      account: 'eth:0xBCEAA0040764009FDCFF407E82AD1F06465FD2C4',
      asset: ETHER,
      at: '2019-03-13',
    };
    const parsed = parseCase({ ...good(), seeds: [upper] });
    expect(parsed.kind === 'ledger' && parsed.seeds).toEqual([
      {
        kind: 'account',
        tag: `bancor-2018/${ETHER}`,
        account: 'eip155:1:0xbceaa0040764009fdcff407e82ad1f06465fd2c4',
        asset: ETHER,
        at: 1552435200,
      },
    ]);
  });
});

describe('a crossings file', () => {
  const one = {
    id: 'a',
    basis: 'declared',
    input: { tx: '0xAB', position: 0 },
    output: { kind: 'transfer', transfer: { tx: '0xcd', position: 1 } },
    reason: 'seen',
  };

  test('gives hashes in lower case', () => {
    expect(parseCrossings({ crossings: [one] })[0]?.input).toEqual({ tx: '0xab', position: 0 });
  });

  test('may infer a crossing, of a part of its input, but not prove one', () => {
    const [inferred] = parseCrossings({ crossings: [{ ...one, basis: 'inferred', part: '7' }] });
    expect(inferred).toMatchObject({ basis: 'inferred', part: 7n, reason: 'seen' });
    expect(parseCrossings({ crossings: [one] })[0]).not.toHaveProperty('part');
  });

  test.each([
    ['two crossings of one id', [one, { ...one, input: { tx: '0xef', position: 0 } }], 'the id a'],
    ['one transfer that goes into two crossings', [one, { ...one, id: 'b' }], 'the input 0xab:0'],
    ['a crossing that claims to be proven', [{ ...one, basis: 'exact' }], 'crossings.0.basis'],
    ['a crossing without a reason', [{ ...one, reason: '' }], 'crossings.0.reason'],
  ])('is refused for %s', (_, crossings, place) => {
    expect(() => parseCrossings({ crossings })).toThrow(place);
  });
});
