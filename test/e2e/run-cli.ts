import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const REPOSITORY = join(import.meta.dirname, '..', '..');
const BIN = join(REPOSITORY, 'apps', 'cli', 'bin', 'cairn.js');
/** The tests start the command line a hundred times: Node keeps what it compiled, which halves each start. */
const COMPILED = join(tmpdir(), 'cairn-e2e-compiled');

export type CliResult = { readonly code: number | null; readonly stdout: string; readonly stderr: string };
export type RunningCli = { readonly child: ChildProcess; readonly result: Promise<CliResult> };

/** A folder of the test's own. `cairn` runs in it, so a data directory that is not named would be made there. */
export type Workspace = {
  readonly path: (name: string) => string;
  readonly run: (...args: readonly string[]) => Promise<CliResult>;
  readonly start: (...args: readonly string[]) => RunningCli;
  readonly remove: () => void;
};

export function createWorkspace(): Workspace {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-e2e-'));
  const start = (...args: readonly string[]): RunningCli => startProcess([BIN, ...args], folder);
  return {
    path: (name) => join(folder, name),
    run: (...args) => start(...args).result,
    start,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Starts Node, the one that runs the tests, with these arguments. */
export function startProcess(args: readonly string[], folder: string): RunningCli {
  const { CAIRN_DATA: _, ...inherited } = process.env;
  const env = { ...inherited, NODE_COMPILE_CACHE: COMPILED };
  const child = spawn(process.execPath, [...args], { cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe'] });
  return { child, result: collect(child) };
}

async function collect(child: ChildProcess): Promise<CliResult> {
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
}
