import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { downloadList } from './download-list.ts';

const LIST = '<?xml version="1.0"?><CONSOLIDATED_LIST/>';

let folder: string;
let server: Server | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-download-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  server?.closeAllConnections();
  await new Promise((done) => (server === null ? done(null) : server.close(done)));
  server = null;
});

/** A server on this machine that answers so. */
async function serve(answer: RequestListener): Promise<string> {
  const started = createServer(answer);
  server = started;
  await new Promise<void>((done) => started.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

function get(address: string, more: Partial<Parameters<typeof downloadList>[1]> = {}) {
  return downloadList(address, { folder, held: null, ...more });
}

function digest(text: string, algorithm = 'sha256'): string {
  return createHash(algorithm).update(text).digest('base64');
}

describe('downloadList', () => {
  it('fetches a file, counts its bytes and keeps what the server says of it', async () => {
    const address = await serve((_, answer) => {
      answer.setHeader('etag', '"v1"').setHeader('last-modified', 'Fri, 27 Feb 2026 00:00:00 GMT');
      answer
        .setHeader('repr-digest', `sha-256=:${digest(LIST)}:`)
        .setHeader('content-length', LIST.length)
        .end(LIST);
    });
    const download = await get(`${address}/en/consolidated.xml?key=secret`);
    expect(download).toEqual({
      kind: 'downloaded',
      path: join(folder, 'consolidated.xml'),
      bytes: LIST.length,
      address: `${address}/en/consolidated.xml`,
      validators: { etag: '"v1"', lastModified: 'Fri, 27 Feb 2026 00:00:00 GMT' },
      checked: ['length', 'digest'],
    });
    expect(readFileSync(join(folder, 'consolidated.xml'), 'utf8')).toBe(LIST);
  });

  it('asks whether anything has changed, and fetches nothing if not', async () => {
    const asked: (string | undefined)[] = [];
    const address = await serve(({ headers }, answer) => {
      asked.push(headers['if-none-match'], headers['if-modified-since']);
      answer.writeHead(304).end();
    });
    const lastModified = 'Fri, 27 Feb 2026 00:00:00 GMT';
    expect(await get(address, { held: { etag: '"v1"', lastModified } })).toEqual({ kind: 'not-modified' });
    expect(await get(address, { held: { etag: null, lastModified } })).toEqual({ kind: 'not-modified' });
    expect(asked).toEqual(['"v1"', undefined, undefined, lastModified]);
    expect(readdirSync(folder)).toEqual([]);
    await expect(get(address)).rejects.toThrow('answered 304');
  });

  it.each([500, 403, 404, 429])('passes a refusal on (%i)', async (status) => {
    const address = await serve((_, answer) => answer.writeHead(status).end('no'));
    await expect(get(address)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`answered ${status}`),
      retryable: status === 500 || status === 429,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('tells a web page from a list', async () => {
    const pages = [
      '<!DOCTYPE html><html>',
      '\uFEFF  <html lang="en">',
      '<?xml version="1.0"?>\n<!-- 1 -->\n<!DOCTYPE html PUBLIC "x">',
    ];
    let page = 0;
    const address = await serve((_, answer) => answer.end(pages[page++]));
    for (const _ of pages)
      await expect(get(address)).rejects.toMatchObject({
        code: 'invalid-input',
        message: expect.stringContaining('web page'),
      });
  });

  it('notices a file that is shorter than announced', async () => {
    const address = await serve((_, answer) => {
      answer.setHeader('content-length', 1000);
      answer.write(LIST, () => answer.destroy());
    });
    await expect(get(address)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  });

  it('takes no more than announced, and notices a file that is cut off without a length', async () => {
    const send =
      (text: string): RequestListener =>
      (request) =>
        request.socket.end(text);
    const long = await serve(send(`HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\n${LIST}`));
    expect(await get(long)).toMatchObject({ kind: 'downloaded', bytes: 5 });
    server?.close();
    const cut = await serve(send(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n29\r\n${LIST.slice(0, 9)}`));
    await expect(get(cut)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it.each([
    ['repr-digest', `sha-256=:${digest('another file')}:`],
    ['digest', `SHA-256=${digest('another file')}`],
    ['x-amz-checksum-sha256', digest('another file')],
    ['content-md5', digest('another file', 'md5')],
  ])('notices a file that is not what its %s says', async (header, value) => {
    const address = await serve((_, answer) => answer.setHeader(header, value).end(LIST));
    await expect(get(address)).rejects.toThrow(`what came is not what its ${header} header says`);
  });

  it('takes what is not offered a check as unchecked', async () => {
    const address = await serve((_, answer) => {
      answer.write(LIST.slice(0, 9));
      answer.end(LIST.slice(9));
    });
    expect(await get(address)).toMatchObject({ kind: 'downloaded', checked: [], path: join(folder, 'list') });
  });

  it('stops at a size no list has, announced or not', async () => {
    const announced = await serve((_, answer) => answer.setHeader('content-length', 101).end('x'.repeat(101)));
    await expect(get(announced, { mostBytes: 100 })).rejects.toThrow('sends more than 100 bytes');
    server?.close();
    const silent = await serve((_, answer) => {
      answer.write('x'.repeat(60));
      answer.end('x'.repeat(60));
    });
    await expect(get(silent, { mostBytes: 100 })).rejects.toThrow('sends more than 100 bytes');
  });

  it('gives up on a server that drips, and stops when told to', async () => {
    const address = await serve((_, answer) => {
      answer.write('<');
    });
    await expect(get(address, { timeout: 100 })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('it took longer than 0.1 s'),
    });
    const stop = new AbortController();
    const running = get(address, { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(running).rejects.toMatchObject({ code: 'interrupted' });
  });

  it('says where nobody answers', async () => {
    const address = await serve(() => {});
    await new Promise((done) => server?.close(done));
    server = null;
    await expect(get(address)).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('follows redirects on this machine only from this machine, and not for ever', async () => {
    const address = await serve(({ url }, answer) => {
      if (url === '/old') answer.writeHead(302, { location: '/new/list.xml' }).end();
      else if (url === '/new/list.xml') answer.end(LIST);
      else if (url === '/away') answer.writeHead(301, { location: 'http://example.org/list.xml' }).end();
      else if (url === '/file') answer.writeHead(301, { location: 'file:///etc/passwd' }).end();
      else answer.writeHead(302, { location: '/round' }).end();
    });
    expect(await get(`${address}/old`)).toMatchObject({ path: join(folder, 'list.xml') });
    await expect(get(`${address}/away`)).rejects.toThrow('a redirect to http://example.org, which is not followed');
    await expect(get(`${address}/file`)).rejects.toThrow('which is not followed');
    await expect(get(`${address}/round`)).rejects.toThrow('more than 5 redirects');
  });

  it.each([
    ['http://example.org/list.xml', 'http://example.org is not fetched: only https is safe'],
    ['ftp://127.0.0.1/list.xml', 'only https is safe'],
    ['https://me:secret@example.org/', 'an address with a user name or password'],
    ['list.xml', '"list.xml" is not an address'],
  ])('does not fetch %s', async (address, message) => {
    await expect(get(address)).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining(message),
    });
  });
});
