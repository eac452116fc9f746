import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { account, HEADER, line, writeLedger } from './ledger-csv.ts';
import { createWorkspace, REPOSITORY, type RunningCli, startProcess, type Workspace } from './run-cli.ts';

/* Imports that are killed, stopped, refused or out of disk: what is visible afterwards is all of a file or none of it. */

const ROWS = 300_000;
const ACCOUNTS = 1000;
/** Row n pays n + 1 from account n mod 1000 to the next one. */
const OWNER = account(8);

let workspace: Workspace;
let empty: string;
let large: string;
let small: string;
beforeAll(async () => {
  workspace = createWorkspace();
  empty = workspace.path('empty');
  expect((await workspace.run('init', '--data', empty)).code).toBe(0);
  large = writeLarge(workspace.path('large.csv'));
  const row = { block: 10, tx: 1, from: account(1), to: account(2), amount: 5 };
  small = writeLedger(workspace.path('small.csv'), [row]);
});
afterAll(() => workspace.remove());

function newData(name: string): string {
  const data = workspace.path(name);
  cpSync(empty, data, { recursive: true });
  return data;
}

function writeLarge(path: string): string {
  const file = openSync(path, 'w');
  writeSync(file, `${HEADER}\n`);
  for (let start = 0; start < ROWS; start += 10_000) {
    const lines = Array.from({ length: 10_000 }, (_, i) => {
      const n = start + i;
      const [from, to] = [account((n % ACCOUNTS) + 1), account(((n + 1) % ACCOUNTS) + 1)];
      return line({ block: 1000 + n, tx: n + 1, from, to, amount: n + 1 });
    });
    writeSync(file, `${lines.join('\n')}\n`);
  }
  closeSync(file);
  return path;
}

/** Waits until the import has written rows to the disk; they are not committed before the whole file is read. */
async function untilRowsAreOnDisk(data: string, { child }: RunningCli): Promise<void> {
  while (bytesUnder(join(data, 'ledger', 'store')) < 1_000_000) {
    if (child.exitCode !== null) throw new Error(`the import ended before it was caught, with ${child.exitCode}`);
    await setImmediate();
  }
}

function bytesUnder(folder: string): number {
  try {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return files.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  } catch {
    // The engine renames and removes while this reads.
    return 0;
  }
}

async function visible(data: string): Promise<{ imports: number; transfers: number; received: string | null }> {
  const init = await workspace.run('init', '--data', data, '--json');
  const accounts = await workspace.run('accounts', OWNER, '--data', data, '--json');
  expect([init.code, accounts.code], init.stderr + accounts.stderr).toEqual([0, 0]);
  const [found] = JSON.parse(accounts.stdout) as { transfers: number; assets: { received: string }[] }[];
  const { imports } = JSON.parse(init.stdout) as { imports: number };
  return { imports, transfers: found?.transfers ?? Number.NaN, received: found?.assets[0]?.received ?? null };
}

const NOTHING = { imports: 0, transfers: 0, received: null };

/** Account 8 receives row n for each n ≡ 6 (mod 1000) and pays each n ≡ 7: 300 of each. */
function everything(): { imports: number; transfers: number; received: string } {
  let received = 0;
  for (let n = 6; n < ROWS; n += ACCOUNTS) received += n + 1;
  return { imports: 1, transfers: 600, received: String(received) };
}

test('a killed import leaves nothing visible, and a second run counts everything once', async () => {
  const data = newData('killed');
  const running = workspace.start('ingest', large, '--data', data);
  await untilRowsAreOnDisk(data, running);
  running.child.kill('SIGKILL');
  expect((await running.result).code).toBe(null);
  expect(await visible(data)).toEqual(NOTHING);
  const again = await workspace.run('ingest', large, '--data', data);
  expect(again.code).toBe(0);
  expect(again.stdout).toContain('300,000 new transfers');
  const third = await workspace.run('ingest', large, '--data', data);
  expect(third.stdout).toContain('in the ledger already; nothing was added');
  expect(await visible(data)).toEqual(everything());
});

test('Ctrl-C stops an import cleanly: exit 130, nothing visible', async () => {
  const data = newData('stopped');
  const running = workspace.start('ingest', large, '--data', data);
  await untilRowsAreOnDisk(data, running);
  running.child.kill('SIGINT');
  const { code, stderr } = await running.result;
  expect({ code, stderr }).toMatchObject({
    code: 130,
    stderr: expect.stringMatching(/cairn: .*(stopped|interrupted)/i),
  });
  expect(readdirSync(join(data, 'rejects'))).toEqual([]);
  expect(await visible(data)).toEqual(NOTHING);
});

test('a second process on the same data directory is told which one holds it', async () => {
  const data = newData('held');
  const store = join(REPOSITORY, 'core', 'src', 'ledger', 'stores', 'clickhouse', 'index.ts');
  const script = `const { createChdbLedger } = await import(${JSON.stringify(store)});
    const ledger = await createChdbLedger({ directory: ${JSON.stringify(join(data, 'ledger'))} });
    process.stdin.on('end', () => ledger.close()).resume();
    console.log('open');`;
  const holder = startProcess(['--input-type=module', '-e', script], REPOSITORY);
  await once(holder.child.stdout as NodeJS.ReadableStream, 'data');
  const second = await workspace.run('ingest', small, '--data', data);
  expect(second.code).toBe(6);
  expect(second.stderr).toMatch(/in use|another process/);
  const json = await workspace.run('ingest', small, '--data', data, '--json');
  expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: 'unavailable', retryable: true } });
  holder.child.stdin?.end();
  expect((await holder.result).code).toBe(0);
  expect((await workspace.run('ingest', small, '--data', data)).code).toBe(0);
});

test('a full disk: nothing half-written is visible, and the ledger opens when there is space', async (ctx) => {
  const disk = workspace.path('disk');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk], { stdio: 'pipe' });
  } catch (error) {
    return ctx.skip(`a tmpfs cannot be mounted here: ${(error as Error).message}`);
  }
  try {
    const data = join(disk, 'data');
    cpSync(empty, data, { recursive: true });
    expect((await workspace.run('ingest', small, '--data', data)).code).toBe(0);
    const full = await workspace.run('ingest', large, '--data', data);
    expect(full.code).toBe(6);
    expect(full.stderr).toMatch(/disk .*is full/);
    expect(full.stderr).toContain('Free some space');
    expect(await visible(data)).toEqual({ imports: 1, transfers: 0, received: null });
    const row = { block: 11, tx: 2, from: account(2), to: account(3), amount: 4 };
    const other = writeLedger(workspace.path('other.csv'), [row]);
    // Filled to the last byte by somebody else.
    fill(join(disk, 'ballast'));
    expect((await workspace.run('ingest', other, '--data', data)).code).toBe(6);
    rmSync(join(disk, 'ballast'));
    expect((await workspace.run('ingest', other, '--data', data)).code).toBe(0);
    const accounts = await workspace.run('accounts', account(2), '--data', data, '--json');
    expect(JSON.parse(accounts.stdout)).toMatchObject([{ transfers: 2, assets: [{ received: '5', sent: '4' }] }]);
  } finally {
    execFileSync('umount', [disk]);
  }
});

function fill(path: string): void {
  try {
    for (;;) writeFileSync(path, Buffer.alloc(65_536), { flag: 'a' });
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
  }
}
