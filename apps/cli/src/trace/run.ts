import { setImmediate } from 'node:timers/promises';
import { CairnError, isCairnError } from '@cairn/core/errors';
import { createLabelIndex, type Label } from '@cairn/core/labels';
import {
  createPinnedReader,
  type EvidenceReader,
  type FetchPlan,
  type ImportSummary,
  type LedgerReader,
} from '@cairn/core/ledger';
import {
  type AcrossOptions,
  type Crossing,
  parseCoverage,
  parseCrossings,
  type Seed,
  type TracedAcross,
  type TraceRequest,
  type TraceResult,
  toJson,
  trace,
  traceAcross,
  type Warning,
} from '@cairn/core/tracing';
import { type CaseInfo, type PublishedFigure, writeBundle } from '@cairn/core/tracing/bundle';
import { isUtxoChain } from '@cairn/core/units';
import { openDataDirectory, readJson, readLabelFile, readText, writeWhole } from '../data/data-directory.ts';
import { readTransfers, rejectedNotices } from '../data/ingest.ts';
import { type CaseFolder, isLedgerCase, loadCase } from '../data/shipped.ts';
import { openReach, openSources, planFrom, type Reach } from '../sources/reach.ts';
import type { Context } from '../terminal/context.ts';
import { createProgress, grouped } from '../terminal/progress.ts';
import { type AssetBook, type AssetInfo, createAssetBook, infoOf } from './assets.ts';
import { caseCrossings, caseInfo, caseLabels, casePublished, ingestCase, lookAlikeNotices } from './case.ts';
import { refuseInferred } from './crossing-flags.ts';
import { exitsToJson } from './exits.ts';
import { assembleRequest, parsePolicies, parseSeeds, type TraceFlags } from './request.ts';

export type Traced = {
  readonly result: TraceResult;
  /** Warnings that do not come from the engine. */
  readonly notices: readonly Warning[];
  readonly book: AssetBook;
  readonly published: readonly PublishedFigure[];
  readonly case: CaseInfo | null;
  /** Records that prove the exact crossings. */
  readonly evidence: TracedAcross['evidence'];
  /** Ways out that the trace reached and that are not followed. */
  readonly exits: TracedAcross['exits'];
  readonly refused: TracedAcross['refused'];
  /** Crossings that a key suggests and nothing proves, followed or not. */
  readonly doubtful: TracedAcross['doubtful'];
  /** The JSON contract. */
  readonly json: unknown;
  /** Bytes of the bundle, where one was asked for. */
  readonly bundle: Uint8Array | null;
  /** Did the trace bring a case into the ledger? */
  readonly hasIngested: boolean;
  /** What was fetched for it; null: nothing was to be. */
  readonly reach: Reach | null;
};

type Source = {
  readonly reader: LedgerReader & EvidenceReader;
  readonly labels: readonly Label[];
  readonly assets: readonly AssetInfo[];
  /** What could not be read of the files it comes from, and of what was fetched. */
  readonly notices: () => Promise<readonly Warning[]>;
  readonly hasIngested: boolean;
  /** What fetches what the ledger lacks; null: nothing does. */
  readonly reach: Reach | null;
  readonly close: () => Promise<void>;
};

