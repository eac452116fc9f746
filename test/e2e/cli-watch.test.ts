import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CliResult, createWorkspace, type Workspace } from './run-cli.ts';

/*
 * A designation, played through: an account that no list names is watched; a new version of a list names it. The list is a
 * made-up one in Cairn's own format, beside the lists that ship. The address is the first example of EIP-55.
 */

const ADDRESS = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
const PARTY = 'custom:house:7';
const DAY = 86_400_000;

let workspace: Workspace;
beforeAll(() => {
  workspace = createWorkspace();
});
afterAll(() => workspace.remove());

/** ISO date, so many days from now. */
function day(offset: number): string {
  return new Date(Date.now() + offset * DAY).toISOString().slice(0, 10);
}

function writeList(name: string, issuedOn: string, parties: readonly object[]): string {
  const lines = [{ 'cairn-list': 1, list: 'custom:house', issuedOn }, ...parties];
  writeFileSync(workspace.path(name), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return name;
}

const BYSTANDER = { id: '1', names: ['Unrelated Trading'], kind: 'organisation' };
const DESIGNATED = { id: '7', names: ['Example Front Company'], kind: 'organisation', accounts: [ADDRESS] };

async function json<T>(...args: string[]): Promise<{ code: number | null; value: T; stderr: string }> {
  const { code, stdout, stderr } = await workspace.run(...args, '--json');
  return { code, value: JSON.parse(stdout === '' ? 'null' : stdout) as T, stderr };
}

type Answer = {
  readonly verdict: string;
  readonly listings: readonly { readonly party: { readonly id: string } }[];
  readonly decisions: readonly { readonly decision: { readonly id: string }; readonly standing: string }[];
};
type Alert = {
  readonly id: string;
  readonly watch: string;
  readonly changes: readonly string[];
  readonly causes: readonly string[];
  readonly before: { readonly verdict: string; readonly asOf: string };
  readonly after: { readonly verdict: string };
  readonly owner: string;
  readonly due: string;
  readonly raisedAt: number;
  readonly disposition: string;
};

const screen = (...args: string[]) => json<Answer>('screen', ADDRESS, ...args);
const openAlerts = async () => (await json<readonly Alert[]>('alerts')).value;

function done(result: CliResult): string {
  expect({ code: result.code, stderr: result.stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  return result.stderr;
}

/** Times are kept in whole seconds, and what is known at one includes all of it. */
function nextSecond(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1_000 - (Date.now() % 1_000)));
}

// The tests of this block are one story: each goes on where the one before ended.
describe('a designation of a watched account', () => {
  test('before it: no match, watched, and screening again raises nothing', async () => {
    done(await workspace.run('lists', 'import', writeList('house-1.jsonl', day(-8), [BYSTANDER])));
    const args = ['--reference', 'C-7', '--owner', 'desk two', '--by', 'ann'];
    const added = await json<{ watches: readonly { id: string; mark: { verdict: string } }[] }>(
      'watch',
      'add',
      ADDRESS,
      ...args,
    );
    expect(added).toMatchObject({
      code: 0,
      value: { watches: [{ id: 'W-1', mark: { verdict: 'no-match', hits: [] } }] },
    });
    expect(await json('watch', 'run')).toMatchObject({ code: 0, value: { screened: 1, alerts: [] } });
    const again = writeList('house-1b.jsonl', day(-7), [BYSTANDER, { id: '2', names: ['Another Bystander'] }]);
    expect(done(await workspace.run('lists', 'import', again))).toContain('1 watched subject screened again, no alert');
  });

  test('one command takes the list in, screens again and raises the alert', async () => {
    await nextSecond();
    const second = writeList('house-2.jsonl', day(0), [BYSTANDER, DESIGNATED]);
    const stderr = done(await workspace.run('lists', 'import', second));
    expect(stderr).toContain('1 watched subject screened again, 1 alert raised (A-1): cairn alerts');
    const [alert, ...others] = await openAlerts();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      id: 'A-1',
      watch: 'W-1',
      causes: [expect.stringContaining(`custom:house@${day(0)}`)],
      before: { verdict: 'no-match' },
      after: { verdict: 'listed' },
      owner: 'desk two',
      disposition: 'open',
    });
    expect(alert?.changes).toContain(`new: listed ${PARTY}`);
    const raised = (alert?.raisedAt ?? 0) * 1000;
    expect(alert?.due).toBe(new Date(raised + DAY).toISOString().slice(0, 10));
  });

  test('the answer of last week can still be given, and so can the answer that the alert replaced', async () => {
    expect(await screen()).toMatchObject({
      code: 9,
      value: { verdict: 'listed', listings: [{ party: { id: PARTY } }] },
    });
    expect(await screen('--as-of', day(-1))).toMatchObject({ code: 0, value: { verdict: 'no-match', listings: [] } });
    const [alert] = await openAlerts();
    const then = alert?.before.asOf ?? '';
    const before = await screen('--as-of', then, '--known-at', then);
    expect(before).toMatchObject({ code: 0, value: { verdict: 'no-match', listings: [] } });
    const { stdout } = await workspace.run('alerts', 'show', 'A-1');
    expect(stdout).toContain(`cairn screen ${ADDRESS} --as-of ${then} --known-at ${then}`);
  });

  test('the same change raises no second alert', async () => {
    expect(await json('watch', 'run')).toMatchObject({ code: 0, value: { screened: 1, alerts: [] } });
    expect(await openAlerts()).toHaveLength(1);
  });

  test('an alert is assigned and reviewed; closing it needs a note', async () => {
    done(await workspace.run('alerts', 'assign', 'A-1', 'bob', '--due', day(3), '--by', 'ann'));
    done(await workspace.run('alerts', 'set', 'A-1', 'in-review', '--by', 'bob'));
    const refused = await workspace.run('alerts', 'set', 'A-1', 'closed-false-positive', '--by', 'bob');
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('an alert is closed with a note') });
    expect(await openAlerts()).toMatchObject([{ owner: 'bob', due: day(3), disposition: 'in-review' }]);
  });

  test('closed as a false positive, it records the decision, which every later answer names', async () => {
    const args = ['alerts', 'set', 'A-1', 'closed-false-positive', '--note', 'a made-up list', '--by', 'bob'];
    expect(await json(...args)).toMatchObject({
      code: 0,
      value: {
        alert: { disposition: 'closed-false-positive' },
        decisions: [
          { id: 'D-1', matchId: PARTY, verdict: 'false-positive', by: 'bob', because: 'A-1: a made-up list' },
        ],
      },
    });
    expect(await screen()).toMatchObject({
      code: 0,
      value: { verdict: 'no-match', listings: [], decisions: [{ decision: { id: 'D-1' }, standing: 'suppresses' }] },
    });
    expect(await json('watch', 'run')).toMatchObject({ code: 0, value: { alerts: [] } });
    expect(await openAlerts()).toEqual([]);
  });

  test('an amended listing brings the match back, with an alert', async () => {
    const third = writeList('house-3.jsonl', day(0), [BYSTANDER, { ...DESIGNATED, remarks: 'amended' }]);
    expect(done(await workspace.run('lists', 'import', third))).toContain('1 alert raised (A-2)');
    const [alert] = await openAlerts();
    expect(alert?.changes).toContain(`counts again, no decision sets it aside any more: listed ${PARTY}`);
    expect(await screen()).toMatchObject({ code: 9, value: { decisions: [{ standing: 'listing-changed' }] } });
  });

  test('decided again and withdrawn; a decision needs a match, a verdict and a reason', async () => {
    const add = (...args: string[]) => workspace.run('decisions', 'add', ADDRESS, ...args, '--by', 'ann');
    expect(await add('ofac-sdn:1', '--false-positive', '--because', 'x')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining(`${PARTY}  Example Front Company`),
    });
    expect(await add(PARTY, '--because', 'x')).toMatchObject({ code: 3 });
    expect(await add(PARTY, '--false-positive')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('no reason'),
    });
    const past = ['--false-positive', '--because', 'x', '--until', '2020-01-01'];
    expect(await add(PARTY, ...past)).toMatchObject({ code: 3, stderr: expect.stringContaining('before it is taken') });
    done(await add(PARTY, '--false-positive', '--because', 'still made up', '--until', day(30)));
    expect(await screen()).toMatchObject({ code: 0, value: { verdict: 'no-match' } });
    done(await workspace.run('decisions', 'withdraw', 'D-2', '--because', 'on reflection', '--by', 'ann'));
    expect(await screen()).toMatchObject({
      code: 9,
      value: { decisions: [{ standing: 'superseded' }, { standing: 'withdrawn' }] },
    });
    expect((await workspace.run('decisions')).stdout).toContain('No decision stands; 2 recorded');
    expect((await workspace.run('decisions', '--all', '--subject', ADDRESS.toLowerCase())).stdout).toMatch(
      /D-1 .*superseded[\s\S]*D-2 .*withdrawn/,
    );
  });

  test('the trail is intact; changed by hand, nothing is answered from it', async () => {
    const log = await json<{ verification: object; events: readonly { by: string }[] }>('decisions', 'log');
    expect(log).toMatchObject({ code: 0, value: { verification: { intact: true, broken: null, tornBytes: 0 } } });
    expect(log.value.events.map(({ by }) => by)).toEqual(['bob', 'ann', 'ann']);
    const path = workspace.path('.cairn/screening/journal.jsonl');
    const whole = readFileSync(path, 'utf8');
    writeFileSync(path, whole.replace('a made-up list', 'a made-up lisT'));
    const broken = await workspace.run('alerts', 'log');
    expect(broken).toMatchObject({ code: 7, stdout: expect.stringContaining('BROKEN at line') });
    expect(await workspace.run('screen', ADDRESS)).toMatchObject({ code: 7, stdout: '' });
    writeFileSync(path, whole);
    expect((await workspace.run('alerts', 'log')).code).toBe(0);
  });

  test('off the watch, it is not screened again', async () => {
    done(await workspace.run('watch', 'remove', 'W-1', '--because', 'no longer a customer'));
    expect(await json('watch', 'run')).toMatchObject({ code: 0, value: { screened: 0, alerts: [] } });
  });
});

