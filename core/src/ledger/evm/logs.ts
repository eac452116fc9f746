import type { Chain } from '../../units/index.ts';
import type { EventLog, EvmEvidence } from '../evidence.ts';
import {
  accountAt,
  bytesAt,
  countAt,
  countOrNull,
  hashAt,
  hashOrNull,
  isAbsent,
  listAt,
  objectAt,
  refuse,
} from './json-values.ts';

/** Where a log says its transaction stands. */
export type LogPlace = { readonly blockHash: string | null } & Pick<
  EvmEvidence,
  'blockNumber' | 'blockTime' | 'txIndex'
>;

/** A log as a node gives it, with what it says of its transaction. */
export type ReadLog = { readonly log: EventLog; readonly tx: string | null; readonly place: LogPlace };

/** More topics than this no log can have: the opcodes end at LOG4. */
const MOST_TOPICS = 4;

/**
 * Logs as `eth_getLogs` and receipts have them, in order.
 * @throws {CairnError} `invalid-input`, naming the log and the field; a log that a reorganisation removed.
 */
export function readLogs(chain: Chain, value: unknown): ReadLog[] {
  const logs = listAt(value, 'logs').map((item, i) => readLog(chain, item, `logs[${i}]`));
  logs.sort((a, b) => a.log.logIndex - b.log.logIndex);
  for (const [i, { log }] of logs.entries()) {
    if (logs[i - 1]?.log.logIndex === log.logIndex) return refuse('logs', 'two logs have one index', log.logIndex);
  }
  return logs;
}

function readLog(chain: Chain, item: unknown, where: string): ReadLog {
  const log = objectAt(item, where);
  if (log['removed'] === true) return refuse(where, 'was removed by a reorganisation: ask the node again');
  const topics = listAt(log['topics'], `${where}.topics`);
  if (topics.length > MOST_TOPICS) return refuse(`${where}.topics`, 'has more than four topics', topics.length);
  return {
    tx: hashOrNull(log['transactionHash'], `${where}.transactionHash`),
    place: {
      blockHash: hashOrNull(log['blockHash'], `${where}.blockHash`),
      blockNumber: countOrNull(log['blockNumber'], `${where}.blockNumber`),
      blockTime: countOrNull(log['blockTimestamp'], `${where}.blockTimestamp`),
      txIndex: countOrNull(log['transactionIndex'], `${where}.transactionIndex`),
    },
    log: {
      logIndex: countAt(log['logIndex'], `${where}.logIndex`),
      address: accountAt(chain, log['address'], `${where}.address`),
      topics: topics.map((topic, i) => hashAt(topic, `${where}.topics[${i}]`)),
      data: isAbsent(log['data']) ? '0x' : bytesAt(log['data'], `${where}.data`),
    },
  };
}
