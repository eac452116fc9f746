import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CairnError } from '@cairn/core/errors';
import type { Pin, PinBook } from '@cairn/core/ledger';
import {
  type CallLog,
  createCallLog,
  createReplyCache,
  NO_SOURCES,
  parseSourceBook,
  type ReplyCache,
  type SourceBook,
} from '@cairn/core/ledger/sources';
import { makeDirectory, openDataDirectory, writeWhole } from '../data/data-directory.ts';

/** What a data directory keeps about asking sources: which there are, what was asked, up to which blocks, answers that are final. */
export type CaseSources = {
  readonly book: () => SourceBook;
  readonly save: (book: SourceBook) => void;
  readonly log: CallLog;
  readonly cache: ReplyCache;
  readonly pins: PinBook;
};

/** Pins of a chain that are kept: a reorganisation is looked for from the newest down. */
const PINS = 50;

export function openCaseSources(data: string): CaseSources {
  const { path } = openDataDirectory(data);
  const file = join(path, 'sources.json');
  const folder = join(path, 'fetch');
  return {
    book: () => (existsSync(file) ? parseSourceBook(readWhole(file)) : NO_SOURCES),
    save: (book) => writeWhole(file, `${JSON.stringify(book, null, 2)}\n`),
    log: createCallLog(join(folder, 'calls.jsonl')),
    cache: createReplyCache(join(folder, 'cache')),
    pins: createPinFile(folder),
  };
}

function readWhole(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new CairnError('unavailable', `${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function createPinFile(folder: string): PinBook {
  const file = join(folder, 'pins.json');
  const read = (): Pin[] => (existsSync(file) ? (readWhole(file) as Pin[]) : []);
  const write = (pins: readonly Pin[]): void => {
    makeDirectory(folder);
    writeWhole(file, JSON.stringify(pins));
  };
  return {
    read,
    add(pin) {
      const others = read().filter(({ chain, hash }) => chain !== pin.chain || hash !== pin.hash);
      const own = [...others.filter(({ chain }) => chain === pin.chain), pin];
      write([...others.filter(({ chain }) => chain !== pin.chain), ...own.slice(-PINS)]);
    },
    cut: (chain, above) => write(read().filter((pin) => pin.chain !== chain || pin.number <= above)),
  };
}