test('a file of subjects is put on the watch; rows that say nothing are named', async () => {
  const data = workspace.path('file-data');
  const rows = [
    'address,name,reference,owner,country',
    `${ADDRESS},,C-1,,`,
    ',Example Person,C-2,desk two,KP',
    ',,C-3,,',
  ];
  writeFileSync(workspace.path('customers.csv'), `${rows.join('\n')}\n`);
  const add = ['--data', data, 'watch', 'add', '--file', 'customers.csv', '--by', 'ann'];
  expect(await json(...add)).toMatchObject({
    code: 8,
    value: {
      watches: [
        { id: 'W-1', subject: { kind: 'account', text: ADDRESS }, reference: 'C-1', owner: 'ann' },
        { id: 'W-2', subject: { kind: 'name', query: { countries: ['KP'] } }, reference: 'C-2', owner: 'desk two' },
      ],
      rejects: [{ line: 4, reason: 'the row names neither an account nor a name' }],
    },
  });
  expect(await json(...add)).toMatchObject({ code: 8, value: { watches: [], already: [{}, {}] } });
});

test('where nothing is recorded, each list says so', async () => {
  const run = async (...args: string[]) =>
    (await workspace.run('--data', workspace.path('empty'), ...args)).stdout.trim();
  expect(await run('decisions')).toBe('No decision is recorded. cairn decisions add records one.');
  expect(await run('watch')).toBe('No subject is watched. cairn watch add puts one on the watch.');
  expect(await run('alerts')).toBe('No alert was ever raised.');
  expect(await run('alerts', 'log')).toMatch(/^Nothing is recorded\.\n\n.*holds no event\.$/);
});
