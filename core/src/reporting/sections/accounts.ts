import { isTxAccount } from '../../ledger/index.ts';
import type { HoldingResult, TagResult } from '../../tracing/index.ts';
import { type Account, accountChain, isUtxoChain } from '../../units/index.ts';
import { type Group, groupByAddress, outputLines } from '../by-address.ts';
import type { Place, ReportContext } from '../context.ts';
import { DECLARED_MARK } from '../marks.ts';
import type { Block, Cell, Section } from '../model.ts';
import { timeText } from '../names.ts';
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

function hops(members: readonly HoldingResult[]): string {
  const depths = members.map(({ depth }) => depth);
  const [least, most] = [Math.min(...depths), Math.max(...depths)];
  return least === most ? `hop ${least}` : `hops ${least} to ${most}`;
}

function holdingTable(context: ReportContext, holdings: readonly Held[], last: boolean): Block {
  const { names, shown, words, published } = context;
  const claims = last && holdings.some(({ holding }) => published.has(holding.account));
  const byTag = [...Map.groupBy(holdings, ({ tag }) => tag)];
  const rows = byTag
    .flatMap(([tag, own]) =>
      groupByAddress(
        context,
        own.map(({ holding }) => holding),
      ).map((group) => ({ tag, group })),
    )
    .map(({ tag, group }): Cell[] => [
      [
        ...placeCell(context, group),
        ...remainderLines(group.address),
        [span(last ? words.lastSeen : words.held, last ? 'last-seen' : 'held'), span(`  ${hops(group.members)}`)],
      ],
      cell(names.tag(tag.tag)),
      amountCell(context, tag, group),
      rangeCell(context, tag, group),
      cell(lastReceipt(context, tag, group.members)),
      ...(claims ? [claimCell(context, group.address)] : []),
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
function amountCell(context: ReportContext, tag: TagResult, { asset, amount, origin, marked }: Group<Place>): Cell {
  const { names } = context;
  const first = `${names.amount(origin, tag.asset)}${marked ? ` ${DECLARED_MARK}` : ''}`;
  return lines(first, asset === tag.asset ? null : `as ${names.amount(amount, asset)}`);
}

function rangeCell(context: ReportContext, tag: TagResult, { address, asset, status }: Group<Place>): Cell {
  const range = rangeOf(context, tag.tag, { account: address, asset, status });
  if (range === null) return cell('one rule traced');
  if (range.least === range.most) return cell('the same');
  return lines(context.names.number(range.least, tag.asset), context.names.number(range.most, tag.asset));
}

function lastReceipt({ timeOf, forward }: ReportContext, tag: TagResult, members: readonly HoldingResult[]): string {
  const accounts = new Set(members.map(({ account }) => account));
  const times = tag.edges
    .filter(({ from, to }) => accounts.has(forward ? to : from))
    .flatMap(({ transactions }) => transactions.flatMap((tx) => timeOf(tx) ?? []));
  return times.length === 0
    ? 'none traced'
    : timeText(times.reduce((a, b) => (forward ? Math.max(a, b) : Math.min(a, b))));
}

/** The account, or the address with the outputs beneath. */
function placeCell(context: ReportContext, group: Group<Place>): Cell {
  const [only] = group.members;
  if (group.members.length === 1 && only !== undefined) return context.names.account(only.account);
  return [...context.names.account(group.address), ...outputLines(context, group)];
}

/** A transaction holds nothing: what no output of it took is its fee, as far as its inputs are known. */
function remainderLines(account: Account): Cell {
  if (!isUtxoChain(accountChain(account)) || !isTxAccount(account)) return [];
  return [[span('taken by none of its outputs: its fee, or part of it; not all of its inputs are known')]];
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
    groupByAddress(
      context,
      tag.terminals.map((terminal) => ({ ...terminal, status: terminal.reason })),
    ).map((group): Cell[] => [
      placeCell(context, group),
      reasonCell(group.status, group.members[0]?.label ?? null),
      cell(names.tag(tag.tag)),
      amountCell(context, tag, group),
    ]),
  );
  if (rows.length === 0)
    return [paragraph(`Under ${shown?.policy ?? ''}: none. No label and no limit stopped value of this trace.`)];
  return [
    paragraph(
      'A trace stops where what follows could no longer be told apart. A label is a claim by the source named in the annex; that value arrived there says nothing about who controls the account.',
    ),
    ...coinjoinNote(shown?.tags ?? []),
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

/** A CoinJoin is recognised by its shape, and says no more. */
function coinjoinNote(tags: readonly TagResult[]): Block[] {
  if (!tags.some(({ terminals }) => terminals.some(({ reason }) => reason === 'coinjoin'))) return [];
  return [
    paragraph(
      'Value that enters a transaction with the shape of a CoinJoin stops there: which of its outputs is whose cannot be told. The shape shows neither which software made the transaction nor that several people took part in it. The rule that fired stands beside each; ',
      span('docs/methods/coinjoin.md', 'code'),
      ' of Cairn’s source has the rules, where they come from and how often they are right on known examples.',
    ),
  ];
}
