import { countAt, countOrNull, isAbsent, type JsonObject, quantityAt } from '../evm/json-values.ts';
import { tronHash } from './address.ts';
import { nativeMovement } from './movement.ts';
import { accountAt, logMovement, NOTHING, secondsAt, type TronPiece } from './piece.ts';

/** A row of `logs` in data sets of the Ethereum kind. */
export function datasetLog(row: JsonObject, where: string): TronPiece {
  const logIndex = countAt(row['log_index'], `${where}.log_index`);
  const movements = logMovement(row, logIndex, where);
  return {
    ...NOTHING,
    tx: tronHash(row['tx_hash'] ?? row['transaction_hash'], `${where}.tx_hash`),
    blockNumber: countAt(row['block_number'] ?? row['block_id'], `${where}.block_number`),
    blockTime: secondsAt(row['block_timestamp'], `${where}.block_timestamp`),
    txIndex: countOrNull(row['transaction_index'], `${where}.transaction_index`),
    movements,
    passedOver: movements.length === 0 ? 'other-event' : null,
  };
}

/** Contract types as Tron's protocol numbers them. */
const TRANSFER_CONTRACT = 1;
const TRANSFER_ASSET_CONTRACT = 2;
const TRIGGER_SMART_CONTRACT = 31;

/** A row of `transactions` in data sets of the Ethereum kind. Its fee is energy at list price, which staking may have paid: not taken. */
export function datasetTransaction(row: JsonObject, where: string): TronPiece {
  const type = countAt(row['transaction_type'], `${where}.transaction_type`);
  const owner = accountAt(row['from_address'], `${where}.from_address`);
  const head = {
    ...NOTHING,
    tx: tronHash(row['tx_hash'] ?? row['transaction_hash'] ?? row['hash'], `${where}.tx_hash`),
    blockNumber: countAt(row['block_number'] ?? row['block_id'], `${where}.block_number`),
    blockTime: secondsAt(row['block_timestamp'], `${where}.block_timestamp`),
    txIndex: countOrNull(row['transaction_index'], `${where}.transaction_index`),
    owner,
    fee: isAbsent(row['fee']) ? null : quantityAt(row['fee'], `${where}.fee`),
  };
  if (!isAbsent(row['receipt_status']) && countAt(row['receipt_status'], `${where}.receipt_status`) !== 1) {
    return { ...head, passedOver: 'failed' };
  }
  if (type === TRANSFER_ASSET_CONTRACT) return { ...head, passedOver: 'trc10' };
  if (type !== TRANSFER_CONTRACT && type !== TRIGGER_SMART_CONTRACT) return head;
  const to = accountAt(row['to_address'], `${where}.to_address`);
  return { ...head, movements: [nativeMovement(owner, to, quantityAt(row['value'], `${where}.value`))] };
}
