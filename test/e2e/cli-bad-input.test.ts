import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { account, HEADER, hash, line, type Row, writeLedger } from './ledger-csv.ts';
import { type CliResult, createWorkspace, REPOSITORY, startProcess, type Workspace } from './run-cli.ts';

/* What a stranger gets wrong, and what the world does: a message that names it, and the exit code `cairn --help` documents. */

const [A, B, C] = [1, 2, 3].map(account) as [string, string, string];
const GOOD: Row = { block: 10, tx: 1, from: A, to: B, amount: 1000 };
const NEXT: Row = { block: 11, tx: 2, from: B, to: C, amount: 400 };

let workspace: Workspace;
let count = 0;
let empty: string;
beforeAll(async () => {
  workspace = createWorkspace();
  empty = workspace.path('empty');
  expect((await workspace.run('init', '--data', empty)).code).toBe(0);
});
afterAll(() => workspace.remove());

/** Ingests into a ledger of its own. */
async function ingest(...files: string[]): Promise<CliResult & { readonly data: string }> {
  const data = workspace.path(`data-${count++}`);
  cpSync(empty, data, { recursive: true });
  return { ...(await workspace.run('ingest', ...files, '--data', data)), data };
}

async function transfersOf(who: string, data: string): Promise<number> {
  const { stdout } = await workspace.run('accounts', who, '--data', data, '--json');
  return (JSON.parse(stdout) as { transfers: number }[])[0]?.transfers ?? Number.NaN;
}

