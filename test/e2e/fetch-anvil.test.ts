import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Laundering, launder } from './anvil/laundering.ts';
import { reorganise } from './anvil/reorganise.ts';
import { type FetchScene, ingestDump, setScene } from './fetch-scene.ts';

/* On a real node: what a trace fetches for itself is what the same chain in files gives, byte for byte. */

let scene: FetchScene<Laundering>;
/** The source's name: the host it is asked at. */
let host: string;

beforeAll(async () => {
  scene = await setScene((anvil) => launder(anvil));
  host = new URL(scene.anvil.url).host;
  await ingestDump(scene, 'files', host);
}, 60_000);

afterAll(() => scene?.remove());

const fetching = (): string[] => ['--fetch', '--rpc', scene.anvil.url];
const theft = (): string[] => ['--seed', `${scene.told.theft}:1`, '--seed', `${scene.told.theft}:1000000`];

/** A trace with its bundle's bytes. */
async function traced(data: string, name: string, ...args: readonly string[]) {
  const bundle = scene.workspace.path(`${name}.cairn`);
  const { code, stdout, stderr } = await scene.cairn(data, 'trace', ...args, '--json', '--bundle', bundle);
  expect(code, stderr).toBe(0);
  return { stdout, stderr, bundle: readFileSync(bundle).toString('base64') };
}

describe('a trace that fetches', () => {
  const requests: readonly (readonly [string, () => string[]])[] = [
    ['of all rules', () => [...theft(), '--policy', 'all']],
    ['of where it came from', () => ['--source-of-funds', '--seed', `${scene.told.steps.deposited}:0`]],
    ['that goes three hops', () => [...theft(), '--max-hops', '3']],
    ['of four accounts', () => [...theft(), '--max-accounts', '4']],
    ['that follows no crossings', () => [...theft(), '--no-crossings', '--policy', 'fifo']],
    ['of all an account held', () => ['--stolen-account', `${scene.told.accounts.thief}@2023-11-14T22:13:30Z`]],
  ];

  test.each(requests)('%s: equals, byte for byte, that of the same chain from files', async (name, request) => {
    const [fetched, files] = await Promise.all([
      traced(`fetched ${name}`, `fetched ${name}`, ...request(), ...fetching()),
      traced('files', `files ${name}`, ...request()),
    ]);
    expect(fetched.stdout).toBe(files.stdout);
    expect(fetched.bundle).toBe(files.bundle);
  });

  test('a second time: only the newest block is asked for, and the bytes are the same', async () => {
    const args = [...theft(), '--policy', 'fifo', ...fetching()];
    const first = await traced('twice', 'first', ...args);
    const before = scene.calls('twice').length;
    const second = await traced('twice', 'second', ...args);
    expect(second.stdout).toBe(first.stdout);
    expect(second.bundle).toBe(first.bundle);
    const later = scene.calls('twice').slice(before);
    const head = `0x${scene.told.lastBlock.toString(16)}`;
    expect(later.map(({ what }) => what)).toEqual([
      'eth_chainId []',
      'eth_getBlockByNumber ["0x0",false]',
      'eth_getBlockByNumber ["latest",false]',
      'eth_getBlockByNumber ["finalized",false]',
      // The pin of the first run is asked for again: it would tell of a reorganisation.
      `eth_getBlockByNumber ["${head}",false]`,
    ]);
  });
});

describe('a trace up to an earlier block than an earlier run fetched', () => {
  test('is that of a fresh data directory', async () => {
    const args = [...theft(), '--policy', 'fifo', ...fetching()];
    await traced('later', 'whole', ...args);
    const earlier = await traced('later', 'earlier', ...args, '--at-block', '12');
    const fresh = await traced('fresh-12', 'fresh-12', ...args, '--at-block', '12');
    expect(earlier.stdout).toBe(fresh.stdout);
    expect(earlier.bundle).toBe(fresh.bundle);
  });
});

describe('a chain that was reorganised between two runs', () => {
  test('is rolled back to the last block that still stands: as in a fresh data directory, byte for byte', async () => {
    const standing = scene.told.lastBlock - 4;
    await traced('again', 'standing', ...theft(), ...fetching(), '--at-block', String(standing));
    const before = await traced('again', 'before', ...theft(), ...fetching());
    const { gone, toAbroad, commonBlock } = await reorganise(scene.anvil, scene.told);
    const [after, fresh] = await Promise.all([
      traced('again', 'after', ...theft(), ...fetching()),
      traced('fresh', 'fresh', ...theft(), ...fetching()),
    ]);
    expect(standing).toBeLessThan(commonBlock);
    expect(after.stderr).toContain(`eip155:1 was reorganised: blocks from ${standing + 1} on were forgotten`);
    expect(after.stdout).toBe(fresh.stdout);
    expect(after.bundle).toBe(fresh.bundle);
    for (const tx of gone) {
      expect(before.stdout).toContain(tx);
      expect(after.stdout).not.toContain(tx);
      expect((await scene.cairn('again', 'tx', tx)).code).toBe(5);
    }
    expect((await scene.cairn('again', 'tx', toAbroad)).code).toBe(0);
    expect(after.stdout).toContain(scene.told.accounts.abroad);
  });
});
