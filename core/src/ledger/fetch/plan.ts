import { type Account, type Asset, accountChain } from '../../units/index.ts';
import type { AccountSource } from '../account-source.ts';
import type { EvidenceReader } from '../evidence.ts';
import type { LedgerReader } from '../ports.ts';
import { findGaps, type WantedRange } from './coverage-gaps.ts';
import type { Pin } from './pins.ts';

/** What a run would fetch first, as far as that is known before anything is fetched. */
export type FetchPlan = {
  /** Accounts whose record is missing, or ends before the pin. Sorted. */
  readonly accounts: readonly Account[];
  /** Named transactions that the ledger does not have. */
  readonly transactions: readonly string[];
  /** Requests that these take at the least; what they lead to is not known before they are read. */
  readonly requests: number;
};

/** A ledger that answers from what it has, and notes what it would have to fetch. */
export type PlanningLedger = LedgerReader &
  EvidenceReader & {
    plan(): Promise<FetchPlan>;
  };

/** Questions for one named transaction: itself, its receipt, its block, its calls. */
const REQUESTS_A_TRANSACTION = 4;
/** Accounts that are asked for together. */
const AT_ONCE = 250;

export function createPlanningLedger(
  options: Omit<WantedRange, 'store'> & {
    readonly store: LedgerReader & EvidenceReader;
    readonly sources: readonly AccountSource[];
  },
): PlanningLedger {
  const { store, pins, fromBlock, sources } = options;
  type Lack = { readonly fromBlock: number; readonly assets: readonly Asset[] | null };
  let lacking = new Map<Account, Lack>();
  let last = new Map<Account, Lack>();
  const missing = new Set<string>();
  return {
    async histories(query, visit) {
      for (const gap of await findGaps(options, query.accounts, query)) {
        lacking.set(gap.account, { fromBlock: gap.fromBlock, assets: query.assets });
      }
      return store.histories(query, visit);
    },
    async transactions(hashes) {
      const found = await store.transactions(hashes);
      const known = new Set(found.map(({ tx }) => tx));
      // The same digits with and without 0x are asked for where the chain is not known: one of them is enough.
      const bare = (hash: string): string => hash.replace(/^0x/, '');
      const seen = new Set([...known].map(bare));
      for (const hash of hashes) if (!seen.has(bare(hash))) missing.add(bare(hash));
      return found;
    },
    coverage: (accounts) => store.coverage(accounts),
    evidence: (hashes) => store.evidence(hashes),
    evidenceByKey: (keys) => store.evidenceByKey(keys),
    // Ends a pass over the ledger: what only an earlier pass asked for is not needed.
    postponed() {
      last = lacking;
      lacking = new Map();
      return false;
    },
    async plan() {
      last = new Map([...last, ...lacking]);
      const accounts = [...last.keys()].sort();
      let requests = REQUESTS_A_TRANSACTION * missing.size;
      const batches = Map.groupBy(accounts, (account) => `${accountChain(account)} ${last.get(account)?.fromBlock}`);
      for (const batch of batches.values()) {
        for (let i = 0; i < batch.length; i += AT_ONCE) requests += await requestsFor(batch.slice(i, i + AT_ONCE));
      }
      return { accounts, transactions: [...missing].sort(), requests };
    },
  };

  async function requestsFor(accounts: readonly Account[]): Promise<number> {
    const [first] = accounts as readonly [Account];
    const chain = accountChain(first);
    const source = sources.find((one) => one.chain === chain) as AccountSource;
    const { assets, fromBlock: from } = last.get(first) ?? { assets: null, fromBlock };
    return source.estimate({ accounts, assets, fromBlock: from, to: pins.get(chain) as Pin, limit: null });
  }
}
