import { CairnError } from '@cairn/core/errors';
import {
  type Alert,
  type AnswerAlert,
  type AnswerMark,
  alertById,
  assignAlert,
  type Decision,
  DISPOSITIONS,
  type Disposition,
  decidableMatches,
  decide,
  foldJournal,
  isClosed,
  isOverdue,
  type MovementAlert,
  type NewDecision,
  setAlert,
  showSubject,
  type TraceWatch,
  type Watch,
  type WatchBook,
} from '@cairn/core/screening';
import { formatTime, parseTime } from '@cairn/core/units';
import type { Command } from 'commander';
import { openDataDirectory } from '../data/data-directory.ts';
import { byOption, openTrail, record, secondsNow, untilOf, userOf } from '../screen/journal-open.ts';
import { printTrail, showPositions } from '../screen/journal-show.ts';
import type { Context } from '../terminal/context.ts';
import { table } from '../terminal/table.ts';
import { titleOf } from '../watch/channels.ts';
import { channelCommand, deliverCommand } from './alert-channels.ts';
import { act, verb, withVerbs } from './command.ts';
import { screenSubject } from './decisions.ts';

export function alertsCommand(): Command {
  const list = verb('alerts', 'what changed about watched subjects, and what has become of it', [
    'cairn alerts',
    'cairn alerts show A-1',
    'cairn alerts assign A-1 "desk two" --due 2026-12-01',
    'cairn alerts set A-1 in-review',
    'cairn alerts set A-1 closed-false-positive --note "another address of the same form"',
    'cairn alerts log',
  ]).option('--all', 'also those closed');
  act<{ readonly all?: true }>(list, async ({ data, print }, flags) => {
    const book = foldJournal(openTrail(openDataDirectory(data).path).read()).watch;
    const alerts = [...book.alerts.values()];
    const shown = alerts.filter(({ disposition }) => flags.all || !isClosed(disposition));
    const today = formatTime(secondsNow()).slice(0, 10);
    const value = shown.map((alert) => ({ ...alert, overdue: isOverdue(alert, today) }));
    print(showAlerts(shown, book, today, alerts.length), value);
    return 0;
  });
  return withVerbs(list, [
    showCommand(),
    assignCommand(),
    setCommand(),
    logCommand(),
    channelCommand(),
    deliverCommand(),
  ]);
}

function showAlerts(shown: readonly Alert[], book: WatchBook, today: string, raised: number): string {
  if (shown.length === 0) {
    return raised === 0 ? 'No alert was ever raised.' : `No alert is open; ${raised} raised: cairn alerts --all.`;
  }
  const rows = [...shown]
    .sort((a, b) => (a.due < b.due ? -1 : a.due > b.due ? 1 : Number(a.id.slice(2)) - Number(b.id.slice(2))))
    .map((alert) => [
      alert.id,
      titleOf(book, alert),
      alert.kind === 'answer' ? (watchOf(book, alert).reference ?? '') : '',
      alert.changes.length > 2
        ? `${alert.changes.slice(0, 2).join('; ')}; ${alert.changes.length - 2} more`
        : alert.changes.join('; '),
      alert.owner,
      isOverdue(alert, today) ? `${alert.due} OVERDUE` : alert.due,
      alert.disposition,
    ]);
  return table(['id', 'subject', 'reference', 'what changed', 'owner', 'due', 'disposition'], rows);
}

/** An alert is raised for a subject that was watched: the fold sees to it. */
function watchOf({ watches }: WatchBook, { watch }: AnswerAlert): Watch {
  return watches.get(watch) as Watch;
}

function showCommand(): Command {
  const command = verb('show', 'one alert: before, after, what changed, what was done', [
    'cairn alerts show A-1',
  ]).argument('<alert>', 'its id: A-1');
  return act(command, async ({ data, print }, _flags, [id]) => {
    const book = foldJournal(openTrail(openDataDirectory(data).path).read()).watch;
    const alert = alertById(book, id as string);
    if (alert.kind === 'movement') {
      print(showMovementAlert(alert, book.traces.get(alert.watch) as TraceWatch), alert);
      return 0;
    }
    const watch = watchOf(book, alert);
    print(showAlert(alert, watch), { ...alert, subject: watch.subject, reference: watch.reference });
    return 0;
  });
}

