import { createHash, type Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CairnError, isCairnError } from '../../errors.ts';
import { type AddressRules, addressRulesFor, follow, readAddressOf } from './download-list-address.ts';

/** Larger than any list by a wide margin (OFAC's advanced XML is 122 MB); a server that sends more sends something else. */
const MOST_BYTES = 2 * 1024 ** 3;

/** How long a download may take altogether (milliseconds): OFAC's file at 150 kB/s. */
const PATIENCE = 15 * 60_000;

export type DownloadOptions = {
  /** Where the file goes: a folder of the caller's own, who removes it. */
  readonly folder: string;
  /** What the server said of the copy that is held, so that it can answer that nothing has changed; null: none is held. */
  readonly held: Validators | null;
  readonly signal?: AbortSignal;
  readonly timeout?: number;
  readonly mostBytes?: number;
  readonly onProgress?: (progress: { readonly bytes: number; readonly totalBytes: number | null }) => void;
};

/** As the server sent them: they mean something to it alone. */
export type Validators = { readonly etag: string | null; readonly lastModified: string | null };

export type Download =
  | { readonly kind: 'not-modified' }
  | {
      readonly kind: 'downloaded';
      readonly path: string;
      readonly bytes: number;
      /** Where it came from in the end, after redirects, without query. */
      readonly address: string;
      readonly validators: Validators;
      /** How it was checked that nothing was lost on the way. */
      readonly checked: readonly ('length' | 'digest')[];
    };

/**
 * Fetches a list file into a folder, if the server's copy is not the one held already.
 *
 * Only over https, also where it is redirected to; plain http only on this machine (a mirror, a test). No proxy is used. The file
 * is complete where this returns: as long as the server said, and with the digest it gave, if it gave one. Whether it is a list
 * is for the reader to find out, but a web page in its place is told at once.
 * @throws {CairnError} `invalid-input`: an address of another kind, or a web page; `unavailable`: the server cannot be reached,
 *   refuses, sends too little, too much or something else than its digest; `interrupted`
 */
export async function downloadList(address: string, options: DownloadOptions): Promise<Download> {
  const first = readAddressOf(address);
  const late = AbortSignal.timeout(options.timeout ?? PATIENCE);
  const signal = options.signal === undefined ? late : AbortSignal.any([options.signal, late]);
  try {
    const { response, url } = await ask(first, addressRulesFor(first), options.held, signal);
    if (response.status === 304) return { kind: 'not-modified' };
    return await receive(response, url, options, signal);
  } catch (error) {
    if (options.signal?.aborted) throw new CairnError('interrupted', `the download of ${first.host} was stopped`);
    if (isCairnError(error)) throw error;
    const reason = late.aborted ? `it took longer than ${(options.timeout ?? PATIENCE) / 1000} s` : reasonOf(error);
    throw new CairnError('unavailable', `cannot fetch ${plain(first)}: ${reason}`, {
      cause: error,
      retryable: true,
      hints: ['the lists held stay as they are', 'a file fetched otherwise: cairn lists import FILE'],
    });
  }
}

async function ask(
  first: URL,
  rules: AddressRules,
  held: Validators | null,
  signal: AbortSignal,
): Promise<{ response: Response; url: URL }> {
  // Unpacked in transport, the length could not be checked.
  const headers = new Headers({ 'accept-encoding': 'identity', 'user-agent': 'cairn' });
  if (held?.etag) headers.set('if-none-match', held.etag);
  else if (held?.lastModified) headers.set('if-modified-since', held.lastModified);
  let url = first;
  for (;;) {
    const response = await fetch(url, { headers, signal, redirect: 'manual' });
    const target = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || response.status === 304 || target === null) {
      if (response.status === 200 || (response.status === 304 && held !== null)) return { response, url };
      await response.body?.cancel();
      throw new CairnError('unavailable', `${plain(url)} answered ${response.status} ${response.statusText}`.trim(), {
        retryable: response.status >= 500 || response.status === 429,
        hints: ['the lists held stay as they are', 'if the address has moved: cairn lists update LIST --from URL'],
      });
    }
    await response.body?.cancel();
    url = follow(url, target, rules);
  }
}

