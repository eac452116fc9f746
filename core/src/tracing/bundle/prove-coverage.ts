import type { ChainReader, Coverage, LedgerReader, Transfer } from '../../ledger/index.ts';
import { type Account, type Asset, accountChain, nativeAsset } from '../../units/index.ts';
import { type Book, type CompletenessFinding, checkBook } from './completeness.ts';

/** What the chain says of accounts' records, and what is to be declared of them for it. */
export type Proof = {
  /** Sorted by (account, asset). */
  readonly findings: readonly CompletenessFinding[];
  readonly coverage: readonly Omit<Coverage, 'source'>[];
};

/**
 * Holds the ledger's whole record of accounts against balances and nonces at named blocks: those at which the record is declared to
 * end, at least that of the last transfer. Agreement is declared as `balance-agrees` (and `nonce-complete`, of what the account
 * sent), its opposite as a truncated record with the figures; what the node cannot say is not declared.
 * @param assets - native coin and tokens to check; null: all that the ledger has of each account.
 */
export async function proveCoverage(
  ledger: LedgerReader,
  accounts: readonly Account[],
  assets: readonly Asset[] | null,
  chain: ChainReader,
): Promise<Proof> {
  const books = await booksOf(
    ledger,
    accounts.filter((account) => accountChain(account) === chain.chain),
    assets,
  );
  const findings: CompletenessFinding[] = [];
  for (const book of books) {
    findings.push(book.transfers.length === 0 ? await checkNothing(book, chain) : await checkBook(book, chain));
  }
  return { findings, coverage: findings.flatMap((finding) => declarationsOf(finding)) };
}

async function booksOf(
  ledger: LedgerReader,
  accounts: readonly Account[],
  assets: readonly Asset[] | null,
): Promise<Book[]> {
  const transfers = new Map<string, { account: Account; asset: Asset; transfers: Transfer[] }>();
  const query = { accounts, assets, until: null, limitPerAccount: null };
  await ledger.histories(query, (account, transfer) => {
    const key = `${account} ${transfer.asset}`;
    const book = transfers.get(key) ?? { account, asset: transfer.asset, transfers: [] };
    book.transfers.push(transfer);
    transfers.set(key, book);
  });
  // Of the chain's own coin also that there is nothing.
  for (const account of accounts) {
    const native = nativeAsset(accountChain(account));
    const key = `${account} ${native}`;
    const isAsked = assets === null || assets.includes(native);
    if (isAsked && !transfers.has(key)) transfers.set(key, { account, asset: native, transfers: [] });
  }
  const declared = Map.groupBy(await ledger.coverage(accounts), ({ account }) => account);
  return [...transfers.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, book]) => ({
      ...book,
      assumed: [],
      until: null,
      coverage: [...(declared.get(book.account) ?? []), ...(declared.get(null) ?? [])].filter(
        (c) =>
          c.basis !== 'unknown' && c.chain === accountChain(book.account) && (c.assets?.includes(book.asset) ?? true),
      ),
    }));
}

/** A record without a single transfer: the account held nothing and sent nothing, up to where the record is declared to end. */
async function checkNothing({ account, asset, coverage }: Book, chain: ChainReader): Promise<CompletenessFinding> {
  const ends = coverage.flatMap(({ toBlock, truncated, direction }) =>
    truncated || direction === 'in' ? [] : [toBlock ?? 0],
  );
  const closingBlock = ends.length === 0 ? await chain.head() : Math.max(...ends);
  const node = await chain.balance(account, asset, closingBlock);
  const hasCode = await chain.hasCode(account, closingBlock);
  const nonce = hasCode === false ? await chain.nonce(account, closingBlock) : null;
  const blank = { account, asset, openingBlock: 0, closingBlock, opening: { stated: 0n, node: null } };
  const sent = nonce === null ? null : { stated: 0, node: nonce };
  const reasons = [
    ...(node === null ? [`the node has no balance at block ${closingBlock}`] : []),
    ...(node !== null && node > 0n ? [`at block ${closingBlock} it held ${node}, and the record has no transfer`] : []),
    ...(nonce !== null && nonce > 0 ? [`by its nonces it sent ${nonce} transactions, the record has 0`] : []),
  ];
  const isLacking = (node ?? 0n) > 0n || (nonce ?? 0) > 0;
  const status = isLacking ? 'incomplete' : node === null ? 'not-proven' : 'agrees';
  return { ...blank, by: 'balances', status, reasons, closing: { stated: 0n, node }, sent };
}

function declarationsOf(finding: CompletenessFinding): Omit<Coverage, 'source'>[] {
  const { account, asset, status, closingBlock, reasons, sent } = finding;
  if (status !== 'agrees' && status !== 'incomplete') return [];
  const chain = accountChain(account);
  const common = {
    chain,
    account,
    fromBlock: 0,
    toBlock: closingBlock,
    toAt: null,
    truncated: status === 'incomplete',
  };
  const note = status === 'agrees' ? `The balance at the end of block ${closingBlock} agrees.` : reasons.join(' ');
  const balance = { ...common, direction: 'both', assets: [asset], basis: 'balance-agrees', note } as const;
  const isComplete = status === 'agrees' && sent !== null && asset === nativeAsset(chain);
  if (!isComplete) return [balance];
  const nonces = { direction: 'out', assets: [asset], basis: 'nonce-complete' } as const;
  return [
    balance,
    { ...common, ...nonces, note: `It had sent ${sent.node} transactions, and the record has as many.` },
  ];
}
