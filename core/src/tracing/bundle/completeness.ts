import { CairnError } from '../../errors.ts';
import { type ChainReader, type Coverage, isFeeSink, type RecordSource, type Transfer } from '../../ledger/index.ts';
import { type Account, type Asset, accountChain, isUtxoChain } from '../../units/index.ts';
import type { TraceResult } from '../result.ts';
import { checkLists } from './check-lists.ts';
import { checkOutput } from './outputs.ts';

/** Do the transfers of one account and asset account for what a node says it held? */
export type CompletenessFinding = {
  readonly account: Account;
  readonly asset: Asset;
  /**
   * `agrees`: by `balances`, both balances and, for ether sent by an account without code, the nonces: what cancels out is not seen.
   * By `lists`, the transfers that a source lists, asked anew: what it leaves out is not seen. `declared`: an output that no transaction of a record spends which is declared to have the whole
   * chain; the declaration was not checked.
   */
  readonly status: 'agrees' | 'declared' | 'incomplete' | 'not-proven';
  /** What it was held against; null: nothing, or nobody could say. */
  readonly by: 'balances' | 'lists' | null;
  /** Why it does not agree, a sentence each, with figures. */
  readonly reasons: readonly string[];
  /** The block before the first transfer, and the block at whose end the balance was compared. */
  readonly openingBlock: number;
  readonly closingBlock: number;
  /** Base units: by the transfers (the ledger counts what lies before them as 0) and by the node; null: the node cannot say. */
  readonly opening: { readonly stated: bigint; readonly node: bigint | null };
  readonly closing: { readonly stated: bigint; readonly node: bigint | null };
  /** Transactions sent: by the record and by nonces; null: not applicable, or the node cannot say. */
  readonly sent: { readonly stated: number; readonly node: number } | null;
};

export type CompletenessAnswer = {
  /** `agrees` only where every account and asset agrees; `declared` where the rest are declared. */
  readonly status: 'agrees' | 'declared' | 'incomplete' | 'not-proven';
  readonly findings: readonly CompletenessFinding[];
};

type CheckOptions = {
  readonly chain?: ChainReader;
  readonly sources?: readonly RecordSource[];
  readonly onProgress?: (progress: { readonly step: string; readonly done: number; readonly of: number }) => void;
  readonly signal?: AbortSignal;
};

/**
 * Is anything missing from the record of the accounts a trace followed? Findings are sorted by (account, asset). Each chain is
 * held against the node, else against the lists of the first source of the chain. UTXO chains: an output is made once and spent
 * once, so nothing is open of one whose spend is on record, and there is no finding about it, nor about transactions: they hold
 * nothing.
 */
export async function checkCompleteness(
  result: TraceResult | null,
  options: CheckOptions,
): Promise<CompletenessAnswer> {
  const { chain, sources = [], onProgress, signal } = options;
  const books = result === null ? [] : openBooks(result);
  const findings: CompletenessFinding[] = [];
  for (const [index, book] of books.entries()) {
    if (signal?.aborted === true) throw new CairnError('interrupted', 'verification was stopped');
    const isOutput = isUtxoChain(accountChain(book.account));
    findings.push(...(isOutput ? checkOutput(book) : [await checkBook(book, chain)]));
    onProgress?.({ step: 'balances', done: index + 1, of: books.length });
  }
  for (const source of sources.filter((one, i) => one.chain !== chain?.chain && isFirstOfChain(sources, i))) {
    const own = books.filter(({ account }) => accountChain(account) === source.chain);
    await checkLists(findings, own, source, options);
  }
  const statuses = new Set(findings.map(({ status }) => status));
  const worst = (['incomplete', 'not-proven', 'declared', 'agrees'] as const).find((status) => statuses.has(status));
  return { status: worst ?? 'not-proven', findings };
}

const isFirstOfChain = (sources: readonly RecordSource[], place: number): boolean =>
  sources.findIndex((one) => one.chain === sources[place]?.chain) === place;

