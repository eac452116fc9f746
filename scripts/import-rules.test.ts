import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

// The checks themselves are checked: they run on files written to break one rule each.

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

/** What stands at `path` beside the real configuration, and which rule refuses it; null: allowed. */
const RULES = [
  // ledger → units; labels → ledger; tracing → ledger, units; reporting → all of them
  ['core/src/units/a.ts', "import '../ledger/index.ts';", 'noRestrictedImports'],
  ['core/src/units/b.ts', "import '../errors.ts';", null],
  ['core/src/errors.ts', "import './units/index.ts';", 'noRestrictedImports'],
  ['core/src/ledger/a.ts', "import '../tracing/index.ts';", 'noRestrictedImports'],
  ['core/src/ledger/b.ts', "export type { Label } from '../labels/index.ts';", 'noRestrictedImports'],
  ['core/src/ledger/c.ts', "await import('../reporting/index.ts');", 'noRestrictedImports'],
  ['core/src/ledger/d.ts', "import '../units/index.ts';", null],
  ['core/src/ledger/evm/e.ts', "import '../../tracing/index.ts';", 'noRestrictedImports'],
  ['core/src/labels/a.ts', "import '../tracing/index.ts';", 'noRestrictedImports'],
  ['core/src/labels/b.ts', "import '../ledger/index.ts';", null],
  ['core/src/tracing/a.ts', "import '../labels/index.ts';", 'noRestrictedImports'],
  ['core/src/tracing/b.ts', "import type { Model } from '../reporting/index.ts';", 'noRestrictedImports'],
  ['core/src/tracing/bundle/c.ts', "import '../../labels/label.ts';", 'noRestrictedImports'],
  ['core/src/tracing/bundle/d.ts', "import '../../ledger/index.ts';", null],
  ['core/src/tracing/bundle/e.ts', "import '../request.ts';", null],
  ['core/src/reporting/a.ts', "import '../tracing/index.ts';", null],
  ['core/src/clustering/a.ts', "import '../labels/index.ts';", 'noRestrictedImports'],
  ['core/src/clustering/b.ts', "import '../ledger/index.ts';", null],
  ['core/src/screening/a.ts', "import '../tracing/index.ts';\nimport '../clustering/index.ts';", null],
  ['core/src/screening/b.ts', "import '../reporting/index.ts';", 'noRestrictedImports'],
  ['core/src/incidents/a.ts', "import '../ledger/index.ts';\nimport 'minisearch';", null],
  ['core/src/incidents/b.ts', "import '../labels/index.ts';", 'noRestrictedImports'],
  ['core/src/incidents/c.ts', "import '../screening/index.ts';", 'noRestrictedImports'],
  ['core/src/incidents/d.ts', "import 'echarts/core';", 'noRestrictedImports'],
  ['core/src/incidents/render/a.ts', "import 'echarts/core';\nimport '../charts/chart.ts';", null],
  ['core/src/incidents/sources/a.ts', "import '../../screening/index.ts';", 'noRestrictedImports'],
  ['core/src/screening/c.ts', "import '../incidents/index.ts';", null],
  ['core/src/screening/d.ts', "import '../incidents/registry.ts';", 'noRestrictedImports'],
  ['core/src/clustering/c.ts', "import '../incidents/index.ts';", 'noRestrictedImports'],
  ['core/src/tracing/n.ts', "import '../screening/index.ts';", 'noRestrictedImports'],
  ['core/src/tracing/o.ts', "import '../clustering/index.ts';", 'noRestrictedImports'],
  // a domain's only door
  ['core/src/tracing/f.ts', "import '../ledger/transfer.ts';", 'noRestrictedImports'],
  ['core/src/reporting/b.ts', "import '../tracing/run.ts';", 'noRestrictedImports'],
  // adapters, apps, libraries
  ['core/src/tracing/g.ts', "import '../ledger/stores/clickhouse/store.ts';", 'noRestrictedImports'],
  ['core/src/ledger/f.ts', "import './sources/csv.ts';", 'noRestrictedImports'],
  ['core/src/reporting/c.ts', "import './render/typst.ts';", 'noRestrictedImports'],
  ['core/src/ledger/stores/a.ts', "import '../ports.ts';", null],
  ['core/src/ledger/stores/clickhouse/b.ts', "import 'node:fs';\nimport 'chdb';", null],
  ['core/src/ledger/stores/c.ts', "import '../../tracing/index.ts';", 'noRestrictedImports'],
  ['core/src/ledger/sources/a.ts', "import '../../labels/index.ts';", 'noRestrictedImports'],
  ['core/src/reporting/render/a.ts', "import '../model.ts';\nimport 'node:fs';", null],
  ['core/src/reporting/render/b.ts', "import '../../tracing/index.ts';", 'noRestrictedImports'],
  ['core/src/tracing/h.ts', "import '../../../apps/cli/src/main.ts';", 'noRestrictedImports'],
  ['core/src/tracing/i.ts', "import 'node:fs';", 'noRestrictedImports'],
  ['core/src/tracing/j.ts', "import 'fs';", 'noRestrictedImports'],
  ['core/src/tracing/k.ts', "import 'chdb';", 'noRestrictedImports'],
  ['core/src/tracing/l.ts', "import 'zod';\nimport '@noble/hashes/sha2.js';", null],
  ['apps/cli/src/a.ts', "import '../../../core/src/units/amount.ts';", 'noRestrictedImports'],
  ['apps/cli/src/b.ts', "import '@cairn/core/units';\nimport 'node:fs';", null],
  ['core/src/screening/c.ts', "import 'saxes';\nimport 'any-ascii';", null],
  ['core/src/screening/d.ts', "import './stores/index.ts';", 'noRestrictedImports'],
  ['core/src/screening/stores/a.ts', "import '../lists/version.ts';\nimport 'node:fs';", null],
  ['core/src/screening/sources/a.ts', "import '../../tracing/index.ts';", 'noRestrictedImports'],
  // clock, chance, console
  ['core/src/units/c.ts', 'export const now = Date.now();', 'plugin'],
  ['core/src/units/d.ts', 'export const now = new Date();', 'plugin'],
  ['core/src/units/e.ts', 'export const chance = Math.random();', 'plugin'],
  ['core/src/units/f.ts', 'export const day = new Date(86_400_000);', null],
  ['core/src/ledger/sources/b.ts', 'export const now = Date.now();', null],
  ['core/src/tracing/m.ts', "console.log('');", 'noConsole'],
] as const;

