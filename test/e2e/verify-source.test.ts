import { afterAll, beforeAll, expect, test } from 'vitest';
import { BOB, CAROL, id, madeUpChain } from '../../core/src/ledger/sources/tron/fixtures/made-up-chain.ts';
import type { LocalServer } from '../replays/local-server.ts';
import { type GridTransaction, serveTronGrid } from '../replays/trongrid-server.ts';
import { createWorkspace, type Workspace } from './run-cli.ts';

/* A trace over Tron is held against the service it came from, asked anew: first it says the same, then that more happened. */

const ONWARD: GridTransaction = {
  txID: id('9'),
  block: 8,
  type: 'TransferContract',
  value: { owner_address: BOB, to_address: CAROL, amount: 2_000_000 },
  fee: 0,
};

const chain = madeUpChain();
let server: LocalServer;
let workspace: Workspace;
let bundle: string;

beforeAll(async () => {
  workspace = createWorkspace();
  bundle = workspace.path('tron.cairn');
  server = await serveTronGrid(chain);
  const added = await workspace.run('sources', 'add', 'grid', '--kind', 'trongrid', '--url', server.url);
  expect(added.code, added.stderr).toBe(0);
  const traced = await workspace.run('trace', '--seed', `${id('1')}:0`, '--fetch', '--bundle', bundle);
  expect(traced.code, traced.stderr).toBe(0);
}, 60_000);

afterAll(async () => {
  await server?.close();
  workspace?.remove();
});

test('what it says is shown, with what that does not', async () => {
  const before = server.asked.length;
  const same = await workspace.run('verify', bundle, '--source', 'grid');
  expect(same.code, same.stderr).toBe(0);
  expect(same.stdout).toMatch(/Authenticity {2}agrees with grid: 1 of 1 cited transfers asked about, 1 as stated/);
  expect(same.stdout).toContain('those that its source lists, asked anew; what a source leaves out is not seen');
  // Nothing is taken from what was kept.
  expect(server.asked.length).toBeGreaterThan(before);

  chain.transactions = [...chain.transactions, ONWARD];
  const more = await workspace.run('verify', bundle, '--source', 'grid');
  expect(more.code).toBe(7);
  expect(more.stdout).toContain('INCOMPLETE');
  expect(more.stdout).toContain(
    `grid lists 1 transfer up to block 10 that the record lacks, the first in transaction ${ONWARD.txID}`,
  );
  const html = workspace.path('tron.html');
  expect((await workspace.run('report', bundle, '--html', html, '--source', 'grid')).code).toBe(0);
});

test('an unknown source, and one that is not there, are named', async () => {
  const unknown = await workspace.run('verify', bundle, '--source', 'other');
  expect(unknown).toMatchObject({ code: 5 });
  expect(unknown.stderr).toContain('no source is called other');
});