/** One account's transfers of one asset, in ledger order. */
export type Book = {
  readonly account: Account;
  readonly asset: Asset;
  readonly transfers: readonly Transfer[];
  /** Enters by crossings whose output is not in the ledger: an assumption that the balance can bear out. Block null: paid in on another chain, so its block here is not known. */
  readonly assumed: readonly { readonly block: number | null; readonly amount: bigint }[];
  readonly coverage: readonly Coverage[];
  readonly until: number | null;
};

function openBooks(result: TraceResult): Book[] {
  const followed = new Set(result.runs.flatMap((run) => run.followed));
  const books = new Map<string, { account: Account; asset: Asset; transfers: Transfer[] }>();
  for (const transfer of result.consumed) {
    for (const account of new Set([transfer.from, transfer.to])) {
      if (!followed.has(account) || isFeeSink(account)) continue;
      const key = `${account} ${transfer.asset}`;
      const book = books.get(key) ?? { account, asset: transfer.asset, transfers: [] };
      book.transfers.push(transfer);
      books.set(key, book);
    }
  }
  const assumed = assumedEntries(result);
  // null: declarations about every account of a chain.
  const declared = Map.groupBy(result.coverage, ({ account }) => account);
  const sorted = [...books].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([key, book]) => ({
    ...book,
    assumed: assumed.get(key) ?? [],
    coverage: [...(declared.get(book.account) ?? []), ...(declared.get(null) ?? [])].filter((c) => appliesTo(c, book)),
    until: result.parameters.limits.until,
  }));
}

/** By `<account> <asset>`. */
function assumedEntries({ crossings, consumed }: TraceResult): Map<string, Book['assumed'][number][]> {
  const inputs = new Set(crossings.map(({ input }) => input.tx));
  const found = new Map(consumed.filter(({ tx }) => inputs.has(tx)).map((transfer) => [transfer.tx, transfer]));
  const entries = new Map<string, Book['assumed'][number][]>();
  for (const { input, output } of crossings) {
    const paid = found.get(input.tx);
    if (output.kind !== 'unrecorded' || paid === undefined) continue;
    const block = output.account.startsWith(`${paid.chain}:`) ? paid.blockNumber : null;
    const key = `${output.account} ${output.asset}`;
    entries.set(key, [...(entries.get(key) ?? []), { block, amount: output.amount }]);
  }
  return entries;
}

function appliesTo(declared: Coverage, { account, asset }: { account: Account; asset: Asset }): boolean {
  const own = declared.account === account || (declared.account === null && account.startsWith(`${declared.chain}:`));
  return own && (declared.assets === null || declared.assets.includes(asset)) && declared.basis !== 'unknown';
}

/** First and last block of the entries. */
function blocksOf({ transfers, assumed }: Book): { first: number; last: number } {
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  const entered = assumed.flatMap(({ block }) => (block === null ? [] : [block]));
  for (const block of [...transfers.map(({ blockNumber }) => blockNumber), ...entered]) {
    first = Math.min(first, block);
    last = Math.max(last, block);
  }
  return { first, last };
}

/** The last block the record speaks for: where coverage says it is complete to, at least that of the last transfer. */
export function closingBlockOf(book: Book, last: number): number {
  // `until` is a time, and which block it ends in is not known here.
  if (book.until !== null) return last;
  const declared = book.coverage.filter(({ direction, truncated }) => direction !== 'in' && !truncated);
  return Math.max(last, ...declared.map(({ toBlock }) => toBlock ?? last));
}