/** Traces what the flags ask for, from a file, a case or the data directory's ledger, and writes the bundle if asked. */
export async function runTrace(context: Context, flags: TraceFlags): Promise<Traced> {
  const folder = flags.case === undefined ? null : loadLedgerCase(flags.case);
  const source = await openSource(context, flags, folder);
  try {
    const book = createAssetBook([...source.assets, ...(folder?.case.assets ?? [])]);
    const seeds = [...(folder?.case.seeds ?? []), ...(await parseSeeds(flags, source.reader, book))];
    const crossings = crossingsOf(flags, folder);
    refuseInferred(crossings, flags);
    const request = withCase(assembleRequest(flags, seeds, crossings, book), flags, folder, seeds);
    const { result, evidence, exits, refused, doubtful } = await followed(context, source, request, flags);
    const notices = [...lookAlikeNotices(result.consumed), ...(await source.notices())];
    const traced = {
      result,
      notices,
      book,
      published: folder === null ? [] : casePublished(folder),
      case: folder === null ? null : caseInfo(folder),
      hasIngested: source.hasIngested || (source.reach?.ledger.progress().accounts ?? 0) > 0,
      reach: source.reach,
      evidence,
      exits,
      refused,
      doubtful,
    };
    const bundle = flags.bundle === undefined ? null : bundleOf(traced, flags);
    if (flags.bundle !== undefined && bundle !== null) writeWhole(flags.bundle, bundle);
    const warnings = [...result.warnings, ...notices].sort(byCodeAndMessage);
    return { ...traced, bundle, json: { ...toJson(result), warnings, ...exitsToJson(traced) } };
  } finally {
    await source.close();
  }
}

/** What a trace would fetch first. What is on record already is traced for it. */
export async function planTrace(context: Context, flags: TraceFlags): Promise<FetchPlan> {
  const folder = flags.case === undefined ? null : loadLedgerCase(flags.case);
  const { fetch: _, ...offline } = flags;
  const source = await openSource(context, offline, folder);
  try {
    const reach = { ...flags, source: flags.source ?? [] };
    const reader = await planFrom(source.reader, await openSources(context, reach), reach);
    const book = createAssetBook([...source.assets, ...(folder?.case.assets ?? [])]);
    try {
      const seeds = [...(folder?.case.seeds ?? []), ...(await parseSeeds(flags, reader, book))];
      const request = withCase(assembleRequest(flags, seeds, crossingsOf(flags, folder), book), flags, folder, seeds);
      await followed(context, { ...source, reader }, request, flags);
    } catch (error) {
      // A seed that is not on record yet is part of the plan.
      if (!isCairnError(error) || error.code !== 'not-found') throw error;
    }
    return await reader.plan();
  } finally {
    await source.close();
  }
}

function loadLedgerCase(name: string): CaseFolder<Extract<CaseFolder['case'], { kind: 'ledger' }>> {
  const folder = loadCase(name);
  if (isLedgerCase(folder)) return folder;
  throw new CairnError(
    'invalid-input',
    `case ${name} is somebody else's published trace: Cairn has no transfers to trace in it`,
    {
      hints: ['cairn demo shows what it claims'],
    },
  );
}

