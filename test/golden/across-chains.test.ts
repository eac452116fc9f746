import { describe, expect, test } from 'vitest';
import {
  type EvmEvidence,
  type LedgerStore,
  type TransactionEvidence,
  type Transfer,
  transfersOf,
  transfersOfEvidence,
  type UtxoEvidence,
  type UtxoOutput,
} from '../../core/src/ledger/index.ts';
import { createMemoryLedger } from '../../core/src/ledger/stores/memory.ts';
import { readBundle, verifyBundle, writeBundle } from '../../core/src/tracing/bundle/index.ts';
import {
  GENERAL_POLICY_IDS,
  keysOf,
  NO_LIMITS,
  type PolicyId,
  type TagResult,
  type TracedAcross,
  type TraceRequest,
  trace,
  traceAcross,
} from '../../core/src/tracing/index.ts';
import { fixtureEvidence, renamed } from '../crossings-fixtures.ts';

/**
 * Traces end to end through recorded transactions (`test/data/crossings/SOURCES.md`). The records state no time, so times
 * are made up here: the source at 1,000 s, the destination a minute later. Nothing else of them is changed, except where
 * a test says so.
 */
const SOURCE_AT = 1_000;

async function ledgerOf(records: readonly TransactionEvidence[]): Promise<LedgerStore> {
  const ledger = createMemoryLedger(records.flatMap(transfersIn));
  const session = await ledger.beginImport({ sha256: '', file: 'records', format: 'records' });
  await session.writeEvidence(records.map((evidence) => ({ evidence, keys: keysOf(evidence) })));
  await session.commit({ rejected: 0, coverage: [] });
  return ledger;
}

const transfersIn = (record: TransactionEvidence): Transfer[] =>
  record.kind === 'evm' ? transfersOfEvidence(record) : transfersOf(record);

const recordAt = (folder: string, file: string, blockTime: number): EvmEvidence => ({
  ...(fixtureEvidence(folder, file)[0] as EvmEvidence),
  blockTime,
});

const stolen = (transfer: Transfer, policies: readonly PolicyId[]): TraceRequest => ({
  direction: 'forward',
  seeds: [
    {
      kind: 'transfer',
      tag: 'theft',
      transfer: { tx: transfer.tx, position: transfer.position },
      amount: null,
    },
  ],
  policies,
  instructed: null,
  rules: [],
  limits: NO_LIMITS,
  crossings: [],
});

/** A bundle of the trace, written, read and verified, as `cairn verify` does it. */
async function verified(traced: TracedAcross) {
  const { result, evidence } = traced;
  const file = writeBundle({ result, assets: [], case: null, published: [], notices: [], evidence }, null);
  expect(readBundle(file).evidence).toEqual(evidence);
  const { arithmetic } = await verifyBundle(file, { trace, ledger: createMemoryLedger });
  return arithmetic;
}

const PAIRS = [
  ['across', 'v2_deposit_arb_to_base.json', 'v2_fill_base_from_arb.json', 'across:42161:1142258'],
  ['across', 'v35_deposit_scroll_to_arb.json', 'v35_fill_arb_from_scroll.json', 'across:534352:1295289'],
  ['cctp', 'v1_burn_eth.json', 'v1_mint_arb_from_eth.json', 'cctp:0:62883'],
  ['cctp', 'v1_burn_polygon.json', 'v1_mint_arb_from_polygon.json', 'cctp:7:104742'],
] as const;