describe('a bad row is named with line and reason, the good ones are kept (exit 8)', () => {
  const cases: [string, Row, string][] = [
    [
      'an address with a wrong checksum',
      { ...NEXT, from: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD' },
      'wrong checksum',
    ],
    ['a value of 2^256', { ...NEXT, amount: 2n ** 256n }, '2^256 or more'],
    ['a negative value', { ...NEXT, amount: -400 }, 'negative'],
  ];
  test.each(cases)('%s', async (name, bad, reason) => {
    const file = writeLedger(workspace.path(`${name.replaceAll(/\W/g, '-')}.csv`), [GOOD, bad]);
    const { code, stdout, data } = await ingest(file);
    expect(code).toBe(8);
    expect(stdout).toMatch(/rejected 1 \(first: line 3\)/);
    expect(stdout).toContain(reason);
    const [rejects] = readdirSync(join(data, 'rejects'));
    const rejected = readFileSync(join(data, 'rejects', rejects as string), 'utf8');
    expect(rejected.split('\n')[1]).toContain(reason);
    expect(rejected).toContain(line(bad));
    expect(await transfersOf(B, data)).toBe(1);
  });

  test('a CSV cut off in its last row', async () => {
    const file = workspace.path('cut.csv');
    writeFileSync(file, [HEADER, line(GOOD), line(NEXT).slice(0, 100)].join('\n'));
    const { code, stdout } = await ingest(file);
    expect(code).toBe(8);
    expect(stdout).toContain('The file is cut off: its last row is incomplete.');
  });
});

test('a CSV cut off in its only row has nothing to keep', async () => {
  const file = workspace.path('cut-short.csv');
  writeFileSync(file, `${HEADER}\n${line(GOOD).slice(0, 60)}`);
  const { code, stderr } = await ingest(file);
  expect(code).toBe(3);
  expect(stderr).toContain('line 2: the row is cut off');
});

test('a CSV of another schema: what it has, and what the nearest formats need', async () => {
  const file = workspace.path('other.csv');
  writeFileSync(file, 'date,payee,euro\n2025-02-21,nobody,5\n');
  const { code, stderr } = await ingest(file);
  expect(code).toBe(3);
  expect(stderr).toContain('unknown schema; columns found: date, payee, euro');
  expect(stderr).toContain('missing: block_number');
});

test('a Parquet with a missing column', async () => {
  const file = workspace.path('token_transfers.parquet');
  // A column of ethereum-etl's token_transfers is left out: value.
  const columns = `'0x01' AS token_address, '0x02' AS from_address, '0x03' AS to_address, '0x04' AS transaction_hash, 1 AS log_index, 1 AS block_number`;
  const script = `require('chdb').query("SELECT ${columns} INTO OUTFILE '${file}' FORMAT Parquet", 'CSV')`;
  const made = await startProcess(['-e', script], join(REPOSITORY, 'core')).result;
  expect({ made, exists: existsSync(file) }).toMatchObject({ made: { code: 0 }, exists: true });
  const { code, stderr } = await ingest(file);
  expect(code).toBe(3);
  expect(stderr).toContain('token_transfers.parquet');
  expect(stderr).toMatch(/missing: .*value/);
});

describe('rows that cannot all be true change nothing (exit 4)', () => {
  test('one block with two times', async () => {
    const file = writeLedger(workspace.path('two-times.csv'), [GOOD, { ...NEXT, block: 10, time: 1_700_000_121 }]);
    const { code, stderr, data } = await ingest(file);
    expect(code).toBe(4);
    expect(stderr).toContain('two-times.csv: block 10 has two times: line 2 says 1700000120, line 3 says 1700000121');
    expect(await transfersOf(B, data)).toBe(0);
  });

  test('time falling as blocks rise', async () => {
    const file = writeLedger(workspace.path('falling.csv'), [GOOD, { ...NEXT, time: 1_700_000_119 }]);
    const { code, stderr, data } = await ingest(file);
    expect(code).toBe(4);
    expect(stderr).toContain('time falls as blocks rise: line 2 puts block 10 at 1700000120, line 3 puts block 11 at');
    expect(await transfersOf(B, data)).toBe(0);
  });

  test('a second file against the ledger', async () => {
    const first = writeLedger(workspace.path('first.csv'), [GOOD]);
    const second = writeLedger(workspace.path('second.csv'), [{ ...NEXT, block: 10, time: 1_700_000_121 }]);
    const { code, stderr, data } = await ingest(first, second);
    expect(code).toBe(4);
    expect(stderr).toContain('second.csv: block 10 has two times: the ledger says 1700000120');
    expect(await transfersOf(B, data)).toBe(1);
  });
});

describe('what is not there (exit 5)', () => {
  test('an unknown case: the shipped ones are named', async () => {
    const { code, stderr } = await workspace.run('trace', '--case', 'mtgox-2011');
    expect(code).toBe(5);
    expect(stderr).toContain('there is no case mtgox-2011');
    expect(stderr).toContain('atomic-wallet-2023, bancor-2018, bybit-2025');
  });

  test('a file', async () => {
    const { code, stderr } = await ingest(workspace.path('absent.csv'));
    expect(code).toBe(5);
    expect(stderr).toContain('no such file');
  });
});

describe('a data directory that cannot be used (exit 6)', () => {
  test('the path is a file', async () => {
    const file = writeLedger(workspace.path('file.csv'), [GOOD]);
    const { code, stderr } = await workspace.run('init', '--data', file);
    expect(code).toBe(6);
    expect(stderr).toContain(`cannot use ${file}`);
    expect(stderr).toContain('name another place with --data DIR');
  });

  test('a file system that takes no directories', async (ctx) => {
    if (!existsSync('/proc/self')) return ctx.skip('this system has no /proc');
    for (const command of ['init', 'demo']) {
      const { code, stderr } = await workspace.run(command, '--data', '/proc/cairn');
      expect(code).toBe(6);
      expect(stderr).toContain('cannot use /proc/cairn');
    }
  });
});

test('an address on the command line with a wrong checksum', async () => {
  const wrong = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD'.replace('5aA', '5aa');
  const { code, stderr } = await workspace.run('labels', wrong, '--data', empty);
  expect(code).toBe(3);
  expect(stderr).toContain(`'${wrong}': wrong checksum (EIP-55)`);
});

test('`labels import` without a file', async () => {
  const { code, stderr } = await workspace.run('labels', 'import', '--data', empty);
  expect({ code, stderr }).toEqual({ code: 3, stderr: 'cairn: no label file is named\n  cairn labels import FILE…\n' });
});

test('a transaction the ledger does not have', async () => {
  const file = writeLedger(workspace.path('one.csv'), [GOOD]);
  const { code, stderr } = await workspace.run('trace', '--transfers', file, '--seed', hash(99));
  expect(code).toBe(5);
  expect(stderr).toContain(`the ledger has no transaction ${hash(99)}`);
});
