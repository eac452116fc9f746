import { CairnError } from '../errors.ts';
import { type Account, type Asset, type Chain, canonicalAccount, parseDecimal, parseTime } from '../units/index.ts';

/**
 * One row of somebody else's published trace: a claim about a transaction, valued in US dollars by its publisher.
 * It says nothing about which asset moved or how much of it, and never enters a figure Cairn computes.
 */
export type FlowClaim = {
  /** Unix seconds, as published. */
  readonly at: number;
  readonly block: number;
  readonly tx: string;
  readonly from: Account;
  /** The publisher's name for the account; null: none given. */
  readonly fromLabel: string | null;
  readonly to: Account;
  readonly toLabel: string | null;
  /** US cents, by a price the publisher does not state. */
  readonly usdCents: bigint;
};

export type PublishedFlows = {
  readonly claims: readonly FlowClaim[];
  /** Accounts the publisher lists as where the stolen value starts, in the order listed. */
  readonly sources: readonly Account[];
  /** Accounts the publisher lists as where the trace ends, in the order listed. */
  readonly terminals: readonly Account[];
};

/** Sums of claims. Value that passes through two listed terminals is counted at both: they are sums, not a trace. */
export type FlowTotals = {
  /** Claimed to have left the sources, US cents. */
  readonly outOfSources: bigint;
  /** Claimed to have arrived at the terminals, US cents. */
  readonly intoTerminals: bigint;
  /** The part of `intoTerminals` that another terminal paid, so that it is counted twice. */
  readonly betweenTerminals: bigint;
  /** Per source, in the order listed. */
  readonly bySource: readonly AccountSum[];
  /** Per terminal, largest first, then by account. */
  readonly byTerminal: readonly AccountSum[];
};

export type AccountSum = {
  readonly account: Account;
  readonly label: string | null;
  readonly usdCents: bigint;
  /** Hashes of the claimed transactions, as published, each once. */
  readonly transactions: readonly string[];
};

/** An account the publisher labels as a customer's deposit account at a service ("Huobi_Deposit_0x8776"). */
export type DepositAccount = AccountSum & { readonly service: string };

const FLOW_COLUMNS = ['Timestamp', 'Block', 'Tx_hash', 'From', 'From_label', 'To', 'To_label', 'Value_in_USD'];
const DEPOSIT_LABEL = /^([A-Za-z]+)_Deposit_0x/;

/**
 * A published trace from its three files: flow records (CSV with a header), and one address a line for sources and terminals.
 * @throws invalid-input with the line that cannot be read: a published trace with a row left out would be another trace.
 */
export function importPublishedFlows(
  files: { readonly records: string; readonly sources: string; readonly terminals: string },
  chain: Chain,
): PublishedFlows {
  return {
    claims: readTable(files.records, FLOW_COLUMNS).map(
      (cell): FlowClaim => ({
        at: parseTime(cell('Timestamp')),
        block: readBlock(cell('Block')),
        tx: cell('Tx_hash').toLowerCase(),
        from: canonicalAccount(chain, cell('From')),
        fromLabel: cell('From_label') || null,
        to: canonicalAccount(chain, cell('To')),
        toLabel: cell('To_label') || null,
        usdCents: parseDecimal(cell('Value_in_USD'), 2),
      }),
    ),
    sources: readList(files.sources, chain),
    terminals: readList(files.terminals, chain),
  };
}

/** What the published rows add up to out of the listed sources and into the listed terminals. */
export function sumFlows({ claims, sources, terminals }: PublishedFlows): FlowTotals {
  const isSource = new Set(sources);
  const isTerminal = new Set(terminals);
  const total = (counted: readonly FlowClaim[]): bigint => counted.reduce((sum, claim) => sum + claim.usdCents, 0n);
  const arriving = claims.filter((claim) => isTerminal.has(claim.to));
  const byTerminal = terminals.map((account) =>
    sumOf(
      account,
      arriving.filter((claim) => claim.to === account),
      'to',
    ),
  );
  return {
    outOfSources: total(claims.filter((claim) => isSource.has(claim.from))),
    intoTerminals: total(arriving),
    betweenTerminals: total(arriving.filter((claim) => isTerminal.has(claim.from))),
    bySource: sources.map((account) =>
      sumOf(
        account,
        claims.filter((claim) => claim.from === account),
        'from',
      ),
    ),
    byTerminal: byTerminal.sort(largestFirst),
  };
}