async function openSource(
  context: Context,
  flags: TraceFlags,
  folder: ReturnType<typeof loadLedgerCase> | null,
): Promise<Source> {
  const given = flags.labels === undefined ? [] : readLabelFile(flags.labels).labels;
  const own = folder === null ? [] : caseLabels(folder);
  if (flags.transfers !== undefined) {
    const coverage = flags.coverage === undefined ? [] : parseCoverage(readJson(flags.coverage));
    const { reader, assets, files } = await readTransfers(flags.transfers, coverage, context.signal);
    const notices = async (): Promise<readonly Warning[]> => rejectedNotices(files);
    return {
      reader,
      assets,
      labels: [...own, ...given],
      notices,
      reach: null,
      hasIngested: false,
      close: async () => {},
    };
  }
  const directory = openDataDirectory(context.data);
  const store = await directory.openLedger();
  try {
    const files =
      folder === null
        ? (await store.imports()).map(fileOf)
        : await ingestCase(store, folder, { directory, signal: context.signal });
    const hasIngested = files.some((file) => 'status' in file && file.status !== 'already-imported');
    const reach =
      flags.fetch === true ? await openReach(context, store, { ...flags, source: flags.source ?? [] }) : null;
    return {
      // Of one state of each chain: what an earlier run fetched beyond the block that this one goes up to is not there.
      reader: reach === null ? store : createPinnedReader(reach.ledger, () => reach.pins),
      reach,
      assets: directory.assets(),
      labels: [...own, ...given, ...directory.labels()],
      notices: async () => rejectedNotices(reach === null ? files : (await store.imports()).map(fileOf)),
      hasIngested,
      close: async () => {
        reach?.done();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** An import of an earlier run: why its rows were rejected is in its own file. */
const fileOf = (one: ImportSummary) => ({ file: one.file, import: one, rejectedByReason: [] });

function byCodeAndMessage(a: Warning, b: Warning): number {
  if (a.code !== b.code) return a.code < b.code ? -1 : 1;
  return a.message < b.message ? -1 : a.message > b.message ? 1 : 0;
}

function crossingsOf(flags: TraceFlags, folder: ReturnType<typeof loadLedgerCase> | null): Crossing[] {
  if (flags.crossings === false) return [];
  if (typeof flags.crossings === 'string') return parseCrossings(readJson(flags.crossings));
  return folder === null ? [] : caseCrossings(folder);
}

/** A case names the rule shown first, unless the flags do. */
function withCase(
  request: TraceRequest,
  flags: TraceFlags,
  folder: ReturnType<typeof loadLedgerCase> | null,
  seeds: readonly Seed[],
): TraceRequest {
  const instructed = flags.instructed === undefined ? (folder?.case.instructed ?? null) : request.instructed;
  const isTraced = instructed !== null && request.policies.includes(instructed.policy);
  return { ...request, seeds, instructed: isTraced ? instructed : request.instructed };
}

/** Accounts that are fetched together, before a run is known to need them all: what one batch of questions takes. */
const READ_AHEAD = 250;

async function followed(
  context: Context,
  source: Source,
  request: TraceRequest,
  flags: TraceFlags,
): Promise<TracedAcross> {
  const index = createLabelIndex(source.labels);
  const progress = createProgress();
  try {
    const options: AcrossOptions = {
      stopAt: index.stopAt,
      followInferred: flags.followInferred === true,
      signal: context.signal,
      breathe: () => setImmediate(),
      ...(source.reach === null ? {} : { pageSize: READ_AHEAD }),
      onProgress: ({ policy, accounts, transfers }) =>
        progress.update(`${policy}: ${grouped(accounts)} accounts, ${grouped(transfers)} movements`, null),
    };
    if (flags.crossings !== false) {
      const traced = await traceAcross(source.reader, request, options);
      const policies = policiesAcross(flags, traced.result);
      return policies === null ? traced : await traceAcross(source.reader, { ...request, policies }, options);
    }
    let result = await trace(source.reader, request, options);
    // Records of contracts that were put off are wanted after all: no crossing leads past them.
    while (source.reader.postponed?.()) result = await trace(source.reader, request, options);
    return { result, evidence: [], exits: [], refused: [], doubtful: [] };
  } finally {
    progress.done();
  }
}

/** Of all rules, those that a trace shows which reached UTXO and account chains; null: it has them. */
function policiesAcross(flags: TraceFlags, { parameters, consumed }: TraceResult): TraceRequest['policies'] | null {
  const isUtxo = consumed.map(({ chain }) => isUtxoChain(chain));
  if (flags.policy !== 'all' || !isUtxo.includes(true) || !isUtxo.includes(false)) return null;
  const wanted = parsePolicies('all', { utxo: true, accounts: true });
  return wanted.every((policy) => parameters.policies.includes(policy)) ? null : wanted;
}

function bundleOf(traced: Omit<Traced, 'bundle' | 'json'>, flags: TraceFlags): Uint8Array {
  const seen = new Set(traced.result.consumed.map((transfer) => transfer.asset));
  for (const { output } of traced.result.crossings) if (output.kind === 'unrecorded') seen.add(output.asset);
  const assets = [...seen].sort().flatMap((asset) => infoOf(asset, traced.book) ?? []);
  const key = flags.signKey === undefined ? null : readText(flags.signKey).trim();
  const { result, published, notices } = traced;
  return writeBundle({ result, assets, case: traced.case, published, notices, evidence: traced.evidence }, key);
}
