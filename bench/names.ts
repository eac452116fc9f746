/**
 * How many listed names are found when they are spelt otherwise, and how many innocent names are hit, per threshold? And how
 * near does the OFAC-compatible score come to OFAC's own?
 * `node bench/names.ts [--positives FILE] [--negatives FILE] [--lists FILE …] [--modes cairn,cairn-qualified,ofac] [--seed N]
 *   [--per-kind N] [--innocents N] [--sample N] [--examples N] [--quick] [--json]`
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  createNameIndex,
  createOfacCompatibleSearch,
  DEFAULT_THRESHOLD,
  type ListedParty,
  type NameIndex,
  OFAC_DEFAULT_THRESHOLD,
} from '../core/src/screening/index.ts';
import { readListFiles } from '../core/src/screening/sources/index.ts';
import { print } from './figures.ts';
import { collectGarbage } from './measure.ts';
import { type Negative, type Positive, plainKey, readNegatives, readPositives } from './names/cases.ts';
import { makeInnocents } from './names/innocents.ts';
import { parityFigures } from './names/parity.ts';
import { makePositives, type Positives } from './names/positives.ts';
import { countsOf, examplesOf, figuresOf, type Measured, tablesOf } from './names/report.ts';
import { reportedSearchFigures } from './names/reported-searches.ts';
import { type Qualifiers, scoreNegatives, scorePositives } from './names/score-cases.ts';
import { createRandom } from './random.ts';

const LISTS = join(import.meta.dirname, '../data/lists');
const SHIPPED = [join(LISTS, 'ofac/sdn_advanced.xml.bz2'), join(LISTS, 'un/consolidated-2026-02-27.xml')];

type Mode = {
  readonly name: string;
  readonly create: (parties: readonly ListedParty[]) => NameIndex;
  readonly threshold: number;
  readonly qualifiers: Qualifiers;
  /** `some`: innocents are sampled, so that a run stays short. */
  readonly innocents: 'all' | 'some';
};

const MODES: Readonly<Record<string, Mode>> = {
  cairn: {
    name: "Cairn's own, name only",
    create: createNameIndex,
    threshold: DEFAULT_THRESHOLD,
    qualifiers: 'name only',
    innocents: 'all',
  },
  'cairn-qualified': {
    name: "Cairn's own, with kind, birth and country",
    create: createNameIndex,
    threshold: DEFAULT_THRESHOLD,
    qualifiers: 'with birth and country',
    innocents: 'some',
  },
  ofac: {
    name: 'OFAC-compatible',
    create: createOfacCompatibleSearch,
    threshold: OFAC_DEFAULT_THRESHOLD,
    qualifiers: 'name only',
    innocents: 'some',
  },
};

const { values: options } = parseArgs({
  options: {
    positives: { type: 'string' },
    negatives: { type: 'string' },
    lists: { type: 'string', multiple: true, default: SHIPPED },
    modes: { type: 'string', default: Object.keys(MODES).join(',') },
    seed: { type: 'string', default: '1' },
    'per-kind': { type: 'string' },
    innocents: { type: 'string' },
    sample: { type: 'string' },
    examples: { type: 'string', default: '0' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const perKind = wholeNumber('per-kind', options.quick ? 50 : 200);
const innocents = wholeNumber('innocents', options.quick ? 2_000 : 24_000);
const sample = wholeNumber('sample', options.quick ? 1_000 : 3_000);
const modes = options.modes.split(',').map((name) => {
  const mode = MODES[name];
  if (mode === undefined) throw new Error(`no such mode: ${name}; there are ${Object.keys(MODES).join(', ')}`);
  return mode;
});

const parties: ListedParty[] = [];
for (const file of options.lists) for (const party of (await readListFiles([file])).parties) parties.push(party);
const positives = somePositives();
const negatives = someNegatives();
print('names', [...parityFigures(), ...reportedSearchFigures(parties)], options.json);
for (const mode of modes) {
  const measured = measure(mode);
  if (options.json) for (const line of countsOf(measured)) console.log(JSON.stringify(line));
  else console.log(tablesOf(measured));
  print('names', figuresOf(measured).slice(options.json ? 0 : -4), options.json);
  for (const line of examplesOf(measured, wholeNumber('examples', 0))) console.error(line);
}

function somePositives(): Positives {
  if (options.positives !== undefined)
    return { positives: expectingSomebody(readPositives(options.positives)), reduced: [] };
  return makePositives(parties, perKind, createRandom(wholeNumber('seed', 1)));
}

/** Rows of the file that somebody on these lists can answer to; the others are counted, as no matcher could find them. */
function expectingSomebody(rows: readonly Positive[]): Positive[] {
  const known = new Set(
    parties.flatMap(({ id, reference, names }) => [id, reference, ...names.map(({ full }) => plainKey(full))]),
  );
  const left = rows.filter(({ expected }) => known.has(expected) || known.has(plainKey(expected)));
  const value = `${rows.length - left.length} of ${rows.length}`;
  print('names', [{ name: 'positives left out, expecting nobody on these lists', value }], options.json);
  return left;
}

function someNegatives(): readonly Negative[] {
  if (options.negatives !== undefined) return readNegatives(options.negatives);
  const listed = new Set(parties.flatMap(({ names }) => names.map(({ full }) => plainKey(full))));
  const made = makeInnocents(createRandom(wholeNumber('seed', 1) + 1), innocents, listed);
  const left = { name: 'made-up names left out, being listed', value: `${made.alsoListed.length} of ${innocents}` };
  print('names', [left], options.json);
  return made.negatives;
}

function measure(mode: Mode): Measured {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const started = performance.now();
  const full = mode.create(parties);
  const milliseconds = performance.now() - started;
  collectGarbage();
  const megabytes = (process.memoryUsage().heapUsed - before) / 1e6;
  const indexes = { full, reduced: mode.create(positives.reduced) };
  const asked = mode.innocents === 'all' ? negatives : negatives.slice(0, sample);
  console.error(`${mode.name}: ${positives.positives.length} positives, ${asked.length} innocent names`);
  return {
    mode: mode.name,
    threshold: mode.threshold,
    positives: scorePositives(indexes, positives.positives, mode.qualifiers),
    negatives: scoreNegatives(full, asked, mode.qualifiers),
    built: { milliseconds, megabytes, names: full.names },
  };
}

function wholeNumber(option: 'seed' | 'per-kind' | 'innocents' | 'sample' | 'examples', otherwise: number): number {
  const given = options[option] ?? String(otherwise);
  if (!/^\d{1,9}$/.test(given)) throw new Error(`--${option} must be a whole number, not ${given}`);
  return Number(given);
}
