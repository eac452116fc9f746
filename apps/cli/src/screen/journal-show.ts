import { type JournalEvent, showSubject } from '@cairn/core/screening';
import type { Journal, JournalCheck } from '@cairn/core/screening/stores';
import { formatTime } from '@cairn/core/units';
import type { Context } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { grouped } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';

/** What an intact chain is evidence of, and what it is not. */
const LIMITS =
  'An intact chain does not show that nobody rewrote the whole file or cut off its end: keep the head somewhere else, published or signed, to show that. Names are as people gave them; times are of the clock of the machine.';

/** Prints a trail's events of some kinds, and whether the whole trail holds. @returns 7 where it does not. */
export function printTrail(
  { print }: Context,
  journal: Journal,
  isShown: (kind: JournalEvent['kind']) => boolean,
): ExitCode {
  const check = journal.check();
  const shown = check.events.filter(({ kind }) => isShown(kind));
  const rows = shown.map((event) => [String(event.seq), formatTime(event.at), event.by, showEvent(event)]);
  const body = rows.length === 0 ? 'Nothing is recorded.' : table(['#', 'at', 'by', 'what'], rows, ['#']);
  const { events, head, broken, tornBytes } = check;
  const verification = { intact: broken === null, events: events.length, head, broken, tornBytes };
  print(`${body}\n\n${showCheck(check, journal.path)}`, { journal: journal.path, verification, events: shown });
  return broken === null ? 0 : 7;
}

function showCheck({ events, head, broken, tornBytes }: JournalCheck, path: string): string {
  const torn =
    tornBytes === 0 ? [] : [`The last ${grouped(tornBytes)} bytes are a write under way, or one that was cut off.`];
  if (broken !== null) {
    return [
      `BROKEN at line ${broken.line}: ${broken.reason}. ${grouped(events.length)} events before it follow each other; nothing after it is shown.`,
      path,
    ].join('\n');
  }
  if (events.length === 0) return [`${path} holds no event.`, ...torn].join('\n');
  return [`Chain intact: ${grouped(events.length)} events in ${path}.`, `Head: ${head}`, ...torn, LIMITS].join('\n');
}

/** One event in words. */
function showEvent(event: JournalEvent): string {
  switch (event.kind) {
    case 'decided': {
      const until = event.until === null ? '' : `, until ${formatTime(event.until)}`;
      return `${event.decision}: ${event.verdict} of ${event.subjectText} with ${event.matchId}${until}: ${event.because}`;
    }
    case 'withdrawn':
      return `${event.decision} withdrawn: ${event.because}`;
    case 'watched':
      return `${event.watch}: ${showSubject(event.subject)} watched${event.reference === null ? '' : ` as ${event.reference}`}, owner ${event.owner}; first answer: ${event.mark.verdict}`;
    case 'unwatched':
      return `${event.watch} no longer watched: ${event.because}`;
    case 'remarked':
      return `${event.watch}: ${event.changes.join('; ') || 'what decisions set aside changed'}`;
    case 'rescreened':
      return `screened ${grouped(event.screened)} again (${event.causes.join(', ')}): ${event.alerts === 1 ? '1 alert' : `${grouped(event.alerts)} alerts`}${event.failed.length === 0 ? '' : `, ${grouped(event.failed.length)} could not be screened`}`;
    case 'alert-raised':
      return `${event.alert} for ${event.watch} (${event.causes.join(', ')}): ${event.changes.join('; ')}; owner ${event.owner}, due ${event.due}`;
    case 'trace-watched':
      return `${event.watch}: ${event.title} watched, owner ${event.owner}; ${showPositions(event.positions)}`;
    case 'trace-unwatched':
      return `${event.watch} no longer watched: ${event.because}`;
    case 'trace-followed':
      return `${event.watch}: nothing moved, ${showPositions(event.positions)}`;
    case 'movement-raised':
      return `${event.alert} for ${event.watch}: ${event.changes.join('; ')}; owner ${event.owner}, due ${event.due}`;
    case 'alert-assigned':
      return `${event.alert} assigned to ${event.owner}${event.due === null ? '' : `, due ${event.due}`}`;
    case 'alert-set':
      return `${event.alert} ${event.disposition}${event.note === null ? '' : `: ${event.note}`}`;
    case 'torn-end-set-aside':
      return `${grouped(event.bytes)} bytes of a write that was cut off set aside in ${event.file}`;
  }
}

/** Up to which blocks a trace was made. */
export function showPositions(positions: readonly { readonly chain: string; readonly number: number }[]): string {
  return positions.map(({ chain, number }) => `${chain} up to block ${number}`).join(', ');
}

/** Hits that weigh most first, for a table: a long label must not push a listing out of sight. */
export function showHits(hits: readonly string[]): string {
  const rank = (hit: string): number => WEIGHT.findIndex((word) => hit.startsWith(word));
  const shown = [...hits].sort((a, b) => rank(a) - rank(b)).slice(0, 2);
  const words = shown.map((hit) => (hit.length > 60 ? `${hit.slice(0, 59)}…` : hit));
  return [...words, ...(hits.length > 2 ? [`${hits.length - 2} more`] : [])].join('; ');
}

const WEIGHT = ['listed ', 'match ', 'theft ', 'exposed ', 'risk ', 'labelled '];
