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
  for (const book of books) findings.push(await checkBook(book, chain));
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
