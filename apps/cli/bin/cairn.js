#!/usr/bin/env node
// Written for any Node since 18: where the one that started it is older than the pinned one, it hands over.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
/** The exit code of something that stands in the way; see src/terminal/exit-codes.ts. */
const UNAVAILABLE = 6;
const main = new URL('../src/main.ts', import.meta.url);

function pinnedNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'));
    const binary = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(binary) ? binary : null;
  } catch {
    return null;
  }
}

function handOver(binary) {
  // In a session of its own, so that one Ctrl-C reaches the child once, from here: the second one means "at once".
  const options = { stdio: 'inherit', detached: process.platform !== 'win32' };
  const child = spawn(binary, [fileURLToPath(main), ...process.argv.slice(2)], options);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`cairn: ${binary} does not start: ${error.message}`);
    process.exit(UNAVAILABLE);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 0)));
}

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  module.enableCompileCache?.();
  await import(main.href);
} else {
  const binary = pinnedNode();
  if (binary === null) {
    console.error(`cairn: needs Node ${NEEDED}, this is ${process.version}; run \`npm ci\`, which brings it.`);
    process.exit(UNAVAILABLE);
  }
  handOver(binary);
}
