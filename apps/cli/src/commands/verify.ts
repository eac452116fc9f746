import type { ChainReader } from '@cairn/core/ledger';
import { createMemoryLedger } from '@cairn/core/ledger/stores/memory';
import { trace } from '@cairn/core/tracing';
import { type Verification, verifyBundle } from '@cairn/core/tracing/bundle';
import type { Command } from 'commander';
import { readFileBytes, readText } from '../data/data-directory.ts';
import { openChecker } from '../sources/reach.ts';
import { createProgress } from '../terminal/progress.ts';
import { showVerification, verificationExit } from '../trace/show-verification.ts';
import { act, repeatable, verb } from './command.ts';

export function verifyCommand(): Command {
  const command = verb('verify', 'recompute a bundle from the transfers in it, offline; with --rpc ask a node', [
    'cairn verify bybit-2025.cairn',
    'cairn verify out.cairn --key inquiry+c74f20a3+ARpc2QcU…',
    'cairn verify out.cairn --rpc http://127.0.0.1:8545',
  ])
    .argument('<bundle>', 'a bundle written by cairn trace --bundle')
    .option(
      '--rpc <url>',
      'check the cited transactions, the records of crossings, balances and nonces against this Ethereum node',
    )
    .option('--source <name>', 'the same against a node that is kept: see cairn sources')
    .addOption(repeatable('--key <name+id+key>', 'a public key whose signature to check, or a file that holds one'));
  return act<Flags>(command, async (context, flags, [file]) => {
    const { print, signal } = context;
    const asked = flags.rpc ?? flags.source;
    const chain = asked === undefined ? null : await openChecker(context, flags);
    const verification = await verifyFile(file as string, { chain, keys: flags.key, signal });
    const { bundle, ...answers } = verification;
    print(showVerification(verification), { digest: bundle?.manifest.digest ?? null, ...answers });
    return verificationExit(verification);
  });
}

type Flags = { readonly rpc?: string; readonly source?: string; readonly key: readonly string[] };

type VerifyFlags = {
  /** A node that the bundle is held against; null: none. */
  readonly chain: ChainReader | null;
  readonly keys: readonly string[];
  readonly signal: AbortSignal;
};

export async function verifyFile(file: string, { chain, keys, signal }: VerifyFlags): Promise<Verification> {
  const progress = createProgress();
  try {
    return await verifyBundle(readFileBytes(file), {
      trace,
      ledger: createMemoryLedger,
      publicKeys: keys.map((key) => (/^[^+]+\+[0-9a-f]{8}\+/.test(key) ? key : readText(key).trim())),
      ...(chain === null ? {} : { chain }),
      onProgress: ({ step, done, of }) => progress.update(`${step}: ${done} of ${of}`, of === 0 ? null : done / of),
      signal,
    });
  } finally {
    progress.done();
  }
}
