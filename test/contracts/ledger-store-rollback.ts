import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BlockHeader, Coverage, LedgerStore, Transfer, UtxoTransaction } from '../../core/src/ledger/index.ts';
import { transfersOf } from '../../core/src/ledger/index.ts';
import { BITCOIN, type Chain } from '../../core/src/units/index.ts';
import { ownerAt } from '../arbitraries/utxo.ts';
import { anyChain, expectAnswers, hex, put, SOURCE, type WithStore } from './utxo-answers.ts';

const ETHEREUM: Chain = 'eip155:1';

/** A block with one coinbase at each height. @param fork - one hex digit that tells forks apart. */
const block = (height: number, fork: string): UtxoTransaction => ({
  ...{ chain: BITCOIN, tx: `${fork}${hex(height).slice(1)}`, blockNumber: height, blockTime: 100 + height, txIndex: 0 },
  ...{ indexAssigned: false, version: 1, lockTime: 0 },
  inputs: [{ outpoint: null, amount: null, lock: null, script: null, witness: null, sequence: 0 }],
  outputs: [{ amount: 5n, lock: { owner: ownerAt(0), script: 'p2pkh' }, script: null }],
});

/** A transfer of an account chain, far above any height here. */
const elsewhere: Transfer = {
  ...{ chain: ETHEREUM, blockNumber: 900, txIndex: 0, position: 0, blockTime: 5, tx: `0x${hex(9)}`, amount: 1n },
  ...{ from: `${ETHEREUM}:0xaa`, to: `${ETHEREUM}:0xbb`, asset: `${ETHEREUM}/slip44:60` },
  ...{ kind: 'native', assigned: 'none', rounded: false },
};

const header = (height: number, fork: string): BlockHeader => ({
  ...{ chain: BITCOIN, height, hash: `${fork}${hex(height).slice(1)}`, merkleRoot: hex(9), time: 100 + height },
  previous: `${fork}${hex(height - 1).slice(1)}`,
});

const COVERAGE: Coverage = {
  ...{ chain: BITCOIN, account: null, direction: 'both', assets: null, fromBlock: 1, toBlock: 6, toAt: 106 },
  ...{ basis: 'whole-chain', truncated: false, note: null, source: 'blocks' },
};

async function putBlocks(store: LedgerStore, heights: readonly number[], fork: string, coverage: readonly Coverage[]) {
  const blocks = heights.map((height) => block(height, fork));
  const session = await store.beginImport(SOURCE);
  await session.write(blocks.flatMap(transfersOf));
  await session.writeHeaders(heights.map((height) => header(height, fork)));
  await session.writeEvidence(
    blocks.map((transaction) => ({ evidence: { kind: 'utxo', ...transaction }, keys: ['the same key'] })),
  );
  await session.commit({ rejected: 0, coverage });
}

export function describeRollback(withStore: WithStore, runs: number): void {
  const inSight = async (store: LedgerStore): Promise<unknown> => {
    const both = ['a', 'b'].flatMap((fork) => [1, 2, 3, 4, 5, 6].map((height) => block(height, fork)));
    const names = async (found: Promise<readonly { readonly tx: string; readonly blockNumber: number | null }[]>) =>
      [...new Set((await found).map(({ tx, blockNumber }) => `${tx[0]}${blockNumber}`))].sort().join(' ');
    const hashes = both.map(({ tx }) => tx);
    const byKey = store.evidenceByKey(['the same key']).then((found) => found.map(({ evidence }) => evidence));
    return {
      transactions: await names(store.transactions(hashes)),
      blocks: await names(store.blocks(BITCOIN, [1, 2, 3, 4, 5, 6])),
      evidence: await names(store.evidence(hashes)),
      byKey: await names(byKey),
      headers: (await store.headers(BITCOIN, 0, 9)).map(({ hash, height }) => `${hash[0]}${height}`).join(' '),
      tip: (await store.tip(BITCOIN))?.height ?? null,
      complete: (await store.coverage([ownerAt(0)])).map(({ fromBlock, toBlock, toAt }) => [fromBlock, toBlock, toAt]),
    };
  };
  const all = (names: string) => ({
    transactions: names,
    blocks: names,
    evidence: names,
    byKey: names,
    headers: names,
  });

  test('takes everything from a height on out of sight, and what replaces it is seen', () =>
    withStore(async (store) => {
      await putBlocks(store, [1, 2, 3, 4, 5, 6], 'a', [COVERAGE, { ...COVERAGE, fromBlock: 4, toBlock: null }]);
      await store.rollback(BITCOIN, 4);
      expect(await inSight(store)).toEqual({
        ...{ ...all('a1 a2 a3'), tip: 3 },
        complete: [
          [1, 3, null],
          [4, null, 106],
        ],
      });
      await putBlocks(store, [4, 5], 'b', [{ ...COVERAGE, fromBlock: 4, toBlock: 5 }]);
      expect(await inSight(store)).toMatchObject({ ...all('a1 a2 a3 b4 b5'), tip: 5 });
      // Once more, higher up and then lower down: what was declared since is cut as well.
      await store.rollback(BITCOIN, 5);
      expect(await inSight(store)).toMatchObject({ ...all('a1 a2 a3 b4'), tip: 4 });
      await store.rollback(BITCOIN, 3);
      expect(await inSight(store)).toMatchObject({ ...all('a1 a2'), tip: 2 });
      // The first fork again, by the same import.
      await putBlocks(store, [3, 4, 5, 6], 'a', []);
      expect(await inSight(store)).toMatchObject({ ...all('a1 a2 a3 a4 a5 a6'), tip: 6 });
      expect(await store.imports()).toHaveLength(3);
    }));

  test('leaves other chains and lower blocks alone, and a rollback of nothing changes nothing', () =>
    withStore(async (store) => {
      await store.rollback(BITCOIN, 0);
      await putBlocks(store, [1, 2], 'a', []);
      const session = await store.beginImport(SOURCE);
      await session.write([elsewhere]);
      await session.commit({ rejected: 0, coverage: [{ ...COVERAGE, chain: ETHEREUM }] });
      await store.rollback(BITCOIN, 3);
      expect(await inSight(store)).toMatchObject({ ...all('a1 a2'), tip: 2 });
      await store.rollback(BITCOIN, 0);
      expect(await inSight(store)).toMatchObject({ ...all(''), tip: null });
      expect(await store.transactions([elsewhere.tx])).toEqual([elsewhere]);
      expect(await store.coverage([`${ETHEREUM}:0xaa`])).toMatchObject([{ toBlock: 6, toAt: 106 }]);
      for (const height of [-1, 1.5, Number.NaN]) {
        await expect(store.rollback(BITCOIN, height)).rejects.toMatchObject({ code: 'invalid-input' });
      }
    }));

  test('what was learnt of outputs goes with the blocks that told it', async () => {
    await fc.assert(
      fc.asyncProperty(anyChain, fc.nat(10), fc.boolean(), async (chain, height, turned) => {
        const kept = chain.filter(({ blockNumber }) => blockNumber < height);
        const gone = chain.filter(({ blockNumber }) => blockNumber >= height);
        await withStore(async (store) => {
          await put(store, turned ? chain.slice(3) : chain.slice(0, 3));
          await put(store, chain);
          await store.rollback(BITCOIN, height);
          await expectAnswers(store, kept, chain);
          await put(store, gone);
          await expectAnswers(store, chain);
        });
      }),
      { numRuns: runs },
    );
  });
}
