import { readFileSync } from 'node:fs';
import { type DepositBounds, type DepositFinding, explainDepositCandidates } from '../core/src/clustering/index.ts';
import type { Transfer } from '../core/src/ledger/index.ts';
import { createMemoryLedger } from '../core/src/ledger/stores/memory.ts';
import { importPublishedFlows, listDepositAccounts } from '../core/src/tracing/index.ts';
import { type Account, ETHEREUM, nativeAsset } from '../core/src/units/index.ts';

const CASE = new URL('../data/cases/atomic-wallet-2023/', import.meta.url);

/**
 * The published rows state dollars, no asset and no amount. US cents stand in for wei here, and 20 dollars for the 0.01 ether that
 * may stay behind: a stand-in for this measurement only. Every bound from 0.67 dollars up gives the same findings.
 */
export const CENTS_BOUNDS: DepositBounds = { maxBlocks: 3_200, maxKept: 2_000n };

/** What the publisher labels as an account of a service itself, not of one of its customers: "Binance 14", "BingX 6 AWHT". */
const SERVICE_LABEL = /^(Binance|BingX|Cobo|ChainUp)(?!_Deposit)\b|^(Cobo)_/;

export type AtomicWallet = {
  /** Accounts that the publisher labels as deposit accounts. */
  readonly deposits: ReadonlySet<Account>;
  /** The publisher's label of an account, if any. */
  readonly labels: ReadonlyMap<Account, string>;
  /** Accounts that the publisher labels as a service's own. */
  readonly services: ReadonlyMap<Account, string>;
  /** Of every account in the flows, sorted. */
  readonly findings: readonly DepositFinding[];
};

/** What the heuristic says of every account in the published flows of the Atomic Wallet theft, without the publisher's word for any but the services. */
export async function judgeAtomicWallet(bounds: DepositBounds = CENTS_BOUNDS): Promise<AtomicWallet> {
  const read = (name: string): string => readFileSync(new URL(name, CASE), 'utf8');
  const files = {
    records: read('flow_records.csv'),
    sources: read('source_addresses.csv'),
    terminals: read('terminal_addresses.csv'),
  };
  const flows = importPublishedFlows(files, ETHEREUM);
  const labels = new Map<Account, string>();
  for (const { from, fromLabel, to, toLabel } of flows.claims) {
    if (fromLabel !== null) labels.set(from, fromLabel);
    if (toLabel !== null) labels.set(to, toLabel);
  }
  const services = new Map<Account, string>();
  for (const [account, label] of labels) {
    const name = SERVICE_LABEL.exec(label);
    if (name !== null) services.set(account, (name[1] ?? name[2]) as string);
  }
  const transfers = flows.claims.map(({ block, at, tx, from, to, usdCents }, i): Transfer => {
    const order = { chain: ETHEREUM, blockNumber: block, txIndex: i, position: 0, blockTime: at } as const;
    const what = { tx, from, to, asset: nativeAsset(ETHEREUM), amount: usdCents } as const;
    return { ...order, ...what, kind: 'native', assigned: 'both', rounded: true };
  });
  const accounts = flows.claims.flatMap(({ from, to }) => [from, to]);
  const serviceOf = (account: Account) => {
    const name = services.get(account);
    return name === undefined ? null : { name, source: 'the publisher of the flows' };
  };
  const findings = await explainDepositCandidates(createMemoryLedger(transfers, []), accounts, { serviceOf, bounds });
  const deposits = new Set(listDepositAccounts(flows).map(({ account }) => account));
  return { deposits, labels, services, findings };
}
