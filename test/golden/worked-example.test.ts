import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTransfersFile } from '../../core/src/ledger/sources/index.ts';
import { createMemoryLedger } from '../../core/src/ledger/stores/memory.ts';
import { NO_LIMITS, parseCase, parseCrossings, trace } from '../../core/src/tracing/index.ts';
import { formatDecimal } from '../../core/src/units/index.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'data', 'cases', 'bybit-2025');
const read = (...path: string[]): string => readFileSync(join(...path), 'utf8');

test('the figure re-derived by hand in docs/methods/worked-example.md is the one the engine states', async () => {
  const theCase = parseCase(JSON.parse(read(folder, 'case.json')));
  if (theCase.kind !== 'ledger') throw new Error('bybit-2025 is a ledger case');
  const { transfers } = await readTransfersFile(join(folder, 'transfers.csv'));
  const result = await trace(createMemoryLedger(transfers), {
    direction: 'forward',
    seeds: theCase.seeds,
    policies: ['fifo/1'],
    instructed: null,
    rules: [],
    limits: NO_LIMITS,
    crossings: parseCrossings(JSON.parse(read(folder, 'crossings.json'))),
  });
  const carried = result.runs[0]?.tags.flatMap((tag) =>
    tag.edges
      .filter((edge) => edge.to.endsWith('0xf302572594a68aa8f951fae64ed3ae7da41c72be'))
      .map((edge) => [tag.asset.slice(-8), formatDecimal(edge.amount ?? 0n, 18), formatDecimal(edge.origin ?? 0n, 18)]),
  );
  expect(carried).toEqual([
    ['12d7fe84', '9999', '10020.098482564566375238'],
    ['lip44:60', '1', '1'],
  ]);
  expect(read(root, 'docs', 'methods', 'worked-example.md')).toContain('10,020.098482564566375238');
});
