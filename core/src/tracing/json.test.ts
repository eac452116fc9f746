import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createMemoryLedger } from '../ledger/stores/memory.ts';
import { sampleTrace } from './bundle/sample-trace.ts';
import { fromJson, toJson } from './json.ts';
import type { TraceResult } from './result.ts';
import { traceSchema } from './trace-schema.ts';

const SCHEMA_FILE = new URL('../../../docs/reference/trace.schema.json', import.meta.url);
const checkedIn: unknown = JSON.parse(readFileSync(SCHEMA_FILE, 'utf8'));

let result: TraceResult;

beforeAll(async () => {
  result = await sampleTrace(createMemoryLedger);
});

test('the checked-in JSON Schema is the one the code gives', () => {
  // Made with io: input, because readers must accept keys they do not know.
  expect(checkedIn).toEqual(JSON.parse(JSON.stringify(z.toJSONSchema(traceSchema, { io: 'input' }))));
});

test('a trace validates against the checked-in schema, further keys included', () => {
  const validate = new Ajv2020({ strict: true }).compile(checkedIn as object);
  const json = JSON.parse(JSON.stringify(toJson(result))) as object;
  expect(validate(json), JSON.stringify(validate.errors)).toBe(true);
  expect(validate({ ...json, somethingNew: 1 })).toBe(true);
});

test('the schema refuses an amount that is a number, a missing key and an account that is not one', () => {
  const validate = new Ajv2020({ strict: true }).compile(checkedIn as object);
  const json = JSON.stringify(toJson(result));
  expect(validate(JSON.parse(json.replace('"stolen":"1000000"', '"stolen":1000000')))).toBe(false);
  expect(validate(JSON.parse(json.replace('"digest":', '"digset":')))).toBe(false);
  expect(validate(JSON.parse(json.replace('"account":"eip155:1:0x', '"account":"0x')))).toBe(false);
});

test('JSON and back is the same result', () => {
  expect(fromJson(JSON.parse(JSON.stringify(toJson(result))), result.consumed)).toEqual(result);
});

test('poison leaves amounts null and fills touched', () => {
  const poison = toJson(result).runs.find(({ policy }) => policy === 'poison/1');
  expect(poison?.tags.map(({ stolen, held, lastSeen, fees }) => [stolen, held, lastSeen, fees])).toEqual([
    [null, null, null, null],
    [null, null, null, null],
  ]);
  expect(poison?.touched.length).toBeGreaterThan(0);
});

test('says which place does not follow the contract', () => {
  const json = { ...toJson(result), digest: 'none' };
  expect(() => fromJson(json, [])).toThrow('trace JSON: digest: ');
});
