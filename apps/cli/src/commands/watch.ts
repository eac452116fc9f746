import { CairnError } from '@cairn/core/errors';
import {
  addWatches,
  foldJournal,
  isClosed,
  type NewWatch,
  removeWatch,
  showSubject,
  type TraceWatch,
  tracesWatchedNow,
  unwatchTrace,
  type Watch,
  type WatchBook,
  watchedNow,
} from '@cairn/core/screening';
import { formatTime } from '@cairn/core/units';
import type { Command } from 'commander';
import { openDataDirectory } from '../data/data-directory.ts';
import { showRescreened } from '../screen/after-change.ts';
import { byOption, openTrail, record, secondsNow, userOf } from '../screen/journal-open.ts';
import { markSubject, rescreen } from '../screen/journal-rescreen.ts';
import { showHits } from '../screen/journal-show.ts';
import { readWatchFile, type ToWatch } from '../screen/journal-watch-file.ts';
import { openScreener, SCREEN_NOW } from '../screen/open-screener.ts';
import type { Qualifiers } from '../screen/subject.ts';
import { openSources, type ReachFlags, reachOptions } from '../sources/reach.ts';
import type { Context } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { createProgress, grouped } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import { tellAlerts } from '../watch/channels.ts';
import {
  addTrace,
  followTraces,
  lookAtTraces,
  namesTrace,
  showLooks,
  showTraces,
  type WatchedFlags,
} from '../watch/watched-traces.ts';
import { act, repeatable, verb, withVerbs } from './command.ts';
import { subjectOf, subjectOptions } from './decisions.ts';

type AddFlags = Qualifiers &
  WatchedFlags & {
    readonly as?: string;
    readonly file?: string;
    readonly reference?: string;
    readonly owner?: string;
    readonly by?: string;
  };

export function watchCommand(): Command {
  const list = verb('watch', 'subjects that are screened again, and traces that are followed on', [
    'cairn watch add theft.cairn --rpc http://127.0.0.1:8545',
    'cairn watch follow --every 12',
    'cairn watch add 0x098B716B8Aaf21512996dC57EB0615e2383E2f96 --reference C-1042 --owner "desk two"',
    'cairn watch add "Ivan Petrov" --born 1970 --country RU',
    'cairn watch add --file customers.csv',
    'cairn watch run',
    'cairn watch remove W-1 --because "no longer a customer"',
  ]).option('--all', 'also those no longer watched');
  act<{ readonly all?: true }>(list, async ({ data, print }, flags) => {
    const { watch } = foldJournal(openTrail(openDataDirectory(data).path).read());
    const subjects = flags.all ? [...watch.watches.values()] : watchedNow(watch);
    const traces = flags.all ? [...watch.traces.values()] : tracesWatchedNow(watch);
    const told = [
      ...(subjects.length === 0 && traces.length > 0 ? [] : [showWatches(subjects, watch)]),
      ...(traces.length === 0 ? [] : [showTraces(traces)]),
    ];
    print(told.join('\n\n'), [...subjects, ...traces]);
    return 0;
  });
  return withVerbs(list, [addCommand(), removeCommand(), runCommand(), followCommand()]);
}

function addCommand(): Command {
  const add = verb('add', 'watch an account, a name, every row of a CSV file, or a trace', [
    'cairn watch add theft.cairn --rpc http://127.0.0.1:8545',
    'cairn watch add 0x18167a79… --moves --asset eth --source my-node',
    'cairn watch add 0x098B716B8Aaf21512996dC57EB0615e2383E2f96 --reference C-1042',
    'cairn watch add "Ivan Petrov" --born 1970 --country RU --owner "desk two"',
    'cairn watch add --file customers.csv',
  ])
    .argument('[subject]', 'an account or a name, to be screened again; or the bundle of a trace, to be followed on')
    .option('--file <csv>', 'columns account or name; beside them reference, owner, born, country, kind')
    .option('--reference <id>', 'your own reference, as a customer number')
    .option('--owner <name>', 'who looks at its alerts (default: who adds it)')
    .option('--moves', 'watch what the account holds: an alert when it moves')
    .addOption(repeatable('--asset <asset>', 'with --moves: which asset of it', 'every asset'))
    .option('--title <text>', 'what to call the trace')
    .addOption(byOption());
  return act<AddFlags>(reachOptions(subjectOptions(add)), async (context, flags, [text]) => {
    const by = userOf(flags);
    if (text !== undefined && namesTrace(text, flags)) {
      const added = await addTrace(context, text, flags);
      context.print(`${added.id} is watched.\n${showTraces([added])}`, added);
      return 0;
    }
    if ((text === undefined) === (flags.file === undefined)) {
      throw new CairnError('invalid-input', 'name one subject, or a file with --file');
    }
    const owner = flags.owner ?? by;
    const file = flags.file === undefined ? null : readWatchFile(flags.file, owner);
    const one = { subject: subjectOf(text ?? '-', flags), reference: flags.reference?.trim() || null, owner };
    return addAll(context, by, file?.subjects ?? [one], file?.rejects ?? []);
  });
}

