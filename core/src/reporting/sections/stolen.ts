import type { Seed } from '../../tracing/index.ts';
import type { ReportContext } from '../context.ts';
import type { Cell, Section } from '../model.ts';
import { timeText } from '../names.ts';
import { cell, code, column, lines, paragraph, span, table } from '../text.ts';

/** Section 1: the seeds, and what each tag amounts to. */
export function stolenSection(context: ReportContext): Section {
  const { result, words, names, forward, bundle } = context;
  const summary = bundle.case?.summary ?? null;
  const tags = context.shown?.tags ?? result.runs[0]?.tags ?? [];
  return {
    id: 'stolen',
    title: words.stolenHeading,
    landscape: false,
    blocks: [
      ...(summary === null ? [] : [paragraph(summary)]),
      paragraph(
        forward
          ? 'The declaration below is what the trace starts from. Cairn does not establish that it was a theft; it follows what it is told was stolen. Each kind of value carries its own tag and is never added to another.'
          : 'The declaration below is what the trace starts from: value whose origin is asked about. Each kind of value carries its own tag and is never added to another.',
      ),
      table(
        'Declared seeds',
        [column('value', 'left', 0), column('declared as', 'left', 1)],
        result.parameters.seeds.map((seed) => [cell(names.tag(seed.tag)), seedCell(context, seed)]),
      ),
      table(
        `Amounts ${words.stolen}, exact`,
        [column('tag', 'left', 1), column('amount', 'right', 0)],
        tags.map(({ tag, asset, stolen }) => [
          lines(span(names.tag(tag), 'strong'), code(tag)),
          cell(stolen === null ? 'no amounts under this rule' : names.amount(stolen, asset)),
        ]),
      ),
    ],
  };
}

function seedCell({ result, names }: ReportContext, seed: Seed): Cell {
  if (seed.kind === 'account') {
    const at = seed.at === null ? 'the start of the record' : timeText(seed.at);
    return [
      [span('everything of '), span(names.asset(seed.asset)), span(` held at ${at}, and received from then on, by`)],
      names.inline(seed.account),
    ];
  }
  const { tx, position } = seed.transfer;
  const transfer = result.consumed.find((t) => t.tx === tx && t.position === position);
  const name = code(`${tx}:${position}`);
  if (transfer === undefined) return lines('transfer', name);
  const part = seed.amount === null ? '' : `the first ${names.amount(seed.amount, transfer.asset)} of `;
  return [
    [span(`${part}a transfer of ${names.amount(transfer.amount, transfer.asset)}, ${timeText(transfer.blockTime)}`)],
    [name],
    [span('from '), ...names.inline(transfer.from)],
    [span('to '), ...names.inline(transfer.to)],
  ];
}
