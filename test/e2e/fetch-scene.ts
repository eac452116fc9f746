import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dumpChain } from './anvil/dump-chain.ts';
import { type Anvil, startAnvil } from './anvil/node.ts';
import { SCRIPTED } from './anvil/people.ts';
import { type CliResult, createWorkspace, type Workspace } from './run-cli.ts';

/* What the tests of fetching share: a real node with a chain of the test's own, and a folder for data directories. */

export type FetchScene<T> = {
  readonly anvil: Anvil;
  /** What was done on the chain. */
  readonly told: T;
  readonly workspace: Workspace;
  /** Runs the command line on one of the scene's data directories. */
  readonly cairn: (data: string, ...args: readonly string[]) => Promise<CliResult>;
  /** Every call that was made for a data directory, oldest first. */
  readonly calls: (data: string) => readonly LoggedCall[];
  readonly remove: () => Promise<void>;
};

export type LoggedCall = {
  readonly source: string;
  readonly what: string;
  readonly status: number | null;
  readonly trouble: string | null;
  readonly pap: string | null;
};

/** @param act - what happens on the chain. */
export async function setScene<T>(act: (anvil: Anvil) => Promise<T>): Promise<FetchScene<T>> {
  const anvil = await startAnvil(SCRIPTED);
  const told = await act(anvil);
  const workspace = createWorkspace();
  return {
    anvil,
    told,
    workspace,
    cairn: (data, ...args) => workspace.run(...args, '--data', workspace.path(data)),
    calls: (data) =>
      readFileSync(join(workspace.path(data), 'fetch', 'calls.jsonl'), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as LoggedCall),
    remove: async () => {
      workspace.remove();
      await anvil.stop();
    },
  };
}

const NOTE = 'Rewards and withdrawals of the consensus layer are no transactions and are left out.';

/**
 * The chain as files, in a data directory of its own, with the declaration that every account's record is complete.
 * @param source - name of the source that is compared with: files of that name declare what it declares.
 */
export async function ingestDump({ anvil, workspace, cairn }: FetchScene<unknown>, data: string, source: string) {
  const folder = workspace.path(`${data}-dump`);
  const { file } = await dumpChain(anvil, folder);
  const named = join(folder, 'named', source);
  mkdirSync(join(folder, 'named'), { recursive: true });
  copyFileSync(file, named);
  const text = readFileSync(file, 'utf8');
  const words = text.matchAll(/0x(?:0{24})?([0-9a-f]{40})(?![0-9a-f])/g);
  const addresses = new Set([...words].map((match) => `0x${match[1]}`));
  const head = (await anvil.rpc('eth_getBlockByNumber', 'latest', false)) as { number: string; timestamp: string };
  const coverage = [...addresses].map((address) => ({
    chain: 'eip155:1',
    account: `eip155:1:${address}`,
    direction: 'both',
    assets: null,
    fromBlock: 0,
    toBlock: Number(head.number),
    toAt: new Date(Number(head.timestamp) * 1000).toISOString(),
    basis: 'index',
    truncated: false,
    note: NOTE,
    source,
  }));
  const declared = join(folder, 'coverage.json');
  writeFileSync(declared, JSON.stringify(coverage));
  const done = await cairn(data, 'ingest', 'receipts', named, '--chain', 'eth', '--coverage', declared);
  if (done.code !== 0) throw new Error(`the dump was not read: ${done.stderr}`);
}
