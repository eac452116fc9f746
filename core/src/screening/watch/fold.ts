import { impossible } from '../decisions/fold.ts';
import { showSubject } from '../decisions/subject.ts';
import type { Stamped } from '../decisions/trail.ts';
import { type MovementEntry, readPositions } from '../movements/event.ts';
import type { Position } from '../movements/movement.ts';
import type { WatchEntry } from './event.ts';
import type { Alert, AnswerMark, WatchedSubject } from './watch.ts';

/** A watched subject and the last answer about it. */
export type Watch = WatchedSubject & {
  /** Number of the event that added it. */
  readonly seq: number;
  readonly mark: AnswerMark;
  /** Unix seconds: when it was last screened. */
  readonly screenedAt: number;
  /** null: still watched. */
  readonly removed: { readonly at: number; readonly by: string; readonly because: string } | null;
};

/** A watched trace, and where it stood when it was last made. */
export type TraceWatch = {
  /** `M-1` … */
  readonly id: string;
  readonly title: string;
  /** The trace's parameters, as `trace --json` has them. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly owner: string;
  readonly addedBy: string;
  /** Unix seconds. */
  readonly addedAt: number;
  readonly followedAt: number;
  readonly positions: readonly Position[];
  readonly digest: string;
  /** null: still watched. */
  readonly removed: Watch['removed'];
};

/** Every subject and trace ever watched and every alert ever raised, by id, in the order recorded. */
export type WatchBook = {
  readonly watches: ReadonlyMap<string, Watch>;
  readonly traces: ReadonlyMap<string, TraceWatch>;
  readonly alerts: ReadonlyMap<string, Alert>;
};

export const NOTHING_WATCHED: WatchBook = { watches: new Map(), traces: new Map(), alerts: new Map() };

/** What the fold reads: events about subjects, and about traces. */
export type WatchingEntry = WatchEntry | MovementEntry;

/**
 * What the events say is watched and open. Folding on from an earlier book gives the same as folding all at once.
 * @throws {CairnError} `verification-failed`: an event that no valid command can have led to.
 */
export function foldWatch(events: readonly Stamped<WatchingEntry>[], from: WatchBook = NOTHING_WATCHED): WatchBook {
  const book: Draft = {
    watches: new Map(from.watches),
    traces: new Map(from.traces),
    runs: new Map(),
    alerts: new Map(from.alerts),
  };
  for (const event of events) {
    if (event.kind === 'watched') addWatched(book, event);
    else if (event.kind === 'rescreened') rescreened(book, event);
    else if (event.kind === 'unwatched' || event.kind === 'remarked') changeWatch(book, event);
    else if (event.kind === 'alert-raised') raise(book, event);
    else if (event.kind === 'trace-watched') addTrace(book, event);
    else if (event.kind === 'movement-raised') raiseMovement(book, event);
    else if (event.kind === 'trace-followed' || event.kind === 'trace-unwatched') changeTrace(book, event);
    else changeAlert(book, event);
  }
  for (const [id, { at, lists, asOf }] of book.runs) {
    const watch = book.watches.get(id) as Watch;
    book.watches.set(id, { ...watch, screenedAt: at, mark: { ...watch.mark, lists, asOf } });
  }
  return { watches: book.watches, traces: book.traces, alerts: book.alerts };
}

/** `runs`: the last time each subject was screened without a change; a year of runs over many subjects is folded at the end. */
type Draft = {
  readonly watches: Map<string, Watch>;
  readonly traces: Map<string, TraceWatch>;
  readonly runs: Map<string, Of<'rescreened'>>;
  readonly alerts: Map<string, Alert>;
};
type Of<Kind extends WatchingEntry['kind']> = Stamped<Extract<WatchingEntry, { kind: Kind }>>;

function addWatched({ watches }: Draft, event: Of<'watched'>): void {
  const { watch: id, subject, reference, owner, mark, at, by, seq } = event;
  if (id !== `W-${watches.size + 1}`) throw impossible(event, `${id} is out of turn`);
  watches.set(id, {
    id,
    subject,
    reference,
    owner,
    addedBy: by,
    addedAt: at,
    seq,
    mark,
    screenedAt: at,
    removed: null,
  });
}

function changeWatch({ watches, runs }: Draft, event: Of<'unwatched'> | Of<'remarked'>): void {
  const { at, by } = event;
  const watch = activeWatch(watches, event);
  if (event.kind === 'unwatched') watches.set(watch.id, { ...watch, removed: { at, by, because: event.because } });
  else {
    watches.set(watch.id, { ...watch, mark: event.after, screenedAt: at });
    runs.delete(watch.id);
  }
}