async function addAll(
  context: Context,
  by: string,
  subjects: readonly ToWatch[],
  rejects: readonly { readonly line: number; readonly reason: string }[],
): Promise<ExitCode> {
  const journal = openTrail(openDataDirectory(context.data).path);
  const marked = await screenFirst(context, subjects);
  let already: readonly NewWatch[] = [];
  const { added, events } = record(journal, by, ({ watch }) => {
    const plan = addWatches(watch, marked);
    already = plan.already;
    return plan.entries;
  });
  const ids = new Set(added.flatMap((event) => (event.kind === 'watched' ? [event.watch] : [])));
  const book = foldJournal(events).watch;
  const watches = watchedNow(book).filter(({ id }) => ids.has(id));
  const lines = [
    ...(watches.length === 0 ? [] : [showWatches(watches.slice(0, SHOWN), book)]),
    ...(watches.length > SHOWN ? [`${grouped(watches.length)} added; ${SHOWN} shown.`] : []),
    ...already.slice(0, SHOWN).map(({ subject }) => `watched already: ${showSubject(subject)}`),
    ...(already.length > SHOWN ? [`${grouped(already.length)} were watched already.`] : []),
    ...rejects.slice(0, SHOWN).map(({ line, reason }) => `line ${line} is left out: ${reason}`),
    ...(rejects.length > SHOWN ? [`${grouped(rejects.length)} rows are left out; --json has all.`] : []),
  ];
  context.print(lines.join('\n') || 'Nothing to watch.', { watches, already, rejects });
  return rejects.length > 0 ? 8 : 0;
}

const SHOWN = 20;

/** All or none: stopped midway, nothing is recorded. */
async function screenFirst(context: Context, subjects: readonly ToWatch[]): Promise<NewWatch[]> {
  if (subjects.length === 0) return [];
  const screener = await openScreener(context, { ...SCREEN_NOW, now: secondsNow() });
  const progress = createProgress();
  const marked: NewWatch[] = [];
  try {
    for (const [i, one] of subjects.entries()) {
      if (context.signal.aborted) throw new CairnError('interrupted', 'stopped; none of them is watched yet');
      progress.update(`${grouped(i)} of ${grouped(subjects.length)} screened`, i / subjects.length);
      marked.push({ ...one, mark: await markSubject(screener, one.subject) });
    }
  } finally {
    progress.done();
    await screener.close();
  }
  return marked;
}

function removeCommand(): Command {
  const command = verb('remove', 'stop watching a subject; its record stays', [
    'cairn watch remove W-1 --because "no longer a customer"',
  ])
    .argument('<watch>', 'its id: W-1')
    .option('--because <text>', 'why')
    .addOption(byOption());
  return act<{ readonly because?: string; readonly by?: string }>(command, async ({ data, print }, flags, [id]) => {
    const by = userOf(flags);
    const journal = openTrail(openDataDirectory(data).path);
    if (id?.startsWith('M-')) {
      const { events } = record(journal, by, ({ watch }) => [unwatchTrace(watch, id, flags.because ?? '')]);
      const trace = foldJournal(events).watch.traces.get(id) as TraceWatch;
      print(`${id} (${trace.title}) is no longer watched.`, trace);
      return 0;
    }
    const { events } = record(journal, by, ({ watch }) => [removeWatch(watch, id as string, flags.because ?? '')]);
    const watch = foldJournal(events).watch.watches.get(id as string) as Watch;
    print(`${id} (${showSubject(watch.subject)}) is no longer watched.`, watch);
    return 0;
  });
}

