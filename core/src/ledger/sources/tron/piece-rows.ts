import type { CairnError } from '../../../errors.ts';
import { TRON_COLUMN } from '../../tron/decoder.ts';
import type { TronPiece } from '../../tron/piece.ts';
import { valueBatch, valueRow } from '../json-rows.ts';
import type { RowBatch, RowSource } from '../row-source.ts';

/** A record, read or refused: either `piece` or `fault` is null. */
export type ReadPiece = { readonly line: number; readonly piece: TronPiece | null; readonly fault: CairnError | null };

/** Rows that are handed on at once. */
const AT_ONCE = 2_000;

/** Records as a table for `TRON_JSON`. @param read - gives them, blocks rising; asked anew whenever the table is read. */
export function rowsOfPieces(read: () => Promise<readonly ReadPiece[]>): RowSource {
  async function* batches(): AsyncGenerator<RowBatch> {
    const pieces = await read();
    for (let i = 0; i < pieces.length; i += AT_ONCE) {
      const part = pieces.slice(i, i + AT_ONCE);
      const rows = part.map(({ piece, fault }) => valueRow({ piece, fault }, piece?.tx ?? ''));
      yield valueBatch(
        rows,
        part.map(({ line }) => line),
        i + part.length,
      );
    }
  }
  return {
    columns: [TRON_COLUMN],
    read: () => ({ header: [TRON_COLUMN], batches: batches() }),
    readSorted: null,
    close: async () => {},
  };
}
