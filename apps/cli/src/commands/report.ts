import { CairnError } from '@cairn/core/errors';
import type { Command } from 'commander';
import { type ReportFiles, writeReport } from '../report/write.ts';
import { openCheckers } from '../sources/reach.ts';
import { act, repeatable, verb } from './command.ts';
import { checkerOptions, verifyFile } from './verify.ts';

type Flags = ReportFiles & {
  readonly rpc?: string;
  readonly source: readonly string[];
  readonly key: readonly string[];
};

export function reportCommand(): Command {
  const command = verb('report', 'write the report of a bundle, after verifying it', [
    'cairn report bybit-2025.cairn --pdf bybit-2025.pdf',
    'cairn report out.cairn --html out.html --csv out.csv --rpc http://127.0.0.1:8545',
  ])
    .argument('<bundle>', 'a bundle written by cairn trace --bundle')
    .option('--pdf <file>', 'archival PDF (PDF/A-2b)')
    .option('--html <file>', 'one self-contained page')
    .option('--csv <file>', 'every figure with its transactions')
    .addOption(repeatable('--key <name+id+key>', 'a public key whose signature to check, or a file that holds one'));
  checkerOptions(command);
  return act<Flags>(command, async (context, flags, [file]) => {
    const { print, signal } = context;
    const { pdf, html, csv } = flags;
    const files = {
      ...(pdf === undefined ? {} : { pdf }),
      ...(html === undefined ? {} : { html }),
      ...(csv === undefined ? {} : { csv }),
    };
    const written = Object.values(files);
    if (written.length === 0) {
      throw new CairnError('invalid-input', 'a report needs somewhere to go', {
        hints: ['give --pdf FILE, --html FILE or --csv FILE'],
      });
    }
    const checkers = await openCheckers(context, flags);
    const verification = await verifyFile(file as string, { checkers, keys: flags.key, signal });
    await writeReport(verification, files);
    print(`Written: ${written.join(', ')}`, { written, digest: verification.arithmetic.digest });
    return 0;
  });
}
