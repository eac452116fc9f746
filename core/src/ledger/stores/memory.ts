import { CairnError } from '../../errors.ts';
import { type Account, accountChain, type Chain } from '../../units/index.ts';
import type { Coverage } from '../coverage.ts';
import type { IndexedEvidence } from '../evidence.ts';
import { type HistoryQuery, type ImportSession, type ImportSummary, isAfter, type LedgerStore } from '../ports.ts';
import { compareTransfers, type Transfer } from '../transfer.ts';
import { isInHistory, type Made, resolveTransaction } from '../utxo/resolve.ts';
import type { BlockHeader } from '../utxo/transaction.ts';
import { assertHeight, mergeTransfers, sameHeader, twoBlocks } from './consistency.ts';
import { cutCoverage, sortDeclarations } from './declarations.ts';
import { type EvidenceIndex, indexEvidence } from './evidence-index.ts';

/** A ledger store that keeps everything in memory, with its whole content at hand. */
export type MemoryLedger = LedgerStore & {
  /** The whole ledger in ledger order. */
  readonly all: readonly Transfer[];
};

type State = {
  /** In order of place: (chain, blockNumber, txIndex, position). */
  places: readonly Transfer[];
  /** In ledger order. */
  all: readonly Transfer[];
  coverage: readonly Coverage[];
  imports: readonly ImportSummary[];
  evidence: readonly IndexedEvidence[];
  records: EvidenceIndex;
  headers: readonly BlockHeader[];
  /** Account → its history in ledger order; null until asked for. */
  histories: ReadonlyMap<Account, readonly Transfer[]> | null;
  open: boolean;
};

/**
 * A ledger of transfers at hand: for one-off traces, bundles and tests.
 * @param transfers - any order; the same transfer twice is kept once.
 * @throws contradiction where rows cannot all be true.
 */
export function createMemoryLedger(
  transfers: readonly Transfer[] = [],
  coverage: readonly Coverage[] = [],
): MemoryLedger {
  const places = mergeTransfers([], transfers);
  const state: State = {
    places,
    all: ledgerOrder(resolved(places)),
    coverage,
    imports: [],
    evidence: [],
    records: indexEvidence([]),
    headers: [],
    histories: null,
    open: false,
  };
  return {
    get all() {
      return state.all;
    },
    histories: async (query, visit) => visitHistories(state, query, visit),
    transactions: async (hashes) => {
      const wanted = new Set(hashes);
      return state.all.filter((transfer) => wanted.has(transfer.tx));
    },
    coverage: async (accounts) => declarationsFor(state.coverage, accounts),
    imports: async () => state.imports,
    blocks: async (chain, numbers) => {
      const wanted = new Set(numbers);
      return state.all.filter((transfer) => transfer.chain === chain && wanted.has(transfer.blockNumber));
    },
    evidence: async (hashes) => state.records.byHash(hashes),
    evidenceByKey: async (keys) => state.records.byKey(keys),
    headers: async (chain, from, to) => {
      const own = state.headers.filter((header) => header.chain === chain && header.height >= from);
      return own.filter(({ height }) => height <= to).sort((a, b) => a.height - b.height);
    },
    tip: async (chain) => {
      const own = state.headers.filter((header) => header.chain === chain);
      return own.reduce<BlockHeader | null>(
        (tip, header) => ((tip?.height ?? -1) < header.height ? header : tip),
        null,
      );
    },
    rollback: async (chain, fromHeight) => rollBack(state, chain, fromHeight),
    beginImport: async (source) => openImport(state, source),
    close: async () => {},
  };
}

/** Rows with what the ledger has learnt of outputs that nobody knew when they were spent. */
function resolved(places: readonly Transfer[]): readonly Transfer[] {
  const open = new Set(places.flatMap(({ unresolved, tx }) => (unresolved === true ? [tx] : [])));
  if (open.size === 0) return places;
  const made = new Map<Account, Made>();
  for (const { kind, to, amount, lock } of places) if (kind === 'output' && lock) made.set(to, { amount, lock });
  const rows = Map.groupBy(places, ({ tx, blockNumber }) => (open.has(tx) ? `${blockNumber} ${tx}` : ''));
  return [...rows].flatMap(([name, own]) =>
    name === '' ? own : resolveTransaction(own, (output) => made.get(output)),
  );
}

function rollBack(state: State, chain: Chain, fromHeight: number): void {
  assertHeight(fromHeight);
  const isGone = (row: { chain: string; blockNumber: number | null }): boolean =>
    row.chain === chain && (row.blockNumber ?? 0) >= fromHeight;
  state.places = state.places.filter((row) => !isGone(row));
  state.all = ledgerOrder(resolved(state.places));
  state.histories = null;
  state.evidence = state.evidence.filter(({ evidence }) => !isGone(evidence));
  state.records = indexEvidence(state.evidence);
  state.headers = state.headers.filter(({ height, ...header }) => !isGone({ ...header, blockNumber: height }));
  state.coverage = state.coverage.flatMap((declared) => {
    const kept = declared.chain === chain ? cutCoverage(declared, [{ fromBlock: fromHeight }]) : declared;
    return kept === null ? [] : [kept];
  });
}

