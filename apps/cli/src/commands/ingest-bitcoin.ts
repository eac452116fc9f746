import { CairnError } from '@cairn/core/errors';
import { keysOf } from '@cairn/core/tracing';
import { BITCOIN, canonicalAccount, parseTime } from '@cairn/core/units';
import type { Command } from 'commander';
import { openDataDirectory } from '../data/data-directory.ts';
import { type BitcoinSource, ingestBitcoin, showBitcoin } from '../data/ingest-bitcoin.ts';
import { afterChange } from '../screen/after-change.ts';
import { trafficTo } from '../sources/reach.ts';
import { act, repeatable, verb } from './command.ts';

type Flags = {
  readonly xorKey?: string;
  readonly height?: string;
  readonly time?: string;
  readonly rpc?: string;
  readonly rpcCookie?: string;
  readonly from?: string;
  readonly to?: string;
  readonly esplora?: string;
  readonly tx: readonly string[];
  readonly address: readonly string[];
  readonly blocks?: string;
  readonly keepScripts?: true;
};

export function ingestBitcoinCommand(): Command {
  const command = verb(
    'bitcoin',
    "bring Bitcoin's chain into the ledger: block files, a node, a service, public datasets",
    [
      'cairn ingest bitcoin ~/.bitcoin/blocks/blk*.dat',
      'cairn ingest bitcoin block.dat --height 169482',
      'cairn ingest bitcoin --rpc http://127.0.0.1:8332 --rpc-cookie ~/.bitcoin/.cookie --from 800000 --to 800100',
      'cairn ingest bitcoin --esplora https://blockstream.info/api --tx 9a3b… --address bc1q…',
      'cairn ingest bitcoin transactions.parquet',
    ],
  )
    .argument(
      '[file...]',
      'raw blocks (blk*.dat, single ones, .bz2), replies of getblock or Esplora (JSON), transactions of bitcoin-etl, BigQuery or AWS (Parquet, CSV, JSON lines), payments txid,from,to,amount (CSV)',
    )
    .option('--xor-key <hex>', 'key of block files; default: xor.dat beside them')
    .option(
      '--height <n>',
      'height of the first block, where blocks do not say theirs; or, with --time, of a table without blocks',
    )
    .option('--time <time>', 'time of a table without blocks (Unix seconds or ISO 8601)')
    .option('--rpc <url>', 'a Bitcoin Core node (JSON-RPC); user and password may stand in the URL')
    .option('--rpc-cookie <file>', "the node's cookie file")
    .option('--from <height>', 'first block from the node; default: the one after the last in the ledger')
    .option('--to <height>', "last block from the node; default: the node's last")
    .option('--esplora <url>', "a service of the Esplora kind: its interface's URL")
    .addOption(repeatable('--tx <txid>', 'a transaction, with those that spend its outputs, from the service'))
    .addOption(repeatable('--address <address>', 'an address with its whole history, from the service'))
    .option('--blocks <from-to>', 'whole blocks from the service: 800000-800010')
    .option('--keep-scripts', 'keep the scripts of every transaction, not of those with an OP_RETURN output only');
  return act<Flags>(command, async (context, flags, files) => {
    const source = sourceOf(flags, files);
    const traffic =
      source.kind === 'files'
        ? {}
        : trafficTo(context, source.kind === 'node' ? 'bitcoin-core' : 'esplora', source.url);
    const directory = openDataDirectory(context.data);
    const store = await directory.openLedger();
    const keepScripts = flags.keepScripts === true;
    const options = { directory, store, traffic, keysOf, keepScripts, signal: context.signal };
    const results = await ingestBitcoin(source, options).finally(() => store.close());
    context.print(showBitcoin(results), results);
    if (results.some(({ imports, rolledBack }) => imports + rolledBack.length > 0))
      await afterChange(context, 'ledger');
    return results.some(({ rejected }) => rejected > 0) ? 8 : 0;
  });
}

/** @throws invalid-input: none of the three kinds of source, or several. */
function sourceOf(flags: Flags, files: readonly string[]): BitcoinSource {
  const named = [files.length > 0, flags.rpc !== undefined, flags.esplora !== undefined].filter(Boolean).length;
  if (named !== 1) {
    throw new CairnError('invalid-input', named === 0 ? 'no source is named' : 'one kind of source at a time', {
      hints: ['name files, or a node with --rpc URL, or a service with --esplora URL'],
    });
  }
  if (flags.rpc !== undefined) {
    return {
      kind: 'node',
      url: flags.rpc,
      ...(flags.rpcCookie === undefined ? {} : { cookie: flags.rpcCookie }),
      ...heightFlag('from', flags.from),
      ...heightFlag('to', flags.to),
    };
  }
  if (flags.esplora !== undefined) {
    return {
      kind: 'esplora',
      url: flags.esplora,
      transactions: flags.tx.map(parseTxid),
      addresses: flags.address.map((address) => canonicalAccount(BITCOIN, address.replace(/^btc:/, ''))),
      ...(flags.blocks === undefined ? {} : { blocks: parseRange(flags.blocks) }),
    };
  }
  return {
    kind: 'files',
    files,
    ...(flags.xorKey === undefined ? {} : { xorKey: flags.xorKey }),
    ...heightFlag('height', flags.height),
    ...(flags.time === undefined ? {} : { time: parseTime(flags.time) }),
  };
}

function heightFlag<Name extends string>(name: Name, text: string | undefined): { [key in Name]?: number } {
  return text === undefined ? {} : ({ [name]: parseHeight(text, `--${name}`) } as { [key in Name]?: number });
}

function parseHeight(text: string, option: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw new CairnError('invalid-input', `${option} takes the height of a block, not '${text}'`);
}

function parseRange(text: string): { from: number; to: number } {
  const match = /^([0-9]{1,9})(?:(?:-|\.\.|–)([0-9]{1,9}))?$/.exec(text);
  const [from, to] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  if (match !== null && from <= to) return { from, to };
  throw new CairnError('invalid-input', `--blocks takes a range of heights such as 800000-800010, not '${text}'`);
}

function parseTxid(text: string): string {
  const tx = text.trim().toLowerCase().replace(/^btc:/, '');
  if (/^[0-9a-f]{64}$/.test(tx)) return tx;
  throw new CairnError('invalid-input', `--tx takes a transaction id of 64 hex digits, not '${text.slice(0, 80)}'`);
}
