import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMemoryLedger } from '../stores/memory.ts';
import { type IngestOptions, type IngestProgress, ingestFiles, readTransfersFile } from './index.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-ingest-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const HEADER = 'chain,block_number,block_time,tx_hash,from,to,asset,amount';
const hash = (n: number): string => `0x${n.toString(16).padStart(64, '0')}`;
const account = (n: number): string => `0x${n.toString(16).padStart(40, '0')}`;
const row = (block: number, tx: number, from: number, to: number, amount: string | number): string =>
  `eip155:1,${block},${1_600_000_000 + 12 * block},${hash(tx)},${account(from)},${account(to)},eip155:1/slip44:60,${amount}`;

function write(name: string, ...lines: string[]): string {
  const path = join(directory, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

async function ingest(file: string, options: Partial<IngestOptions> = {}) {
  const store = createMemoryLedger();
  const { files } = await ingestFiles({ store, files: [file], ...options });
  return { store, result: files[0] };
}

describe('bad rows are rejected with file, line and reason, and the good ones kept', () => {
  const good = row(10, 1, 1, 2, 5);
  const cases: [string, string, string | RegExp][] = [
    [
      'a wrong checksum',
      good.replace(account(1), '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD').replace('BeAeD', 'BeAED'),
      /from: .*checksum/,
    ],
    ['a value of 2^256', row(10, 1, 1, 2, (2n ** 256n).toString()), /amount: is 2\^256 or more/],
    ['a negative value', row(10, 1, 1, 2, -5), /amount: .*negative/],
    ['a fractional value', row(10, 1, 1, 2, '1.5'), /amount: .*fractional/],
    ['an empty account', good.replace(account(2), ''), 'to: is empty'],
    ['a short hash', good.replace(hash(1), '0x12'), /tx_hash: is not a hash/],
    [
      'a time in milliseconds',
      good.replace(String(1_600_000_120), '1600000120000'),
      /block_time: is not a time in seconds/,
    ],
    [
      'another chain’s asset',
      good.replace('eip155:1/slip44:60', 'eip155:56/slip44:9006'),
      /asset: is no asset of chain eip155:1/,
    ],
    ['a missing column', good.slice(0, good.lastIndexOf(',')), 'the row has 7 of 8 columns'],
  ];
  test.each(cases)('%s', async (_, bad, reason) => {
    const path = write('some.csv', HEADER, row(9, 3, 1, 2, 7), bad, row(11, 4, 1, 2, 8));
    const { store, result } = await ingest(path, { rejectsDirectory: directory });
    expect(store.all.map((t) => t.amount)).toEqual([7n, 8n]);
    expect(result?.rejected).toBe(1);
    expect(result?.import.rejected).toBe(1);
    const lines = readFileSync(result?.rejectsFile as string, 'utf8').split('\n');
    expect(lines[0]).toBe('file,line,reason,row');
    expect(lines[1]?.startsWith('some.csv,3,')).toBe(true);
    expect(lines[1]).toMatch(reason);
  });

  test('rejects are counted by reason', async () => {
    const path = write(
      'some.csv',
      HEADER,
      row(9, 3, 1, 2, 7),
      row(9, 4, 1, 2, -1),
      row(9, 5, 1, 2, -2),
      row(9, 6, 1, 2, 'x'),
    );
    const { result } = await ingest(path);
    expect(result?.rejectedByReason.map(({ count, firstLine }) => [count, firstLine])).toEqual([
      [2, 3],
      [1, 5],
    ]);
    expect(result?.rejectsFile).toBeNull();
  });

  test('a file that is cut off in its last row is reported as such', async () => {
    const path = join(directory, 'cut.csv');
    writeFileSync(path, `${HEADER}\n${row(9, 3, 1, 2, 7)}\n${row(10, 4, 1, 2, 8).slice(0, 100)}`);
    const { result } = await ingest(path);
    expect(result).toMatchObject({ cut: true, transfers: 1, rejected: 1 });
    expect(result?.rejectedByReason[0]?.reason).toBe('the row is cut off: it has 5 of 8 columns');
    expect(result?.coverage[0]).toMatchObject({ truncated: true });
    expect(result?.coverage[0]?.note).toContain('cut off');
  });

  test('a last line without a line break is kept, and said', async () => {
    const path = join(directory, 'open.csv');
    writeFileSync(path, `${HEADER}\n${row(9, 3, 1, 2, 7)}`);
    const { result } = await ingest(path);
    expect(result).toMatchObject({ cut: false, transfers: 1, rejected: 0 });
    expect(result?.notes.join()).toContain('its last value may be cut');
  });
});

describe('files that cannot be read at all', () => {
  test('another schema: what was found, what comes nearest, what is missing', async () => {
    const path = write('other.csv', 'block_number,block_time,tx_hash,sender,receiver,asset,amount', '1,2,3,4,5,6,7');
    const error = await ingest(path).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'invalid-input' });
    expect((error as Error).message).toBe(
      'other.csv: unknown schema; columns found: block_number, block_time, tx_hash, sender, receiver, asset, amount',
    );
    expect((error as { hints: string[] }).hints[0]).toBe("nearest: cairn (Cairn's own CSV); missing: from, to");
  });

  test('a format named by the caller that the file does not have', async () => {
    const path = write('some.csv', HEADER, row(9, 3, 1, 2, 7));
    await expect(ingest(path, { format: 'explorer' })).rejects.toThrow(
      /no file of format explorer: columns are missing: hash, value/,
    );
    await expect(ingest(path, { format: 'nonsense' })).rejects.toThrow("unknown format 'nonsense'");
  });

  test('an empty file, no file, a directory', async () => {
    writeFileSync(join(directory, 'empty.csv'), '');
    await expect(ingest(join(directory, 'empty.csv'))).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(ingest(join(directory, 'absent.csv'))).rejects.toMatchObject({ code: 'not-found' });
    await expect(ingest(directory)).rejects.toMatchObject({ code: 'invalid-input' });
  });

  test('no good row is an error, a header alone is not', async () => {
    const bad = write('bad.csv', HEADER, row(9, 3, 1, 2, -7));
    await expect(ingest(bad)).rejects.toThrow(/bad.csv: none of its 1 rows could be read; line 2: amount/);
    const { result } = await ingest(write('header.csv', HEADER));
    expect(result).toMatchObject({ transfers: 0, rows: 0, coverage: [] });
  });
});

