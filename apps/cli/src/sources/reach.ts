import { CairnError, isCairnError } from '@cairn/core/errors';
import {
  type AccountSource,
  type ChainReader,
  createFetchingLedger,
  createPlanningLedger,
  type EvidenceReader,
  type FetchingLedger,
  type FetchPlan,
  type FetchProgress,
  type LedgerReader,
  type LedgerStore,
  type Pin,
  type PlanningLedger,
  pinChain,
  type RecordSource,
} from '@cairn/core/ledger';
import {
  assertAllowed,
  createMeter,
  createRecordSource,
  type HttpOptions,
  openChainReader,
  openSource,
  type SourceBook,
  type SourceConfig,
  type Spent,
  sourceConfig,
} from '@cairn/core/ledger/sources';
import { keysOf } from '@cairn/core/tracing';
import { type Chain, formatTime } from '@cairn/core/units';
import type { Command } from 'commander';
import { repeatable } from '../commands/command.ts';
import { openDataDirectory } from '../data/data-directory.ts';
import { userOf } from '../screen/journal-open.ts';
import type { Context } from '../terminal/context.ts';
import { createProgress, grouped } from '../terminal/progress.ts';
import { openCaseSources } from './case-sources.ts';

/** Which sources to ask, and how far. */
export type ReachFlags = {
  readonly rpc?: string;
  readonly source: readonly string[];
  readonly fromBlock?: string;
  readonly atBlock?: string;
  readonly maxTransactions?: string;
  readonly maxBlocks?: string;
  readonly dryRun?: true;
};

/** Transactions of one account that are read before it counts as too busy to be read to its end: a service in all but name. */
const MAX_TRANSACTIONS = 2_000;
/** Blocks that are read whole without being told to: at three questions each, half an hour of a free plan. */
const MAX_BLOCKS = 5_000;

/** The options of commands that ask sources. */
export function reachOptions(command: Command): Command {
  return command
    .option('--rpc <url>', 'ask this Ethereum node (JSON-RPC), besides the configured sources')
    .addOption(repeatable('--source <name>', 'ask only this source (cairn sources lists them)', 'all'))
    .option('--from-block <n>', 'first block wanted', '0')
    .option('--at-block <n>', 'fetch up to this block (default: the newest)')
    .option('--max-transactions <n>', 'an account with more is not read to its end', String(MAX_TRANSACTIONS))
    .option(
      '--max-blocks <n>',
      'whole blocks to read at most, where no source has an index of accounts',
      String(MAX_BLOCKS),
    );
}

type Opened = { readonly config: SourceConfig; readonly traffic: HttpOptions };

type Named = Pick<ReachFlags, 'rpc' | 'source'>;

/** The sources that the flags name, that of a URL first. @throws not-found, invalid-input. */
function namedBy({ rpc, source }: Named, book: SourceBook): SourceConfig[] {
  const given = rpc === undefined ? [] : [sourceConfig({ kind: 'rpc', url: rpc }, process.env)];
  const named = source.map((name) => {
    const found = book.sources.find((one) => one.name === name);
    if (found !== undefined) return found;
    throw new CairnError('not-found', `no source is called ${name}`, { hints: ['cairn sources lists them'] });
  });
  return [...given, ...named];
}

/**
 * The sources that the flags name and, where no kept one is named, all that are kept and may be asked.
 * @throws invalid-input: none, or a named one that may not be asked.
 */
function chosen(context: Context, flags: Named): Opened[] {
  const book = openCaseSources(context.data).book();
  const named = namedBy(flags, book).map((config) => ({ config, traffic: trafficOf(context, config, book) }));
  if (flags.source.length > 0) return named;
  let refusal: CairnError | null = null;
  const kept = book.sources.flatMap((config): Opened[] => {
    try {
      return [{ config, traffic: trafficOf(context, config, book) }];
    } catch (error) {
      if (!isCairnError(error)) throw error;
      refusal = error;
      return [];
    }
  });
  if (named.length + kept.length > 0) return [...named, ...kept];
  throw (
    refusal ??
    new CairnError('invalid-input', 'there is no source to ask', {
      hints: ['name a node with --rpc URL', 'or keep one: cairn sources add --kind rpc --url http://127.0.0.1:8545'],
    })
  );
}

/** What becomes of a source's calls: on record, its final answers on disk. @throws invalid-input: the case does not allow it to be asked. */
export function trafficOf(context: Context, config: SourceConfig, book: SourceBook): HttpOptions {
  assertAllowed(config, book);
  const { log, cache } = openCaseSources(context.data);
  const by = userOf({});
  const pap = config.own ? null : (book.permission?.pap ?? null);
  return {
    signal: context.signal,
    cache,
    onCall: (call) => log.add({ ...call, source: config.name, by, pap }),
  };
}

