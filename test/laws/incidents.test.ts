import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  AMOUNT_RULES,
  amountOf,
  crossBy,
  DIMENSION_IDS,
  DIMENSIONS,
  type DimensionId,
  filterIncidents,
  type GradeTally,
  type IncidentFilter,
  matches,
  type SumOfKnown,
  scopeBy,
  spreadOf,
  type Tally,
} from '../../core/src/incidents/index.ts';
import { anyFilter, anyIncidents, anyRule } from '../arbitraries/incidents.ts';

const runs = Number(process.env['CAIRN_LAW_RUNS'] ?? 1);
const law = <Ts extends [unknown, ...unknown[]]>(
  arbitraries: { [K in keyof Ts]: fc.Arbitrary<Ts[K]> },
  holds: (...drawn: Ts) => void,
) => fc.assert(fc.property(...arbitraries, holds), { numRuns: 300 * runs });

const anyDimension = fc.constantFrom(...DIMENSION_IDS);
const COUNTS = ['incidents', 'known', 'unknown', 'conflicted', 'disputed'] as const;
const SUMS = ['usd', 'lowest', 'highest'] as const;

const added = (parts: readonly SumOfKnown[]): bigint => parts.reduce<bigint>((sum, part) => sum + (part ?? 0n), 0n);
const counted = (parts: readonly number[]): number => parts.reduce((sum, part) => sum + part, 0);

/** A tally in plain numbers, so that one can be added up and compared. */
function figures(tallies: readonly Tally[]): Record<string, bigint | number> {
  const grades = (field: keyof GradeTally) =>
    Object.keys(tallies[0]?.byGrade ?? {}).map((grade) => {
      const of = tallies.map(({ byGrade }) => byGrade[grade as keyof Tally['byGrade']][field]);
      return [`${grade} ${field}`, added(of.map((value) => (value === null ? null : BigInt(value))))] as const;
    });
  return Object.fromEntries([
    ...COUNTS.map((field) => [field, counted(tallies.map((tally) => tally[field]))]),
    ...SUMS.map((field) => [field, added(tallies.map((tally) => tally[field]))]),
    ...grades('incidents'),
    ...grades('known'),
    ...grades('usd'),
  ]);
}

test('law: of one incident, lowest ≤ any rule that has a value ≤ highest', () => {
  law([anyIncidents], (incidents) => {
    for (const incident of incidents) {
      const spread = spreadOf(incident);
      for (const rule of AMOUNT_RULES) {
        const { usd } = amountOf(incident, rule);
        if (usd === null) continue;
        expect(spread).not.toBeNull();
        expect(spread !== null && spread.lowest <= usd && usd <= spread.highest).toBe(true);
      }
    }
  });
});

test('law: figures for a part of the loss or for several incidents together change nothing', () => {
  law([anyIncidents, anyRule], (incidents, rule) => {
    for (const incident of incidents) {
      const whole = { ...incident, amounts: incident.amounts.filter(({ scope }) => scope === 'whole') };
      expect(amountOf(incident, rule).usd).toEqual(amountOf(whole, rule).usd);
    }
  });
});

test('law: filters commute: one after the other in either order is both at once', () => {
  law([anyIncidents, anyFilter, anyFilter], (incidents, a, b) => {
    const both = incidents.filter((incident) => matches(incident, a) && matches(incident, b));
    expect(filterIncidents(filterIncidents(incidents, a), b)).toEqual(both);
    expect(filterIncidents(filterIncidents(incidents, b), a)).toEqual(both);
    expect(filterIncidents(both, a)).toEqual(both);
  });
});

test('law: a filter is the filters of its fields, one after the other', () => {
  law([anyIncidents, anyFilter], (incidents, filter) => {
    const { counted = 'totals', amounts, ...fields } = filter;
    const each = Object.entries(fields).map(([field, value]): IncidentFilter => ({ counted, amounts, [field]: value }));
    const oneByOne = [{ counted }, ...each].reduce<typeof incidents>(filterIncidents, incidents);
    expect(filterIncidents(incidents, filter)).toEqual(oneByOne);
  });
});