function rescreened({ watches, runs }: Draft, event: Of<'rescreened'>): void {
  const left = new Set(event.failed.map(({ watch }) => watch));
  for (const { id, removed, seq, mark } of watches.values()) {
    if (removed !== null || seq > event.upTo || left.has(id)) continue;
    if ((runs.get(id)?.asOf ?? mark.asOf) <= event.asOf) runs.set(id, event);
  }
}

function raise({ watches, runs, alerts }: Draft, event: Of<'alert-raised'>): void {
  const { alert: id, watch: watchId, causes, before, after, changes, owner, due, at, by } = event;
  if (id !== `A-${alerts.size + 1}`) throw impossible(event, `${id} is out of turn`);
  const watch = activeWatch(watches, event);
  const history = [
    { at, by, what: `raised for ${showSubject(watch.subject)}, owner ${owner}, due ${due}`, note: null },
  ];
  alerts.set(id, {
    kind: 'answer',
    ...{ id, watch: watchId, raisedAt: at, causes, before, after, changes, owner, due },
    disposition: 'open',
    history,
  });
  watches.set(watchId, { ...watch, mark: after, screenedAt: at });
  runs.delete(watchId);
}

function addTrace({ traces }: Draft, event: Of<'trace-watched'>): void {
  const { watch: id, title, request, owner, digest, at, by } = event;
  if (id !== `M-${traces.size + 1}`) throw impossible(event, `${id} is out of turn`);
  const positions = readPositions(event.positions);
  traces.set(id, {
    id,
    title,
    request,
    owner,
    addedBy: by,
    addedAt: at,
    followedAt: at,
    positions,
    digest,
    removed: null,
  });
}

function changeTrace({ traces }: Draft, event: Of<'trace-followed'> | Of<'trace-unwatched'>): void {
  const { at, by } = event;
  const trace = activeTrace(traces, event);
  if (event.kind === 'trace-unwatched') traces.set(trace.id, { ...trace, removed: { at, by, because: event.because } });
  else standAt(traces, trace, event);
}

function raiseMovement({ traces, alerts }: Draft, event: Of<'movement-raised'>): void {
  const { alert: id, watch, policy, movements, changes, digest, owner, due, at, by } = event;
  if (id !== `A-${alerts.size + 1}`) throw impossible(event, `${id} is out of turn`);
  const trace = activeTrace(traces, event);
  const history = [{ at, by, what: `raised for ${trace.title}, owner ${owner}, due ${due}`, note: null }];
  const positions = readPositions(event.positions);
  alerts.set(id, {
    kind: 'movement',
    ...{ id, watch, raisedAt: at, causes: ['chain'], changes, policy, movements, positions, digest, owner, due },
    disposition: 'open',
    history,
  });
  standAt(traces, trace, event);
}

function standAt(
  traces: Draft['traces'],
  trace: TraceWatch,
  { positions, digest, at }: Of<'trace-followed'> | Of<'movement-raised'>,
): void {
  traces.set(trace.id, { ...trace, positions: readPositions(positions), digest, followedAt: at });
}

function activeTrace(
  traces: Draft['traces'],
  event: Of<'trace-followed'> | Of<'trace-unwatched'> | Of<'movement-raised'>,
): TraceWatch {
  const trace = traces.get(event.watch);
  if (trace === undefined || trace.removed !== null) throw impossible(event, `${event.watch} is not watched`);
  return trace;
}

function changeAlert({ alerts }: Draft, event: Of<'alert-assigned'> | Of<'alert-set'>): void {
  const alert = alerts.get(event.alert);
  if (alert === undefined) throw impossible(event, `there is no ${event.alert}`);
  const { at, by } = event;
  if (event.kind === 'alert-assigned') {
    const due = event.due ?? alert.due;
    const what = `assigned to ${event.owner}${event.due === null ? '' : `, due ${due}`}`;
    const history = [...alert.history, { at, by, what, note: null }];
    alerts.set(alert.id, { ...alert, owner: event.owner, due, history });
    return;
  }
  const history = [...alert.history, { at, by, what: event.disposition, note: event.note }];
  alerts.set(alert.id, { ...alert, disposition: event.disposition, history });
}

function activeWatch(watches: Draft['watches'], event: { readonly seq: number; readonly watch: string }): Watch {
  const watch = watches.get(event.watch);
  if (watch === undefined || watch.removed !== null) throw impossible(event, `${event.watch} is not watched`);
  return watch;
}
