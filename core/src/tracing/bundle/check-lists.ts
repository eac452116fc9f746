import { CairnError } from '../../errors.ts';
import type { RecordSource, ToldHistory, Transfer } from '../../ledger/index.ts';
import type { Account } from '../../units/index.ts';
import { type Book, type CompletenessFinding, closingBlockOf } from './completeness.ts';

/** Accounts that a source is asked for together. */
const AT_ONCE = 50;
/** Transactions of an account that are listed beyond those of the record: of other assets, spam, and what the record lacks. */
const BEYOND = 2_000;

type Asking = {
  readonly onProgress?: (progress: { readonly step: string; readonly done: number; readonly of: number }) => void;
  readonly signal?: AbortSignal;
};

/**
 * Does a source, asked anew, list transfers that the record of followed accounts lacks? Replaces the findings about these accounts
 * that nobody could answer before.
 * @param books - accounts of the source's chain.
 */
export async function checkLists(
  findings: CompletenessFinding[],
  books: readonly Book[],
  source: RecordSource,
  { onProgress, signal }: Asking,
): Promise<void> {
  const places = new Map(findings.map(({ account, asset }, place) => [`${account} ${asset}`, place]));
  const open = books.filter(({ account, asset }) => places.has(`${account} ${asset}`));
  let done = 0;
  for (const [toBlock, group] of Map.groupBy(open, (book) => closingBlockOf(book, lastOf(book)))) {
    const accounts = [...new Set(group.map(({ account }) => account))];
    for (let i = 0; i < accounts.length; i += AT_ONCE) {
      if (signal?.aborted === true) throw new CairnError('interrupted', 'verification was stopped');
      const part = new Set(accounts.slice(i, i + AT_ONCE));
      const asked = group.filter(({ account }) => part.has(account));
      const told = await ask(source, asked, toBlock);
      for (const book of asked) {
        const place = places.get(`${book.account} ${book.asset}`) as number;
        const finding = findings[place] as CompletenessFinding;
        findings[place] = {
          ...finding,
          closingBlock: toBlock,
          ...judge(book, told?.get(book.account), toBlock, source),
        };
      }
      done += asked.length;
      onProgress?.({ step: `lists of ${source.name}`, done, of: open.length });
    }
  }
}

const lastOf = ({ transfers }: Book): number =>
  transfers.reduce((last, { blockNumber }) => Math.max(last, blockNumber), 0);

function ask(
  source: RecordSource,
  books: readonly Book[],
  toBlock: number,
): Promise<ReadonlyMap<Account, ToldHistory> | null> {
  const accounts = [...new Set(books.map(({ account }) => account))];
  const assets = [...new Set(books.map(({ asset }) => asset))].sort();
  const ofAccounts = [...Map.groupBy(books, ({ account }) => account).values()];
  const counts = ofAccounts.map((own) => new Set(own.flatMap(({ transfers }) => transfers.map(({ tx }) => tx))).size);
  return source.histories(accounts, assets, { toBlock, limit: Math.max(...counts) + BEYOND });
}

type Judgement = Pick<CompletenessFinding, 'status' | 'by' | 'reasons'>;

function judge(
  { asset, transfers }: Book,
  told: ToldHistory | undefined,
  toBlock: number,
  { name }: RecordSource,
): Judgement {
  if (told === undefined) {
    const reason = `${name} does not list what single accounts did, or does not have block ${toBlock}`;
    return { status: 'not-proven', by: null, reasons: [reason] };
  }
  const listed = told.transfers.filter((transfer) => transfer.asset === asset);
  const more = lackingIn(transfers, listed);
  if (more.length > 0) {
    const [first] = more as [Transfer];
    const reason = `${name} lists ${counted(more.length)} up to block ${toBlock} that the record lacks, the first in transaction ${first.tx} of block ${first.blockNumber}`;
    return { status: 'incomplete', by: 'lists', reasons: [reason] };
  }
  if (told.lacking !== null) return { status: 'not-proven', by: 'lists', reasons: [told.lacking] };
  const fewer = lackingIn(
    listed,
    transfers.filter(({ amount }) => amount > 0n),
  );
  if (fewer.length === 0) return { status: 'agrees', by: 'lists', reasons: [] };
  const reason = `${name} does not list ${counted(fewer.length)} of the record, the first in transaction ${fewer[0]?.tx}: its list is not whole`;
  return { status: 'not-proven', by: 'lists', reasons: [reason] };
}

const counted = (count: number): string => (count === 1 ? '1 transfer' : `${count} transfers`);

/** Of one list, in ledger order, what another does not have. Where inside its transaction a transfer stands is not compared. */
function lackingIn(record: readonly Transfer[], listed: readonly Transfer[]): Transfer[] {
  const left = new Map<string, number>();
  for (const transfer of record) left.set(contentOf(transfer), (left.get(contentOf(transfer)) ?? 0) + 1);
  return listed
    .filter((transfer) => {
      const count = left.get(contentOf(transfer)) ?? 0;
      left.set(contentOf(transfer), count - 1);
      return count < 1;
    })
    .sort((a, b) => a.blockNumber - b.blockNumber);
}

const contentOf = ({ tx, kind, from, to, amount }: Transfer): string => `${tx} ${kind} ${from} ${to} ${amount}`;
