import type { Figure } from '../figures.ts';
import type { Negative, Positive } from './cases.ts';
import { percentile, type Scored, type Share, shareAtOrAbove, THRESHOLDS, type Timed } from './score-cases.ts';

/** All that was measured of one matcher asked in one way. */
export type Measured = {
  readonly mode: string;
  /** Where the matcher answers if it is not told otherwise. */
  readonly threshold: number;
  readonly positives: Timed<Positive>;
  readonly negatives: Timed<Negative>;
  readonly built: { readonly milliseconds: number; readonly megabytes: number; readonly names: number };
};

/** Two tables: share found per kind and threshold, and share of innocent names with any hit. */
export function tablesOf({ mode, threshold, positives, negatives }: Measured): string {
  const kinds = byKind(positives.scored);
  const head = ['recall, % found at or above', 'N', ...THRESHOLDS.map(String), `at ${threshold}: n/N, 95 %`];
  const recall = [...kinds].map(([kind, scored]) => [
    kind,
    String(scored.length),
    ...THRESHOLDS.map((at) => percent(shareAtOrAbove(scored, at), 1)),
    counted(shareAtOrAbove(scored, threshold)),
  ]);
  const innocents = [...byKind(negatives.scored), ['all innocent names', negatives.scored] as const];
  const falsely = innocents.map(([kind, scored]) => [
    kind,
    String(scored.length),
    ...THRESHOLDS.map((at) => percent(shareAtOrAbove(scored, at), 2)),
    counted(shareAtOrAbove(scored, threshold)),
  ]);
  const unread = positives.scored.filter(({ screened }) => !screened).length;
  const notes = unread > 0 ? `\n${unread} positives were said to be unscreenable; they count as not found\n` : '';
  return `\n${mode}\n${align([head, ...recall])}\n${notes}\n${align([['innocent names, % with any hit', ...head.slice(1)], ...falsely])}`;
}

/** The figures that are compared from run to run. */
export function figuresOf({ mode, threshold, positives, negatives, built }: Measured): Figure[] {
  const figure = (name: string, value: string): Figure => ({ name: `${mode}: ${name}`, value });
  return [
    ...[...byKind(positives.scored)].map(([kind, scored]) =>
      figure(`found at ${threshold}, ${kind}`, described(shareAtOrAbove(scored, threshold))),
    ),
    ...THRESHOLDS.map((at) =>
      figure(`innocent names with a hit at ${at}`, described(shareAtOrAbove(negatives.scored, at))),
    ),
    figure(
      'one innocent name, mean time on a processor',
      `${(negatives.threadMilliseconds / negatives.scored.length).toFixed(2)} ms`,
    ),
    figure('one innocent name, median', `${percentile(negatives.milliseconds, 0.5).toFixed(2)} ms`),
    figure('one innocent name, 99th percentile', `${percentile(negatives.milliseconds, 0.99).toFixed(2)} ms`),
    figure(
      `index of ${built.names.toLocaleString('en')} names`,
      `${built.milliseconds.toFixed(0)} ms, ${built.megabytes.toFixed(0)} MB`,
    ),
  ];
}

/** Every count, one line of JSON each, for tables of one's own. */
export function countsOf({ mode, positives, negatives }: Measured): object[] {
  const of = (what: string, groups: Iterable<readonly [string, readonly Scored<unknown>[]]>) =>
    [...groups].flatMap(([kind, scored]) =>
      THRESHOLDS.map((threshold) => ({
        benchmark: 'names',
        mode,
        what,
        kind,
        threshold,
        ...shareAtOrAbove(scored, threshold),
      })),
    );
  return [...of('recall', byKind(positives.scored)), ...of('false-positives', byKind(negatives.scored))];
}

/** What was missed at the matcher's own threshold, and the innocents it hit: for looking into. */
export function examplesOf({ threshold, positives, negatives }: Measured, most: number): string[] {
  const missed = [...byKind(positives.scored)].flatMap(([kind, scored]) =>
    scored
      .filter(({ score }) => score < threshold)
      .slice(0, most)
      .map((one) => `missed (${one.score}) ${kind}: ${one.case.query.name} → ${one.case.expected}`),
  );
  const hit = [...byKind(negatives.scored)].flatMap(([kind, scored]) =>
    scored
      .filter(({ score }) => score >= threshold)
      .slice(0, most)
      .map((one) => `falsely hit (${one.score}) ${kind}: ${one.case.query.name}`),
  );
  return [...missed, ...hit];
}

function byKind<Case extends { readonly kind: string }>(scored: readonly Scored<Case>[]): Map<string, Scored<Case>[]> {
  return Map.groupBy(scored, (one) => one.case.kind);
}

function percent({ found, of }: Share, digits: number): string {
  return of === 0 ? '-' : ((found / of) * 100).toFixed(digits);
}

function counted({ found, of, low, high }: Share): string {
  return `${found}/${of} (${(low * 100).toFixed(1)}–${(high * 100).toFixed(1)})`;
}

function described(share: Share): string {
  return `${percent(share, 2)} %, ${counted(share)}`;
}

function align(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
    )
    .join('\n');
}
