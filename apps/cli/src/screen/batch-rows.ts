import { createHash } from 'node:crypto';
import { CairnError, isCairnError } from '@cairn/core/errors';
import { type AccountLookUp, isHit, looksLikeAddress, type NameAnswer, type Screener } from '@cairn/core/screening';
import { type ScreenFlags, searchOptions } from '../commands/screen.ts';
import { nameQuery } from './subject.ts';

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
};

/** @throws invalid-input where no column says what to screen. */
export function readColumns(header: readonly string[], file: string): Columns {
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
  const columns = { ...(found as Omit<Columns, 'headless'>), headless: false };
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
  const { lists, labels, theftRegister, knownAt } = screener.basis;
  const parameters = { threshold: search.threshold ?? null, limit: search.limit ?? null, matcher: flags.matcher };
  const rests = JSON.stringify([
    lists.map(({ id }) => id),
    labels,
    theftRegister,
    knownAt,
    parameters,
    screener.decisions,
  ]);
  return {
    basis: createHash('sha256').update(rests).digest('hex'),
    parameters,
    screen(columns, cells, line) {
      const cell = (at: number | null): string => (at === null ? '' : (cells[at] ?? '').trim());
      const head = [String(line), cell(columns.reference)];
      const asked = cell(columns.account) || cell(columns.name);
      // An address that stands where a name should is no name: compared as one it would be passed.
      const address = cell(columns.account) !== '' || looksLikeAddress(asked) ? asked : '';
      if (asked === '') return unread(head, asked, 'the row names neither an account nor a name');
      if (address !== '') return accountRow(head, account(address));
      try {
        const country = cell(columns.country);
        const born = cell(columns.born);
        const kind = cell(columns.kind);
        const qualifiers = {
          ...(born === '' ? {} : { born }),
          ...(country === '' ? {} : { country: country.split(';') }),
          ...(kind === '' ? {} : { kind }),
        };
        return nameRow(head, asked, name(nameQuery(asked, qualifiers), search));
      } catch (error) {
        if (!isCairnError(error)) throw error;
        return unread(head, asked, error.message);
      }
    },
  };
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
