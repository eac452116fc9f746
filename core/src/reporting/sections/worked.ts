import { isFeeSink, isTxAccount } from '../../ledger/index.ts';
import { accountChain, isUtxoChain } from '../../units/index.ts';
import type { ReportContext } from '../context.ts';
import type { Cell, Section } from '../model.ts';
import { timeText } from '../names.ts';
import { cell, code, column, lines, list, paragraph, span, spans, strong, table } from '../text.ts';
import { findWorkedExample, type Lot, type WorkedStep } from '../worked-example.ts';

/** Section 7: one figure derived by hand. */
export function workedSection(context: ReportContext): Section {
  const section = { id: 'worked', title: 'One figure, worked through by hand', landscape: true };
  const example = findWorkedExample(context.result);
  if (example === null) {
    return {
      ...section,
      blocks: [
        paragraph(
          'No account of this trace can be worked through on a page: it was not traced under fifo/1, or none of its accounts has few enough transfers, receipts traced whole, and a spend of traced value.',
        ),
      ],
    };
  }
  const { account, asset, seed, steps, moved, left } = example;
  const { names } = context;
  const passage = isTxAccount(account) && isUtxoChain(accountChain(account));
  return {
    ...section,
    blocks: [
      paragraph(
        'The account is ',
        ...names.inline(account),
        `, in ${names.asset(asset)}, under fifo/1. Anyone can repeat this with the annex of transfers and a pencil. The derivation was made apart from the engine; had the two differed, there would be no report.`,
      ),
      list([
        spans('Take every transfer of the account and asset from the annex of transfers, in order.'),
        spans(
          ...(passage
            ? [
                'This account is a transaction: what it receives are the outputs it spends, in the order it names them; what it spends are the outputs it makes, then the fee. ',
              ]
            : []),
          'A receipt is written at the end of the list of lots. It carries a tag where the annex of figures names its transaction as a traced move into the account.',
        ),
        ...(seed === null
          ? []
          : [
              spans(
                `What this account held is itself a declared seed: ${seed.at === null ? 'from the first transfer on' : `from the first transfer at or after ${timeText(seed.at)}`}, what is untagged on it, what it receives untagged and any shortfall carry the tag ${names.tag(seed.tag)}.`,
              ),
            ]),
        spans(
          'A spend takes lots from the front of the list, the oldest first. The last one it needs is split. If the list runs out, the shortfall is added first, without a tag: a gap.',
        ),
      ]),
      table(
        `Transfers of the account and the lots after each, oldest first, in base units of ${names.asset(asset)}`,
        [
          column('step', 'right', 0),
          column('time, transaction:position', 'left', 7),
          column('what happens', 'left', 5),
          column('lots that move', 'left', 4),
          column('lots afterwards, oldest first', 'left', 4),
        ],
        steps.map((step, index) => stepRow(context, step, index + 1)),
        { small: true },
      ),
      { kind: 'heading', text: 'The result' },
      list([
        ...moved.map(({ tag, to, amount, origin }) =>
          spans(
            'To ',
            ...names.inline(to),
            ` went ${amount} base units of value stolen as ${names.tag(tag)}`,
            amount === origin ? '' : ` (${origin} base units of what was stolen)`,
            `, the sum of the lots above that moved there with that tag. ${context.shown?.policy === 'fifo/1' ? 'The annex of figures' : 'The figures file (CSV), for fifo/1,'} says: `,
            strong(names.amount(origin, context.shown?.tags.find((one) => one.tag === tag)?.asset ?? asset)),
            '.',
          ),
        ),
        spans(
          'Left on the account: ',
          ...(left.length === 0 ? ['nothing'] : [left.map((lot) => lotText(context, lot)).join('; ')]),
          '.',
        ),
      ]),
    ],
  };
}

function stepRow(context: ReportContext, { transfer, kind, shortfall, lots, after }: WorkedStep, step: number): Cell[] {
  const { names } = context;
  const other = kind === 'receipt' ? transfer.from : transfer.to;
  const verb = kind === 'receipt' ? 'receives' : isFeeSink(other) ? 'pays a network fee of' : 'spends';
  return [
    cell(`${step}`),
    [[span(timeText(transfer.blockTime))], [code(`${transfer.tx}:${transfer.position}`)]],
    [
      [strong(`${verb} ${transfer.amount}`)],
      [span(`= ${names.amount(transfer.amount, transfer.asset)}`)],
      ...(isFeeSink(other) ? [] : [[span(kind === 'receipt' ? 'from ' : 'to '), ...names.inline(other)]]),
      ...(shortfall > 0n ? [[span(`a gap of ${shortfall} is filled first`)]] : []),
    ],
    lines(...lots.map((lot) => lotText(context, lot))),
    after.length === 0 ? cell('none') : lines(...after.map((lot) => lotText(context, lot))),
  ];
}

function lotText({ names }: ReportContext, { tag, amount, origin }: Lot): string {
  if (tag === null) return `${amount} untagged`;
  return `${amount} tagged ${names.tag(tag)}${origin === amount ? '' : ` (origin ${origin})`}`;
}
