/**
 * Every benchmark, each in a process of its own so that its memory is its own, and their figures in one table.
 * `npm run bench -- [--quick] [--json] [policies|reference|store|ingest|screening|bitcoin-parse|utxo-graph|peel-chain|fetch …]`; without names: all of them.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { type Figure, tableOf } from './figures.ts';

const { values: options, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const quick = options.quick ? ['--quick'] : [];
const sizes = options.quick ? ['50000', '500000'] : ['1000000', '10000000'];

/** A benchmark's file, and what it is asked. */
const RUNS: readonly (readonly [name: string, ...rest: string[]])[] = [
  ['policies', '--transfers', sizes[0] as string],
  ['policies', '--transfers', sizes[1] as string, '--repeats', '1'],
  ['policies', '--transfers', sizes[0] as string, '--thefts', '2'],
  ['reference', '--transfers', options.quick ? '5000' : '20000'],
  ['store', ...quick],
  ['ingest', ...quick],
  ['screening', ...quick],
  ['bitcoin-parse', ...quick],
  ['utxo-graph', ...quick],
  ['peel-chain', ...quick],
  ['fetch', ...quick],
  ['deposits', ...quick],
  ['names', ...quick],
];

const unknown = positionals.filter((name) => !RUNS.some(([known]) => known === name));
if (unknown.length > 0) {
  console.error(
    `no such benchmark: ${unknown.join(', ')}; there are ${[...new Set(RUNS.map(([name]) => name))].join(', ')}`,
  );
  process.exit(2);
}
for (const [name, ...rest] of RUNS) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const script = join(import.meta.dirname, `${name}.ts`);
  if (!existsSync(script)) {
    console.error(`${name}: not there`);
    continue;
  }
  console.error(`running ${[name, ...rest].join(' ')}`);
  const lines = await measure(script, rest);
  if (options.json) for (const line of lines) console.log(line);
  else show([name, ...rest].join(' '), lines);
}

/** Runs a benchmark. @returns the lines of JSON it printed. */
async function measure(script: string, rest: readonly string[]): Promise<string[]> {
  // Ten million transfers and a result of each policy need more than the heap's default.
  const node = ['--expose-gc', '--max-old-space-size=12288', script, ...rest, '--json'];
  const child = spawn(process.execPath, node, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) lines.push(line);
  if ((await ended) !== 0) {
    console.error(`${script} failed`);
    process.exitCode = 1;
  }
  return lines;
}

type Line = Partial<Figure> & { readonly where?: readonly string[] };

/** A benchmark's figures as they come, each under the same columns; then where its time goes, as far as it says. */
function show(title: string, lines: readonly string[]): void {
  const found = lines.map((line) => JSON.parse(line) as Line);
  const figures = found.filter((line): line is Figure => line.name !== undefined && line.value !== undefined);
  console.log(`\n${title}\n${tableOf(figures)}`);
  for (const { where } of found) if (where !== undefined) console.log(`where the time goes\n${where.join('\n')}`);
}