function ledgerOrder(places: readonly Transfer[]): readonly Transfer[] {
  for (let i = 1; i < places.length; i++) {
    if (compareTransfers(places[i - 1] as Transfer, places[i] as Transfer) > 0) {
      return [...places].sort(compareTransfers);
    }
  }
  return places;
}

function visitHistories(state: State, query: HistoryQuery, visit: (owner: Account, transfer: Transfer) => void): void {
  state.histories ??= indexByAccount(state.all);
  const assets = query.assets === null ? null : new Set(query.assets);
  const until = query.until ?? Number.POSITIVE_INFINITY;
  const limit = query.limitPerAccount ?? Number.POSITIVE_INFINITY;
  for (const account of new Set(query.accounts)) {
    let visited = 0;
    for (const transfer of state.histories.get(account) ?? []) {
      if (visited >= limit || transfer.blockTime > until) break;
      if (assets !== null && !assets.has(transfer.asset)) continue;
      if (query.after !== undefined && !isAfter(transfer, query.after)) continue;
      visited++;
      visit(account, transfer);
    }
  }
}

function indexByAccount(all: readonly Transfer[]): ReadonlyMap<Account, readonly Transfer[]> {
  const histories = new Map<Account, Transfer[]>();
  const enter = (account: Account, transfer: Transfer): void => {
    const history = histories.get(account);
    if (history === undefined) histories.set(account, [transfer]);
    else history.push(transfer);
  };
  for (const transfer of all) {
    if (!isInHistory(transfer)) continue;
    enter(transfer.from, transfer);
    if (transfer.to !== transfer.from) enter(transfer.to, transfer);
    if (transfer.lock?.owner != null) enter(transfer.lock.owner, transfer);
  }
  return histories;
}

function declarationsFor(coverage: readonly Coverage[], accounts: readonly Account[]): Coverage[] {
  const named = new Set(accounts);
  const chains = new Set<string>(accounts.map(accountChain));
  return sortDeclarations(
    coverage.filter(({ chain, account }) => (account === null ? chains.has(chain) : named.has(account))),
  );
}

function openImport(state: State, source: { sha256: string; file: string; format: string }): ImportSession {
  if (state.open) throw new CairnError('unavailable', 'An import is already open on this ledger.', { retryable: true });
  state.open = true;
  const written: Transfer[] = [];
  const evidence: IndexedEvidence[] = [];
  const headers: BlockHeader[] = [];
  let ended = false;
  const end = (): void => {
    if (ended) throw new CairnError('defect', 'This import has ended.');
    ended = true;
    state.open = false;
  };
  return {
    write: async (batch) => {
      if (ended) throw new CairnError('defect', 'This import has ended.');
      for (const transfer of batch) written.push(transfer);
    },
    writeEvidence: async (batch) => {
      if (ended) throw new CairnError('defect', 'This import has ended.');
      for (const record of batch) evidence.push(record);
    },
    writeHeaders: async (batch) => {
      if (ended) throw new CairnError('defect', 'This import has ended.');
      for (const header of batch) headers.push(header);
    },
    commit: async ({ rejected, coverage }) => {
      end();
      const merged = mergeHeaders(state.headers, headers);
      const stored = [...state.evidence, ...evidence];
      const records = indexEvidence(stored);
      const places = mergeTransfers(state.places, written);
      const { sha256, file, format } = source;
      const added = places.length - state.places.length;
      const id = String(state.imports.length + 1);
      const summary: ImportSummary = { id, sha256, file, format, transfers: added, rejected };
      state.places = places;
      state.all = ledgerOrder(resolved(places));
      state.evidence = stored;
      state.records = records;
      state.headers = merged;
      state.histories = null;
      state.coverage = [...state.coverage, ...coverage];
      state.imports = [...state.imports, summary];
      return summary;
    },
    abort: async () => {
      if (!ended) end();
    },
  };
}

function mergeHeaders(known: readonly BlockHeader[], added: readonly BlockHeader[]): BlockHeader[] {
  const places = new Map(known.map((header) => [`${header.chain} ${header.height}`, header]));
  for (const header of added) {
    const there = places.get(`${header.chain} ${header.height}`);
    if (there !== undefined && !sameHeader(there, header)) throw twoBlocks(there, header);
    places.set(`${header.chain} ${header.height}`, header);
  }
  return [...places.values()];
}
