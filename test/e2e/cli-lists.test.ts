import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorkspace, REPOSITORY, type Workspace } from './run-cli.ts';

/* Lists from a server and from files, as a compliance desk would keep them: what is held is whole, whatever comes. */

const UN_2015 = join(REPOSITORY, 'data', 'lists', 'un', 'consolidated-2015-03-27.xml');
const UN_2026 = readFileSync(join(REPOSITORY, 'data', 'lists', 'un', 'consolidated-2026-02-27.xml'), 'utf8');
/** The list as its publisher might issue it later: the same entries under a later date. */
const UN_LATER = UN_2026.replace('dateGenerated="2026-02-27', 'dateGenerated="2026-05-05');
const HASH = createHash('sha256').update(UN_LATER).digest('hex');
const LATER = `un-sc@2026-05-05+${HASH.slice(0, 12)}`;

/** The list without every second person: what a server that lost half of its records would send. */
const UN_HALF = UN_LATER.replace('2026-05-05', '2026-06-06')
  .split('</INDIVIDUAL>')
  .filter((_, index, all) => index % 4 === 0 || index === all.length - 1)
  .join('</INDIVIDUAL>');

type Held = { id: string; list: string; ageDays: number; parties: number; inForce: boolean; notes: string[] };
type Outcome = { of: string; status: string; version: { id: string } | null; error: string | null };

