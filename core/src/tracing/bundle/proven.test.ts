import { beforeAll, describe, expect, it } from 'vitest';
import { crossingContent, deposit, payout, payoutOf } from '../../../../test/thorchain-crossing.ts';
import type { EvmEvidence, TransactionEvidence } from '../../ledger/index.ts';
import { createMemoryLedger } from '../../ledger/stores/memory.ts';
import type { Crossing } from '../request.ts';
import { trace } from '../trace.ts';
import { type BundleContent, formatProblem } from './model.ts';
import { provenCrossings } from './proven.ts';
import { type Verification, verifyBundle } from './verify.ts';
import { writeBundle } from './write.ts';

/** Bundles written anew after the change, so that every hash in them fits: only the records tell. */

let content: BundleContent;
let crossing: Crossing;
beforeAll(async () => {
  content = await crossingContent();
  crossing = content.result.crossings[0] as Crossing;
});

function verify(changed: Partial<BundleContent>): Promise<Verification> {
  return verifyBundle(writeBundle({ ...content, ...changed }, null), { trace, ledger: createMemoryLedger });
}

async function problemsWith(evidence: readonly TransactionEvidence[]): Promise<string[]> {
  const { arithmetic, bundle } = await verify({ evidence });
  expect(provenCrossings(bundle as NonNullable<typeof bundle>, arithmetic.problems)).toMatchObject({
    exact: 1,
    again: 0,
  });
  return arithmetic.problems.map(formatProblem);
}

describe('the records in a bundle', () => {
  it('give its exact crossings again', async () => {
    const { arithmetic, bundle } = await verify({});
    expect(arithmetic.problems).toEqual([]);
    expect(bundle?.evidence.map(({ tx }) => tx)).toEqual([payout.tx, deposit.tx]);
    expect(provenCrossings(content, arithmetic.problems)).toEqual({
      exact: 1,
      again: 1,
      declared: 0,
      inferred: 0,
      records: 2,
      identified: 1,
    });
  });

  it('do not, where the memo names another transaction', async () => {
    const flipped = payoutOf(`OUT:${deposit.tx.slice(2, -1).toUpperCase()}0`);
    const kept = { ...flipped, tx: payout.tx };
    expect(await problemsWith([kept, deposit])).toEqual([
      `evidence.json: ${payout.tx}: the record is not of this transaction: what it says has another id (stated ${payout.tx}, found ${flipped.tx})`,
      `crossings.json: ${crossing.id}: does not follow from the records it names`,
    ]);
    // Without its version a record has no id of its own; the memo alone shows it.
    expect(await problemsWith([{ ...kept, version: null }, deposit])).toEqual([
      `crossings.json: ${crossing.id}: does not follow from the records it names`,
    ]);
  });

  it('do not, where the event is another contract’s', async () => {
    const logs = (deposit.logs ?? []).map((log) => ({
      ...log,
      address: deposit.from as NonNullable<EvmEvidence['from']>,
    }));
    expect(await problemsWith([payout, { ...deposit, logs }])).toEqual([
      `crossings.json: ${crossing.id}: does not follow from the records it names`,
    ]);
  });

  it('do not, where the transaction failed', async () => {
    expect(await problemsWith([payout, { ...deposit, succeeded: false }])).toHaveLength(1);
  });

  it('do not, where one is left out', async () => {
    expect(await problemsWith([deposit])).toEqual([
      `crossings.json: ${crossing.id}: evidence.json has no record of ${payout.tx}, which is to prove it`,
    ]);
  });

  it('do not, where the payout is another amount', async () => {
    const [first, ...others] = payout.outputs;
    const less = { ...payout, outputs: [{ ...(first as (typeof payout.outputs)[number]), amount: 1n }, ...others] };
    const [id, found, shown] = await problemsWith([less, deposit]);
    expect(id).toContain('has another id');
    expect(found).toContain('the record says otherwise than transfers.csv (stated output of 1, ');
    expect(shown).toContain('is not what its records show');
    expect(shown).toContain('33106961 of bip122');
  });
});

describe('a record', () => {
  const problems = async (evidence: readonly TransactionEvidence[]) =>
    (await verify({ evidence })).arithmetic.problems.map(formatProblem);

  it('that no crossing names is refused', async () => {
    const other = { ...deposit, tx: `0x${'f'.repeat(64)}` };
    expect(await problems([payout, deposit, other])).toEqual([
      `evidence.json: ${other.tx}: no exact crossing names this record: it proves nothing`,
    ]);
  });

  it('must stand in the block that the transfers say', async () => {
    expect(await problems([payout, { ...deposit, blockNumber: 1 }])).toEqual([
      `evidence.json: ${deposit.tx}: the record stands in another block than transfers.csv says (stated 1, found ${deposit.blockNumber})`,
    ]);
  });

  it('of a receipt may lack block and time', async () => {
    expect(await problems([payout, { ...deposit, blockNumber: null, blockTime: null, txIndex: null }])).toEqual([]);
  });
});

describe('a crossing that states another key', () => {
  it('is found and named, though the trace recomputes', async () => {
    const { parameters } = content.result;
    const key = 'A'.repeat(64);
    const changed = { ...crossing, proof: { ...(crossing.proof as NonNullable<Crossing['proof']>), key } };
    const result = await trace(createMemoryLedger(content.result.consumed), { ...parameters, crossings: [changed] });
    const { arithmetic } = await verify({ result });
    expect(arithmetic.problems.map(({ message }) => message)).toEqual(['is not what its records show']);
    expect(arithmetic.problems[0]?.stated).toContain(key);
    expect(arithmetic.problems[0]?.found).toContain(crossing.proof?.key ?? '?');
  });
});

it('declared crossings are counted as given', async () => {
  const { proof: _, ...plain } = crossing;
  const declared: Crossing = { ...plain, basis: 'declared' };
  const { parameters, consumed } = content.result;
  const result = await trace(createMemoryLedger(consumed), { ...parameters, crossings: [declared] });
  const { arithmetic, bundle } = await verify({ result, evidence: [] });
  expect(arithmetic.problems).toEqual([]);
  expect(provenCrossings(bundle as NonNullable<typeof bundle>, [])).toEqual({
    exact: 0,
    again: 0,
    declared: 1,
    inferred: 0,
    records: 0,
    identified: 0,
  });
});
