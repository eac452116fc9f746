import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CliResult, createWorkspace, REPOSITORY, type Workspace } from './run-cli.ts';

/* The sums of the record, added up a second time from the files themselves, and what the verbs do with what they are given. */

type Amount = { id: string; usd: string | null; scope: 'whole' | 'part' | 'joint' };
type File = {
  slug: string;
  date: { value: string };
  amounts: Amount[];
  preferredAmount: { id: string | null };
  counted: { inTotals: boolean };
  chains: { value: { names: string[] } | null };
  victim: { kind: string; name?: string };
};
type Sum = { incidents: number; known: number; unknown: number; usd: string | null };

const FOLDER = join(REPOSITORY, 'data', 'record', 'incidents');
const FILES: readonly File[] = readdirSync(FOLDER).map((name) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')));
const RULES = ['un', 'msmt', 'preferred', 'lowest', 'highest'] as const;

/** Dollars as written, in cents. */
function centsOf(dollars: string): bigint {
  const [whole = '', rest = ''] = dollars.split('.');
  return BigInt(`${whole}${rest.padEnd(2, '0')}`);
}

function dollarsOf(cents: bigint): string {
  const rest = String(cents % 100n).padStart(2, '0');
  return rest === '00' ? String(cents / 100n) : `${cents / 100n}.${rest}`;
}

/** The amount of a file under a rule, as docs/methods/incidents.md defines it; null: none. */
function amountIn({ amounts, preferredAmount }: File, rule: (typeof RULES)[number]): bigint | null {
  const whole = amounts.flatMap(({ id, scope, usd }) =>
    scope === 'whole' && usd !== null ? [{ id, cents: centsOf(usd) }] : [],
  );
  if (rule === 'lowest' || rule === 'highest') {
    const sorted = whole.map(({ cents }) => cents).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return (rule === 'lowest' ? sorted[0] : sorted.at(-1)) ?? null;
  }
  const id = rule === 'preferred' ? preferredAmount.id : rule;
  return whole.find((one) => one.id === id)?.cents ?? null;
}

function sumUp(files: readonly File[], rule: (typeof RULES)[number]): Sum {
  const known = files.map((file) => amountIn(file, rule)).filter((cents) => cents !== null);
  const sum = known.reduce((total, cents) => total + cents, 0n);
  return {
    incidents: files.length,
    known: known.length,
    unknown: files.length - known.length,
    usd: known.length === 0 ? null : dollarsOf(sum),
  };
}

function byKey(files: readonly File[], keysOf: (file: File) => readonly string[]): Map<string, File[]> {
  const groups = new Map<string, File[]>();
  for (const file of files) for (const key of keysOf(file)) groups.set(key, [...(groups.get(key) ?? []), file]);
  return groups;
}

let workspace: Workspace;
beforeAll(() => {
  workspace = createWorkspace();
});
afterAll(() => workspace.remove());

const run = (...args: readonly string[]): Promise<CliResult> => workspace.run('incidents', ...args);

async function json<T>(...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await run(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

async function refusal(...args: readonly string[]): Promise<{ code: number | null; text: string }> {
  const { code, stdout, stderr } = await run(...args);
  expect(stdout).toBe('');
  return { code, text: stderr };
}

type Stats = {
  rule: string;
  caption: string;
  scopes: { groups: (Sum & { key: string })[]; total: Sum; overlapping: boolean; fieldUnknown: number }[];
};

describe('the sums of the record', () => {
  test.each(RULES)('by year, under the rule %s, are those of the files', async (rule) => {
    const { scopes, caption, ...rest } = await json<Stats>('stats', '--by', 'year', '--amounts', rule);
    const counted = FILES.filter((file) => file.counted.inTotals);
    const expected = byKey(counted, ({ date }) => [date.value.slice(0, 4)]);
    const [scope] = scopes;
    expect(rest.rule).toBe(rule);
    expect(caption).toContain(`--amounts ${rule}`);
    expect(scope?.groups.map(({ key }) => key)).toEqual([...expected.keys()].sort());
    for (const group of scope?.groups ?? []) expect(group).toMatchObject(sumUp(expected.get(group.key) ?? [], rule));
    expect(scope?.total).toMatchObject(sumUp(counted, rule));
  });

  test('by a property of which one has several, overlap, say so, and count what is not known', async () => {
    const all = await json<Stats>('stats', '--by', 'chain', '--all');
    const expected = byKey(FILES, ({ chains }) => [...new Set(chains.value?.names ?? ['unknown'])]);
    const [scope] = all.scopes;
    expect(scope?.overlapping).toBe(true);
    expect(scope?.fieldUnknown).toBe(FILES.filter(({ chains }) => chains.value === null).length);
    for (const group of scope?.groups ?? []) {
      expect(group).toMatchObject(sumUp(expected.get(group.key) ?? [], 'preferred'));
    }
    expect((await run('stats', '--by', 'chain')).stdout).toContain('the sums overlap');
  });

  test('are those that the UN Panel and the MSMT printed, where only their rows count', async () => {
    const un = await json<Stats>('stats', '--amounts', 'un');
    // data/record/aggregates.json: the rows of annex 95 by year, as extracted from a copy.
    const years = {
      2017: '88640000',
      2018: '447600000',
      2019: '209272000',
      2020: '300200000',
      2021: '175600000',
      2022: '991700000',
      2023: '753019000',
    };
    const groups = un.scopes[0]?.groups ?? [];
    expect(Object.fromEntries(groups.flatMap(({ key, usd }) => (usd === null ? [] : [[key, usd]])))).toEqual(years);
    expect(un.scopes[0]?.total).toMatchObject({ known: 57, usd: '2966031000' });
    const msmt = await json<Stats>('stats', '--amounts', 'msmt');
    expect(msmt.scopes[0]?.total).toMatchObject({ known: 40 });
  });

  test('as CSV hold the same figures, a header and no caption', async () => {
    const { stdout } = await run('stats', '--amounts', 'un', '--csv');
    const lines = stdout.split('\r\n');
    expect(lines[0]).toMatch(/^by,key,name,incidents,known,unknown,usd,lowest,highest/);
    expect(lines).toContainEqual(expect.stringMatching(/^year,2024,2024,\d+,0,\d+,,,,/));
    expect(lines.at(-2)).toMatch(/^year,,in all,\d+,57,\d+,2966031000,/);
  });

  test('stand beside how much they leave out, and never as a total', async () => {
    const { stdout } = await run('stats');
    const unknown = sumUp(
      FILES.filter((file) => file.counted.inTotals),
      'preferred',
    ).unknown;
    expect(stdout).toContain(`of ${unknown} no amount is known`);
    expect(stdout).toContain('A sum of known amounts is not a total');
    expect(stdout).toMatch(/\d+ attributed by a government body; \d+ listed as suspected in a UN report;/);
  });
});

describe('the flags', () => {
  test('that are mistyped are refused with what can stand there', async () => {
    const { code, text } = await refusal('list', '--chain', 'etherium');
    expect(code).toBe(3);
    expect(text).toContain('--chain');
    expect(text).toContain('did you mean Ethereum?');
    expect((await refusal('list', '--amounts', 'median')).code).toBe(2);
  });

  test('take `unknown` for what the record does not know, and ranges of years', async () => {
    const { incidents } = await json<{ incidents: { date: string; slug: string }[] }>(
      ...['list', '--all', '--chain', 'unknown', '--year', '2017..2018', '--year', '2020'],
    );
    const expected = FILES.filter(
      ({ chains, date }) => chains.value === null && ['2017', '2018', '2020'].includes(date.value.slice(0, 4)),
    );
    expect(incidents.map(({ slug }) => slug).sort()).toEqual(expected.map(({ slug }) => slug).sort());
  });

  test('that leave nothing are named', async () => {
    const { code, stdout } = await run('list', '--year', '2019', '--victim', 'bridge');
    expect(code).toBe(0);
    expect(stdout).toContain('No incident on record fits');
    expect(stdout).toMatch(/without --year: \d+; without --victim: \d+/);
  });
});

describe('list and timeline', () => {
  test('list marks what is contested and never names a private person', async () => {
    const { stdout } = await run('list', '--all');
    expect(stdout).toMatch(/^upbit-2019 .* \$d$/m);
    expect(stdout).toMatch(/^individual-\S+ +\S+ +private person /m);
    expect(stdout).toContain('× counts in no total');
    // Columns stay within 120; captions are wrapped by the terminal.
    const rows = stdout.split('\n\n')[0]?.split('\n') ?? [];
    expect(rows).toHaveLength(FILES.length + 1);
    expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(124);
  });

  test('by amount, what is not known comes last', async () => {
    const { incidents } = await json<{ incidents: { usd: string | null; usdUnknown: string | null }[] }>(
      ...['list', '--sort', 'amount', '--amounts', 'un', '--year', '2023'],
    );
    const known = incidents.flatMap(({ usd }) => (usd === null ? [] : [centsOf(usd)]));
    expect(known).toEqual([...known].sort((a, b) => (a > b ? -1 : 1)));
    expect(incidents.slice(known.length).every(({ usd, usdUnknown }) => usd === null && usdUnknown !== null)).toBe(
      true,
    );
  });

  test('timeline puts thefts and measures in one order of time, and the undated last', async () => {
    type Entry = { entry: string; on: string; kind: string; slug?: string };
    const { entries, undated } = await json<{ entries: Entry[]; undated: Entry[] }>(
      ...['timeline', '--from', '2022-03', '--to', '2022-05', '--min-usd', '100,000,000'],
    );
    expect(entries.map(({ on }) => on)).toEqual(entries.map(({ on }) => on).sort());
    // The FBI attributed the Ronin theft on 14 April 2022; OFAC listed Blender.io on 6 May 2022.
    expect(entries.flatMap(({ entry, slug }) => (entry === 'theft' ? [slug] : []))).toEqual(['ronin-2022']);
    expect(entries).toContainEqual(expect.objectContaining({ on: '2022-04-14', kind: 'statement' }));
    expect(entries).toContainEqual(expect.objectContaining({ on: '2022-05-06', kind: 'designation' }));
    expect(undated.every(({ on }) => on === null)).toBe(true);
    const { code, text } = await refusal('timeline', '--kind', 'thft');
    expect(code).toBe(3);
    expect(text).toContain('did you mean theft?');
  });
});

describe('export', () => {
  test('json holds the incidents as they stand in their files', async () => {
    const { stdout } = await run('export', '--format', 'json', '--all');
    const exported = JSON.parse(stdout) as File[];
    const bySlug = new Map(exported.map((incident) => [incident.slug, incident]));
    expect(exported).toHaveLength(FILES.length);
    for (const file of FILES) expect(bySlug.get(file.slug)).toEqual(file);
    const lines = (await run('export', '--format', 'jsonl', '--all')).stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(exported);
  });

  test('csv has one row an incident, with its amount under every rule', async () => {
    const { stdout } = await run('export', '--all');
    const [head = '', ...rows] = stdout.trimEnd().split('\r\n');
    expect(rows).toHaveLength(FILES.length);
    const columns = head.split(',');
    const ronin = rows.find((row) => row.startsWith('ronin-2022,'))?.split(',') ?? [];
    const cell = (name: string): string | undefined => ronin[columns.indexOf(name)];
    // ronin-2022.json: 620 (UN, FBI), 615 (DOJ), 540 (Elliptic, on the day), 625 (victim) million dollars; no row of the MSMT's.
    expect(RULES.map((rule) => cell(`usd_${rule}`))).toEqual(['620000000', '', '620000000', '540000000', '625000000']);
  });

  test('a cell that a spreadsheet takes for a formula is text', async () => {
    const record = workspace.path('record');
    cpSync(join(REPOSITORY, 'data', 'record'), record, { recursive: true });
    const path = join(record, 'incidents', 'upbit-2019.json');
    const upbit = JSON.parse(readFileSync(path, 'utf8')) as File;
    writeFileSync(path, JSON.stringify({ ...upbit, victim: { ...upbit.victim, name: '=HYPERLINK("x")' } }));
    const { stdout } = await run('export', '--record', record, '--year', '2019');
    expect(stdout).toContain(`"'=HYPERLINK(""x"")"`);
  });

  test('writes a file whole, and replaces one only if told to', async () => {
    const out = workspace.path('out.csv');
    expect((await run('export', '--out', out)).code).toBe(0);
    const before = readFileSync(out, 'utf8');
    const { code, text } = await refusal('export', '--out', out, '--year', '2022');
    expect(code).toBe(4);
    expect(text).toContain('--force');
    expect(readFileSync(out, 'utf8')).toBe(before);
    expect((await run('export', '--out', out, '--year', '2022', '--force')).code).toBe(0);
    expect(readFileSync(out, 'utf8').length).toBeLessThan(before.length);
    expect((await refusal('export', '--out', workspace.path('.'), '--force')).text).toContain('is no file');
    expect((await refusal('export', '--format', 'xlsx')).text).toContain('csv, json, jsonl');
  });
});

describe('impact', () => {
  test('gives every part as JSON, dollars as decimal text', async () => {
    type Impact = {
      losses: { periods: { period: string; usd: string | null }[] };
      concentration: { known: number; largest: { losses: { slug: string; usd: string }[] }[] };
      timeBetween: { gaps: number };
      outcomes: { kinds: { kind: string }[] };
      shifts: { dimension: string }[];
    };
    const { losses, concentration, outcomes, shifts } = await json<Impact>(
      ...['impact', '--year', '2017..2023', '--amounts', 'un', '--shift', 'grade'],
    );
    expect(losses.periods.at(-1)).toMatchObject({ period: '2023', usd: '753019000' });
    // The largest of the annex's rows: Ronin, $620 million.
    expect(concentration.largest[0]?.losses).toMatchObject([{ slug: 'ronin-2022', usd: '620000000' }]);
    expect(outcomes.kinds).toHaveLength(6);
    expect(shifts.map(({ dimension }) => dimension)).toEqual(['grade']);
  });
});

describe('charts', () => {
  test('draws each chart for two widths, with its figures as CSV, and a page that shows them', async () => {
    const folder = workspace.path('charts');
    const { files, charts } = await json<{ files: string[]; charts: { id: string }[] }>('charts', folder);
    expect(readdirSync(folder).sort()).toEqual([...files].sort());
    expect(charts.map(({ id }) => id)).toEqual(['losses-by-year', 'access-methods', 'concentration', 'timeline']);
    const page = readFileSync(join(folder, 'index.html'), 'utf8');
    for (const { id } of charts) {
      for (const width of [1200, 400]) {
        const svg = readFileSync(join(folder, `${id}-${width}.svg`), 'utf8');
        expect(svg).toMatch(new RegExp(`^<svg [^>]*width="${width}"`));
        expect(svg).not.toMatch(/<script|<foreignObject|href="http/);
        expect(page).toContain(`${id}-${width}.svg`);
      }
      expect(files).toContain(`${id}.csv`);
    }
  });

  test('show the incidents that the flags ask for, under their rule', async () => {
    const folder = workspace.path('charts-lowest');
    const { caption } = await json<{ caption: string }>(
      'charts',
      folder,
      '--amounts',
      'lowest',
      '--year',
      '2017..2023',
    );
    const [head = '', ...rows] = readFileSync(join(folder, 'losses-by-year.csv'), 'utf8').trimEnd().split('\r\n');
    const counted = FILES.filter((file) => file.counted.inTotals);
    const expected = byKey(counted, ({ date }) => [date.value.slice(0, 4)]);
    const sums = new Map(rows.map((row) => row.split(',')).map((cells) => [cells[0], cells]));
    // The heads `…, US$` are quoted and hold a comma of their own; the cells of the rows do not.
    const at = head.match(/"[^"]*"|[^,]+/g)?.indexOf('"sum of known, US$"') ?? -1;
    for (const year of ['2017', '2019', '2021', '2023']) {
      const { incidents, unknown, usd } = sumUp(expected.get(year) ?? [], 'lowest');
      const cells = sums.get(year) ?? [];
      expect([cells[1], cells[2], cells[at]]).toEqual([String(incidents), String(unknown), usd]);
    }
    const page = readFileSync(join(folder, 'index.html'), 'utf8');
    expect(page).toContain('the lowest figure on record (--amounts lowest)');
    expect(caption).toContain('Only year: 2017 or 2018');
    expect((await run('charts', folder, '--year', '2019', '--victim', 'bridge')).stdout).toContain('Nothing was drawn');
  });

  test('goes into no file, and into no folder that cannot be made', async () => {
    const file = workspace.path('a-file');
    writeFileSync(file, 'kept');
    const refused = await refusal('charts', file);
    expect(refused).toMatchObject({ code: 4 });
    expect(refused.text).toContain('is no folder; nothing was drawn');
    expect(readFileSync(file, 'utf8')).toBe('kept');
    expect((await refusal('charts', join(file, 'below'))).code).toBe(6);
    expect((await refusal('charts')).code).toBe(2);
  });
});
