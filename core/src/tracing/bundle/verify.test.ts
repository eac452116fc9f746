import { beforeAll, describe, expect, test } from 'vitest';
import { createMemoryLedger } from '../../ledger/stores/memory.ts';
import { trace } from '../trace.ts';
import { packEntry, readContainer, unpackEntry, writeContainer } from './container.ts';
import { writeLineSums } from './line-sums.ts';
import { type BundleContent, formatProblem } from './model.ts';
import { generateKey } from './note.ts';
import { readBundle } from './read.ts';
import { HOP, STRANGER, sampleTrace, TRANSFERS } from './sample-trace.ts';
import { verifyBundle } from './verify.ts';
import { assemble, writeBundle } from './write.ts';

const options = { trace, ledger: createMemoryLedger };
const KEYS = generateKey('examiner', new Uint8Array(32).fill(1));

let file: Uint8Array;
let content: BundleContent;

beforeAll(async () => {
  content = {
    result: await sampleTrace(createMemoryLedger),
    assets: [],
    case: null,
    published: [],
    notices: [],
    evidence: [],
  };
  file = writeBundle(content, null);
});

type Edit = (text: string) => string;

/** The file with one part edited. `stale`: the manifest stays; `remade`: manifest and line sums are made to fit. */
function tamper(name: string, edit: Edit, how: 'stale' | 'remade'): Uint8Array {
  const entries = readContainer(file);
  const parts = new Map(entries.map((entry) => [entry.name, unpackEntry(entry)]));
  const before = new TextDecoder().decode(parts.get(name));
  const after = edit(before);
  expect(after).not.toBe(before);
  const bytes = new TextEncoder().encode(after);
  if (how === 'stale') {
    return writeContainer(entries.map((entry) => (entry.name === name ? packEntry(name, bytes, 'deflated') : entry)));
  }
  parts.set(name, bytes);
  for (const gone of ['manifest.json', 'lines.txt']) parts.delete(gone);
  parts.set('lines.txt', writeLineSums(parts));
  const { manifest } = readBundle(file);
  return assemble(parts, { engine: manifest.engine, digest: manifest.digest, case: null }, null);
}

async function problemsOf(bytes: Uint8Array): Promise<string[]> {
  const { arithmetic } = await verifyBundle(bytes, options);
  expect(arithmetic.ok).toBe(false);
  return arithmetic.problems.map(formatProblem);
}

/** One row of the sample: the stranger's inflow of 333,333 wei. */
const INFLOW = TRANSFERS.findIndex(({ from }) => from === STRANGER) + 2;

type Case = { name: string; part: string; edit: Edit; line: RegExp; recomputed: RegExp };

const CASES: Case[] = [
  {
    name: 'a changed amount',
    part: 'transfers.csv',
    edit: (text) => text.replace(',333333,', ',333334,'),
    line: new RegExp(`^transfers\\.csv: line ${INFLOW}: is not as it was; the file now has there: .*,333334,`),
    recomputed: /^result\.json: runs\[pro-rata\/1\]\.tags\[.*\]\..*\(stated .*, found .*\)$/,
  },
  {
    name: 'a dropped row of transfers',
    part: 'transfers.csv',
    edit: (text) => text.replace(/\n[^\n]*,333333,[^\n]*/, ''),
    line: new RegExp(`^transfers\\.csv: line ${INFLOW}: 1 line that stood here is missing`),
    recomputed: /^result\.json: runs\[fifo\/1\]\.gaps\[.*\]: is missing: the transfers give it/,
  },
  {
    name: 'a dropped result row',
    part: 'result.json',
    edit: (text) => text.replace(/,\n {6}\{\n {7}"from": "eip155:1:0x3{40}",\n {7}"to": "eip155:1:0x4{40}"[^}]*\}/, ''),
    line: /^result\.json: line \d+: 8 lines that stood here are missing/,
    recomputed: /^result\.json: runs\[fifo\/1\]\.tags\[.*\]\.edges\[.* .* .*\]: is missing: the transfers give it/,
  },
  {
    name: 'a changed label',
    part: 'labels.json',
    edit: (text) => text.replace('Some Exchange', 'Another Exchange'),
    line: /^labels\.json: line 2: is not as it was; .*Another Exchange/,
    recomputed:
      /^result\.json: runs\[fifo\/1\]\.tags\[.*\]\.terminals\[label:exchange eip155:1:0x4{40} .*\]\.label: .*\(stated Some Exchange, found Another Exchange\)$/,
  },
  {
    name: 'a reordered row',
    part: 'transfers.csv',
    edit: (text) => {
      const lines = text.split('\n');
      [lines[4], lines[5]] = [lines[5] as string, lines[4] as string];
      return lines.join('\n');
    },
    line: /^transfers\.csv: line 5: stands where another line stood: lines were put in another order/,
    recomputed: /^transfers\.csv: line 6: belongs before the row above it/,
  },
  {
    name: 'a changed result',
    part: 'result.json',
    edit: (text) => text.replace('"fees": "165"', '"fees": "166"'),
    line: /^result\.json: line \d+: is not as it was; the file now has there: "fees": "166"/,
    recomputed: /^result\.json: runs\[fifo\/1\]\.tags\[.*\]\.fees: .*\(stated 166, found 165\)$/,
  },
  {
    name: 'a changed parameter',
    part: 'parameters.json',
    edit: (text) => text.replace('"maxHops":null', '"maxHops":1'),
    line: /^parameters\.json: line \d+: is not as it was; .*"maxHops":1/,
    recomputed:
      /^result\.json: runs\[fifo\/1\]\.tags\[.*\]\.terminals\[max-hops .*\]: is missing: the transfers give it/,
  },
  {
    name: 'a changed crossing',
    part: 'crossings.json',
    edit: (text) => text.replace('"amount":"20000"', '"amount":"19999"'),
    line: /^crossings\.json: line \d+: is not as it was; .*"19999"/,
    recomputed: /^crossings\.json: crossings\[swap-1\]\.output\.amount: .*\(stated 19999, found 20000\)$/,
  },
  {
    name: 'a changed declaration of coverage',
    part: 'coverage.json',
    edit: (text) => text.replace('"toBlock":200', '"toBlock":300'),
    line: /^coverage\.json: line 2: is not as it was/,
    recomputed: /^manifest\.json: digest: the results recompute, but the digest is that of other parameters/,
  },
];

