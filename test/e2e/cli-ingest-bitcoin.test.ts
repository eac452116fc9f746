import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorkspace, REPOSITORY, type Workspace } from './run-cli.ts';

/* Bitcoin's chain, brought in as a user would: files, a node, datasets. */

const DATA = join(REPOSITORY, 'test', 'data', 'bitcoin');
const EARLY = join(DATA, 'blocks', 'btcd_blocks1-256.bz2');
const BITFINEX = join(DATA, 'bitfinex-2016', 'bitfinex_tx_dataset.csv');
const SINGLE = (height: number): string => join(DATA, 'blocks', `bitcoinj_block${height}.dat`);

let workspace: Workspace;
beforeAll(() => {
  workspace = createWorkspace();
});
afterAll(() => workspace.remove());

async function json(...args: readonly string[]): Promise<Record<string, unknown>[]> {
  const { code, stdout, stderr } = await workspace.run('ingest', 'bitcoin', ...args, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>[];
}

test('blocks 1 to 255: 262 transactions, 12,929 BTC; a second run adds nothing', async () => {
  const data = workspace.path('early');
  const first = await workspace.run('ingest', 'bitcoin', EARLY, '--data', data);
  expect(first.code, first.stderr).toBe(0);
  expect(first.stdout).toMatch(/1–255 +262 +267 +12,929\.00000000 +262 +0/);
  const second = await workspace.run('ingest', 'bitcoin', EARLY, '--data', data);
  expect(second.stdout).toContain('255 blocks');
  const accounts = await workspace.run('accounts', 'btc:12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S', '--data', data);
  expect(accounts.code, accounts.stderr).toBe(0);
  // 50 mined, and change of 40, 30, 29, 28 and 18 after payments of 10, 10, 1, 1 and 10.
  expect(accounts.stdout).toMatch(/195 BTC +177 BTC/);
  expect(accounts.stdout).toMatch(/1–255 +whole-chain/);
});

test('single blocks say their height or are told it; what they spend is not known, and that is said', async () => {
  const data = workspace.path('single');
  const [block] = await json(SINGLE(481_829), '--data', data);
  expect(block).toMatchObject({ headers: { from: 481_829, to: 481_829 }, totals: { transactions: 2_020 } });
  const untold = await workspace.run('ingest', 'bitcoin', SINGLE(169_482), '--data', data);
  expect(untold).toMatchObject({ code: 3, stderr: expect.stringContaining('--height N') });
  const told = await workspace.run('ingest', 'bitcoin', SINGLE(169_482), '--height', '169482', '--data', data);
  expect(told.code, told.stderr).toBe(0);
  expect(told.stdout).toMatch(/inputs spend outputs that neither .* nor the ledger has/);
});

test('the thefts of Bitfinex sum to 119,756.62032288 BTC, and what is missing is said', async () => {
  const data = workspace.path('bitfinex');
  const { code, stdout, stderr } = await workspace.run('ingest', 'bitcoin', BITFINEX, '--data', data);
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('2,072');
  expect(stdout).toContain('119,756.62032288');
  expect(stdout).toContain('neither block nor time');
  const tx = '002740a49e16fc127b0a58a887e5ad77cc4d5114a38aa6df0922cfebb76569f4';
  const shown = await workspace.run('tx', tx, '--data', data);
  expect(shown.stdout).toContain('block not on record, time not on record');
  expect(shown.stdout).toContain('5.85006242 BTC');
  expect(shown.stdout).toContain('to   btc:17AuTmGhZ4HBoJtntpN9n6vHkP5LNnrt5q');
  const traced = await workspace.run('trace', '--seed', `btc:${tx}`, '--policy', 'fifo', '--data', data);
  expect(traced.stdout).toContain('gives neither block nor time');
});

test('damaged input leaves nothing behind', async () => {
  const data = workspace.path('damaged');
  const cut = workspace.path('cut.dat');
  writeFileSync(cut, readFileSync(SINGLE(481_829)).subarray(0, 500_000));
  const { code, stderr } = await workspace.run('ingest', 'bitcoin', cut, '--data', data);
  expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('cut.dat') });
  const init = await workspace.run('init', '--data', data, '--json');
  expect(JSON.parse(init.stdout)).toMatchObject({ imports: 0 });
});

