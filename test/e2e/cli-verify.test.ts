import { readFileSync, writeFileSync } from 'node:fs';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { account, hash, type Row, writeLedger } from './ledger-csv.ts';
import { type CliResult, createWorkspace, type Workspace } from './run-cli.ts';

/*
 * 100 are stolen by a, joined at b by 50 of a stranger, and split between c and an exchange. Every edit below is one that
 * somebody with a zip program can make.
 */

const [VICTIM, A, STRANGER, B, C, EXCHANGE] = [1, 2, 3, 4, 5, 6].map(account) as [
  string,
  string,
  string,
  string,
  string,
  string,
];
const INFLOW: Row = { block: 12, tx: 3, from: STRANGER, to: B, amount: 50 };
const ROWS: readonly Row[] = [
  { block: 10, tx: 1, from: VICTIM, to: A, amount: 100 },
  { block: 11, tx: 2, from: A, to: B, amount: 100 },
  INFLOW,
  { block: 13, tx: 4, from: B, to: C, amount: 60 },
  { block: 14, tx: 5, from: B, to: EXCHANGE, amount: 70 },
];

let workspace: Workspace;
let bundle: string;
beforeAll(async () => {
  workspace = createWorkspace();
  writeFileSync(workspace.path('labels.csv'), `address,name_tag,label\n${EXCHANGE},Big Exchange,exchange\n`);
  bundle = await makeBundle('whole', ROWS);
});
afterAll(() => workspace.remove());

async function makeBundle(name: string, rows: readonly Row[]): Promise<string> {
  const out = workspace.path(`${name}.cairn`);
  const transfers = writeLedger(workspace.path(`${name}.csv`), rows);
  const input = ['--transfers', transfers, '--labels', workspace.path('labels.csv')];
  const { code, stderr } = await workspace.run('trace', ...input, '--seed', hash(1), '--bundle', out);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return out;
}

async function verifyEdited(part: string, edit: (text: string) => string): Promise<CliResult> {
  const parts = unzipSync(readFileSync(bundle));
  const before = strFromU8(parts[part] as Uint8Array);
  const after = edit(before);
  expect(after, 'the edit changes something').not.toBe(before);
  const file = workspace.path('edited.cairn');
  writeFileSync(file, zipSync({ ...parts, [part]: strToU8(after) }));
  return workspace.run('verify', file);
}

test('an untouched bundle recomputes, and says what that does not prove', async () => {
  const { code, stdout } = await workspace.run('verify', bundle);
  expect(code).toBe(0);
  expect(stdout).toContain('Arithmetic    recomputes');
  expect(stdout).toContain('Authenticity  not checked');
  expect(stdout).toContain('completeness not proven');
  expect(stdout).toContain('Signature     none');
});

describe('each of these is found and named, with exit code 7', () => {
  const swapRows = (text: string): string => {
    const lines = text.split('\n');
    const [first, second] = [lines[1] as string, lines[2] as string];
    return [lines[0], second, first, ...lines.slice(3)].join('\n');
  };
  const cases: [string, string, (text: string) => string, RegExp][] = [
    ['a changed amount', 'transfers.csv', (text) => text.replace(',60,', ',61,'), /transfers\.csv/],
    ['a reordered row', 'transfers.csv', swapRows, /transfers\.csv/],
    ['a changed label', 'labels.json', (text) => text.replace('Big Exchange', 'Big Escrow'), /labels\.json/],
    [
      'a changed result',
      'result.json',
      (text) => text.replace('"stolen": "100"', '"stolen": "101"'),
      /result\.json.*stolen/,
    ],
    [
      'a changed parameter',
      'parameters.json',
      (text) => text.replace('"maxHops": null', '"maxHops": 9').replace('"maxHops":null', '"maxHops":9'),
      /parameters\.json/,
    ],
    [
      'a dropped result row',
      'result.json',
      (text) => {
        const result = JSON.parse(text) as { runs: { tags: { holdings: unknown[] }[] }[] };
        result.runs[0]?.tags[0]?.holdings.pop();
        return JSON.stringify(result, null, 1);
      },
      /result\.json.*holdings/,
    ],
  ];
  test.each(cases)('%s', async (_, part, edit, named) => {
    const { code, stdout } = await verifyEdited(part, edit);
    expect(stdout).toContain('DOES NOT RECOMPUTE');
    expect(stdout).toMatch(named);
    expect(code).toBe(7);
  });

  test('a flipped bit in the middle of the file', async () => {
    const bytes = readFileSync(bundle);
    const middle = bytes.length >> 1;
    bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
    writeFileSync(workspace.path('flipped.cairn'), bytes);
    const { code, stdout } = await workspace.run('verify', workspace.path('flipped.cairn'));
    expect(code).toBe(7);
    expect(stdout).toContain('DOES NOT RECOMPUTE');
  });
});

test('no report is made of a bundle that does not recompute', async () => {
  await verifyEdited('transfers.csv', (text) => text.replace(',60,', ',61,'));
  const { code, stderr } = await workspace.run(
    'report',
    workspace.path('edited.cairn'),
    '--csv',
    workspace.path('r.csv'),
  );
  expect(code).toBe(7);
  expect(stderr).toContain('does not recompute');
});

test('a bundle made again with one inflow left out: the arithmetic is right, completeness not proven', async () => {
  const again = await makeBundle(
    'again',
    ROWS.filter((row) => row !== INFLOW),
  );
  const { code, stdout } = await workspace.run('verify', again);
  expect(code).toBe(0);
  expect(stdout).toContain('Arithmetic    recomputes');
  expect(stdout).toContain('completeness not proven');
  const whole = await workspace.run('verify', bundle, '--json');
  const cut = await workspace.run('verify', again, '--json');
  const digest = (text: string): string => (JSON.parse(text) as { digest: string }).digest;
  expect(digest(cut.stdout)).toMatch(/^[0-9a-f]{64}$/);
  expect(digest(cut.stdout)).not.toBe(digest(whole.stdout));
});

test('a file that is no bundle, and one that is not there', async () => {
  const csv = await workspace.run('verify', workspace.path('whole.csv'));
  expect({ code: csv.code, stderr: csv.stderr }).toEqual({
    code: 3,
    stderr: 'cairn: not a bundle: the file is not a zip archive\n',
  });
  expect((await workspace.run('verify', workspace.path('absent.cairn'))).code).toBe(5);
});
