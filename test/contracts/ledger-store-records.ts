import { expect, test } from 'vitest';
import type {
  BlockHeader,
  EvmEvidence,
  LedgerStore,
  TransactionEvidence,
  UtxoEvidence,
} from '../../core/src/ledger/index.ts';
import { BITCOIN } from '../../core/src/units/index.ts';
import { hex, SOURCE, type WithStore } from './utxo-answers.ts';

const ADDRESS = 'eip155:1:0x00000000000000000000000000000000000000aa';
const LOG = { logIndex: 3, address: ADDRESS, topics: [`0x${'11'.repeat(32)}`], data: '0x00ff' } as const;

/** The record of an account chain's transaction of which nothing is known but its hash. */
function evm(n: number, fields: Partial<EvmEvidence> = {}): EvmEvidence {
  return {
    ...{ kind: 'evm', chain: 'eip155:1', tx: `0x${hex(n)}`, blockNumber: null, blockTime: null, txIndex: null },
    ...{ from: null, to: null, value: null, input: null, succeeded: null, logs: null, frames: null },
    ...fields,
  };
}

/** The record of a transaction with one input of which nothing is known but what it spends. */
function utxo(fields: Partial<UtxoEvidence> = {}): UtxoEvidence {
  return {
    ...{ kind: 'utxo', chain: BITCOIN, tx: hex(8), blockNumber: 7, blockTime: 70, txIndex: 1, indexAssigned: false },
    ...{ version: null, lockTime: null },
    inputs: [
      { outpoint: { tx: hex(7), index: 0 }, amount: null, lock: null, script: null, witness: null, sequence: 1 },
    ],
    outputs: [{ amount: 5n, lock: { owner: null, script: 'unknown' }, script: null }],
    ...fields,
  };
}

async function putRecords(store: LedgerStore, evidence: readonly TransactionEvidence[], keys: readonly string[] = []) {
  const session = await store.beginImport(SOURCE);
  await session.writeEvidence(evidence.map((record) => ({ evidence: record, keys })));
  await session.commit({ rejected: 0, coverage: [] });
}

export function describeStoredRecords(withStore: WithStore): void {
  test('evidence comes back by transaction and by key, put together from what each import knew', () =>
    withStore(async (store) => {
      const first = evm(5, { blockNumber: 5, from: ADDRESS, to: ADDRESS, value: 2n ** 200n, input: '0x' });
      const second = evm(5, { blockNumber: 5, succeeded: true, logs: [LOG] });
      await putRecords(store, [first]);
      await putRecords(store, [second], ['across:1:7', "it's"]);
      await putRecords(store, [utxo()], ["it's"]);
      const whole = { ...first, succeeded: true, logs: [LOG] };
      expect(await store.evidence([first.tx, 'unknown', hex(8)])).toEqual([utxo(), whole]);
      expect(await store.evidenceByKey(["it's", 'across:1:7', 'across:1:8', "it's"])).toEqual([
        { key: 'across:1:7', evidence: whole },
        { key: "it's", evidence: utxo() },
        { key: "it's", evidence: whole },
      ]);
      expect([await store.evidence([]), await store.evidenceByKey([])]).toEqual([[], []]);
    }));

  test('evidence of an import that is open or was aborted is not seen', () =>
    withStore(async (store) => {
      const session = await store.beginImport(SOURCE);
      await session.writeEvidence([{ evidence: evm(5), keys: ['k'] }]);
      expect([await store.evidence([evm(5).tx]), await store.evidenceByKey(['k'])]).toEqual([[], []]);
      await session.abort();
      expect([await store.evidence([evm(5).tx]), await store.evidenceByKey(['k'])]).toEqual([[], []]);
      await expect(session.writeEvidence([])).rejects.toMatchObject({ code: 'defect' });
      await expect(session.writeHeaders([])).rejects.toMatchObject({ code: 'defect' });
    }));

  test('records that cannot both be true are refused when they are committed, and the ledger stays readable', () =>
    withStore(async (store) => {
      const known = evm(5, { blockNumber: 5, succeeded: true });
      await putRecords(store, [known]);
      const wrong = evm(5, { blockNumber: 5, succeeded: false });
      const refused = { code: 'contradiction', message: expect.stringContaining(`${known.tx} of eip155:1`) };
      await expect(putRecords(store, [evm(6), wrong])).rejects.toMatchObject(refused);
      await expect(putRecords(store, [evm(7, { value: 1n }), evm(7, { value: 2n })])).rejects.toMatchObject({
        code: 'contradiction',
        message: expect.stringContaining('value'),
      });
      expect(await store.evidence([known.tx, evm(6).tx, evm(7).tx])).toEqual([known]);
      expect(await store.imports()).toHaveLength(1);
      await putRecords(store, [known, known]);
      expect(await store.evidence([known.tx])).toEqual([known]);
    }));

  test('a long record comes back as it was', () =>
    withStore(async (store) => {
      const input = { ...(utxo().inputs[0] as UtxoEvidence['inputs'][number]), witness: ['ab'.repeat(3_000_000), ''] };
      const long = utxo({ inputs: [input] });
      await putRecords(store, [evm(1), long, evm(2)]);
      expect(await store.evidence([evm(1).tx, long.tx, evm(2).tx])).toEqual([long, evm(1), evm(2)]);
    }));

  test('another block at a height is refused, in the ledger or in the import itself, and nothing of it is kept', () =>
    withStore(async (store) => {
      const header: BlockHeader = {
        chain: BITCOIN,
        height: 7,
        previous: hex(6),
        merkleRoot: hex(9),
        time: 5,
        hash: hex(70),
      };
      const putHeaders = async (headers: readonly BlockHeader[]): Promise<void> => {
        const session = await store.beginImport(SOURCE);
        await session.writeHeaders(headers);
        await session.commit({ rejected: 0, coverage: [] });
      };
      const other = { ...header, hash: hex(71) };
      await expect(putHeaders([header, other])).rejects.toMatchObject({ code: 'contradiction' });
      expect(await store.tip(BITCOIN)).toBeNull();
      await putHeaders([header, header]);
      await putHeaders([{ ...header, height: 9 }, header]);
      for (const wrong of [other, { ...header, time: 6 }, { ...header, merkleRoot: hex(8) }]) {
        await expect(putHeaders([{ ...header, height: 5 }, wrong])).rejects.toThrow(/^Block 7 of bip122/);
      }
      expect(await store.headers(BITCOIN, 0, 99)).toEqual([header, { ...header, height: 9 }]);
      expect(await store.headers(BITCOIN, 8, 8)).toEqual([]);
      expect((await store.tip(BITCOIN))?.height).toBe(9);
      expect(await store.tip('eip155:1')).toBeNull();
      expect(await store.imports()).toHaveLength(2);
    }));
}