describe.each(CASES)('$name', ({ part, edit, line, recomputed }) => {
  test('with the manifest left as it was: the part, the line and what follows from it are named', async () => {
    const found = await problemsOf(tamper(part, edit, 'stale'));
    expect(found[0]).toMatch(new RegExp(`^${part.replace('.', '\\.')}: SHA-256 differs from the manifest`));
    expect(found).toContainEqual(expect.stringMatching(line));
    expect(found).toContainEqual(expect.stringMatching(recomputed));
  });

  test('with the manifest made to fit: recomputation finds it', async () => {
    const found = await problemsOf(tamper(part, edit, 'remade'));
    expect(found.join('\n')).not.toContain('SHA-256');
    expect(found).toContainEqual(expect.stringMatching(recomputed));
  });
});

test('a signature does not survive a manifest made to fit', async () => {
  const signed = writeBundle(content, KEYS.privateKey);
  const note = readContainer(signed).find(({ name }) => name === 'signature.txt');
  const remade = readContainer(tamper('labels.json', (text) => text.replace('a list', 'no list'), 'remade'));
  const verified = await verifyBundle(writeContainer([...remade, ...(note === undefined ? [] : [note])]), {
    ...options,
    publicKeys: [KEYS.publicKey],
  });
  expect(verified.signature.status).toBe('invalid');
  expect(verified.signature.problems.map(formatProblem)).toEqual(['signature.txt: it vouches for another manifest']);
});

test('a part spelled otherwise is named, though it means the same', async () => {
  const found = await problemsOf(tamper('labels.json', (text) => text.replace('":"a list"', '": "a list"'), 'remade'));
  expect(found).toEqual(['labels.json: is not written as Cairn writes it']);
});

test('rows that cannot be read are named by line and column', async () => {
  const negative = await problemsOf(tamper('transfers.csv', (text) => text.replace(',333333,', ',-333333,'), 'remade'));
  expect(negative).toEqual([`transfers.csv: line ${INFLOW}: column amount cannot be "-333333"`]);
});

test('a trace made again without one inflow passes arithmetic, and completeness is not proven', async () => {
  const without = TRANSFERS.filter(({ from }) => from !== STRANGER);
  const remade = writeBundle({ ...content, result: await sampleTrace(createMemoryLedger, without) }, null);
  const { arithmetic, completeness, authenticity } = await verifyBundle(remade, options);
  expect(arithmetic).toMatchObject({ ok: true, problems: [] });
  expect(authenticity.status).toBe('not-checked');
  expect(completeness.status).toBe('not-proven');
  expect(completeness.findings.find(({ account }) => account === HOP)).toMatchObject({
    status: 'not-proven',
    reasons: ['no node was asked'],
  });
});