test('law: every incident counts in totals or is left out of them', () => {
  law([anyIncidents, anyFilter], (incidents, filter) => {
    const [all, totals, excluded] = (['all', 'totals', 'excluded'] as const).map((choice) =>
      filterIncidents(incidents, { ...filter, counted: choice }),
    );
    expect((totals?.length ?? 0) + (excluded?.length ?? 0)).toBe(all?.length);
  });
});

test('law: totals are additive over single-valued dimensions; others say that they overlap, and add up to no less', () => {
  law([anyIncidents, anyDimension, anyRule], (incidents, id, rule) => {
    const { groups, total, overlapping, fieldUnknown } = scopeBy(incidents, id, rule);
    expect(overlapping).toBe(!DIMENSIONS[id].singleValued);
    expect(groups.find(({ key }) => key === 'unknown')?.incidents ?? 0).toBe(fieldUnknown);
    expect(total.incidents).toBe(incidents.length);
    expect(groups.length === 0).toBe(incidents.length === 0);
    if (groups.length === 0) return;
    const [parts, whole] = [figures(groups), figures([total])];
    if (!overlapping) expect(parts).toEqual(whole);
    for (const [name, value] of Object.entries(whole)) expect((parts[name] ?? -1) >= value).toBe(true);
  });
});

/** The filter that asks for one group. A technique's takes in its sub-techniques, so it asks for more. */
const FIELDS = {
  year: 'years',
  quarter: 'quarters',
  'victim-type': 'victimTypes',
  country: 'countries',
  chain: 'chains',
  asset: 'assets',
  access: 'access',
  actor: 'actors',
  grade: 'grades',
} as const satisfies Partial<Record<DimensionId, keyof IncidentFilter>>;

test('law: a group is what a filter for its key finds', () => {
  const anyField = fc.constantFrom(...(Object.keys(FIELDS) as (keyof typeof FIELDS)[]));
  law([anyIncidents, anyField, anyRule], (incidents, id, rule) => {
    for (const { key, name: _, ...tally } of scopeBy(incidents, id, rule).groups) {
      const found = filterIncidents(incidents, { counted: 'all', [FIELDS[id]]: [key] });
      expect(scopeBy(found, id, rule).total).toEqual(tally);
    }
  });
});

test('law: a sum is of known amounts, within the sums of lowest and highest, and adds up over the grades', () => {
  law([anyIncidents, anyDimension, anyRule], (incidents, id, rule) => {
    const { groups, total } = scopeBy(incidents, id, rule);
    for (const { incidents: all, known, unknown, usd, lowest, highest, byGrade } of [...groups, total]) {
      expect(known + unknown).toBe(all);
      expect(usd === null).toBe(known === 0 && all > 0);
      expect((lowest ?? 0n) <= (usd ?? 0n) && (usd ?? 0n) <= (highest ?? 0n)).toBe(true);
      const grades = Object.values(byGrade);
      expect(counted(grades.map((grade) => grade.incidents))).toBe(all);
      expect(added(grades.map((grade) => grade.usd))).toBe(usd ?? 0n);
    }
  });
});

test('law: cells of two single-valued dimensions add up to their rows and columns', () => {
  law([anyIncidents, anyDimension, anyDimension, anyRule], (incidents, first, second, rule) => {
    const { rows, columns, cells, overlapping } = crossBy(incidents, first, second, rule);
    expect(overlapping).toBe(rows.overlapping || columns.overlapping);
    if (overlapping) return;
    for (const { key, incidents: own, usd } of rows.groups) {
      const inRow = cells.filter(({ row }) => row === key);
      expect(counted(inRow.map((cell) => cell.incidents))).toBe(own);
      expect(added(inRow.map((cell) => cell.usd))).toBe(usd ?? 0n);
    }
    for (const { key, incidents: own, usd } of columns.groups) {
      const inColumn = cells.filter(({ column }) => column === key);
      expect(counted(inColumn.map((cell) => cell.incidents))).toBe(own);
      expect(added(inColumn.map((cell) => cell.usd))).toBe(usd ?? 0n);
    }
  });
});
