import { type AddressForm, ANY_EVM, BITCOIN, readAddress, TRON } from '../units/index.ts';
import { isPartialDate } from './claim.ts';
import { type Incident, incidentSchema } from './incident.ts';
import { checkPrivatePerson } from './private-person.ts';
import { type Problem, problemsOf, refusal } from './problems.ts';
import type { Registry } from './registry.ts';

/** Chains as records name them, and what an address there looks like; a chain that is not here is refused. */
export const CHAINS: Readonly<Record<string, string>> = {
  Ethereum: ANY_EVM,
  'BNB Chain': ANY_EVM,
  Polygon: ANY_EVM,
  Arbitrum: ANY_EVM,
  Optimism: ANY_EVM,
  Base: ANY_EVM,
  Avalanche: ANY_EVM,
  Ronin: ANY_EVM,
  Harmony: ANY_EVM,
  Moonbeam: ANY_EVM,
  Mantle: ANY_EVM,
  Blast: ANY_EVM,
  'zkSync Era': ANY_EVM,
  Bitcoin: BITCOIN,
  TRON: TRON,
  'Bitcoin Cash': 'Bitcoin Cash',
  Litecoin: 'Litecoin',
  Dogecoin: 'Dogecoin',
  'XRP Ledger': 'XRP Ledger',
  Solana: 'Solana',
  Monero: 'Monero',
  Zcash: 'Zcash',
  // No form of these is known here: an address there cannot be checked and is refused.
  Algorand: '',
  Bittensor: '',
  EOS: '',
  Monacoin: '',
  NEM: '',
  Stacks: '',
  'Terra Classic': '',
  Tezos: '',
};

/** What an incident's parts are checked against. */
export type IncidentWorld = Pick<Registry, 'incidents' | 'sources' | 'aggregates' | 'actors' | 'techniques'>;

/**
 * A contributor's incident, read and checked against the rest of the record.
 * @param file - its name, for the message.
 * @throws {CairnError} `invalid-input`: every field that is wrong, and what to do about it.
 */
export function parseIncident(value: unknown, world: IncidentWorld, file: string): Incident {
  const problems = findProblems(value, world);
  if (problems.length > 0) throw refusal(file, problems);
  return value as Incident;
}

/** All that is wrong with what is meant as an incident; empty: nothing. */
export function findProblems(value: unknown, world: IncidentWorld): readonly Problem[] {
  const named = nameOfPrivatePerson(value);
  const problems = problemsOf(incidentSchema, value).filter(({ field }) => !named.some((one) => one.field === field));
  if (named.length + problems.length > 0) return [...named, ...problems];
  return checkIncident(value as Incident, world);
}

/** The most harmful mistake gets words of its own. */
function nameOfPrivatePerson(value: unknown): Problem[] {
  const victim = (value as { victim?: { kind?: unknown } } | null)?.victim;
  if (victim?.kind !== 'private-person') return [];
  return ['name', 'described', 'namedBecause', 'handle', 'alias']
    .filter((field) => Object.hasOwn(victim, field))
    .map((field) => ({ field: `victim.${field}`, message: 'a private person is never named or described: remove it' }));
}

/** What the schema cannot see: whether ids, addresses and figures fit together. */
export function checkIncident(incident: Incident, world: IncidentWorld): readonly Problem[] {
  const known = new Set(world.incidents.map(({ slug }) => slug));
  const chains = new Set(Object.keys(CHAINS));
  const clusterNames = new Set(world.actors.flatMap(({ usedNames }) => usedNames));
  return [
    ...checkSources(incident, world),
    ...checkAmounts(incident, known),
    ...checkChains(incident),
    ...checkAccounts(incident),
    ...checkNamed(incident, world, known),
    ...checkPrivatePerson(incident, world.sources, chains, clusterNames),
  ];
}

function checkSources(incident: Incident, { sources }: IncidentWorld): Problem[] {
  const own = new Set(incident.sources.map(({ id }) => id));
  const unread = new Set(
    incident.sources.filter(({ read }) => read === 'summary' || read === 'not-read').map(({ id }) => id),
  );
  const missing = incident.sources.flatMap(({ id }, i): Problem[] =>
    sources.sources.has(id)
      ? []
      : [{ field: `sources[${i}].id`, message: `no source ${id} in sources.json: add it there first` }],
  );
  const cited = claims(incident, '').flatMap(({ path, sources: of, grade }): Problem[] => {
    const strange = of === 'incident' ? [] : of.filter((id) => !own.has(id));
    const isUnread = of === 'incident' ? own.size === unread.size : of.every((id) => unread.has(id));
    return [
      ...strange.map((id) => ({
        field: `${path}.sources`,
        message: `${id} is not among the incident's sources: add it there`,
      })),
      ...(grade !== undefined && isUnread
        ? [
            {
              field: `${path}.grade`,
              message: 'none of its sources was read in the original or a copy: remove the grade',
            },
          ]
        : []),
    ];
  });
  return [...missing, ...cited];
}

type FoundClaim = { readonly path: string; readonly sources: readonly string[] | 'incident'; readonly grade: unknown };

/** Every claim in a record: what has sources of its own. */
function claims(value: unknown, path: string): FoundClaim[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => claims(item, `${path}[${i}]`));
  if (typeof value !== 'object' || value === null) return [];
  const record = value as Record<string, unknown>;
  const own =
    path !== '' && record['sources'] !== undefined
      ? [{ path, sources: record['sources'] as FoundClaim['sources'], grade: record['grade'] }]
      : [];
  return [
    ...own,
    ...Object.entries(record).flatMap(([key, item]) =>
      key === 'sources' ? [] : claims(item, path === '' ? key : `${path}.${key}`),
    ),
  ];
}

