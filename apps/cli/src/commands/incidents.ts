import { DIMENSION_IDS, SHIFT_DIMENSIONS } from '@cairn/core/incidents';
import type { Command } from 'commander';
import { type ChartFlags, drawCharts } from '../incidents/charts.ts';
import { checkIncidents } from '../incidents/check.ts';
import { type ExportFlags, exportIncidents } from '../incidents/export.ts';
import { amountsOption, filterOptions, recordOption } from '../incidents/flags.ts';
import { type ImpactFlags, showImpact } from '../incidents/impact.ts';
import { type ListFlags, listIncidents } from '../incidents/list.ts';
import type { RecordFlags } from '../incidents/open-record.ts';
import { type ReconcileFlags, reconcileEdition } from '../incidents/reconcile.ts';
import { type SearchFlags, searchIncidents } from '../incidents/search.ts';
import { type ShowFlags, showIncident } from '../incidents/show.ts';
import { type StatsFlags, showStats } from '../incidents/stats.ts';
import { showTimeline, type TimelineFlags } from '../incidents/timeline.ts';
import { act, repeatable, verb, withVerbs } from './command.ts';

/** How many hits a search shows unless asked for more. */
const HITS = '20';

export function incidentsCommand(): Command {
  const command = verb(
    'incidents',
    'the record: who was robbed, when, how, of what; what it adds up to; what followed',
    [
      'cairn incidents list --year 2022 --grade government',
      'cairn incidents show ronin-2022',
      'cairn incidents stats --by year --amounts lowest',
      'cairn incidents reconcile un-2024-215',
      'cairn incidents charts charts/',
    ],
  );
  return withVerbs(command, [
    list(),
    show(),
    search(),
    stats(),
    reconcile(),
    impact(),
    timeline(),
    charts(),
    exportAll(),
    check(),
  ]);
}

function list(): Command {
  const command = verb('list', 'incidents, one a line; every filter says what it left out', [
    'cairn incidents list',
    'cairn incidents list --victim bridge --sort amount',
    'cairn incidents list --country KR --grade un-report --json',
  ]).option('--sort <by>', 'date or amount', 'date');
  return act<ListFlags>(filterOptions(command), listIncidents);
}

function show(): Command {
  const command = verb('show', 'everything on record about one incident, with its conflicts', [
    'cairn incidents show upbit-2019',
    'cairn incidents show playdapp-2024 --amounts lowest',
  ]).argument('<slug>', 'the incident, as list and search name it');
  return act<ShowFlags>(command.addOption(recordOption()).addOption(amountsOption()), showIncident);
}

function search(): Command {
  const command = verb('search', 'find incidents by any word on record; typing errors are forgiven', [
    'cairn incidents search "ronnin axie"',
    'cairn incidents search 0x098B716B8Aaf21512996dC57EB0615e2383E2f96',
    'cairn incidents search T1566.003 --limit 5',
  ])
    .argument('<text...>', 'names, notes, accounts, techniques, publishers')
    .option('--limit <n>', 'hits shown', HITS);
  return act<SearchFlags>(command.addOption(recordOption()).addOption(amountsOption()), searchIncidents);
}

function stats(): Command {
  const command = verb(
    'stats',
    'sums of known amounts by year, victim, country, chain, way in … with what is unknown',
    [
      'cairn incidents stats --by year',
      'cairn incidents stats --by grade --by victim-type --amounts un',
      'cairn incidents stats --by technique --year 2023..2025 --json',
    ],
  )
    .addOption(repeatable('--by <property>', DIMENSION_IDS.join(', '), 'year'))
    .option('--csv', 'print CSV');
  return act<StatsFlags>(filterOptions(command), showStats);
}

function reconcile(): Command {
  const command = verb(
    'reconcile',
    'this record beside a published total: by year, row by row, and what may explain the difference',
    [
      'cairn incidents reconcile',
      'cairn incidents reconcile un-2024-215',
      'cairn incidents reconcile chainalysis-2026-series --amounts highest --json',
    ],
  ).argument('[edition]', 'the published total (default: list them)');
  return act<ReconcileFlags>(command.addOption(recordOption()).addOption(amountsOption()), reconcileEdition);
}

function impact(): Command {
  const command = verb('impact', 'losses over time, concentration, time between thefts, what came back, what shifted', [
    'cairn incidents impact',
    'cairn incidents impact --year 2017..2023 --amounts un',
    'cairn incidents impact --shift victim-type --json',
  ]);
  command
    .option('--per <period>', 'year, quarter or month (default: year)')
    .addOption(repeatable('--shift <property>', SHIFT_DIMENSIONS.join(', '), 'access and victim-type'));
  return act<ImpactFlags>(filterOptions(command), showImpact);
}

function timeline(): Command {
  const command = verb('timeline', 'thefts, sanctions, prosecutions and statements in one line of time', [
    'cairn incidents timeline --from 2022 --to 2023 --min-usd 10000000',
    'cairn incidents timeline --kind designation --kind seizure',
  ]);
  command
    .addOption(repeatable('--kind <kind>', 'theft, designation, indictment, statement, …', 'all but attribution'))
    .option('--csv', 'print CSV');
  return act<TimelineFlags>(filterOptions(command), showTimeline);
}

function charts(): Command {
  const command = verb('charts', 'draw the record: SVG for wide and narrow screens, a page with every table, CSV', [
    'cairn incidents charts charts/',
    'cairn incidents charts un/ --edition un-2024-215-annex95-rows --amounts un',
  ]).argument('<dir>', 'where the files go');
  return act<ChartFlags>(filterOptions(command), drawCharts);
}

function exportAll(): Command {
  const command = verb('export', 'the incidents as CSV (one row each) or JSON (whole records)', [
    'cairn incidents export > incidents.csv',
    'cairn incidents export --format json --grade government --out attributed.json',
  ]);
  command
    .option(
      '--format <format>',
      "csv, json or jsonl (default: csv; a CSV cell that a spreadsheet takes for a formula begins with ')",
    )
    .option('--out <file>', 'write a file, whole or not at all')
    .option('--force', 'replace the file if it is there');
  return act<ExportFlags>(filterOptions(command), exportIncidents);
}

function check(): Command {
  const command = verb('check', 'is a new or corrected incident in order, and if not, what is to be mended?', [
    'cairn incidents check data/record/incidents/ronin-2022.json',
    'cairn incidents check example-2026.json --json',
  ]).argument('<files...>', 'incident files (JSON); CONTRIBUTING.md says how to write one');
  return act<RecordFlags>(command.addOption(recordOption()), checkIncidents);
}
