import { countAt, countOrNull, isAbsent, isObject, type JsonObject, objectAt, quantityAt } from '../evm/json-values.ts';
import { trc20, tronHash } from './address.ts';
import { tokenMovement } from './movement.ts';
import { accountAt, addressAt, NOTHING, secondsAt, type TronPiece } from './piece.ts';

/** TronGrid's `/v1/accounts/:address/transactions/trc20`: it has no block, only its time. */
export function trc20Page(row: JsonObject, where: string): TronPiece {
  const token = objectAt(row['token_info'], `${where}.token_info`);
  const head = {
    ...NOTHING,
    tx: tronHash(row['transaction_id'], `${where}.transaction_id`),
    blockTime: secondsAt(row['block_timestamp'], `${where}.block_timestamp`),
    blockNumber: countOrNull(row['block_number'] ?? row['block'], `${where}.block_number`),
  };
  if (!isAbsent(row['type']) && row['type'] !== 'Transfer') return { ...head, passedOver: 'approval' };
  const contract = accountAt(token['address'], `${where}.token_info.address`);
  const asset = trc20(contract.slice(contract.lastIndexOf(':') + 1));
  const symbol = typeof token['symbol'] === 'string' && token['symbol'] !== '' ? token['symbol'] : null;
  const moved = {
    from: accountAt(row['from'], `${where}.from`),
    to: accountAt(row['to'], `${where}.to`),
    asset,
    amount: quantityAt(row['value'], `${where}.value`),
  };
  const stated = /^\d{1,3}$/.test(String(token['decimals'])) ? Number(token['decimals']) : -1;
  // What a token says of itself is its maker's to choose, and nothing depends on it.
  const decimals = stated >= 0 && stated <= 255 ? stated : null;
  return { ...head, movements: [tokenMovement(moved, null)], assets: [[asset, { symbol, decimals }]] };
}

/** TronGrid's events, of a contract, a block or a transaction. */
export function event(row: JsonObject, where: string): TronPiece {
  const head = {
    ...NOTHING,
    tx: tronHash(row['transaction_id'], `${where}.transaction_id`),
    blockNumber: countAt(row['block_number'], `${where}.block_number`),
    blockTime: secondsAt(row['block_timestamp'], `${where}.block_timestamp`),
  };
  const result = isObject(row['result']) ? row['result'] : {};
  const isPiece = 'tokenId' in result || /uint256 indexed/.test(String(row['event'] ?? ''));
  if (row['event_name'] !== 'Transfer' || isPiece) return { ...head, passedOver: 'other-event' };
  const moved = {
    from: accountAt(result['0'] ?? result['from'] ?? result['_from'], `${where}.result.from`),
    to: accountAt(result['1'] ?? result['to'] ?? result['_to'], `${where}.result.to`),
    asset: trc20(addressAt(row['contract_address'], `${where}.contract_address`)),
    amount: quantityAt(result['2'] ?? result['value'] ?? result['_value'], `${where}.result.value`),
  };
  return { ...head, movements: [tokenMovement(moved, null)] };
}

/** Tronscan's `token_trc20/transfers`. */
export function tronscan(row: JsonObject, where: string): TronPiece {
  const head = {
    ...NOTHING,
    tx: tronHash(row['transaction_id'], `${where}.transaction_id`),
    blockNumber: countAt(row['block'], `${where}.block`),
    blockTime: secondsAt(row['block_ts'], `${where}.block_ts`),
  };
  const failed = [row['contractRet'], row['finalResult']].some((ret) => !isAbsent(ret) && ret !== 'SUCCESS');
  if (failed || row['revert'] === true) return { ...head, passedOver: 'failed' };
  if (!isAbsent(row['event_type']) && row['event_type'] !== 'Transfer') return { ...head, passedOver: 'other-event' };
  const moved = {
    from: accountAt(row['from_address'], `${where}.from_address`),
    to: accountAt(row['to_address'], `${where}.to_address`),
    asset: trc20(addressAt(row['contract_address'], `${where}.contract_address`)),
    amount: quantityAt(row['quant'], `${where}.quant`),
  };
  return { ...head, movements: [tokenMovement(moved, null)] };
}
