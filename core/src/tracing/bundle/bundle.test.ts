import fc from 'fast-check';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { beforeAll, describe, expect, test } from 'vitest';
import { createMemoryLedger } from '../../ledger/stores/memory.ts';
import type { TraceResult } from '../result.ts';
import { trace } from '../trace.ts';
import { type BundleContent, formatProblem } from './model.ts';
import { generateKey } from './note.ts';
import { readBundle } from './read.ts';
import { ETH, LEAF, sampleTrace, USD } from './sample-trace.ts';
import { type Verification, verifyBundle } from './verify.ts';
import { writeBundle } from './write.ts';

const KEYS = generateKey('examiner', new Uint8Array(32).fill(1));
const options = { trace, ledger: createMemoryLedger };

let content: BundleContent;
let file: Uint8Array;

beforeAll(async () => {
  const result = await sampleTrace(createMemoryLedger);
  content = contentOf(result);
  file = writeBundle(content, KEYS.privateKey);
});

function contentOf(result: TraceResult): BundleContent {
  return {
    result,
    assets: [
      { asset: USD, symbol: 'USD "coin"', decimals: 6 },
      { asset: ETH, symbol: 'ETH', decimals: 18 },
    ].reverse(),
    case: {
      slug: 'sample',
      title: 'A sample theft',
      summary: null,
      sources: [{ name: 'a file', url: null, licence: 'CC0', sha256: null, note: null }],
      assumptions: ['The venue paid the thief.'],
      missing: [],
    },
    published: [
      { account: LEAF, what: 'moved on', value: '10066.60', unit: 'ETH', date: '2025-02-22', source: 'a researcher' },
    ],
    evidence: [],
    notices: [{ code: 'look-alike', message: 'Looks like another account.', accounts: [LEAF] }],
  };
}

function texts({ arithmetic }: Verification): string[] {
  return arithmetic.problems.map(formatProblem);
}

describe('a bundle as written', () => {
  test('gives back what went in', () => {
    const { manifest, signature, ...read } = readBundle(file);
    expect(read).toEqual({ ...content, assets: [...content.assets].sort((a, b) => (a.asset < b.asset ? -1 : 1)) });
    expect(manifest.digest).toBe(content.result.digest);
    expect(signature).toContain('— examiner ');
  });

  test('is the same bytes for the same content, whatever order its lists came in', async () => {
    const again = contentOf(await sampleTrace(createMemoryLedger));
    expect(writeBundle({ ...again, assets: [...again.assets].reverse() }, KEYS.privateKey)).toEqual(file);
  });

  test('is a zip that other programs read, with no clock in it', () => {
    const parts = unzipSync(file);
    expect(Object.keys(parts)).toEqual([
      'manifest.json',
      'assets.json',
      'case.json',
      'coverage.json',
      'crossings.json',
      'labels.json',
      'lines.txt',
      'notices.json',
      'parameters.json',
      'published.json',
      'result.json',
      'transfers.csv',
      'signature.txt',
    ]);
  });

  test('verifies, each answer apart from the others', async () => {
    const verified = await verifyBundle(file, { ...options, publicKeys: [KEYS.publicKey] });
    expect(texts(verified)).toEqual([]);
    expect(verified.arithmetic).toEqual({ ok: true, problems: [], digest: content.result.digest });
    expect(verified.authenticity).toMatchObject({
      status: 'not-checked',
      cited: content.result.consumed.length,
      checked: 0,
    });
    expect(verified.completeness.status).toBe('not-proven');
    expect(verified.completeness.findings.length).toBeGreaterThan(0);
    expect(verified.signature.status).toBe('valid');
  });

  test('says whose signature it cannot check, and when there is none', async () => {
    expect((await verifyBundle(file, options)).signature).toMatchObject({
      status: 'unknown-key',
      signatures: [{ name: 'examiner' }],
    });
    const unsigned = writeBundle(content, null);
    expect((await verifyBundle(unsigned, options)).signature.status).toBe('none');
    expect((await verifyBundle(unsigned, options)).arithmetic.ok).toBe(true);
  });
});

describe('damage', () => {
  test('one flipped bit anywhere is found and named', { timeout: 60_000 }, async () => {
    const part = /^(?:[a-z]+\.(?:json|csv|txt)|the file|the directory at the end of the file): /;
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length * 8 - 1), async (bit) => {
        const damaged = file.slice();
        damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
        const verified = await verifyBundle(damaged, options);
        expect(verified.arithmetic.ok).toBe(false);
        expect(texts(verified)[0]).toMatch(part);
        expect(() => readBundle(damaged)).toThrow('the bundle is damaged: ');
      }),
      { numRuns: 300 },
    );
  });

  test('a bit flipped inside a part names that part', async () => {
    for (const name of ['transfers.csv', 'labels.json', 'result.json', 'signature.txt', 'manifest.json']) {
      const at = localHeader(file, name) + 30 + name.length + 9;
      const damaged = file.slice();
      damaged[at] = (damaged[at] as number) ^ 4;
      expect(texts(await verifyBundle(damaged, options)).join('\n')).toContain(name);
    }
  });

  test('a cut file and a file with something behind it are found', async () => {
    expect((await verifyBundle(file.slice(0, -1), options)).arithmetic.ok).toBe(false);
    expect((await verifyBundle(file.slice(0, file.length >> 1), options)).arithmetic.ok).toBe(false);
    expect((await verifyBundle(Uint8Array.of(...file, 0), options)).arithmetic.ok).toBe(false);
  });

  test('what is no zip is refused as such', async () => {
    await expect(verifyBundle(strToU8('a letter'), options)).rejects.toThrow(
      'not a bundle: the file is not a zip archive',
    );
    expect(() => readBundle(new Uint8Array(0))).toThrow('not a bundle');
  });

  test('a part that is missing or foreign is named', async () => {
    const { 'labels.json': gone, ...rest } = unzipSync(file);
    expect(gone).toBeDefined();
    const found = texts(await verifyBundle(zipSync({ ...rest, 'extra.txt': strToU8('x') }), options));
    expect(found).toContainEqual(expect.stringContaining('labels.json: is named by the manifest and missing'));
    expect(found).toContainEqual(expect.stringContaining('extra.txt: is in the file and not named by the manifest'));
  });

  test('packed again by another program: contents hold, the form is not that of Cairn', async () => {
    const found = texts(await verifyBundle(zipSync(unzipSync(file)), options));
    expect(found.length).toBeGreaterThan(0);
    expect(found.every((text) => /form Cairn writes|compressed bytes|deflated|order/.test(text))).toBe(true);
  });

  test('a length that would exhaust memory is refused, not allocated', async () => {
    const huge = file.slice();
    const at = localHeader(huge, 'assets.json');
    new DataView(huge.buffer).setUint32(at + 22, 0xfffffff0, true);
    expect(texts(await verifyBundle(huge, options)).join()).toContain('assets.json');
  });
});

/** Where the entry of a part begins. */
function localHeader(bytes: Uint8Array, name: string): number {
  const needle = strToU8(name);
  return bytes.findIndex(
    (byte, at) => byte === 0x50 && bytes[at + 2] === 3 && needle.every((letter, i) => bytes[at + 30 + i] === letter),
  );
}
