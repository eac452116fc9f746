import { CairnError } from '@cairn/core/errors';
import { parseCoverage } from '@cairn/core/tracing';
import { type Asset, parseAsset, parseChain } from '@cairn/core/units';
import type { Command } from 'commander';
import { openDataDirectory, readJson } from '../data/data-directory.ts';
import { ingest, showFile } from '../data/ingest.ts';
import { afterChange } from '../screen/after-change.ts';
import { act, repeatable, verb, withVerbs } from './command.ts';
import { ingestBitcoinCommand } from './ingest-bitcoin.ts';
import { ingestReceiptsCommand } from './ingest-receipts.ts';
import { ingestTronCommand } from './ingest-tron.ts';

type Flags = {
  readonly format?: string;
  readonly chain?: string;
  readonly coverage?: string;
  readonly decimals: readonly string[];
};

export function ingestCommand(): Command {
  const command = verb('ingest', 'bring files of transfers into the ledger', [
    'cairn ingest transfers.csv',
    'cairn ingest transactions.parquet token_transfers.parquet traces.parquet',
    'cairn ingest export.csv --format explorer-csv --coverage coverage.json',
    'cairn ingest bitcoin ~/.bitcoin/blocks/blk*.dat',
  ])
    .argument('<file...>', "CSV or Parquet: Cairn's own, block explorers' exports, ethereum-etl and public datasets")
    .option('--format <id>', 'format, where the header does not tell')
    .option('--chain <chain>', 'chain of rows that name none (eth, CAIP-2)')
    .option('--coverage <file>', 'what the files are complete for (JSON); default: unknown')
    .addOption(repeatable('--decimals <asset=n>', 'decimals of a token, for exports that leave them out'));
  act<Flags>(command, async (context, flags, files) => {
    const { data, print, signal } = context;
    const coverage = flags.coverage === undefined ? [] : parseCoverage(readJson(flags.coverage));
    const decimals = new Map(flags.decimals.map(parseDecimals));
    const directory = openDataDirectory(data);
    const store = await directory.openLedger();
    const ingested = ingest(store, files, {
      directory,
      signal,
      coverage,
      decimals,
      ...(flags.format === undefined ? {} : { format: flags.format }),
      ...(flags.chain === undefined ? {} : { chain: parseChain(flags.chain) }),
    });
    const result = await ingested.finally(() => store.close());
    print(result.files.map(showFile).join('\n'), result.files);
    if (result.files.some(({ status }) => status !== 'already-imported')) await afterChange(context, 'ledger');
    return result.files.some((file) => file.rejected > 0) ? 8 : 0;
  });
  return withVerbs(command, [ingestBitcoinCommand(), ingestReceiptsCommand(), ingestTronCommand()]);
}

function parseDecimals(text: string): [Asset, number] {
  const match = /^(.+)=([0-9]{1,2})$/.exec(text);
  if (match === null) throw new CairnError('invalid-input', `--decimals takes ASSET=NUMBER, not ${text}`);
  return [parseAsset(match[1] as string), Number(match[2])];
}