test('a node: its blocks come in, a reorganisation is rolled back and replayed', async () => {
  const data = workspace.path('node');
  const node = await startNode();
  try {
    const [first] = await json('--rpc', node.url, '--data', data);
    expect(first).toMatchObject({ headers: { from: 0, to: 5 }, rolledBack: [] });
    node.reorganise(3, 8);
    // Asked from the block after the last: the node's no longer follows it.
    const [second] = await json('--rpc', node.url, '--data', data);
    expect(second).toMatchObject({ rolledBack: [4], headers: { from: 4, to: 8 } });
    const [third] = await json('--rpc', node.url, '--data', data);
    expect(third).toMatchObject({ imports: 0 });
  } finally {
    node.server.closeAllConnections();
    node.server.close();
  }
  const usage = await workspace.run('ingest', 'bitcoin', '--rpc', 'ftp://node', '--data', data);
  expect(usage.code).toBe(3);
  const both = await workspace.run('ingest', 'bitcoin', EARLY, '--rpc', 'http://127.0.0.1:1', '--data', data);
  expect(both).toMatchObject({ code: 3, stderr: expect.stringContaining('one kind of source') });
});

test('a run that is killed while a node is silent leaves nothing half-stored, and the next one brings all', async () => {
  const data = workspace.path('killed');
  const node = await startNode();
  try {
    const asked = node.fallSilentAt(4);
    const running = workspace.start('ingest', 'bitcoin', '--rpc', node.url, '--data', data);
    await asked;
    running.child.kill('SIGKILL');
    expect((await running.result).code).toBe(null);
    const init = await workspace.run('init', '--data', data, '--json');
    expect(JSON.parse(init.stdout)).toMatchObject({ imports: 0 });
    const [next] = await json('--rpc', node.url, '--data', data);
    expect(next).toMatchObject({ headers: { from: 0, to: 5 }, totals: { blocks: 6 } });
  } finally {
    node.server.closeAllConnections();
    node.server.close();
  }
});

test('cairn ingest FILE works as ever', async () => {
  const missing = await workspace.run('ingest', 'nothing.csv', '--data', workspace.path('plain'));
  expect(missing).toMatchObject({ code: 5, stderr: expect.stringContaining('no such file: nothing.csv') });
  const help = await workspace.run('ingest', '--help');
  expect(help.stdout).toContain('bitcoin');
});

const GENESIS = '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f';

type TestNode = {
  readonly url: string;
  readonly server: Server;
  readonly reorganise: (after: number, last: number) => void;
  /** Gives no reply the next time it is asked for the block at a height; resolved when that has happened. */
  readonly fallSilentAt: (height: number) => Promise<void>;
};

/** A node whose blocks hold a coinbase each; with one transaction, its id is the merkle root. */
async function startNode(): Promise<TestNode> {
  let silentAt: { readonly hash: string; readonly reached: () => void } | null = null;
  let chain: { hash: string }[] = [];
  const extend = (after: number, last: number, mark: string): void => {
    chain = chain.slice(0, after + 1);
    for (let height = after + 1; height <= last; height++) {
      const tx = `${mark}${String(height).padStart(63, '0')}`;
      const own = {
        hash: height === 0 ? GENESIS : `${mark}${String(height).padStart(63, '1')}`,
        height,
        ...(height === 0 ? {} : { previousblockhash: chain[height - 1]?.hash }),
        merkleroot: tx,
        time: 1_231_006_505 + 600 * height,
        tx: [
          {
            txid: tx,
            version: 1,
            locktime: 0,
            vin: [{ coinbase: '00', sequence: 0xffffffff }],
            vout: [{ value: 50, n: 0, scriptPubKey: { hex: '51' } }],
          },
        ],
      };
      chain.push(own);
    }
  };
  extend(-1, 5, 'a');
  const answer = ({ id, method, params }: { id: number; method: string; params: unknown[] }): object => {
    if (method === 'getblockcount') return { id, result: chain.length - 1, error: null };
    const found =
      method === 'getblockhash' ? chain[params[0] as number]?.hash : chain.find(({ hash }) => hash === params[0]);
    return found === undefined
      ? { id, result: null, error: { code: -8, message: 'Block height out of range' } }
      : { id, result: found, error: null };
  };
  const fallSilentAt = (height: number): Promise<void> =>
    new Promise((reached) => {
      silentAt = { hash: chain[height]?.hash ?? '', reached };
    });
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const calls = JSON.parse(body) as Parameters<typeof answer>[0];
      if (silentAt !== null && calls.method === 'getblock' && calls.params[0] === silentAt.hash) {
        silentAt.reached();
        silentAt = null;
        return;
      }
      response.end(JSON.stringify(Array.isArray(calls) ? calls.map(answer) : answer(calls)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    reorganise: (after, last) => extend(after, last, 'b'),
    fallSilentAt,
  };
}
