import { CairnError } from '@cairn/core/errors';
import {
  type Answer,
  type Decision,
  type DecisionBook,
  decidableMatches,
  decide,
  foldJournal,
  type Subject,
  subjectKey,
  withdraw,
} from '@cairn/core/screening';
import { formatTime } from '@cairn/core/units';
import type { Command } from 'commander';
import { openDataDirectory } from '../data/data-directory.ts';
import { byOption, openTrail, record, secondsNow, untilOf, userOf } from '../screen/journal-open.ts';
import { printTrail } from '../screen/journal-show.ts';
import { openScreener, SCREEN_NOW } from '../screen/open-screener.ts';
import { kindOf, nameQuery, type Qualifiers } from '../screen/subject.ts';
import type { Context } from '../terminal/context.ts';
import { table } from '../terminal/table.ts';
import { act, repeatable, verb, withVerbs } from './command.ts';

type SubjectFlags = Qualifiers & { readonly as?: string };
type ListFlags = { readonly subject?: string; readonly all?: true };
type AddFlags = SubjectFlags & {
  readonly falsePositive?: true;
  readonly trueMatch?: true;
  readonly because?: string;
  readonly until?: string;
  readonly by?: string;
};

export function decisionsCommand(): Command {
  const list = verb('decisions', 'what was decided about matches: by whom, why, until when', [
    'cairn decisions --all',
    'cairn decisions add "Kim Jong Un" ofac-sdn:20157 --false-positive --because "born 1999, Canadian passport seen"',
    'cairn decisions withdraw D-3 --because "the passport was forged"',
    'cairn decisions log',
  ])
    .option('--subject <subject>', 'those about this account, or this name under any qualifiers')
    .option('--all', 'also those that have expired, were withdrawn or were followed by a later one');
  act<ListFlags>(list, async ({ data, print }, flags) => {
    const book = foldJournal(openTrail(openDataDirectory(data).path).read()).decisions;
    const rows = standings(book, secondsNow()).filter(({ decision }) => isAbout(decision, flags.subject));
    const shown = flags.all ? rows : rows.filter(({ standing }) => standing === 'stands');
    print(showDecisionList(shown, rows.length), shown);
    return 0;
  });
  return withVerbs(list, [addCommand(), withdrawCommand(), logCommand()]);
}

/** The options that say what kind of subject a text is, and narrow a name. */
export function subjectOptions(command: Command): Command {
  return command
    .option('--as <what>', 'account or name: where the form does not say')
    .option('--born <date>', 'date of birth of a name: 1984, 1984-01-08, 1982..1984, ~1984')
    .addOption(repeatable('--country <country>', 'nationality, residence or registration of a name'))
    .option('--kind <kind>', 'person, organisation, vessel or aircraft');
}

/** @throws invalid-input */
export function subjectOf(text: string, flags: SubjectFlags): Subject {
  if (flags.as !== undefined && flags.as !== 'account' && flags.as !== 'name') {
    throw new CairnError('invalid-input', `--as takes account or name, not '${flags.as}'`);
  }
  const kind = flags.as ?? (kindOf(text) === 'account' ? 'account' : 'name');
  return kind === 'account' ? { kind, text } : { kind, query: nameQuery(text, flags) };
}

/** Screens one subject as things are now. */
export async function screenSubject(context: Context, subject: Subject): Promise<Answer> {
  const screener = await openScreener(context, { ...SCREEN_NOW, ledger: 'leave-out', now: secondsNow() });
  try {
    return subject.kind === 'account'
      ? await screener.account(subject.text)
      : await screener.name(subject.query, { limit: ALL_MATCHES });
  } finally {
    await screener.close();
  }
}

/** More than any list has parties. */
export const ALL_MATCHES = 10_000_000;

function addCommand(): Command {
  const add = verb('add', 'record what was decided about a match', [
    'cairn decisions add "Kim Jong Un" ofac-sdn:20157 --false-positive --because "born 1999" --born 1999',
    'cairn decisions add 0x098B716B8Aaf21512996dC57EB0615e2383E2f96 ofac-sdn:27307 --true-match --because "seen by two"',
    'cairn decisions add "Ivan Petrov" ofac-sdn:12345 --false-positive --because "another father\'s name" --until 2027-01-01',
  ])
    .argument('<subject>', 'the account or name, with the qualifiers it was screened with')
    .argument('<match-id>', 'the listed party: cairn screen prints its id')
    .option('--false-positive', 'the match is another party: set it aside in later answers')
    .option('--true-match', 'the match is the party')
    .option('--because <text>', 'why')
    .option('--until <date>', 'the decision ends then (the first second of a day, UTC); absent: until withdrawn')
    .addOption(byOption());
  return act<AddFlags>(subjectOptions(add), async (context, flags, [text, matchId]) => {
    const verdict = verdictOf(flags);
    const subject = subjectOf(text as string, flags);
    const journal = openTrail(openDataDirectory(context.data).path);
    const matches = decidableMatches(await screenSubject(context, subject));
    const match = matches.find(({ id }) => id === matchId);
    if (match === undefined) throw noSuchMatch(matchId as string, matches);
    const wanted = {
      subject,
      matchId: match.id,
      verdict,
      because: flags.because ?? '',
      until: untilOf(flags.until),
      matchDigest: match.digest,
    };
    const { events } = record(journal, userOf(flags), ({ decisions }) => decide(decisions, [wanted], secondsNow()));
    const decision = foldJournal(events).decisions.decisions.at(-1) as Decision;
    context.print(showRecorded(decision), decision);
    return 0;
  });
}