function runCommand(): Command {
  const command = verb('run', 'screen every watched subject again, and follow every watched trace on, once', [
    'cairn watch run',
    'cairn watch run --rpc http://127.0.0.1:8545',
    'cairn watch run --due-days 2 --json',
  ])
    .option('--due-days <n>', 'days until new alerts are due (default: 1 where a list names the account, else 7)')
    .addOption(byOption())
    .addHelpText('after', '\nExit code 9: at least one alert was raised.');
  return act<RunFlags>(reachOptions(command), async (context, flags) => {
    const dueDays = flags.dueDays === undefined ? null : readDays(flags.dueDays);
    const { traces } = foldJournal(openTrail(openDataDirectory(context.data).path).read()).watch;
    const isFollowed = [...traces.values()].some(({ removed }) => removed === null);
    const round = isFollowed
      ? await lookAtTraces(context, await openSources(context, flags), flags, new Map())
      : { looks: [], failed: [] };
    const done = await rescreen(context, { causes: ['asked for'], by: userOf(flags), dueDays });
    const nobody = done.screened + done.failed.length === 0 && !isFollowed;
    const told = [
      ...(isFollowed ? [showRound(round)] : []),
      ...(done.screened + done.failed.length === 0 ? [] : [showRescreened(done)]),
    ];
    context.print(nobody ? NOBODY : told.join('\n'), { ...done, traces: round.looks, notFollowed: round.failed });
    await tellAlerts(context);
    if (done.alerts.length > 0 || round.looks.some(({ alert }) => alert !== null)) return 9;
    return done.failed.length + round.failed.length > 0 ? 10 : 0;
  });
}

type RunFlags = ReachFlags & { readonly dueDays?: string; readonly by?: string };

type Round = Awaited<ReturnType<typeof lookAtTraces>>;

const showRound = ({ looks, failed }: Round): string =>
  looks.length + failed.length === 0 ? 'No new block: nothing to follow.' : showLooks(looks, failed);

function followCommand(): Command {
  const command = verb('follow', 'follow every watched trace on as blocks come, until stopped', [
    'cairn watch follow --rpc http://127.0.0.1:8545',
    'cairn watch follow --every 60 --json',
  ]).option('--every <seconds>', 'how often to ask for a new block', '12');
  return act<ReachFlags & { readonly every: string }>(reachOptions(command), async (context, flags) => {
    if (!/^\d{1,5}(\.\d+)?$/.test(flags.every) || Number(flags.every) <= 0) {
      throw new CairnError('invalid-input', `--every takes seconds, not ${flags.every}`);
    }
    await followTraces(context, flags, Number(flags.every), async (round) => {
      if (round.looks.length + round.failed.length > 0) context.print(showRound(round), round);
      await tellAlerts(context);
    });
    return 0;
  });
}

function readDays(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new CairnError('invalid-input', `--due-days takes a number of days from 0 to 9999, not '${text}'`);
}

const NOBODY = 'No subject is watched. cairn watch add puts one on the watch.';

function showWatches(watches: readonly Watch[], { alerts }: WatchBook): string {
  if (watches.length === 0) return NOBODY;
  const open = [...alerts.values()].filter(({ disposition }) => !isClosed(disposition));
  const rows = watches.map(({ id, subject, reference, owner, mark, screenedAt, removed }) => [
    id,
    showSubject(subject),
    reference ?? '',
    owner,
    removed === null ? mark.verdict : `removed: ${removed.because}`,
    showHits(mark.hits),
    formatTime(screenedAt),
    open
      .filter(({ watch }) => watch === id)
      .map((alert) => alert.id)
      .join(', '),
  ]);
  return table(['id', 'subject', 'reference', 'owner', 'verdict', 'hits', 'last screened', 'open alerts'], rows);
}
