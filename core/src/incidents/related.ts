import { ANY_EVM, compareText, readAddress } from '../units/index.ts';
import { CHAINS } from './check-incident.ts';
import { nearness } from './impact/days.ts';
import type { Incident } from './incident.ts';
import { findIncident, type Registry } from './registry.ts';
import type { AccountRole } from './vocabulary.ts';

/** Stands wherever computed relations are shown. */
export const COMPUTED_LABEL =
  'computed by Cairn from what the records hold, not reported by a source: a likeness, not a finding. A laundering or unlabelled ' +
  'account may belong to a service that many use; few records name techniques, and compilers mapped them; an actor is the cluster that ' +
  'compilers prefer, and a name for several or for a workforce is none. An EVM address is taken as one account on every EVM chain, which holds for keys and not always for contracts.';

/** A relation that a source reports, or that follows from a figure given for several incidents together. */
export type ReportedRelation = { readonly slug: string; readonly how: string; readonly by: string | null };

/** An account that both records name. */
export type SharedAccount<Kind extends string> = {
  readonly kind: Kind;
  /** Canonical address; `family`: the chain, or `eip155:*` for all EVM chains. */
  readonly account: string;
  readonly family: string;
  /** In this incident, and in the other. */
  readonly roles: { readonly here: readonly AccountRole[]; readonly there: readonly AccountRole[] };
};

/** What two incidents have in common. `victim-or-contract`: in one of the two it is a victim's or a contract, and links no thieves. */
export type Shared =
  | SharedAccount<'account'>
  | SharedAccount<'victim-or-contract'>
  | { readonly kind: 'transaction'; readonly chain: string; readonly hash: string }
  | { readonly kind: 'actor'; readonly actor: string }
  | { readonly kind: 'technique'; readonly ids: readonly string[] };

/** Kinds of likeness, strongest first. What is alike in several ways stands at the strongest. */
export const LINK_STRENGTHS = [
  'accounts',
  'transactions',
  'actor-and-techniques',
  'actor',
  'techniques',
  'victim-or-contract',
] as const;
export type LinkStrength = (typeof LINK_STRENGTHS)[number];

export type ComputedRelation = {
  readonly slug: string;
  readonly strength: LinkStrength;
  readonly shares: readonly Shared[];
};

/** Relations of one incident: what is reported and what is computed are never in one list. */
export type RelatedIncidents = {
  readonly slug: string;
  /** By slug; one a relation, from either side's record. */
  readonly reported: readonly ReportedRelation[];
  readonly computed: {
    readonly label: string;
    /** Strongest first, then by nearness in time. */
    readonly relations: readonly ComputedRelation[];
    /** How many incidents there are of each strength, and how many of them `relations` has. */
    readonly counts: readonly { readonly strength: LinkStrength; readonly incidents: number; readonly shown: number }[];
  };
};

/** Of weak likenesses only the nearest in time are listed: one actor alone has 142 incidents on record. */
export const WEAK_SHOWN = 5;
const WEAK: ReadonlySet<LinkStrength> = new Set(['actor-and-techniques', 'actor', 'techniques']);
/** Mapped techniques are few and common: one alone is no likeness worth a line beside the actor's. */
const TECHNIQUES_BESIDE_ACTOR = 2;

/**
 * Which other incidents is one related to, as reported and as computed?
 * @throws {CairnError} `not-found`: no such incident.
 */
export function relatedTo(registry: Pick<Registry, 'incidents' | 'actors'>, slug: string): RelatedIncidents {
  const incident = findIncident(registry, slug);
  const noCluster = new Set(registry.actors.filter(({ kind }) => kind !== 'cluster').map(({ id }) => id));
  const here = indexOf(incident, noCluster);
  const relations = registry.incidents
    .filter((other) => other.slug !== slug)
    .flatMap((other): (ComputedRelation & { readonly away: number })[] => {
      const shares = sharedBy(here, indexOf(other, noCluster));
      const strength = strengthOf(shares);
      return strength === null
        ? []
        : [{ slug: other.slug, strength, shares, away: nearness(incident.date.value, other.date.value) }];
    });
  relations.sort(
    (a, b) =>
      LINK_STRENGTHS.indexOf(a.strength) - LINK_STRENGTHS.indexOf(b.strength) ||
      a.away - b.away ||
      compareText(a.slug, b.slug),
  );
  const byStrength = LINK_STRENGTHS.map((strength) => {
    const all = relations.filter((relation) => relation.strength === strength);
    return { strength, all, shown: WEAK.has(strength) ? all.slice(0, WEAK_SHOWN) : all };
  });
  return {
    slug,
    reported: reportedRelations(registry.incidents).get(slug) ?? [],
    computed: {
      label: COMPUTED_LABEL,
      relations: byStrength.flatMap(({ shown }) => shown.map(({ away: _, ...relation }) => relation)),
      counts: byStrength.map(({ strength, all, shown }) => ({ strength, incidents: all.length, shown: shown.length })),
    },
  };
}

