import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFetchingLedger, pinChain } from '../../core/src/ledger/index.ts';
import { createEvmNodeSource } from '../../core/src/ledger/sources/evm-node/account-source.ts';
import { createMeter, type Spent } from '../../core/src/ledger/sources/index.ts';
import { createMemoryLedger, type MemoryLedger } from '../../core/src/ledger/stores/memory.ts';
import { writeBundle } from '../../core/src/tracing/bundle/index.ts';
import { keysOf, NO_LIMITS, type TraceRequest, traceAcross } from '../../core/src/tracing/index.ts';
import { type Laundering, launder } from './anvil/laundering.ts';
import { type Anvil, startAnvil } from './anvil/node.ts';
import { type Answer, type Fault, type NodeProxy, type Question, startProxy } from './anvil/node-proxy.ts';
import { SCRIPTED } from './anvil/people.ts';

/* What nodes and providers of nodes refuse, lose, cut short or put off changes how often they are asked, and nothing else. */

let anvil: Anvil;
let scene: Laundering;
let proxy: NodeProxy;
let undisturbed: Traced;

beforeAll(async () => {
  anvil = await startAnvil(SCRIPTED);
  scene = await launder(anvil);
  proxy = await startProxy(anvil.url);
  undisturbed = await traced(createMemoryLedger());
  expect(undisturbed.spent.retries).toBe(0);
}, 60_000);

afterAll(async () => {
  await proxy?.close();
  await anvil?.stop();
});

type Traced = { readonly bundle: string; readonly waits: readonly number[]; readonly spent: Spent };

/** Traces through the proxy. @returns also how long it would have waited before each repetition. */
async function traced(store: MemoryLedger, timeout = 60_000): Promise<Traced> {
  const waits: number[] = [];
  const meter = createMeter();
  const source = await createEvmNodeSource({
    url: proxy.url,
    name: 'node',
    timeout,
    meter,
    delay: async (milliseconds) => void waits.push(milliseconds),
  });
  const pins = { read: () => [], add: () => {}, cut: () => {} };
  const { pin } = await pinChain(source, store, pins, null);
  const ledger = createFetchingLedger({
    store,
    sources: [source],
    pins: new Map([[pin.chain, pin]]),
    into: { keysOf },
    fromBlock: 0,
    maxTransactions: 2_000,
    maxBlocks: 5_000,
  });
  const { result, evidence } = await traceAcross(ledger, request(), { pageSize: 100 });
  const bundle = writeBundle({ result, assets: [], case: null, published: [], notices: [], evidence }, null);
  return { bundle: Buffer.from(bundle).toString('base64'), waits, spent: meter.spent() };
}

function request(): TraceRequest {
  const seeds = [1, 1_000_000].map((position) => {
    return { kind: 'transfer', tag: `${position}`, transfer: { tx: scene.theft, position }, amount: null } as const;
  });
  const none = { instructed: null, rules: [], crossings: [] };
  return { direction: 'forward', seeds, policies: ['fifo/1', 'pro-rata/1'], limits: NO_LIMITS, ...none };
}

const everyNth =
  (n: number, fault: Fault) =>
  (_: unknown, count: number): Fault | null =>
    count % n === 0 ? fault : null;

const PAGE = '<html><body>Bad Gateway</body></html>';

test.each<[string, NodeProxy['fault']]>([
  ['429 without Retry-After', everyNth(4, { status: 429, text: 'Too Many Requests' })],
  ['503 with a web page', everyNth(3, { status: 503, text: PAGE })],
  ['replies that are cut short', everyNth(3, 'cut')],
  ['connections that are broken off', everyNth(4, 'drop')],
  ['empty replies', everyNth(5, { status: 200, text: '' })],
])('%s', async (_, fault) => {
  proxy.reset();
  proxy.fault = fault;
  const { bundle, spent, waits } = await traced(createMemoryLedger());
  expect(bundle).toBe(undisturbed.bundle);
  expect(spent.retries).toBeGreaterThan(3);
  // The first wait is a second, and it doubles.
  expect(Math.min(...waits)).toBe(1_000);
});

test('429 with Retry-After: it waits as long as it was told to', async () => {
  proxy.reset();
  proxy.fault = everyNth(6, { status: 429, retryAfter: '7' });
  const { bundle, spent, waits } = await traced(createMemoryLedger());
  expect(bundle).toBe(undisturbed.bundle);
  expect(spent.retries).toBeGreaterThan(2);
  // Every repetition waits seven seconds; what else was to be asked waits for what is left of them.
  expect(waits.filter((milliseconds) => milliseconds === 7_000).length).toBeGreaterThanOrEqual(spent.retries);
  expect(Math.max(...waits)).toBe(7_000);
});

