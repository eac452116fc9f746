import { open, readFile, stat } from 'node:fs/promises';
import { CairnError } from '../../../errors.ts';
import type { Chain } from '../../../units/index.ts';
import { coreBlock, isCoreBlock, type StatedBlock } from '../../utxo/datasets/core-json.ts';
import { esploraTransaction, isConfirmed, isEsploraTransaction } from '../../utxo/datasets/esplora-json.ts';
import { verifyMerkleRoot } from '../../utxo/datasets/verify-merkle.ts';
import type { UtxoTransaction } from '../../utxo/transaction.ts';

/** Text longer than this cannot be one JSON value in memory: the engine's longest string is some 512 MiB. */
const MAX_JSON_BYTES = 500_000_000;
const START_BYTES = 1 << 16;

/** How a file begins: one JSON value, a JSON value a line, a table of text, or bytes of something else. */
export async function looksLike(path: string): Promise<'json' | 'json-lines' | 'text' | 'bytes'> {
  const handle = await open(path, 'r');
  const start = Buffer.alloc(START_BYTES);
  const { bytesRead } = await handle.read(start, 0, START_BYTES, 0).finally(() => handle.close());
  const bytes = start.subarray(0, bytesRead);
  // Control characters other than tab and line breaks stand in no text.
  if (bytes.some((byte) => byte < 32 && byte !== 9 && byte !== 10 && byte !== 13)) return 'bytes';
  const text = bytes.toString('utf8').trimStart();
  if (text.startsWith('[')) return 'json';
  if (!text.startsWith('{')) return 'text';
  return (await isJsonLines(path, text)) ? 'json-lines' : 'json';
}

/** Whether the first line is an object by itself and another follows it, or it is a row of a table. */
async function isJsonLines(path: string, start: string): Promise<boolean> {
  const end = start.indexOf('\n');
  const first = end < 0 ? start : start.slice(0, end);
  if (/"(txid|merkleroot)"/.test(first.slice(0, START_BYTES)) && !/"block_number"/.test(first)) return false;
  if (end < 0)
    return /"block_number"/.test(start) && !/"result"\s*:/.test(start.slice(0, 200)) && (await stat(path)).size > 0;
  try {
    JSON.parse(first);
    return true;
  } catch {
    return false;
  }
}

/** What replies of a node or service hold. */
export type JsonReplies = {
  /** By height, each once; where branches part, the one that reaches highest. */
  readonly blocks: readonly StatedBlock[];
  /** Blocks of other branches, which were left out. */
  readonly beside: number;
  readonly transactions: readonly UtxoTransaction[];
  /** Transactions that are in no block yet, and were left out. */
  readonly unconfirmed: number;
};

/**
 * Blocks and transactions in a JSON file: replies of `getblock` (verbosity 2 or 3, bare or as JSON-RPC wraps them), transactions as
 * Esplora writes them, or lists of either.
 * @throws {CairnError} `invalid-input`, naming the place: other JSON, a merkle root that does not fit the transactions.
 */
export async function readJsonReplies(path: string, chain: Chain): Promise<JsonReplies> {
  const { size } = await stat(path);
  if (size > MAX_JSON_BYTES)
    throw new CairnError(
      'invalid-input',
      `a JSON file of ${size} bytes is too long to read at once: give one block a file`,
    );
  const blocks = new Map<string, StatedBlock>();
  const transactions = new Map<string, UtxoTransaction>();
  let unconfirmed = 0;
  for (const value of valuesOf(parse(await readFile(path, 'utf8')))) {
    if (isCoreBlock(value)) {
      const block = coreBlock(chain, value);
      verifyMerkleRoot(
        block.header,
        block.transactions.map(({ tx }) => tx),
      );
      blocks.set(block.header.hash, block);
    } else if (!isEsploraTransaction(value)) {
      const shown = (JSON.stringify(value) ?? '').slice(0, 80);
      throw new CairnError(
        'invalid-input',
        `neither a block of getblock (verbosity 2 or 3) nor a transaction of Esplora: ${shown}`,
      );
    } else if (isConfirmed(value)) {
      const transaction = esploraTransaction(chain, value, null);
      transactions.set(transaction.tx, transaction);
    } else unconfirmed++;
  }
  const chosen = withoutBranches([...blocks.values()]);
  return {
    blocks: chosen,
    beside: blocks.size - chosen.length,
    transactions: [...transactions.values()].sort((a, b) => a.blockNumber - b.blockNumber),
    unconfirmed,
  };
}

/** One block a height: of several, the one on which the block above it rests; at the top of a branch, the first given. */
function withoutBranches(blocks: readonly StatedBlock[]): StatedBlock[] {
  const heights = [...Map.groupBy(blocks, ({ header }) => header.height)].sort(([a], [b]) => b - a);
  const chosen: StatedBlock[] = [];
  for (const [height, alike] of heights) {
    const above = chosen.at(-1)?.header;
    const rested =
      above?.height === height + 1 ? alike.find(({ header }) => header.hash === above.previous) : undefined;
    chosen.push(rested ?? (alike[0] as StatedBlock));
  }
  return chosen.reverse();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    try {
      return lines.map((line) => JSON.parse(line) as unknown);
    } catch {
      throw new CairnError('invalid-input', `not JSON: ${(error as Error).message}`, { cause: error });
    }
  }
}

/** The values in a list, in lists of lists (pages), or in the `result` of JSON-RPC replies. */
function* valuesOf(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) for (const item of value) yield* valuesOf(item);
  else if (typeof value === 'object' && value !== null && 'result' in value && !('txid' in value))
    yield* valuesOf(value.result);
  else yield value;
}
