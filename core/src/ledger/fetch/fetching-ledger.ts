import { CairnError, isCairnError } from '../../errors.ts';
import { type Account, type Asset, accountChain, type Chain, isUtxoChain } from '../../units/index.ts';
import type { AccountSource, BlockRef, FetchInto, HistoryRequest } from '../account-source.ts';
import type { EvidenceReader } from '../evidence.ts';
import type { HistoryQuery, LedgerReader, LedgerStore } from '../ports.ts';
import { findGaps, type RecordGap } from './coverage-gaps.ts';
import { lastWhole, type Pin } from './pins.ts';

/** What a run has fetched so far. */
export type FetchProgress = {
  /** Accounts whose record was fetched or extended. */
  readonly accounts: number;
  /** Accounts of the batch under way that are still to come. */
  readonly waiting: number;
  /** Accounts with more transactions than were asked for. */
  readonly truncated: number;
};

export type FetchOptions = {
  readonly store: LedgerStore;
  /** In the order in which they are asked. */
  readonly sources: readonly AccountSource[];
  /** Up to which block each chain is fetched. */
  readonly pins: ReadonlyMap<Chain, Pin>;
  readonly into: Omit<FetchInto, 'store' | 'to'>;
  /** First block wanted; 0: the chain's first. */
  readonly fromBlock: number;
  /** So many transactions of one account are enough: its record is truncated then. */
  readonly maxTransactions: number;
  /** The most blocks that may be read whole where no source has an index of accounts. */
  readonly maxBlocks: number;
  readonly onProgress?: (progress: FetchProgress) => void;
};

/** A ledger that asks sources for what its coverage lacks, before it answers. */
export type FetchingLedger = LedgerReader &
  EvidenceReader & {
    /** Brings the records of these accounts, those of truncated ones further than before. */
    fetch(accounts: readonly Account[], assets: readonly Asset[] | null): Promise<void>;
    progress(): FetchProgress;
  };

/** Transfers of an account that are looked at for whether it is a contract. */
const LOOKED_AT = 5;

/** Accounts that are asked for and committed together. */
const AT_ONCE = 250;

/**
 * The store, with everything fetched that a question needs and the ledger's coverage lacks: histories of accounts on chains
 * that have a source and a pin, named transactions, records of transactions. What was fetched stays in the store.
 * Methods throw `unavailable` where every source fails, `invalid-input` where too many blocks would have to be read.
 */
export function createFetchingLedger(options: FetchOptions): FetchingLedger {
  const { store } = options;
  const postponed = { once: new Set<Account>(), isNew: false };
  const counts = { accounts: 0, waiting: 0, truncated: 0 };
  const state: State = { ...options, done: new Set(), postponed, counts, ends: new Map() };
  return {
    async histories(query, visit) {
      await complete(state, query);
      return store.histories(query, visit);
    },
    async transactions(hashes) {
      const found = await store.transactions(hashes);
      const known = new Set(found.map(({ tx }) => tx));
      const missing = hashes.filter((hash) => !known.has(hash));
      if (missing.length === 0 || !(await bring(state, missing, options.sources))) return found;
      return store.transactions(hashes);
    },
    coverage: (accounts) => store.coverage(accounts),
    async evidence(hashes) {
      const found = await store.evidence(hashes);
      const known = new Set(found.map(({ tx }) => tx));
      return (await bringRecords(
        state,
        hashes.filter((hash) => !known.has(hash)),
      ))
        ? store.evidence(hashes)
        : found;
    },
    evidenceByKey: (keys) => store.evidenceByKey(keys),
    async expect(accounts) {
      try {
        await complete(state, { accounts, assets: null, until: null, limitPerAccount: null });
      } catch (error) {
        // A source that would have to read too many blocks for it leaves the other side unseen: the crossing is then an exit.
        if (!isCairnError(error) || error.code !== 'invalid-input') throw error;
      }
    },
    postponed() {
      const { isNew } = postponed;
      postponed.isNew = false;
      return isNew;
    },
    async fetch(accounts, assets) {
      await fetchGaps(state, await findGaps(state, accounts, { assets, until: null }), assets);
    },
    progress: () => ({ ...state.counts }),
  };
}

type State = FetchOptions & {
  /** Accounts that were seen to in this run, with the assets it was for. */
  readonly done: Set<string>;
  /** Contracts whose record was put off once. */
  readonly postponed: { readonly once: Set<Account>; isNew: boolean };
  readonly counts: { accounts: number; waiting: number; truncated: number };
  /** By source, up to which block it is asked; null: it is not. */
  readonly ends: Map<AccountSource, Promise<BlockRef | null>>;
};

const nameOf = (account: Account, assets: readonly Asset[] | null): string => `${account} ${assets?.join(' ') ?? '*'}`;

