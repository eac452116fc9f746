import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorkspace, REPOSITORY, type Workspace } from './run-cli.ts';

const DATA = join(REPOSITORY, 'test', 'data');
const LABELLED = join(DATA, 'bitcoin', 'coinjoin', 'labelled.csv.gz');
const BLOCK = join(DATA, 'bitcoin', 'blocks', 'bitcoinj_block481829.dat');
const DEPOSIT = '0x344b8c89a52aca46947e5024e82a92e304adc6a850f65bee87063109a1b21245';
const pool = (amount: string) =>
  ['deposits', 'withdrawals'].map((list) => join(DATA, 'tornado', `${list}_1_eth_${amount}.json.gz`));

type Kind = { kind: string; recall: { part: number; whole: number } | null; precision: { value: number } | null };

let workspace: Workspace;
beforeAll(() => {
  workspace = createWorkspace();
});
afterAll(() => workspace.remove());

describe('cairn mixers coinjoin', () => {
  test('recall, precision and false alarms, as a table and as JSON', async () => {
    const shown = await workspace.run('mixers', 'coinjoin', LABELLED, BLOCK);
    expect([shown.code, shown.stderr]).toEqual([0, '']);
    expect(shown.stdout).toContain('12 of 12, 100.0 % (75.8 %–100.0 %) n = 12');
    const { stdout } = await workspace.run('mixers', 'coinjoin', LABELLED, BLOCK, '--json');
    const { setAside, falseAlarms } = JSON.parse(stdout) as {
      setAside: Kind[];
      falseAlarms: { part: number; whole: number };
    };
    expect(setAside.map(({ kind, recall }) => [kind, recall?.whole])).toEqual([
      ['whirlpool', 1403],
      ['wasabi-2', 12],
      ['wasabi-1', 196],
      ['whirlpool-tx0', 749],
      ['joinmarket', 86],
      ['equal-outputs', 86],
    ]);
    // The block's 2,020 transactions less its coinbase, and ten of the emulation.
    expect(falseAlarms).toMatchObject({ part: 0, whole: 2029 });
  });

  test('a kind without a sample is not measured', async () => {
    const { stdout } = await workspace.run('mixers', 'coinjoin', BLOCK);
    expect(stdout).toMatch(/wasabi-2 +not measured +not measured/);
  });

  test('names the file and the line it cannot read', async () => {
    const path = workspace.path('set.csv');
    writeFileSync(path, 'source,label,tx,time,inputs,outputs\nhere,mixer,ab,0,,\n');
    const { code, stderr } = await workspace.run('mixers', 'coinjoin', path);
    expect(code).not.toBe(0);
    expect(stderr).toContain(`${path}, line 2: 'mixer' is none of the labels`);
    const missing = await workspace.run('mixers', 'coinjoin', workspace.path('none.dat'));
    expect(missing.stderr).toContain('there is no file');
    writeFileSync(workspace.path('cut.csv.gz'), gzipSync('source,label').subarray(0, 15));
    expect((await workspace.run('mixers', 'coinjoin', workspace.path('cut.csv.gz'))).stderr).toContain(
      'cannot be unpacked',
    );
    writeFileSync(workspace.path('text.dat'), 'neither');
    expect((await workspace.run('mixers', 'coinjoin', workspace.path('text.dat'))).stderr).toContain('text.dat');
  });
});

describe('cairn mixers tornado', () => {
  test('how often each heuristic fires, and which cannot', async () => {
    const { code, stdout } = await workspace.run('mixers', 'tornado', ...pool('0.1'), ...pool('100'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/100 ETH +38,258 +36,944 +1,314/);
    expect(stdout).toMatch(/address-reuse +0 of 71,644 +not measured/);
    expect(stdout).toContain('no value is moved');
  });

  test('the candidates of a recorded deposit, with its sender from the recorded call', async () => {
    const calls = join(DATA, 'crossings', 'tornado', 'calldata.json');
    const asked = ['mixers', 'tornado', ...pool('100'), '--transactions', calls, '--deposit', DEPOSIT] as const;
    const { stdout } = await workspace.run(...asked);
    expect(stdout).toContain('sent by eth:0xf5806e5c1c9402dcc87e9adf47bc7bc2f18cf556');
    expect(stdout).toMatch(/withdrawals that may spend it +12,731/);
    const { candidates } = JSON.parse((await workspace.run(...asked, '--json')).stdout) as {
      candidates: { candidates: unknown[] }[];
    };
    expect(candidates[0]?.candidates).toHaveLength(111);
    const byLeaf = await workspace.run('mixers', 'tornado', ...pool('100'), '--deposit', '100 ETH:26026');
    expect(byLeaf.stdout).toContain('Deposit 26,026 into the pool of 100 ETH');
  });

  test('files as they come from elsewhere: a withdrawal twice, blocks out of order, capitals', async () => {
    const to = `0x${'A'.repeat(40)}`;
    const taken = (block: number, nullifierHash: string) => ({
      blockNumber: block,
      transactionHash: `0x${block}`,
      to,
      fee: '0',
      nullifierHash,
    });
    const paths = [workspace.path('deposits_1_eth_1.json'), workspace.path('withdrawals_1_eth_1.json')] as const;
    writeFileSync(paths[0], JSON.stringify([10, 11, 12].map((blockNumber, leafIndex) => ({ blockNumber, leafIndex }))));
    writeFileSync(paths[1], JSON.stringify([taken(30, '0x3'), taken(20, '0x2'), taken(20, '0x2')]));
    const { stdout } = await workspace.run('mixers', 'tornado', ...paths, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      pools: [{ name: '1 ETH', deposits: 3, withdrawals: 2, withdrawalsFrom: null }],
    });
    const alone = await workspace.run('mixers', 'tornado', paths[0]);
    expect(alone.stderr).toContain('of the pool of 1 ETH the file of withdrawals is missing');
    const unknown = await workspace.run('mixers', 'tornado', ...paths, '--deposit', '1 ETH:7');
    expect(unknown.stderr).toContain('no deposit 1 ETH:7 is in these files');
    const named = await workspace.run('mixers', 'tornado', workspace.path('events.json'));
    expect(named.stderr).toContain('the name says neither which list nor which pool');
  });
});
