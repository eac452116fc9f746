import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/*
 * An explorer that speaks Etherscan's API over HTTP, written from the published documentation: docs.etherscan.io (version 2:
 * lists of accounts, geth proxy, common error messages, rate limits) and docs.blockscout.com (RPC and ETH RPC endpoints).
 * It answers from a chain that a test makes up, and fails on demand.
 */

export type InnerCall = {
  readonly from: string;
  readonly to: string;
  readonly value: bigint;
  readonly failed?: boolean;
};
export type TokenMove = {
  readonly contract: string;
  readonly from: string;
  readonly to: string;
  readonly value: bigint;
  readonly logIndex: number;
};
export type ChainTransaction = {
  readonly hash: string;
  readonly block: number;
  readonly index: number;
  readonly from: string;
  /** Null: the transaction creates `created`. */
  readonly to: string | null;
  readonly created?: string;
  readonly value: bigint;
  readonly gasPrice: bigint;
  readonly gasUsed: bigint;
  readonly failed?: boolean;
  readonly inner?: readonly InnerCall[];
  readonly tokens?: readonly TokenMove[];
};

/** How a request fails: a reply with a status and perhaps headers, no reply, or one that is cut in the middle. */
export type Fault =
  | { readonly status: number; readonly body?: unknown; readonly retryAfter?: string }
  | 'silence'
  | 'cut';

export type ExplorerServer = {
  readonly url: string;
  /** Queries so far, the newest last. */
  readonly asked: readonly URLSearchParams[];
  chain: readonly ChainTransaction[];
  /** Looked at before every answer; may also change the chain. */
  fault: (query: URLSearchParams, count: number) => Fault | null;
  /** May change rows of an answer. */
  spoil: (rows: Row[], query: URLSearchParams) => Row[];
  /** Blockscout: not all inner calls are processed. */
  pending: boolean;
  /** Names the last final block; null: it does not know the tag. */
  finalBlock: number | null;
  /** Told apart, so that a chain can be reorganised. */
  branch: number;
  close(): Promise<void>;
};

export type Row = Record<string, string>;

export type ServerOptions = {
  readonly dialect: 'etherscan-v2' | 'blockscout';
  readonly key: string;
  readonly head: number;
  /** Rows of a reply at most, whatever is asked for; default: the window. */
  readonly cap?: number;
};

const WINDOW = 10_000;
const OUT_OF_WINDOW = `Result window is too large, PageNo x Offset size must be less than or equal to ${WINDOW}`;
const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

export const timeOf = (block: number): number => 1_600_000_000 + 12 * block;
export const blockHashOf = (block: number, branch = 0): string => `0xb${branch}${block.toString(16).padStart(62, '0')}`;

