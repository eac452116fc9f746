import { CairnError } from '../errors.ts';
import { compareText } from '../units/index.ts';
import type { Actor } from './actor.ts';
import type { Aggregate } from './aggregate.ts';
import { checkIncident } from './check-incident.ts';
import type { Incident } from './incident.ts';
import type { Institution } from './institution.ts';
import type { Measure } from './measure.ts';
import { type Problem, refusal, showProblem } from './problems.ts';
import type { SourceCatalogue } from './source.ts';
import type { Technique } from './technique.ts';

/** Everything the record holds, as read from one folder; its parts refer to each other by id. */
export type Registry = {
  /** By date, then slug. */
  readonly incidents: readonly Incident[];
  readonly sources: SourceCatalogue;
  readonly aggregates: readonly Aggregate[];
  readonly institutions: readonly Institution[];
  readonly measures: readonly Measure[];
  readonly actors: readonly Actor[];
  readonly techniques: readonly Technique[];
};

/**
 * Puts the parts of a record together and checks that they fit: every id that one part names is there in the other.
 * @param fileOf - the file an incident came from, for messages.
 * @throws {CairnError} `invalid-input`: every field that does not fit, with its file.
 */
export function createRegistry(parts: Registry, fileOf = (slug: string): string => `incidents/${slug}.json`): Registry {
  const incidents = [...parts.incidents].sort(
    (a, b) => compareText(a.date.value, b.date.value) || compareText(a.slug, b.slug),
  );
  const registry = { ...parts, incidents };
  const slugs = new Set(incidents.map(({ slug }) => slug));
  const problems = [
    ...incidents.flatMap((incident) => {
      const file = fileOf(incident.slug);
      return checkIncident(incident, registry).map((problem) => ({ field: file, message: showProblem(problem) }));
    }),
    ...twice(incidents),
    ...parts.measures.flatMap((measure): Problem[] => {
      const field = `measures.json: ${measure.id}`;
      return [
        ...measure.incidents
          .filter((slug) => !slugs.has(slug))
          .map((slug) => ({ field, message: `no incident is called ${slug}` })),
        ...measure.by
          .filter((id) => !parts.institutions.some((one) => one.id === id))
          .map((id) => ({ field, message: `no institution is called ${id}` })),
      ];
    }),
  ];
  if (problems.length > 0) throw refusal('the record', problems);
  return registry;
}

/**
 * The incident of a slug.
 * @throws {CairnError} `not-found`, with slugs that begin alike.
 */
export function findIncident({ incidents }: Pick<Registry, 'incidents'>, slug: string): Incident {
  const found = incidents.find((incident) => incident.slug === slug);
  if (found !== undefined) return found;
  const [first = ''] = slug.split('-');
  const alike = first === '' ? [] : incidents.filter((one) => one.slug.includes(first)).slice(0, 5);
  throw new CairnError('not-found', `no incident is called ${slug.slice(0, 100)}`, {
    hints: [
      ...(alike.length === 0 ? [] : [`like it: ${alike.map((one) => one.slug).join(', ')}`]),
      'cairn incidents search TEXT finds by name; cairn incidents list shows all',
    ],
  });
}

function twice(incidents: readonly Incident[]): Problem[] {
  const seen = new Set<string>();
  return incidents.flatMap(({ slug }) => {
    if (seen.has(slug)) return [{ field: `incidents/${slug}.json`, message: `${slug} stands twice` }];
    seen.add(slug);
    return [];
  });
}
