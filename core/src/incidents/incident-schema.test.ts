import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { incidentSchema } from './incident.ts';
import { readRegistry } from './sources/index.ts';

const RECORD = new URL('../../../data/record/', import.meta.url).pathname;
const file = `${RECORD}incident.schema.json`;

test('the JSON Schema for editors is the one that the record is checked by; vitest -u writes it anew', async () => {
  await expect(`${JSON.stringify(z.toJSONSchema(incidentSchema), null, 2)}\n`).toMatchFileSnapshot(file);
});

test('an independent validator finds every incident in order by it, and one with a name for a private person not', () => {
  const validate = new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync(file, 'utf8')) as object);
  const { incidents } = readRegistry(RECORD);
  const wrong = incidents.filter((incident) => !validate(JSON.parse(JSON.stringify(incident))));
  expect(wrong.map(({ slug }) => slug)).toEqual([]);
  const person = incidents.find(({ victim }) => victim.kind === 'private-person');
  expect(validate({ ...person, victim: { ...person?.victim, name: 'Kim Example' } })).toBe(false);
});
