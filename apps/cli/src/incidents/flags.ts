import {
  ACCESS_CATEGORIES,
  AMOUNT_RULES,
  type AmountRule,
  ATTRIBUTION_GRADES,
  VICTIM_TYPES,
} from '@cairn/core/incidents';
import { type Command, Option } from 'commander';
import { repeatable } from '../commands/command.ts';
import type { RecordFlags } from './open-record.ts';

/** Which incidents, and which of their amounts: the flags that every question about the record takes. */
export type FilterFlags = RecordFlags & {
  readonly amounts?: AmountRule;
  readonly year: readonly string[];
  readonly quarter: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly victim: readonly string[];
  readonly country: readonly string[];
  readonly chain: readonly string[];
  readonly asset: readonly string[];
  readonly access: readonly string[];
  readonly technique: readonly string[];
  readonly actor: readonly string[];
  readonly grade: readonly string[];
  readonly edition: readonly string[];
  readonly disputed?: true;
  readonly undisputed?: true;
  readonly minUsd?: string;
  readonly all?: true;
  readonly excluded?: true;
};

export function recordOption(): Option {
  return new Option('--record <dir>', 'another record: a folder of the form of data/record');
}

export function amountsOption(): Option {
  return new Option('--amounts <rule>', 'which of an incident’s amounts counts (docs/methods/incidents.md)').choices(
    AMOUNT_RULES,
  );
}

/** Adds the flags of `FilterFlags`. Values are alternatives, flags must all fit. */
export function filterOptions(command: Command): Command {
  const of = (flags: string, what: string): Option => repeatable(flags, what, 'all');
  return command
    .addOption(recordOption())
    .addOption(amountsOption())
    .addOption(of('--year <year>', 'a year, or years: 2022, 2017..2023'))
    .addOption(of('--quarter <quarter>', '2022-Q1'))
    .option('--from <date>', 'from this day, month or year on')
    .option('--to <date>', 'up to this day, month or year')
    .addOption(of('--victim <type>', VICTIM_TYPES.join(', ')))
    .addOption(of('--country <code>', 'country of the victim, ISO code: KR'))
    .addOption(of('--chain <name>', 'Ethereum, Bitcoin, TRON, …'))
    .addOption(of('--asset <symbol>', 'ETH, USDT, …'))
    .addOption(of('--access <way>', `the way in: ${ACCESS_CATEGORIES.join(', ')}`))
    .addOption(of('--technique <id>', 'ATT&CK id; T1566 includes T1566.003'))
    .addOption(of('--actor <id>', 'the cluster that the record prefers: tradertraitor, …'))
    .addOption(of('--grade <grade>', `attribution: ${ATTRIBUTION_GRADES.join(', ')}`))
    .addOption(of('--edition <id>', 'in a published list: un-2024-215-annex95-rows, …'))
    .option('--disputed', 'only those whose attribution somebody disputes')
    .option('--undisputed', 'only the others')
    .option('--min-usd <dollars>', 'with a known amount of at least this')
    .option('--all', 'also those that count in no total')
    .option('--excluded', 'only those that count in no total')
    .addHelpText('after', '\nWhere nothing is known, `unknown` fits: --access unknown, --country unknown.');
}
