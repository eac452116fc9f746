import {
  countAt,
  countOrNull,
  isAbsent,
  isObject,
  type JsonObject,
  listAt,
  objectAt,
  quantityAt,
} from '../evm/json-values.ts';
import { tronHash } from './address.ts';
import { internalMovement, nativeMovement, type TronMovement } from './movement.ts';
import { accountAt, logMovement, NOTHING, secondsAt, type TronPiece } from './piece.ts';

type Place = Pick<TronPiece, 'blockNumber' | 'blockTime' | 'txIndex'>;

export function blockPieces(block: JsonObject, header: JsonObject, where: string): TronPiece[] {
  const raw = objectAt(header['raw_data'], `${where}.block_header.raw_data`);
  const blockNumber = countOrNull(raw['number'], `${where}: number`) ?? 0;
  const blockTime = secondsAt(raw['timestamp'], `${where}: timestamp`);
  const transactions = isAbsent(block['transactions']) ? [] : listAt(block['transactions'], `${where}.transactions`);
  return transactions.map((item, txIndex) => {
    const place = `${where}.transactions[${txIndex}]`;
    return transaction(objectAt(item, place), { blockNumber, blockTime, txIndex }, place);
  });
}

/** A transaction as the node and TronGrid write it: one contract in `raw_data`, the outcome in `ret`. */
export function transaction(row: JsonObject, place: Place, where: string): TronPiece {
  const raw = objectAt(row['raw_data'], `${where}.raw_data`);
  const contract = objectAt(listAt(raw['contract'], `${where}.raw_data.contract`)[0], `${where}.raw_data.contract[0]`);
  const value = objectAt(objectAt(contract['parameter'], `${where}: parameter`)['value'], `${where}: parameter.value`);
  const ret = Array.isArray(row['ret']) && isObject(row['ret'][0]) ? row['ret'][0] : {};
  const owner = accountAt(value['owner_address'], `${where}: owner_address`);
  const head = {
    ...NOTHING,
    tx: tronHash(row['txID'], `${where}.txID`),
    blockNumber: place.blockNumber ?? countOrNull(row['blockNumber'], `${where}.blockNumber`),
    blockTime: place.blockTime ?? secondsAt(row['block_timestamp'], `${where}.block_timestamp`),
    txIndex: place.txIndex,
    owner,
    fee: isAbsent(ret['fee']) ? null : quantityAt(ret['fee'], `${where}.ret.fee`),
  };
  if (!isAbsent(ret['contractRet']) && ret['contractRet'] !== 'SUCCESS') return { ...head, passedOver: 'failed' };
  const inner = Array.isArray(row['internal_transactions']) && row['internal_transactions'].length > 0;
  const passedOver = inner ? 'inner-calls' : null;
  if (contract['type'] === 'TransferContract') {
    const to = accountAt(value['to_address'], `${where}: to_address`);
    return { ...head, movements: [nativeMovement(owner, to, quantityAt(value['amount'], `${where}: amount`))] };
  }
  if (contract['type'] === 'TriggerSmartContract') {
    const to = accountAt(value['contract_address'], `${where}: contract_address`);
    const sent = isAbsent(value['call_value']) ? 0n : quantityAt(value['call_value'], `${where}: call_value`);
    return { ...head, movements: [nativeMovement(owner, to, sent)], passedOver };
  }
  if (contract['type'] === 'CreateSmartContract') {
    const made = isObject(value['new_contract']) ? value['new_contract'] : {};
    const sent = isAbsent(made['call_value'])
      ? 0n
      : quantityAt(made['call_value'], `${where}: new_contract.call_value`);
    if (sent === 0n) return { ...head, passedOver };
    const to = accountAt(row['contract_address'], `${where}: contract_address`);
    return { ...head, movements: [nativeMovement(owner, to, sent)], passedOver };
  }
  return { ...head, passedOver: contract['type'] === 'TransferAssetContract' ? 'trc10' : null };
}

/** The node's `gettransactioninfobyid`: logs, inner calls and the fee. */
export function info(row: JsonObject, where: string): TronPiece {
  const head = {
    ...NOTHING,
    tx: tronHash(row['id'], `${where}.id`),
    blockNumber: countAt(row['blockNumber'], `${where}.blockNumber`),
    blockTime: secondsAt(row['blockTimeStamp'], `${where}.blockTimeStamp`),
    fee: isAbsent(row['fee']) ? null : quantityAt(row['fee'], `${where}.fee`),
  };
  const outcome = isObject(row['receipt']) ? row['receipt']['result'] : undefined;
  const failed = row['result'] === 'FAILED' || !(isAbsent(outcome) || outcome === 'SUCCESS' || outcome === 'DEFAULT');
  if (failed) return { ...head, passedOver: 'failed' };
  const inner = isAbsent(row['internal_transactions'])
    ? []
    : listAt(row['internal_transactions'], `${where}.internal_transactions`);
  const moved = inner.flatMap((call, i) =>
    innerCall(objectAt(call, `${where}.internal_transactions[${i}]`), `${where}.internal_transactions[${i}]`),
  );
  const logs = isAbsent(row['log']) ? [] : listAt(row['log'], `${where}.log`);
  const tokens = logs.flatMap((log, i) => logMovement(log, null, `${where}.log[${i}]`));
  return { ...head, movements: [...moved, ...tokens] };
}

function innerCall(call: JsonObject, where: string): TronMovement[] {
  if (call['rejected'] === true) return [];
  const values = isAbsent(call['callValueInfo']) ? [] : listAt(call['callValueInfo'], `${where}.callValueInfo`);
  return values.flatMap((item, i) => {
    const value = objectAt(item, `${where}.callValueInfo[${i}]`);
    if (isAbsent(value['callValue']) || !isAbsent(value['tokenId'])) return [];
    const amount = quantityAt(value['callValue'], `${where}.callValueInfo[${i}].callValue`);
    if (amount === 0n) return [];
    const from = accountAt(call['caller_address'], `${where}.caller_address`);
    return [internalMovement(from, accountAt(call['transferTo_address'], `${where}.transferTo_address`), amount)];
  });
}
