import { type Coverage, isTxAccount, outpointOf } from '../../ledger/index.ts';
import { reconcile, type TagResult } from '../../tracing/index.ts';
import { type Account, accountChain, isUtxoChain } from '../../units/index.ts';
import type { Place, ReportContext } from '../context.ts';
import { DECLARED_MARK } from '../marks.ts';
import type { Block, Cell, Section } from '../model.ts';
import { chainName, share, timeText } from '../names.ts';
import { cell, column, count, list, notice, paragraph, span, strong, table } from '../text.ts';

/** Section 2: by terminal and status under the rule shown, and where the record stops. */
export function lastSeenSection(context: ReportContext): Section {
  const { shown, words, instructed } = context;
  const blocks: Block[] = [];
  if (shown === null) {
    blocks.push(
      notice(
        'Only poison was asked for. It marks every account that value could have reached and gives no amounts, so there is nothing here to add up. The accounts reached are in the annexes.',
      ),
    );
    return { id: 'last-seen', title: words.whereHeading, landscape: false, blocks };
  }
  blocks.push(
    instructed?.policy === shown.policy
      ? paragraph(
          'Figures in this section follow the instructed rule, ',
          strong(shown.policy),
          '. Reason given: ',
          instructed.because,
        )
      : notice(
          instructed === null
            ? 'No rule of allocation was instructed. Which applies is a question of law.'
            : `The instructed rule, ${instructed.policy}, gives no amounts that add up: the accounts it reaches are in an annex. Reason given: ${instructed.because}`,
          ' The figures in this section follow ',
          strong(shown.policy),
          ', the first rule asked for that gives amounts, as an example; section 3 shows the others.',
        ),
    paragraph(
      span('held', 'held'),
      ' means: declarations of complete outgoing transfers cover the account from the first tagged receipt to the end of the trace, and the value did not leave. ',
      span('last seen', 'last-seen'),
      ' means: the value arrived there, and the ledger has no complete later record. Nothing is claimed about where it is now.',
      context.utxo === 'none'
        ? ''
        : ' On chains of unspent outputs value lies in outputs, each made by a transaction and spent whole by at most one other: an output is held where the complete record has none that spends it. Change often comes back to the same address as a new output, so one address can be on both sides of a payment.',
    ),
    ...shown.tags.map((tag) => tagTable(context, tag)),
    ...markNote(context),
    ...recordBlocks(context),
  );
  return { id: 'last-seen', title: words.whereHeading, landscape: false, blocks };
}

export function markNote({ marks }: ReportContext): Block[] {
  if (!marks.any) return [];
  return [
    paragraph(
      `${DECLARED_MARK} rests, or may rest in part, on a crossing that no chain shows: one that is declared or inferred, that is, an assumption that value which went in at one place came out at another. The section on crossings gives each with its reason.`,
    ),
  ];
}

type Line = { readonly name: Cell; readonly places: Account[]; origin: bigint; marked: boolean };

function tagTable(context: ReportContext, tag: TagResult): Block {
  const { names, words } = context;
  const sums = reconcile(tag);
  const stolen = tag.stolen ?? 0n;
  const rows = linesOf(context, tag).map((line) => [
    line.name,
    cell(placesText(context, line.places)),
    cell(`${names.number(line.origin, tag.asset)}${line.marked ? ` ${DECLARED_MARK}` : ''}`),
    cell(share(line.origin, stolen)),
  ]);
  const total = [cell(strong(words.stolen)), cell(''), cell(strong(names.number(stolen, tag.asset))), cell('')];
  const difference = [
    cell('unexplained difference'),
    cell(''),
    cell(names.number(sums?.difference ?? 0n, tag.asset)),
    cell(''),
  ];
  return table(
    `${names.tag(tag.tag)}: where it was last seen under ${context.shown?.policy ?? ''}, in units of the ${names.asset(tag.asset)} ${words.stolen}`,
    [
      column('where', 'left', 1),
      column(context.utxo === 'none' ? 'accounts' : 'places', 'right', 0),
      column(names.asset(tag.asset), 'right', 0),
      column('share, cut off', 'right', 0),
    ],
    [...rows, total, difference],
  );
}