function showStanding(alert: Alert): string {
  const today = formatTime(secondsNow()).slice(0, 10);
  return `${alert.disposition}; owner ${alert.owner}; due ${alert.due}${isOverdue(alert, today) ? ', OVERDUE' : ''}`;
}

function showHistory({ history }: Alert): string {
  const rows = history.map(({ at, by, what, note }) => [formatTime(at), by, what, note ?? '']);
  return table(['at', 'by', 'what', 'note'], rows);
}

function showMovementAlert(alert: MovementAlert, trace: TraceWatch): string {
  return [
    `${alert.id}: ${trace.title} (${trace.id})`,
    showStanding(alert),
    `Raised ${formatTime(alert.raisedAt)}: traced value moved, by ${alert.policy}, ${showPositions(alert.positions)}`,
    '',
    ...alert.changes.map((change) => `- ${change}`),
    '',
    `The trace then has the digest ${alert.digest}.`,
    '',
    showHistory(alert),
  ].join('\n');
}

function showAlert(alert: AnswerAlert, watch: Watch): string {
  return [
    `${alert.id}: ${showSubject(watch.subject)} (${watch.id}${watch.reference === null ? '' : `, ${watch.reference}`})`,
    showStanding(alert),
    `Raised ${formatTime(alert.raisedAt)} after: ${alert.causes.join(', ')}`,
    '',
    ...alert.changes.map((change) => `- ${change}`),
    '',
    showMark('Before', alert.before),
    showMark('After', alert.after),
    '',
    `The answer before, asked again: ${askAgain(watch, alert.before)}`,
    '  (lists and decisions as they were then; of labels and transfers what is held now, those dated later left out)',
    `The answer now: ${askAgain(watch, null)}`,
    '',
    showHistory(alert),
  ].join('\n');
}

function showMark(when: string, { verdict, hits, suppressed, lists, asOf }: AnswerMark): string {
  return [
    `${when}: ${verdict}, as of ${asOf}`,
    ...hits.map((hit) => `  ${hit}`),
    ...suppressed.map((hit) => `  ${hit} (set aside by a decision)`),
    `  rests on ${lists.join(', ') || 'no list'}`,
  ].join('\n');
}

/** The command that asks about the subject as of an earlier answer; null: as of now. */
function askAgain({ subject }: Watch, mark: AnswerMark | null): string {
  const words = subject.kind === 'account' ? [quoted(subject.text)] : [quoted(subject.query.name), '--as name'];
  if (subject.kind === 'name') {
    const { kind, birth, countries } = subject.query;
    if (kind !== null) words.push(`--kind ${kind}`);
    if (birth !== null) {
      const span = birth.from === birth.to ? birth.from : `${birth.from}..${birth.to}`;
      words.push(`--born ${birth.approximate ? '~' : ''}${span}`);
    }
    words.push(...countries.map((country) => `--country ${country}`));
  }
  if (mark !== null) words.push(`--as-of ${mark.asOf} --known-at ${mark.asOf}`);
  return `cairn screen ${words.join(' ')}`;
}

