import canonicalize from 'canonicalize';
import { CairnError } from '../../errors.ts';
import { type ParametersJson, parametersToJson, type TraceRequest, type TraceResult } from '../../tracing/index.ts';
import { requireReason } from '../decisions/event.ts';
import type { TraceWatch, WatchBook } from '../watch/fold.ts';
import { dueDate } from '../watch/rescreen.ts';
import type { MovementEntry, MovementRecord } from './event.ts';
import { type Position, runWatched } from './movement.ts';

/** Days until an alert of a movement is due: value that moves can be frozen for hours, not for weeks. Cairn's own choice of working order. */
export const DUE_DAYS_MOVEMENT = 1;

/** Traces still watched, in the order added. */
export function tracesWatchedNow({ traces }: WatchBook): readonly TraceWatch[] {
  return [...traces.values()].filter(({ removed }) => removed === null);
}

/** Where a trace stands, as it goes into the journal. */
export type Standing = { readonly positions: readonly Position[]; readonly result: TraceResult };

/** @throws {CairnError} `contradiction`: the same parameters are watched already. */
export function watchTrace(
  book: WatchBook,
  { title, request, owner }: { readonly title: string; readonly request: TraceRequest; readonly owner: string },
  { positions, result }: Standing,
): MovementEntry {
  const json: ParametersJson = parametersToJson(request);
  const same = tracesWatchedNow(book).find((one) => canonicalize(one.request) === canonicalize(json));
  if (same !== undefined) throw new CairnError('contradiction', `it is watched already, as ${same.id} (${same.title})`);
  const watch = `M-${book.traces.size + 1}`;
  const { digest } = result;
  return { kind: 'trace-watched', watch, title, request: json, owner, positions: [...positions], digest };
}

/** @throws {CairnError} `not-found`, `contradiction` (no longer watched), `invalid-input` (no reason). */
export function unwatchTrace({ traces }: WatchBook, id: string, because: string): MovementEntry {
  const trace = traces.get(id);
  if (trace === undefined) throw new CairnError('not-found', `no watch ${id}`, { hints: ['cairn watch lists them'] });
  if (trace.removed !== null) throw new CairnError('contradiction', `${id} (${trace.title}) is no longer watched`);
  return { kind: 'trace-unwatched', watch: id, because: requireReason(because) };
}

/** What following a trace on found. */
export type Followed = Standing & {
  readonly how: 'extended' | 'recomputed';
  readonly movements: readonly MovementRecord[];
  /** One for each movement, in words, and for what was told of before and is no longer on the chain. */
  readonly changes: readonly string[];
};

/**
 * What to record of it: an alert where anything moved, else where the trace stands now. Nothing, where another run has taken the
 * trace as far meanwhile: a movement is raised once.
 * @param from - the positions that it was followed on from.
 * @param at - Unix seconds: now.
 */
export function recordFollowed(
  book: WatchBook,
  id: string,
  from: readonly Position[],
  { how, movements, changes, positions, result }: Followed,
  at: number,
): readonly MovementEntry[] {
  const trace = book.traces.get(id);
  if (trace === undefined || trace.removed !== null) return [];
  if (canonicalize(trace.positions) !== canonicalize(from)) return [];
  const stand = { watch: id, how, positions: [...positions], digest: result.digest };
  if (changes.length === 0) return [{ kind: 'trace-followed', ...stand }];
  const alert = `A-${book.alerts.size + 1}`;
  const due = dueDate(at, DUE_DAYS_MOVEMENT);
  const { policy } = runWatched(result);
  return [{ kind: 'movement-raised', alert, policy, movements, changes, owner: trace.owner, due, ...stand }];
}
