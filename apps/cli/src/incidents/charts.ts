import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { CairnError } from '@cairn/core/errors';
import {
  accessMethodsChart,
  type Chart,
  concentration,
  crossBy,
  lorenzChart,
  lossesByYearChart,
  scopeBy,
  timelineChart,
} from '@cairn/core/incidents';
import { CHART_WIDTHS, chartFileName, renderChartPage, renderSvg } from '@cairn/core/incidents/render';
import { makeDirectory, writeWhole } from '../data/data-directory.ts';
import type { Context } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { toCsv } from './csv.ts';
import type { FilterFlags } from './flags.ts';
import { type Query, readQuery, showNothing } from './query.ts';
import { timelineOf } from './timeline.ts';
import { withDollars } from './to-json.ts';

export type ChartFlags = FilterFlags;

const PAGE = 'index.html';

/** `cairn incidents charts DIR`: the record in pictures, for wide and narrow screens, each with its table. */
export async function drawCharts(
  { print, signal }: Context,
  flags: ChartFlags,
  [directory = '']: readonly string[],
): Promise<ExitCode> {
  const found = statSync(directory, { throwIfNoEntry: false });
  if (directory === '' || found?.isDirectory() === false) {
    throw new CairnError('contradiction', `'${directory}' is no folder; nothing was drawn`, {
      hints: ['give the name of a folder: one that is not there yet is made'],
    });
  }
  const query = readQuery(flags);
  const { rule, filter, caption } = query;
  if (query.incidents.length === 0) {
    print(`${showNothing(query)}\n\nNothing was drawn.`, withDollars({ rule, filter, caption, directory, files: [] }));
    return 0;
  }
  const charts = chartsOf(query);
  makeDirectory(directory);
  const files: string[] = [];
  for (const [name, text] of filesOf(charts)) {
    // Ctrl-C is seen between two files, each of which is there whole or not at all.
    await setImmediate();
    if (signal.aborted) throw stopped(directory, files);
    writeWhole(join(directory, name), text());
    files.push(name);
  }
  print(
    showFiles(directory, charts, files),
    withDollars({ rule, filter, caption, directory, charts: charts.map(({ id, title }) => ({ id, title })), files }),
  );
  return 0;
}

function chartsOf(query: Query): readonly Chart[] {
  const { registry, incidents, rule, filter, caption } = query;
  const all = [
    lossesByYearChart(scopeBy(incidents, 'year', rule), registry.aggregates, caption, filter),
    accessMethodsChart(crossBy(incidents, 'year', 'access', rule), caption, filter),
    lorenzChart(concentration(incidents, rule), caption),
    timelineChart(timelineOf(query), rule, registry.institutions, caption),
  ];
  return all.filter((chart) => chart !== null);
}

/** The page comes last: it shows no picture that is not there. */
function* filesOf(charts: readonly Chart[]): Generator<readonly [name: string, text: () => string]> {
  for (const chart of charts) {
    for (const width of CHART_WIDTHS) yield [chartFileName(chart, width), () => renderSvg(chart, width)];
    const { columns, rows } = chart.table;
    yield [`${chart.id}.csv`, () => toCsv([columns.map(({ name }) => name), ...rows])];
  }
  yield [PAGE, () => renderChartPage(charts)];
}

function stopped(directory: string, files: readonly string[]): CairnError {
  const done = files.length === 0 ? 'nothing was written' : `written and whole: ${files.join(', ')}`;
  return new CairnError('interrupted', `stopped before all of ${directory} was drawn; ${done}`);
}

function showFiles(directory: string, charts: readonly Chart[], files: readonly string[]): string {
  return [
    `${join(directory, PAGE)}: a page with ${charts.length} charts, each with its table`,
    ...charts.map(({ id, title }) => {
      const own = files.filter((name) => name.startsWith(`${id}-`) || name === `${id}.csv`);
      return `  ${title}: ${own.join(', ')}`;
    }),
    ...(charts.some(({ kind }) => kind === 'lines')
      ? []
      : ['  No curve of concentration: no amount above zero is known.']),
  ].join('\n');
}
