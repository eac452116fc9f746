import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * A real Ethereum node with chain id 1, an empty chain and ten accounts of 10,000 ether, on a free port. It mines when
 * `evm_mine` is called and never else, so that a test knows what is in the chain.
 */
export type Anvil = {
  readonly url: string;
  rpc(method: string, ...params: readonly unknown[]): Promise<unknown>;
  stop(): Promise<void>;
};

export async function startAnvil(): Promise<Anvil> {
  const binary = join(dirname(createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json')), 'bin.mjs');
  const options = ['--host', '127.0.0.1', '--port', '0', '--chain-id', '1', '--no-mining'];
  const child = spawn(process.execPath, [binary, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = `http://${await listening(child)}`;
  return {
    url,
    async rpc(method, ...params) {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
      const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string } };
      if (error !== undefined) throw new Error(`${method}: ${error.message}`);
      return result;
    },
    async stop() {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    },
  };
}

async function listening(child: ChildProcess): Promise<string> {
  let output = '';
  for await (const chunk of child.stdout ?? []) {
    output += String(chunk);
    const address = /Listening on (127\.0\.0\.1:\d+)/.exec(output)?.[1];
    if (address === undefined) continue;
    // The pipe is kept empty, or the node would stop when it is full.
    child.stdout?.resume();
    return address;
  }
  throw new Error(`anvil did not start: ${output}`);
}
