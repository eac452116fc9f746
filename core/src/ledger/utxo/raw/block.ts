import { CairnError, isCairnError } from '../../../errors.ts';
import type { Chain } from '../../../units/index.ts';
import { lockOf } from '../lock.ts';
import { type Cursor, counted, cursorOf, readCount, rejectAt } from './cursor.ts';
import { EASIEST_TARGET, type RawHeader, readHeader } from './header.ts';
import { reversedHexOf } from './hex.ts';
import { merkleRootOf } from './merkle.ts';
import { type ScannedTransaction, scanTransaction, spendsNothing } from './scan.ts';
import { statedHeight } from './stated-height.ts';
import { describeTransaction, type RawTransaction, transactionHash } from './transaction.ts';
import { rejectWitnesses } from './witness-commitment.ts';

/** A block as the network writes it. */
export type RawBlock = {
  readonly header: RawHeader;
  /**
   * As its coinbase states it (BIP-34); null: it does not. Before block 224,413 of the main network a block could state
   * anything; see `linkHeaders` for heights that follow from the chain.
   */
  readonly height: number | null;
  /** In the block's order, the coinbase first. */
  readonly transactions: readonly RawTransaction[];
  /** Bytes. */
  readonly size: number;
};

/** Version, number of inputs, an input, number of outputs, an output, lock time: the shortest transaction. */
const LEAST_TRANSACTION = 60;

/**
 * Reads a block from its bytes, to the last one, and verifies what can be verified from them alone: proof of work, merkle
 * root, commitment to the witnesses, one coinbase and that first, and each transaction as `parseTransaction` does.
 * Not verified: signatures, what inputs were worth, the reward, that its difficulty is the one its chain demands.
 * @param options.easiestTarget - that a header may state; the main network's unless given (test networks have easier ones).
 * @throws {CairnError} `invalid-input`, naming the byte and, where there is one, the transaction.
 */
export function parseBlock(
  chain: Chain,
  bytes: Uint8Array,
  options: { readonly easiestTarget?: bigint } = {},
): RawBlock {
  const cursor = cursorOf(bytes);
  const header = readHeader(cursor, options.easiestTarget ?? EASIEST_TARGET);
  const scanned = scanTransactions(cursor);
  if (cursor.at < bytes.length) {
    rejectAt(cursor.at, 'end of the block', `${counted(bytes.length - cursor.at)} left over`, [
      'a block is read to its last byte: cut a file of several blocks first',
    ]);
  }
  rejectCoinbases(scanned);
  const hashes = scanned.map(transactionHash);
  rejectMerkleRoot(header, hashes);
  rejectWitnesses(scanned, hashes, header.hash);
  const coinbase = scanned[0] as ScannedTransaction;
  return {
    header,
    height: header.version >= 2 ? statedHeight((coinbase.inputs[0] as { script: Uint8Array }).script) : null,
    transactions: scanned.map((transaction, i) =>
      describeTransaction(transaction, hashes[i] as Uint8Array, (script) => lockOf(chain, script)),
    ),
    size: bytes.length,
  };
}

/** Takes the transactions of a block apart; the cursor stands after the header. */
export function scanTransactions(cursor: Cursor): ScannedTransaction[] {
  const count = readCount(cursor, LEAST_TRANSACTION, 'number of transactions');
  const scanned: ScannedTransaction[] = [];
  for (let i = 0; i < count; i++) {
    try {
      scanned.push(scanTransaction(cursor));
    } catch (cause) {
      if (!isCairnError(cause)) throw cause;
      throw new CairnError(cause.code, `transaction ${i} of ${count}: ${cause.message}`, { cause, hints: cause.hints });
    }
  }
  return scanned;
}

/** The first transaction makes new coins, by a single input that spends nothing; no other has such an input. */
function rejectCoinbases(scanned: readonly ScannedTransaction[]): void {
  const [first] = scanned;
  if (first === undefined) throw rejectAt(80, 'transactions of the block', 'there are none');
  if (first.inputs.length !== 1 || !first.inputs.every(spendsNothing)) {
    rejectAt(first.start, 'transaction 0', 'is not a coinbase');
  }
  for (const [i, { inputs, start }] of scanned.entries()) {
    if (i > 0 && inputs.some(spendsNothing)) rejectAt(start, `transaction ${i}`, 'is a second coinbase');
  }
}

function rejectMerkleRoot(header: RawHeader, hashes: readonly Uint8Array[]): void {
  const { root, repeats } = merkleRootOf(hashes);
  const found = reversedHexOf(root);
  if (found !== header.merkleRoot) {
    throw new CairnError(
      'invalid-input',
      `its transactions have the merkle root ${found}, its header states ${header.merkleRoot}`,
      { hints: ['a transaction was changed, left out, added or moved'] },
    );
  }
  if (repeats) {
    throw new CairnError(
      'invalid-input',
      `block ${header.hash}: transactions at its end are repeated (CVE-2012-2459)`,
      {
        hints: ['the merkle root is the same with and without the repeated ones; take the block from another source'],
      },
    );
  }
}
