import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Laundering, launder } from './anvil/laundering.ts';
import { type Answer, type NodeProxy, type Question, startProxy } from './anvil/node-proxy.ts';
import { rich } from './anvil/people.ts';
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
  readonly authenticity: { readonly status: string; readonly problems: readonly { readonly place: string }[] };
  readonly completeness: { readonly status: string; readonly findings: readonly Finding[] };
};
type Finding = {
  readonly account: string;
  readonly asset: string;
  readonly status: string;
  readonly reasons: readonly string[];
};

const verified = (data: string): Promise<Verified> =>
  json(data, 'verify', bundleOf(data), '--rpc', scene.anvil.url);

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
    { place: expect.stringContaining(theft), message: 'amount is not what the chain has', stated: '50000000001', found: '50000000000' },
  ]);
  expect(completeness.status).toBe('incomplete');
  await expectRefuted('amount', on(accounts.thief), `eip155:1/erc20:${token}`, before);
});

test('a receipt that says of a transaction that failed that it succeeded', async () => {
  const { steps } = scene.told;
  proxy.answer = spoilReceipt(steps.outOfGas, (receipt) => ({ ...receipt, status: '0x1' }));
  await traced('succeeded');
  const { authenticity, completeness } = await verified('succeeded');
  expect(authenticity.status).toBe('differs');
  expect(authenticity.problems.map(({ place }) => place).join()).toContain(steps.outOfGas);
  expect(completeness.status).toBe('incomplete');
});

test('a receipt that says of a payment that it failed', async () => {
  const { steps, accounts } = scene.told;
  proxy.answer = spoilReceipt(steps.toAshore, (receipt) => ({ ...receipt, status: '0x0' }));
  const before = await traced('failed');
  const { completeness } = await verified('failed');
  expect(completeness.status).toBe('incomplete');
  await expectRefuted('failed', on(accounts.splits[1]), ETH, before);
});

test('a receipt that is left out: nothing is made of the transaction', async () => {
  const { theft, steps } = scene.told;
  proxy.answer = spoilReceipt(steps.toAshore, () => null);
  const done = await scene.cairn('none', 'trace', ...seeds(), '--fetch', '--rpc', proxy.url);
  expect(done.code).toBe(6);
  expect(done.stderr).toContain(`transaction ${steps.toAshore} is not, or no longer, where the node`);
  // The seed was committed before; what the node withheld was not.
  expect((await scene.cairn('none', 'tx', theft)).code).toBe(0);
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

describe('a source that tells all', () => {
  test('agrees with the node for every account, but those that have ether from the first block on', async () => {
    proxy.reset();
    const { runs } = await traced('right');
    const { authenticity, completeness } = await verified('right');
    expect(authenticity.status).toBe('agrees');
    const followed = runs[0]?.followed ?? [];
    const { findings } = await json<{ findings: Finding[] }>(
      'right',
      'fetch',
      ...followed,
      '--prove',
      '--rpc',
      scene.anvil.url,
    );
    const genesis = new Set(Array.from({ length: 10 }, (_, i) => on(rich(i).address.toLowerCase())));
    const explained = findings.filter(({ account, asset }) => !genesis.has(account) || asset !== ETH);
    expect(explained.length).toBeGreaterThan(20);
    expect(explained.filter(({ status }) => status !== 'agrees')).toEqual([]);
    const rest = findings.filter((one) => !explained.includes(one));
    for (const { status, reasons } of rest) {
      expect(status).toBe('incomplete');
      expect(reasons.join()).toContain('before');
    }
    expect(completeness.findings.filter(({ status }) => status !== 'agrees').map(({ account }) => account)).toEqual(
      rest.map(({ account }) => account),
    );
  });
});