/** Sources that were opened, and what asking them costs. */
export type OpenSources = { readonly sources: readonly AccountSource[]; readonly spent: () => Spent };

/** Opens the sources that the flags name, every call on record. @throws invalid-input, unavailable. */
export async function openSources(context: Context, flags: Named): Promise<OpenSources> {
  const meter = createMeter();
  const sources: AccountSource[] = [];
  const configs = chosen(context, flags);
  let trouble: unknown = null;
  for (const { config, traffic } of configs) {
    try {
      sources.push(await openSource(config, process.env, { ...traffic, meter }));
    } catch (error) {
      if (!isSilent(error) || configs.length === 1) throw error;
      trouble = error;
      process.stderr.write(`cairn: ${config.name} is left out: ${error.message}\n`);
    }
  }
  if (sources.length === 0) throw trouble;
  return { sources, spent: meter.spent };
}

/** One source that does not answer does not keep the others from it. */
const isSilent = (error: unknown): error is CairnError => isCairnError(error) && error.code === 'unavailable';

/** A ledger that fetches up to a block of each chain. */
export type Reach = {
  readonly ledger: FetchingLedger;
  readonly pins: ReadonlyMap<Chain, Pin>;
  /** By chain, the first block that was rolled back. */
  readonly rolledBack: ReadonlyMap<Chain, number>;
  readonly spent: () => Spent;
  /** To be called at the end, however it ends. */
  readonly done: () => void;
};

/** Fixes up to which block each chain is fetched, rolling back what was reorganised, and lets the store fetch what it lacks. */
export async function reachFrom(
  context: Context,
  store: LedgerStore,
  { sources, spent }: OpenSources,
  flags: ReachFlags,
): Promise<Reach> {
  const progress = createProgress();
  const pins = new Map<Chain, Pin>();
  const rolledBack = new Map<Chain, number>();
  const { pins: book } = openCaseSources(context.data);
  for (const source of sources) {
    if (pins.has(source.chain)) continue;
    const atBlock = flags.atBlock === undefined ? null : wholeNumber('--at-block', flags.atBlock);
    const pinned = await pinChain(source, store, book, atBlock).catch((error: unknown) => {
      const isLast = sources.findLast(({ chain }) => chain === source.chain) === source;
      if (isLast || !isSilent(error)) throw error;
      process.stderr.write(`cairn: ${source.name} is left out: ${error.message}\n`);
      return null;
    });
    if (pinned === null) continue;
    pins.set(source.chain, pinned.pin);
    if (pinned.rolledBack === null) continue;
    rolledBack.set(source.chain, pinned.rolledBack);
    process.stderr.write(
      `cairn: ${source.chain} was reorganised: blocks from ${pinned.rolledBack} on were forgotten and are fetched anew\n`,
    );
  }
  const ledger = createFetchingLedger({
    store,
    sources,
    pins,
    into: { keysOf, rejectsDirectory: openDataDirectory(context.data).rejects, signal: context.signal },
    fromBlock: wholeNumber('--from-block', flags.fromBlock ?? '0'),
    maxTransactions: wholeNumber('--max-transactions', flags.maxTransactions ?? String(MAX_TRANSACTIONS)),
    maxBlocks: wholeNumber('--max-blocks', flags.maxBlocks ?? String(MAX_BLOCKS)),
    onProgress: (now) => progress.update(showProgress(now, spent()), fractionOf(now)),
  });
  return { ledger, pins, rolledBack, spent, done: progress.done };
}

/** What would be fetched, told by a ledger that only notes it; the sources are asked for their newest blocks and nothing else. */
export async function planFrom(
  store: LedgerReader & EvidenceReader,
  { sources }: OpenSources,
  flags: ReachFlags,
): Promise<PlanningLedger> {
  const pins = new Map<Chain, Pin>();
  for (const source of sources) {
    if (pins.has(source.chain)) continue;
    const { head, final } = await source.tip();
    pins.set(source.chain, { chain: source.chain, ...head, final });
  }
  return createPlanningLedger({ store, sources, pins, fromBlock: wholeNumber('--from-block', flags.fromBlock ?? '0') });
}

const counted = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;

