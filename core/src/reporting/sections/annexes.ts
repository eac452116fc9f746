import type { Edge, Run } from '../../tracing/index.ts';
import type { ReportContext } from '../context.ts';
import { DECLARED_MARK } from '../marks.ts';
import type { Block, Cell, Section } from '../model.ts';
import { chainName, type Names, timeText } from '../names.ts';
import { compareDescending } from '../order.ts';
import { cell, code, column, lines, list, paragraph, span, spans, strong, table } from '../text.ts';

/** Rows of an annex in the report; the figures file holds all. */
const BOUND = 1500;
/** Transactions named beside a figure; the figures file holds all. */
const HASHES = 40;

/** Annex A: every traced move with its transactions, under the rule shown. */
export function figuresAnnex(context: ReportContext): Section {
  const { shown, names } = context;
  const edges = (shown?.tags ?? []).flatMap((tag) => tag.edges.map((edge) => ({ tag, edge })));
  return {
    id: 'annex-figures',
    title: 'Annex: every figure with its transactions',
    landscape: true,
    blocks: [
      paragraph(
        'Each line is the traced value of one kind that moved from one account to another in one asset, and the transactions that moved it. What arrives at an account less what leaves it is what stayed there or ended there. The transfers themselves, with all their digits, are in the next annex',
        shown === null ? '.' : `. Other rules’ figures are in the figures file (CSV) that goes with this report.`,
      ),
      table(
        shown === null ? 'No rule with amounts was traced' : `Traced moves under ${shown.policy}`,
        [
          column('value', 'left', 0),
          column('from / to', 'left', 5),
          column('traced amount', 'right', 3),
          column('transactions', 'left', 6),
        ],
        edges.map(({ tag, edge }): Cell[] => [
          cell(names.tag(tag.tag)),
          bothCell(names, edge, onlyOf(edge)),
          lines(
            `${names.amount(edge.origin ?? 0n, tag.asset)}${context.marks.hasMove(edge.from, edge.to, edge.asset) ? ` ${DECLARED_MARK}` : ''}`,
            edge.asset === tag.asset && edge.amount === edge.origin
              ? null
              : `as ${names.amount(edge.amount ?? 0n, edge.asset)}`,
          ),
          hashes(edge.transactions),
        ]),
        { limit: BOUND, small: true },
      ),
    ],
  };
}

/** Payer, then payee; where an output takes two lines, a word tells them apart. */
function bothCell(names: Names, { from, to }: Pick<Edge, 'from' | 'to'>, tx: string | undefined): Cell {
  const [payer, payee] = [names.lines(from, tx), names.lines(to, tx)];
  if (payer.length + payee.length === 2) return [...payer, ...payee];
  const [first = [], ...rest] = payee;
  return [...payer, [span('to '), ...first], ...rest];
}

/** The one transaction of a move, so that it need not be named again as an account. */
function onlyOf({ transactions }: Edge): string | undefined {
  return transactions.length === 1 ? transactions[0] : undefined;
}

function hashes(transactions: readonly string[]): Cell {
  const named = transactions.slice(0, HASHES).map((tx) => [code(tx)]);
  const rest = transactions.length - named.length;
  return rest === 0 ? named : [...named, [span(`and ${rest} more, in the figures file`)]];
}

