import * as fc from 'fast-check';
import { AMOUNT_RULES, type AmountRule } from '../../core/src/incidents/amounts.ts';
import type { Usd } from '../../core/src/incidents/claim.ts';
import { UNKNOWN } from '../../core/src/incidents/dimension.ts';
import { COUNTED_CHOICES, DISPUTED_CHOICES, type IncidentFilter } from '../../core/src/incidents/filter.ts';
import { madeUp } from '../../core/src/incidents/fixtures/made-up.ts';
import type { Incident } from '../../core/src/incidents/incident.ts';
import {
  ACCESS_CATEGORIES,
  AMOUNT_SCOPES,
  ATTRIBUTION_GRADES,
  STANCES,
  VICTIM_TYPES,
} from '../../core/src/incidents/vocabulary.ts';

const UNSAID = { value: null, because: 'made up' } as const;
const COUNTRIES = ['KR', 'JP', 'VN'] as const;
const CHAINS = ['Ethereum', 'Bitcoin', 'Ronin'] as const;
const ASSETS = ['ETH', 'BTC', 'USDC'] as const;
const TECHNIQUES = ['T1566', 'T1566.003', 'T1078', 'T1657'] as const;
const ACTORS = ['tradertraitor', 'applejeus'] as const;
const EDITIONS = ['un-2024-215-annex95-rows', 'tayvano-2026'] as const;
const KINDS = ['organisation', 'undisclosed', 'private-person'] as const;
const DATES = ['2017', '2017-12', '2018-01-01', '2018-03-31', '2018-04', '2020', '2020-02-29', '2022-03-23'] as const;

const oneOf = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const someOf = <T>(values: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...values], { minLength: 1 });
/** A field of the record: half of the time nothing is known. */
const anyFact = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof(
    fc.constant(UNSAID),
    value.map((known) => ({ value: known, sources: 'incident' as const })),
  );

/** Amounts that tie, lie exactly a tenth apart, or far. */
const anyUsd = fc.oneof(oneOf(['0', '90', '100', '111.11', '620000000', '1159834.52']), fc.nat(1000).map(String));

const anyAmounts: fc.Arbitrary<Incident['amounts']> = fc
  .uniqueArray(oneOf(['un', 'msmt', 'tayvano', 'victim', 'doj']), { maxLength: 5 })
  .chain((ids) =>
    fc.tuple(
      ...ids.map((id) =>
        fc.record({
          id: fc.constant(id),
          by: fc.constant(id),
          usd: fc.option(anyUsd, { freq: 5 }),
          asPrinted: fc.constant('made up'),
          scope: fc.oneof({ weight: 4, arbitrary: fc.constant('whole' as const) }, oneOf(AMOUNT_SCOPES)),
          sources: fc.constant('incident' as const),
        }),
      ),
    ),
  )
  .map((claims) => claims.map((claim) => (claim.scope === 'joint' ? { ...claim, with: ['other'] } : claim)));

function victimOf(kind: (typeof KINDS)[number], type: Incident['victim']['type'], country: unknown): unknown {
  if (kind === 'private-person') return { kind, type: 'individual', country };
  if (kind === 'undisclosed') return { kind, described: 'an exchange', type, country };
  return { kind, name: 'Made-up firm', type, namedBecause: 'made up', country };
}

/** The record prefers an amount of the whole loss in dollars, or none. */
function preferredOf(amounts: Incident['amounts'], at: number): Incident['preferredAmount'] {
  const fit = amounts.filter(({ scope, usd }) => scope === 'whole' && usd !== null);
  const id = fit[at % Math.max(fit.length, 1)]?.id;
  return id === undefined ? { id: null, because: 'no amount is known' } : { id, because: 'made up' };
}

const anyParts = fc.record({
  on: oneOf(DATES),
  kind: oneOf(KINDS),
  type: oneOf(VICTIM_TYPES),
  country: anyFact(oneOf(COUNTRIES)),
  amounts: anyAmounts,
  preferred: fc.nat(),
  inTotals: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
  chains: anyFact(fc.record({ names: someOf(CHAINS), more: fc.boolean() })),
  assets: anyFact(someOf(ASSETS).map((symbols) => symbols.map((symbol) => ({ symbol, amount: null })))),
  access: anyFact(
    fc.record({ category: fc.option(oneOf(ACCESS_CATEGORIES)), status: fc.constant('reported' as const) }),
  ),
  techniques: anyFact(someOf(TECHNIQUES).map((ids) => ({ ids, basis: 'made up' }))),
  actor: anyFact(oneOf(ACTORS)),
  grade: oneOf(ATTRIBUTION_GRADES),
  stances: someOf(STANCES),
  editions: fc.subarray([...EDITIONS]),
});

/** Incidents that never happened, in the form the record has: alike enough to meet in groups. */
export const anyIncidents: fc.Arbitrary<readonly Incident[]> = fc.array(anyParts, { maxLength: 12 }).map((all) =>
  all.map((parts, i) =>
    madeUp({
      slug: `theft-${i}`,
      on: parts.on,
      victim: victimOf(parts.kind, parts.type, parts.country) as Incident['victim'],
      amounts: parts.amounts,
      preferredAmount: preferredOf(parts.amounts, parts.preferred),
      counted: parts.inTotals ? { inTotals: true } : { inTotals: false, because: 'made up' },
      chains: parts.chains,
      assets: parts.assets,
      initialAccess: parts.access,
      techniques: parts.techniques,
      actor: parts.actor,
      attribution: {
        grade: parts.grade,
        claims: parts.stances.map((stance) => ({ by: 'somebody', stance, on: null, sources: 'incident' as const })),
      },
      listedIn: parts.editions.map((edition) => ({ edition, row: '1', printedDate: null })),
    }),
  ),
);

export const anyRule: fc.Arbitrary<AmountRule> = oneOf(AMOUNT_RULES);

const anyLeast: fc.Arbitrary<Usd> = fc.bigInt(0n, 100_000n);

/** Some fields of a filter, each of them set or not. */
export const anyFilter: fc.Arbitrary<IncidentFilter> = fc.record(
  {
    years: someOf(['2017', '2018', '2020', '2022']),
    quarters: someOf(['2018-Q1', '2018-Q2', '2022-Q1', UNKNOWN]),
    from: oneOf(DATES),
    to: oneOf(DATES),
    victimTypes: someOf(VICTIM_TYPES),
    victimKinds: someOf(KINDS),
    countries: someOf([...COUNTRIES, UNKNOWN]),
    chains: someOf([...CHAINS, 'ethereum', UNKNOWN]),
    assets: someOf([...ASSETS, UNKNOWN]),
    access: someOf([...ACCESS_CATEGORIES, UNKNOWN] as const),
    techniques: someOf([...TECHNIQUES, UNKNOWN]),
    actors: someOf([...ACTORS, UNKNOWN]),
    grades: someOf(ATTRIBUTION_GRADES),
    disputed: oneOf(DISPUTED_CHOICES),
    edition: someOf(EDITIONS),
    counted: oneOf(COUNTED_CHOICES),
    minUsd: anyLeast,
    amounts: anyRule,
  },
  { requiredKeys: [] },
);
