import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** The same node at a distance: every request takes so much longer. */
export type FarNode = { readonly url: string; readonly close: () => void };

/** @param milliseconds - added to every request, before it is passed on. */
export async function startFarNode(node: string, milliseconds: number): Promise<FarNode> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    await wait(milliseconds);
    const headers = { 'content-type': 'application/json' };
    const reply = await fetch(node, { method: 'POST', headers, body: Buffer.concat(chunks) });
    response.end(Buffer.from(await reply.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
