import { CairnError } from '../../../errors.ts';
import type { Chain } from '../../../units/index.ts';
import { type ExplorerGiven, type ExplorerList, readOrFault } from '../../evm/explorer-rows.ts';
import type { ExplorerClient, ListQuery, ListReply } from './client.ts';

/** A row in its place: of one that cannot be read, the place is that of the row before it. */
export type ListedRow = ExplorerGiven & { readonly list: ExplorerList; readonly block: number };

/** One list of one account, read from its start in steps. */
export type ListReader = {
  readonly list: ExplorerList;
  readonly rows: readonly ListedRow[];
  /** Every row up to this block is there. */
  through(): number;
  /** The block that has more rows of the account than the explorer shows; null: none so far. */
  overflow(): number | null;
  /** The explorer says itself that rows are missing. */
  partial(): boolean;
  /** Reads on. @returns why the replies do not fit together, so that the list must be read again; null: they do. */
  advance(): Promise<string | null>;
};

export type ListRange = { readonly from: number; readonly to: number };

/** What every step of reading a list needs. */
export type Reading = {
  readonly client: Pick<ExplorerClient, 'list' | 'host'>;
  readonly chain: Chain;
  /** `0x…` */
  readonly address: string;
  readonly size: PageSize;
};

/** Rows asked for at a time; becomes less where the explorer refuses so many. */
export type PageSize = { rows: number };

/** How many rows of one question an explorer shows in all, page × offset: Etherscan's and Blockscout's documentation. */
export const WINDOW = 10_000;
/** Fewer are not asked for. */
const LEAST_ROWS = 100;

/**
 * A reply may have been cut where it has as many rows as asked for, or a round number: some plans and servers give fewer
 * than asked for without saying so (1,000 on Etherscan's free plan). Asking once more settles it.
 */
function mayBeCut(count: number, asked: number): boolean {
  return count >= asked || (count > 0 && count % LEAST_ROWS === 0);
}

export function createListReader(reading: Reading, list: ExplorerList, { from, to }: ListRange): ListReader {
  const rows: ListedRow[] = [];
  let next = from;
  let overflow: number | null = null;
  let partial = false;
  /** Rows of the last block of the reply before, which the next reply begins with. */
  let overlap: readonly ListedRow[] = [];

  const readRows = (reply: ListReply, range: ListRange): ListedRow[] | string => {
    partial ||= reply.partial;
    const read: ListedRow[] = [];
    for (const [i, value] of reply.rows.entries()) {
      const given = readOrFault(reading.chain, list, value, `${list} of ${reading.address}, row ${i + 1}`);
      const before = read.at(-1)?.block ?? range.from;
      const block = given.read?.blockNumber ?? before;
      if (block < range.from || block > range.to) return `a row of block ${block} came, out of those asked for`;
      if (block < before) return `a row of block ${block} came after one of block ${before}`;
      read.push({ ...given, list, block });
    }
    return withoutRepeats(read);
  };

  /** Reads a block that fills a reply by itself, page by page. */
  const readFullBlock = async (block: number, first: readonly ListedRow[], count: number): Promise<string | null> => {
    const range = { from: block, to: block };
    let all = [...first];
    for (let page = 2; (page - 1) * count < WINDOW; page++) {
      const query = { list, address: reading.address, ...range, page, size: count };
      const reply = page * count > WINDOW ? 'too-much' : await reading.client.list(query);
      if (reply === 'too-much') {
        overflow = block;
        return null;
      }
      const more = readRows(reply, range);
      if (typeof more === 'string') return more;
      const joined = withoutRepeats([...all, ...more]);
      if (typeof joined === 'string') return joined;
      if (joined.length < all.length + more.length) return `pages of block ${block} have rows in common`;
      all = joined;
      if (reply.rows.length < count) {
        rows.push(...all);
        next = block + 1;
        overlap = [];
        return null;
      }
    }
    overflow = block;
    return null;
  };

  return {
    list,
    rows,
    through: () => next - 1,
    overflow: () => overflow,
    partial: () => partial,
    async advance() {
      if (next > to || overflow !== null) return null;
      const range = { from: next, to };
      const { reply, asked } = await askPage(reading, { list, address: reading.address, ...range, page: 1 });
      const read = readRows(reply, range);
      if (typeof read === 'string') return read;
      if (!beginsWith(read, overlap)) return `block ${next} has other rows than a moment ago`;
      const last = read.at(-1)?.block ?? to;
      if (!mayBeCut(reply.rows.length, asked)) {
        rows.push(...read);
        next = to + 1;
        overlap = [];
        return null;
      }
      // Rows of the last block may go on in the next reply: they are taken from there, all together.
      const whole = read.filter(({ block }) => block < last);
      overlap = read.slice(whole.length);
      rows.push(...whole);
      if (whole.length > 0 && last > next) {
        next = last;
        return null;
      }
      next = last;
      return readFullBlock(last, overlap, reply.rows.length);
    },
  };
}

/** Asks for fewer rows where the explorer refuses so many. */
async function askPage(
  { client, size }: Reading,
  query: Omit<ListQuery, 'size'>,
): Promise<{ readonly reply: ListReply; readonly asked: number }> {
  for (;;) {
    const asked = size.rows;
    const reply = await client.list({ ...query, size: asked });
    if (reply !== 'too-much') return { reply, asked };
    if (asked <= LEAST_ROWS) {
      throw new CairnError('unavailable', `${client.host} refuses to list even ${asked} rows of ${query.address}`, {
        hints: ['is the URL that of the interface, and does the plan of the key include what is asked?'],
      });
    }
    size.rows = Math.max(LEAST_ROWS, Math.floor(asked / 2));
  }
}

/** A row that is stated twice in the same words counts once. @returns a text where two rows of one key differ. */
function withoutRepeats(rows: readonly ListedRow[]): ListedRow[] | string {
  const seen = new Map<string, string>();
  const kept: ListedRow[] = [];
  for (const row of rows) {
    const key = row.read?.key ?? null;
    if (key === null || row.read === null) {
      kept.push(row);
      continue;
    }
    const said = seen.get(key);
    if (said === undefined) kept.push(row);
    else if (said !== row.read.said) return `transaction ${row.read.tx} is listed twice in different words`;
    seen.set(key, row.read.said);
  }
  return kept;
}

function beginsWith(rows: readonly ListedRow[], start: readonly ListedRow[]): boolean {
  return start.every((row, i) => textOf(row) === textOf(rows[i]));
}

function textOf(row: ListedRow | undefined): string | undefined {
  return row?.read?.said ?? row?.fault?.message.replace(/row \d+/, '');
}
