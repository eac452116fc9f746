import { type Chain, canonicalAccount, nativeAsset } from '../../../units/index.ts';
import type { Transfer } from '../../transfer.ts';
import { bitcoinAt, hashAt } from './values.ts';

/** The columns by which a table of payments without blocks, inputs and outputs is recognised. */
export const ONE_HOP_COLUMNS = ['txid', 'from', 'to', 'amount'] as const;

/**
 * The earliest a transaction can be: the genesis block and its time. What stands here has no block of its own; everything that
 * spends it comes later, so nothing is put before its cause.
 */
export const EARLIEST_PLACE = { blockNumber: 0, blockTime: 1_231_006_505 } as const;

/** Unix seconds of a transfer as its source gave them. Null: it gave none, and the transfer stands at the earliest there can be. */
export function statedTime({ blockTime }: Pick<Transfer, 'blockTime'>): number | null {
  return blockTime === EARLIEST_PLACE.blockTime ? null : blockTime;
}

/**
 * A payment from address to address as a table states it, `amount` in bitcoin. It says neither which outputs were spent nor which
 * were made, so it becomes no input or output but a transfer between the two addresses at position 0.
 * @param row - cells of {@link ONE_HOP_COLUMNS}.
 * @param txIndex - its place, assigned by the order of the file.
 * @throws {CairnError} `invalid-input`: an id, address or amount that is none.
 */
export function oneHopTransfer(
  chain: Chain,
  row: Readonly<Record<(typeof ONE_HOP_COLUMNS)[number], string>>,
  place: { readonly blockNumber: number; readonly blockTime: number },
  txIndex: number,
): Transfer {
  return {
    chain,
    ...place,
    txIndex,
    position: 0,
    tx: hashAt(row.txid, 'txid'),
    from: canonicalAccount(chain, row.from),
    to: canonicalAccount(chain, row.to),
    asset: nativeAsset(chain),
    amount: bitcoinAt(row.amount, 'amount'),
    kind: 'native',
    assigned: 'both',
    rounded: false,
  };
}