function linesOf(context: ReportContext, tag: TagResult): Line[] {
  const { words, marks } = context;
  const found = new Map<string, Line>();
  const add = (key: string, name: Cell, origin: bigint, { account, asset }: Pick<Place, 'account' | 'asset'>): void => {
    const line = found.get(key) ?? emptyLine(name);
    line.places.push(account);
    line.origin += origin;
    line.marked ||= marks.has(account, asset);
    found.set(key, line);
  };
  const status = { held: cell(span(words.held, 'held')), 'last-seen': cell(span(words.lastSeen, 'last-seen')) };
  for (const wanted of ['held', 'last-seen'] as const) {
    for (const holding of tag.holdings.filter((one) => one.status === wanted)) {
      add(wanted, status[wanted], holding.origin ?? 0n, holding);
    }
    if (!found.has(wanted)) found.set(wanted, emptyLine(status[wanted]));
  }
  for (const terminal of tag.terminals) {
    add(terminal.reason, reasonCell(terminal.reason, null), terminal.origin ?? 0n, terminal);
  }
  if ((tag.fees ?? 0n) > 0n) {
    found.set('fees', { ...emptyLine(cell('paid as network fees')), origin: tag.fees ?? 0n });
  }
  return [...found.values()];
}

const REASONS: Readonly<Record<string, string>> = {
  contract: 'arrived at an account said to be a contract',
  'service-suspected': 'arrived at an account that behaves like a service',
  'below-threshold': 'in receipts below the amount set',
  'max-hops': 'beyond the number of hops set',
  'max-accounts': 'beyond the number of accounts set',
  'crossing-dust': 'too small to cross',
  gap: 'arrival not recorded',
  coinjoin: 'entered a transaction with the shape of a CoinJoin',
  coinbase: 'new coins, made with a block',
};

function emptyLine(name: Cell): Line {
  return { name, places: [], origin: 0n, marked: false };
}

/** How many accounts; of outputs also of how many addresses, and transactions apart. */
function placesText({ names, utxo }: ReportContext, places: readonly Account[]): string {
  if (places.length === 0) return '–';
  if (utxo === 'none') return `${places.length}`;
  const own = places.filter((account) => isUtxoChain(accountChain(account)));
  const transactions = own.filter(isTxAccount);
  const outputs = own.filter((account) => outpointOf(account) !== null);
  const addresses = new Set(outputs.flatMap((account) => names.address(account) ?? [])).size;
  const others = places.length - transactions.length - outputs.length;
  return [
    outputs.length === 0 ? [] : [`${count(outputs.length, 'output')} of ${count(addresses, 'address', 'addresses')}`],
    transactions.length === 0 ? [] : [count(transactions.length, 'transaction')],
    others === 0 ? [] : [count(others, 'account')],
  ]
    .flat()
    .join(', ');
}

/** A terminal's reason in words, with the reason itself. */
export function reasonCell(reason: string, label: string | null): Cell {
  const words = REASONS[reason];
  const said = words ?? `arrived at an account labelled ${reason.replace(/^label:/, '').replaceAll('-', ' ')}`;
  const rule = reason === 'coinjoin' && label !== null ? [[span(`rule ${label}`)]] : [];
  return [[span(said)], [span(reason, 'code')], ...rule];
}

function declaredFor(declared: readonly Coverage[]): string {
  const chains = [...new Set(declared.flatMap(({ account, chain }) => (account === null ? [chain] : [])))];
  const accounts = new Set(declared.flatMap(({ account }) => account ?? [])).size;
  return [
    ...chains.map((chain) => `every account of ${chainName(chain)}`),
    ...(accounts === 0 ? [] : [count(accounts, 'account')]),
  ].join(' and for ');
}

function recordBlocks({ result }: ReportContext): Block[] {
  const last = result.consumed.at(-1);
  const ends = result.coverage.filter(
    ({ direction, toBlock, basis, truncated }) =>
      direction !== 'in' && toBlock !== null && basis !== 'unknown' && !truncated,
  );
  const end = ends.reduce<(typeof ends)[number] | null>(
    (latest, one) => (latest === null || (one.toBlock ?? 0) > (latest.toBlock ?? 0) ? one : latest),
    null,
  );
  const { until } = result.parameters.limits;
  const items = [
    last === undefined
      ? 'No transfer was used.'
      : `The last transfer this trace used is of ${timeText(last.blockTime)} (block ${last.blockNumber}).`,
    end === null
      ? 'No declaration says that the record of any followed account is complete. That is why nothing is shown as held.'
      : `Outgoing records are declared complete for ${declaredFor(ends)}, the latest to block ${end.toBlock}${end.toAt === null ? '' : ` (${timeText(end.toAt)})`}. Beyond that, the record stops with the last arrival or departure it happens to have.`,
    ...(until === null ? [] : [`The trace was told to stop at ${timeText(until)}.`]),
    'The time of the last recorded receipt stands beside every account in the tables of accounts.',
  ];
  return [{ kind: 'heading', text: 'When the record stops' }, list(items)];
}
