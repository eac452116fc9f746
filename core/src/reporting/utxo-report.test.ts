import { beforeAll, describe, expect, it } from 'vitest';
import { coinjoinGraph } from '../../../test/arbitraries/coinjoin-graph.ts';
import { transfersOfAll } from '../../../test/arbitraries/utxo-graph.ts';
import { crossingContent, PAYEE } from '../../../test/thorchain-crossing.ts';
import { createMemoryLedger } from '../ledger/stores/memory.ts';
import { type BundleContent, verifyBundle, writeBundle } from '../tracing/bundle/index.ts';
import { NO_LIMITS, POLICY_IDS, type TraceRequest, trace } from '../tracing/index.ts';
import { BITCOIN, nativeAsset } from '../units/index.ts';
import { buildReport } from './build-report.ts';
import { groupByAddress } from './by-address.ts';
import { createContext, placesOf } from './context.ts';
import type { ReportModel, Table } from './model.ts';
import { findWorkedExample } from './worked-example.ts';

const BTC = nativeAsset(BITCOIN);
const GRAPH = coinjoinGraph(400, 11);

async function contentOf(policies: TraceRequest['policies']): Promise<BundleContent> {
  const seed = GRAPH.upstream.at(-1) ?? { tx: '', index: 0 };
  const request: TraceRequest = {
    direction: 'forward',
    seeds: [{ kind: 'transfer', tag: `a/${BTC}`, transfer: { tx: seed.tx, position: seed.index }, amount: null }],
    policies,
    instructed: null,
    rules: [],
    limits: NO_LIMITS,
    crossings: [],
  };
  const result = await trace(createMemoryLedger(transfersOfAll(GRAPH.transactions)), request);
  const assets = [{ asset: BTC, symbol: 'BTC', decimals: 8 }];
  return { result, assets, case: null, published: [], notices: [], evidence: [] };
}

let content: BundleContent;
let model: ReportModel;
beforeAll(async () => {
  content = await contentOf(['pro-rata/1', ...POLICY_IDS.filter((id) => id !== 'pro-rata/1' && !id.includes('+'))]);
  model = await reportOf(content);
});

async function reportOf(of: BundleContent): Promise<ReportModel> {
  const verification = await verifyBundle(writeBundle(of, null), { trace, ledger: createMemoryLedger });
  expect(verification.arithmetic.problems).toEqual([]);
  return buildReport(of, verification);
}

