import { formatUsd, reconcile, showUsd } from '@cairn/core/incidents';
import { grouped } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import { openRecord } from './open-record.ts';

/** The Security Council's sentence that an inquiry starts from: "58 suspected cyberattacks, 2017 to 2023, about $3 billion". */
const SENTENCE = 'un-2024-215';

/** Re-adds the seed of the inquiry from the record's transcription of the Panel's own rows. */
export function demoRecord(): { readonly text: string; readonly value: object } {
  const registry = openRecord({});
  const result = reconcile(registry, SENTENCE);
  if (result.kind !== 'rows') return { text: '', value: {} };
  const { whole, years, differing, dateConflicts } = result;
  const rows = [...years, whole].map(({ period, held }) => [
    period,
    grouped(held.incidents),
    held.usd === null ? 'not known' : showUsd(held.usd),
  ]);
  const text = [
    `━━ The record: ${grouped(registry.incidents.length)} incidents`,
    `The UN Panel's "${grouped(whole.published.count ?? 0)} suspected cyberattacks, ${whole.period}", re-added from a copy of its own rows:`,
    table(['printed year', 'rows', 'as printed'], rows, ['rows', 'as printed']),
    `Difference: ${whole.difference.says}. Of ${grouped(result.rows.length)} rows, ${grouped(differing.length)} have another amount on record more than 10 % away, and ${grouped(dateConflicts.length)} a printed date that the record's excludes. This is a transcription, not independent confirmation.`,
    'All of it: cairn incidents reconcile un-2024-215; one incident: cairn incidents show ronin-2022; pictures: cairn incidents charts charts/',
  ];
  return {
    text: text.join('\n\n'),
    value: {
      edition: SENTENCE,
      rows: whole.held.incidents,
      usd: whole.held.usd === null ? null : formatUsd(whole.held.usd),
    },
  };
}
