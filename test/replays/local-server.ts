import { createServer, type IncomingHttpHeaders } from 'node:http';

/** A request as it came in. */
export type Asked = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: unknown };

export type Reply = { readonly status?: number; readonly text: string };

/** What goes wrong with requests whose path matches, so many times. */
export type Fault = {
  readonly on: RegExp;
  times: number;
  /** Default: 200. */
  readonly status?: number;
  /** Default: what the server would have said. */
  readonly text?: string;
  readonly retryAfter?: string;
  /** Only the first half of the reply comes. */
  readonly cut?: true;
};

/** A server on this machine whose replies can be spoilt. */
export type LocalServer = {
  readonly url: string;
  /** Every request so far. */
  readonly asked: Asked[];
  /** What is still to go wrong. */
  readonly faults: Fault[];
  close(): Promise<void>;
};

export async function serveReplies(answer: (asked: Asked) => Reply): Promise<LocalServer> {
  const asked: Asked[] = [];
  const faults: Fault[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const one: Asked = {
        path: request.url ?? '',
        headers: request.headers,
        body: text === '' ? null : JSON.parse(text),
      };
      asked.push(one);
      const fault = faults.find(({ on, times }) => times > 0 && on.test(one.path));
      if (fault !== undefined) fault.times--;
      const reply = answer(one);
      const whole = fault?.text ?? reply.text;
      if (fault?.retryAfter !== undefined) response.setHeader('retry-after', fault.retryAfter);
      response
        .writeHead(fault?.status ?? (fault === undefined ? (reply.status ?? 200) : 200))
        .end(fault?.cut === true ? whole.slice(0, Math.floor(whole.length / 2)) : whole);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    faults,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
