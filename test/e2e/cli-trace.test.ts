import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { account, hash, type Row, writeLedger } from './ledger-csv.ts';
import { type CliResult, createWorkspace, type Workspace } from './run-cli.ts';

/*
 * A record small enough to trace by hand. 100 ether are stolen and arrive at A; B gets them, and 50 of a stranger after them;
 * B pays 60 to C and 0.5 to D, and C pays 40 to an exchange. The theft's transaction moves 7 of a token too.
 */

const ETH = 10n ** 18n;
const TOKEN = `eip155:1/erc20:${account(99)}`;
const [VICTIM, A, STRANGER, B, C, D, EXCHANGE] = [1, 2, 3, 4, 5, 6, 7].map((n) => `0x${'0'.repeat(38)}${n}0`) as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];
const ROWS: readonly Row[] = [
  { block: 10, tx: 1, from: VICTIM, to: A, amount: 100n * ETH },
  { block: 10, tx: 1, from: VICTIM, to: A, asset: TOKEN, amount: 7 },
  { block: 11, tx: 2, from: A, to: B, amount: 100n * ETH },
  { block: 12, tx: 3, from: STRANGER, to: B, amount: 50n * ETH },
  { block: 13, tx: 4, from: B, to: C, amount: 60n * ETH },
  { block: 14, tx: 5, from: B, to: D, amount: ETH / 2n },
  { block: 15, tx: 6, from: C, to: EXCHANGE, amount: 40n * ETH },
];

let workspace: Workspace;
let input: string[];
beforeAll(() => {
  workspace = createWorkspace();
  const labels = workspace.path('labels.csv');
  writeFileSync(labels, `address,name_tag,label\n${EXCHANGE},Big Exchange,exchange\n`);
  input = ['--transfers', writeLedger(workspace.path('ledger.csv'), ROWS), '--labels', labels];
});
afterAll(() => workspace.remove());

function traceFile(...args: string[]): Promise<CliResult> {
  return workspace.run('trace', ...input, ...args);
}

type Booked = { readonly account: string; readonly reason?: string; readonly status?: string; readonly origin: string };
type Tag = { readonly tag: string; readonly stolen: string; readonly terminals: Booked[]; readonly holdings: Booked[] };