describe.each(PAIRS)('through the recorded pair of %s: %s → %s', (folder, source, destination, id) => {
  const records = [recordAt(folder, source, SOURCE_AT), recordAt(folder, destination, SOURCE_AT + 60)];
  /** What leaves the sender: the first transfer that is worth something and is no fee. */
  const paid = transfersIn(records[0] as EvmEvidence).find(
    ({ amount, kind }) => amount > 0n && kind !== 'fee',
  ) as Transfer;

  test('the value crosses by what the chains prove, origin conserved in base units', async () => {
    const ledger = await ledgerOf(records);
    const { result } = await traceAcross(ledger, stolen(paid, GENERAL_POLICY_IDS));
    expect(result.crossings.map((crossing) => [crossing.id, crossing.basis])).toEqual([[id, 'exact']]);
    const recipient = records[1]?.chain;
    for (const run of result.runs) {
      if (run.policy === 'poison/1') continue;
      const tag = run.tags[0] as TagResult;
      expect(tag.stolen).toBe(paid.amount);
      const there = tag.holdings.filter(({ account }) => account.startsWith(`${recipient}:`));
      expect(there.reduce((sum, { origin }) => sum + (origin ?? 0n), 0n)).toBe(paid.amount);
      expect(run.gaps).toEqual([]);
    }
  });

  test('the proof is in the bundle, and verification decodes it again', async () => {
    const traced = await traceAcross(await ledgerOf(records), stolen(paid, ['fifo/1']));
    expect(traced.evidence.map(({ tx }) => tx).sort()).toEqual(records.map(({ tx }) => tx).sort());
    expect(await verified(traced)).toMatchObject({ ok: true, problems: [] });
  });

  test('a bundle whose record was changed, or left out, is found', async () => {
    const traced = await traceAcross(await ledgerOf(records), stolen(paid, ['fifo/1']));
    const without = await verified({ ...traced, evidence: traced.evidence.slice(1) });
    expect(without.problems.map(({ part, place }) => [part, place])).toEqual([['crossings.json', id]]);
    // The first word of every event: an amount, a token or a number of the message.
    const flip = (data: string): string =>
      data.length < 66 ? data : `${data.slice(0, 65)}${data[65] === '0' ? '1' : '0'}${data.slice(66)}`;
    const changed = traced.evidence.map((record) =>
      record.kind === 'evm'
        ? { ...record, logs: (record.logs ?? []).map((log) => ({ ...log, data: flip(log.data) })) }
        : record,
    );
    expect((await verified({ ...traced, evidence: changed })).problems.map(({ place }) => place)).toEqual([id]);
  });

  test('source of funds leads back over the same crossing', async () => {
    const ledger = await ledgerOf(records);
    const forward = await traceAcross(ledger, stolen(paid, ['fifo/1']));
    const [crossing] = forward.result.crossings;
    if (crossing?.output.kind !== 'transfer') throw new Error('the payout is on record');
    const seed = { kind: 'transfer', tag: 'asked', transfer: crossing.output.transfer, amount: null } as const;
    const back = await traceAcross(ledger, {
      ...stolen(paid, ['fifo/1']),
      direction: 'source-of-funds',
      seeds: [seed],
    });
    const tag = back.result.runs[0]?.tags[0] as TagResult;
    const reached = [...tag.holdings, ...tag.terminals].map(({ account }) => account);
    expect(reached).toContain(paid.from);
  });
});