test('no reply at all within the time allowed', async () => {
  proxy.reset();
  proxy.fault = everyNth(25, 'silence');
  const { bundle, spent } = await traced(createMemoryLedger(), 500);
  expect(bundle).toBe(undisturbed.bundle);
  expect(spent.retries).toBeGreaterThan(0);
});

const refusal = (code: number, message: string): string =>
  JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } });

test.each([
  ['of any size', 1],
  ['of more than ten questions', 10],
])('a batch %s is answered by one refusal', async (_, most) => {
  proxy.reset();
  const text = refusal(-32600, 'batch requests are not supported');
  proxy.fault = ({ questions, isBatch }) => (isBatch && questions.length > most ? { status: 200, text } : null);
  const { bundle } = await traced(createMemoryLedger());
  expect(bundle).toBe(undisturbed.bundle);
  // It learns what the node takes: three refusals at most are under way together before it does.
  const refused = proxy.asked.filter(({ questions, isBatch }) => isBatch && questions.length > most);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThan(6);
});

test.each([
  [429, 'Your app has exceeded its compute units per second capacity'],
  [-32005, 'project ID request rate exceeded'],
])('single questions of a batch are put off with error %i', async (code, message) => {
  proxy.reset();
  const before = new Set<string>();
  proxy.answer = ({ method, params }: Question, given: Answer): Answer => {
    const question = `${method} ${JSON.stringify(params)}`;
    if (method === 'eth_chainId' || before.has(question)) return given;
    before.add(question);
    return { error: { code, message } };
  };
  const { bundle } = await traced(createMemoryLedger());
  expect(bundle).toBe(undisturbed.bundle);
  expect(before.size).toBeGreaterThan(20);
});

type Filter = {
  readonly fromBlock: string;
  readonly toBlock: string;
  readonly fromAddress?: readonly string[];
  readonly toAddress?: readonly string[];
  readonly topics?: readonly (string | readonly string[] | null)[];
};

const blocksOf = ({ fromBlock, toBlock }: Filter): number => Number(toBlock) - Number(fromBlock) + 1;
const accountsOf = ({ fromAddress, toAddress, topics = [] }: Filter): number => {
  const lists = [fromAddress, toAddress, topics[1], topics[2]].filter((one) => Array.isArray(one));
  return Math.max(0, ...lists.map((one) => (one as readonly string[]).length));
};

test.each<[string, (filter: Filter) => boolean, number, string]>([
  [
    'too many results for several accounts',
    (filter) => accountsOf(filter) > 3,
    -32005,
    'query returned more than 10000 results',
  ],
  [
    'too many results for one account over many blocks',
    (filter) => accountsOf(filter) > 1 || blocksOf(filter) > 5,
    -32602,
    'query returned more than 10000 results. Try with this block range [0x1, 0x5].',
  ],
  ['a range that is too wide', (filter) => blocksOf(filter) > 4, -32602, 'block range too large, range: 23, max: 4'],
  [
    'a range that is too wide, in the words of another',
    (filter) => blocksOf(filter) > 10,
    -32600,
    'You can make eth_getLogs requests with up to a 10 block range.',
  ],
  ['a time-out', (filter) => accountsOf(filter) > 2, -32000, 'query timeout exceeded'],
])('%s', async (_, isTooMuch, code, message) => {
  proxy.reset();
  let refused = 0;
  proxy.answer = ({ method, params }, given) => {
    const isFilter = method === 'trace_filter' || method === 'eth_getLogs';
    if (!isFilter || !isTooMuch(params[0] as Filter)) return given;
    refused++;
    return { error: { code, message } };
  };
  const { bundle, spent } = await traced(createMemoryLedger());
  expect(bundle).toBe(undisturbed.bundle);
  expect(refused).toBeGreaterThan(0);
  // Asking the same again would be of no use.
  expect(spent.retries).toBe(0);
});

test('a receipt that is left out of its block is asked for by itself', async () => {
  proxy.reset();
  proxy.answer = ({ method }, given) =>
    method === 'eth_getBlockReceipts' ? { result: (given.result as unknown[]).slice(1) } : given;
  const { bundle } = await traced(createMemoryLedger());
  expect(bundle).toBe(undisturbed.bundle);
});

const NO_SUCH_METHOD: Answer = { error: { code: -32601, message: 'the method does not exist' } };

test('a node that shows calls as Parity does', async () => {
  proxy.reset();
  proxy.answer = ({ method }, given) => (method.startsWith('debug_') ? NO_SUCH_METHOD : given);
  const { bundle } = await traced(createMemoryLedger());
  expect(bundle).toBe(undisturbed.bundle);
  const asked = new Set(proxy.asked.flatMap(({ questions }) => questions.map(({ method }) => method)));
  expect([...asked]).toEqual(expect.arrayContaining(['trace_block', 'trace_transaction']));
});