/** Where each tag's value ended under one policy: `reason or status`, address and ether. */
async function places(...args: string[]): Promise<Record<string, string[]>> {
  const { code, stdout, stderr } = await traceFile(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { runs } = JSON.parse(stdout) as { runs: { tags: Tag[] }[] };
  expect(runs.length).toBe(1);
  const show = ({ account, reason, status, origin }: Booked): string =>
    `${reason ?? status} ${account.replace('eip155:1:', '')} ${Number(BigInt(origin) / (ETH / 10n)) / 10}`;
  return Object.fromEntries(
    (runs[0]?.tags ?? []).map((t) => [t.tag, [...t.terminals, ...t.holdings].map(show).sort()]),
  );
}

const THEFT = `${hash(1)}:0/eip155:1/slip44:60`;

describe('a one-off from files, without a data directory', () => {
  test('first in, first out, to the exchange of the label file', async () => {
    expect(await places('--seed', `${hash(1)}:0`, '--policy', 'fifo')).toEqual({
      [THEFT]: [`label:exchange ${EXCHANGE} 40`, `last-seen ${B} 39.5`, `last-seen ${C} 20`, `last-seen ${D} 0.5`],
    });
    expect(existsSync(workspace.path('.cairn'))).toBe(false);
  });

  test('the limits book what arrives beyond them', async () => {
    const fifo = ['--seed', `${hash(1)}:0`, '--policy', 'fifo'];
    expect(await places(...fifo, '--max-hops', '1')).toEqual({ [THEFT]: [`max-hops ${B} 100`] });
    expect(await places(...fifo, '--until', '1700000132')).toEqual({ [THEFT]: [`last-seen ${B} 100`] });
    expect(await places(...fifo, '--min-amount', 'ETH=0.6')).toEqual({
      [THEFT]: [
        `below-threshold ${D} 0.5`,
        `label:exchange ${EXCHANGE} 40`,
        `last-seen ${B} 39.5`,
        `last-seen ${C} 20`,
      ],
    });
  });

  test('a rule for one holding: what joined last leaves first', async () => {
    expect(await places('--seed', `${hash(1)}:0`, '--policy', 'fifo', '--rule', `${B},ETH=lifo`)).toEqual({
      // 50 of the 60 are the stranger's; C then pays its 40 oldest, and its oldest are the stranger's.
      [THEFT]: [`last-seen ${B} 89.5`, `last-seen ${C} 10`, `last-seen ${D} 0.5`],
    });
  });

  test('an account as the seed, with one asset and with each', async () => {
    const one = await places('--stolen-account', A, '--asset', 'eth', '--policy', 'fifo');
    expect(Object.keys(one)).toEqual([`eip155:1:${A}/eip155:1/slip44:60`]);
    const all = await places('--stolen-account', `${A}@2023-11-14`, '--policy', 'fifo');
    expect(Object.keys(all)).toEqual([`eip155:1:${A}/${TOKEN}`, `eip155:1:${A}/eip155:1/slip44:60`]);
  });

  test('source of funds: where what the exchange received came from', async () => {
    const { code, stdout } = await traceFile('--seed', hash(6), '--policy', 'pro-rata', '--source-of-funds');
    expect(code).toBe(0);
    expect(stdout).toContain('traced back 40 ETH');
    const [[tag, from] = ['', []]] = Object.entries(
      await places('--seed', hash(6), '--policy', 'tagged-first', '--source-of-funds'),
    );
    expect(tag).toBe(`${hash(6)}:0/eip155:1/slip44:60`);
    expect(from.some((place) => place.includes(STRANGER) || place.includes(VICTIM))).toBe(true);
  });

  test('the instructed rule is shown with its reason', async () => {
    const { stdout } = await traceFile(
      '--seed',
      `${hash(1)}:0`,
      '--instructed',
      'lifo',
      '--because',
      'order of the court',
    );
    expect(stdout).toContain('Rule shown: lifo/1. Reason given: order of the court');
  });

  test('rows that could not be read are named, for they may have carried value (exit 8)', async () => {
    const bad = { block: 16, tx: 7, from: D, to: EXCHANGE, amount: -1 };
    const file = writeLedger(workspace.path('bad-row.csv'), [...ROWS, bad]);
    const args = ['--transfers', file, '--seed', `${hash(1)}:0`, '--policy', 'fifo'];
    const people = await workspace.run('trace', ...args);
    expect(people.code).toBe(8);
    expect(people.stdout).toMatch(
      /bad-row\.csv: 1 row was rejected and is not in the record .* line 9: amount: .*negative/,
    );
    const { warnings } = JSON.parse((await workspace.run('trace', ...args, '--json')).stdout) as {
      warnings: { code: string }[];
    };
    const codes = warnings.map(({ code }) => code);
    expect(codes).toContain('rows-rejected');
    expect(codes).toEqual([...codes].sort());
  });

  test('a bundle of it verifies, and its figures go to a CSV', async () => {
    const bundle = workspace.path('out.cairn');
    const csv = workspace.path('out.csv');
    expect((await traceFile('--seed', `${hash(1)}:0`, '--bundle', bundle)).code).toBe(0);
    expect((await workspace.run('verify', bundle)).code).toBe(0);
    expect((await workspace.run('report', bundle, '--csv', csv)).code).toBe(0);
    expect(readFileSync(csv, 'utf8')).toContain(EXCHANGE);
  });
});

describe('what is asked for in a way that cannot be answered (exit 3 and 5)', () => {
  test('a transaction with two transfers: the choices are listed', async () => {
    const { code, stderr } = await traceFile('--seed', hash(1));
    expect(code).toBe(3);
    expect(stderr).toContain(`${hash(1)} is 2 transfers: name one by its position`);
    expect(stderr).toContain(`${hash(1)}:0 100 ETH from eth:${VICTIM} to eth:${A}`);
    expect(stderr).toContain(`${hash(1)}:1 7 base units`);
  });

  test('a position that is not there', async () => {
    const { code, stderr } = await traceFile('--seed', `${hash(2)}:5`);
    expect(code).toBe(5);
    expect(stderr).toContain(`no transfer of the transaction fits ${hash(2)}:5`);
    expect(stderr).toContain(`${hash(2)}:0 100 ETH`);
  });

  const cases: [string, string[], RegExp][] = [
    ['a rule without the reason it was chosen', ['--instructed', 'fifo'], /--instructed and --because go together/],
    [
      'a reason of nothing but space',
      ['--instructed', 'fifo', '--because', ' '],
      /--instructed and --because go together/,
    ],
    ['an unknown rule', ['--policy', 'fofo'], /unknown policy fofo\n {2}known: fifo/],
    ['a limit that is no number', ['--max-hops', 'many'], /--max-hops takes a whole number, not many/],
    ['a time that is none', ['--until', 'yesterday'], /not a time: 'yesterday'/],
    ['an asset nobody knows', ['--min-amount', 'DOGE=1'], /no known asset is called DOGE/],
    ['a token without decimals', ['--min-amount', `${TOKEN}=1`], /base units: --min-amount .*=base:1000/],
  ];
  test.each(cases)('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await traceFile('--seed', `${hash(1)}:0`, ...args);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test('nothing declared stolen, as JSON for programs', async () => {
    const { code, stdout, stderr } = await traceFile('--json');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'invalid-input', message: 'nothing is declared stolen', retryable: false },
    });
  });
});