/** The accounts labelled as deposit accounts at a service, with what they are claimed to have received, largest first. */
export function listDepositAccounts({ claims }: PublishedFlows): DepositAccount[] {
  const received = new Map<Account, FlowClaim[]>();
  for (const claim of claims) {
    if (claim.toLabel !== null && DEPOSIT_LABEL.test(claim.toLabel)) {
      received.set(claim.to, [...(received.get(claim.to) ?? []), claim]);
    }
  }
  const accounts = [...received].map(([account, own]): DepositAccount => {
    const sum = sumOf(account, own, 'to');
    return { ...sum, service: DEPOSIT_LABEL.exec(sum.label ?? '')?.[1] ?? '' };
  });
  return accounts.sort(largestFirst);
}

function sumOf(account: Account, own: readonly FlowClaim[], side: 'from' | 'to'): AccountSum {
  return {
    account,
    label: own[0]?.[`${side}Label`] ?? null,
    usdCents: own.reduce((sum, claim) => sum + claim.usdCents, 0n),
    transactions: [...new Set(own.map(({ tx }) => tx))],
  };
}

function largestFirst(a: AccountSum, b: AccountSum): number {
  if (a.usdCents !== b.usdCents) return a.usdCents > b.usdCents ? -1 : 1;
  return a.account < b.account ? -1 : 1;
}

/** What a researcher published about a last-seen account: how much had left it, by a date, to how many digits. */
export type OnwardAmount = {
  readonly account: Account;
  readonly asset: Asset;
  /** As published: a rounded decimal in whole units of the asset, for display only. */
  readonly movedOut: string;
  /** The day it is said to have moved on, Unix seconds of its first second, UTC. */
  readonly movedOn: number;
  /** The publisher's word for where the value came from. */
  readonly origin: string;
};

const ONWARD_COLUMNS = ['address', 'eth_moved_out', 'date_moved_2025', 'asset_origin'];

/**
 * Published onward amounts (`address,eth_moved_out,date_moved_2025,asset_origin`): an outside check to print beside
 * Cairn's `last-seen` figures, never part of them.
 * @throws invalid-input with the line that cannot be read.
 */
export function importOnwardAmounts(text: string, chain: Chain, asset: Asset): OnwardAmount[] {
  return readTable(text, ONWARD_COLUMNS).map((cell) => {
    const movedOut = cell('eth_moved_out');
    // Parsed to refuse what is no amount; the published digits are kept as they stand.
    parseDecimal(movedOut, 18);
    const movedOn = parseTime(cell('date_moved_2025'));
    return {
      account: canonicalAccount(chain, cell('address')),
      asset,
      movedOut,
      movedOn,
      origin: cell('asset_origin'),
    };
  });
}

/** Rows of a CSV without quoted fields, each as a function from column to text. */
function readTable(text: string, expected: readonly string[]): ((column: string) => string)[] {
  const [header = '', ...lines] = text.trimEnd().split(/\r?\n/);
  const columns = header.split(',');
  const missing = expected.filter((column) => !columns.includes(column));
  if (missing.length > 0) throw new CairnError('invalid-input', `published file: no column ${missing.join(', ')}`);
  return lines.map((line, index) => {
    const fields = line.split(',');
    if (fields.length !== columns.length || line.includes('"')) {
      throw new CairnError('invalid-input', `published file, line ${index + 2}: not ${columns.length} plain fields`);
    }
    return (column) => fields[columns.indexOf(column)] ?? '';
  });
}

function readList(text: string, chain: Chain): Account[] {
  const addresses = text.split(/\r?\n/).map((line) => line.trim());
  return addresses.filter((address) => address !== '').map((address) => canonicalAccount(chain, address));
}

function readBlock(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new CairnError('invalid-input', `published file: ${text} is no block number`);
  return Number(text);
}