describe('from Ethereum to Bitcoin through THORChain', () => {
  // No raw pair is on record: the source leg and the outbound transaction are real, and of different swaps.
  const source = recordAt('thorchain', 'eth_deposit_to_btc.json', SOURCE_AT);
  const outbound = fixtureEvidence('thorchain', 'btc_outbound_2267f895.json')[0] as UtxoEvidence;
  const ascii = (value: string): string => [...value].map((char) => char.charCodeAt(0).toString(16)).join('');
  /** The outbound with the hash in its memo rewritten to the source's, and nothing else but its own id, which follows. */
  const rewritten = renamed({
    ...outbound,
    // The record names no block.
    blockNumber: 700_000,
    blockTime: SOURCE_AT + 600,
    outputs: outbound.outputs.map((output) =>
      output.lock.script === 'op-return'
        ? { ...output, script: `6a44${ascii(`OUT:${source.tx.slice(2).toUpperCase()}`)}` }
        : output,
    ),
  });
  const paid = transfersIn(source).find(({ amount, kind }) => amount > 0n && kind !== 'fee') as Transfer;
  /** All that the sender has is stolen: how it came by it is not on record. */
  const theft: TraceRequest = {
    ...stolen(paid, []),
    seeds: [{ kind: 'account', tag: 'theft', account: paid.from, asset: paid.asset, at: null }],
  };
  const policies: PolicyId[] = ['fifo/1', 'lifo/1', 'pro-rata/1', 'highest-out/1+fifo/1'];

  test('a hash that anyone could have written proves nothing: the crossing is inferred, and not followed', async () => {
    const traced = await traceAcross(await ledgerOf([source, rewritten]), { ...theft, policies });
    expect(traced.result.crossings).toEqual([]);
    expect(traced.doubtful.map(({ basis, id }) => [basis, id])).toEqual([
      ['inferred', `thorchain:${source.tx.slice(2).toUpperCase()}`],
    ]);
    for (const { tags } of traced.result.runs) expect(tags[0]?.terminals.map(({ reason }) => reason)).toEqual(['label:bridge']);
  });

  test('followed where that is asked for, origin conserved, and marked as inferred', async () => {
    const ledger = await ledgerOf([source, rewritten]);
    const traced = await traceAcross(ledger, { ...theft, policies }, { followInferred: true });
    expect(traced.result.crossings.map(({ basis }) => basis)).toEqual(['inferred']);
    for (const { tags, policy } of traced.result.runs) {
      const [holding] = tags[0]?.holdings ?? [];
      expect({ policy, ...holding }).toMatchObject({ account: `${outbound.chain}:${rewritten.tx}.0`, origin: paid.amount });
      // What the network paid out on Bitcoin, to the satoshi.
      expect(holding?.amount).toBe(outbound.outputs[0]?.amount);
    }
    expect(await verified(traced)).toMatchObject({ ok: true });
  });

  test('exact where the memo of the source also names who was paid', async () => {
    // Here the source's memo is rewritten too: its payee is the one that the outbound pays.
    const payee = (outbound.outputs[0]?.lock.owner ?? '').split(':').at(-1) as string;
    const logs = (source.logs ?? []).map((log) => {
      const memo = ascii('bc1qc540xkc0h2fdl5a4c05d79grdg24rqh7vdl5e3');
      return { ...log, data: log.data.replace(memo, ascii(payee)) };
    });
    const agreed = { ...source, logs };
    const traced = await traceAcross(await ledgerOf([agreed, rewritten]), { ...theft, policies });
    expect(traced.result.crossings.map(({ basis }) => basis)).toEqual(['exact']);
    for (const { tags } of traced.result.runs) {
      expect(tags[0]?.holdings.map(({ account, origin }) => [account, origin])).toEqual([
        [`${outbound.chain}:${rewritten.tx}.0`, paid.amount],
      ]);
    }
    expect(await verified(traced)).toMatchObject({ ok: true, problems: [] });

    const found = async (change: Partial<UtxoEvidence>) => {
      const evidence = traced.evidence.map((record) => (record.kind === 'utxo' ? { ...record, ...change } : record));
      return (await verified({ ...traced, evidence })).problems.map(({ place, message }) => [place, message]);
    };
    const [first, ...others] = rewritten.outputs as [UtxoOutput];
    expect(await found({ lockTime: 1 })).toEqual([
      [rewritten.tx, 'the record is not of this transaction: what it says has another id'],
    ]);
    const other = { ...first, lock: { ...first.lock, owner: `${outbound.chain}:somebody` as const } };
    expect(await found({ outputs: [other, ...others] })).toContainEqual([
      `${rewritten.tx}:0`,
      'the output is not locked as the record says',
    ]);
  });
});

test.each(['forward', 'source-of-funds'] as const)(
  'a seed that is itself one side of a swap is followed through it (%s)',
  async (direction) => {
    const swap = recordAt('dex_uniswap_v2', 'uniswap_v2_swap_67cf6c.json', SOURCE_AT);
    const transfers = transfersOfEvidence(swap);
    const [gave] = transfers.filter(({ from, kind }) => from === swap.from && kind === 'native');
    const received = transfers.find(({ to, kind }) => to === swap.from && kind === 'token');
    const [seed, end] = (direction === 'forward' ? [gave, received] : [received, gave]) as [Transfer, Transfer];
    const { result } = await traceAcross(await ledgerOf([swap]), { ...stolen(seed, ['fifo/1']), direction });
    // Beside it, the router's own wrap, through which nothing goes.
    const [netting, ...others] = result.crossings;
    expect(netting).toMatchObject({ basis: 'exact', proof: { protocol: 'netting' } });
    expect(others.every(({ proof }) => proof?.protocol === 'wrap')).toBe(true);
    const [tag] = result.runs[0]?.tags ?? [];
    const places = [...(tag?.holdings ?? []), ...(tag?.terminals ?? [])];
    expect(places.map(({ account, asset, amount, origin }) => [account, asset, amount, origin])).toEqual([
      [swap.from, end.asset, end.amount, seed.amount],
    ]);
  },
);