export async function startEtherscanServer(options: ServerOptions): Promise<ExplorerServer> {
  const asked: URLSearchParams[] = [];
  const open: ServerResponse[] = [];
  const http: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://localhost');
      asked.push(query);
      const fault = server.fault(query, asked.length);
      if (fault === 'silence') return void open.push(response);
      if (fault !== null && fault !== 'cut') {
        if (fault.retryAfter !== undefined) response.setHeader('retry-after', fault.retryAfter);
        return void response.writeHead(fault.status).end(JSON.stringify(fault.body ?? {}));
      }
      const answer = pathname.endsWith('/eth-rpc')
        ? answerPost(server, options, body)
        : answerGet(server, options, query);
      const text = JSON.stringify(answer);
      response.end(fault === 'cut' ? text.slice(0, text.length / 2) : text);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: ExplorerServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/api`,
    asked,
    chain: [],
    fault: () => null,
    spoil: (rows) => rows,
    pending: false,
    finalBlock: null,
    branch: 0,
    close: () => {
      for (const response of open) response.destroy();
      http.closeAllConnections();
      return new Promise((resolve) => http.close(() => resolve()));
    },
  };
  return server;
}

const notOk = (result: string): unknown => ({ status: '0', message: 'NOTOK', result });

function answerGet(server: ExplorerServer, options: ServerOptions, query: URLSearchParams): unknown {
  const isEtherscan = options.dialect === 'etherscan-v2';
  if (isEtherscan && query.get('apikey') !== options.key) return notOk(`Invalid API Key (${query.get('apikey')})`);
  if (isEtherscan && query.get('chainid') !== '1') {
    return notOk('Missing or unsupported chainid parameter (required for v2 api), please see chainlist');
  }
  if (query.get('module') === 'proxy' && isEtherscan) {
    const params = [query.get('tag') ?? query.get('txhash') ?? '', query.get('boolean') === 'true'];
    return { jsonrpc: '2.0', id: 1, ...answerNode(server, options, query.get('action') ?? '', params) };
  }
  if (query.get('module') !== 'account') return notOk('Error! Missing Or invalid Module name');
  return listOf(server, options, query);
}

const EMPTY = {
  txlist: 'No transactions found',
  txlistinternal: 'No internal transactions found',
  tokentx: 'No token transfers found',
} as const;

function listOf(server: ExplorerServer, { dialect, cap = WINDOW }: ServerOptions, query: URLSearchParams): unknown {
  const isEtherscan = dialect === 'etherscan-v2';
  const number = (name: string): number => Number(query.get(name));
  const [page, offset, from, to] = [number('page'), number('offset'), number('startblock'), number('endblock')];
  if (page * offset > WINDOW) {
    return isEtherscan ? notOk(OUT_OF_WINDOW) : { status: '0', message: OUT_OF_WINDOW, result: null };
  }
  const action = query.get('action') as keyof typeof EMPTY;
  const address = query.get('address') ?? '';
  const all = server.chain
    .filter(({ block }) => block >= from && block <= to)
    .toSorted((a, b) => a.block - b.block || a.index - b.index)
    .flatMap((transaction) => ROWS[action](transaction, address, server, isEtherscan));
  const size = Math.min(offset, cap);
  const rows = server.spoil(all.slice((page - 1) * size, page * size), query);
  if (server.pending && action === 'txlistinternal') {
    const message = 'Some internal transactions within this block range have not yet been processed';
    return { status: '2', message, result: rows };
  }
  if (rows.length > 0) return { status: '1', message: 'OK', result: rows };
  return { status: '0', message: isEtherscan ? 'No transactions found' : EMPTY[action], result: [] };
}

type ToRows = (one: ChainTransaction, address: string, server: ExplorerServer, isEtherscan: boolean) => Row[];

const ROWS: Readonly<Record<keyof typeof EMPTY, ToRows>> = {
  txlist(one, address, { branch }) {
    if (![one.from, one.to, one.created].includes(address)) return [];
    return [
      {
        ...placeOf(one),
        hash: one.hash,
        blockHash: blockHashOf(one.block, branch),
        transactionIndex: String(one.index),
        from: one.from,
        to: one.to ?? '',
        value: String(one.value),
        gas: '900000',
        gasPrice: String(one.gasPrice),
        isError: one.failed ? '1' : '0',
        txreceipt_status: one.failed ? '0' : '1',
        input: '0x',
        contractAddress: one.created ?? '',
        cumulativeGasUsed: '900000',
        gasUsed: String(one.gasUsed),
        confirmations: '77',
      },
    ];
  },
  txlistinternal(one, address, _, isEtherscan) {
    const row = (call: InnerCall, rank: number, type: string): Row => ({
      ...placeOf(one),
      from: call.from,
      to: type === 'create' ? '' : call.to,
      value: String(call.value),
      contractAddress: type === 'create' ? call.to : '',
      input: '',
      type,
      gas: '2300',
      gasUsed: '0',
      isError: call.failed ? '1' : '0',
      errCode: call.failed ? 'Out of gas' : '',
      ...(isEtherscan ? { hash: one.hash, traceId: `0_${rank}` } : { transactionHash: one.hash, index: String(rank) }),
    });
    const touches = ({ from, to }: { from: string; to: string }): boolean => from === address || to === address;
    const inner = (one.inner ?? []).flatMap((call, i) => (touches(call) ? [row(call, i + 1, 'call')] : []));
    // Blockscout lists a transaction's own creation of a contract as its call 0.
    if (isEtherscan || one.created === undefined) return inner;
    const creation = { from: one.from, to: one.created, value: one.value };
    return touches(creation) ? [row(creation, 0, 'create'), ...inner] : inner;
  },
  tokentx(one, address, { branch }, isEtherscan) {
    const moves = (one.tokens ?? []).filter(({ from, to }) => from === address || to === address);
    return moves.map((move) => ({
      ...placeOf(one),
      hash: one.hash,
      blockHash: blockHashOf(one.block, branch),
      from: move.from,
      contractAddress: move.contract,
      to: move.to,
      value: String(move.value),
      tokenName: 'Some Token',
      tokenSymbol: 'TKN',
      tokenDecimal: '6',
      transactionIndex: String(one.index),
      gas: '900000',
      gasPrice: String(one.gasPrice),
      gasUsed: String(one.gasUsed),
      confirmations: '77',
      ...(isEtherscan ? {} : { logIndex: String(move.logIndex) }),
    }));
  },
};

function placeOf({ block }: ChainTransaction): Row {
  return { blockNumber: String(block), timeStamp: String(timeOf(block)) };
}

function answerPost(server: ExplorerServer, options: ServerOptions, body: string): unknown {
  const { id, method, params } = JSON.parse(body) as { id: number; method: string; params: unknown[] };
  return { jsonrpc: '2.0', id, ...answerNode(server, options, method, params) };
}

function answerNode(
  server: ExplorerServer,
  { head }: ServerOptions,
  method: string,
  params: readonly unknown[],
): object {
  const { branch, chain, finalBlock } = server;
  const found = chain.find(({ hash }) => hash === params[0]);
  const place = (one: ChainTransaction) => ({
    blockHash: blockHashOf(one.block, branch),
    blockNumber: hex(one.block),
    transactionIndex: hex(one.index),
    from: one.from,
    to: one.to,
  });
  switch (method) {
    case 'eth_getBlockByNumber': {
      if (params[0] === 'finalized' && finalBlock === null) return { error: { code: -32602, message: 'invalid tag' } };
      const number =
        params[0] === 'latest' ? head : params[0] === 'finalized' ? (finalBlock as number) : Number(params[0]);
      if (number > head) return { result: null };
      return { result: { number: hex(number), hash: blockHashOf(number, branch), timestamp: hex(timeOf(number)) } };
    }
    case 'eth_getTransactionByHash': {
      if (found === undefined) return { result: null };
      const { hash, value, gasPrice } = found;
      const more = { hash, value: hex(value), gasPrice: hex(gasPrice), gas: '0xdbba0', input: '0x', type: '0x0' };
      return { result: { ...place(found), ...more, chainId: '0x1' } };
    }
    case 'eth_getTransactionReceipt': {
      if (found === undefined) return { result: null };
      const { hash, gasUsed, gasPrice, failed, created } = found;
      const paid = { gasUsed: hex(gasUsed), effectiveGasPrice: hex(gasPrice), contractAddress: created ?? null };
      return { result: { ...place(found), ...paid, transactionHash: hash, status: failed ? '0x0' : '0x1', logs: [] } };
    }
    default:
      return { error: { code: -32601, message: `the method ${method} does not exist` } };
  }
}