function checkAmounts({ slug, amounts, preferredAmount }: Incident, known: ReadonlySet<string>): Problem[] {
  const twice = amounts.flatMap(({ id }, i): Problem[] =>
    amounts.findIndex((one) => one.id === id) < i
      ? [{ field: `amounts[${i}].id`, message: `${id} stands twice: give it another id` }]
      : [],
  );
  const preferred = amounts.find(({ id }) => id === preferredAmount.id);
  const unfit: Problem[] =
    preferredAmount.id !== null && (preferred === undefined || preferred.usd === null || preferred.scope !== 'whole')
      ? [
          {
            field: 'preferredAmount.id',
            message: `no amount ${preferredAmount.id} of the whole loss in dollars: name one of "amounts"`,
          },
        ]
      : [];
  const others = amounts.flatMap(({ with: others = [] }, i): Problem[] =>
    others
      .filter((other) => other === slug || !known.has(other))
      .map((other) => ({
        field: `amounts[${i}].with`,
        message: other === slug ? 'names this incident itself' : `no incident is called ${other}`,
      })),
  );
  return [...twice, ...unfit, ...others];
}

function checkChains({ chains }: Incident): Problem[] {
  if (chains.value === null) return [];
  return chains.value.names.flatMap((name, i) =>
    Object.hasOwn(CHAINS, name) ? [] : [{ field: `chains.value.names[${i}]`, message: unknownChain(name) }],
  );
}

function unknownChain(name: string): string {
  return `no chain is called ${name} here: write one of ${Object.keys(CHAINS).join(', ')}`;
}

function checkAccounts({ accounts, transactions }: Incident): Problem[] {
  return [
    ...accounts.flatMap(({ chain, address }, i): Problem[] => {
      if (!Object.hasOwn(CHAINS, chain)) return [{ field: `accounts[${i}].chain`, message: unknownChain(chain) }];
      const wrong = whyNotAddress(readAddress(address), CHAINS[chain] as string, chain);
      return wrong === null
        ? []
        : [{ field: `accounts[${i}].address`, message: `'${address.slice(0, 100)}': ${wrong}` }];
    }),
    ...transactions.flatMap(({ chain, hash }, i): Problem[] => {
      if (!Object.hasOwn(CHAINS, chain)) return [{ field: `transactions[${i}].chain`, message: unknownChain(chain) }];
      const form =
        CHAINS[chain] === ANY_EVM
          ? /^0x[0-9a-f]{64}$/
          : chain === 'Solana'
            ? /^[1-9A-HJ-NP-Za-km-z]{86,88}$/
            : /^[0-9a-f]{64}$/;
      return form.test(hash)
        ? []
        : [
            {
              field: `transactions[${i}].hash`,
              message: `not a transaction of ${chain}: write its hash in full, in lower case`,
            },
          ];
    }),
  ];
}

/** A checksum that fails is refused here, where screening only says so: nobody waits for a record. */
function whyNotAddress(form: AddressForm, kind: string, chain: string): string | null {
  if (kind === '') return `the form of an address of ${chain} is not known here, so it cannot be checked`;
  if (!form.chains.includes(kind)) {
    return form.chains.length === 0
      ? (form.notes[0] ?? 'the form of no address known here')
      : `not an address of ${chain}`;
  }
  return form.notes.find((note) => note.includes('checksum')) ?? null;
}

function checkNamed(
  incident: Incident,
  { aggregates, actors, techniques }: IncidentWorld,
  known: ReadonlySet<string>,
): Problem[] {
  const isActor = (id: string): boolean => actors.some((actor) => actor.id === id);
  const noActor = (field: string, id: string): Problem => ({
    field,
    message: `no actor ${id} in actors.json: use one of its ids, or add it`,
  });
  const { actor, actorsBySource, techniques: used, listedIn, related, outcomes, date } = incident;
  return [
    ...(actor.value !== null && !isActor(actor.value) ? [noActor('actor.value', actor.value)] : []),
    ...actorsBySource.flatMap(({ actor: id }, i) =>
      id !== null && !isActor(id) ? [noActor(`actorsBySource[${i}].actor`, id)] : [],
    ),
    ...(used.value === null ? [] : used.value.ids).flatMap((id, i): Problem[] =>
      techniques.some((technique) => technique.id === id)
        ? []
        : [
            {
              field: `techniques.value.ids[${i}]`,
              message: `no technique ${id} in techniques.json: check the id at attack.mitre.org, or add it`,
            },
          ],
    ),
    ...listedIn.flatMap(({ edition }, i): Problem[] =>
      aggregates.some(({ id }) => id === edition)
        ? []
        : [{ field: `listedIn[${i}].edition`, message: `no edition ${edition} in aggregates.json` }],
    ),
    ...[
      ...related.map(({ slug }, i) => ({ slug, field: `related[${i}].slug` })),
      ...outcomes.flatMap(({ with: others = [] }, i) => others.map((slug) => ({ slug, field: `outcomes[${i}].with` }))),
    ].flatMap(({ slug, field }): Problem[] =>
      known.has(slug) && slug !== incident.slug ? [] : [{ field, message: `no other incident is called ${slug}` }],
    ),
    ...(isPartialDate(date.value) && date.value < '2009'
      ? [{ field: 'date.value', message: 'before the first block of any chain: check the year' }]
      : []),
  ];
}
