import { readFileSync } from 'node:fs';
import { CairnError } from '@cairn/core/errors';
import { createJsonRpcReader } from '@cairn/core/ledger/sources';
import { createMemoryLedger } from '@cairn/core/ledger/stores/memory';
import { trace } from '@cairn/core/tracing';
import { type Verification, verifyBundle } from '@cairn/core/tracing/bundle';
import type { Command } from 'commander';
import { readText } from '../data/data-directory.ts';
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
    .addOption(repeatable('--key <name+id+key>', 'a public key whose signature to check, or a file that holds one'));
  return act<{ rpc?: string; key: readonly string[] }>(command, async ({ print, signal }, flags, [file]) => {
    const verification = await verifyFile(file as string, { rpc: flags.rpc ?? null, keys: flags.key, signal });
    const { bundle, ...answers } = verification;
    print(showVerification(verification), { digest: bundle?.manifest.digest ?? null, ...answers });
    return verificationExit(verification);
  });
}

type VerifyFlags = { readonly rpc: string | null; readonly keys: readonly string[]; readonly signal: AbortSignal };

export async function verifyFile(file: string, { rpc, keys, signal }: VerifyFlags): Promise<Verification> {
  const progress = createProgress();
  try {
    return await verifyBundle(readFile(file), {
      trace,
      ledger: createMemoryLedger,
      publicKeys: keys.map((key) => (/^[^+]+\+[0-9a-f]{8}\+/.test(key) ? key : readText(key).trim())),
      ...(rpc === null ? {} : { chain: await createJsonRpcReader(rpc) }),
      onProgress: ({ step, done, of }) => progress.update(`${step}: ${done} of ${of}`, of === 0 ? null : done / of),
      signal,
    });
  } finally {
    progress.done();
  }
}

function readFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new CairnError('not-found', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}
