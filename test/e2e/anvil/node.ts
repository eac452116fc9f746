import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * A real Ethereum node with an empty chain and ten accounts of 10,000 ether, on a free port. It mines when `evm_mine` is
 * called and never else, so that a test knows what is in the chain.
 */
export type Anvil = {
  readonly url: string;
  /** @throws {Error} what the node answered, where that is an error. */
  rpc(method: string, ...params: readonly unknown[]): Promise<unknown>;
  /** The same method several times, in one request. @returns the answers in the order asked. */
  rpcAll(method: string, calls: readonly (readonly unknown[])[]): Promise<unknown[]>;
  stop(): Promise<void>;
};

export type AnvilOptions = {
  /** Default: 1, Ethereum's own. */
  readonly chainId?: number;
  /** Further arguments of the program. */
  readonly args?: readonly string[];
};

type Answer = { readonly result?: unknown; readonly error?: { readonly message: string } };

export async function startAnvil({ chainId = 1, args = [] }: AnvilOptions = {}): Promise<Anvil> {
  const binary = join(dirname(createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json')), 'bin.mjs');
  const options = ['--host', '127.0.0.1', '--port', '0', '--chain-id', String(chainId), '--no-mining', ...args];
  const child = spawn(process.execPath, [binary, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = `http://${await listening(child)}`;
  const post = async (body: unknown): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  };
  return {
    url,
    async rpc(method, ...params) {
      return resultOf(method, (await post({ jsonrpc: '2.0', id: 1, method, params })) as Answer);
    },
    async rpcAll(method, calls) {
      if (calls.length === 0) return [];
      const answers = await post(calls.map((params, id) => ({ jsonrpc: '2.0', id, method, params })));
      if (!Array.isArray(answers)) return [resultOf(method, answers as Answer)];
      return (answers as Answer[]).map((answer) => resultOf(method, answer));
    },
    async stop() {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    },
  };
}

function resultOf(method: string, { result, error }: Answer): unknown {
  if (error !== undefined) throw new Error(`${method}: ${error.message}`);
  return result;
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
