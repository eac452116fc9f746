import type { HoldingResult, TagResult } from '../../tracing/index.ts';
import type { Account } from '../../units/index.ts';
import { mark, type ReportContext } from '../context.ts';
import type { Block, Cell, Section } from '../model.ts';
import { timeText } from '../names.ts';
import { compareDescending } from '../order.ts';
import { cell, column, count, lines, paragraph, span, table } from '../text.ts';
import { markNote, reasonCell } from './last-seen.ts';
import { rangeOf } from './sensitivity.ts';

/** Accounts shown a table; the figures file holds all. */
const MOST = 60;

/** Section 5: accounts that held, accounts where value was last seen beside published claims, accounts where a trace stopped. */
export function accountsSection(context: ReportContext): Section {
  const { shown, words } = context;
  const section = { id: 'accounts', title: 'Accounts', landscape: true };
  if (shown === null)
    return {
      ...section,
      blocks: [paragraph('Under poison alone no account has an amount; the accounts reached are in the annexes.')],
    };
  const holdings = (status: HoldingResult['status']) =>
    shown.tags.flatMap((tag) =>
      tag.holdings.filter((holding) => holding.status === status).map((holding) => ({ tag, holding })),
    );
  const [held, lastSeen] = [holdings('held'), holdings('last-seen')];
  const blocks: Block[] = [{ kind: 'heading', text: `Accounts where coverage shows value ${words.held}` }];
  blocks.push(
    held.length === 0
      ? paragraph(
          `Under ${shown.policy}: none. No declaration of complete outgoing transfers covers an account with value left on it.`,
        )
      : holdingTable(context, held, false),
    { kind: 'heading', text: 'Accounts where value was last seen' },
    ...publishedNote(
      context,
      lastSeen.map(({ holding }) => holding.account),
    ),
    lastSeen.length === 0 ? paragraph(`Under ${shown.policy}: none.`) : holdingTable(context, lastSeen, true),
    { kind: 'heading', text: 'Accounts where the trace stopped' },
    ...terminalBlocks(context),
    ...markNote(context),
  );
  return { ...section, blocks };
}

type Held = { readonly tag: TagResult; readonly holding: HoldingResult };

function largestFirst(a: Held, b: Held): number {
  return (
    compareDescending(a.holding.origin ?? 0n, b.holding.origin ?? 0n) ||
    (a.holding.account < b.holding.account ? -1 : 1)
  );
}

function holdingTable(context: ReportContext, holdings: readonly Held[], last: boolean): Block {
  const { names, shown, words, published } = context;
  const claims = last && holdings.some(({ holding }) => published.has(holding.account));
  const byTag = [...Map.groupBy(holdings, ({ tag }) => tag).values()];
  const rows = byTag
    .flatMap((own) => own.toSorted(largestFirst))
    .map(({ tag, holding }): Cell[] => [
      [
        ...names.account(holding.account),
        [span(last ? words.lastSeen : words.held, last ? 'last-seen' : 'held'), span(`  hop ${holding.depth}`)],
      ],
      cell(names.tag(tag.tag)),
      amountCell(context, tag, holding),
      rangeCell(context, tag, holding),
      cell(lastReceipt(context, tag, holding.account)),
      ...(claims ? [claimCell(context, holding.account)] : []),
    ]);
  const title = last
    ? 'Value traced to these accounts and last seen there'
    : 'Value traced to these accounts and held there';
  return table(
    `${title}, under ${shown?.policy ?? ''}, largest first`,
    [
      column('account', 'left', 1),
      column('value', 'left', 0),
      column(`traced under ${shown?.policy ?? ''}`, 'right', 0),
      column('least / most over the rules', 'right', 0),
      column('last traced receipt', 'left', 0),
      ...(claims ? [column('published by others, not computed by Cairn', 'left', 0)] : []),
    ],
    rows,
    { limit: MOST, small: true },
  );
}

/** In the stolen asset's units; beside it in the holding's own where that is another asset. */
function amountCell(context: ReportContext, tag: TagResult, { account, asset, amount, origin }: HoldingResult): Cell {
  const { names } = context;
  const first = `${names.amount(origin ?? 0n, tag.asset)}${mark(context, account, asset)}`;
  return lines(first, asset === tag.asset ? null : `as ${names.amount(amount ?? 0n, asset)}`);
}

function rangeCell(context: ReportContext, tag: TagResult, { account, asset, status }: HoldingResult): Cell {
  const range = rangeOf(context, tag.tag, { account, asset, status });
  if (range === null) return cell('one rule traced');
  if (range.least === range.most) return cell('the same');
  return lines(context.names.number(range.least, tag.asset), context.names.number(range.most, tag.asset));
}

function lastReceipt({ timeOf, forward }: ReportContext, tag: TagResult, account: Account): string {
  const times = tag.edges
    .filter(({ from, to }) => (forward ? to : from) === account)
    .flatMap(({ transactions }) => transactions.flatMap((tx) => timeOf(tx) ?? []));
  return times.length === 0
    ? 'none traced'
    : timeText(times.reduce((a, b) => (forward ? Math.max(a, b) : Math.min(a, b))));
}

function claimCell({ published }: ReportContext, account: Account): Cell {
  const claims = published.get(account) ?? [];
  return claims.length === 0
    ? cell('–')
    : claims.map(({ what, value, unit, date }) => [
        span(`${what} ${value} ${unit}${date === null ? '' : `, ${date}`}`),
      ]);
}

function publishedNote({ bundle, published }: ReportContext, accounts: readonly Account[]): Block[] {
  const matched = new Set(accounts.filter((account) => published.has(account))).size;
  if (bundle.published.length === 0) return [];
  const sources = [...new Set(bundle.published.map(({ source }) => source))].join('; ');
  return [
    paragraph(
      `The last column repeats what others published about the account as a whole, digit for digit (${sources}). It is a claim, not computed by Cairn, and enters no figure of this report. Of ${count(bundle.published.length, 'published figure')}, those about ${count(matched, 'account')} of this table stand beside it.`,
    ),
  ];
}

function terminalBlocks(context: ReportContext): Block[] {
  const { shown, names } = context;
  const rows = (shown?.tags ?? []).flatMap((tag) =>
    tag.terminals
      .toSorted((a, b) => compareDescending(a.origin ?? 0n, b.origin ?? 0n) || (a.account < b.account ? -1 : 1))
      .map(({ account, reason, asset, amount, origin }): Cell[] => [
        names.account(account),
        reasonCell(reason),
        cell(names.tag(tag.tag)),
        lines(
          `${names.amount(origin ?? 0n, tag.asset)}${mark(context, account, asset)}`,
          asset === tag.asset ? null : `as ${names.amount(amount ?? 0n, asset)}`,
        ),
      ]),
  );
  if (rows.length === 0)
    return [paragraph(`Under ${shown?.policy ?? ''}: none. No label and no limit stopped value of this trace.`)];
  return [
    paragraph(
      'A trace stops where what follows could no longer be told apart. A label is a claim by the source named in the annex; that value arrived there says nothing about who controls the account.',
    ),
    table(
      `Value that arrived where the trace stops, under ${shown?.policy ?? ''}`,
      [
        column('account', 'left', 1),
        column('why it stops', 'left', 1),
        column('value', 'left', 0),
        column('traced', 'right', 0),
      ],
      rows,
      { limit: MOST, small: true },
    ),
  ];
}