/** Holds one account's record of one asset against a node. */
export async function checkBook(book: Book, chain: ChainReader | undefined): Promise<CompletenessFinding> {
  const { account, asset } = book;
  const { first, last } = blocksOf(book);
  const closingBlock = closingBlockOf(book, last);
  const stated = balanceChange(book);
  const blank = {
    account,
    asset,
    openingBlock: first - 1,
    closingBlock,
    opening: { stated: 0n, node: null },
    closing: { stated, node: null },
    sent: null,
    by: null,
  };
  const obstacle = await whyNotAskable(book, first, closingBlock, chain);
  if (obstacle !== null || chain === undefined) {
    return { ...blank, status: 'not-proven', reasons: [obstacle ?? 'no node was asked'] };
  }
  const openingNode = first === 0 ? 0n : await chain.balance(account, asset, first - 1);
  const closingNode = await chain.balance(account, asset, closingBlock);
  const sent = await countSent(book, first, closingBlock, chain);
  const opening = { stated: 0n, node: openingNode };
  const closing = { stated, node: closingNode };
  const { missing, unknown } = judge({ ...blank, opening, closing }, sent);
  const status = missing.length > 0 ? 'incomplete' : unknown.length > 0 ? 'not-proven' : 'agrees';
  return {
    ...blank,
    by: 'balances',
    opening,
    closing,
    sent: sent.kind === 'counted' ? sent.counts : null,
    status,
    reasons: [...missing, ...unknown],
  };
}

async function whyNotAskable(
  { account, asset, assumed }: Book,
  first: number,
  closing: number,
  chain: ChainReader | undefined,
): Promise<string | null> {
  if (chain === undefined) return 'no node was asked';
  if (!asset.startsWith(`${chain.chain}/`) || !account.startsWith(`${chain.chain}:`)) {
    return `the node is of ${chain.chain}`;
  }
  if (assumed.some(({ block }) => block === null))
    return 'a crossing from another chain enters at a block that is not known';
  const head = await chain.head();
  return closing > head || first > head ? `the node ends at block ${head}, before block ${closing}` : null;
}

function balanceChange({ account, transfers, assumed }: Book): bigint {
  let balance = assumed.reduce((sum, { amount }) => sum + amount, 0n);
  for (const { from, to, amount } of transfers) {
    if (to === account) balance += amount;
    if (from === account) balance -= amount;
  }
  return balance;
}

type Sent =
  | { readonly kind: 'counted'; readonly counts: { readonly stated: number; readonly node: number } }
  | { readonly kind: 'unknown' }
  /** A token's transfers do not use up nonces, and a contract's nonce counts creations. */
  | { readonly kind: 'not-applicable' };

async function countSent(book: Book, first: number, closing: number, chain: ChainReader): Promise<Sent> {
  const { account, transfers } = book;
  if (!transfers.some(({ kind }) => kind !== 'token')) return { kind: 'not-applicable' };
  const hasCode = await chain.hasCode(account, closing);
  if (hasCode === true) return { kind: 'not-applicable' };
  const before = first === 0 ? 0 : await chain.nonce(account, first - 1);
  const after = await chain.nonce(account, closing);
  if (hasCode === null || before === null || after === null) return { kind: 'unknown' };
  const sender = transfers.filter(({ from, kind }) => from === account && (kind === 'fee' || kind === 'native'));
  const stated = new Set(sender.map(({ tx }) => tx)).size;
  return { kind: 'counted', counts: { stated, node: after - before } };
}

type Figures = Pick<CompletenessFinding, 'opening' | 'closing' | 'openingBlock' | 'closingBlock'>;

function judge(
  { opening, closing, openingBlock, closingBlock }: Figures,
  sent: Sent,
): { missing: string[]; unknown: string[] } {
  const missing: string[] = [];
  const unknown: string[] = [];
  if (opening.node === null) unknown.push(`the node has no balance at block ${openingBlock}`);
  else if (opening.node !== 0n) {
    missing.push(
      `at block ${openingBlock}, before the first transfer of the record, it held ${opening.node}, which the record lacks`,
    );
  }
  if (closing.node === null) unknown.push(`the node has no balance at block ${closingBlock}`);
  else if (closing.node !== closing.stated) {
    missing.push(
      `at block ${closingBlock} it held ${closing.node} where the transfers give ${closing.stated}: a difference of ${closing.node - closing.stated}`,
    );
  }
  if (sent.kind === 'unknown') unknown.push('the node cannot say how many transactions it had sent');
  if (sent.kind === 'counted' && sent.counts.stated !== sent.counts.node) {
    missing.push(`by its nonces it sent ${sent.counts.node} transactions, the record has ${sent.counts.stated}`);
  }
  return { missing, unknown };
}
