/**
 * How long does one account, one name and a file of a million accounts take against the full lists, in process, and how much
 * memory do reading them and holding them take?
 * `node bench/screening.ts [--rows 1000000] [--json]`
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createLabelIndex, importLabels } from '../core/src/labels/index.ts';
import { createAccountIndex, createNameIndex, type ListContent } from '../core/src/screening/index.ts';
import { readListFiles } from '../core/src/screening/sources/index.ts';
import { readAddress } from '../core/src/units/index.ts';
import { type Figure, print, rate, ratio, seconds } from './figures.ts';
import { collectGarbage } from './measure.ts';
import { createRandom } from './random.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
});

const LISTS = join(import.meta.dirname, '..', 'data', 'lists');
const OFAC = join(LISTS, 'ofac', 'sdn_advanced.xml.bz2');
const UN = join(LISTS, 'un', 'consolidated-2026-02-27.xml');
const MILLISECOND = 1e6;

await main();

async function main(): Promise<void> {
  const figures: Figure[] = [...parseFigures()];
  const lists = [await readListFiles([OFAC]), await readListFiles([UN])];
  collectGarbage();
  const before = process.memoryUsage();
  figures.push({ name: 'both lists as read, heap', value: megabytes(before.heapUsed) });
  const built = performance.now();
  const accounts = createAccountIndex(lists.map((list, i) => ({ version: `v${i}`, parties: list.parties })));
  const names = createNameIndex(lists.flatMap(({ parties }) => parties));
  figures.push({
    name: `name index, ${names.parties.toLocaleString('en')} parties, ${names.names.toLocaleString('en')} names: built in`,
    value: seconds(performance.now() - built),
  });
  collectGarbage();
  figures.push({
    name: 'memory of both indexes, heap',
    value: megabytes(process.memoryUsage().heapUsed - before.heapUsed),
  });
  figures.push(...accountLatency(accounts), ...nameLatency(names, lists), ...batch());
  figures.push({ name: 'resident memory at the end', value: megabytes(process.memoryUsage().rss) });
  print('screening', figures, values.json);
}

/** Reading OFAC's file in a process that loads nothing else, so that its memory is its own. */
function parseFigures(): Figure[] {
  const started = performance.now();
  const out = execFileSync(process.execPath, [join(import.meta.dirname, 'read-list.ts'), OFAC], { encoding: 'utf8' });
  const took = performance.now() - started;
  const { parties, bytes } = JSON.parse(out) as { parties: number; bytes: number };
  const unpack = performance.now();
  execFileSync(
    process.execPath,
    [
      '-e',
      `const u=require('unbzip2-stream');require('fs').createReadStream(${JSON.stringify(OFAC)}).pipe(u()).resume()`,
    ],
    { cwd: join(import.meta.dirname, '..', 'core') },
  );
  const unpacked = performance.now() - unpack;
  return [
    {
      name: `OFAC advanced XML, 121 MB, ${parties.toLocaleString('en')} parties: read in`,
      value: seconds(took),
      ratio: `${ratio(took, unpacked)} unpacking it`,
    },
    {
      name: 'most memory while reading it, with all parties kept',
      value: megabytes(bytes),
      aim: '< 300 MB',
      met: bytes < 300e6,
    },
  ];
}

function accountLatency(index: ReturnType<typeof createAccountIndex>): Figure[] {
  const labels = createLabelIndex(
    importLabels(readFileSync(join(LISTS, '..', 'labels', 'etherscan-labels.json'), 'utf8'), {
      file: 'etherscan-labels.json',
    }).labels,
  );
  const subjects = [...listedAddresses(), ...madeUp(5_000)];
  const ask = (text: string): number => {
    const form = readAddress(text);
    return (
      index.find(form).length +
      index.nearMisses(form).length +
      (form.account === null ? 0 : labels.of(form.account).length)
    );
  };
  return [timed('one account: lists, labels and near misses', subjects, ask, 1)];
}

