import { createMemoryLedger } from '@cairn/core/ledger/stores/memory';
import { trace } from '@cairn/core/tracing';
import { type Verification, verifyBundle } from '@cairn/core/tracing/bundle';
import type { Command } from 'commander';
import { readFileBytes, readText } from '../data/data-directory.ts';
import { type Checkers, openCheckers } from '../sources/reach.ts';
import { createProgress } from '../terminal/progress.ts';
import { showVerification, verificationExit } from '../trace/show-verification.ts';
import { act, repeatable, verb } from './command.ts';

export function verifyCommand(): Command {
  const command = verb(
    'verify',
    'recompute a bundle from the transfers in it, offline; with --rpc or --source ask whether they are true and all',
    [
      'cairn verify bybit-2025.cairn',
      'cairn verify out.cairn --key inquiry+c74f20a3+ARpc2QcU…',
      'cairn verify out.cairn --rpc http://127.0.0.1:8545',
      'cairn verify out.cairn --source my-node --source mempool',
    ],
  ).argument('<bundle>', 'a bundle written by cairn trace --bundle');
  checkerOptions(command).addOption(
    repeatable('--key <name+id+key>', 'a public key whose signature to check, or a file that holds one'),
  );
  return act<Flags>(command, async (context, flags, [file]) => {
    const { print, signal } = context;
    const checkers = await openCheckers(context, flags);
    const verification = await verifyFile(file as string, { checkers, keys: flags.key, signal });
    const { bundle, ...answers } = verification;
    print(showVerification(verification), { digest: bundle?.manifest.digest ?? null, ...answers });
    return verificationExit(verification);
  });
}

/** Whom a bundle may be held against. */
export function checkerOptions(command: Command): Command {
  return command
    .option(
      '--rpc <url>',
      'hold the cited transactions, the records of crossings, balances and nonces against this Ethereum node',
    )
    .addOption(
      repeatable(
        '--source <name>',
        'the same with a node that is kept; with another kind of source, the cited transactions and what it lists of the followed accounts (cairn sources)',
      ),
    );
}

type Flags = { readonly rpc?: string; readonly source: readonly string[]; readonly key: readonly string[] };

type VerifyFlags = {
  /** Whom the bundle is held against. */
  readonly checkers: Checkers;
  readonly keys: readonly string[];
  readonly signal: AbortSignal;
};

export async function verifyFile(file: string, { checkers, keys, signal }: VerifyFlags): Promise<Verification> {
  const progress = createProgress();
  try {
    return await verifyBundle(readFileBytes(file), {
      trace,
      ledger: createMemoryLedger,
      publicKeys: keys.map((key) => (/^[^+]+\+[0-9a-f]{8}\+/.test(key) ? key : readText(key).trim())),
      ...(checkers.chain === null ? {} : { chain: checkers.chain }),
      sources: checkers.sources,
      onProgress: ({ step, done, of }) => progress.update(`${step}: ${done} of ${of}`, of === 0 ? null : done / of),
      signal,
    });
  } finally {
    progress.done();
  }
}
