import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorkspace, type Workspace } from './run-cli.ts';

/* The record as a stranger would ask it: one incident, published totals, a contribution. */

const RECORD = join(import.meta.dirname, '../../data/record');

let workspace: Workspace;
beforeAll(() => {
  workspace = createWorkspace();
});
afterAll(() => workspace.remove());

async function ask<T>(...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await workspace.run('incidents', ...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as T;
}

type Figure = { readonly incidents: number; readonly usd: string };
type Period = {
  readonly period: string;
  readonly held: Figure;
  readonly published: { usd: string | null; count: number | null };
};
type Reconciled = {
  readonly kind: string;
  readonly whole: Period & { readonly difference: { readonly usd: string; readonly count: number | null } };
  readonly years: readonly Period[];
  readonly rows: readonly { readonly slug: string; readonly printedUsd: string }[];
  readonly differing: readonly { readonly slug: string }[];
  readonly dateConflicts: readonly { readonly slug: string }[];
  readonly reading: readonly { readonly read: string; readonly rows: number }[];
  readonly cautions: readonly string[];
};

describe('the record beside published totals', () => {
  test('the Panel’s 58 attacks and about $3 billion: 57 rows, by year, second-hand, the 58th unexplained', async () => {
    const { whole, years, rows, differing, dateConflicts, reading, cautions } = await ask<Reconciled>(
      'reconcile',
      'un-2024-215',
    );
    expect([whole.held.incidents, whole.held.usd]).toEqual([57, '2966031000']);
    expect([whole.published.count, whole.published.usd]).toEqual([58, '3000000000']);
    expect([whole.difference.count, whole.difference.usd]).toEqual([-1, '-33969000']);
    expect(years.map(({ period, held }) => [period, held.incidents, held.usd])).toEqual([
      ['2017', 6, '88640000'],
      ['2018', 11, '447600000'],
      ['2019', 8, '209272000'],
      ['2020', 4, '300200000'],
      ['2021', 6, '175600000'],
      ['2022', 5, '991700000'],
      ['2023', 17, '753019000'],
    ]);
    // Added up from the printed rows, not taken from the sum.
    expect(rows.reduce((sum, { printedUsd }) => sum + BigInt(printedUsd), 0n)).toBe(2_966_031_000n);
    expect(reading).toEqual([{ read: 'copy', rows: 57 }]);
    expect(cautions.join('\n')).toMatch(/no independent confirmation[\s\S]*registry holds 57 rows[\s\S]*missing/);
    expect(differing.map(({ slug }) => slug)).toEqual(
      expect.arrayContaining(['alphapo-2023', 'coinex-2023', 'bondly-2021', 'terraport-2023', 'nicehash-2017']),
    );
    expect(dateConflicts.map(({ slug }) => slug)).toEqual(['bithumb-2017-07', 'upbit-2019', 'nexus-mutual-2020']);
  });

  test('the MSMT’s 31 and 9 rows, $2,837.3 million', async () => {
    const figures = [];
    for (const edition of ['msmt-2025-2024', 'msmt-2025-2025', 'msmt-2025-total']) {
      const { whole } = await ask<Reconciled>('reconcile', edition);
      figures.push([whole.held.incidents, whole.held.usd]);
    }
    expect(figures).toEqual([
      [31, '1191554000'],
      [9, '1645780000'],
      [40, '2837334000'],
    ]);
  });

  test.each([
    ['chainalysis-2023-edition', '2022', '1650000000'],
    ['chainalysis-2026-series', '2022', '1100000000'],
    ['chainalysis-2024-edition', '2024', '1340000000'],
    ['trm-series', '2023', '600000000'],
  ])('%s, pinned to its edition, with rows that may explain the difference', async (edition, year, usd) => {
    const { code, stdout } = await workspace.run('incidents', 'reconcile', edition);
    expect(code).toBe(0);
    expect(stdout).toContain('rows that may explain a part of');
    expect(stdout).toContain('whether they do is not known');
    const { years } = await ask<Reconciled>('reconcile', edition);
    expect(years.find(({ period }) => period === year)?.published.usd).toBe(usd);
  });

  test('an unknown edition is refused with those there are; without one they are listed', async () => {
    const { code, stderr } = await workspace.run('incidents', 'reconcile', 'un-1999');
    expect([code, stderr]).toEqual([5, expect.stringContaining('un-2024-215')]);
    expect((await ask<{ editions: unknown[] }>('reconcile')).editions).toHaveLength(27);
  });
});

describe('a contribution', () => {
  const write = (name: string, change: (incident: Record<string, unknown>) => void): string => {
    const incident = JSON.parse(readFileSync(join(RECORD, 'incidents/ronin-2022.json'), 'utf8'));
    change(incident);
    const path = workspace.path(name);
    writeFileSync(path, JSON.stringify(incident));
    return path;
  };

  test('in order', async () => {
    const file = write('example-2022.json', (incident) => Object.assign(incident, { slug: 'example-2022' }));
    const { code, stdout } = await workspace.run('incidents', 'check', file);
    expect([code, stdout]).toEqual([0, `${file}: in order\n`]);
  });

  test('refused with the field and the fix: date, source, private name; then address and technique', async () => {
    const first = write('a.json', (incident) => {
      Object.assign(incident, { slug: 'a', date: { value: '2022-02-31', sources: 'incident' }, sources: [] });
      Object.assign(incident, { victim: { ...(incident['victim'] as object), kind: 'private-person' } });
    });
    const { code, stdout } = await workspace.run('incidents', 'check', first);
    expect(code).toBe(3);
    expect(stdout).toContain('date.value: no such date: write 2022-03-23');
    expect(stdout).toContain('sources: an incident names at least one source');
    expect(stdout).toContain('victim.name: a private person is never named or described: remove it');
    const second = write('b.json', (incident) => {
      const [account] = incident['accounts'] as Record<string, unknown>[];
      Object.assign(account ?? {}, { address: '0x098B716B8Aaf21512996dC57EB0615e2383E2f97' });
      Object.assign(incident, {
        slug: 'b',
        techniques: { value: { ids: ['T9999'], basis: 'mapped' }, sources: 'incident' },
      });
    });
    const again = await workspace.run('incidents', 'check', second);
    expect(again.code).toBe(3);
    expect(again.stdout).toMatch(/accounts\[0\]\.address: '0x098B716B8Aaf21512996dC57EB0615e2383E2f97': .*checksum/);
    expect(again.stdout).toContain('techniques.value.ids[0]: no technique T9999 in techniques.json');
  });

  test('what is no JSON, and what is no file', async () => {
    const path = workspace.path('c.json');
    writeFileSync(path, '{ "slug": "c",\n');
    const { code, stdout } = await workspace.run('incidents', 'check', path);
    expect([code, stdout]).toEqual([3, expect.stringContaining('is not JSON')]);
    expect((await workspace.run('incidents', 'check', 'nowhere.json')).code).toBe(5);
  });
});

describe('a record of one’s own', () => {
  test('is asked with --record; one that does not fit together is refused with file and field', async () => {
    const own = workspace.path('record');
    cpSync(RECORD, own, { recursive: true });
    rmSync(join(own, 'incidents/bybit-2025.json'));
    const { code, stderr } = await workspace.run('incidents', 'list', '--record', own);
    expect([code, stderr]).toEqual([3, expect.stringMatching(/measures\.json: .*no incident is called bybit-2025/)]);
    expect((await workspace.run('incidents', 'list', '--record', join(own, 'nowhere'))).code).toBe(5);
  });

  test('is searched with typing errors forgiven', async () => {
    const { hits } = await ask<{ hits: { slug: string }[] }>('search', 'ronnin');
    expect(hits[0]?.slug).toBe('ronin-2022');
    expect((await ask<{ hits: unknown[] }>('search', 'qqqqxzzz')).hits).toEqual([]);
  });
});
