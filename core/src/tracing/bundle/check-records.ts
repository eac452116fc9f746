import type { ChainReader, ChainTransaction, EventLog, EvmEvidence, TransactionEvidence } from '../../ledger/index.ts';
import type { Problem } from './model.ts';
import { problem } from './open.ts';

/** How many records are asked for at once. */
const BATCH = 8;

/** How many of a bundle's records a node was asked about: in the bundle, asked about, not as stated. Inner calls are not compared. */
export type RecordsAnswer = { readonly cited: number; readonly checked: number; readonly differing: number };

const NO_RECORDS: RecordsAnswer = { cited: 0, checked: 0, differing: 0 };

/** Are the records that prove crossings what a node has of their transactions: parties, value, data, outcome, events? */
export async function checkRecords(
  evidence: readonly TransactionEvidence[],
  chain: ChainReader | undefined,
): Promise<{ answer: RecordsAnswer; problems: readonly Problem[] }> {
  if (chain === undefined) return { answer: { ...NO_RECORDS, cited: evidence.length }, problems: [] };
  const own = evidence.filter((record) => record.kind === 'evm' && record.chain === chain.chain) as EvmEvidence[];
  const found: Problem[][] = [];
  for (let i = 0; i < own.length; i += BATCH) {
    const batch = own.slice(i, i + BATCH);
    found.push(
      ...(await Promise.all(batch.map(async (record) => compare(record, await chain.transaction(record.tx))))),
    );
  }
  return {
    answer: {
      cited: evidence.length,
      checked: own.length,
      differing: found.filter((problems) => problems.length > 0).length,
    },
    problems: found.flat(),
  };
}

/** What a record leaves out is not compared. */
function compare(record: EvmEvidence, found: ChainTransaction | null): Problem[] {
  const wrong = (message: string): Problem => problem('evidence.json', record.tx, message);
  if (found === null) return [wrong('the node knows no such transaction')];
  const { blockNumber, blockTime, txIndex, from, to, value, input, succeeded } = record;
  const fields = { blockNumber, blockTime, txIndex, from, to, value, input, succeeded };
  const differing = (Object.keys(fields) as (keyof typeof fields)[]).filter(
    (field) => fields[field] !== null && fields[field] !== found[field],
  );
  const problems = differing.map((field) => ({
    ...wrong(`${field} is not what the chain has`),
    stated: shortened(`${fields[field]}`),
    found: shortened(`${found[field]}`),
  }));
  if (record.logs === null || logsText(record.logs) === logsText(found.logs)) return problems;
  const counts = { stated: `${record.logs.length} events`, found: `${found.logs.length} events` };
  return [...problems, { ...wrong('the events are not those that the chain has'), ...counts }];
}

/** Call data may be long. */
const shortened = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

function logsText(logs: readonly EventLog[]): string {
  return JSON.stringify(logs.map(({ logIndex, address, topics, data }) => [logIndex, address, topics, data]));
}