export function showPlan({ accounts, transactions, requests }: FetchPlan): string {
  if (accounts.length + transactions.length === 0)
    return 'Nothing is lacking: no request would be made but for the newest blocks.';
  const parts = [
    ...(transactions.length === 0 ? [] : [counted(transactions.length, 'named transaction')]),
    ...(accounts.length === 0 ? [] : [`the record of ${counted(accounts.length, 'account')}`]),
  ];
  return (
    `Lacking: ${parts.join(' and ')}. To bring them takes at least ${grouped(requests)} questions. ` +
    'What they lead to is not known before they are read: --max-hops, --max-accounts and --max-transactions bound it.'
  );
}

/** Both at once, for a command that asks and ends. */
export async function openReach(context: Context, store: LedgerStore, flags: ReachFlags): Promise<Reach> {
  return reachFrom(context, store, await openSources(context, flags), flags);
}

/** Null where a batch is done: what it leads to is not known yet. */
function fractionOf({ accounts, waiting }: FetchProgress): number | null {
  return waiting === 0 ? null : accounts / (accounts + waiting);
}

function showProgress({ accounts, waiting, truncated }: FetchProgress, { requests, cached, bytes }: Spent): string {
  const cut = truncated === 0 ? '' : `, ${grouped(truncated)} too busy to read whole`;
  const disk = cached === 0 ? '' : `, ${grouped(cached)} answers from disk`;
  return `fetching: ${grouped(accounts)} accounts, ${grouped(waiting)} waiting${cut}; ${grouped(requests)} requests${disk}, ${megabytes(bytes)}`;
}

/** What a run asked and what it cost, in one sentence. */
export function showSpent({ pins, ledger, spent }: Reach): string {
  const { accounts, truncated } = ledger.progress();
  const { requests, cached, retries, waiting, bytes } = spent();
  const ends = [...pins.values()].map(
    ({ chain, number, time }) => `${chain} up to block ${number} (${formatTime(time)})`,
  );
  const again = retries === 0 ? '' : `, ${grouped(retries)} of them repeated`;
  const cut = truncated === 0 ? '' : ` ${grouped(truncated)} were too busy to be read whole.`;
  return (
    `Fetched ${grouped(accounts)} ${accounts === 1 ? 'account' : 'accounts'} of ${ends.join(', ')}: ${grouped(requests)} requests${again}, ` +
    `${grouped(cached)} answers from disk, ${megabytes(bytes)}, ${(waiting / 1000).toFixed(1)} s of waiting.${cut}`
  );
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

function wholeNumber(flag: string, text: string): number {
  if (/^[0-9]{1,15}$/.test(text)) return Number(text);
  throw new CairnError('invalid-input', `${flag} takes a whole number, not ${text}`);
}

/** How a source that is given by its URL is asked, every call on record. @throws invalid-input: the case does not allow it to be asked. */
export function trafficTo(context: Context, kind: SourceConfig['kind'], url: string): HttpOptions {
  const book = openCaseSources(context.data).book();
  return anew(trafficOf(context, sourceConfig({ kind, url }, process.env), book));
}

/** Whom a record is held against: a node of an Ethereum-like chain, sources of others that list what happened. */
export type Checkers = { readonly chain: ChainReader | null; readonly sources: readonly RecordSource[] };

/**
 * Who is named, for holding a record against; every answer is asked anew: what was kept came from the source whose word is to be checked.
 * @throws invalid-input: it may not be asked; unavailable.
 */
export async function openCheckers(context: Context, flags: Named): Promise<Checkers> {
  // Offline, nothing is opened, not even the data directory.
  if (flags.rpc === undefined && flags.source.length === 0) return { chain: null, sources: [] };
  const book = openCaseSources(context.data).book();
  const named = namedBy(flags, book).map((config) => ({ config, traffic: anew(trafficOf(context, config, book)) }));
  const node = named.find(({ config }) => config.kind === 'rpc');
  const sources: RecordSource[] = [];
  for (const { config, traffic } of named.filter((one) => one !== node)) {
    sources.push(createRecordSource(await openSource(config, process.env, traffic), context.signal));
  }
  return { chain: node === undefined ? null : await openChainReader(node.config, process.env, node.traffic), sources };
}

/** The node that balances and nonces are asked of: the first that is named, or kept. @throws invalid-input: it may not be asked, or is no node. */
export async function openNode(context: Context, flags: Named): Promise<ChainReader> {
  const all = chosen(context, flags);
  const { config, traffic } = all.find((one) => one.config.kind === 'rpc') ?? (all[0] as Opened);
  return openChainReader(config, process.env, anew(traffic));
}

const anew = ({ cache: _, ...traffic }: HttpOptions): HttpOptions => traffic;
