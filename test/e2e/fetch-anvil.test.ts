import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dumpChain } from './anvil/dump-chain.ts';
import { type Laundering, launder } from './anvil/laundering.ts';
import { type Anvil, startAnvil } from './anvil/node.ts';
import { SCRIPTED } from './anvil/people.ts';
import { reorganise } from './anvil/reorganise.ts';
import { createWorkspace, type Workspace } from './run-cli.ts';

/* On a real node: what a trace fetches for itself is what the same chain in files gives, byte for byte. */

let anvil: Anvil;
let scene: Laundering;
let workspace: Workspace;
/** The source's name: the host it is asked at. Files of that name declare what it declares. */
let host: string;

beforeAll(async () => {
  anvil = await startAnvil(SCRIPTED);
  scene = await launder(anvil);
  workspace = createWorkspace();
  host = new URL(anvil.url).host;
}, 60_000);

afterAll(async () => {
  workspace?.remove();
  await anvil?.stop();
});

const NOTE = 'Rewards and withdrawals of the consensus layer are no transactions and are left out.';

/** The chain as files, with what each account's record is complete for, in a data directory of its own. */
async function ingestDump(data: string): Promise<void> {
  const { file } = await dumpChain(anvil, workspace.path(`${data}-dump`));
  const named = workspace.path(host);
  copyFileSync(file, named);
  const text = readFileSync(file, 'utf8');
  const addresses = new Set(
    [...text.matchAll(/0x(?:0{24})?([0-9a-f]{40})(?![0-9a-f])/g)].map((match) => `0x${match[1]}`),
  );
  const head = Number(await anvil.rpc('eth_blockNumber'));
  const { timestamp } = (await anvil.rpc('eth_getBlockByNumber', 'latest', false)) as { timestamp: string };
  const coverage = [...addresses].map((address) => ({
    chain: 'eip155:1',
    account: `eip155:1:${address}`,
    direction: 'both',
    assets: null,
    fromBlock: 0,
    toBlock: head,
    toAt: new Date(Number(timestamp) * 1000).toISOString(),
    basis: 'index',
    truncated: false,
    note: NOTE,
    source: host,
  }));
  writeFileSync(workspace.path('coverage.json'), JSON.stringify(coverage));
  const args = ['--chain', 'eth', '--coverage', workspace.path('coverage.json'), '--data', workspace.path(data)];
  const done = await workspace.run('ingest', 'receipts', named, ...args);
  expect(done).toMatchObject({ code: 0, stderr: '' });
}

const seeds = (): string[] => ['--seed', `${scene.theft}:1`, '--seed', `${scene.theft}:1000000`];

describe('a trace that fetches', () => {
  test('equals, byte for byte, the trace of the same chain from files', async () => {
    const fetched = await workspace.run(
      'trace',
      ...seeds(),
      '--fetch',
      '--rpc',
      anvil.url,
      '--json',
      '--data',
      workspace.path('fetched'),
    );
    expect(fetched.code).toBe(0);
    await ingestDump('files');
    const files = await workspace.run('trace', ...seeds(), '--json', '--data', workspace.path('files'));
    expect(files.code).toBe(0);
    expect(fetched.stdout).toBe(files.stdout);
  }, 120_000);
});
void reorganise;
