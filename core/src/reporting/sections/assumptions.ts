import type { Crossing } from '../../tracing/index.ts';
import type { ReportContext } from '../context.ts';
import { DECLARED_MARK } from '../marks.ts';
import type { Block, Cell, Section } from '../model.ts';
import { accountSpan, timeText } from '../names.ts';
import { cell, code, column, lines, list, paragraph, span, spans, strong, table } from '../text.ts';

/** Annex D: what was assumed and declared: limits, the case's assumptions and known omissions, sources, crossings, labels. */
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
    { kind: 'heading', text: 'Crossings' },
    ...crossings(context),
    { kind: 'heading', text: 'Labels consulted' },
    ...labels(context),
  ];
  return { id: 'annex-assumptions', title: 'Annex: assumptions, sources, crossings, labels', landscape: true, blocks };
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

function limits({ result, names }: ReportContext): (string | ReturnType<typeof spans>)[] {
  const { limits: set, rules } = result.parameters;
  const or = (value: number | null): string => (value === null ? 'none' : `${value}`);
  return [
    `Hops: ${or(set.maxHops)}. Accounts: ${or(set.maxAccounts)}. End: ${set.until === null ? 'none set' : timeText(set.until)}.`,
    set.serviceCounterparties === null && set.serviceTransfers === null
      ? 'Services are not guessed by their behaviour: only labels stop the trace.'
      : `An account is taken for a service above this many counterparties: ${or(set.serviceCounterparties)}; transfers: ${or(set.serviceTransfers)}.`,
    ...Object.entries(set.minAmount).map(
      ([asset, least]) =>
        `Receipts of less than ${names.amount(least, asset as `${string}:${string}/${string}:${string}`)} end there.`,
    ),
    ...rules.map(({ account, asset, policy }) =>
      spans('Own rule: ', accountSpan(account), ` in ${names.asset(asset)} follows `, strong(policy), '.'),
    ),
  ];
}

function crossings(context: ReportContext): Block[] {
  const { result } = context;
  if (result.crossings.length === 0)
    return [
      paragraph('None. Value that went into a venue and may have come out elsewhere was not followed through it.'),
    ];
  return [
    paragraph(
      `A crossing says that value which went in at one place came out at another. “Declared” means that an investigator states it; it is an assumption, and every figure that rests on it carries ${DECLARED_MARK}. Without them the value stops where it went in.`,
    ),
    table(
      'Crossings used',
      [
        column('name', 'left', 0),
        column('in', 'left', 4),
        column('out', 'left', 4),
        column('why the two are held to be one', 'left', 5),
      ],
      result.crossings.map((crossing): Cell[] => [
        lines(span(crossing.id, 'strong'), crossing.basis),
        inCell(context, crossing),
        outCell(context, crossing),
        cell(crossing.reason),
      ]),
      { small: true },
    ),
  ];
}

function inCell(context: ReportContext, { input }: Crossing): Cell {
  return transferCell(context, input);
}

function transferCell({ result, names }: ReportContext, { tx, position }: Crossing['input']): Cell {
  const transfer = result.consumed.find((t) => t.tx === tx && t.position === position);
  const name = [code(`${tx}:${position}`)];
  if (transfer === undefined) return [name];
  return [
    [span(`${names.amount(transfer.amount, transfer.asset)}, ${timeText(transfer.blockTime)}`)],
    [accountSpan(transfer.from)],
    [accountSpan(transfer.to)],
    name,
  ];
}

function outCell(context: ReportContext, { output }: Crossing): Cell {
  if (output.kind === 'transfer') return transferCell(context, output.transfer);
  return [
    [span(`${context.names.amount(output.amount, output.asset)}, not recorded: an assumed amount, received by`)],
    [accountSpan(output.account)],
  ];
}

function labels({ result }: ReportContext): Block[] {
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
        [[accountSpan(account)]],
        lines(`“${label}”`, contested ? 'other labels of the account say otherwise' : null),
        cell(code(reason)),
        cell(source),
      ]),
      { small: true },
    ),
  ];
}
