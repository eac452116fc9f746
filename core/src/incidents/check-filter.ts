import { CairnError } from '../errors.ts';
import { countryOfCode } from '../units/index.ts';
import { AMOUNT_RULES } from './amounts.ts';
import { CHAINS } from './check-incident.ts';
import { isPartialDate } from './claim.ts';
import { UNKNOWN } from './dimension.ts';
import { COUNTED_CHOICES, DISPUTED_CHOICES, type IncidentFilter } from './filter.ts';
import type { Registry } from './registry.ts';
import { ACCESS_CATEGORIES, ATTRIBUTION_GRADES, VICTIM_TYPES } from './vocabulary.ts';

/** A field of a filter: what fits it, and what is said of what does not. */
type Rule = { readonly fits: (value: string) => boolean; readonly hint: string };

const among = (values: readonly string[]): Rule => ({
  fits: (value) => values.includes(value),
  hint: `it is one of: ${values.join(', ')}`,
});
const orUnknown = ({ fits, hint }: Rule): Rule => ({
  fits: (value) => value === UNKNOWN || fits(value),
  hint: `${hint}; or ${UNKNOWN}`,
});
const formed = (form: RegExp, hint: string): Rule => ({ fits: (value) => form.test(value), hint });

/**
 * Is a filter one that can fit something? A misspelt value would fit nothing, and nothing found would read as nothing on record.
 * @throws {CairnError} `invalid-input`: names the field and the value, and says what can stand there.
 */
export function checkFilter(filter: IncidentFilter, record: Pick<Registry, 'incidents' | 'actors'>): void {
  const rules = rulesFor(record);
  for (const [field, rule] of Object.entries(rules) as [keyof typeof rules, Rule][]) {
    const given = filter[field];
    for (const value of given === undefined ? [] : [given].flat()) {
      if (rule.fits(value)) continue;
      throw new CairnError('invalid-input', `${field}: nothing can be '${value.slice(0, 40)}'`, { hints: [rule.hint] });
    }
  }
}

type CheckedField = Exclude<keyof IncidentFilter, 'assets' | 'minUsd'>;

function rulesFor({ incidents, actors }: Pick<Registry, 'incidents' | 'actors'>): Readonly<Record<CheckedField, Rule>> {
  const date = { fits: isPartialDate, hint: 'write 2022-03-23, 2022-03 or 2022' };
  const chains = Object.keys(CHAINS);
  const editions = new Set(incidents.flatMap(({ listedIn }) => listedIn.map(({ edition }) => edition)));
  return {
    years: formed(/^\d{4}$/, 'write a year: 2022'),
    quarters: orUnknown(formed(/^\d{4}-Q[1-4]$/, 'write a quarter: 2022-Q1')),
    from: date,
    to: date,
    victimTypes: among(VICTIM_TYPES),
    victimKinds: among(['organisation', 'undisclosed', 'private-person']),
    countries: orUnknown({
      fits: (code) => code.length === 2 && countryOfCode(code) !== null,
      hint: 'write a country as ISO 3166-1 alpha-2: KR',
    }),
    chains: orUnknown({
      fits: (name) => chains.some((chain) => chain.toLowerCase() === name.toLowerCase()),
      hint: among(chains).hint,
    }),
    access: orUnknown(among(ACCESS_CATEGORIES)),
    techniques: orUnknown(formed(/^T\d{4}(\.\d{3})?$/i, 'write an ATT&CK id: T1566 or T1566.003')),
    actors: orUnknown(among(actors.map(({ id }) => id))),
    grades: among(ATTRIBUTION_GRADES),
    disputed: among(DISPUTED_CHOICES),
    edition: among([...editions].sort()),
    counted: among(COUNTED_CHOICES),
    amounts: among(AMOUNT_RULES),
  };
}
