import { CairnError } from '../../errors.ts';
import { type Account, accountChain } from '../../units/index.ts';
import type { Coverage } from '../coverage.ts';
import type { HistoryQuery, ImportSession, ImportSummary, LedgerStore } from '../ports.ts';
import { compareTransfers, type Transfer } from '../transfer.ts';
import { mergeTransfers } from './consistency.ts';
import { sortDeclarations } from './declarations.ts';

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
  /** Account → its positive transfers in ledger order; null until asked for. */
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
  const state: State = { places, all: ledgerOrder(places), coverage, imports: [], histories: null, open: false };
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
    beginImport: async (source) => openImport(state, source),
    close: async () => {},
  };
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
    if (transfer.amount === 0n) continue;
    enter(transfer.from, transfer);
    if (transfer.to !== transfer.from) enter(transfer.to, transfer);
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
    commit: async ({ rejected, coverage }) => {
      end();
      const places = mergeTransfers(state.places, written);
      const { sha256, file, format } = source;
      const added = places.length - state.places.length;
      const id = String(state.imports.length + 1);
      const summary: ImportSummary = { id, sha256, file, format, transfers: added, rejected };
      state.places = places;
      state.all = ledgerOrder(places);
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
