import { sha256 } from '@noble/hashes/sha2.js';
import { CairnError } from '../../../errors.ts';
import { hexOf } from './hex.ts';
import { merkleRootOf } from './merkle.ts';
import type { ScannedTransaction } from './scan.ts';

/** How the output starts that holds the commitment: OP_RETURN, a push of 36 bytes, four bytes of mark (BIP-141). */
const MARK = Uint8Array.of(0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed);
const COMMITMENT_END = MARK.length + 32;

/**
 * Makes sure that the witnesses of a block are those its coinbase commits to; transaction ids and merkle root leave them
 * out. A block written without any witness passes: one from before witnesses, or one they were taken from.
 * @param scanned - a block's transactions, the coinbase first. @param ids - theirs, in the order they are hashed.
 * @param block - its hash, for the error.
 * @throws {CairnError} `invalid-input`.
 * @see BIP-141, "Commitment structure".
 */
export function rejectWitnesses(
  scanned: readonly ScannedTransaction[],
  ids: readonly Uint8Array[],
  block: string,
): void {
  if (!scanned.some(({ isSegwit }) => isSegwit)) return;
  const coinbase = scanned[0] as ScannedTransaction;
  const stated = statedCommitment(coinbase);
  const reserved = coinbase.inputs[0]?.witness ?? [];
  const [nonce] = reserved;
  if (stated === null || nonce === undefined || reserved.length !== 1 || nonce.length !== 32) {
    throw refused(block, 'its transactions have witnesses, its coinbase does not commit to them');
  }
  const hashes = scanned.map(({ bytes, start, end, isSegwit }, i) =>
    isSegwit ? sha256(sha256(bytes.subarray(start, end))) : (ids[i] as Uint8Array),
  );
  // The coinbase holds the commitment, so its own place is zeros.
  hashes[0] = new Uint8Array(32);
  const pair = new Uint8Array(64);
  pair.set(merkleRootOf(hashes).root, 0);
  pair.set(nonce, 32);
  const found = hexOf(sha256(sha256(pair)));
  if (found !== stated) {
    throw refused(block, `its witnesses give the commitment ${found}, its coinbase states ${stated}`);
  }
}

/** The last output with the mark counts. */
function statedCommitment({ outputs }: ScannedTransaction): string | null {
  const found = outputs.findLast(
    ({ script }) => script.length >= COMMITMENT_END && MARK.every((byte, i) => script[i] === byte),
  );
  return found === undefined ? null : hexOf(found.script.subarray(MARK.length, COMMITMENT_END));
}

function refused(block: string, reason: string): CairnError {
  return new CairnError('invalid-input', `block ${block}: ${reason}`, {
    hints: ['a witness was changed, left out or added; take the block from another source'],
  });
}