describe('Biome', () => {
  const refused = new Map<string, string[]>();
  const folder = mkdtempSync(join(tmpdir(), 'cairn-import-rules-'));

  beforeAll(() => {
    for (const file of ['biome.json', '.gitignore', 'scripts/pure.grit']) place(folder, file);
    for (const [path, code] of RULES) write(folder, path, `${code}\n`);
    const biome = require.resolve('@biomejs/biome/bin/biome');
    const options = ['lint', '--reporter=json', '--max-diagnostics=none', 'core', 'apps'];
    const { stdout } = spawnSync(process.execPath, [biome, ...options], { cwd: folder, encoding: 'utf8' });
    const report = JSON.parse(stdout) as { diagnostics: { category: string; location: { path: string } }[] };
    for (const { category, location } of report.diagnostics) {
      refused.set(location.path, [...(refused.get(location.path) ?? []), category]);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(RULES)('%s: %s (%s)', (path, _, rule) => {
    const rules = (refused.get(path) ?? []).map((category) => category.slice(category.lastIndexOf('/') + 1));
    if (rule === null) expect(rules).toEqual([]);
    else expect(rules).toContain(rule);
  });

  test('every domain has its rules', () => {
    const isDomain = (name: string) => RULES.some(([path]) => path.startsWith(`core/src/${name}/`));
    const domains = readdirSync(join(ROOT, 'core/src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(domains.map((entry) => entry.name).filter((name) => !isDomain(name))).toEqual([]);
  });
});

/** What only Node or a browser has, so that a pure folder must not name it. */
const IMPURE = [
  "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;",
  'export const at = performance.now();',
  'export const id = crypto.randomUUID();',
  'export const home = process.cwd();',
  "export const page = fetch('https://example.org');",
  'export const timer = setTimeout;',
];

describe('the restricted tsconfig', () => {
  // Inside node_modules, so that the types of Node are within reach and only the configuration keeps them out.
  const folder = join(ROOT, 'node_modules', '.cache', `cairn-pure-${process.pid}`);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('refuses what does I/O or reads the clock, the full one does not', () => {
    const files = IMPURE.map((code, i) => write(folder, `impure-${i}.ts`, `${code}\n`));
    const pure = write(folder, 'pure.ts', "export const bytes = new TextEncoder().encode('');\n");
    const globals = join(ROOT, 'core/pure-globals.d.ts');
    const isRefused = compile(folder, 'tsconfig.pure.json', [...files, pure, globals]);
    expect([...files, pure].map((file) => isRefused(file))).toEqual([...files.map(() => true), false]);
    const isRefusedInFull = compile(folder, 'tsconfig.json', [...files, pure]);
    expect([...files, pure].filter((file) => isRefusedInFull(file))).toEqual([]);
  });

  test('covers every pure file of core', () => {
    const listed = execFileSync(...tsc('-p', 'tsconfig.pure.json', '--listFilesOnly'), { cwd: ROOT, encoding: 'utf8' });
    const covered = new Set(listed.split('\n').map((line) => line.trim()));
    const pure = readdirSync(join(ROOT, 'core/src'), { recursive: true, encoding: 'utf8' }).filter(
      (file) => /(?<!\.test)\.ts$/.test(file) && !/(^|\/)(stores|sources|render)\//.test(file),
    );
    expect(pure.length).toBeGreaterThan(10);
    expect(pure.filter((file) => !covered.has(join(ROOT, 'core/src', file)))).toEqual([]);
  });
});

/** Type-checks files under one of the real configurations; answers whether a file has an error. */
function compile(folder: string, config: string, files: readonly string[]): (file: string) => boolean {
  const project = write(
    folder,
    config,
    JSON.stringify({ extends: join(ROOT, config), include: [], exclude: [], files }),
  );
  const [command, args] = tsc('-p', project, '--pretty', 'false');
  const { stdout } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
  return (file) =>
    stdout.split('\n').some((line) => line.includes(': error ') && join(folder, line).startsWith(`${file}(`));
}

function tsc(...options: string[]): [string, string[]] {
  return [process.execPath, [join(dirname(require.resolve('typescript/package.json')), 'bin/tsc'), ...options]];
}

function place(folder: string, file: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  copyFileSync(join(ROOT, file), join(folder, file));
}

function write(folder: string, file: string, text: string): string {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}
