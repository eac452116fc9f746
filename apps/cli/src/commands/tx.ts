import { createLabelIndex } from '@cairn/core/labels';
import type { Command } from 'commander';
import { type ReadTransaction, readTransaction } from '../crossings/read-transaction.ts';
import { showTransaction } from '../crossings/show-transaction.ts';
import { transactionJson } from '../crossings/to-json.ts';
import type { Words } from '../crossings/words.ts';
import { openDataDirectory } from '../data/data-directory.ts';
import type { Context } from '../terminal/context.ts';
import { createAssetBook } from '../trace/assets.ts';
import { act, verb } from './command.ts';

export function txCommand(): Command {
  const command = verb(
    'tx',
    'what the ledger has of transactions, on any chain: what moved, bridges and swaps, and the proof of each',
    ['cairn tx 0xb61413c4…', 'cairn tx btc:9a3b… --json'],
  ).argument('<txid...>', 'transaction hashes; a chain may stand before: btc:…, eip155:137:0x…');
  return act(command, async (context, _flags, args) => {
    const { found, words } = await readAll(context, args);
    context.print(
      found.map((read) => showTransaction(read, words)).join(BETWEEN),
      found.map((read) => transactionJson(read, words)),
    );
    return 0;
  });
}

const BETWEEN = `\n\n${'─'.repeat(40)}\n\n`;

/** Reads transactions from the data directory's ledger. @throws not-found, invalid-input */
export async function readAll(
  context: Context,
  names: readonly string[],
): Promise<{ readonly found: readonly ReadTransaction[]; readonly words: Words }> {
  const directory = openDataDirectory(context.data);
  const words = { book: createAssetBook(directory.assets()), labels: createLabelIndex(directory.labels()) };
  const ledger = await directory.openLedger();
  try {
    const found: ReadTransaction[] = [];
    for (const name of names) found.push(...(await readTransaction(ledger, name.replace(POSITION, '$1'))));
    return { found, words };
  } finally {
    await ledger.close();
  }
}

/** A transfer's or an output's name: the transaction is shown whole. */
const POSITION = /^(.*[0-9a-fA-F]{64}):-?[0-9]+$/;
