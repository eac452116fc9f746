import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/*
 * Stands before a node on this machine and passes on what is asked, so that a test can see every question, spoil an answer,
 * or let a request fail as providers of nodes let them fail.
 */

export type Question = { readonly id: number; readonly method: string; readonly params: readonly unknown[] };
export type Answer = {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
};

/** One HTTP request as it came in. */
export type Asked = {
  readonly path: string;
  readonly authorization: string | null;
  readonly questions: readonly Question[];
  readonly isBatch: boolean;
};

/** `silence`: no reply ever comes; `drop`: the connection is broken off; `cut`: half of the reply, and the connection ends properly. */
export type Fault =
  | 'silence'
  | 'drop'
  | 'cut'
  | { readonly status: number; readonly text?: string; readonly retryAfter?: string };

export type NodeProxy = {
  readonly url: string;
  /** Every request so far, the newest last. */
  readonly asked: Asked[];
  /** Looked at before a request is passed on. @param count - requests so far, this one included. */
  fault: (asked: Asked, count: number) => Fault | null;
  /** What is told in place of the node's answer. */
  answer: (question: Question, given: Answer) => Answer;
  /** Passes everything on as it is again, and forgets what was asked. */
  reset(): void;
  close(): Promise<void>;
};

/** @param node - URL of the node. */
export async function startProxy(node: string): Promise<NodeProxy> {
  const untouched = { fault: (): null => null, answer: (_: Question, given: Answer): Answer => given };
  const server = createServer((request, response) => {
    handle(proxy, node, request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: NodeProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    ...untouched,
    reset: () => void Object.assign(proxy, untouched, { asked: [] }),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return proxy;
}

async function handle(
  proxy: NodeProxy,
  node: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
  const isBatch = Array.isArray(body);
  const questions = (isBatch ? body : [body]) as Question[];
  const asked = { path: request.url ?? '', authorization: request.headers.authorization ?? null, questions, isBatch };
  proxy.asked.push(asked);
  const fault = proxy.fault(asked, proxy.asked.length);
  if (fault === 'silence') return;
  if (fault === 'drop') return void response.destroy();
  if (fault !== null && fault !== 'cut') {
    if (fault.retryAfter !== undefined) response.setHeader('retry-after', fault.retryAfter);
    return void response.writeHead(fault.status).end(fault.text ?? '');
  }
  const answers = await askNode(node, questions);
  const told = questions.map((question) => {
    const given = answers.get(question.id) ?? {};
    return { jsonrpc: '2.0', id: question.id, ...proxy.answer(question, given) };
  });
  const text = JSON.stringify(isBatch ? told : told[0]);
  response.end(fault === 'cut' ? text.slice(0, text.length / 2) : text);
}

async function askNode(node: string, questions: readonly Question[]): Promise<Map<number, Answer>> {
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(node, { method: 'POST', headers, body: JSON.stringify(questions) });
  const answers = (await reply.json()) as (Answer & { readonly id: number })[];
  return new Map(answers.map(({ id, result, error }) => [id, error === undefined ? { result } : { error }]));
}