function textOf(of: ReportModel, id: string): string {
  const blocks = of.sections.find((section) => section.id === id)?.blocks ?? [];
  return JSON.stringify(blocks).replaceAll(/"},{"text":"|","tone":"[a-z-]+"/g, '');
}

function tables(of: ReportModel): Table[] {
  return of.sections.flatMap(({ blocks }) => blocks.filter((block): block is Table => block.kind === 'table'));
}

describe('a trace over outputs', () => {
  it('ends at the CoinJoin, with the rule that fired and what a shape does not show', () => {
    const ended = content.result.runs[0]?.tags[0]?.terminals.find(({ reason }) => reason === 'coinjoin');
    expect(ended?.account).toBe(`${BITCOIN}:${GRAPH.coinjoin.tx}`);
    const accounts = textOf(model, 'accounts');
    expect(accounts).toContain(`rule ${ended?.label}`);
    expect(accounts).toContain('5 equal outputs');
    expect(accounts).toContain('neither which software made the transaction nor that several people took part');
    expect(textOf(model, 'annex-assumptions')).toContain('A transaction with the shape of a CoinJoin stops the trace');
  });

  it('lists the outputs of an address beneath it, and loses no figure: the groups sum to what was stolen', async () => {
    const [one, other] = [`${BITCOIN}:one`, `${BITCOIN}:other`] as const;
    const runs = content.result.runs.map((run) => ({
      ...run,
      tags: run.tags.map((tag) => ({
        ...tag,
        holdings: tag.holdings.map((holding, i) => ({ ...holding, owner: i % 3 === 0 ? one : other })),
      })),
    }));
    const two = { ...content, result: { ...content.result, runs } };
    const verification = await verifyBundle(writeBundle(content, null), { trace, ledger: createMemoryLedger });
    const context = createContext(two, verification);
    expect(context.valued).toHaveLength(6);
    for (const tag of context.valued.flatMap(({ tags }) => tags)) {
      const groups = groupByAddress(context, placesOf(tag));
      const sum = groups.reduce((total, { origin }) => total + origin, 0n);
      expect(sum + (tag.fees ?? 0n)).toBe(tag.stolen);
      expect(groups.flatMap(({ members }) => members)).toHaveLength(tag.holdings.length + tag.terminals.length);
      expect(groups.filter(({ status }) => status === 'last-seen').map(({ address }) => address)).toEqual(
        expect.arrayContaining([one, other]),
      );
    }
    const accounts = textOf(buildReport(two, verification), 'accounts');
    expect(accounts).toContain('btc:one');
    for (const { account, origin } of runs[0]?.tags[0]?.holdings ?? []) {
      const reference = account.split(':').at(-1)?.replace('.', ':');
      expect(accounts).toContain(`${reference}},{"text":": 0.${String(origin).padStart(8, '0')}}`);
    }
  });

  it('has a row of the figures file for every output, with its address', () => {
    const held = model.figures.filter(({ record, policy }) => record === 'holding' && policy === 'fifo/1');
    const fifo = content.result.runs.find(({ policy }) => policy === 'fifo/1');
    expect(held).toHaveLength(fifo?.tags[0]?.holdings.length ?? -1);
    expect(held.every(({ address }) => /^btc:(owner|change|joined)\d+$/.test(address))).toBe(true);
  });

  it('writes bitcoin with eight decimals, and no word of other chains', () => {
    const cells = tables(model).flatMap(({ rows }) => rows.flat(3));
    const amounts = cells.flatMap(({ text }) => [...text.matchAll(/\d(?:[\d,]*\d)?(?:\.\d+)? BTC\b/g)]);
    expect(amounts.length).toBeGreaterThan(20);
    for (const [amount] of amounts) expect(amount).toMatch(/\.\d{8} BTC$/);
    expect(JSON.stringify(model.sections)).not.toMatch(/\bether\b|nonce|\bETH\b|eth:0x/i);
  });

  it('works a transaction through by hand as the engine did', () => {
    const example = findWorkedExample(content.result);
    expect(example?.account).toMatch(/:[0-9a-f]{64}$/);
    expect(textOf(model, 'worked')).toContain('This account is a transaction');
  });

  it('says what two readings of Bitcoin take for granted', () => {
    expect(textOf(model, 'annex-methods')).toContain('Highest out (highest-out/1)');
    expect(textOf(model, 'annex-methods')).toContain('which of its inputs paid which of its outputs');
  });

  it('is made where only poison was asked, without an amount of what was stolen', async () => {
    const poison = await reportOf(await contentOf(['poison/1']));
    expect(poison.figures.filter(({ origin }) => origin !== '')).toEqual([]);
  });
});

describe('a trace through a crossing', () => {
  let crossed: ReportModel;
  beforeAll(async () => {
    crossed = await reportOf(await crossingContent());
  });

  it('shows both sides in their own assets, what joins them, and what that leaves open', () => {
    const section = textOf(crossed, 'crossings');
    for (const said of [
      '1 exact, 0 declared, 0 inferred',
      '0.047 ETH',
      '0.33106961 BTC',
      PAYEE,
      'in evidence.json: ',
    ]) {
      expect(section).toContain(said);
    }
    expect(section).toContain('What it leaves open');
    expect(section).toContain('That an account is a vault');
  });

  it('draws one line from the payer through the protocol to the output', () => {
    const flow = crossed.sections.find(({ id }) => id === 'flow')?.blocks.find((block) => block.kind === 'diagram');
    if (flow?.kind !== 'diagram') throw new Error('there is a drawing');
    expect(flow.diagram.ribbons).toHaveLength(2);
    expect(flow.diagram.bars.map(({ labels }) => labels[0]?.text)).toEqual([
      '0xd4ae6c…af4d4a',
      '0xd37bbe…ad7146',
      'bc1qc540…vdl5e3 (BTC)',
    ]);
  });

  it('marks what rests on it where it is declared, and not where it is exact', async () => {
    const rests = (of: ReportModel) => of.figures.find(({ record }) => record === 'holding')?.restsOnDeclared;
    expect(rests(crossed)).toBe('no');
    const { result, ...rest } = await crossingContent();
    const crossings = result.crossings.map(({ proof: _, ...crossing }) => ({
      ...crossing,
      basis: 'inferred' as const,
    }));
    const ledger = createMemoryLedger(result.consumed);
    const inferred = await trace(ledger, { ...result.parameters, crossings });
    const report = await reportOf({ ...rest, evidence: [], result: inferred });
    expect(rests(report)).toBe('yes');
    expect(textOf(report, 'crossings')).toContain('0 exact, 0 declared, 1 inferred');
    expect(textOf(report, 'crossings')).toContain('The 1 declared or inferred one was taken as given');
  });
});
