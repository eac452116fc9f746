import { reconcile, type TagResult } from '../../tracing/index.ts';
import type { Asset } from '../../units/index.ts';
import type { ReportContext } from '../context.ts';
import { DECLARED_MARK } from '../marks.ts';
import type { Block, Cell, Section } from '../model.ts';
import { share, timeText } from '../names.ts';
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
      `${DECLARED_MARK} rests, or may rest in part, on a declared crossing: an investigator’s assumption that value which went in at one place came out at another. The annex on crossings gives each with its reason.`,
    ),
  ];
}

type Line = { readonly name: Cell; accounts: number; origin: bigint; marked: boolean; readonly assets: Set<Asset> };

function tagTable(context: ReportContext, tag: TagResult): Block {
  const { names, words } = context;
  const sums = reconcile(tag);
  const stolen = tag.stolen ?? 0n;
  const rows = linesOf(context, tag).map((line) => [
    line.name,
    cell(line.accounts === 0 ? '–' : `${line.accounts}`),
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
      column('accounts', 'right', 0),
      column(names.asset(tag.asset), 'right', 0),
      column('share, cut off', 'right', 0),
    ],
    [...rows, total, difference],
  );
}

function linesOf(context: ReportContext, tag: TagResult): Line[] {
  const { words, marks } = context;
  const found = new Map<string, Line>();
  const add = (key: string, name: Cell, origin: bigint, marked: boolean, asset: Asset): void => {
    const line = found.get(key) ?? { name, accounts: 0, origin: 0n, marked: false, assets: new Set() };
    line.accounts++;
    line.origin += origin;
    line.marked ||= marked;
    line.assets.add(asset);
    found.set(key, line);
  };
  const status = { held: cell(span(words.held, 'held')), 'last-seen': cell(span(words.lastSeen, 'last-seen')) };
  for (const wanted of ['held', 'last-seen'] as const) {
    for (const { account, asset, origin } of tag.holdings.filter((holding) => holding.status === wanted)) {
      add(wanted, status[wanted], origin ?? 0n, marks.has(account, asset), asset);
    }
    if (!found.has(wanted)) {
      found.set(wanted, { name: status[wanted], accounts: 0, origin: 0n, marked: false, assets: new Set() });
    }
  }
  for (const { account, asset, reason, origin } of tag.terminals) {
    add(reason, reasonCell(reason), origin ?? 0n, marks.has(account, asset), asset);
  }
  if ((tag.fees ?? 0n) > 0n) {
    found.set('fees', {
      name: cell('paid as network fees'),
      accounts: 0,
      origin: tag.fees ?? 0n,
      marked: false,
      assets: new Set(),
    });
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
};

/** A terminal's reason in words, with the reason itself. */
export function reasonCell(reason: string): Cell {
  const words = REASONS[reason];
  const said = words ?? `arrived at an account labelled ${reason.replace(/^label:/, '').replaceAll('-', ' ')}`;
  return [[span(said)], [span(reason, 'code')]];
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
      : `Outgoing records are declared complete for ${count(new Set(ends.map(({ account }) => account ?? 'all')).size, 'account')}, the latest to block ${end.toBlock}${end.toAt === null ? '' : ` (${timeText(end.toAt)})`}. At all other accounts the record stops with the last arrival or departure it happens to have.`,
    ...(until === null ? [] : [`The trace was told to stop at ${timeText(until)}.`]),
    'The time of the last recorded receipt stands beside every account in the tables of accounts.',
  ];
  return [{ kind: 'heading', text: 'When the record stops' }, list(items)];
}
