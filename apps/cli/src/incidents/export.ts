import { statSync } from 'node:fs';
import { CairnError } from '@cairn/core/errors';
import {
  AMOUNT_RULES,
  amountOf,
  conflictsOf,
  formatUsd,
  type Incident,
  isDisputed,
  victimName,
} from '@cairn/core/incidents';
import { writeWhole } from '../data/data-directory.ts';
import { type Context, toJsonText } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { grouped } from '../terminal/progress.ts';
import { toCsv } from './csv.ts';
import type { FilterFlags } from './flags.ts';
import { readQuery } from './query.ts';

export type ExportFlags = FilterFlags & { readonly format?: string; readonly out?: string; readonly force?: true };

const FORMATS: Readonly<Record<string, (incidents: readonly Incident[]) => string>> = {
  csv: rowsOf,
  json: (incidents) => `${toJsonText(incidents)}\n`,
  jsonl: (incidents) => incidents.map((incident) => `${JSON.stringify(incident)}\n`).join(''),
};

/** `cairn incidents export`: the records themselves, to standard output or a file. */
export async function exportIncidents({ json, print }: Context, flags: ExportFlags): Promise<ExitCode> {
  const format = flags.format ?? (json && flags.out === undefined ? 'json' : 'csv');
  const write = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (write === undefined) {
    throw new CairnError(
      'invalid-input',
      `--format takes ${Object.keys(FORMATS).join(', ')}, not '${format.slice(0, 40)}'`,
    );
  }
  if (flags.out !== undefined) checkPlace(flags.out, flags);
  const { incidents } = readQuery(flags);
  const text = write(incidents);
  if (flags.out === undefined) {
    process.stdout.write(text);
    return 0;
  }
  writeWhole(flags.out, text);
  print(`${flags.out}: ${grouped(incidents.length)} incidents, ${format}`, {
    out: flags.out,
    format,
    incidents: incidents.length,
  });
  return 0;
}

function checkPlace(path: string, { force }: ExportFlags): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || (found.isFile() && force === true)) return;
  const isFile = found.isFile();
  throw new CairnError('contradiction', `${path} is ${isFile ? 'there already' : 'no file'}; nothing was written`, {
    hints: [isFile ? 'give another name, or --force to replace it' : 'give the name of a file'],
  });
}

const COLUMNS = [
  'slug',
  'date',
  'victim',
  'victim_kind',
  'victim_type',
  'country',
  ...AMOUNT_RULES.map((rule) => `usd_${rule}`),
  'amounts_on_record',
  'attribution',
  'disputed',
  'actor',
  'way_in',
  'techniques',
  'chains',
  'assets',
  'in_totals',
  'conflicts',
  'sources',
] as const;

/** One row an incident; several values of a field are separated by spaces. Empty: not known. */
function rowsOf(incidents: readonly Incident[]): string {
  const rows = incidents.map((incident) => [
    incident.slug,
    incident.date.value,
    victimName(incident),
    incident.victim.kind,
    incident.victim.type,
    incident.victim.country.value ?? '',
    ...AMOUNT_RULES.map((rule) => {
      const { usd } = amountOf(incident, rule);
      return usd === null ? '' : formatUsd(usd);
    }),
    String(incident.amounts.length),
    incident.attribution.grade,
    String(isDisputed(incident)),
    incident.actor.value ?? '',
    incident.initialAccess.value?.category ?? '',
    (incident.techniques.value?.ids ?? []).join(' '),
    (incident.chains.value?.names ?? []).join('; '),
    (incident.assets.value ?? []).map(({ symbol }) => symbol).join('; '),
    String(incident.counted.inTotals),
    String(conflictsOf(incident).length),
    incident.sources.map(({ id, read }) => `${id}:${read}`).join(' '),
  ]);
  return toCsv([COLUMNS, ...rows]);
}
