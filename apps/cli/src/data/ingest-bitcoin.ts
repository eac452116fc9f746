import {
  type BitcoinIngestOptions,
  type BitcoinSourceResult,
  type HttpOptions,
  ingestBitcoinFiles,
  ingestBitcoinNode,
  ingestEsplora,
} from '@cairn/core/ledger/sources';
import type { Account } from '@cairn/core/units';
import { createProgress, grouped } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import type { DataDirectory } from './data-directory.ts';

/** Where Bitcoin's chain is read from. */
export type BitcoinSource =
  | {
      readonly kind: 'files';
      readonly files: readonly string[];
      readonly xorKey?: string;
      readonly height?: number;
      readonly time?: number;
    }
  | {
      readonly kind: 'node';
      readonly url: string;
      readonly cookie?: string;
      readonly from?: number;
      readonly to?: number;
    }
  | {
      readonly kind: 'esplora';
      readonly url: string;
      readonly transactions: readonly string[];
      readonly addresses: readonly Account[];
      readonly blocks?: { readonly from: number; readonly to: number };
    };

export type BitcoinOptions = Omit<BitcoinIngestOptions, 'onProgress'> & {
  readonly directory: DataDirectory;
  /** How what is reached by a URL is asked. */
  readonly traffic: Omit<HttpOptions, 'signal'>;
};

/** Brings Bitcoin's chain into the data directory's ledger, with progress on stderr. */
export async function ingestBitcoin(source: BitcoinSource, options: BitcoinOptions): Promise<BitcoinSourceResult[]> {
  const { directory, traffic, ...rest } = options;
  const progress = createProgress();
  const common: BitcoinIngestOptions = {
    ...rest,
    onProgress: ({ source: name, phase, done, fraction }) => progress.update(`${name}: ${phase}, ${done}`, fraction),
  };
  try {
    switch (source.kind) {
      case 'files':
        return await ingestBitcoinFiles({
          ...source,
          ...common,
          rejectsDirectory: directory.rejects,
          engine: { directory: directory.ledger },
        });
      case 'node':
        return [await ingestBitcoinNode({ ...traffic, ...source, ...common })];
      case 'esplora':
        return await ingestEsplora({ ...traffic, ...source, ...common });
    }
  } finally {
    progress.done();
  }
}

/** What came of it, for people. */
export function showBitcoin(results: readonly BitcoinSourceResult[]): string {
  const head = ['source', 'blocks', 'transactions', 'outputs', 'BTC paid', 'inputs', 'unresolved', 'known', 'imports'];
  const rows = results.map(({ source, headers, totals, knownBlocks, imports }) => [
    source,
    headers === null ? '' : headers.from === headers.to ? String(headers.from) : `${headers.from}–${headers.to}`,
    grouped(totals.transactions),
    grouped(totals.outputs),
    bitcoin(totals.outputValue),
    grouped(totals.inputs),
    grouped(totals.unresolved),
    known(knownBlocks, totals.alreadyKnown),
    grouped(imports),
  ]);
  const lines = results.flatMap((result) => describe(result).map((line) => `  ${line}`));
  return [table(head, rows, head.slice(2)), ...lines].join('\n');
}

function known(blocks: number, transactions: number): string {
  if (blocks > 0) return `${grouped(blocks)} blocks`;
  return transactions > 0 ? `${grouped(transactions)} transactions` : '';
}

function describe({ source, totals, rejectedByReason, rejectsFile, notes }: BitcoinSourceResult): string[] {
  const { unresolved, inputs, movedTimes, evidence } = totals;
  return [
    ...(unresolved === 0
      ? []
      : [
          `${grouped(unresolved)} of ${grouped(inputs)} inputs spend outputs that neither ${source} nor the ledger has: their amounts are not known, and count as 0 until they are.`,
        ]),
    ...(movedTimes === 0
      ? []
      : [`${counted(movedTimes, 'block')} at the time of a block before or after: by their headers, time would fall.`]),
    ...(evidence === 0 ? [] : [`${counted(evidence, 'transaction')} kept with scripts.`]),
    ...rejectedByReason.map(
      ({ reason, count, firstLine }) => `rejected ${grouped(count)} (first: line ${firstLine}): ${reason}`,
    ),
    ...(rejectsFile === null ? [] : [`rejected rows: ${rejectsFile}`]),
    ...notes,
  ];
}

function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Satoshis as bitcoin with all eight decimals, grouped. */
export function bitcoin(satoshis: bigint): string {
  const whole = satoshis / 100_000_000n;
  return `${grouped(whole)}.${String(satoshis % 100_000_000n).padStart(8, '0')}`;
}
