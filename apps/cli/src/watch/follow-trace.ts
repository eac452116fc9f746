import { setImmediate } from 'node:timers/promises';
import { createLabelIndex, type LabelIndex } from '@cairn/core/labels';
import { createPinnedReader, type EvidenceReader, type LedgerReader, type LedgerStore } from '@cairn/core/ledger';
import {
  type Followed,
  foldJournal,
  movementsBetween,
  type Position,
  recordFollowed,
  type TraceWatch,
} from '@cairn/core/screening';
import {
  type LiveTraceAcross,
  type ParametersJson,
  parametersFromJson,
  startLiveTraceAcross,
  type TraceRequest,
} from '@cairn/core/tracing';
import type { Chain } from '@cairn/core/units';
import { openDataDirectory } from '../data/data-directory.ts';
import { openTrail, record, secondsNow, userOf } from '../screen/journal-open.ts';
import { casesOf } from '../screen/ledger-questions.ts';
import type { Reach } from '../sources/reach.ts';
import type { Context } from '../terminal/context.ts';
import { createAssetBook } from '../trace/assets.ts';
import { caseLabels } from '../trace/case.ts';
import { describeMovements } from './describe-movements.ts';

/** A trace that is watched, held in memory between looks at the chain. */
export type Session = {
  readonly live: LiveTraceAcross;
  /** The ledger it reads, moved on from look to look. */
  readonly view: View;
  readonly labels: LabelIndex;
  /** What of the data directory it was started from: with another ledger or other labels it is started anew. */
  basis: string;
};

/** What the ledger is read through: exchanged when the ledger is opened again, cut off at the positions. */
type View = {
  ledger: LedgerReader & EvidenceReader;
  positions: readonly Position[];
};

/** What a look at one watched trace came to. */
export type Look = {
  readonly watch: string;
  readonly how: Followed['how'];
  readonly positions: readonly Position[];
  /** Id of the alert raised; null: nothing moved, or it was raised by another run. */
  readonly alert: string | null;
  readonly changes: readonly string[];
};

export function positionsOf({ pins }: Pick<Reach, 'pins'>): Position[] {
  return [...pins.values()]
    .map(({ chain, number, hash, time }) => ({ chain, number, hash, time }))
    .sort((a, b) => (a.chain < b.chain ? -1 : 1));
}

/** Traces a request as the ledger stood at the positions. */
export async function startSession(
  context: Context,
  store: LedgerStore,
  ledger: LedgerReader & EvidenceReader,
  request: TraceRequest,
  positions: readonly Position[],
): Promise<Session> {
  const labels = await labelsOf(context, store);
  const view: View = { ledger, positions };
  const pins = (): ReadonlyMap<Chain, Position> => new Map(view.positions.map((one) => [one.chain, one]));
  const current: LedgerReader & EvidenceReader = {
    histories: (query, visit) => view.ledger.histories(query, visit),
    transactions: (hashes) => view.ledger.transactions(hashes),
    coverage: (accounts) => view.ledger.coverage(accounts),
    evidence: (hashes) => view.ledger.evidence(hashes),
    evidenceByKey: (keys) => view.ledger.evidenceByKey(keys),
    postponed: () => view.ledger.postponed?.() ?? false,
    expect: async (accounts) => view.ledger.expect?.(accounts),
  };
  const options = {
    stopAt: labels.stopAt,
    signal: context.signal,
    breathe: () => setImmediate(),
    pageSize: READ_AHEAD,
  };
  const live = await startLiveTraceAcross(createPinnedReader(current, pins), request, options);
  return { live, view, labels, basis: await basisOf(context, store) };
}

/** Accounts that are fetched together. */
const READ_AHEAD = 250;

/**
 * Follows a watched trace on to the blocks that are pinned, and records what moved. The alert and where the trace stands now are
 * one append to the journal: killed before, the next look finds the same; killed after, it finds nothing new.
 * @param kept - the session of an earlier look; null: the trace is made again as of its last position, from the ledger.
 */
