import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { unzipSync } from 'node:zlib';
import { CairnError, isCairnError } from '@cairn/core/errors';
import { createBlockCutter, parseBlock, type RawBlock, recogniseBlocks } from '@cairn/core/ledger';
import { type LabelledSample, parseLabelledSet, type ShapeCoin } from '@cairn/core/tracing';
import { BITCOIN } from '@cairn/core/units';

const SET_START = 'source,label';

/**
 * The samples of a file: a labelled set (CSV, packed or not), or Bitcoin blocks (`blk*.dat` or one raw block), whose
 * transactions count as ordinary.
 * @throws {CairnError} `not-found`, `unavailable`; `invalid-input`, naming the file and the place in it.
 */
export function readSamples(path: string): LabelledSample[] {
  const bytes = readUnpacked(path);
  if (bytes.subarray(0, SET_START.length).toString('latin1') === SET_START)
    return parseLabelledSet(bytes.toString(), path);
  try {
    return blocksOf(bytes).flatMap((block) => ordinaryOf(block, basename(path)));
  } catch (cause) {
    if (!isCairnError(cause)) throw cause;
    throw new CairnError(cause.code, `${path}: ${cause.message}`, {
      cause,
      hints: [`a labelled set starts with '${SET_START}'; anything else is read as Bitcoin blocks`, ...cause.hints],
    });
  }
}

/** A file's bytes, unpacked where they are gzip or a zlib stream, whatever its name says. */
export function readUnpacked(path: string): Buffer {
  const bytes = readBytes(path);
  const isPacked =
    (bytes[0] === 0x1f && bytes[1] === 0x8b) || (bytes[0] === 0x78 && (bytes[0] * 256 + (bytes[1] ?? 0)) % 31 === 0);
  if (!isPacked) return bytes;
  try {
    return unzipSync(bytes);
  } catch (cause) {
    throw new CairnError('invalid-input', `${path} cannot be unpacked`, { cause, hints: ['is it cut off?'] });
  }
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new CairnError('not-found', `there is no file ${path}`, { cause });
    throw new CairnError('unavailable', `${path} cannot be read (${code})`, { cause });
  }
}

function blocksOf(bytes: Uint8Array): RawBlock[] {
  if (recogniseBlocks(bytes.subarray(0, 80)) === 'block') return [parseBlock(BITCOIN, bytes)];
  const cutter = createBlockCutter();
  const blocks = cutter.push(bytes).map((block) => parseBlock(BITCOIN, block.bytes));
  cutter.end();
  return blocks;
}

/** A raw block does not say what its inputs were worth, nor whose they were. */
const UNKNOWN: ShapeCoin = { amount: null, owner: null, script: 'unknown' };

function ordinaryOf({ transactions }: RawBlock, source: string): LabelledSample[] {
  return transactions.flatMap(({ tx, inputs, outputs }): LabelledSample[] => {
    const spent = inputs.filter(({ outpoint }) => outpoint !== null);
    if (spent.length === 0) return [];
    const made = outputs.map(({ amount, lock }) => ({ amount, owner: lock.owner, script: lock.script }));
    return [{ source, label: 'ordinary', tx, shape: { inputs: spent.map(() => UNKNOWN), outputs: made } }];
  });
}