describe('rows that cannot all be true refuse the whole file', () => {
  const expectRefused = async (path: string, message: RegExp): Promise<void> => {
    const store = createMemoryLedger();
    const error = await ingestFiles({ store, files: [path] }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'contradiction' });
    expect((error as Error).message).toMatch(message);
    expect(store.all).toEqual([]);
    expect(await store.imports()).toEqual([]);
  };
  const late = row(10, 5, 1, 2, 1).replace(String(1_600_000_120), '1600000121');

  test('one block with two times', async () => {
    await expectRefused(
      write('two.csv', HEADER, row(10, 4, 1, 2, 7), late),
      /two.csv: block 10 has two times: line 2 says 1600000120, line 3 says 1600000121/,
    );
  });

  test('one block with two times, blocks in any order', async () => {
    await expectRefused(
      write('two.csv', HEADER, row(10, 4, 1, 2, 7), row(9, 3, 1, 2, 7), late),
      /block 10 has two times: line 2 .* line 4/,
    );
  });

  test('time falling as blocks rise', async () => {
    const early = row(11, 5, 1, 2, 1).replace(String(1_600_000_132), '1600000100');
    await expectRefused(
      write('fall.csv', HEADER, row(10, 4, 1, 2, 7), early),
      /time falls as blocks rise: line 2 puts block 10 at 1600000120, line 3 puts block 11 at 1600000100/,
    );
    await expectRefused(
      write('fall.csv', HEADER, row(12, 9, 1, 2, 3), row(10, 4, 1, 2, 7), early),
      /line 4 puts block 11/,
    );
  });

  test('two transactions at one index, two transfers at one position', async () => {
    const header = `${HEADER},tx_index,position`;
    await expectRefused(
      write('index.csv', header, `${row(10, 4, 1, 2, 7)},3,0`, `${row(10, 5, 1, 2, 7)},3,0`),
      /line 3 gives transaction .*5 the index 3 in block 10, which line 2 gives/,
    );
    await expectRefused(
      write('place.csv', header, `${row(10, 4, 1, 2, 7)},3,0`, `${row(10, 4, 1, 2, 8)},3,0`),
      /line 3 and line 2 give two different transfers one place: position 0/,
    );
  });
});

