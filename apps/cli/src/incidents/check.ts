import { basename } from 'node:path';
import { CairnError } from '@cairn/core/errors';
import { findProblems, type Incident, isPartialDate, type Problem, showProblem } from '@cairn/core/incidents';
import { readJsonFile } from '@cairn/core/incidents/sources';
import type { Context } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { openRecord, type RecordFlags } from './open-record.ts';

/** `cairn incidents check FILE…`: is a contributor's incident in order, and if not, what is to be mended? */
export async function checkIncidents(
  { print }: Context,
  flags: RecordFlags,
  files: readonly string[],
): Promise<ExitCode> {
  const record = openRecord(flags);
  const checked = files.map((file) => {
    const value = readFile(file);
    if (!('value' in value)) return { file, problems: [value] };
    const slug = (value.value as Partial<Incident> | null)?.slug;
    // What stands in the record under the same slug is what the file is meant to replace.
    const world = { ...record, incidents: record.incidents.filter((one) => one.slug !== slug) };
    return { file, problems: [...findProblems(value.value, world), ...nameOf(file, slug), ...inFuture(value.value)] };
  });
  const wrong = checked.filter(({ problems }) => problems.length > 0);
  print(checked.map(showFile).join('\n'), { inOrder: wrong.length === 0, files: checked });
  return wrong.length === 0 ? 0 : 3;
}

function readFile(file: string): { readonly value: unknown } | Problem {
  try {
    return { value: readJsonFile(file) };
  } catch (error) {
    if (error instanceof CairnError && error.code === 'invalid-input') return { field: '', message: error.message };
    throw error;
  }
}

function nameOf(file: string, slug: unknown): Problem[] {
  if (typeof slug !== 'string' || basename(file) === `${slug}.json`) return [];
  return [{ field: 'slug', message: `the file of ${slug} is to be called ${slug}.json` }];
}

/** Twelve hours ahead of UTC is the latest day anywhere. */
function inFuture(value: unknown): Problem[] {
  const date = (value as { date?: { value?: unknown } } | null)?.date?.value;
  const latest = new Date(Date.now() + 12 * 3_600_000).toISOString().slice(0, 10);
  if (typeof date !== 'string' || !isPartialDate(date) || date <= latest) return [];
  return [{ field: 'date.value', message: `${date} has not come yet: check the date` }];
}

function showFile({ file, problems }: { readonly file: string; readonly problems: readonly Problem[] }): string {
  if (problems.length === 0) return `${file}: in order`;
  const count = problems.length === 1 ? '1 thing is' : `${problems.length} things are`;
  return [`${file}: ${count} to be mended`, ...problems.map((problem) => `  ${showProblem(problem)}`)].join('\n');
}
