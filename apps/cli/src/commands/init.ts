import type { Command } from 'commander';
import { openDataDirectory } from '../data/data-directory.ts';
import { shippedCases } from '../data/shipped.ts';
import { grouped } from '../terminal/progress.ts';
import { act, verb } from './command.ts';

export function initCommand(): Command {
  const command = verb('init', 'make a data directory with an empty ledger and the shipped labels', [
    'cairn init',
    'cairn init --data /srv/cairn',
  ]);
  return act(command, async ({ data, print }) => {
    const directory = openDataDirectory(data);
    const ledger = await directory.openLedger();
    const imports = await ledger.imports();
    await ledger.close();
    const labels = directory.labels().length;
    print(
      `Data directory ${data}: ${imports.length} imports in the ledger, ${grouped(labels)} labels.\n` +
        `Next: cairn ingest FILE…, or cairn trace --case ${shippedCases().join(' | ')}`,
      { data, imports: imports.length, labels, cases: shippedCases() },
    );
    return 0;
  });
}
