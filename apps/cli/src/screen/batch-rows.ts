import { createHash } from 'node:crypto';
import { CairnError, isCairnError } from '@cairn/core/errors';
import { type AccountLookUp, isHit, type NameAnswer, type Screener } from '@cairn/core/screening';
import { looksLikeAddress } from '@cairn/core/units';
import { type ScreenFlags, searchOptions } from '../commands/screen.ts';
import { nameQuery, type Qualifiers } from './subject.ts';

/** Columns of the answers, one row a row of the input. */
export const ANSWER_COLUMNS = [
  'line',
  'reference',
  'asked',
  'verdict',
  'score',
  'entries',
  'names',
  'programmes',
  'labels',
  'near_misses',
  'note',
] as const;

const COLUMN_NAMES = {
  account: ['account', 'address', 'wallet', 'wallet_address'],
  name: ['name', 'full_name', 'customer_name'],
  born: ['born', 'birth', 'dob', 'date_of_birth', 'birth_date'],
  country: ['country', 'nationality'],
  kind: ['kind', 'type'],
  reference: ['reference', 'id', 'customer', 'customer_id'],
} as const;

/** Where in a row to look; null: the file has no such column. */
export type Columns = { readonly [K in keyof typeof COLUMN_NAMES]: number | null } & {
  /** The file is a bare list: its first line is a subject too. */
  readonly headless: boolean;
  /** Cells of the header: a row with more has a comma that parted what belongs together. */
  readonly width: number;
};

/** @throws invalid-input where no column says what to screen. */
export function readColumns(header: readonly string[], file: string): Columns {
  requireReadable(header, file);
  const names = header.map((name) => name.trim().toLowerCase().replace(/[ -]/g, '_'));
  const find = (known: readonly string[]): number | null => {
    const found = names.flatMap((name, at) => (known.includes(name) ? [at] : []));
    if (found.length <= 1) return found[0] ?? null;
    const columns = found.map((at) => header[at]).join(' and ');
    throw new CairnError('invalid-input', `${file}: two columns say the same: ${columns}`, {
      hints: ['leave one out'],
    });
  };
  const found = Object.fromEntries(Object.entries(COLUMN_NAMES).map(([column, known]) => [column, find(known)]));
  const columns = { ...(found as Omit<Columns, 'headless' | 'width'>), headless: false, width: header.length };
  if (columns.account !== null || columns.name !== null) return columns;
  if (header.length === 1) {
    const isAccount = looksLikeAddress(header[0] as string);
    return { ...columns, account: isAccount ? 0 : null, name: isAccount ? null : 0, headless: true };
  }
  throw new CairnError(
    'invalid-input',
    `${file}: no column says what to screen; it has ${header.join(', ').slice(0, 200)}`,
    {
      hints: [
        `name a column ${COLUMN_NAMES.account.join(', ')}; or ${COLUMN_NAMES.name.join(', ')}`,
        `read beside them: ${[...COLUMN_NAMES.born, ...COLUMN_NAMES.country, ...COLUMN_NAMES.kind, ...COLUMN_NAMES.reference].join(', ')}`,
      ],
    },
  );
}

/** A file read in the wrong encoding, or cut in the wrong places, would be answered row by row with "no match". */
function requireReadable(header: readonly string[], file: string): void {
  // A zero byte is what tells UTF-16 and spreadsheets from text.
  if (header.some((name) => /[\0\ufffd]/.test(name))) {
    throw new CairnError('invalid-input', `${file} is not text in UTF-8`, { hints: ['save it as CSV in UTF-8'] });
  }
  const separator = header.length === 1 ? /[;\t|]/.exec(header[0] as string)?.[0] : undefined;
  if (separator === undefined) return;
  const shown = separator === '\t' ? 'tabs' : `'${separator}'`;
  throw new CairnError('invalid-input', `${file}: its columns seem to be parted by ${shown}, not by commas`, {
    hints: ['save it with commas'],
  });
}

export type RowAnswer = { readonly verdict: string; readonly hit: boolean; readonly cells: readonly string[] };

export type RowScreener = {
  /** Hex digest of all that answers rest on: a run is taken up again only with the same. */
  readonly basis: string;
  readonly parameters: object;
  screen(columns: Columns, cells: readonly string[], line: number): RowAnswer;
};

/** Screens rows in memory. A row that cannot be read is answered `unknown` with the reason; none is left out. */
export async function createRowScreener(screener: Screener, flags: ScreenFlags): Promise<RowScreener> {
  const account = await screener.accounts();
  const search = searchOptions(flags);
  const name = await screener.names();
  const { lists, asOf, knownAt } = screener.basis;
  const { labels, thefts, decisions, withdrawals } = screener.held;
  const parameters = { threshold: search.threshold ?? null, limit: search.limit ?? null, matcher: flags.matcher };
  const rests = JSON.stringify([
    lists.map(({ id }) => id),
    labels,
    thefts,
    [asOf, knownAt],
    parameters,
    decisions,
    [...withdrawals],
  ]);
  return {
    basis: createHash('sha256').update(rests).digest('hex'),
    parameters,
    screen(columns, cells, line) {
      const cell = (at: number | null): string => (at === null ? '' : (cells[at] ?? '').trim());
      const head = [String(line), cell(columns.reference)];
      const subjects = subjectsOf(cell(columns.account), cell(columns.name));
      const answers = subjects.map(({ kind, text }) => {
        if (kind === 'account') return accountRow(head, account(text));
        try {
          return nameRow(head, text, name(nameQuery(text, qualifiersOf(columns, cell)), search));
        } catch (error) {
          if (!isCairnError(error)) throw error;
          return unread(head, text, error.message);
        }
      });
      const [first, second] = answers;
      if (first === undefined) return unread(head, '', 'the row names neither an account nor a name');
      const answer = second === undefined ? first : together(first, second);
      return cells.slice(columns.width).some((extra) => extra.trim() !== '')
        ? doubted(answer, `the row has ${cells.length} cells, the header ${columns.width}: a comma outside quotes`)
        : answer;
    },
  };
}

