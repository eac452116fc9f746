import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Laundering, launder } from './anvil/laundering.ts';
import { type Anvil, startAnvil } from './anvil/node.ts';
import { SCRIPTED } from './anvil/people.ts';
import { createWorkspace, type Workspace } from './run-cli.ts';

/* Value that a watched trace follows moves on a real node: one alert, with the right amount, and the trace goes on as a fresh one would. */

let anvil: Anvil;
let scene: Laundering;
let workspace: Workspace;

beforeAll(async () => {
  anvil = await startAnvil(SCRIPTED);
  scene = await launder(anvil);
  workspace = createWorkspace();
  const done = await cairn(
    'watched',
    'trace',
    ...seed(),
    '--fetch',
    ...rpc(),
    '--bundle',
    workspace.path('theft.cairn'),
  );
  expect(done).toMatchObject({ code: 0 });
}, 60_000);

afterAll(async () => {
  workspace?.remove();
  await anvil?.stop();
});

const rpc = (): string[] => ['--rpc', anvil.url];
const seed = (): string[] => ['--seed', `${scene.theft}:1`, '--policy', 'fifo,pro-rata,poison'];
const cairn = (data: string, ...args: readonly string[]) => workspace.run(...args, '--data', workspace.path(data));

async function json(data: string, ...args: readonly string[]): Promise<unknown> {
  const { stdout, stderr } = await cairn(data, ...args, '--json');
  expect(stdout, stderr).not.toBe('');
  return JSON.parse(stdout);
}

/** Ether of an account moves, in a block of its own; another block comes after it. */
async function pay(from: string, to: string, value: bigint): Promise<string> {
  await anvil.rpc('anvil_impersonateAccount', from);
  const gas = { gas: '0x5208', gasPrice: '0x77359400' };
  const hash = await anvil.rpc('eth_sendTransaction', { from, to, value: `0x${value.toString(16)}`, ...gas });
  await anvil.rpc('evm_mine');
  await anvil.rpc('evm_mine');
  return String(hash);
}

type Alert = {
  readonly id: string;
  readonly digest: string;
  readonly changes: readonly string[];
  readonly movements: readonly {
    readonly from: string;
    readonly to: string;
    readonly amount: string;
    readonly transactions: readonly string[];
    readonly stood: boolean;
    readonly deposit: unknown;
  }[];
};

const alerts = async (): Promise<Alert[]> => (await json('watched', 'alerts', '--all')) as Alert[];
const ETHER = 10n ** 18n;
const somewhere = (n: number): string => `0x${n.toString(16).padStart(40, 'e')}`;

