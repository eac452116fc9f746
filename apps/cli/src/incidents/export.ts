import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { CairnError } from '@cairn/core/errors';
import {
  AMOUNT_RULES,
  amountOf,
  conflictsOf,
  formatUsd,
  type Incident,
  isDisputed,
  type Registry,
  victimName,
} from '@cairn/core/incidents';
import { formatCsvRow } from '@cairn/core/ledger/sources';
import { type Context, toJsonText } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { grouped } from '../terminal/progress.ts';
import { type FilterFlags, readQuery } from './flags.ts';

export type ExportFlags = FilterFlags & { readonly format?: string; readonly out?: string; readonly force?: true };

const FORMATS: Readonly<Record<string, (incidents: readonly Incident[], registry: Registry) => string>> = {
  csv: toCsv,
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
  const { registry, incidents } = readQuery(flags);
  const text = write(incidents, registry);
  if (flags.out === undefined) {
    process.stdout.write(text);
    return 0;
  }
  writeWhole(flags.out, text, flags.force === true ? 'replace' : 'refuse');
  print(`${flags.out}: ${grouped(incidents.length)} incidents, ${format}`, {
    out: flags.out,
    format,
    incidents: incidents.length,
  });
  return 0;
}

/** A file is there whole or not at all. */
function writeWhole(path: string, text: string, where: 'replace' | 'refuse'): void {
  if (existsSync(path) && where === 'refuse') {
    throw new CairnError('contradiction', `${path} is there already; nothing was written`, {
      hints: ['give another name, or --force'],
    });
  }
  const draft = `${path}.part-written`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, path);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw new CairnError('unavailable', `cannot write ${path}: ${(cause as Error).message}`, { cause });
  }
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
function toCsv(incidents: readonly Incident[]): string {
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
  return `${[[...COLUMNS], ...rows].map((row) => formatCsvRow(row.map(asText))).join('\n')}\n`;
}

/** A spreadsheet takes a cell that begins so for a formula. */
function asText(cell: string): string {
  return /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}
