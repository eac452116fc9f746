import { readFixture } from '../crossings-fixtures.ts';
import { type LocalServer, serveReplies } from './local-server.ts';

type Json = Readonly<Record<string, unknown>>;
type Question = { readonly id: number; readonly method: string; readonly params: readonly unknown[] };

/** A recorded transaction: what a node said of it, without its trace. */
type Recorded = {
  readonly chainId: number;
  readonly transactionHash: string;
  readonly transaction: Json;
  readonly receipt: Json;
  readonly logs: readonly Json[];
};

/**
 * A node that knows one recorded transaction and its block. Its calls are the top-level one alone: the recordings have no trace.
 * @param at - Unix seconds of the block, which the recordings leave out.
 */
export async function serveRecorded(folder: string, file: string, at: number): Promise<LocalServer> {
  const recorded = readFixture(folder, file) as Recorded;
  const { transaction, receipt, logs, transactionHash: hash } = recorded;
  const blockHash = String(receipt['blockHash'] ?? logs[0]?.['blockHash'] ?? `0x${'b'.repeat(64)}`);
  const number = hex(Number(receipt['blockNumber'] ?? logs[0]?.['blockNumber']));
  const place = { blockHash, blockNumber: number, transactionIndex: hex(Number(receipt['transactionIndex'])) };
  const block = {
    number,
    hash: blockHash,
    parentHash: `0x${'a'.repeat(64)}`,
    timestamp: hex(at),
    transactions: [hash],
  };
  const genesis = {
    number: '0x0',
    hash: `0x${'0'.repeat(63)}1`,
    parentHash: `0x${'0'.repeat(64)}`,
    timestamp: '0x1',
    transactions: [],
  };
  const placedLogs = logs.map((log) => ({ ...log, ...place, transactionHash: hash }));
  const isIn = ({ fromBlock, toBlock }: Json): boolean =>
    Number(fromBlock) <= Number(number) && Number(number) <= Number(toBlock);
  const named = (list: unknown, address: unknown): boolean =>
    list === undefined || (list as string[]).includes(String(address).toLowerCase());
  const answers: Record<string, (params: readonly unknown[]) => unknown> = {
    eth_chainId: () => hex(recorded.chainId),
    eth_getBlockByNumber: ([which]) =>
      which === '0x0'
        ? genesis
        : which === 'latest' || which === number
          ? block
          : which === 'finalized'
            ? genesis
            : null,
    eth_getBlockByHash: ([of]) => (of === blockHash ? block : null),
    eth_getTransactionByHash: ([of]) => (of === hash ? { ...transaction, ...place, hash } : null),
    eth_getTransactionReceipt: ([of]) =>
      of === hash ? { ...receipt, ...place, transactionHash: hash, logs: placedLogs } : null,
    trace_filter: ([filter]) => {
      const { fromAddress, toAddress } = filter as Json;
      const isWanted =
        isIn(filter as Json) && named(fromAddress, transaction['from']) && named(toAddress, transaction['to']);
      const action = {
        callType: 'call',
        from: transaction['from'],
        to: transaction['to'],
        value: '0x0',
        input: '0x',
        gas: '0x0',
      };
      return isWanted
        ? [
            {
              action,
              blockHash,
              blockNumber: Number(number),
              transactionHash: hash,
              traceAddress: [],
              subtraces: 0,
              type: 'call',
              result: {},
            },
          ]
        : [];
    },
    eth_getLogs: ([filter]) => {
      const { topics } = filter as { topics: (string[] | string | null)[] };
      const fits = (log: Json): boolean =>
        topics.every((wanted, i) => {
          const topic = (log['topics'] as string[])[i];
          return wanted === null || (topic !== undefined && [wanted].flat().includes(topic));
        });
      return isIn(filter as Json) ? placedLogs.filter(fits) : [];
    },
  };
  const reply = ({ id, method, params }: Question): unknown => {
    const answer = answers[method];
    return answer === undefined
      ? { jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } }
      : { jsonrpc: '2.0', id, result: answer(params) };
  };
  return serveReplies(({ body }) => ({
    text: JSON.stringify(Array.isArray(body) ? (body as Question[]).map(reply) : reply(body as Question)),
  }));
}

const hex = (number: number): string => `0x${number.toString(16)}`;
