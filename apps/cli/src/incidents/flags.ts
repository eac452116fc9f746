import { CairnError } from '@cairn/core/errors';
import {
  AMOUNT_RULE_NAMES,
  AMOUNT_RULES,
  type AmountRule,
  ATTRIBUTION_GRADES,
  checkFilter,
  describeFilter,
  filterIncidents,
  type Incident,
  type IncidentFilter,
  parseUsd,
  type Registry,
} from '@cairn/core/incidents';
import { type Command, Option } from 'commander';
import { repeatable } from '../commands/command.ts';
import { openRecord, type RecordFlags } from './open-record.ts';

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
    .addOption(of('--victim <type>', 'cex, defi, bridge, payment, wallet, miner, individual, other'))
    .addOption(of('--country <code>', 'country of the victim, ISO code: KR'))
    .addOption(of('--chain <name>', 'Ethereum, Bitcoin, TRON, …'))
    .addOption(of('--asset <symbol>', 'ETH, USDT, …'))
    .addOption(of('--access <way>', 'the way in, as `stats --by access` names them'))
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

/** A question about the record, read from the flags. */
export type Query = {
  readonly registry: Registry;
  /** Those that fit, in the record's order. */
  readonly incidents: readonly Incident[];
  readonly filter: IncidentFilter;
  readonly rule: AmountRule;
  /** What the figures count, in words: rule, conditions, grades with their numbers, what is left out. */
  readonly caption: string;
};

/** @throws {CairnError} `invalid-input`: a value that can fit nothing, with what can stand there. */
export function readQuery(flags: FilterFlags): Query {
  const registry = openRecord(flags);
  const rule = flags.amounts ?? 'preferred';
  const filter = toFilter(flags, rule);
  checkFilter(filter, registry);
  const incidents = filterIncidents(registry.incidents, filter);
  const caption = [
    `Amounts: ${AMOUNT_RULE_NAMES[rule]} (--amounts ${rule}), US dollars of their day.`,
    describeFilter(filter, registry.incidents),
  ].join(' ');
  return { registry, incidents, filter, rule, caption };
}

function toFilter(flags: FilterFlags, amounts: AmountRule): IncidentFilter {
  const some = <T extends string>(
    values: readonly string[],
    as: (value: string) => string = (v) => v,
  ): readonly T[] | undefined => (values.length === 0 ? undefined : (values.map(as) as T[]));
  if (flags.disputed === true && flags.undisputed === true) throw both('--disputed', '--undisputed');
  if (flags.all === true && flags.excluded === true) throw both('--all', '--excluded');
  return {
    years: some(flags.year.flatMap(readYears)),
    quarters: some(flags.quarter, (quarter) => quarter.toUpperCase().replace('UNKNOWN', 'unknown')),
    from: flags.from,
    to: flags.to,
    victimTypes: some(flags.victim),
    countries: some(flags.country),
    chains: some(flags.chain),
    assets: some(flags.asset),
    access: some(flags.access),
    techniques: some(flags.technique),
    actors: some(flags.actor),
    grades: some(flags.grade),
    edition: some(flags.edition),
    disputed: flags.disputed === true ? 'only' : flags.undisputed === true ? 'none' : undefined,
    counted: flags.all === true ? 'all' : flags.excluded === true ? 'excluded' : undefined,
    minUsd: flags.minUsd === undefined ? undefined : parseUsd(flags.minUsd.replaceAll(',', '')),
    amounts,
  };
}

function both(one: string, other: string): CairnError {
  return new CairnError('invalid-input', `${one} and ${other} exclude each other`);
}

/** `2017..2023` → each year of it. */
function readYears(text: string): string[] {
  const range = /^(\d{4})\.\.(\d{4})$/.exec(text);
  if (range === null) return [text];
  const [first, last] = [Number(range[1]), Number(range[2])];
  if (first > last) throw new CairnError('invalid-input', `--year ${text}: the first year is later than the last`);
  return Array.from({ length: last - first + 1 }, (_, i) => String(first + i));
}

/** A sum in which nothing is known is no sum. */
export const NOT_KNOWN = 'not known';

/** Where a filter leaves nothing, the reader is told which one, and that nothing on record is not nothing that happened. */
export function showNothing(caption: string): string {
  return `No incident on record fits. That says nothing about what happened.\n\n${caption}`;
}