describe('the command line itself', () => {
  test('help of every command has examples, and --help the exit codes', async () => {
    const { code, stdout } = await workspace.run('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('Start with: cairn demo');
    for (const exit of ['3  input cannot be read', '7  verification failed', '130  stopped by Ctrl-C']) {
      expect(stdout).toContain(exit);
    }
    const verbs = ['init', 'ingest', 'accounts', 'labels', 'trace', 'verify', 'report', 'demo'];
    const helps = await Promise.all(verbs.map((verb) => workspace.run(verb, '--help')));
    for (const [i, help] of helps.entries()) {
      expect(help.code).toBe(0);
      expect(help.stdout).toMatch(new RegExp(`Examples:\\n {2}cairn ${verbs[i]}`));
    }
  });

  test('an unknown command or option is a usage error, in JSON where JSON is asked for', async () => {
    const command = await workspace.run('frob');
    expect(command.code).toBe(2);
    expect(command.stderr).toContain("unknown command 'frob'");
    const option = await workspace.run('trace', '--frob', '--json');
    expect(option.code).toBe(2);
    expect(JSON.parse(option.stderr)).toMatchObject({ error: { message: "unknown option '--frob'" } });
  });

  test('--data before and after the verb; an empty ledger and an unseen account claim nothing', async () => {
    const data = workspace.path('data');
    const before = await workspace.run('--data', data, 'init');
    expect(before.stdout).toContain('0 imports in the ledger');
    const after = await workspace.run('accounts', C, '--data', data);
    expect(after.code).toBe(0);
    expect(after.stdout).toContain('No label. That says nothing about the account.');
    expect(after.stdout).toContain('The ledger has no transfer of this account.');
    const traced = await workspace.run('trace', '--stolen-account', C, '--data', data);
    expect(traced.code).toBe(5);
    expect(existsSync(workspace.path('.cairn'))).toBe(false);
  });

  test('labels are imported once, and shown as claims with their source', async () => {
    const data = workspace.path('data');
    const first = await workspace.run('labels', 'import', workspace.path('labels.csv'), '--data', data);
    expect({ code: first.code, last: first.stdout.trimEnd().split('\n').at(-1) }).toEqual({
      code: 0,
      last: '1 labels are new.',
    });
    const again = await workspace.run('labels', 'import', workspace.path('labels.csv'), '--data', data, '--json');
    expect(JSON.parse(again.stdout)).toEqual({ added: 0, rejects: [] });
    const shown = await workspace.run('labels', EXCHANGE, '--data', data);
    expect(shown.stdout).toMatch(/said to be .*category .*by/);
    expect(shown.stdout).toContain('Big Exchange');
  });
});
