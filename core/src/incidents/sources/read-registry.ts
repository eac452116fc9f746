import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CairnError } from '../../errors.ts';
import { parseActors } from '../actor.ts';
import { parseAggregates } from '../aggregate.ts';
import { type Incident, incidentSchema } from '../incident.ts';
import { parseInstitutions } from '../institution.ts';
import { parseMeasures } from '../measure.ts';
import { parseWith } from '../problems.ts';
import { createRegistry, type Registry } from '../registry.ts';
import { parseSources } from '../source.ts';
import { parseTechniques } from '../technique.ts';

/**
 * Reads and checks a record: a folder with `incidents/<slug>.json` and the catalogues that they refer to.
 * @throws {CairnError} `not-found`: no such folder or file. `invalid-input`: names the file, the field and what to do.
 */
export function readRegistry(directory: string): Registry {
  const incidents = join(directory, 'incidents');
  const catalogue = (name: string): unknown => readJsonFile(join(directory, name));
  return createRegistry({
    incidents: listFiles(incidents).map((name) => readIncident(join(incidents, name), name)),
    sources: parseSources(catalogue('sources.json')),
    aggregates: parseAggregates(catalogue('aggregates.json')),
    institutions: parseInstitutions(catalogue('institutions.json')),
    measures: parseMeasures(catalogue('measures.json')),
    actors: parseActors(catalogue('actors.json')),
    techniques: parseTechniques(catalogue('techniques.json')),
  });
}

function readIncident(path: string, name: string): Incident {
  return parseWith(incidentSchema, readJsonFile(path), path, ({ slug }) =>
    `${slug}.json` === name ? [] : [{ field: 'slug', message: `the file of ${slug} is called ${slug}.json` }],
  );
}

function listFiles(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.json'))
      .sort();
  } catch (cause) {
    throw new CairnError('not-found', `no incidents in ${directory}`, {
      cause,
      hints: ['a record is a folder with incidents/, sources.json and the other catalogues: see data/record/README.md'],
    });
  }
}

/**
 * The JSON in a file.
 * @throws {CairnError} `not-found`; `invalid-input` with line and column where it is not JSON.
 */
export function readJsonFile(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CairnError('not-found', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CairnError('invalid-input', `${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
}
