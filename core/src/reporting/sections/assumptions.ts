import type { TraceRequest } from '../../tracing/index.ts';
import type { ReportContext } from '../context.ts';
import type { Block, Cell, Section } from '../model.ts';
import { timeText } from '../names.ts';
import { cell, code, column, count, lines, list, paragraph, spans, strong, table } from '../text.ts';

/** Annex D: what was assumed and declared: limits, the case's assumptions and known omissions, sources, labels. */
export function assumptionsAnnex(context: ReportContext): Section {
  const info = context.bundle.case;
  const said = (title: string, items: readonly string[]): Block[] => [
    { kind: 'heading', text: title },
    items.length === 0 ? paragraph('Nothing is stated.') : list(items),
  ];
  const blocks: Block[] = [
    ...said('Assumptions', info?.assumptions ?? []),
    ...said('Known to be missing', info?.missing ?? []),
    { kind: 'heading', text: 'Where the record comes from' },
    sources(context),
    { kind: 'heading', text: 'Limits and special rules' },
    list(limits(context)),
    { kind: 'heading', text: 'Labels consulted' },
    ...labels(context),
  ];
  return { id: 'annex-assumptions', title: 'Annex: assumptions, sources, labels', landscape: true, blocks };
}

function sources({ bundle }: ReportContext): Block {
  const files = bundle.case?.sources ?? [];
  if (files.length === 0) return paragraph('The bundle names no case and no source files.');
  return table(
    'Sources',
    [
      column('name', 'left', 2),
      column('licence', 'left', 2),
      column('what it is', 'left', 3),
      column('SHA-256', 'left', 3),
    ],
    files.map(({ name, url, licence, note, sha256 }): Cell[] => [
      lines(name, url),
      cell(licence ?? 'not stated'),
      cell(note ?? '–'),
      cell(sha256 === null ? 'none' : code(sha256)),
    ]),
    { small: true },
  );
}

function limits({ result, names, utxo }: ReportContext): (string | ReturnType<typeof spans>)[] {
  const { limits: set, rules, lookThrough } = result.parameters;
  const or = (value: number | null): string => (value === null ? 'none' : `${value}`);
  return [
    `Hops: ${or(set.maxHops)}. Accounts: ${or(set.maxAccounts)}. End: ${set.until === null ? 'none set' : timeText(set.until)}.`,
    set.serviceCounterparties === null && set.serviceTransfers === null
      ? 'Services are not guessed by their behaviour: only labels stop the trace.'
      : `An account is taken for a service above this many counterparties: ${or(set.serviceCounterparties)}; transfers: ${or(set.serviceTransfers)}.`,
    ...(utxo === 'none' ? [] : [coinjoinRule(lookThrough)]),
    ...Object.entries(set.minAmount).map(
      ([asset, least]) =>
        `Receipts of less than ${names.amount(least, asset as `${string}:${string}/${string}:${string}`)} end there.`,
    ),
    ...rules.map(({ account, asset, policy }) =>
      spans('Own rule: ', ...names.inline(account), ` in ${names.asset(asset)} follows `, strong(policy), '.'),
    ),
  ];
}

function coinjoinRule(lookThrough: TraceRequest['lookThrough']): string {
  if (lookThrough === undefined) return 'A transaction with the shape of a CoinJoin stops the trace.';
  if (lookThrough === 'coinjoins')
    return 'Transactions with the shape of a CoinJoin were looked through: none stopped the trace.';
  return `Of transactions with the shape of a CoinJoin, ${count(lookThrough.length, 'named one was', 'named ones were')} to be looked through; the others stop the trace. A warning names those that were met.`;
}

function labels({ result, names }: ReportContext): Block[] {
  if (result.labels.length === 0) return [paragraph('No label stopped the trace.')];
  return [
    paragraph(
      'A label is what its source says about an account. It is a claim. Only labels that decided where the trace stops are listed.',
    ),
    table(
      'Labels that stopped the trace',
      [
        column('account', 'left', 4),
        column('said to be', 'left', 3),
        column('stops as', 'left', 2),
        column('source of the claim', 'left', 4),
      ],
      result.labels.map(({ account, label, reason, source, contested }): Cell[] => [
        names.lines(account),
        lines(`“${label}”`, contested ? 'other labels of the account say otherwise' : null),
        cell(code(reason)),
        cell(source),
      ]),
      { small: true },
    ),
  ];
}