async function receive(response: Response, url: URL, options: DownloadOptions, signal: AbortSignal): Promise<Download> {
  const most = options.mostBytes ?? MOST_BYTES;
  const expected = lengthOf(response);
  if (expected !== null && expected > most) throw tooLarge(url, most);
  if (response.body === null) throw new CairnError('unavailable', `${plain(url)} sent nothing`, { retryable: true });
  const path = join(options.folder, fileNameOf(url));
  const digests = digestsOf(response);
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > most) return done(tooLarge(url, most));
      for (const { hash } of digests) hash.update(chunk);
      options.onProgress?.({ bytes, totalBytes: expected });
      done(null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(response.body), count, createWriteStream(path), { signal });
  if (expected !== null && bytes !== expected) throw cutShort(url, `${bytes} bytes came instead of ${expected}`);
  for (const { header, hash, value } of digests) {
    if (hash.digest('base64') !== value) throw cutShort(url, `what came is not what its ${header} header says`);
  }
  if (bytes === 0) throw cutShort(url, 'it is empty');
  await refuseWebPage(path, url);
  const { headers } = response;
  const validators = { etag: headers.get('etag'), lastModified: headers.get('last-modified') };
  const checked = [
    ...(expected === null ? [] : ['length' as const]),
    ...digests.slice(0, 1).map(() => 'digest' as const),
  ];
  return { kind: 'downloaded', path, bytes, address: plain(url), validators, checked };
}

/** null: not said, or said of a packed form that is not what is counted here. */
function lengthOf({ headers }: Response): number | null {
  const text = headers.get('content-length');
  const isPacked = (headers.get('content-encoding') ?? 'identity') !== 'identity';
  return text === null || isPacked || !/^\d{1,15}$/.test(text) ? null : Number(text);
}

/**
 * Digests of the file that the server offers, where they are of the bytes as they come.
 * @see RFC 9530 (Repr-Digest, Content-Digest), RFC 3230 (Digest), RFC 1864 (Content-MD5)
 */
function digestsOf({ headers }: Response): { header: string; hash: Hash; value: string }[] {
  if ((headers.get('content-encoding') ?? 'identity') !== 'identity') return [];
  const named = ['repr-digest', 'content-digest', 'digest'].map((header) => {
    const value = /(?:^|,)\s*sha-256=:?([A-Za-z0-9+/]{43}=):?/i.exec(headers.get(header) ?? '')?.[1];
    return { header, algorithm: 'sha256', value };
  });
  const amazon = { header: 'x-amz-checksum-sha256', algorithm: 'sha256', value: headers.get('x-amz-checksum-sha256') };
  const md5 = { header: 'content-md5', algorithm: 'md5', value: headers.get('content-md5') };
  return [...named, amazon, md5].flatMap(({ header, algorithm, value }) =>
    value ? [{ header, hash: createHash(algorithm), value }] : [],
  );
}

async function refuseWebPage(path: string, url: URL): Promise<void> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1024), 0, 1024, 0);
    const start = buffer
      .subarray(0, bytesRead)
      .toString('latin1')
      .replace(/^\u00ef\u00bb\u00bf/, '')
      .trimStart();
    if (!/^(?:<\?xml[^>]*\?>\s*)?(?:<!--[\s\S]*?-->\s*)*<(?:!doctype\s+html|html)\b/i.test(start)) return;
  } finally {
    await file.close();
  }
  throw new CairnError('invalid-input', `${plain(url)} answered with a web page instead of a list`, {
    hints: ['the lists held stay as they are', 'if the address has moved: cairn lists update LIST --from URL'],
  });
}

function fileNameOf(url: URL): string {
  const name = basename(decodeURIComponent(url.pathname)).replace(/[^A-Za-z0-9._-]/g, '_');
  return /^\.*$/.test(name) ? 'list' : name.slice(-100);
}

/** Without query: it may hold a key or a signature. */
function plain(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

function tooLarge(url: URL, most: number): CairnError {
  return new CairnError('unavailable', `${plain(url)} sends more than ${most} bytes: that is no list`);
}

function cutShort(url: URL, reason: string): CairnError {
  return new CairnError('unavailable', `the download of ${plain(url)} is not whole: ${reason}`, {
    retryable: true,
    hints: ['the lists held stay as they are; try again'],
  });
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== '' ? `${message} (${cause.message})` : message;
}
