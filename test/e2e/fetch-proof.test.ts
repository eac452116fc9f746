import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Laundering, launder } from './anvil/laundering.ts';
import { type Answer, type NodeProxy, type Question, startProxy } from './anvil/node-proxy.ts';
import { type FetchScene, setScene } from './fetch-scene.ts';

/* A source that gives something wrong or keeps something back is found out by another node, and what it claimed counts no longer. */

let scene: FetchScene<Laundering>;
let proxy: NodeProxy;

beforeAll(async () => {
  scene = await setScene((anvil) => launder(anvil));
  proxy = await startProxy(scene.anvil.url);
}, 60_000);

afterAll(async () => {
  await proxy?.close();
  await scene?.remove();
});

type Receipt = {
  readonly transactionHash: string;
  readonly status: string;
  readonly logs: readonly { readonly data: string }[];
};

/** Changes one receipt wherever the node tells of it. Null: it is left out. */
function spoilReceipt(tx: string, spoilt: (receipt: Receipt) => Receipt | null) {
  return ({ method }: Question, given: Answer): Answer => {
    const change = (receipt: Receipt): Receipt | null => (receipt?.transactionHash === tx ? spoilt(receipt) : receipt);
    if (method === 'eth_getTransactionReceipt') return { result: change(given.result as Receipt) };
    if (method !== 'eth_getBlockReceipts') return given;
    return { result: (given.result as Receipt[]).flatMap((receipt) => change(receipt) ?? []) };
  };
}

type Frame = { readonly txHash?: string; readonly result: object };

/** Tells of one transaction, in receipt and calls, that it ended in another way than it did. */
function turn(tx: string, outcome: 'succeeded' | 'failed') {
  const receipt = spoilReceipt(tx, (one) => ({ ...one, status: outcome === 'succeeded' ? '0x1' : '0x0' }));
  const turned = (call: object): object =>
    outcome === 'failed' ? { ...call, error: 'execution reverted' } : { ...call, error: undefined };
  return (question: Question, given: Answer): Answer => {
    const { method, params } = question;
    if (method === 'debug_traceTransaction' && params[0] === tx) return { result: turned(given.result as object) };
    if (method !== 'debug_traceBlockByHash') return receipt(question, given);
    const frames = given.result as Frame[];
    return { result: frames.map((one) => (one.txHash === tx ? { ...one, result: turned(one.result) } : one)) };
  };
}

/** Leaves one transaction out of what is found by account. */
function withhold(tx: string) {
  return ({ method }: Question, given: Answer): Answer => {
    if (method !== 'trace_filter' && method !== 'eth_getLogs') return given;
    return { result: (given.result as { transactionHash: string }[]).filter((one) => one.transactionHash !== tx) };
  };
}

const seeds = (): string[] => ['--seed', `${scene.told.theft}:1`, '--seed', `${scene.told.theft}:1000000`];
const bundleOf = (data: string): string => scene.workspace.path(`${data}.cairn`);

type Tag = {
  readonly holdings: readonly { readonly account: string; readonly asset: string; readonly status: string }[];
};
type Traced = {
  readonly runs: readonly { readonly followed: readonly string[]; readonly tags: readonly Tag[] }[];
  readonly warnings: readonly { readonly code: string; readonly accounts?: readonly string[] }[];
};

async function json<T>(data: string, ...args: readonly string[]): Promise<T> {
  const { stdout, stderr } = await scene.cairn(data, ...args, '--json');
  expect(stdout, stderr).not.toBe('');
  return JSON.parse(stdout) as T;
}

/** Traces through the source that does not tell the truth. */
const traced = (data: string): Promise<Traced> =>
  json(data, 'trace', ...seeds(), '--policy', 'fifo', '--fetch', '--rpc', proxy.url, '--bundle', bundleOf(data));

type Verified = {
  readonly authenticity: { readonly status: string; readonly problems: readonly { readonly place: string | null }[] };
  readonly completeness: { readonly status: string; readonly findings: readonly Finding[] };
};
type Finding = {
  readonly account: string;
  readonly asset: string;
  readonly status: string;
  readonly reasons: readonly string[];
};

const verified = (data: string): Promise<Verified> => json(data, 'verify', bundleOf(data), '--rpc', scene.anvil.url);

const on = (address: string | undefined): string => `eip155:1:${address}`;
const ETH = 'eip155:1/slip44:60';

/** The account's record is refuted by the node itself, and a trace then claims nothing of where its value is. */
async function expectRefuted(data: string, account: string, asset: string, before: Traced): Promise<void> {
  const statusIn = ({ runs }: Traced): string[] =>
    runs.flatMap(({ tags }) =>
      tags.flatMap(({ holdings }) =>
        holdings.filter((one) => one.account === account && one.asset === asset).map(({ status }) => status),
      ),
    );
  expect(new Set(statusIn(before))).toEqual(new Set(['held']));
  const shown = await scene.cairn(data, 'fetch', account, '--prove', '--rpc', scene.anvil.url);
  expect(shown.stdout).toContain('REFUTED');
  const after = await json<Traced>(data, 'trace', ...seeds(), '--policy', 'fifo');
  expect(new Set(statusIn(after))).toEqual(new Set(['last-seen']));
  const warning = after.warnings.find(({ code }) => code === 'refuted-coverage');
  expect(warning?.accounts).toContain(account);
}