function verdictOf({ falsePositive, trueMatch }: AddFlags): Decision['verdict'] {
  if (falsePositive !== trueMatch) return falsePositive ? 'false-positive' : 'true-match';
  throw new CairnError('invalid-input', 'say which it is: --false-positive or --true-match');
}

function noSuchMatch(
  id: string,
  matches: readonly { readonly id: string; readonly name: string | null }[],
): CairnError {
  const hints = matches.slice(0, 10).map((match) => (match.name === null ? match.id : `${match.id}  ${match.name}`));
  return new CairnError('not-found', `${id} is not among the matches of this subject`, {
    hints: hints.length === 0 ? ['it has none: there is nothing to decide'] : ['its matches are:', ...hints],
  });
}

function showRecorded({ id, subjectText, matchId, verdict, by, until }: Decision): string {
  const term = until === null ? 'until it is withdrawn' : `until ${formatTime(until)}`;
  const effect =
    verdict === 'false-positive'
      ? `sets the match aside ${term}, as long as the listing stays as it is; every answer about the subject names the decision`
      : `stands ${term}; the match stays in every answer`;
  return `${id}: ${subjectText} with ${matchId} is a ${verdict}, by ${by}. It ${effect}.`;
}

function withdrawCommand(): Command {
  const command = verb('withdraw', 'take a decision back: it no longer counts', [
    'cairn decisions withdraw D-3 --because "the passport was forged"',
  ])
    .argument('<decision>', 'its id: D-3')
    .option('--because <text>', 'why')
    .addOption(byOption());
  return act<AddFlags>(command, async ({ data, print }, flags, [id]) => {
    const journal = openTrail(openDataDirectory(data).path);
    const by = userOf(flags);
    record(journal, by, ({ decisions }) => [withdraw(decisions, id as string, flags.because ?? '')]);
    print(`${id} is withdrawn, by ${by}: it no longer sets a match aside or confirms one.`, { withdrawn: id, by });
    return 0;
  });
}

function logCommand(): Command {
  const command = verb('log', 'the audit trail of decisions, and whether it is intact', ['cairn decisions log --json']);
  return act(command, async (context) => {
    const journal = openTrail(openDataDirectory(context.data).path);
    return printTrail(context, journal, (kind) => ['decided', 'withdrawn', 'torn-end-set-aside'].includes(kind));
  });
}

type Listed = {
  readonly decision: Decision;
  /** `stands`: it rules, if the listing is still what it was. */
  readonly standing: 'stands' | 'expired' | 'withdrawn' | 'superseded';
};

function standings({ decisions, withdrawals }: DecisionBook, now: number): Listed[] {
  const latest = new Map(decisions.map(({ subject, matchId, id }) => [`${matchId} ${subject}`, id]));
  return decisions.map((decision) => {
    const { id, subject, matchId, until } = decision;
    if (latest.get(`${matchId} ${subject}`) !== id) return { decision, standing: 'superseded' };
    if (withdrawals.has(id)) return { decision, standing: 'withdrawn' };
    return { decision, standing: until !== null && until <= now ? 'expired' : 'stands' };
  });
}

function isAbout({ subject }: Decision, text: string | undefined): boolean {
  if (text === undefined) return true;
  const key = subjectKey(subjectOf(text, {}));
  return subject === key || subject.startsWith(`${key} | `);
}

function showDecisionList(shown: readonly Listed[], recorded: number): string {
  if (shown.length === 0) {
    return recorded === 0
      ? 'No decision is recorded. cairn decisions add records one.'
      : `No decision stands; ${recorded} recorded: cairn decisions --all lists them.`;
  }
  const rows = shown.map(({ decision: d, standing }) => [
    d.id,
    d.subjectText,
    d.matchId,
    d.verdict,
    d.by,
    formatTime(d.at).slice(0, 10),
    d.until === null ? '' : formatTime(d.until).slice(0, 10),
    standing,
    d.because,
  ]);
  const head = ['id', 'subject', 'match', 'decided', 'by', 'on', 'until', 'standing', 'because'];
  return `${table(head, rows)}\nA decision acts only while the listing is what it was: cairn screen says what each amounts to now.`;
}
