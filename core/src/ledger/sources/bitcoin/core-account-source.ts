import { BITCOIN } from '../../../units/index.ts';
import type { AccountSource, BlockRef } from '../../account-source.ts';
import { assertStillOn, inconsistent } from '../fetching.ts';
import { parseUrl } from '../http/http-client.ts';
import { FINAL_AFTER } from './account-source.ts';
import type { BlockSource } from './block-source.ts';
import { type CoreOptions, createCoreSource } from './core-rpc.ts';
import { ingestBlocks } from './ingest-blocks.ts';

export type CoreAccountSourceOptions = CoreOptions & {
  /** Default: the host. */
  readonly name?: string;
  /** May carry user and password. */
  readonly url: string;
};

/**
 * A Bitcoin Core node as a source of histories. It has no index of addresses: whoever wants one account's history takes every
 * block in question, after which the ledger has every account's.
 * @throws {CairnError} `invalid-input`: no URL.
 */
export function createCoreAccountSource(options: CoreAccountSourceOptions): AccountSource {
  const { chain = BITCOIN, url } = options;
  const name = options.name ?? parseUrl(url, 'the node').host;
  let opened: Promise<BlockSource> | null = null;
  const open = (): Promise<BlockSource> => {
    opened ??= createCoreSource(url, options)
      .then((source) => ({ ...source, name }))
      .catch((error: unknown) => {
        opened = null;
        throw error;
      });
    return opened;
  };
  const block = async (height: number): Promise<BlockRef | null> => {
    const source = await open();
    const hash = await source.hashAt(height);
    if (hash === null) return null;
    const { header } = await source.block(hash, height);
    return { number: height, hash, time: header.time };
  };
  return {
    name,
    chain,
    async offer() {
      await open();
      const notes = ['The node has no index of addresses: every block in question is read, for all accounts at once.'];
      return { basis: 'whole-chain', internal: true, evidence: true, notes };
    },
    async tip() {
      const height = await (await open()).last();
      const head = await block(height);
      if (head === null) throw inconsistent(`${name} has no block ${height}, which it calls its last`);
      return { head, final: Math.max(0, height - FINAL_AFTER) };
    },
    block,
    // A transaction comes with its block only: what the ledger does not have yet is not known here.
    async transactions(hashes, { store }) {
      const known = new Set((await store.transactions(hashes)).map(({ tx }) => tx));
      return hashes.filter((tx) => !known.has(tx));
    },
    async histories({ fromBlock, to }, { store, keysOf, signal }) {
      const source = await open();
      await assertStillOn(source.hashAt, to, name);
      await ingestBlocks(
        source,
        { from: fromBlock, to: to.number },
        { store, chain, keysOf, ...(signal === undefined ? {} : { signal }) },
      );
      await assertStillOn(source.hashAt, to, name);
    },
    // One for each block, and one for a hundred hashes of theirs.
    estimate: async ({ fromBlock, to }) => {
      const blocks = Math.max(0, to.number - fromBlock + 1);
      return blocks + Math.ceil(blocks / 100) + 2;
    },
  };
}
