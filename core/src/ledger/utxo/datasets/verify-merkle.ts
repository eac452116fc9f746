import { CairnError } from '../../../errors.ts';
import { bytesOfHex, reversedHexOf } from '../raw/hex.ts';
import { merkleRootOf } from '../raw/merkle.ts';
import type { BlockHeader } from '../transaction.ts';

/**
 * Makes sure that the transactions a source gives for a block are all of it, in its order: their ids hash to its merkle root.
 * @param txids - as people write them, in the block's order.
 * @throws {CairnError} `invalid-input`
 */
export function verifyMerkleRoot(
  { hash, merkleRoot }: Pick<BlockHeader, 'hash' | 'merkleRoot'>,
  txids: readonly string[],
): void {
  if (txids.length === 0) throw new CairnError('invalid-input', `block ${hash} comes without transactions`);
  const { root, repeats } = merkleRootOf(txids.map((tx) => bytesOfHex(tx, 'txid').reverse()));
  const found = reversedHexOf(root);
  if (found === merkleRoot && !repeats) return;
  const what = repeats
    ? 'repeats transactions at its end'
    : `has transactions with the merkle root ${found}, and states ${merkleRoot}`;
  throw new CairnError('invalid-input', `block ${hash} ${what}`, {
    hints: ['a transaction is missing, changed or moved: take the block again'],
  });
}