/** Annex B: the transfers everything is computed from. */
export function transfersAnnex({ result, names, utxo }: ReportContext): Section {
  return {
    id: 'annex-transfers',
    title: 'Annex: transfers used',
    landscape: true,
    blocks: [
      paragraph(
        'In ledger order: the order in which they were applied. Amounts are base units. An order marked “assigned” was not in the source: it is the order of the source’s rows. “Rounded” amounts came in a notation that may have lost digits.',
        utxo === 'none'
          ? ''
          : ' A transaction of a UTXO chain has a row for every output it spends (positions below 0), every output it makes (its number) and its fee (after the last output); the note names the kind of script that locks the output. “Unresolved”: the record does not have the output that is spent, so its amount is not known and the row moves 0.',
      ),
      table(
        'Every positive transfer of a traced asset with a followed account on either side',
        [
          column('time, block:index', 'left', 0),
          column('transaction:position', 'left', 5),
          column('from / to', 'left', 4),
          column('base units', 'right', 0),
          column('asset', 'left', 0),
          column('notes', 'left', 0),
        ],
        result.consumed.map((transfer): Cell[] => [
          lines(timeText(transfer.blockTime), `${transfer.blockNumber}:${transfer.txIndex}`),
          [[code(`${transfer.tx}:${transfer.position}`)]],
          bothCell(names, transfer, transfer.tx),
          cell(`${transfer.amount}`),
          cell(names.asset(transfer.asset)),
          cell(
            [
              transfer.kind,
              ...(transfer.assigned === 'none' ? [] : ['assigned']),
              ...(transfer.rounded ? ['rounded'] : []),
              ...(transfer.lock === undefined ? [] : [transfer.lock.script]),
              ...(transfer.unresolved === true ? ['unresolved'] : []),
            ].join(', '),
          ),
        ]),
        { limit: BOUND, small: true },
      ),
    ],
  };
}

/** Annex C: what the record lacks: gaps, coverage, order that was assigned. */
export function recordAnnex(context: ReportContext): Section {
  const blocks: Block[] = [
    { kind: 'heading', text: 'Gaps' },
    ...gapBlocks(context, context.shown ?? context.result.runs[0] ?? null),
    { kind: 'heading', text: 'Coverage declared' },
    ...coverageBlocks(context),
    { kind: 'heading', text: 'Order that was assigned' },
    ...orderBlocks(context),
    { kind: 'heading', text: 'Warnings and notices' },
    ...warningBlocks(context),
  ];
  return { id: 'annex-record', title: 'Annex: what the record lacks', landscape: true, blocks };
}

function gapBlocks({ names }: ReportContext, run: Run | null): Block[] {
  const gaps = run?.gaps ?? [];
  if (gaps.length === 0) return [paragraph('None: no account spent more than the record shows it to have held.')];
  const totals = Map.groupBy(gaps, ({ account, asset }) => `${account} ${asset}`);
  const sums = [...totals.values()].flatMap((own) => {
    const [first] = own;
    const total = own.reduce((sum, { shortfall }) => sum + shortfall, 0n);
    return first === undefined ? [] : [{ ...first, total, number: own.length }];
  });
  sums.sort((a, b) => compareDescending(a.total, b.total) || (a.account < b.account ? -1 : 1));
  return [
    paragraph(
      'These accounts spent more than the record shows them to have held. What they received is not fully known; the shortfall was counted as value that carries no tag.',
    ),
    table(
      `Gaps under ${run?.policy ?? ''}, totals`,
      [column('account', 'left', 1), column('gaps', 'right', 0), column('shortfall in all', 'right', 0)],
      sums.map(({ account, asset, total, number }) => [
        names.account(account),
        cell(`${number}`),
        cell(names.amount(total, asset)),
      ]),
      { small: true },
    ),
    table(
      'Each gap',
      [column('account', 'left', 4), column('at transaction:position', 'left', 6), column('shortfall', 'right', 0)],
      gaps.map(({ account, asset, transaction, position, shortfall }) => [
        names.lines(account, transaction),
        [[code(`${transaction}:${position}`)]],
        cell(names.amount(shortfall, asset)),
      ]),
      { limit: BOUND, small: true },
    ),
  ];
}