/** Fetches what the query's accounts lack. */
async function complete(state: State, query: HistoryQuery): Promise<void> {
  const { assets, limitPerAccount } = query;
  const open = query.accounts.filter((account) => !state.done.has(nameOf(account, assets)));
  const found = await findGaps(state, open, query);
  const contracts = await contractsAmong(state, found);
  const gaps = found.filter(({ account }) => !contracts.has(account));
  const full = await fullAmong(state, gaps, query);
  await fetchGaps(
    state,
    gaps.filter(({ account }) => !full.has(account)),
    assets,
    limitPerAccount,
  );
  for (const account of open) if (!contracts.has(account)) state.done.add(nameOf(account, assets));
}

/**
 * Accounts with more than an earlier run asked for, that stay as it left them: a source must not be emptied run by run. One that was
 * read for less than half of what may be read now goes on.
 */
async function fullAmong(
  { store, maxTransactions }: State,
  gaps: readonly RecordGap[],
  { assets, limitPerAccount }: HistoryQuery,
): Promise<ReadonlySet<Account>> {
  const cut = gaps.filter(({ isTruncated }) => isTruncated).map(({ account }) => account);
  if (cut.length === 0) return new Set();
  const wanted = Math.min(maxTransactions, limitPerAccount ?? maxTransactions);
  const read = new Map(cut.map((account) => [account, new Set<string>()]));
  const known = { accounts: cut, assets, until: null, limitPerAccount: null };
  await store.histories(known, (owner, { tx }) => read.get(owner)?.add(tx));
  return new Set(cut.filter((account) => (read.get(account)?.size ?? 0) * 2 > wanted));
}

/** Accounts never read so far that records at hand show to be contracts, each the first time it is asked for. */
async function contractsAmong(
  { store, postponed, fromBlock }: State,
  gaps: readonly RecordGap[],
): Promise<ReadonlySet<Account>> {
  const unread = gaps.filter((gap) => gap.fromBlock === fromBlock).map(({ account }) => account);
  const open = unread.filter((account) => !postponed.once.has(account));
  const contracts = new Set<Account>();
  if (open.length === 0) return contracts;
  const hashes = new Set<string>();
  const known = { accounts: open, assets: null, until: null, limitPerAccount: LOOKED_AT };
  await store.histories(known, (_, { tx }) => hashes.add(tx));
  const called = new Set<Account>();
  for (const record of await store.evidence([...hashes])) {
    if (record.kind !== 'evm') continue;
    for (const { address } of record.logs ?? []) called.add(address);
    for (const { to, input } of record.frames ?? []) if (input !== '0x') called.add(to);
    if (record.to !== null && (record.input ?? '0x') !== '0x') called.add(record.to);
  }
  for (const account of open) {
    if (!called.has(account)) continue;
    contracts.add(account);
    postponed.once.add(account);
    postponed.isNew = true;
  }
  return contracts;
}

async function fetchGaps(
  state: State,
  gaps: readonly RecordGap[],
  assets: readonly Asset[] | null,
  enough: number | null = null,
): Promise<void> {
  state.counts.waiting = gaps.length;
  const groups = Map.groupBy(gaps, ({ account, fromBlock }) => `${accountChain(account)} ${fromBlock}`);
  for (const group of groups.values()) {
    for (let i = 0; i < group.length; i += AT_ONCE) {
      const part = group.slice(i, i + AT_ONCE);
      await fetchPart(state, part, assets, enough);
      state.counts.accounts += part.length;
      state.counts.waiting -= part.length;
      state.onProgress?.({ ...state.counts });
    }
  }
}

/** One batch of accounts that lack the same blocks. */
async function fetchPart(
  state: State,
  gaps: readonly RecordGap[],
  assets: readonly Asset[] | null,
  enough: number | null,
): Promise<void> {
  const [first] = gaps as [RecordGap];
  const chain = accountChain(first.account);
  const to = state.pins.get(chain) as Pin;
  let open = gaps.map(({ account }) => account);
  let limit = enough === null ? state.maxTransactions : Math.min(enough, state.maxTransactions);
  let { fromBlock } = first;
  for (;;) {
    await askHistories(state, chain, { accounts: open, assets, fromBlock, to, limit });
    const more = await shortOf(state, open, assets, limit, enough);
    state.counts.truncated += more.truncated;
    if (more.open.length === 0) return;
    // A handful at most: spam made them look busy, and what is traced is still rare in what was read.
    open = more.open.map(({ account }) => account);
    fromBlock = Math.min(...more.open.map((gap) => gap.fromBlock));
    limit = Math.min(limit * 4, state.maxTransactions);
  }
}

/** Of accounts with more transactions than were asked for, those of which more is needed. */
async function shortOf(
  state: State,
  accounts: readonly Account[],
  assets: readonly Asset[] | null,
  limit: number,
  enough: number | null,
): Promise<{ readonly open: readonly RecordGap[]; readonly truncated: number }> {
  const cut = (await findGaps(state, accounts, { assets, until: null })).filter(({ isTruncated }) => isTruncated);
  if (enough === null || cut.length === 0 || limit >= state.maxTransactions) return { open: [], truncated: cut.length };
  const counts = new Map<Account, number>();
  await state.store.histories(
    { accounts: cut.map(({ account }) => account), assets, until: null, limitPerAccount: enough },
    (owner) => counts.set(owner, (counts.get(owner) ?? 0) + 1),
  );
  const open = cut.filter(({ account }) => (counts.get(account) ?? 0) < enough);
  return { open, truncated: cut.length - open.length };
}