function nameLatency(index: ReturnType<typeof createNameIndex>, lists: readonly ListContent[]): Figure[] {
  const random = createRandom(7);
  const all = lists.flatMap(({ parties }) => parties.flatMap((party) => party.names.map((name) => name.full)));
  const queries = Array.from({ length: 2_000 }, () => all[random.int(all.length)] as string);
  const ask = (name: string): number => {
    const found = index.search({ name, kind: null, birth: null, countries: [] });
    return found.kind === 'screened' ? found.matches.length : 0;
  };
  return [timed('one name: listed names as published', queries, ask, 10)];
}

/** @param aim - milliseconds at the 99th percentile. */
function timed<T>(name: string, subjects: readonly T[], ask: (subject: T) => number, aim: number): Figure {
  for (const subject of subjects.slice(0, 500)) ask(subject);
  const times = subjects.map((subject) => {
    const start = process.hrtime.bigint();
    ask(subject);
    return Number(process.hrtime.bigint() - start) / MILLISECOND;
  });
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] as number;
  return {
    name: `${name} (n = ${subjects.length.toLocaleString('en')}), 99th percentile`,
    value: `${at(0.99).toFixed(3)} ms (median ${at(0.5).toFixed(3)}, most ${at(1).toFixed(3)})`,
    aim: `< ${aim} ms`,
    met: at(0.99) < aim,
  };
}

/** The command line itself on a file, start-up included. */
function batch(): Figure[] {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-bench-'));
  try {
    const rows = values.quick ? 50_000 : Number(values.rows);
    const file = join(folder, 'accounts.csv');
    writeAccounts(file, rows);
    const bin = join(import.meta.dirname, '..', 'apps', 'cli', 'bin', 'cairn.js');
    const run = (input: string): { took: number; hits: number } => {
      const start = performance.now();
      let out = '';
      try {
        out = execFileSync(process.execPath, [bin, 'screen', input, '--json', '--data', join(folder, 'data')], {
          encoding: 'utf8',
          maxBuffer: 1 << 26,
        });
      } catch (error) {
        out = (error as { stdout: string }).stdout;
      }
      return { took: performance.now() - start, hits: (JSON.parse(out) as { hits: number }).hits };
    };
    const one = join(folder, 'one.csv');
    writeAccounts(one, 1);
    run(one);
    const start = run(one).took;
    const { took, hits } = run(file);
    const reading = performance.now();
    readFileSync(file, 'utf8').split('\n');
    const peer = performance.now() - reading;
    const perSecond = rows / ((took - start) / 1000);
    return [
      {
        name: `a file of ${rows.toLocaleString('en')} accounts, ${hits} hits`,
        value: rate(rows, took - start),
        ratio: `${ratio(took - start, peer)} reading its lines`,
        aim: '≥ 100 k rows/s',
        met: perSecond >= 100_000,
      },
      { name: 'start-up, labels and lists opened, one row', value: seconds(start) },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeAccounts(file: string, rows: number): void {
  const out = openSync(file, 'w');
  const listed = listedAddresses();
  writeSync(out, 'account\n');
  const random = createRandom(11);
  for (let row = 0; row < rows; row += 10_000) {
    const count = Math.min(10_000, rows - row);
    const lines = madeUp(count, random).map((address, i) =>
      i % 1_000 === 500 ? (listed[(row + i) % listed.length] as string) : address,
    );
    writeSync(out, `${lines.join('\n')}\n`);
  }
  closeSync(out);
}

function listedAddresses(): string[] {
  return ['ETH', 'TRX', 'USDT', 'XBT'].flatMap((code) =>
    readFileSync(join(LISTS, 'ofac', `sanctioned_addresses_${code}.txt`), 'utf8')
      .trim()
      .split('\n'),
  );
}

function madeUp(count: number, random = createRandom(3)): string[] {
  const hex = (): string => random.int(0x1_0000_0000).toString(16).padStart(8, '0');
  return Array.from({ length: count }, () => `0x${hex()}${hex()}${hex()}${hex()}${hex()}`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
