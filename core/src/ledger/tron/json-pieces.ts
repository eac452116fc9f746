import { isObject, type JsonObject, refuse } from '../evm/json-values.ts';
import { datasetLog, datasetTransaction } from './dataset-pieces.ts';
import { event, trc20Page, tronscan } from './explorer-pieces.ts';
import { blockPieces, info, transaction } from './node-pieces.ts';
import type { TronPiece } from './piece.ts';

/**
 * Takes a JSON value apart: pages of TronGrid (`/v1/accounts/…/transactions`, `…/transactions/trc20`, `…/events`) and of
 * Tronscan, the node's transactions, transaction infos and blocks, and rows of data sets of the Ethereum kind.
 * @throws {CairnError} `invalid-input`: a shape that is none of these, or a field that cannot be read.
 */
export function tronPiecesOf(value: unknown, where: string): TronPiece[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => tronPiecesOf(item, `${where}[${i}]`));
  if (!isObject(value)) return refuse(where, 'is no record of Tron', value);
  for (const list of ['data', 'token_transfers', 'logs'] as const) {
    const inner = value[list];
    if (Array.isArray(inner) && !('tx_hash' in value)) return tronPiecesOf(inner, `${where}.${list}`);
  }
  if (isObject(value['block_header'])) return blockPieces(value, value['block_header'], where);
  if (Array.isArray(value['transactions'])) return tronPiecesOf(value['transactions'], `${where}.transactions`);
  return [pieceOf(value, where)];
}

function pieceOf(value: JsonObject, where: string): TronPiece {
  if ('token_info' in value) return trc20Page(value, where);
  if ('event_name' in value) return event(value, where);
  if ('quant' in value) return tronscan(value, where);
  if ('raw_data' in value) return transaction(value, { blockNumber: null, blockTime: null, txIndex: null }, where);
  if ('id' in value && ('blockTimeStamp' in value || 'receipt' in value)) return info(value, where);
  if ('topics' in value) return datasetLog(value, where);
  if ('transaction_type' in value && 'from_address' in value) return datasetTransaction(value, where);
  return refuse(where, 'is no record of Tron that is known here; it has', Object.keys(value).slice(0, 8).join(', '));
}
