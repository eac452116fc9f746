import { isTxAccount, outpointOf } from '@cairn/core/ledger';
import { createMarks, DECLARED_MARK, type Marks } from '@cairn/core/reporting';
import {
  type HoldingResult,
  type Run,
  reconcile,
  type TagResult,
  type Terminal,
  type TraceResult,
  type Warning,
} from '@cairn/core/tracing';
import type { PublishedFigure } from '@cairn/core/tracing/bundle';
import { type Account, formatAccount } from '@cairn/core/units';
import { shortAccount, table } from '../terminal/table.ts';
import { type AssetBook, showAmount, symbolOf } from './assets.ts';
import { type NotFollowed, showCrossings, showDoubtful, showExits } from './exits.ts';

/** Somebody else's figure about an account, shown beside ours and never mixed with it. */
export type Claim = { readonly account: Account; readonly text: string };

export function claimsOf(published: readonly PublishedFigure[]): Claim[] {
  return published.map(({ account, value, unit, what, date }) => ({
    account,
    text: `${value} ${unit} ${what}${date === null ? '' : ` by ${date}`}`,
  }));
}

const SHOWN = 12;

/** A trace for people: where the value was last seen, whether it adds up, how much hangs on the rule, what is not known. */
export function showTrace(
  result: TraceResult,
  notices: readonly Warning[],
  book: AssetBook,
  claims: readonly Claim[],
  notFollowed: NotFollowed = { exits: [], refused: [], doubtful: [] },
): string {
  const { instructed } = result.parameters;
  const run = result.runs.find((r) => r.policy === instructed?.policy) ?? (result.runs[0] as Run);
  const lead =
    instructed === null
      ? `No rule was instructed: ${run.policy} is shown as an example, the others as sensitivity.`
      : `Rule shown: ${run.policy}. Reason given: ${instructed.because}`;
  const traced = result.parameters.direction === 'source-of-funds' ? 'traced back' : 'stolen';
  const marks = createMarks(result);
  const sections = [lead, ...run.tags.map((tag) => showTag(tag, run, { book, claims, traced, marks }))];
  sections.push(
    showCrossings(result, book),
    showDoubtful(notFollowed, result, book),
    showExits(notFollowed, result, book),
  );
  sections.push(reconciliations(result, book), sensitivity(result, book), unknowns(result, notices, book));
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

type Words = {
  readonly book: AssetBook;
  readonly claims: readonly Claim[];
  readonly traced: string;
  readonly marks: Marks;
};

/** What of the theft is there, in units of what was stolen; where it is another asset now, how much of that; and what it rests on. */
function valueText({ account, asset, amount, origin }: Terminal | HoldingResult, tag: TagResult, words: Words): string {
  const { book, marks } = words;
  const mark = marks.has(account, asset) ? ` ${DECLARED_MARK}` : '';
  const as = asset === tag.asset ? '' : `\nas ${showAmount(amount, asset, book)}`;
  return `${showAmount(origin, tag.asset, book)}${mark}${as}`;
}

function showTag(tag: TagResult, run: Run, words: Words): string {
  const { book, claims, traced, marks } = words;
  if (tag.stolen === null) {
    const reached = run.touched.filter((touch) => touch.tag === tag.tag).length;
    return `${fullName(tag, book)}\n${reached} accounts reached. Reach only: amounts under poison do not add up and are not shown.`;
  }
  const rows = [
    ...tag.terminals.map((t) => [t.reason, name(t, t.label), valueText(t, tag, words), '']),
    ...byOrigin(tag.holdings).map((h) => [
      h.status,
      name(h, null),
      valueText(h, tag, words),
      claims.find((claim) => claim.account === h.account)?.text ?? '',
    ]),
  ];
  const head = ['where', 'account', 'value'];
  const published = rows.some((row) => row[3] !== '');
  // Accounts where it is held, and those somebody published a figure about, are shown whatever their place.
  const listed = rows.filter((row, i) => i < SHOWN || row[0] === 'held' || row[3] !== '');
  const shown = listed.map((row) => (published ? row : row.slice(0, 3)));
  const more = rows.length > listed.length ? `\n${listed.length} of ${rows.length} shown; --json has all.` : '';
  const title = `${fullName(tag, book)}\n${traced} ${showAmount(tag.stolen, tag.asset, book)}`;
  const legend = marks.any ? `\n${DECLARED_MARK} rests, or may rest in part, on a declared or inferred crossing.` : '';
  return `${title}\n\n${table(published ? [...head, 'published by others'] : head, shown, ['value'])}${more}${legend}`;
}

/** A tag short enough for a table: the asset's symbol in place of its id, the middle of hashes and addresses left out. */
export function theftName(tag: TagResult, book: AssetBook): string {
  return fullName(tag, book).replace(/(0x[0-9a-f]{8})[0-9a-f]{26,50}([0-9a-f]{6})/, '$1…$2');
}

function fullName(tag: TagResult, book: AssetBook): string {
  return tag.tag.replace(tag.asset, symbolOf(tag.asset, book));
}

/** In full: the reader will want to look it up. An output goes by who can spend it, the outpoint after. */
function name({ account, owner }: { account: Account; owner?: Account }, label: string | null): string {
  const written =
    owner === undefined ? formatAccount(account) : `${formatAccount(owner)}, output ${outpointName(account)}`;
  return `${written}${label === null ? '' : ` (${isTxAccount(account) ? 'shape of a CoinJoin, ' : 'said to be '}${label})`}`;
}

function outpointName(account: Account): string {
  const outpoint = outpointOf(account);
  return outpoint === null ? formatAccount(account) : `${outpoint.tx}:${outpoint.index}`;
}

function byOrigin(holdings: readonly HoldingResult[]): HoldingResult[] {
  return [...holdings].sort(
    (a, b) => Number((b.origin ?? 0n) > (a.origin ?? 0n)) - Number((b.origin ?? 0n) < (a.origin ?? 0n)),
  );
}

function reconciliations(result: TraceResult, book: AssetBook): string {
  const rows = result.runs.flatMap((run) =>
    run.tags.flatMap((tag) => {
      const sums = reconcile(tag);
      if (sums === null) return [];
      const show = (value: bigint): string => showAmount(value, tag.asset, book).split(' ')[0] as string;
      const figures = [sums.stolen, sums.held, sums.lastSeen, sums.terminals, sums.fees, sums.difference].map(show);
      return [[run.policy, theftName(tag, book), ...figures]];
    }),
  );
  if (rows.length === 0) return '';
  const head = ['policy', 'theft', 'stolen', 'held', 'last seen', 'terminals', 'fees', 'difference'];
  return `Reconciliation: stolen = held + last seen + terminals + fees\n\n${table(head, rows, head.slice(2))}`;
}

/** Least and most under any rule that states amounts, for what differs. */
function sensitivity(result: TraceResult, book: AssetBook): string {
  const runs = result.runs.filter((run) => run.policy !== 'poison/1');
  if (runs.length < 2) return '';
  const rows = (runs[0] as Run).tags.flatMap((tag) => {
    const figures = runs.map((run) => figuresOf(run.tags.find((t) => t.tag === tag.tag) as TagResult));
    const names = [...new Set(figures.flatMap((map) => [...map.keys()]))].sort();
    return names.flatMap((figure) => {
      const values = figures.map((map) => map.get(figure) ?? 0n).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      const [least, most] = [values[0] as bigint, values.at(-1) as bigint];
      if (least === most) return [];
      const spread = most - least;
      return [
        {
          spread,
          row: [theftName(tag, book), figure, ...[least, most].map((value) => showAmount(value, tag.asset, book))],
        },
      ];
    });
  });
  if (rows.length === 0)
    return 'Sensitivity to the allocation rule, all else fixed: none; every rule gives the same figures.';
  rows.sort((a, b) => (a.spread < b.spread ? 1 : a.spread > b.spread ? -1 : 0));
  const more = rows.length > SHOWN ? `\n${SHOWN} of ${rows.length} shown; --json has all.` : '';
  const shown = rows.slice(0, SHOWN).map(({ row }) => row);
  return `Sensitivity to the allocation rule, all else fixed\n\n${table(['theft', 'figure', 'least', 'most'], shown, ['least', 'most'])}${more}`;
}

function figuresOf(tag: TagResult): Map<string, bigint> {
  const figures = new Map<string, bigint>();
  const add = (figure: string, origin: bigint | null): void =>
    void figures.set(figure, (figures.get(figure) ?? 0n) + (origin ?? 0n));
  for (const terminal of tag.terminals)
    add(`${terminal.reason} ${shortAccount(formatAccount(terminal.account))}`, terminal.origin);
  for (const holding of tag.holdings)
    add(`${holding.status} ${shortAccount(formatAccount(holding.account))}`, holding.origin);
  add('fees', tag.fees);
  return figures;
}

function unknowns(result: TraceResult, notices: readonly Warning[], book: AssetBook): string {
  const lines = [...result.warnings, ...notices].map(({ message, accounts }) => {
    const names = accounts.slice(0, 3).map((account) => shortAccount(formatAccount(account)));
    const rest = accounts.length > 3 ? ` and ${accounts.length - 3} more` : '';
    return `- ${message}${accounts.length > 0 ? ` (${names.join(', ')}${rest})` : ''}`;
  });
  const gaps = new Map<string, { asset: string; total: bigint }>();
  const run = result.runs[0] as Run;
  for (const gap of run.gaps) {
    const key = `${gap.account} ${gap.asset}`;
    gaps.set(key, { asset: gap.asset, total: (gaps.get(key)?.total ?? 0n) + gap.shortfall });
  }
  for (const [key, { asset, total }] of gaps) {
    const account = shortAccount(formatAccount(key.split(' ')[0] as Account));
    lines.push(
      `- Gap under ${run.policy}: ${account} spent ${showAmount(total, asset as TagResult['asset'], book)} more than the record shows it received.`,
    );
  }
  lines.push(
    '- The arithmetic is exact given these transfers, labels and assumptions; whether they are complete and authentic is asked by cairn verify.',
  );
  return `What is not known\n\n${lines.join('\n')}`;
}