/** Every relation that the record reports, under the slug of each of the two incidents; by slug, one a relation. */
export function reportedRelations(incidents: readonly Incident[]): ReadonlyMap<string, readonly ReportedRelation[]> {
  const found = new Map<string, Map<string, ReportedRelation>>();
  const add = (slug: string, relation: ReportedRelation): void => {
    const relations = found.get(slug) ?? new Map<string, ReportedRelation>();
    relations.set(JSON.stringify([relation.slug, relation.how, relation.by]), relation);
    found.set(slug, relations);
  };
  for (const incident of incidents) {
    for (const relation of statedIn(incident)) {
      add(incident.slug, relation);
      add(relation.slug, { ...relation, slug: incident.slug });
    }
  }
  const ordered = (relations: ReadonlyMap<string, ReportedRelation>): readonly ReportedRelation[] =>
    [...relations.values()].sort((a, b) => compareText(a.slug, b.slug));
  return new Map([...found].map(([slug, relations]) => [slug, ordered(relations)]));
}

function statedIn({ related, amounts, outcomes }: Incident): readonly ReportedRelation[] {
  return [
    ...related.map(({ slug, how, by = null }) => ({ slug, how, by })),
    ...amounts.flatMap(({ with: others = [], by }) =>
      others.map((slug) => ({ slug, how: 'one figure is given for them together', by })),
    ),
    ...outcomes.flatMap(({ with: others = [], kind, by = null }) =>
      others.map((slug) => ({ slug, how: `one outcome is recorded for them together: ${kind}`, by })),
    ),
  ];
}

type NamedAccount = { readonly account: string; readonly family: string; readonly roles: readonly AccountRole[] };
type Index = {
  readonly accounts: ReadonlyMap<string, NamedAccount>;
  readonly transactions: ReadonlyMap<string, { readonly chain: string; readonly hash: string }>;
  readonly actor: string | null;
  readonly techniques: readonly string[];
};

function indexOf({ accounts, transactions, actor, techniques }: Incident, noCluster: ReadonlySet<string>): Index {
  const byAccount = new Map<string, NamedAccount>();
  for (const { chain, address, role } of accounts) {
    const account = readAddress(address).canonical;
    const family = CHAINS[chain] === ANY_EVM ? ANY_EVM : chain;
    const key = `${family} ${account}`;
    const roles = new Set([...(byAccount.get(key)?.roles ?? []), role]);
    byAccount.set(key, { account, family, roles: [...roles].sort(compareText) });
  }
  return {
    accounts: byAccount,
    transactions: new Map(
      transactions.map(({ chain, hash }) => {
        // Solana's signatures are base58, where letter case counts.
        const canonical = chain === 'Solana' ? hash : hash.toLowerCase();
        return [`${chain} ${canonical}`, { chain, hash: canonical }];
      }),
    ),
    actor: actor.value === null || noCluster.has(actor.value) ? null : actor.value,
    techniques: techniques.value?.ids ?? [],
  };
}

function sharedBy(here: Index, there: Index): readonly Shared[] {
  const accounts = [...here.accounts].flatMap(([key, { account, family, roles }]): Shared[] => {
    const other = there.accounts.get(key);
    if (other === undefined) return [];
    const shared = { account, family, roles: { here: roles, there: other.roles } };
    const mayLink = mayBeThieves(roles) && mayBeThieves(other.roles);
    return [mayLink ? { kind: 'account', ...shared } : { kind: 'victim-or-contract', ...shared }];
  });
  const transactions = [...here.transactions].flatMap(([key, transaction]): Shared[] =>
    there.transactions.has(key) ? [{ kind: 'transaction', ...transaction }] : [],
  );
  const ids = here.techniques.filter((id) => there.techniques.includes(id));
  return [
    ...accounts,
    ...transactions,
    ...(here.actor !== null && here.actor === there.actor ? [{ kind: 'actor', actor: here.actor } as const] : []),
    ...(ids.length > 0 ? [{ kind: 'technique', ids } as const] : []),
  ];
}

function mayBeThieves(roles: readonly AccountRole[]): boolean {
  return !roles.some((role) => role === 'victim' || role === 'contract');
}

function strengthOf(shares: readonly Shared[]): LinkStrength | null {
  const has = (kind: Shared['kind']): boolean => shares.some((share) => share.kind === kind);
  if (has('account')) return 'accounts';
  if (has('transaction')) return 'transactions';
  if (has('actor')) {
    const common = shares.some((share) => share.kind === 'technique' && share.ids.length >= TECHNIQUES_BESIDE_ACTOR);
    return common ? 'actor-and-techniques' : 'actor';
  }
  if (has('technique')) return 'techniques';
  return has('victim-or-contract') ? 'victim-or-contract' : null;
}