/** Who a row names. An address that stands where a name should is no name: compared as one it would be passed. */
export function subjectsOf(
  account: string,
  name: string,
): readonly { readonly kind: 'account' | 'name'; readonly text: string }[] {
  return [
    ...(account === '' ? [] : [{ kind: 'account', text: account } as const]),
    ...(name === '' ? [] : [{ kind: looksLikeAddress(name) ? 'account' : 'name', text: name } as const]),
  ];
}

/** The qualifiers that a row gives of its name. @param cell - what stands in a column. */
export function qualifiersOf({ born, country, kind }: Columns, cell: (at: number | null) => string): Qualifiers {
  return {
    ...(cell(born) === '' ? {} : { born: cell(born) }),
    ...(cell(country) === '' ? {} : { country: cell(country).split(';') }),
    ...(cell(kind) === '' ? {} : { kind: cell(kind) }),
  };
}

const VERDICT = ANSWER_COLUMNS.indexOf('verdict');
const NOTE = ANSWER_COLUMNS.indexOf('note');

/** One answer about a row that names an account and a name: a hit of either is a hit, and nothing known of one does not hide it. */
function together(account: RowAnswer, name: RowAnswer): RowAnswer {
  const both = [account, name];
  const ruling = both.find(({ hit }) => hit) ?? both.find(({ verdict }) => verdict === 'unknown') ?? account;
  const said = both.map(({ cells, verdict }) => `${cells[2]}: ${verdict}`);
  const cells = account.cells.map((cell, at) => {
    if (at < 2) return cell;
    if (at === VERDICT) return ruling.verdict;
    const joined = [...new Set([cell, name.cells[at] as string])].filter((text) => text !== '');
    return (at === NOTE ? [...said, ...joined] : joined).join('; ');
  });
  return { verdict: ruling.verdict, hit: ruling.hit, cells };
}

/** An answer about a row that may have been cut in the wrong place: a hit stands, anything else is not known. */
function doubted({ verdict, hit, cells }: RowAnswer, reason: string): RowAnswer {
  const given = hit ? verdict : 'unknown';
  const noted = cells.map((cell, at) => {
    if (at === VERDICT) return given;
    return at === NOTE ? [cell, reason].filter((text) => text !== '').join('; ') : cell;
  });
  return { verdict: given, hit, cells: noted };
}

function unread(head: readonly string[], asked: string, reason: string): RowAnswer {
  return { verdict: 'unknown', hit: false, cells: [...head, asked, 'unknown', '', '', '', '', '', '', reason] };
}

function accountRow(head: readonly string[], found: AccountLookUp): RowAnswer {
  const { listings, thefts, labels, nearMisses, verdict, because, form, decisions } = found;
  const notes = [
    ...(because === null ? form.notes : [because]),
    ...decisions.map(({ decision, standing }) => `${decision.id} ${standing}`),
  ];
  const cells = [
    ...head,
    found.asked,
    verdict,
    '',
    [...listings.map(({ party }) => party.id), ...thefts.map(({ incident }) => incident)].join('; '),
    listings.map(({ party }) => party.names[0]?.full).join('; '),
    [...new Set(listings.flatMap(({ party }) => party.programmes))].join('; '),
    labels.map((label) => `${label.category}: ${label.name} (${label.source})`).join('; '),
    nearMisses.map(({ address, partyId }) => `${address} (${partyId})`).join('; '),
    notes.join('; '),
  ];
  return { verdict, hit: isHit(found), cells };
}

function nameRow(head: readonly string[], asked: string, answer: NameAnswer): RowAnswer {
  const { screening, verdict, because, decisions } = answer;
  const matches = screening.kind === 'screened' ? screening.matches : [];
  const more = screening.kind === 'screened' && screening.more > 0 ? [`${screening.more} more matches`] : [];
  const notes = [
    ...(because === null ? [] : [because]),
    ...(screening.kind === 'screened' ? screening.notes : []),
    ...more,
  ];
  const cells = [
    ...head,
    asked,
    verdict,
    matches[0]?.score.toFixed(1) ?? '',
    matches.map(({ party }) => party.id).join('; '),
    matches.map(({ name, score }) => `${name.full} ${score.toFixed(1)}`).join('; '),
    [...new Set(matches.flatMap(({ party }) => party.programmes))].join('; '),
    '',
    '',
    [...notes, ...decisions.map(({ decision, standing }) => `${decision.id} ${standing}`)].join('; '),
  ];
  return { verdict, hit: isHit(answer), cells };
}
