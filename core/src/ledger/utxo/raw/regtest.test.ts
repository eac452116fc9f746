import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { expect, test } from 'vitest';
import { type RegtestBlock, regtestBlocks } from '../../../../../test/bitcoin/real-blocks.ts';
import { reasonOf } from '../../../../../test/bitcoin/reason-of.ts';
import { REGTEST_TARGET, writeBlock, writeTransaction } from '../../../../../test/bitcoin/write-raw.ts';
import { BITCOIN } from '../../../units/index.ts';
import { parseBlock } from './block.ts';
import { linkHeaders } from './header-chain.ts';
import { parseTransaction } from './transaction.ts';

/** The block as the network writes it, from what the node said of it. */
function rawOf({ version, previousblockhash, merkleroot, time, bits, nonce, tx }: RegtestBlock): Uint8Array {
  const header = { version, previous: previousblockhash ?? '0'.repeat(64), merkleRoot: merkleroot, time, nonce };
  return writeBlock(
    { ...header, bits: Number.parseInt(bits, 16) },
    tx.map(({ hex }) => hexToBytes(hex)),
  );
}

const KINDS: Readonly<Record<string, string>> = {
  pubkey: 'p2pk',
  witness_v0_keyhash: 'p2wpkh',
  nulldata: 'op-return',
};

test('blocks of a node of its own say what the node says of them, heights included', () => {
  const blocks = regtestBlocks();
  expect(blocks).toHaveLength(32);
  for (const stated of blocks) {
    const bytes = rawOf(stated);
    const block = parseBlock(BITCOIN, bytes, { easiestTarget: REGTEST_TARGET });
    expect([block.header.hash, block.size]).toEqual([stated.hash, stated.size]);
    // The genesis block has version 1.
    expect(block.height).toBe(stated.height === 0 ? null : stated.height);
    expect(block.transactions.map(({ tx, size }) => [tx, size])).toEqual(
      stated.tx.map(({ txid, size }) => [txid, size]),
    );
  }
});

test('every transaction has the inputs, witnesses and outputs that the node says', () => {
  for (const stated of regtestBlocks().flatMap(({ tx }) => tx)) {
    const { tx, version, lockTime, inputs, outputs, isSegwit } = parseTransaction(BITCOIN, hexToBytes(stated.hex));
    expect([tx, version, lockTime]).toEqual([stated.txid, stated.version, stated.locktime]);
    expect(isSegwit).toBe(stated.vin.some(({ txinwitness }) => txinwitness.length > 0));
    expect(inputs).toEqual(
      stated.vin.map(({ coinbase, txid, vout, scriptSig, txinwitness, sequence }) => ({
        outpoint: coinbase === undefined ? { tx: txid, index: vout } : null,
        script: coinbase ?? scriptSig,
        witness: txinwitness,
        sequence,
      })),
    );
    expect(outputs.map(({ amount, script, lock }) => ({ amount, hex: script, kind: lock.script }))).toEqual(
      stated.vout.map(({ value, hex, type }) => ({ amount: BigInt(value.replace('.', '')), hex, kind: KINDS[type] })),
    );
  }
});

test('a block whose hash is known gives heights to those that follow it', () => {
  const stated = regtestBlocks();
  const headers = stated.map((block) => parseBlock(BITCOIN, rawOf(block), { easiestTarget: REGTEST_TARGET }).header);
  const genesis = stated[0] as RegtestBlock;
  const { chains, forks, orphans } = linkHeaders(headers, [{ hash: genesis.hash, height: 0 }]);
  expect(forks).toEqual([]);
  expect(chains.map(({ headers: linked }) => linked.map(({ hash, height }) => `${height} ${hash}`))).toEqual([
    stated.slice(0, 20).map(({ hash, height }) => `${height} ${hash}`),
  ]);
  expect(orphans.map(({ hash }) => hash)).toEqual(stated.slice(20).map(({ hash }) => hash));
});

test('a witness that was changed, taken from the coinbase, or taken away', () => {
  const stated = regtestBlocks().find(({ height }) => height === 202) as RegtestBlock;
  const raw = stated.tx.map(({ hex }) => hexToBytes(hex));
  const refusedWith = (place: number, bytes: Uint8Array) =>
    reasonOf(() =>
      parseBlock(
        BITCOIN,
        rawOf({ ...stated, tx: stated.tx.map((own, i) => (i === place ? { ...own, hex: bytesToHex(bytes) } : own)) }),
        {
          easiestTarget: REGTEST_TARGET,
        },
      ),
    );
  const changed = (raw[1] as Uint8Array).slice();
  // The last byte before the lock time belongs to the last witness.
  changed[changed.length - 5] = (changed[changed.length - 5] as number) ^ 1;
  expect(refusedWith(1, changed)).toMatch(
    /its witnesses give the commitment [0-9a-f]{64}, its coinbase states [0-9a-f]{64}$/,
  );
  const stripped = (place: number) => {
    const own = parseTransaction(BITCOIN, raw[place] as Uint8Array);
    return writeTransaction({ ...own, inputs: own.inputs.map((input) => ({ ...input, witness: [] })) });
  };
  expect(refusedWith(0, stripped(0))).toMatch(/its transactions have witnesses, its coinbase does not commit to them$/);
  expect(refusedWith(1, stripped(1))).toMatch(/its witnesses give the commitment/);
});