test('one machine of several lags behind: what it does not know yet is asked for again', async () => {
  proxy.reset();
  // A seed that is not known is not known: only what was told of before is asked for again.
  const before = new Set([`eth_getTransactionReceipt ${scene.theft}`]);
  proxy.answer = ({ method, params }, given) => {
    const question = `${method} ${params[0]}`;
    if (!/ByHash$|Receipt$/.test(method) || before.has(question)) return given;
    before.add(question);
    return { result: null };
  };
  const { bundle, waits } = await traced(createMemoryLedger());
  expect(bundle).toBe(undisturbed.bundle);
  expect(waits.length).toBeGreaterThan(0);
});

test('one machine of several does not have the last blocks yet, and leaves out of a filter what is in them', async () => {
  proxy.reset();
  const isFilter = ({ method }: Question): boolean => method === 'trace_filter' || method === 'eth_getLogs';
  const told = new Set<string>();
  let left = 0;
  proxy.answer = (question, given) => {
    // What is asked together is answered by one machine.
    const together = proxy.asked.at(-1)?.questions ?? [];
    const batch = JSON.stringify(together.map(({ method, params }) => [method, params]));
    if (!together.some(isFilter) || told.has(batch)) return given;
    if (question.id === together.at(-1)?.id) told.add(batch);
    if (!isFilter(question)) return { result: null };
    left += (given.result as unknown[]).length;
    return { result: [] };
  };
  const { bundle, waits } = await traced(createMemoryLedger());
  expect(left).toBeGreaterThan(0);
  expect(waits.length).toBeGreaterThan(0);
  expect(bundle).toBe(undisturbed.bundle);
});

test('an account with more transactions than are wanted is read up to a whole block', async () => {
  proxy.reset();
  const source = await createEvmNodeSource({ url: proxy.url, name: 'node' });
  const { head } = await source.tip();
  const store = createMemoryLedger();
  const thief = `eip155:1:${scene.accounts.thief}` as const;
  const request = { accounts: [thief], assets: null, fromBlock: 0, to: head, limit: 2 };
  await source.histories(request, { store, keysOf });
  const [declared] = (await store.coverage([thief])).filter(({ account }) => account === thief);
  expect(declared).toMatchObject({ truncated: true, basis: 'index' });
  expect(declared?.toBlock).toBeLessThan(head.number);
  const blocks = store.all.filter(({ from, to }) => [from, to].includes(thief)).map(({ blockNumber }) => blockNumber);
  expect(Math.max(...blocks)).toBeLessThanOrEqual(declared?.toBlock ?? 0);
  expect(new Set(store.all.map(({ tx }) => tx)).size).toBeLessThanOrEqual(2);
});

test('an answer that is too large for the service is asked for in parts', async () => {
  proxy.reset();
  proxy.fault = ({ questions }) => {
    const wide = questions.some(({ params: [filter] }) => {
      const { fromAddress, toAddress, topics } = (filter ?? {}) as Filter;
      return (
        accountsOf({
          fromBlock: '',
          toBlock: '',
          ...(fromAddress ? { fromAddress } : {}),
          ...(toAddress ? { toAddress } : {}),
          ...(topics ? { topics } : {}),
        }) > 2
      );
    });
    return wide ? { status: 413, text: 'Payload Too Large' } : null;
  };
  expect((await traced(createMemoryLedger())).bundle).toBe(undisturbed.bundle);
});

test('calls that the node does not show: nobody who has to do with them has a complete record', async () => {
  proxy.reset();
  const tx = scene.steps.tillDestroyed;
  const heir = `eip155:1:${scene.accounts.heir}` as const;
  const complete = async (store: MemoryLedger): Promise<number> =>
    (await store.coverage([heir])).filter(({ account, truncated }) => account === heir && !truncated).length;
  const store = createMemoryLedger();
  const timedOut: Answer = { error: { code: -32000, message: 'execution timeout' } };
  proxy.answer = ({ method, params }, given) => {
    if (!/^(debug|trace)_/.test(method) || method === 'trace_filter') return given;
    if (params[0] === tx) return timedOut;
    return /Block|trace_block/.test(method) && JSON.stringify(given).includes(tx) ? timedOut : given;
  };
  await traced(store);
  expect(await complete(store)).toBe(0);
  // The next time it is asked for again, and then it is whole.
  proxy.reset();
  await traced(store);
  expect(await complete(store)).toBeGreaterThan(0);
});

test('a node that stays in trouble is given up, and nothing of what it was asked for is kept', async () => {
  proxy.reset();
  proxy.fault = ({ questions }) =>
    questions.some(({ method }) => method === 'trace_filter') ? { status: 503, text: PAGE } : null;
  const store = createMemoryLedger();
  await expect(traced(store)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  expect(store.all.filter(({ tx }) => tx !== scene.theft)).toEqual([]);
  proxy.reset();
  expect((await traced(store)).bundle).toBe(undisturbed.bundle);
});
