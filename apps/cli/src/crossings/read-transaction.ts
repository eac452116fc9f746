import { CairnError } from '@cairn/core/errors';
import {
  type EvidenceReader,
  type LedgerReader,
  outpointOf,
  type TransactionEvidence,
  type Transfer,
} from '@cairn/core/ledger';
import {
  type Coinjoin,
  decodeLegs,
  type Leg,
  type Located,
  legKey,
  locate,
  type Matching,
  matchLegs,
  type NettedSwap,
  recogniseCoinjoin,
  shapeOf,
  swapsOf,
  type Wrap,
  wrapsOf,
} from '@cairn/core/tracing';
import { type Account, type Chain, compareText, isUtxoChain, parseChain } from '@cairn/core/units';

export type Ledger = LedgerReader & EvidenceReader;

/** A leg with what the ledger has of it and of its other side. */
export type ReadLeg = {
  readonly leg: Leg;
  /** The transfer that carries it. */
  readonly carrier: Located;
  /** Legs of the opposite side that have its key, in other records or its own. */
  readonly others: readonly { readonly leg: Leg; readonly carrier: Located }[];
};

/** What the ledger has of one transaction on one chain. */
export type ReadTransaction = {
  readonly chain: Chain;
  readonly tx: string;
  /** All of them, in ledger order; empty where only the record is there. */
  readonly transfers: readonly Transfer[];
  /** Null: the ledger has transfers of it and no record. */
  readonly record: TransactionEvidence | null;
  /** What spends its outputs, by the output's account. UTXO chains. */
  readonly spends: ReadonlyMap<Account, Transfer>;
  readonly coinjoin: Coinjoin | null;
  readonly legs: readonly ReadLeg[];
  /** The legs joined with the ledger's other legs of their keys. */
  readonly matching: Matching;
  readonly swaps: readonly NettedSwap[];
  readonly wraps: readonly Wrap[];
};

/** Which transaction a person means: its hash as ledgers write it, and the chain where one is named. */
export type TransactionName = { readonly hashes: readonly string[]; readonly chain: Chain | null };

/**
 * @param text - `0x…`, 64 hex digits (as memos of THORChain have them too; datasets write either), or either after a chain, `btc:…`.
 * @throws invalid-input
 */
export function parseTransactionName(text: string): TransactionName {
  const trimmed = text.trim();
  const cut = trimmed.lastIndexOf(':');
  const chain = cut < 0 ? null : parseChain(trimmed.slice(0, cut));
  const hash = trimmed.slice(cut + 1).toLowerCase();
  if (!/^(0x)?[0-9a-f]{64}$/.test(hash)) {
    throw new CairnError('invalid-input', `'${trimmed.slice(0, 100)}' is no transaction hash`, {
      hints: [
        '64 hex digits, after 0x on chains of the Ethereum kind; a chain may stand before it: btc:…, eip155:137:0x…',
      ],
    });
  }
  const bare = hash.replace(/^0x/, '');
  return { hashes: [bare, `0x${bare}`], chain };
}

/**
 * What the ledger has of a transaction: one entry a chain that has it, by chain.
 * @throws not-found
 */
export async function readTransaction(ledger: Ledger, text: string): Promise<ReadTransaction[]> {
  const { hashes, chain } = parseTransactionName(text);
  const transfers = (await ledger.transactions(hashes)).filter((each) => chain === null || each.chain === chain);
  const records = (await ledger.evidence(hashes)).filter((each) => chain === null || each.chain === chain);
  const found = new Map([...transfers, ...records].map((each) => [each.chain, each.tx]));
  if (found.size === 0) throw notFound(text);
  const read: ReadTransaction[] = [];
  for (const [on, tx] of [...found].sort(([a], [b]) => compareText(a, b))) {
    const own = transfers.filter((each) => each.chain === on);
    const record = records.find((each) => each.chain === on) ?? null;
    read.push(await assemble(ledger, { chain: on, tx, transfers: own, record }));
  }
  return read;
}

function notFound(text: string): CairnError {
  return new CairnError('not-found', `the ledger has neither transfers nor a record of ${text.trim()}`, {
    hints: [
      'Ethereum and its kin: cairn ingest receipts FILE, or --rpc URL --tx HASH',
      'Bitcoin: cairn ingest bitcoin FILE, or --esplora URL --tx TXID',
      'Tron: cairn ingest tron FILE',
    ],
  });
}

type Own = Pick<ReadTransaction, 'chain' | 'tx' | 'transfers' | 'record'>;

async function assemble(ledger: Ledger, own: Own): Promise<ReadTransaction> {
  const { transfers, record, chain } = own;
  const isUtxo = isUtxoChain(chain);
  const evm = record?.kind === 'evm' ? record : null;
  return {
    ...own,
    spends: isUtxo ? await spendsOf(ledger, transfers) : new Map(),
    coinjoin: isUtxo && transfers.length > 0 ? recogniseCoinjoin(shapeOf(transfers)) : null,
    ...(await legsOf(ledger, own)),
    swaps: evm === null ? [] : swapsOf(transfers, evm),
    wraps: evm === null ? [] : wrapsOf(transfers, evm),
  };
}

async function spendsOf(ledger: Ledger, transfers: readonly Transfer[]): Promise<Map<Account, Transfer>> {
  const outputs = transfers.filter(({ kind, amount }) => kind === 'output' && amount > 0n).map(({ to }) => to);
  const spends = new Map<Account, Transfer>();
  const query = { accounts: outputs, assets: null, until: null, limitPerAccount: null };
  await ledger.histories(query, (output, transfer) => {
    if (transfer.kind === 'input' && outpointOf(transfer.from) !== null && transfer.from === output)
      spends.set(output, transfer);
  });
  return spends;
}

async function legsOf(ledger: Ledger, { record, transfers }: Own): Promise<Pick<ReadTransaction, 'legs' | 'matching'>> {
  const own = record === null ? [] : decodeLegs(record);
  const keys = [...new Set(own.flatMap((leg) => legKey(leg) ?? []))];
  const stored = keys.length === 0 ? [] : await ledger.evidenceByKey(keys);
  const others = new Map(stored.map(({ evidence }) => [`${evidence.chain} ${evidence.tx}`, evidence] as const));
  if (record !== null) others.delete(`${record.chain} ${record.tx}`);
  const foreign = [...others.values()].flatMap(decodeLegs).filter((leg) => keys.includes(legKey(leg) ?? ''));
  const theirs = await ledger.transactions([...new Set(foreign.map(({ tx }) => tx))]);
  const all = [...transfers, ...theirs];
  const transfersOf = (chain: Chain, tx: string): Transfer[] =>
    all.filter((each) => each.chain === chain && each.tx === tx);
  const located = (leg: Leg) => ({ leg, carrier: locate(leg, transfersOf(leg.chain, leg.tx)) });
  const legs = [...own, ...foreign];
  const side = (wanted: Leg['side']): Leg[] => legs.filter((leg) => leg.side === wanted);
  return {
    legs: own.map((leg) => ({
      ...located(leg),
      others: legs
        .filter((other) => other.side !== leg.side && leg.key !== null && legKey(other) === legKey(leg))
        .map(located),
    })),
    matching: matchLegs(side('in'), side('out'), transfersOf),
  };
}