async function askHistories(state: State, chain: Chain, request: HistoryRequest): Promise<void> {
  const { store, into, maxBlocks } = state;
  await firstThatAnswers(sourcesOf(state, chain), async (source) => {
    const end = await endAt(state, source);
    if (end === null) throw notPinned(state, source);
    if (end.number < request.fromBlock) return;
    const { basis } = await source.offer();
    const blocks = end.number - request.fromBlock + 1;
    const isByBlocks = basis === 'whole-chain' && (await source.estimate(request)) >= blocks;
    if (isByBlocks && blocks > maxBlocks) throw tooManyBlocks(source, blocks, maxBlocks);
    await source.histories({ ...request, to: end }, { ...into, store });
  });
}

function tooManyBlocks({ name }: AccountSource, blocks: number, maxBlocks: number): CairnError {
  return new CairnError(
    'invalid-input',
    `${name} has no index of accounts: ${blocks} whole blocks would have to be read, more than ${maxBlocks}`,
    {
      hints: [
        'name a source that has one (a node with trace_filter, an explorer), or trace tokens only',
        'or say where to start with --from-block, or allow more with --max-blocks',
      ],
    },
  );
}

const sourcesOf = ({ sources }: State, chain: Chain): AccountSource[] => sources.filter((one) => one.chain === chain);

/**
 * Up to which block a source is asked: that which its chain is fetched up to, or, where its lists may lag, one below it: what is beyond
 * stays open. Null: it is behind, or of another chain under the same number. Asked once.
 */
function endAt({ pins, ends }: State, source: AccountSource): Promise<BlockRef | null> {
  const known = ends.get(source);
  if (known !== undefined) return known;
  const end = findEnd(source, pins.get(source.chain) as Pin);
  ends.set(source, end);
  // One that was silent is asked again.
  end.catch(() => ends.delete(source));
  return end;
}

async function findEnd(source: AccountSource, pin: Pin): Promise<BlockRef | null> {
  if ((await source.block(pin.number))?.hash !== pin.hash) return null;
  if (source.margin === undefined) return pin;
  const last = await lastWhole(source, (await source.tip()).head);
  return last >= pin.number ? pin : source.block(last);
}

function notPinned({ pins }: State, { name, chain }: AccountSource): CairnError {
  const { number, hash } = pins.get(chain) as Pin;
  return new CairnError(
    'unavailable',
    `${name} does not have block ${number} of ${chain} as ${hash}: it is behind, or of another chain`,
    { retryable: true },
  );
}

/** The next source is asked where one does not answer. @throws what the last one threw. */
async function firstThatAnswers(
  sources: readonly AccountSource[],
  ask: (source: AccountSource) => Promise<void>,
): Promise<void> {
  for (const [i, source] of sources.entries()) {
    try {
      return await ask(source);
    } catch (error) {
      const isLast = i === sources.length - 1;
      const mayGoOn = isCairnError(error) && (error.code === 'unavailable' || error.code === 'invalid-input');
      if (isLast || !mayGoOn) throw error;
    }
  }
}

/** @returns whether anything was brought. */
async function bring(state: State, hashes: readonly string[], sources: readonly AccountSource[]): Promise<boolean> {
  const { store, into, pins } = state;
  let missing = hashes;
  let trouble: unknown = null;
  for (const source of sources) {
    // A hash of another chain's form is nothing to tell this source of.
    const own = missing.filter((hash) => hash.startsWith('0x') === source.chain.startsWith('eip155:'));
    if (own.length === 0) continue;
    try {
      if (pins.has(source.chain) && (await endAt(state, source)) === null) throw notPinned(state, source);
      const unknown = new Set(await source.transactions(own, { ...into, store, to: pins.get(source.chain) }));
      const found = new Set(own.filter((hash) => !unknown.has(hash)));
      missing = missing.filter((hash) => !found.has(hash));
    } catch (error) {
      if (!isCairnError(error) || error.code !== 'unavailable') throw error;
      trouble = error;
    }
  }
  // Who did not answer may have had it.
  if (missing.length > 0 && trouble !== null) throw trouble;
  return missing.length < hashes.length;
}

/** Asks for the records of transactions that came without: crossings are proven from them. */
async function bringRecords(state: State, hashes: readonly string[]): Promise<boolean> {
  if (hashes.length === 0) return false;
  const chains = new Map((await state.store.transactions(hashes)).map(({ tx, chain }) => [tx, chain]));
  let isBrought = false;
  for (const [chain, group] of Map.groupBy(chains.keys(), (tx) => chains.get(tx) as Chain)) {
    // A transaction of a UTXO chain comes whole, and its evidence with it where it has any.
    if (isUtxoChain(chain)) continue;
    const able: AccountSource[] = [];
    for (const source of sourcesOf(state, chain)) if ((await source.offer()).evidence) able.push(source);
    if (await bring(state, group, able)) isBrought = true;
  }
  return isBrought;
}
