import { type Run, reconcile, type TagResult } from '../../tracing/index.ts';
import { mark, placesOf, type ReportContext } from '../context.ts';
import type { Block, Section } from '../model.ts';
import { compareDescending, largest, smallest } from '../order.ts';
import { cell, column, count, lines, notice, paragraph, span, strong, table } from '../text.ts';

/** How many accounts the sensitivity tables show a tag. */
const MOST = 15;

/** Section 3: the exact reconciliation of every rule, and how far each figure moves with the rule. */
export function sensitivitySection(context: ReportContext): Section {
  const { valued, result, shown } = context;
  const poison = result.runs.some(({ policy }) => policy === 'poison/1');
  const blocks: Block[] = [
    paragraph(
      'Where stolen and other value lie mixed in one account, which of it leaves first is a rule, not an observation. Each line below is the same record read under another rule. Every line adds up exactly: ',
      strong(`${context.words.stolen} = held + last seen + terminals + fees`),
      ', to the base unit.',
    ),
  ];
  for (const { tag } of shown?.tags ?? []) blocks.push(reconciliationTable(context, tag));
  if (poison) {
    blocks.push(
      notice(
        'poison/1 was also traced. It marks accounts and has no amounts that add up, so it is not in these tables.',
      ),
    );
  }
  if (valued.length < 2) {
    blocks.push(
      paragraph(
        'Only one rule with amounts was traced, so nothing can be said about how far the figures depend on it.',
      ),
    );
  } else {
    blocks.push(
      { kind: 'heading', text: 'How far each figure depends on the rule' },
      paragraph(
        `Least and most over ${valued.map(({ policy }) => policy).join(', ')}, all else fixed: the same record, limits, labels and crossings. Figures that do not move are stated as such; of those that move, the ${MOST} that move most are shown for each tag.`,
      ),
    );
    for (const { tag } of shown?.tags ?? []) blocks.push(rangeTable(context, tag));
  }
  return {
    id: 'sensitivity',
    title: 'Exact reconciliation, and how far the figures depend on the rule',
    landscape: true,
    blocks,
  };
}

function reconciliationTable({ valued, names, words, shown }: ReportContext, tag: string): Block {
  const rows = valued.flatMap((run) => {
    const found = run.tags.find((one) => one.tag === tag);
    const sums = found === undefined ? null : reconcile(found);
    if (found === undefined || sums === null) return [];
    const number = (amount: bigint) => cell(names.number(amount, found.asset));
    const first = run === shown ? cell(strong(run.policy)) : cell(run.policy);
    return [
      [
        first,
        number(sums.stolen),
        number(sums.held),
        number(sums.lastSeen),
        number(sums.terminals),
        number(sums.fees),
        number(sums.difference),
      ],
    ];
  });
  const right = (title: string) => column(title, 'right', 0);
  return table(
    `${names.tag(tag)}: exact reconciliation by rule`,
    [
      column('rule', 'left', 0),
      right(words.stolen),
      right('held'),
      right('last seen'),
      right('terminals'),
      right('fees'),
      right('difference'),
    ],
    rows,
    { small: true },
  );
}

type Range = {
  readonly name: string;
  readonly figure: Figure;
  readonly values: readonly { policy: string; origin: bigint }[];
};
type Figure = {
  readonly account: ReturnType<typeof placesOf>[number]['account'];
  readonly asset: TagResult['asset'];
  readonly status: string;
} | null;

function rangeTable(context: ReportContext, tag: string): Block {
  const { names, valued } = context;
  const tags = valued.flatMap((run) => run.tags.filter((one) => one.tag === tag).map((found) => ({ run, found })));
  const asset = tags[0]?.found.asset;
  if (asset === undefined) return paragraph(`${names.tag(tag)}: not traced.`);
  const ranges = rangesOf(tags);
  const totals = ranges.filter(({ figure }) => figure === null);
  const places = ranges.filter(({ figure, values }) => figure !== null && spread(values) > 0n);
  places.sort((a, b) => compareDescending(spread(a.values), spread(b.values)) || (a.name < b.name ? -1 : 1));
  const steady = ranges.filter(({ figure, values }) => figure !== null && spread(values) === 0n).length;
  const rows = [...totals, ...places.slice(0, MOST)].map(({ name, figure, values }) => {
    const least = values.reduce((a, b) => (b.origin < a.origin ? b : a));
    const most = values.reduce((a, b) => (b.origin > a.origin ? b : a));
    const by = (end: typeof least): string =>
      least.origin === most.origin
        ? 'every rule'
        : values
            .filter(({ origin }) => origin === end.origin)
            .map(({ policy }) => policy)
            .join(', ');
    const title =
      figure === null
        ? cell(strong(name))
        : [
            ...names.account(figure.account),
            [
              span(
                `${figure.status === 'last-seen' ? 'last seen' : figure.status}, as ${names.asset(figure.asset)}${mark(context, figure.account, figure.asset)}`,
              ),
            ],
          ];
    return [
      title,
      lines(names.number(least.origin, asset), by(least)),
      lines(names.number(most.origin, asset), by(most)),
      cell(names.number(most.origin - least.origin, asset)),
    ];
  });
  return table(
    `${names.tag(tag)}: least and most over the rules, in ${names.asset(asset)}; ${count(steady, 'figure')} of single accounts the same under every rule; ${places.length === 0 ? 'none moves' : `${Math.min(MOST, places.length)} of ${places.length} that move are shown`}`,
    [
      column('figure', 'left', 0),
      column('least', 'right', 0),
      column('most', 'right', 0),
      column('moves by', 'right', 0),
    ],
    rows,
    { small: true },
  );
}

function rangesOf(tags: readonly { run: Run; found: TagResult }[]): Range[] {
  const figures = new Map<string, { name: string; figure: Figure; values: Map<string, bigint> }>();
  for (const { run, found } of tags) {
    const set = (name: string, figure: Figure, origin: bigint): void => {
      const range = figures.get(name) ?? { name, figure, values: new Map<string, bigint>() };
      range.values.set(run.policy, (range.values.get(run.policy) ?? 0n) + origin);
      figures.set(name, range);
    };
    set('all held', null, found.held ?? 0n);
    set('all last seen', null, found.lastSeen ?? 0n);
    for (const { reason, origin } of found.terminals) set(`all ${reason}`, null, origin ?? 0n);
    set('all network fees', null, found.fees ?? 0n);
    for (const { account, asset, status, origin } of placesOf(found)) {
      set(`${account} ${asset} ${status}`, { account, asset, status }, origin ?? 0n);
    }
  }
  return [...figures.values()].map(({ name, figure, values }) => ({
    name,
    figure,
    values: tags.map(({ run }) => ({ policy: run.policy, origin: values.get(run.policy) ?? 0n })),
  }));
}

function spread(values: Range['values']): bigint {
  const origins = values.map(({ origin }) => origin);
  return largest(origins) - smallest(origins);
}

/** Least and most of one figure over the rules, for an address the sum over its outputs; null: one rule only. */
export function rangeOf(
  { valued, names }: ReportContext,
  tag: string,
  key: NonNullable<Figure>,
): { least: bigint; most: bigint } | null {
  if (valued.length < 2) return null;
  const origins = valued.map((run) => {
    const found = run.tags.find((one) => one.tag === tag);
    const own =
      found === undefined
        ? []
        : placesOf(found).filter(
            ({ account, asset, status }) =>
              (names.address(account) ?? account) === key.account && asset === key.asset && status === key.status,
          );
    return own.reduce((sum, { origin }) => sum + (origin ?? 0n), 0n);
  });
  return { least: smallest(origins), most: largest(origins) };
}