let workspace: Workspace;
let server: Server;
let mirror: string;
let answer: RequestListener = (_, reply) => reply.end();
beforeAll(async () => {
  workspace = createWorkspace();
  server = createServer((request, reply) => answer(request, reply));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}/consolidated.xml`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  workspace.remove();
});

async function held(data: string): Promise<Held[]> {
  const { stdout } = await workspace.run('lists', '--data', data, '--json');
  return (JSON.parse(stdout) as { held: Held[] }).held;
}

async function idsOf(data: string, list: string): Promise<string[]> {
  return (await held(data)).filter((one) => one.list === list).map(({ id }) => id);
}

/** Every file of the lists but what is being downloaded, with its content. */
function filesOf(data: string): (readonly [string, string])[] {
  const lists = join(data, 'lists');
  const files = readdirSync(lists, { withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ name }) => [name, readFileSync(join(lists, name), 'base64')] as const);
}

function houseList(name: string, date: string, parties: number): string {
  const file = workspace.path(`${name}-${date}.jsonl`);
  const lines = [...Array(parties).keys()].map((id) => JSON.stringify({ id: `${id}`, names: [`Company ${id}`] }));
  const header = JSON.stringify({ 'cairn-list': 1, list: `custom:${name}`, issuedOn: date });
  writeFileSync(file, `${[header, ...lines].join('\n')}\n`);
  return file;
}

test('a first run works offline, says how old its lists are, and which are missing', async () => {
  const data = workspace.path('first');
  const { code, stdout } = await workspace.run('lists', '--data', data);
  expect(code).toBe(0);
  expect(stdout).toMatch(/un-sc: answers rest on the issue of 2026-02-27, \d+ days old\./);
  expect(stdout).toMatch(/ofac-sdn: answers rest on the issue of 2025-11-19, \d+ days old and only a part \(/);
  expect(stdout).toContain('Not held: eu-fsf');
  expect(await idsOf(data, 'un-sc')).toHaveLength(2);
});

describe('lists update', () => {
  const data = () => workspace.path('updated');
  const update = () => workspace.run('lists', 'update', 'un-sc', '--from', mirror, '--data', data(), '--json');

  test('adds a newer version, and asks only whether there is a newer one from then on', async () => {
    const asked: (string | undefined)[] = [];
    answer = ({ headers }, reply) => {
      asked.push(headers['if-none-match']);
      if (headers['if-none-match'] === '"later"') reply.writeHead(304).end();
      else reply.setHeader('etag', '"later"').end(UN_LATER);
    };
    const first = await update();
    expect(first.code).toBe(0);
    expect((JSON.parse(first.stdout) as { results: Outcome[] }).results).toMatchObject([
      {
        of: 'un-sc',
        status: 'added',
        version: { id: LATER, parties: 1003, source: mirror, sha256: HASH },
        error: null,
      },
    ]);
    expect(JSON.parse((await update()).stdout)).toMatchObject({
      results: [{ status: 'not-modified', version: { id: LATER } }],
    });
    expect(asked).toEqual([undefined, '"later"']);
    expect((await idsOf(data(), 'un-sc')).at(-1)).toBe(LATER);
  });

  const failures: [string, RequestListener, number, string][] = [
    ['a server that fails', (_, reply) => reply.writeHead(500).end(), 6, 'answered 500'],
    ['a web page', (_, reply) => reply.end('<!doctype html><title>Sign in</title>'), 3, 'answered with a web page'],
    ['half of the entries', (_, reply) => reply.end(UN_HALF), 4, 'its parties fell by'],
    ['a file cut off', (_, reply) => reply.end(UN_LATER.slice(0, 900_000)), 3, 'un-sc: '],
    [
      'less than announced',
      (_, reply) => {
        reply.setHeader('content-length', Buffer.byteLength(UN_LATER) + 1);
        reply.write(UN_LATER, () => reply.destroy());
      },
      6,
      'un-sc: cannot fetch',
    ],
    [
      'another file than its digest says',
      (_, reply) => reply.setHeader('content-md5', 'AAAAAAAAAAAAAAAAAAAAAA==').end(UN_LATER),
      6,
      'what came is not what its content-md5 header says',
    ],
    [
      'another list',
      (_, reply) => reply.end(readFileSync(houseList('acme', '2026-05-05', 3))),
      3,
      'of the list custom:acme',
    ],
  ];
  test.each(failures)('%s never replaces a good list, and leaves nothing', async (_, reply, code, message) => {
    const before = filesOf(data());
    answer = reply;
    const result = await update();
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: '' });
    expect((JSON.parse(result.stderr) as { error: { message: string } }).error.message).toContain(message);
    expect(filesOf(data())).toEqual(before);
    expect(readdirSync(join(data(), 'lists', 'downloads'))).toEqual([]);
  });

  test('a list that cannot be had does not hold up the others', async () => {
    answer = (_, reply) => reply.writeHead(503).end();
    const other = workspace.path('two');
    const { code, stdout } = await workspace.run(
      ...[
        'lists',
        'import',
        houseList('one', '2026-01-01', 2),
        workspace.path('missing.xml'),
        '--data',
        other,
        '--json',
      ],
    );
    expect(code).toBe(5);
    expect((JSON.parse(stdout) as { results: Outcome[] }).results.map(({ status }) => status)).toEqual([
      'added',
      'refused',
    ]);
    expect(await idsOf(other, 'custom:one')).toHaveLength(1);
  });

  test.each(['SIGINT', 'SIGKILL'] as const)('stopped by %s on the way, it leaves what was held', async (signal) => {
    const other = workspace.path(`stopped-${signal}`);
    await workspace.run('lists', 'import', houseList('before', '2026-01-01', 2), '--data', other);
    const before = filesOf(other);
    const asked = new Promise<void>((come) => {
      answer = (_, reply) => {
        reply.write(UN_LATER.slice(0, 100_000), () => come());
      };
    });
    const { child, result } = workspace.start('lists', 'update', 'un-sc', '--from', mirror, '--data', other);
    await asked;
    child.kill(signal);
    expect((await result).code).toBe(signal === 'SIGINT' ? 130 : null);
    expect(filesOf(other)).toEqual(before);
    // What a killed process leaves is no list, and goes with the next import.
    expect((await workspace.run('lists', 'import', houseList('after', '2026-01-01', 2), '--data', other)).code).toBe(0);
    expect(readdirSync(join(other, 'lists', 'downloads'))).toEqual([]);
  });

  test.each([
    [['update', 'un-sc', '--from', 'http://example.org/list.xml'], 3, 'only https is safe from changes'],
    [['update', '--from', 'https://example.org/list.xml'], 3, '--from is the address of one list'],
    [['update', 'interpol'], 5, 'there is no published list interpol'],
    [['update', 'un-sc', '--timeout', 'soon'], 3, '--timeout soon'],
    [['upgrade'], 2, 'too many arguments'],
    [['import'], 2, 'missing required argument'],
    [['import', 'x.xml', '--format', 'pdf'], 3, 'there is no such format'],
  ])('%j is not understood', async (args, code, message) => {
    const result = await workspace.run('lists', ...args, '--data', workspace.path('first'), '--json');
    expect(result.code).toBe(code);
    expect((JSON.parse(result.stderr) as { error: { message: string } }).error.message).toContain(message);
  });
});

describe('lists import', () => {
  test('knows what it holds, and takes a shrunken list only for a reason, which it keeps', async () => {
    const data = workspace.path('imported');
    expect((await workspace.run('lists', 'import', UN_2015, '--data', data)).stdout).toContain('is held already');
    const half = workspace.path('half.xml');
    writeFileSync(half, UN_HALF);
    expect((await workspace.run('lists', 'import', half, '--data', data)).code).toBe(4);
    const reason = 'the Council ended two regimes';
    expect((await workspace.run('lists', 'import', half, '--accept-shrunken', reason, '--data', data)).code).toBe(0);
    const newest = (await held(data)).find(({ list, inForce }) => list === 'un-sc' && inForce);
    expect(newest?.id).toMatch(/^un-sc@2026-06-06/);
    expect(newest?.notes.join('\n')).toContain(`because: ${reason}`);
    expect(existsSync(join(data, 'lists', 'originals', createHash('sha256').update(UN_HALF).digest('hex')))).toBe(true);
  });

  test('many at once lose no version', async () => {
    const data = workspace.path('parallel');
    await workspace.run('lists', '--data', data);
    const files = [1, 2, 3, 4].map((month) => houseList('busy', `2026-0${month}-01`, 5));
    const results = await Promise.all(files.map((file) => workspace.run('lists', 'import', file, '--data', data)));
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect((await idsOf(data, 'custom:busy')).map((id) => id.slice(0, 22))).toEqual(
      [1, 2, 3, 4].map((month) => `custom:busy@2026-0${month}-01`),
    );
  });
});

describe('what the lists say', () => {
  const run = (...args: string[]) => workspace.run('lists', ...args, '--data', workspace.path('first'));

  test('diff names who was added, removed and changed between the two shipped UN lists', async () => {
    const { code, stdout } = await run('diff', '2015-03-27', '2026-02-27', '--list', 'un-sc', '--json');
    expect(code).toBe(0);
    const diff = JSON.parse(stdout) as Record<'added' | 'removed' | 'changed', { reference: string }[]> & {
      unchanged: number;
    };
    const [before, after] = [await countOf('un-sc@2015-03-27'), await countOf('un-sc@2026-02-27')];
    const both = diff.changed.length + diff.unchanged;
    expect([diff.added.length + both, diff.removed.length + both]).toEqual([after, before]);
    const added = diff.added.map(({ reference }) => reference);
    // Listed on 2 March 2016 by Security Council resolution 2270, annex II.
    expect(added).toContain('KPe.031');
    // Resolution 2283 (2016) ended the sanctions concerning Côte d'Ivoire.
    expect(diff.removed.map(({ reference }) => reference)).toContain('CIi.005');
    expect(added).not.toContain('CIi.005');
  });

  const countOf = async (start: string): Promise<number | undefined> =>
    (await held(workspace.path('first'))).find(({ id }) => id.startsWith(start))?.parties;

  test('show gives a party as of a day: the newer version has it, the older has not', async () => {
    expect((await run('show', 'KPe.031')).stdout).toContain('RECONNAISSANCE GENERAL BUREAU');
    const early = await run('show', 'KPe.031', '--as-of', '2020-01-01');
    expect(early.code).toBe(5);
    expect(early.stderr).toContain('looked at: un-sc of 2015-03-27');
    expect((await run('show', 'ofac-sdn:27307', '--as-of', '2015-01-01')).stderr).toContain(
      'no list issued by then is held',
    );
  });

  test('an exported list, edited, comes back as a new version: a simulated designation', async () => {
    const data = workspace.path('simulated');
    const { stdout } = await workspace.run('lists', 'export', 'un-sc', '--data', data);
    const lines = stdout.trimEnd().split('\n');
    const header = (lines[0] as string).replace('2026-02-27', '2026-11-20');
    const listed = { id: '9999999', reference: 'KPe.999', names: ['NEWLY LISTED TRADING'], programmes: ['DPRK'] };
    const file = workspace.path('simulated.jsonl');
    writeFileSync(file, `${[header, ...lines.slice(1), JSON.stringify(listed)].join('\n')}\n`);
    expect((await workspace.run('lists', 'import', file, '--data', data)).code).toBe(0);
    const diff = await workspace.run('lists', 'diff', '--list', 'un-sc', '--data', data);
    expect(diff.stdout).toContain('1 added, 0 removed, 0 changed, 1,003 the same');
    expect(diff.stdout).toContain('NEWLY LISTED TRADING');
  });
});
