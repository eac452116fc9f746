import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { CairnError } from '@cairn/core/errors';
import { formatCsvRow, openCsv, sha256File } from '@cairn/core/ledger/sources';
import type { ScreenFlags } from '../commands/screen.ts';
import { readJson, writeWhole } from '../data/data-directory.ts';
import type { Context } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { createProgress, grouped } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import { ANSWER_COLUMNS, createRowScreener, readColumns } from './batch-rows.ts';
import { openScreener, type ScreenerOptions } from './open-screener.ts';
import { listName } from './show-basis.ts';

/** Rows between two points that an interrupted run is taken up from. */
const CHECKPOINT_ROWS = 20_000;

/** How far a run has come: enough to go on from, and to see that it would go on with something else. */
type Checkpoint = {
  /** SHA-256 of the input, and of what answers rest on. */
  readonly input: string;
  readonly basis: string;
  /** ISO date-time: all answers of one file are given as of one moment. */
  readonly asOf: string;
  readonly rows: number;
  /** Bytes of the output that belong to those rows. */
  readonly bytes: number;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly hits: number;
};

/**
 * Screens every row of a CSV file (columns `account` or `name`, and optional qualifiers) into another, row by row in the same
 * order: the same input and lists give the same bytes. Interrupted, it goes on where it stopped.
 */
export async function screenFile(
  context: Context,
  input: string,
  flags: ScreenFlags,
  options: ScreenerOptions,
): Promise<ExitCode> {
  if (!existsSync(input))
    throw new CairnError('not-found', `there is no file ${input}`, {
      hints: ['a name that looks like a file: --as name'],
    });
  if (!statSync(input).isFile()) throw new CairnError('invalid-input', `${input} is not a file`);
  const out = flags.out ?? `${input.replace(/\.[a-z]+$/i, '')}.screened.csv`;
  requirePlace(input, out);
  const state = `${out}.resume.json`;
  const sha256 = await sha256File(input);
  const before = readCheckpoint(state, `${out}.part`);
  // A run taken up again answers as of the moment it began.
  const pinned = before?.input === sha256 && options.asOf === undefined ? { ...options, asOf: before.asOf } : options;
  const screener = await openScreener(context, { ...pinned, ledger: 'leave-out' });
  try {
    const rows = await createRowScreener(screener, flags);
    const start = before?.input === sha256 && before.basis === rows.basis ? before : null;
    const done = await screenRows(context, { input, out, state, sha256, start, rows, asOf: screener.basis.asOf });
    writeWhole(
      `${out}.basis.json`,
      `${JSON.stringify({ input: { file: input, sha256 }, ...screener.basis, ...rows.parameters }, null, 2)}\n`,
    );
    const { verdicts, hits, rows: count } = done;
    const result = { input, out, rows: count, resumedAt: start?.rows ?? 0, verdicts, hits, basis: screener.basis };
    context.print(showSummary(result), result);
    if (hits > 0) return 9;
    return (verdicts['unknown'] ?? 0) > 0 ? 10 : 0;
  } finally {
    await screener.close();
  }
}

/** Answers must never take the place of what was asked; and what stands in the way is said before anything is screened. */
function requirePlace(input: string, out: string): void {
  if (existsSync(out)) {
    if (statSync(out).isDirectory()) throw new CairnError('unavailable', `${out} is a directory`);
    if (realpathSync(out) === realpathSync(input)) {
      throw new CairnError('invalid-input', `--out ${out} is the file that is to be screened`);
    }
  }
  const part = `${out}.part`;
  const stands = existsSync(part);
  try {
    closeSync(openSync(part, 'a'));
    if (!stands) rmSync(part);
  } catch (cause) {
    throw new CairnError('unavailable', `cannot write ${out}: ${(cause as Error).message}`, {
      cause,
      hints: ['name another place with --out FILE'],
    });
  }
}

/** null: nothing to go on from. Answers cut shorter than was recorded are not filled up: the run begins again. */
function readCheckpoint(state: string, part: string): Checkpoint | null {
  if (!existsSync(state) || !existsSync(part)) return null;
  const checkpoint = readJson<Checkpoint>(state);
  return statSync(part).size >= checkpoint.bytes ? checkpoint : null;
}

