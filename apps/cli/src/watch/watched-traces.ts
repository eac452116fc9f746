import { basename } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { CairnError, isCairnError } from '@cairn/core/errors';
import { foldJournal, type TraceWatch, tracesWatchedNow, watchTrace } from '@cairn/core/screening';
import { GENERAL_POLICY_IDS, NO_LIMITS, type TraceRequest } from '@cairn/core/tracing';
import { readBundle } from '@cairn/core/tracing/bundle';
import { type Account, type Asset, accountChain, formatAccount, formatTime, parseAccount } from '@cairn/core/units';
import { openDataDirectory, readFileBytes } from '../data/data-directory.ts';
import { openTrail, record, userOf } from '../screen/journal-open.ts';
import { showPositions } from '../screen/journal-show.ts';
import { type OpenSources, openSources, type Reach, type ReachFlags, reachFrom } from '../sources/reach.ts';
import type { Context } from '../terminal/context.ts';
import { table } from '../terminal/table.ts';
import { createAssetBook, findAsset } from '../trace/assets.ts';
import { followTrace, type Look, positionsOf, type Session, startSession } from './follow-trace.ts';

/** What to watch, as it is named on the command line. */
export type WatchedFlags = ReachFlags & {
  readonly moves?: true;
  readonly asset: readonly string[];
  readonly title?: string;
  readonly owner?: string;
  readonly by?: string;
};

/** Does the argument name a trace, not a subject to be screened? */
export function namesTrace(text: string, flags: { readonly moves?: true }): boolean {
  return flags.moves === true || text.endsWith('.cairn');
}

/** Puts a trace on the watch: that of a bundle, or one of everything an account holds. It is made once now, up to the newest block. */
export async function addTrace(context: Context, text: string, flags: WatchedFlags): Promise<TraceWatch> {
  const by = userOf(flags);
  const store = await openDataDirectory(context.data).openLedger();
  try {
    const reach = await reachFrom(context, store, await openSources(context, flags), flags);
    try {
      const named = flags.moves === true ? null : readBundle(readFileBytes(text));
      const request = named?.result.parameters ?? (await requestOf(context, parseAccount(text), flags, reach));
      const title = flags.title ?? (named === null ? `what ${text} holds` : basename(text, '.cairn'));
      const positions = positionsOf(reach);
      const { live } = await startSession(context, store, reach.ledger, request, positions);
      const { result } = live.traced();
      const journal = openTrail(openDataDirectory(context.data).path);
      const done = record(journal, by, ({ watch }) => [
        watchTrace(watch, { title, request, owner: flags.owner ?? by }, { positions, result }),
      ]);
      return [...foldJournal(done.events).watch.traces.values()].at(-1) as TraceWatch;
    } finally {
      reach.done();
    }
  } finally {
    await store.close();
  }
}

/** Everything that an account holds now and receives from now on, of the assets named, else of all that the record shows it to have had. */
async function requestOf(
  context: Context,
  account: Account,
  flags: WatchedFlags,
  { ledger, pins }: Reach,
): Promise<TraceRequest> {
  const book = createAssetBook(openDataDirectory(context.data).assets());
  const assets = new Set<Asset>(flags.asset.map((text) => findAsset(text, book)));
  if (assets.size === 0) {
    const all = { accounts: [account], assets: null, until: null, limitPerAccount: null };
    await ledger.histories(all, (_, transfer) => assets.add(transfer.asset));
  }
  if (assets.size === 0) {
    throw new CairnError('not-found', `no transfer of ${formatAccount(account)} is on record`, {
      hints: ['name what to watch with --asset eth'],
    });
  }
  const pin = pins.get(accountChain(account));
  if (pin === undefined)
    throw new CairnError('invalid-input', `no source is of the chain of ${formatAccount(account)}`);
  // What the newest block brought is held already.
  const at = pin.time + 1;
  return {
    direction: 'forward',
    seeds: [...assets].sort().map((asset) => ({ kind: 'account', tag: `${account}/${asset}`, account, asset, at })),
    policies: [...GENERAL_POLICY_IDS],
    instructed: null,
    rules: [],
    limits: NO_LIMITS,
    crossings: [],
  };
}

/** Sessions by watch, held between looks. */
export type Sessions = Map<string, Session>;

/** Looks at every watched trace once. One that fails does not keep the others from it. */
export async function lookAtTraces(
  context: Context,
  sources: OpenSources,
  flags: ReachFlags,
  sessions: Sessions,
): Promise<{ readonly looks: readonly Look[]; readonly failed: readonly Failure[] }> {
  const directory = openDataDirectory(context.data);
  const watches = tracesWatchedNow(foldJournal(openTrail(directory.path).read()).watch);
  if (watches.length === 0) return { looks: [], failed: [] };
  const store = await directory.openLedger();
  const looks: Look[] = [];
  const failed: Failure[] = [];
  try {
    const reach = await reachFrom(context, store, sources, flags);
    try {
      for (const watch of watches) {
        try {
          const { look, session } = await followTrace(context, store, reach, watch, sessions.get(watch.id) ?? null);
          sessions.set(watch.id, session);
          if (look !== null) looks.push(look);
        } catch (error) {
          sessions.delete(watch.id);
          if (!isCairnError(error) || error.code === 'interrupted' || error.code === 'defect') throw error;
          failed.push({ watch: watch.id, reason: error.message });
        }
      }
    } finally {
      reach.done();
    }
  } finally {
    await store.close();
  }
  return { looks, failed };
}

export type Failure = { readonly watch: string; readonly reason: string };

/**
 * Looks whenever the chain has a new block, until it is stopped. A source that does not answer is asked again at the next turn.
 * @param onTurn - called at every turn, with what was looked at where there was a new block.
 */
export async function followTraces(
  context: Context,
  flags: ReachFlags,
  everySeconds: number,
  onTurn: (round: Awaited<ReturnType<typeof lookAtTraces>>) => Promise<void>,
): Promise<void> {
  const sources = await openSources(context, flags);
  const sessions: Sessions = new Map();
  let seen = '';
  while (!context.signal.aborted) {
    try {
      const heads = await Promise.all(sources.sources.map(async (source) => (await source.tip()).head.hash));
      const isNew = heads.join(' ') !== seen;
      await onTurn(isNew ? await lookAtTraces(context, sources, flags, sessions) : { looks: [], failed: [] });
      if (isNew) seen = heads.join(' ');
    } catch (error) {
      if (!isCairnError(error) || error.code === 'defect') throw error;
      if (error.code === 'interrupted') return;
      process.stderr.write(`cairn: ${error.message}; asked again in ${everySeconds} s\n`);
    }
    await wait(everySeconds * 1000, undefined, { signal: context.signal }).catch(() => {});
  }
}

export function showLooks(looks: readonly Look[], failed: readonly Failure[]): string {
  const lines = looks.flatMap(({ watch, positions, alert, changes }) => [
    `${watch}: ${alert === null ? 'nothing moved' : alert}, ${showPositions(positions)}`,
    ...changes.map((change) => `  ${change}`),
  ]);
  return [...lines, ...failed.map(({ watch, reason }) => `${watch} could not be followed: ${reason}`)].join('\n');
}

export function showTraces(traces: readonly TraceWatch[]): string {
  const rows = traces.map(({ id, title, owner, positions, followedAt, removed }) => [
    id,
    title,
    owner,
    removed === null ? showPositions(positions) : `removed: ${removed.because}`,
    formatTime(followedAt),
  ]);
  return table(['id', 'trace', 'owner', 'followed', 'last looked at'], rows);
}