describe('order', () => {
  test('a known order is kept; a repeated row counts once', async () => {
    const header = `${HEADER},tx_index,position`;
    const path = write(
      'known.csv',
      header,
      `${row(10, 4, 1, 2, 7)},3,9`,
      `${row(10, 4, 1, 2, 7)},3,9`,
      `${row(10, 4, 1, 2, 7)},3,4`,
    );
    const { store } = await ingest(path);
    expect(store.all.map(({ txIndex, position, assigned }) => [txIndex, position, assigned])).toEqual([
      [3, 4, 'none'],
      [3, 9, 'none'],
    ]);
  });

  test('blocks may come in any order; inside a block file order decides', async () => {
    const path = write(
      'any.csv',
      HEADER,
      row(12, 6, 1, 2, 1),
      row(10, 4, 1, 2, 2),
      row(12, 5, 1, 2, 3),
      row(10, 4, 1, 2, 4),
    );
    const { store } = await ingest(path);
    expect(store.all.map((t) => [t.blockNumber, t.txIndex, t.position, Number(t.amount)])).toEqual([
      [10, 0, 0, 2],
      [10, 0, 1, 4],
      [12, 0, 0, 1],
      [12, 1, 0, 3],
    ]);
  });
});

describe('joining and repeating', () => {
  test('a file of the same content is passed over, and said', async () => {
    const path = write('some.csv', HEADER, row(9, 3, 1, 2, 7));
    const store = createMemoryLedger();
    await ingestFiles({ store, files: [path] });
    const again = await ingestFiles({ store, files: [path] });
    expect(again.files[0]).toMatchObject({ status: 'already-imported', transfers: 0 });
    expect(await store.imports()).toHaveLength(1);
    expect(store.all).toHaveLength(1);
  });

  test('two overlapping files of one account join', async () => {
    const one = write('one.csv', HEADER, row(9, 3, 1, 2, 7), row(10, 4, 1, 2, 8), row(10, 4, 1, 2, 8));
    const two = write(
      'two.csv',
      HEADER,
      row(10, 4, 1, 2, 8),
      row(10, 4, 1, 2, 8),
      row(10, 5, 1, 3, 9),
      row(11, 6, 1, 2, 1),
    );
    const store = createMemoryLedger();
    const { files } = await ingestFiles({ store, files: [one, two] });
    expect(files[1]).toMatchObject({ alreadyKnown: 2, transfers: 2 });
    expect(store.all.map((t) => [t.blockNumber, t.txIndex, t.position, Number(t.amount)])).toEqual([
      [9, 0, 0, 7],
      [10, 0, 0, 8],
      [10, 0, 1, 8],
      [10, 1, 0, 9],
      [11, 0, 0, 1],
    ]);
  });

  test('a source that knows the order, after one that does not: nothing is counted twice', async () => {
    const plain = write('plain.csv', HEADER, row(10, 4, 1, 2, 8));
    const ordered = write(
      'ordered.csv',
      `${HEADER},tx_index,position`,
      `${row(10, 7, 3, 1, 5)},0,0`,
      `${row(10, 4, 1, 2, 8)},57,0`,
    );
    const store = createMemoryLedger();
    await ingestFiles({ store, files: [plain] });
    const { files } = await ingestFiles({ store, files: [ordered] });
    expect(files[0]).toMatchObject({ alreadyKnown: 1, transfers: 1 });
    expect(store.all.map((t) => [t.tx, t.txIndex, t.assigned])).toEqual([
      [hash(4), 0, 'both'],
      // Index 0 is taken by an assigned one, so the known index cannot stand.
      [hash(7), 1, 'index'],
    ]);
  });

  test('law: ingesting any part of a file again, in another file, adds nothing', async () => {
    const transferRow = fc.record({
      block: fc.integer({ min: 1, max: 4 }),
      tx: fc.integer({ min: 0, max: 2 }),
      amount: fc.integer({ min: 0, max: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(transferRow, { minLength: 1, maxLength: 20 }), fc.nat(), async (rows, from) => {
        const lines = rows.map((r) => row(r.block, 10 * r.block + r.tx, 1, 2, r.amount));
        const one = write('one.csv', HEADER, ...lines);
        // The rest of a file may begin inside a transaction: then occurrences count anew, as they do in real exports.
        const start = from % lines.length;
        const store = createMemoryLedger();
        await ingestFiles({ store, files: [one] });
        const before = store.all;
        await ingestFiles({ store, files: [write('two.csv', HEADER, ...lines.slice(start), '')] });
        expect(store.all).toEqual(before);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a run', () => {
  test('declared coverage travels with the import and says what ingest found', async () => {
    const path = write('some.csv', HEADER, row(9, 3, 1, 2, 7));
    const declaration = {
      chain: 'eip155:1',
      account: `eip155:1:${account(1)}`,
      direction: 'out',
      assets: null,
      fromBlock: 0,
      toBlock: 20,
      toAt: null,
      basis: 'export',
      truncated: false,
      note: 'Ends on 3 March.',
    } as const;
    const { store } = await ingest(path, { coverage: [declaration] });
    expect(await store.coverage([`eip155:1:${account(1)}`])).toEqual([
      {
        ...declaration,
        note: 'Ends on 3 March. Order inside the block was assigned by file order for 1 transfer.',
        source: 'some.csv',
      },
    ]);
  });

  test('tells how far it is', async () => {
    const path = write('some.csv', HEADER, row(9, 3, 1, 2, 7), row(9, 3, 1, 2, -7));
    const seen: IngestProgress[] = [];
    await ingest(path, { onProgress: (progress) => seen.push(progress) });
    const total = readFileSync(path).length;
    expect([...new Set(seen.map((progress) => progress.phase))]).toEqual(['hashing', 'reading', 'committing']);
    expect(seen.at(-1)).toEqual({
      file: path,
      phase: 'committing',
      bytesRead: total,
      totalBytes: total,
      rows: 2,
      rejected: 1,
    });
  });

  test('stops when told to, and leaves nothing', async () => {
    const path = write('some.csv', HEADER, row(9, 3, 1, 2, 7));
    const store = createMemoryLedger();
    const signal = AbortSignal.abort();
    await expect(ingestFiles({ store, files: [path], signal })).rejects.toMatchObject({ code: 'interrupted' });
    expect(store.all).toEqual([]);
    await ingestFiles({ store, files: [path] });
    expect(store.all).toHaveLength(1);
  });

  test('a file that changes while it is read is not imported', async () => {
    const path = write('some.csv', HEADER, row(9, 3, 1, 2, 7));
    const store = createMemoryLedger();
    const onProgress = ({ phase }: IngestProgress): void => {
      if (phase === 'hashing') appendFileSync(path, `${row(10, 4, 1, 2, 8)}\n`);
    };
    await expect(ingestFiles({ store, files: [path], onProgress })).rejects.toMatchObject({ code: 'unavailable' });
    expect(store.all).toEqual([]);
  });

  test('CRLF, a byte order mark and quoted cells read as the plain file does', async () => {
    const plain = write('plain.csv', HEADER, row(9, 3, 1, 2, 7), row(10, 4, 1, 2, 8));
    const quote = (line: string): string =>
      line
        .split(',')
        .map((cell) => `"${cell}"`)
        .join(',');
    const fancy = join(directory, 'fancy.csv');
    writeFileSync(fancy, `\ufeff${[HEADER, row(9, 3, 1, 2, 7), quote(row(10, 4, 1, 2, 8))].join('\r\n')}\r\n`);
    expect((await readTransfersFile(fancy)).transfers).toEqual((await readTransfersFile(plain)).transfers);
  });
});
