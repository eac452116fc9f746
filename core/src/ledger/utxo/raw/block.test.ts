import { bytesToHex } from '@noble/hashes/utils.js';
import { RawTx, Transaction } from '@scure/btc-signer';
import { describe, expect, test } from 'vitest';
import { earlyBlocksFile, REAL_HEIGHTS, realBlock } from '../../../../../test/bitcoin/real-blocks.ts';
import { BITCOIN } from '../../../units/index.ts';
import { parseBlock, type RawBlock } from './block.ts';
import { createBlockCutter } from './block-file.ts';
import type { RawTransaction } from './transaction.ts';

async function earlyBlocks(): Promise<{ readonly bytes: Uint8Array; readonly block: RawBlock }[]> {
  const cutter = createBlockCutter();
  const cut = cutter.push(await earlyBlocksFile());
  cutter.end();
  return cut.map(({ bytes }) => ({ bytes, block: parseBlock(BITCOIN, bytes) }));
}

const outputsOf = ({ transactions }: RawBlock) => transactions.flatMap(({ outputs }) => outputs);

/** The transactions of a block, cut at the sizes read, as an independent library reads them. */
function agreesWithPeer(bytes: Uint8Array, { transactions }: RawBlock): void {
  let at = bytes.length - transactions.reduce((sum, { size }) => sum + size, 0);
  for (const transaction of transactions) {
    const own = bytes.subarray(at, at + transaction.size);
    at += transaction.size;
    const peer = RawTx.decode(own);
    expect(fieldsOf(transaction)).toEqual({
      version: peer.version >>> 0,
      lockTime: peer.lockTime,
      isSegwit: peer.segwitFlag ?? false,
      inputs: peer.inputs.map((input, i) => ({
        from: `${bytesToHex(input.txid)}:${input.index}`,
        script: bytesToHex(input.finalScriptSig as Uint8Array),
        witness: (peer.witnesses?.[i] ?? []).map((item) => bytesToHex(item)),
        sequence: input.sequence,
      })),
      outputs: peer.outputs.map(({ amount, script }) => ({ amount, script: bytesToHex(script) })),
    });
    expect(transaction.tx).toBe(Transaction.fromRaw(own, PERMISSIVE).id);
  }
  expect(at).toBe(bytes.length);
}

const PERMISSIVE = {
  allowUnknownInputs: true,
  allowUnknownOutputs: true,
  disableScriptCheck: true,
  allowLegacyWitnessUtxo: true,
  allowUnknownVersion: true,
} as const;

function fieldsOf({ version, lockTime, isSegwit, inputs, outputs }: RawTransaction) {
  return {
    version,
    lockTime,
    isSegwit,
    inputs: inputs.map(({ outpoint, script, witness, sequence }) => ({
      from: outpoint === null ? `${'0'.repeat(64)}:${0xffffffff}` : `${outpoint.tx}:${outpoint.index}`,
      script,
      witness: [...witness],
      sequence,
    })),
    outputs: outputs.map(({ amount, script }) => ({ amount, script })),
  };
}

describe('real blocks', () => {
  test('blocks 1 to 255 hold 262 transactions whose outputs sum to 12,929 BTC', async () => {
    const blocks = await earlyBlocks();
    expect(blocks).toHaveLength(255);
    expect(blocks.flatMap(({ block }) => block.transactions)).toHaveLength(262);
    const outputs = blocks.flatMap(({ block }) => outputsOf(block));
    expect(outputs.reduce((sum, { amount }) => sum + amount, 0n)).toBe(12_929_00000000n);
    expect(new Set(outputs.map(({ lock }) => lock.script))).toEqual(new Set(['p2pk']));
    for (const { bytes, block } of blocks) agreesWithPeer(bytes, block);
  });

  test('the first of them is block 1', async () => {
    const [first] = await earlyBlocks();
    expect(first?.block.header).toEqual({
      version: 1,
      hash: '00000000839a8e6886ab5951d76f411475428afc90947ee320161bbf18eb6048',
      previous: '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f',
      merkleRoot: '0e3e2357e806b6cdb1f70b54c3a3a17b6714ee1f0e68bebb44a74b1efd512098',
      time: 1231469665,
      bits: 0x1d00ffff,
      nonce: 2573394689,
    });
    expect(first?.block.height).toBeNull();
    // Who mined it: known to every block explorer.
    expect(first?.block.transactions[0]?.outputs[0]?.lock.owner).toBe(`${BITCOIN}:12c6DSiU4Rq3P4ZxziKxzrL5LmMBrzjrJX`);
  });

  test.each(REAL_HEIGHTS)('block %i agrees with an independent library, field by field', (height) => {
    const bytes = realBlock(height);
    const block = parseBlock(BITCOIN, bytes);
    expect(block.size).toBe(bytes.length);
    agreesWithPeer(bytes, block);
  });

  test('block 481829 has 2,020 transactions; heights are as the coinbases state them', () => {
    const blocks = REAL_HEIGHTS.map((height) => parseBlock(BITCOIN, realBlock(height)));
    expect(blocks.map(({ transactions }) => transactions.length)).toEqual([14, 122, 587, 2020]);
    // Blocks 169482 and 227835 have version 1.
    expect(blocks.map(({ height }) => height)).toEqual([null, null, 363_703, 481_829]);
  });
});
