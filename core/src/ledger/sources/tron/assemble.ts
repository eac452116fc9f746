import { type CairnError, isCairnError } from '../../../errors.ts';
import { countOrNull, isAbsent, isObject, type JsonObject, objectAt } from '../../evm/json-values.ts';
import { tronPiecesOf } from '../../tron/json-pieces.ts';
import { internalMovement, type TronMovement } from '../../tron/movement.ts';
import { accountAt, type TronPiece } from '../../tron/piece.ts';
import { inconsistent } from '../fetching.ts';
import type { Listed } from './account-lists.ts';

/** Whether a transaction's own record says all that moved: everything but calls of contracts that took effect. */
export function saysAll({ signed, transfers, innerCalls }: Listed): boolean {
  if (signed === null || transfers.length + innerCalls.length > 0) return false;
  const raw = objectAt(signed['raw_data'], 'raw_data');
  const contract = Array.isArray(raw['contract']) && isObject(raw['contract'][0]) ? raw['contract'][0] : {};
  const ret = Array.isArray(signed['ret']) && isObject(signed['ret'][0]) ? signed['ret'][0] : {};
  const failed = !isAbsent(ret['contractRet']) && ret['contractRet'] !== 'SUCCESS';
  const calls = contract['type'] === 'TriggerSmartContract' || contract['type'] === 'CreateSmartContract';
  return !isAbsent(signed['blockNumber']) && (failed || !calls);
}

/** A transaction put together, or why that cannot be. */
export type Assembled = { readonly piece: TronPiece | null; readonly fault: CairnError | null };

/**
 * One record of a transaction from what it was signed as (what it sends, who pays) and what became of it (block, fee, inner calls,
 * logs): together each movement once.
 * @throws {CairnError} `unavailable`, retryable: they are not of one block.
 */
export function assemble(
  tx: string,
  signed: JsonObject | null,
  info: JsonObject | null,
  listed: Listed | null,
): Assembled {
  try {
    // What a creation made is named by what became of it.
    const made = { contract_address: info?.['contract_address'], ...signed };
    const [sent] = signed === null ? [] : tronPiecesOf(made, `transaction ${tx}`);
    const [became] = info === null ? [] : tronPiecesOf(info, `transaction ${tx}`);
    const metadata = (listed?.transfers ?? []).flatMap((row) => tronPiecesOf(row, `transaction ${tx}`));
    const first = became ?? sent;
    if (first === undefined) throw inconsistent(`transaction ${tx} is listed and not known`);
    if (
      sent !== undefined &&
      became !== undefined &&
      sent.blockNumber !== null &&
      sent.blockNumber !== became.blockNumber
    )
      throw inconsistent(`transaction ${tx} stands in block ${sent.blockNumber}, and in ${became.blockNumber}`);
    const failed = became?.passedOver === 'failed';
    const passedOver = sent?.passedOver === 'inner-calls' && became !== undefined ? null : (sent?.passedOver ?? null);
    const piece: TronPiece = {
      tx,
      blockNumber: became?.blockNumber ?? sent?.blockNumber ?? null,
      blockTime: became?.blockTime ?? sent?.blockTime ?? null,
      txIndex: null,
      movements: failed ? [] : [...(sent?.movements ?? []), ...(became?.movements ?? [])],
      owner: sent?.owner ?? null,
      // An info leaves out a fee that is nothing.
      fee: became?.fee ?? sent?.fee ?? null,
      assets: metadata.flatMap(({ assets }) => assets),
      passedOver: became?.passedOver ?? passedOver,
    };
    return { piece, fault: null };
  } catch (error) {
    if (!isCairnError(error) || error.code !== 'invalid-input') throw error;
    return { piece: null, fault: error };
  }
}

/**
 * How many transfers and inner calls the lists name that a transaction's own record does not have. A transfer of a single piece
 * (TRC-721), which the list has among those of tokens, is none.
 */
export function countMissing({ transfers, innerCalls }: Listed, piece: TronPiece, info: JsonObject | null): number {
  if (piece.passedOver === 'failed') return 0;
  const left = [...piece.movements];
  const take = (wanted: Wanted): boolean => {
    const place = left.findIndex((one) => isSame(one, wanted));
    if (place >= 0) left.splice(place, 1);
    return place >= 0;
  };
  const listedTransfers = transfers
    .flatMap((row) => tronPiecesOf(row, `transaction ${piece.tx}`).flatMap(({ movements }) => movements))
    .filter(({ asset }) => !movesPieces(info, asset.slice(asset.lastIndexOf(':') + 1)));
  const listedCalls = innerCalls.flatMap((row) => innerMovement(row, `transaction ${piece.tx}`));
  return [...listedTransfers, ...listedCalls].filter((wanted) => !take(wanted)).length;
}

type Wanted = Pick<TronMovement, 'kind' | 'from' | 'to' | 'asset' | 'amount'>;

function isSame(a: Wanted, b: Wanted): boolean {
  return a.kind === b.kind && a.from === b.from && a.to === b.to && a.asset === b.asset && a.amount === b.amount;
}

/** TRX that a listed inner call moved; a rejected one, or one of a TRC-10 token, moves none. */
function innerMovement(row: JsonObject, where: string): Wanted[] {
  const data = isObject(row['data']) ? row['data'] : {};
  const value = isObject(data['call_value']) ? data['call_value']['_'] : null;
  const amount = countOrNull(value, `${where}: call_value`) ?? 0;
  if (data['rejected'] === true || amount === 0) return [];
  const from = accountAt(row['from_address'], `${where}: from_address`);
  return [internalMovement(from, accountAt(row['to_address'], `${where}: to_address`), BigInt(amount))];
}

/** Whether a contract's logs in a transaction have the fourth topic of a single piece. */
function movesPieces(info: JsonObject | null, contract: string): boolean {
  const logs = Array.isArray(info?.['log']) ? info['log'] : [];
  return logs.some((log) => {
    if (!isObject(log) || !Array.isArray(log['topics']) || log['topics'].length !== 4) return false;
    return accountAt(log['address'], 'log').endsWith(`:${contract}`);
  });
}