test('a receipt with another amount in its event', async () => {
  const { theft, token, accounts } = scene.told;
  // One unit more than was stolen, in the transfer of tokens.
  const more = (data: string): string => `0x${(BigInt(data) + 1n).toString(16).padStart(64, '0')}`;
  proxy.answer = spoilReceipt(theft, (receipt) => ({
    ...receipt,
    logs: receipt.logs.map((log) => ({ ...log, data: more(log.data) })),
  }));
  const before = await traced('amount');
  const { authenticity, completeness } = await verified('amount');
  expect(authenticity).toMatchObject({ status: 'differs' });
  expect(authenticity.problems).toMatchObject([
    {
      place: expect.stringContaining(theft),
      message: 'amount is not what the chain has',
      stated: '50000000001',
      found: '50000000000',
    },
  ]);
  expect(completeness.status).toBe('incomplete');
  await expectRefuted('amount', on(accounts.thief), `eip155:1/erc20:${token}`, before);
});

describe('a transaction of which the source says the opposite of what became of it', () => {
  test('that succeeded: what never moved is in the bundle, and the node does not have it', async () => {
    const { steps } = scene.told;
    proxy.answer = turn(steps.outOfGas, 'succeeded');
    await traced('succeeded');
    const { authenticity, completeness } = await verified('succeeded');
    expect(authenticity.status).toBe('differs');
    expect(authenticity.problems.map(({ place }) => place).join()).toContain(`${steps.outOfGas}:0`);
    expect(completeness.status).toBe('incomplete');
  });

  test('that failed: what moved is missing, and balances show it', async () => {
    const { steps, accounts } = scene.told;
    proxy.answer = turn(steps.toAshore, 'failed');
    await traced('failed');
    const { completeness } = await verified('failed');
    const finding = completeness.findings.find((one) => one.account === on(accounts.splits[1]) && one.asset === ETH);
    expect(finding?.reasons.join()).toContain('a difference of -3000000000000000000');
  });

  test('in its receipt alone: its answers do not fit together, and no record with it counts as complete', async () => {
    const { steps, accounts } = scene.told;
    proxy.answer = spoilReceipt(steps.toAshore, (receipt) => ({ ...receipt, status: '0x0' }));
    const { runs, warnings } = await traced('contradicted');
    expect(warnings.map(({ code }) => code)).toContain('rows-rejected');
    // Said in the run that meets it, as in every later one.
    expect((await traced('contradicted')).warnings).toEqual(warnings);
    const ofPayer = runs.flatMap(({ tags }) =>
      tags.flatMap(({ holdings }) => holdings.filter(({ account }) => account === on(accounts.splits[1]))),
    );
    expect(new Set(ofPayer.map(({ status }) => status))).toEqual(new Set(['last-seen']));
    expect((await verified('contradicted')).completeness.status).toBe('incomplete');
  });
});

test('a receipt that is left out: nothing is made of the transaction', async () => {
  const { steps } = scene.told;
  proxy.answer = spoilReceipt(steps.toAshore, () => null);
  const done = await scene.cairn('none', 'trace', ...seeds(), '--fetch', '--rpc', proxy.url);
  expect(done.code).toBe(6);
  expect(done.stderr).toContain(`transaction ${steps.toAshore} is not, or no longer, where the node`);
  expect((await scene.cairn('none', 'tx', steps.toAshore)).code).toBe(5);
});

test('a payment that is in no list', async () => {
  const { steps, accounts } = scene.told;
  proxy.answer = withhold(steps.toAshore);
  const before = await traced('withheld');
  const { authenticity, completeness } = await verified('withheld');
  // Every transfer that it has is on the chain: only balance and nonces tell.
  expect(authenticity.status).toBe('agrees');
  expect(completeness.status).toBe('incomplete');
  const finding = completeness.findings.find((one) => one.account === on(accounts.splits[1]) && one.asset === ETH);
  expect(finding).toMatchObject({ status: 'incomplete' });
  expect(finding?.reasons.join()).toMatch(/by its nonces it sent \d+ transactions, the record has \d+/);
  await expectRefuted('withheld', on(accounts.splits[1]), ETH, before);
});

test('a source that tells all agrees with the node for every account but one that had ether before all transfers', async () => {
  proxy.reset();
  const { runs } = await traced('right');
  const { authenticity, completeness } = await verified('right');
  expect(authenticity.status).toBe('agrees');
  expect(completeness.status).toBe('agrees');
  const { victim, vault, thief, splits, hops, sides, deposit } = scene.told.accounts;
  const followed = runs[0]?.followed ?? [];
  expect(followed).toEqual(expect.arrayContaining([thief, ...splits, ...hops, ...sides, deposit].map(on)));
  const named = [...new Set([...followed, on(vault), on(victim)])];
  const asked = ['fetch', ...named, '--prove', '--rpc', scene.anvil.url];
  const { findings } = await json<{ findings: Finding[] }>('right', ...asked);
  expect(new Set(findings.map(({ account }) => account))).toEqual(new Set(named));
  // The first block gave the victim 10,000 ether, and no transaction did.
  const differing = findings.filter(({ status }) => status !== 'agrees');
  expect(differing).toMatchObject([{ account: on(victim), asset: ETH, status: 'incomplete' }]);
  expect(differing[0]?.reasons[0]).toMatch(/before the first transfer of the record, it held 10000000000000000000000,/);
});
