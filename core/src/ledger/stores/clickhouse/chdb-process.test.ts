import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { drainPending, Session } from 'chdb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createChdbLedger } from './chdb.ts';

/** What a child process has at hand: an open ledger, ways to fill it, and a way to say where it stands. */
const PRELUDE = `
  import { createChdbLedger } from ${JSON.stringify(new URL('./chdb.ts', import.meta.url).href)};
  const SOURCE = { sha256: '', file: 'f', format: 'cairn-csv' };
  const account = (n) => 'eip155:1:0x' + String(n).padStart(40, '0');
  const transfer = (n) => ({
    chain: 'eip155:1', blockNumber: n, txIndex: 0, position: 0, blockTime: n, tx: '0x' + n.toString(16).padStart(64, '0'),
    from: account(n % 1000), to: account(n % 999), asset: 'eip155:1/slip44:60', amount: 1n, kind: 'native',
    assigned: 'none', rounded: false,
  });
  const transfers = (start, count) => Array.from({ length: count }, (_, i) => transfer(start + i));
  const say = (value) => console.log(JSON.stringify(value));
  const open = async (directory) => {
    try { return await createChdbLedger({ directory }); }
    catch (error) { say({ code: error.code, message: error.message, hints: error.hints }); process.exit(0); }
  };
`;

type Child = ChildProcessByStdio<Writable, Readable, null>;

/** Starts Node on a program; its standard error stays with the test's. */
function start(program: string, command: readonly string[] = []): Child {
  const [file, ...prefix] = [...command, process.execPath];
  return spawn(file as string, [...prefix, '--input-type=module', '-e', PRELUDE + program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

/** The first line a child prints. */
async function firstLine(child: Child): Promise<string> {
  let line = '';
  for await (const chunk of child.stdout) {
    line += chunk;
    if (line.includes('\n')) break;
  }
  return line.split('\n')[0] as string;
}

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cairn-ledger-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function contents(): Promise<{ imports: number; blocks: number[] }> {
  const store = await createChdbLedger({ directory });
  const blocks: number[] = [];
  const accounts = Array.from({ length: 1000 }, (_, n) => `eip155:1:0x${String(n).padStart(40, '0')}` as const);
  await store.histories({ accounts, assets: null, until: null, limitPerAccount: null }, (_, { blockNumber }) => {
    blocks.push(blockNumber);
  });
  const imports = (await store.imports()).length;
  await store.close();
  return { imports, blocks: [...new Set(blocks)].sort((a, b) => a - b) };
}

describe('one data directory, one process', () => {
  test('a second process is refused with a clear message, and gets it once the first has ended', async () => {
    const first = start(`const store = await open(${JSON.stringify(directory)}); say('open'); process.stdin.resume();
      process.stdin.on('end', () => store.close());`);
    expect(await firstLine(first)).toBe('"open"');
    await expect(createChdbLedger({ directory })).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
      message: expect.stringContaining(`${directory} is in use by another process`),
    });
    const second = start(`await open(${JSON.stringify(directory)});`);
    expect(JSON.parse(await text(second.stdout))).toMatchObject({ code: 'unavailable' });
    first.stdin.end();
    await once(first, 'exit');
    const store = await createChdbLedger({ directory });
    await expect(createChdbLedger({ directory })).rejects.toMatchObject({ code: 'unavailable' });
    await store.close();
  });
});

describe('an import that is killed', () => {
  test('is not visible afterwards, and its number starts afresh', async () => {
    const child = start(`
      const store = await open(${JSON.stringify(directory)});
      const first = await store.beginImport(SOURCE);
      await first.write(transfers(1, 3));
      await first.commit({ rejected: 0, coverage: [] });
      const second = await store.beginImport(SOURCE);
      for (let n = 10; ; n += 50_000) {
        await second.write(transfers(n, 50_000));
        // By then two batches are with the engine, the first of them written.
        if (n > 400_000) say('writing');
      }`);
    expect(await firstLine(child)).toBe('"writing"');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await contents()).toEqual({ imports: 1, blocks: [1, 2, 3] });
    const third = start(`
      const store = await open(${JSON.stringify(directory)});
      const session = await store.beginImport(SOURCE);
      await session.write(transfers(4, 2));
      say(await session.commit({ rejected: 0, coverage: [] }));
      await store.close();`);
    expect(JSON.parse(await text(third.stdout))).toMatchObject({ id: '2', transfers: 2 });
    expect(await contents()).toEqual({ imports: 2, blocks: [1, 2, 3, 4, 5] });
  });
});

