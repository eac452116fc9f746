import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';
import { beforeAll, expect, test } from 'vitest';
import { createMemoryLedger } from '../ledger/stores/memory.ts';
import { REQUEST, sampleTrace } from './bundle/sample-trace.ts';
import { digestTrace, writeDigestText } from './digest.ts';
import { toJson } from './json.ts';
import type { TraceResult } from './result.ts';

let result: TraceResult;

beforeAll(async () => {
  result = await sampleTrace(createMemoryLedger);
});

function digestText(of: TraceResult): string {
  const pieces: string[] = [];
  writeDigestText(of, (text) => pieces.push(text));
  return pieces.join('');
}

test('what is hashed is the RFC 8785 canonical JSON of the documented object', () => {
  const { parameters, coverage, crossings, labels, runs, adverseOrders, warnings } = toJson(result);
  const byText = <T>(items: T[]): T[] =>
    [...items].sort((a, b) => ((canonicalize(a) ?? '') < (canonicalize(b) ?? '') ? -1 : 1));
  const transfers = result.consumed.map((t) => [
    t.chain,
    t.blockNumber,
    t.txIndex,
    t.position,
    t.blockTime,
    t.tx,
    t.from,
    t.to,
    t.asset,
    t.amount.toString(),
    t.kind,
    t.assigned,
    t.rounded,
  ]);
  const sorted = { ...parameters, seeds: byText(parameters.seeds), crossings: byText(parameters.crossings) };
  const documented = canonicalize({
    parameters: sorted,
    coverage,
    crossings,
    labels,
    result: { runs, adverseOrders, warnings },
    transfers,
  });
  expect(digestText(result)).toBe(documented);
  expect(result.digest).toBe(bytesToHex(sha256(utf8ToBytes(documented ?? ''))));
});

test('the order in which seeds, policies and crossings are asked for does not matter', async () => {
  const turned = await sampleTrace(createMemoryLedger, undefined, {
    ...REQUEST,
    seeds: [...REQUEST.seeds].reverse(),
    policies: [...REQUEST.policies].reverse(),
  });
  expect(turned.runs[0]?.policy).toBe('poison/1');
  expect(turned.digest).toBe(result.digest);
});

test('every input it covers changes it', () => {
  const [first, ...rest] = result.consumed;
  const [label] = result.labels;
  if (first === undefined || label === undefined) throw new Error('the sample has transfers and a label');
  const changed: TraceResult[] = [
    { ...result, consumed: [{ ...first, amount: first.amount + 1n }, ...rest] },
    { ...result, consumed: [{ ...first, rounded: true }, ...rest] },
    { ...result, consumed: rest },
    { ...result, coverage: [] },
    { ...result, crossings: [] },
    { ...result, labels: [{ ...label, source: 'another list' }] },
    { ...result, parameters: { ...result.parameters, instructed: null } },
    { ...result, runs: result.runs.slice(1) },
    { ...result, warnings: [{ code: 'x', message: 'y', accounts: [] }] },
  ];
  const digests = changed.map(digestTrace);
  expect(new Set([result.digest, ...digests]).size).toBe(changed.length + 1);
});

test('the version of the engine does not change it', () => {
  expect(digestTrace({ ...result, engine: 'cairn/9.9.9' })).toBe(result.digest);
});

test('text that is not valid Unicode has no canonical form and is refused', () => {
  const parameters = { ...REQUEST, instructed: { policy: 'fifo/1', because: 'half a pair: \ud800' } } as const;
  expect(() => digestTrace({ ...result, parameters })).toThrow('not valid Unicode');
});