/** As a shell takes it whole. */
function quoted(text: string): string {
  return /^[\w:.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function assignCommand(): Command {
  const command = verb('assign', 'give an alert an owner', ['cairn alerts assign A-1 "desk two" --due 2026-12-01'])
    .argument('<alert>', 'its id: A-1')
    .argument('<owner>', 'who looks at it')
    .option('--due <date>', 'the day it is due (default: as it is)')
    .addOption(byOption());
  return act<{ readonly due?: string; readonly by?: string }>(command, async ({ data, print }, flags, [id, owner]) => {
    const due = flags.due === undefined ? null : formatTime(parseTime(flags.due)).slice(0, 10);
    const journal = openTrail(openDataDirectory(data).path);
    const { events } = record(journal, userOf(flags), ({ watch }) => [
      assignAlert(watch, id as string, owner as string, due),
    ]);
    const alert = alertById(foldJournal(events).watch, id as string);
    print(`${alert.id} is assigned to ${alert.owner}, due ${alert.due}.`, alert);
    return 0;
  });
}

type SetFlags = { readonly note?: string; readonly until?: string; readonly by?: string };

function setCommand(): Command {
  const command = verb('set', 'say what has become of an alert; closing it needs a note', [
    'cairn alerts set A-1 in-review',
    'cairn alerts set A-1 closed-false-positive --note "another person: born 1999"',
  ])
    .argument('<alert>', 'its id: A-1')
    .argument('<disposition>', DISPOSITIONS.join(', '))
    .option('--note <text>', 'why')
    .option('--until <date>', 'closed-false-positive: when the decision it records ends (default: when withdrawn)')
    .addOption(byOption());
  return act<SetFlags>(command, async (context, flags, [id, text]) => {
    const disposition = readDisposition(text as string);
    const by = userOf(flags);
    const journal = openTrail(openDataDirectory(context.data).path);
    const book = foldJournal(journal.read()).watch;
    const alert = alertById(book, id as string);
    // Refused before anything is screened.
    setAlert(book, alert.id, disposition, flags.note ?? null);
    const closes = disposition === 'closed-false-positive';
    const decides = closes && alert.kind === 'answer';
    const wanted = decides ? await decisionsFor(context, alert, watchOf(book, alert), flags) : [];
    const { added, events } = record(journal, by, ({ watch, decisions }) => [
      setAlert(watch, alert.id, disposition, flags.note ?? null),
      ...decide(decisions, wanted, secondsNow()),
    ]);
    const recorded = new Set(added.flatMap((event) => (event.kind === 'decided' ? [event.decision] : [])));
    const state = foldJournal(events);
    const decided = state.decisions.decisions.filter(({ id: decision }) => recorded.has(decision));
    const value = { alert: alertById(state.watch, alert.id), decisions: decided };
    context.print(showSet(alert, disposition, decides, decided), value);
    return 0;
  });
}

function readDisposition(text: string): Disposition {
  const found = DISPOSITIONS.find((disposition) => disposition === text);
  if (found !== undefined) return found;
  throw new CairnError('invalid-input', `unknown disposition '${text}'`, {
    hints: [`known: ${DISPOSITIONS.join(', ')}`],
  });
}

/** A false positive is one about the listed parties that the alert was raised for and that still match. */
async function decisionsFor(
  context: Context,
  alert: AnswerAlert,
  watch: Watch,
  flags: SetFlags,
): Promise<NewDecision[]> {
  const raised = new Set(alert.after.hits.filter((hit) => !alert.before.hits.includes(hit)));
  const matches = decidableMatches(await screenSubject(context, watch.subject));
  return matches
    .filter(({ id }) => raised.has(`listed ${id}`) || raised.has(`match ${id}`))
    .map(({ id, digest }) => ({
      subject: watch.subject,
      matchId: id,
      verdict: 'false-positive',
      because: `${alert.id}: ${flags.note ?? ''}`,
      until: untilOf(flags.until),
      matchDigest: digest,
    }));
}

function showSet(alert: Alert, disposition: Disposition, closes: boolean, decided: readonly Decision[]): string {
  const lines = [`${alert.id}: ${alert.disposition} → ${disposition}.`];
  if (closes && decided.length === 0) {
    lines.push(
      'It was not raised for a listed party that still matches, so no match is set aside: the subject screens as before.',
    );
  }
  lines.push(
    ...decided.map(({ id, matchId }) => `${id} is recorded: ${matchId} is a false positive for this subject.`),
  );
  return lines.join('\n');
}

function logCommand(): Command {
  const command = verb('log', 'the audit trail of watched subjects and alerts, and whether it is intact', [
    'cairn alerts log --json',
  ]);
  return act(command, async (context) => {
    const journal = openTrail(openDataDirectory(context.data).path);
    return printTrail(context, journal, (kind) => kind !== 'decided' && kind !== 'withdrawn');
  });
}