type Run = {
  readonly input: string;
  readonly out: string;
  readonly state: string;
  readonly sha256: string;
  readonly start: Checkpoint | null;
  readonly rows: Awaited<ReturnType<typeof createRowScreener>>;
  readonly asOf: string;
};

async function screenRows(context: Context, run: Run): Promise<Checkpoint> {
  const { input, out, state, sha256, start, rows, asOf } = run;
  const size = statSync(input).size;
  if (size === 0) throw new CairnError('invalid-input', `${input}: the file is empty`);
  const source = await openCsv(input, size, () => Promise.reject(new CairnError('defect', 'nothing is sorted here')));
  const columns = readColumns(source.columns, input);
  const file = openSync(`${out}.part`, start === null ? 'w' : 'r+');
  const progress = createProgress();
  let seen = 0;
  let bytes = start?.bytes ?? 0;
  let pending = '';
  const verdicts: Record<string, number> = { ...start?.verdicts };
  let hits = start?.hits ?? 0;
  const flush = (): Checkpoint => {
    bytes = writeAll(file, pending, bytes);
    pending = '';
    return { input: sha256, basis: rows.basis, asOf, rows: seen, bytes, verdicts, hits };
  };
  const screen = (cells: readonly string[], line: number): void => {
    seen++;
    if (seen <= (start?.rows ?? 0)) return;
    const answer = rows.screen(columns, cells, line);
    verdicts[answer.verdict] = (verdicts[answer.verdict] ?? 0) + 1;
    if (answer.hit) hits++;
    pending += `${formatCsvRow(answer.cells)}\n`;
  };
  try {
    ftruncateSync(file, bytes);
    if (start === null) pending = `${formatCsvRow(ANSWER_COLUMNS)}\n`;
    if (columns.headless) screen(source.columns, 1);
    let checkpoint = seen;
    for await (const batch of source.read([]).batches) {
      for (let i = 0; i < batch.count; i++) screen(batch.row(i).cells(), batch.lines[i] as number);
      if (seen - checkpoint >= CHECKPOINT_ROWS || context.signal.aborted) {
        const at = flush();
        if (seen > (start?.rows ?? 0)) {
          fsyncSync(file);
          writeWhole(state, JSON.stringify(at));
        }
        checkpoint = seen;
        if (context.signal.aborted) {
          throw new CairnError('interrupted', `stopped after ${grouped(seen)} rows`, {
            hints: ['run the same command again to go on from there'],
          });
        }
      }
      progress.update(
        `${input}: ${grouped(seen)} rows, ${grouped(hits)} hits`,
        size === 0 ? null : batch.bytesRead / size,
      );
      await setImmediate();
    }
    const end = flush();
    fsyncSync(file);
    closeSync(file);
    renameSync(`${out}.part`, out);
    rmSync(state, { force: true });
    return end;
  } finally {
    progress.done();
    await source.close();
  }
}

/** A disk that fills up takes a part without an error: the next write then says so. @returns where the text ends. */
function writeAll(file: number, text: string, from: number): number {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) {
    written += writeSync(file, bytes, written, bytes.length - written, from + written);
  }
  return from + written;
}

type Summary = {
  readonly out: string;
  readonly rows: number;
  readonly resumedAt: number;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly hits: number;
  readonly basis: {
    readonly asOf: string;
    readonly lists: readonly {
      readonly list: string;
      readonly issuedOn: string;
      readonly ageDays: number;
      readonly onlyPart: string | null;
    }[];
  };
};

function showSummary({ out, rows, resumedAt, verdicts, hits, basis }: Summary): string {
  const counts = Object.entries(verdicts).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    `${grouped(rows)} rows screened as of ${basis.asOf}${resumedAt > 0 ? ` (taken up again after row ${grouped(resumedAt)})` : ''}; ${grouped(hits)} hits`,
    rows === 0
      ? 'The file has no rows.'
      : table(
          ['verdict', 'rows'],
          counts.map(([verdict, count]) => [verdict, grouped(count)]),
          ['rows'],
        ),
    `Answers: ${out}; what they rest on: ${out}.basis.json`,
    ...basis.lists.map(
      ({ list, issuedOn, ageDays, onlyPart }) =>
        `- ${listName(list)}, issued ${issuedOn}, ${ageDays} days before${onlyPart === null ? '' : `; ONLY ${onlyPart}`}`,
    ),
    'No-match is not a clearance; the ledger is not asked for files.',
  ].join('\n');
}