export async function followTrace(
  context: Context,
  store: LedgerStore,
  reach: Reach,
  watch: TraceWatch,
  kept: Session | null,
): Promise<{ readonly look: Look | null; readonly session: Session }> {
  const positions = positionsOf(reach);
  const from = standingPositions(watch, reach);
  const request = parametersFromJson(watch.request as ParametersJson);
  const isKept =
    kept !== null && kept.basis === (await basisOf(context, store)) && sameBlocks(kept.view.positions, from);
  const session = isKept ? kept : await startSession(context, store, reach.ledger, request, from);
  session.view.ledger = reach.ledger;
  const before = session.live.traced().result;
  session.view.positions = positions;
  if (sameBlocks(from, positions) && reach.rolledBack.size === 0) return { look: null, session };
  const after = new Map(from.map(({ chain, number }) => [chain, number]));
  const { how } = await session.live.extend(after);
  const { result } = session.live.traced();
  session.basis = await basisOf(context, store);
  const journal = openTrail(openDataDirectory(context.data).path);
  const told = reported(journal.read(), watch.id);
  const gone = reach.rolledBack.size === 0 ? [] : await goneFrom(store, told);
  const moved = movementsBetween(before, result).filter(({ transactions }) =>
    transactions.some((tx) => !told.has(tx) || gone.includes(tx)),
  );
  const book = createAssetBook(openDataDirectory(context.data).assets());
  const { records, changes } = await describeMovements(moved, store, session.labels, book);
  const lost = gone.map((tx) => `${tx}, told of in ${told.get(tx)}, is no longer on the chain, which was reorganised`);
  const found: Followed = { how, movements: records, changes: [...changes, ...lost], positions, result };
  const done = record(journal, userOf({}), (state) =>
    recordFollowed(state.watch, watch.id, watch.positions, found, secondsNow()),
  );
  const raised = done.added.find((event) => event.kind === 'movement-raised');
  const alert = raised?.kind === 'movement-raised' ? raised.alert : null;
  return { look: { watch: watch.id, how, positions, alert, changes: found.changes }, session };
}

/** Where the trace stands as far as the chain still does: what was rolled back is looked at again. */
function standingPositions({ positions }: TraceWatch, { rolledBack }: Reach): Position[] {
  return positions.map((one) => {
    const first = rolledBack.get(one.chain);
    return first === undefined || first > one.number ? one : { ...one, number: first - 1 };
  });
}

const sameBlocks = (a: readonly Position[], b: readonly Position[]): boolean =>
  JSON.stringify(a.map(({ chain, number }) => [chain, number])) ===
  JSON.stringify(b.map(({ chain, number }) => [chain, number]));

/** Transactions that alerts of the watch have told of, and in which: in another block after a reorganisation they are not told again. */
function reported(events: Parameters<typeof foldJournal>[0], watch: string): ReadonlyMap<string, string> {
  const alerts = [...foldJournal(events).watch.alerts.values()];
  return new Map(
    alerts.flatMap((alert) =>
      alert.kind === 'movement' && alert.watch === watch
        ? alert.movements.flatMap(({ transactions }) => transactions.map((tx) => [tx, alert.id] as const))
        : [],
    ),
  );
}

/** Which of these are not on record any more. */
async function goneFrom(store: LedgerStore, told: ReadonlyMap<string, string>): Promise<string[]> {
  const there = new Set((await store.transactions([...told.keys()])).map(({ tx }) => tx));
  return [...told.keys()].filter((tx) => !there.has(tx));
}

/** Labels of the data directory and of the cases in its ledger. */
async function labelsOf(context: Context, store: LedgerStore): Promise<LabelIndex> {
  const cases = casesOf(await store.imports());
  return createLabelIndex([...cases.flatMap(caseLabels), ...openDataDirectory(context.data).labels()]);
}

/** Changes whenever something other than the look itself changed what the trace rests on. */
async function basisOf(context: Context, store: LedgerStore): Promise<string> {
  return `${(await store.imports()).length} ${JSON.stringify(openDataDirectory(context.data).labels()).length}`;
}