describe('a trace that is watched', () => {
  test('raises one alert when value moves, with what moved, and none when nothing does', async () => {
    expect(await cairn('watched', 'watch', 'add', workspace.path('theft.cairn'), ...rpc())).toMatchObject({ code: 0 });
    expect((await cairn('watched', 'watch', 'run', ...rpc())).code).toBe(0);
    expect(await alerts()).toEqual([]);
    const holder = scene.accounts.splits.at(-1) as string;
    const held = BigInt((await anvil.rpc('eth_getBalance', holder, 'latest')) as string);
    const tx = await pay(holder, somewhere(1), 2n * ETHER);
    expect((await cairn('watched', 'watch', 'run', ...rpc())).code).toBe(9);
    expect((await cairn('watched', 'watch', 'run', ...rpc())).code).toBe(0);
    const [alert, ...others] = await alerts();
    expect(others).toEqual([]);
    expect(alert?.movements).toMatchObject([
      {
        from: `eip155:1:${holder}`,
        to: `eip155:1:${somewhere(1)}`,
        amount: String(2n * ETHER),
        transactions: [tx],
        stood: true,
        deposit: null,
      },
    ]);
    expect(held).toBeGreaterThan(2n * ETHER);
  }, 60_000);

  test('says where value went on to within one look, and equals a fresh trace, byte for byte', async () => {
    const first = await pay(somewhere(1), somewhere(2), ETHER);
    const second = await pay(somewhere(2), somewhere(3), ETHER / 2n);
    expect((await cairn('watched', 'watch', 'run', ...rpc())).code).toBe(9);
    const alert = (await alerts()).at(-1) as Alert;
    const moved = alert.movements.map(({ from, to, amount, stood, transactions }) => [
      from,
      to,
      amount,
      stood,
      transactions,
    ]);
    expect(moved).toEqual([
      [`eip155:1:${somewhere(1)}`, `eip155:1:${somewhere(2)}`, String(ETHER), true, [first]],
      [`eip155:1:${somewhere(2)}`, `eip155:1:${somewhere(3)}`, String(ETHER / 2n), false, [second]],
    ]);
    const fresh = (await json('fresh', 'trace', ...seed(), '--fetch', ...rpc())) as { readonly digest: string };
    expect(alert.digest).toBe(fresh.digest);
  }, 60_000);

  test('names whom to ask to freeze: the account paid into, where a label says it is a deposit account', async () => {
    const labels = workspace.path('labels.csv');
    writeFileSync(
      labels,
      [
        'account,name,category,source',
        `eth:${somewhere(4)},Exchange X: Deposit,exchange,a test`,
        `eth:${somewhere(5)},Exchange Y,exchange,a test`,
      ].join('\n'),
    );
    expect(await cairn('watched', 'labels', 'import', labels)).toMatchObject({ code: 0 });
    const known = (await alerts()).length;
    const tx = await pay(somewhere(3), somewhere(4), ETHER / 10n);
    const other = await pay(somewhere(3), somewhere(5), ETHER / 20n);
    expect((await cairn('watched', 'watch', 'run', ...rpc())).code).toBe(9);
    const [alert, ...more] = (await alerts()).slice(known);
    expect(more).toEqual([]);
    expect(alert?.movements).toMatchObject([
      { transactions: [tx], deposit: { account: `eip155:1:${somewhere(4)}`, basis: 'paid-into' } },
      { transactions: [other], deposit: { account: `eip155:1:${somewhere(3)}`, basis: 'payer' } },
    ]);
    expect(alert?.changes.join()).toContain('it is not known to be a deposit account');
  }, 60_000);

  test('that a reorganisation undid, and one it only put elsewhere', async () => {
    const known = await alerts();
    const undone = known.at(-1)?.movements[1]?.transactions[0] as string;
    // The last payment, and the empty block behind it, are replaced by one block more.
    await anvil.rpc('anvil_rollback', 2);
    await pay(somewhere(3), somewhere(6), ETHER / 40n);
    await anvil.rpc('evm_mine');
    const looked = await cairn('watched', 'watch', 'run', ...rpc());
    expect(looked.code).toBe(9);
    expect(looked.stderr).toContain('was reorganised');
    const [alert, ...more] = (await alerts()).slice(known.length);
    expect(more).toEqual([]);
    expect(alert?.changes).toEqual([
      expect.stringContaining(`0.025 ETH`),
      `${undone}, told of in ${known.at(-1)?.id}, is no longer on the chain, which was reorganised`,
    ]);
  }, 60_000);

  test('that is taken off the watch is followed no longer', async () => {
    const known = (await alerts()).length;
    expect((await cairn('watched', 'watch', 'remove', 'M-1', '--because', 'recovered')).code).toBe(0);
    await pay(somewhere(3), somewhere(7), ETHER / 50n);
    expect((await cairn('watched', 'watch', 'run', ...rpc())).code).toBe(0);
    expect((await alerts()).length).toBe(known);
  }, 60_000);
});

test('an account that is watched for what moves out of it', async () => {
  const holder = scene.accounts.sides[0] as string;
  const added = await cairn('account', 'watch', 'add', holder, '--moves', '--asset', 'eth', ...rpc());
  expect(added).toMatchObject({ code: 0 });
  const tx = await pay(holder, somewhere(9), ETHER);
  expect((await cairn('account', 'watch', 'run', ...rpc())).code).toBe(9);
  const [alert] = (await json('account', 'alerts')) as Alert[];
  expect(alert?.movements).toMatchObject([
    { from: `eip155:1:${holder}`, to: `eip155:1:${somewhere(9)}`, amount: String(ETHER), transactions: [tx] },
  ]);
}, 60_000);
