import { ingestTron } from '@cairn/core/ledger/sources';
import { parseCoverage } from '@cairn/core/tracing';
import type { Command } from 'commander';
import { readJson } from '../data/data-directory.ts';
import { trafficTo } from '../sources/reach.ts';
import { act, verb } from './command.ts';
import { ingestInto } from './ingest-receipts.ts';

type Flags = { readonly coverage?: string; readonly node?: string };

export function ingestTronCommand(): Command {
  const examples = [
    'cairn ingest tron trc20-page-1.json trc20-page-2.json --node https://api.trongrid.io',
    'cairn ingest tron transaction-infos.json events.json',
    'cairn ingest tron logs.parquet transactions.parquet',
  ];
  const command = verb('tron', 'bring transfers of TRX and TRC-20 tokens into the ledger', examples)
    .argument(
      '<file...>',
      "JSON of TronGrid, Tronscan or a node (one value, a list, JSON lines; .gz), or a data set's logs and transactions (JSON, CSV, Parquet)",
    )
    .option('--coverage <file>', 'what the files are complete for (JSON); default: unknown')
    .option('--node <url>', 'ask this node of Tron (HTTP) for the blocks of transactions that come without one');
  return act<Flags>(command, async (context, flags, files) => {
    const coverage = flags.coverage === undefined ? [] : parseCoverage(readJson(flags.coverage));
    return ingestInto(context, ({ directory, ...into }) =>
      ingestTron({
        ...into,
        files,
        coverage,
        engine: { directory },
        ...(flags.node === undefined ? {} : { node: flags.node, client: trafficTo(context, 'trongrid', flags.node) }),
      }),
    );
  });
}
