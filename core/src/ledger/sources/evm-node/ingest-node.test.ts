import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryLedger, type MemoryLedger } from '../../stores/memory.ts';
import { ingestReceiptsFromNode, type NodeQuery } from './ingest-node.ts';

type Question = { readonly method: string; readonly params: readonly unknown[] };
type Asked = Question & { readonly id: number };
type Answer =
  | { readonly result: unknown }
  | { readonly error: { code: number; message: string } }
  | { readonly status: number }
  | 'silence';

let server: Server;
let url: string;
let asked: string[];
let waited: number[];
let answer: (question: Question) => Answer;
let store: MemoryLedger;

beforeEach(async () => {
  asked = [];
  waited = [];
  store = createMemoryLedger();
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const posted = JSON.parse(body) as Asked | readonly Asked[];
      const answers = [posted].flat().map((question) => {
        asked.push(question.method);
        return { id: question.id, given: answer(question) };
      });
      const status = answers.flatMap(({ given }) =>
        given !== 'silence' && 'status' in given ? [given.status] : [],
      )[0];
      if (answers.some(({ given }) => given === 'silence')) return;
      if (status !== undefined) return void response.writeHead(status).end();
      const replies = answers.map(({ id, given }) => ({ jsonrpc: '2.0', id, ...(given as object) }));
      response.end(JSON.stringify(Array.isArray(posted) ? replies : replies[0]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-key`;
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

const NO_METHOD: Answer = { error: { code: -32601, message: 'no such method' } };
const PAYER = `0x${'11'.repeat(20)}`;
const SHOP = `0x${'44'.repeat(20)}`;
const hex = (value: number): string => `0x${value.toString(16)}`;
const hash = (value: number): string => `0x${value.toString(16).padStart(64, '0')}`;

const transaction = (block: number) => ({
  hash: hash(1000 + block),
  chainId: '0x1',
  blockHash: hash(block),
  blockNumber: hex(block),
  transactionIndex: '0x0',
  from: PAYER,
  to: SHOP,
  value: hex(block),
  input: '0x',
  gas: '0x5208',
  gasPrice: '0x1',
  type: '0x0',
});
const receipt = (block: number) => ({
  transactionHash: hash(1000 + block),
  blockHash: hash(block),
  blockNumber: hex(block),
  transactionIndex: '0x0',
  from: PAYER,
  to: SHOP,
  status: '0x1',
  gasUsed: '0x5208',
  effectiveGasPrice: '0x1',
  logs: [],
});
const calls = (block: number) => ({ type: 'CALL', from: PAYER, to: SHOP, value: hex(block), input: '0x' });

/** A chain in which every block has one payment, of as many wei as its number. */
function chain({ method, params }: Question): Answer {
  const block = Number(params[0] ?? 0);
  switch (method) {
    case 'eth_chainId':
      return { result: '0x1' };
    case 'eth_getBlockByNumber':
    case 'eth_getBlockByHash':
      return {
        result: {
          number: hex(block),
          hash: hash(block),
          parentHash: hash(block - 1),
          timestamp: hex(1_700_000_000 + 12 * block),
          transactions: [params[1] === true ? transaction(block) : hash(1000 + block)],
        },
      };
    case 'eth_getBlockReceipts':
      return { result: [receipt(block)] };
    case 'debug_traceBlockByHash':
      return { result: [{ txHash: hash(1000 + block), result: calls(block) }] };
    case 'eth_getTransactionByHash':
      return { result: transaction(block - 1000) };
    case 'eth_getTransactionReceipt':
      return { result: receipt(block - 1000) };
    case 'debug_traceTransaction':
      return { result: calls(block - 1000) };
    default:
      return { error: { code: -32601, message: `the method ${method} does not exist` } };
  }
}

function ingest(what: NodeQuery, timeout = 5000) {
  return ingestReceiptsFromNode({
    store,
    url,
    what,
    keysOf: ({ tx }) => [tx],
    client: { timeout, retries: 2, delay: async (milliseconds) => void waited.push(milliseconds) },
    blocksAtOnce: 2,
  });
}

const BLOCKS: NodeQuery = { kind: 'blocks', from: 100, to: 104 };

describe('a node', () => {
  it('gives blocks, some at a time, with traces as evidence', async () => {
    answer = chain;
    const { files } = await ingest(BLOCKS);
    expect(files.map(({ file, transfers }) => [file, transfers])).toEqual([
      ['blocks 100-101 of eip155:1', 4],
      ['blocks 102-103 of eip155:1', 4],
      ['blocks 104-104 of eip155:1', 2],
    ]);
    const paid = store.all.filter(({ kind }) => kind === 'native').map(({ amount }) => amount);
    expect(paid).toEqual([100n, 101n, 102n, 103n, 104n]);
    const [evidence] = await store.evidence([hash(1102)]);
    expect(evidence).toMatchObject({
      succeeded: true,
      blockTime: 1_700_000_000 + 12 * 102,
      frames: [{ path: [], value: 102n }],
    });
  });

  it('gives single transactions, the same as from their blocks', async () => {
    answer = chain;
    await ingest({ kind: 'transactions', hashes: [hash(1101), hash(1103)] });
    const single = store.all;
    expect(single.length).toBe(4);
    const { files } = await ingest(BLOCKS);
    expect(files.map(({ transfers, alreadyKnown }) => [transfers, alreadyKnown])).toEqual([
      [2, 2],
      [2, 2],
      [2, 0],
    ]);
  });

  it('that ends in mid-run leaves what was committed, and the next run goes on', async () => {
    answer = (question) => (Number(question.params[0]) === 103 ? { status: 503 } : chain(question));
    await expect(ingest(BLOCKS)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    expect((await store.imports()).length).toBe(1);
    answer = chain;
    const { files } = await ingest(BLOCKS);
    expect(files.map(({ status }) => status)).toEqual(['already-imported', 'imported', 'imported']);
    expect(store.all.length).toBe(10);
  });

  it('that is busy for a moment is asked again', async () => {
    let busy = 2;
    answer = (question) =>
      question.method === 'eth_getTransactionReceipt' && busy-- > 0 ? { status: 429 } : chain(question);
    const { files } = await ingest({ kind: 'blocks', from: 100, to: 100 });
    expect(files[0]).toMatchObject({ status: 'imported', transfers: 2 });
    expect(asked.filter((method) => method === 'eth_getTransactionReceipt').length).toBe(3);
  });

  it('that does not answer is named without the key in its URL', async () => {
    answer = (question) => (question.method === 'eth_chainId' ? chain(question) : 'silence');
    const failure = await ingest(BLOCKS, 50).catch((error: Error) => error);
    expect(String(failure)).toMatch(/127\.0\.0\.1:\d+ did not answer, asked 3 times: no reply within 0\.05 s/);
    expect(String(failure)).not.toContain('secret-key');
    expect(await store.imports()).toEqual([]);
  });

  it('of which one machine lags behind is asked again', async () => {
    let stale = 1;
    answer = (question) => {
      const reply = chain(question);
      if (question.method !== 'eth_getTransactionReceipt' || stale-- <= 0) return reply;
      return { result: { ...receipt(100), blockHash: hash(999) } };
    };
    const { files } = await ingest({ kind: 'blocks', from: 100, to: 100 });
    expect(files[0]).toMatchObject({ transfers: 2, rejected: 0 });
    expect(waited).toEqual([1000]);
    expect(asked.filter((method) => method === 'eth_getTransactionReceipt').length).toBe(2);
  });

  it('whose replies never fit together is refused, and nothing is stored', async () => {
    const stale = { ...receipt(100), blockHash: hash(999) };
    answer = (question) => {
      if (question.method === 'eth_getBlockReceipts') return { result: [stale] };
      return question.method === 'eth_getTransactionReceipt' ? { result: stale } : chain(question);
    };
    const reading = ingest({ kind: 'blocks', from: 100, to: 100 });
    await expect(reading).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    await expect(reading).rejects.toThrow(new RegExp(`transaction ${hash(1100)} .*the chain was reorganised`));
    answer = (question) => {
      const { result } = chain(question) as { result: object };
      if (question.method !== 'eth_getBlockByNumber' || Number(question.params[0]) !== 101) return { result };
      return { result: { ...result, parentHash: hash(998) } };
    };
    await expect(ingest(BLOCKS)).rejects.toThrow(/block 101 .*the chain was reorganised/);
    expect(await store.imports()).toEqual([]);
  });

  it('that shows calls as Parity does gives the same', async () => {
    const trace = (block: number) => ({
      action: { callType: 'call', from: PAYER, to: SHOP, value: hex(block), input: '0x', gas: '0x0' },
      result: { gasUsed: '0x0', output: '0x' },
      subtraces: 0,
      traceAddress: [],
      type: 'call',
      blockHash: hash(block),
      blockNumber: block,
      transactionHash: hash(1000 + block),
      transactionPosition: 0,
    });
    answer = (question) => {
      if (question.method === 'trace_block') return { result: [trace(Number(question.params[0]))] };
      if (question.method === 'trace_transaction') return { result: [trace(Number(question.params[0]) - 1000)] };
      return question.method.startsWith('debug_') ? NO_METHOD : chain(question);
    };
    await ingest(BLOCKS);
    const [evidence] = await store.evidence([hash(1102)]);
    expect(evidence).toMatchObject({ succeeded: true, frames: [{ path: [], value: 102n }] });
  });

  it('without block receipts and traces is asked for each receipt', async () => {
    answer = (question) =>
      /^(eth_getBlockReceipts|debug_|trace_)/.test(question.method) ? NO_METHOD : chain(question);
    const { files } = await ingest({ kind: 'blocks', from: 100, to: 100 });
    expect(files[0]).toMatchObject({ transfers: 2 });
    const [evidence] = await store.evidence([hash(1100)]);
    expect(evidence).toMatchObject({ succeeded: true, frames: null });
  });

  it('of another chain, or that does not know the transaction, is refused', async () => {
    answer = chain;
    const other = ingestReceiptsFromNode({ store, url, chain: 'eip155:10', what: BLOCKS, keysOf: () => [] });
    await expect(other).rejects.toThrow(/is of eip155:1, not eip155:10/);
    answer = (question) => (question.method.startsWith('eth_getTransaction') ? { result: null } : chain(question));
    await expect(ingest({ kind: 'transactions', hashes: [hash(7)] })).rejects.toMatchObject({ code: 'not-found' });
    await expect(ingest({ kind: 'transactions', hashes: ['0x12'] })).rejects.toMatchObject({ code: 'invalid-input' });
  });
});