describe('a rollback', () => {
  test('stays whole when the process is killed before what replaces the blocks is committed', async () => {
    const fill = start(`
      const store = await open(${JSON.stringify(directory)});
      const session = await store.beginImport(SOURCE);
      await session.write(transfers(1, 6));
      await session.commit({ rejected: 0, coverage: [] });
      await store.rollback('eip155:1', 4);
      const next = await store.beginImport(SOURCE);
      for (let n = 4; ; n += 50_000) {
        await next.write(transfers(n, 50_000));
        if (n > 400_000) say('writing');
      }`);
    expect(await firstLine(fill)).toBe('"writing"');
    fill.kill('SIGKILL');
    await once(fill, 'exit');
    expect(await contents()).toEqual({ imports: 1, blocks: [1, 2, 3] });
    const again = start(`
      const store = await open(${JSON.stringify(directory)});
      const session = await store.beginImport(SOURCE);
      await session.write(transfers(4, 2));
      await session.commit({ rejected: 0, coverage: [] });
      await store.close();`);
    await once(again, 'exit');
    expect(await contents()).toEqual({ imports: 2, blocks: [1, 2, 3, 4, 5] });
  });
});

/** Whether this system lets a process mount a file system of its own. */
function canMount(): boolean {
  try {
    execFileSync('unshare', ['-rm', 'sh', '-c', 'mount -t tmpfs tmpfs /mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('a disk in the way', () => {
  test.skipIf(!canMount())('a full disk is told as such, and what was committed stays', async () => {
    const mounted = [
      'unshare',
      '-rm',
      'sh',
      '-c',
      `mount -t tmpfs -o size=100m tmpfs '${directory}' && exec "$@"`,
      'sh',
    ];
    const child = start(
      `const directory = ${JSON.stringify(directory)};
      let store = await open(directory);
      const first = await store.beginImport(SOURCE);
      await first.write(transfers(1, 3));
      await first.commit({ rejected: 0, coverage: [] });
      const second = await store.beginImport(SOURCE);
      try {
        for (let n = 10; n < 3_000_000; n += 50_000) await second.write(transfers(n, 50_000));
        say('not full');
      } catch (error) {
        say({ code: error.code, message: error.message });
      }
      await second.abort();
      await store.close();
      store = await open(directory);
      say([await store.imports(), await store.blocks('eip155:1', [1, 2, 3, 10, 11])].map((found) => found.length));
      await store.close();`,
      mounted,
    );
    const [failure, after] = (await text(child.stdout)).trim().split('\n');
    expect(JSON.parse(failure as string)).toEqual({
      code: 'unavailable',
      message: `The disk that holds ${directory} is full.`,
    });
    expect(JSON.parse(after as string)).toEqual([1, 3]);
  });

  test('a file in the place of the directory is told as such', async () => {
    const file = join(directory, 'ledger');
    await writeFile(file, '');
    for (const path of [file, join(file, 'below')]) {
      await expect(createChdbLedger({ directory: path })).rejects.toMatchObject({
        code: 'unavailable',
        message: `${path} is not a directory.`,
      });
    }
  });

  test('a directory without permission is told as such', async () => {
    const locked = join(directory, 'locked');
    await mkdir(locked);
    await chmod(directory, 0o755);
    await chmod(locked, 0);
    // A superuser may open anything, so the child first becomes nobody.
    const child = start(`if (process.getuid() === 0) process.setuid(65534); await open(${JSON.stringify(locked)});`);
    expect(JSON.parse(await text(child.stdout))).toMatchObject({
      code: 'unavailable',
      message: `The data directory ${locked} cannot be read and written.`,
    });
  });

  test('a ledger that has lost some of its files is refused, not read in part', async () => {
    const child = start(`
      const store = await open(${JSON.stringify(directory)});
      const session = await store.beginImport({ ...SOURCE, file: 'ledger.csv' });
      await session.write(transfers(1, 3));
      await session.commit({ rejected: 0, coverage: [] });
      await store.close();`);
    await once(child, 'exit');
    const parts = (await readdir(directory, { recursive: true })).filter((path) => /\/1_\d+_\d+_\d+$/.test(path));
    expect(parts.length).toBeGreaterThan(0);
    for (const part of parts) await rm(join(directory, part), { recursive: true, force: true });
    await expect(createChdbLedger({ directory })).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The ledger is damaged: import 1 (ledger.csv) is no longer all there.',
    });
  });

  test('a ledger of a newer format is refused', async () => {
    await (await createChdbLedger({ directory })).close();
    const session = new Session(directory);
    session.query('INSERT INTO ledger_version VALUES (3)');
    session.close();
    await drainPending();
    await expect(createChdbLedger({ directory })).rejects.toMatchObject({
      code: 'unavailable',
      message: 'This ledger has format version 3; this version of Cairn reads up to 2.',
    });
  });
});
