import { beforeAll, describe, expect, it } from 'vitest';
import { createMemoryLedger } from '../ledger/stores/memory.ts';
import { type BundleContent, type Verification, verifyBundle, writeBundle } from '../tracing/bundle/index.ts';
import { ETH, LEAF, REQUEST, sampleTrace, TRANSFERS, USD } from '../tracing/bundle/sample-trace.ts';
import { trace } from '../tracing/index.ts';
import { buildReport } from './build-report.ts';
import type { Block, ReportModel, Table } from './model.ts';

let content: BundleContent;
let verification: Verification;
let model: ReportModel;

beforeAll(async () => {
  content = {
    result: await sampleTrace(createMemoryLedger),
    assets: [
      { asset: ETH, symbol: 'ETH', decimals: 3 },
      { asset: USD, symbol: null, decimals: null },
    ],
    case: {
      slug: 'sample',
      title: 'A sample\u202e',
      summary: 'Told *plainly*.',
      sources: [{ name: 'a.csv', url: null, licence: null, sha256: 'a'.repeat(64), note: null }],
      assumptions: ['It is all there.'],
      missing: ['Nothing.'],
    },
    published: [{ account: LEAF, what: 'moved on', value: '1.50', unit: 'ETH', date: null, source: '=HYPERLINK("x")' }],
    evidence: [],
    notices: [{ code: 'look-alike', message: 'Two look alike.', accounts: [LEAF] }],
  };
  verification = await verifyBundle(writeBundle(content, null), { trace, ledger: createMemoryLedger });
  model = buildReport(content, verification);
});

function tables(of: ReportModel): Table[] {
  return of.sections.flatMap(({ blocks }) => blocks.filter((block): block is Table => block.kind === 'table'));
}

function text(blocks: readonly Block[]): string {
  return JSON.stringify(blocks);
}

describe('a report', () => {
  it('has every part, in order', () => {
    expect(model.sections.map(({ id }) => id)).toEqual([
      'stolen',
      'last-seen',
      'sensitivity',
      'flow',
      'accounts',
      'crossings',
      'worked',
      'annex-verification',
      'annex-record',
      'annex-assumptions',
      'annex-methods',
      'annex-touched',
      'annex-figures',
      'annex-transfers',
    ]);
  });

  it('is a function of bundle and verification', () => {
    expect(buildReport(content, verification)).toEqual(model);
  });

  it('states exact decimals, and base units where the decimals are not known', () => {
    const stolen = text(model.sections[0]?.blocks ?? []);
    expect(stolen).toContain('1,000 ETH');
    expect(stolen).toContain(`500,003 base units of ${USD}`);
  });

  it('names what cannot be seen', () => {
    expect(model.title).toBe('A sample[U+202E]');
  });

  it('shows the instructed rule, and says so', () => {
    expect(text(model.sections[1]?.blocks ?? [])).toContain('the court said so');
  });

  it('says that no rule was instructed where none was', () => {
    const { result } = content;
    const uninstructed = { ...result, parameters: { ...result.parameters, instructed: null } };
    const blocks = text(buildReport({ ...content, result: uninstructed }, verification).sections[1]?.blocks ?? []);
    expect(blocks).toContain('No rule of allocation was instructed');
    expect(blocks).not.toContain('the court said so');
  });

  it('reconciles every rule but poison, with no difference', () => {
    const found = tables(model).filter(({ caption }) => caption.includes('exact reconciliation by rule'));
    expect(found).toHaveLength(2);
    for (const { rows } of found) {
      expect(rows.map(([rule]) => rule?.[0]?.[0]?.text)).toEqual([
        'fifo/1',
        'lifo/1',
        'pro-rata/1',
        'tagged-first/1',
        'untagged-first/1',
      ]);
      expect(rows.map((row) => row.at(-1)?.[0]?.[0]?.text)).toEqual(['0', '0', '0', '0', '0']);
    }
  });

  it('gives poison no sum', () => {
    const poison = model.figures.filter(({ policy }) => policy === 'poison/1');
    expect(poison.some(({ record }) => record === 'touched')).toBe(true);
    expect(poison.filter(({ record, origin }) => record === 'total' && origin !== '')).toEqual([]);
  });

  it('marks what rests on a declared crossing, and nothing else', () => {
    const edges = model.figures.filter(({ record, policy }) => record === 'edge' && policy === 'fifo/1');
    const marked = edges.filter(({ restsOnDeclared }) => restsOnDeclared === 'yes');
    expect(marked.length).toBeGreaterThan(0);
    expect(marked.length).toBeLessThan(edges.length);
    // The sample's crossing turns the second stolen asset into the first at the thief.
    const first = edges.find(({ tag, amount }) => tag.endsWith('slip44:60') && amount === '1000000');
    expect(first?.restsOnDeclared).toBe('no');
  });

  it('lists every transfer consumed and every edge with its transactions', () => {
    const transfers = model.figures.filter(({ record }) => record === 'transfer');
    expect(transfers).toHaveLength(content.result.consumed.length);
    const edges = model.figures.filter(({ record }) => record === 'edge');
    expect(edges.every(({ transactions }) => transactions !== '')).toBe(true);
    expect(edges).toHaveLength(content.result.runs.flatMap(({ tags }) => tags.flatMap((tag) => tag.edges)).length);
  });

  it('keeps published claims apart from figures', () => {
    expect(JSON.stringify(model.figures)).not.toContain('1.50');
  });

  it('never says more than the record shows', () => {
    expect(JSON.stringify(model.sections)).not.toMatch(/launder|belongs to|\bowner\b|\bowned\b|criminal|proves/i);
  });

  it('is made of poison alone, without an amount in units of what was stolen', async () => {
    const result = await sampleTrace(createMemoryLedger, TRANSFERS, {
      ...REQUEST,
      policies: ['poison/1'],
      instructed: null,
    });
    const report = buildReport({ ...content, case: null, result }, verification);
    expect(text(report.sections[1]?.blocks ?? [])).toContain('Only poison was asked for');
    expect(report.figures.filter(({ origin }) => origin !== '')).toEqual([]);
  });

  it('shows a rule with amounts as an example where poison was instructed, and says so', async () => {
    const instructed = { policy: 'poison/1', because: 'so ordered' } as const;
    const request = { ...REQUEST, policies: ['poison/1', 'lifo/1'], instructed } as const;
    const result = await sampleTrace(createMemoryLedger, TRANSFERS, request);
    const blocks = text(buildReport({ ...content, result }, verification).sections[1]?.blocks ?? []);
    expect(blocks).toContain('The instructed rule, poison/1, gives no amounts that add up');
    expect(blocks).toContain('under lifo/1');
  });

  it('asks where value came from in the words of that question', async () => {
    const transfer = { tx: TRANSFERS.at(-1)?.tx ?? '', position: 0 };
    const result = await sampleTrace(createMemoryLedger, TRANSFERS, {
      ...REQUEST,
      direction: 'source-of-funds',
      seeds: [{ kind: 'transfer', tag: 'arrival', transfer, amount: null }],
      crossings: [],
    });
    const report = buildReport({ ...content, result }, verification);
    expect(report.subtitle).toBe('Where value came from');
    expect(report.sections[0]?.title).toBe('What is asked about');
    expect(text(report.sections[1]?.blocks ?? [])).not.toContain('"stolen"');
  });
});
