import type { CoinjoinMeasure, KindMeasure, Share } from '@cairn/core/tracing';
import { grouped } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';

const MEANING = [
  'Intervals: 95 %, after Wilson. A list is another program’s judgement unless it is emulated: agreement with it is no proof.',
  'Precision holds for this mixture of samples; where CoinJoins are rarer, it is lower.',
  'A transaction found by either rule for equal outputs counts as found for both; their precision is each rule’s own.',
].join('\n');

export function showCoinjoins(measure: CoinjoinMeasure): string {
  const parts = [
    'As listed',
    kinds(measure.asListed),
    '',
    'Without samples whose label cannot be right or says too little',
    kinds(measure.setAside),
    ...Object.entries(measure.reasons).map(([reason, count]) => `  set aside: ${grouped(count)} ${reason}`),
    '',
    `Ordinary transactions recognised as anything: ${shareText(measure.falseAlarms)}`,
    '',
    sources(measure),
    '',
    MEANING,
  ];
  return parts.join('\n');
}

function kinds(rows: readonly KindMeasure[]): string {
  const cells = rows.map(({ kind, recall, precision, wronglyFrom }) => [
    kind,
    shareText(recall),
    shareText(precision),
    Object.entries(wronglyFrom)
      .map(([label, count]) => `${grouped(count)} ${label}`)
      .join(', '),
  ]);
  return table(['kind', 'recall', 'precision', 'taken for it, labelled'], cells);
}

/** Fewer than this are said by number alone beside the interval, which is then wide. */
const FEW = 30;

export function shareText(share: Share | null): string {
  if (share === null) return 'not measured';
  const { part, whole, value, low, high } = share;
  const few = whole < FEW ? ` n = ${whole}` : '';
  return `${grouped(part)} of ${grouped(whole)}, ${percent(value)} (${percent(low)}–${percent(high)})${few}`;
}

function percent(value: number): string {
  return `${(value * 100).toFixed(value > 0 && value < 0.01 ? 2 : 1)} %`;
}

function sources({ sources: rows }: CoinjoinMeasure): string {
  const cells = rows.map(({ source, label, samples, recognised }) => [
    source,
    label,
    grouped(samples),
    Object.entries(recognised)
      .map(([kind, count]) => `${grouped(count)} ${kind}`)
      .join(', '),
  ]);
  return table(['source', 'label', 'samples', 'recognised as'], cells, ['samples']);
}