function coverageBlocks({ result, names }: ReportContext): Block[] {
  if (result.coverage.length === 0)
    return [paragraph('None. Nothing is said to be complete, so no value is shown as held.')];
  const rows = result.coverage.map((c): Cell[] => [
    c.account === null ? cell(`every account of ${chainName(c.chain)}`) : names.lines(c.account),
    lines(
      c.direction === 'both' ? 'in and out' : c.direction,
      c.assets === null ? 'every asset' : c.assets.map(names.asset).join(', '),
    ),
    lines(`${c.fromBlock ?? 'the first'} – ${c.toBlock ?? 'not known'}`, c.toAt === null ? null : timeText(c.toAt)),
    lines(c.basis.replaceAll('-', ' '), c.truncated ? 'cut by the source: figures downstream are lower bounds' : null),
    lines(c.source, c.note),
  ]);
  return [
    paragraph(
      'What a source declares to be complete. A declaration is taken as given; the third verification answer says whether it was checked.',
    ),
    table(
      'Declarations about followed accounts',
      [
        column('account', 'left', 3),
        column('direction, assets', 'left', 2),
        column('blocks', 'left', 0),
        column('on what ground', 'left', 2),
        column('source', 'left', 4),
      ],
      rows,
      { small: true },
    ),
  ];
}

function orderBlocks({ result, names }: ReportContext): Block[] {
  const assigned = result.consumed.filter((transfer) => transfer.assigned !== 'none').length;
  if (assigned === 0) return [paragraph('None. The source gave every transfer its place.')];
  const intro = `The source does not say in which order ${assigned} of ${result.consumed.length} transfers stand in their blocks; the order of its rows was taken. Everything was recomputed with each account’s receipts before its spends, and the other way round.`;
  if (result.adverseOrders.length === 0) return [paragraph(`${intro} No figure moves.`)];
  const assets = new Map(result.runs.flatMap(({ tags }) => tags.map(({ tag, asset }) => [tag, asset] as const)));
  const rows = result.adverseOrders.map(({ order, policy, tag, figure, assigned: before, adverse }): Cell[] => {
    const asset = assets.get(tag);
    const value = (amount: bigint | null): string =>
      amount === null || asset === undefined ? 'absent' : names.number(amount, asset);
    return [
      cell(policy),
      cell(names.tag(tag)),
      [figure.split(' ').map((part) => (/:.*:/.test(part) ? code(`${part} `) : span(`${part} `)))],
      cell(order.replace('-', ' ')),
      cell(value(before)),
      cell(value(adverse)),
    ];
  });
  return [
    paragraph(`${intro} The figures below move; all others stay.`),
    table(
      'Figures that depend on the order assigned, in units of the stolen asset',
      [
        column('rule', 'left', 0),
        column('value', 'left', 0),
        column('figure', 'left', 1),
        column('order', 'left', 0),
        column('as assigned', 'right', 0),
        column('turned round', 'right', 0),
      ],
      rows,
      { limit: BOUND, small: true },
    ),
  ];
}

/** What a warning of the engine leaves to be understood. */
const EXPLAINED: Readonly<Record<string, string>> = {
  'unresolved-inputs':
    'Such an input is marked “unresolved” in the annex of transfers and counts as 0, so what the transaction pays beyond its known inputs is a gap.',
  'pay-to-public-key':
    'Such an output names a key and no address. The address is the one software commonly shows for the key; the output itself never contained it.',
};

function warningBlocks({ result, bundle, names }: ReportContext): Block[] {
  const seen = new Set<string>();
  const all = [...result.warnings, ...bundle.notices].filter(({ code: name, message }) => {
    const key = `${name} ${message}`;
    return seen.has(key) ? false : seen.add(key) !== undefined;
  });
  if (all.length === 0) return [paragraph('None.')];
  return [
    list(
      all.map(({ code: name, message, accounts }) => {
        const few = accounts
          .slice(0, 12)
          .flatMap((account, i) => [span(i === 0 ? ' ' : '; '), ...names.inline(account)]);
        const rest = accounts.length > 12 ? [span(` and ${accounts.length - 12} more, in the tables above`)] : [];
        const more = EXPLAINED[name] === undefined ? [] : [span(` ${EXPLAINED[name]} `)];
        return [strong(`${name}: `), ...spans(message), ...more, ...few, ...rest];
      }),
    ),
  ];
}
