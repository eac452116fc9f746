/**
 * How many megabytes and transactions a second are read from raw Bitcoin blocks, beside `bitcoinjs-lib` in the same run?
 * `node --expose-gc bench/bitcoin-parse.ts [--repeats 9] [--quick] [--json]`
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { address, Block } from 'bitcoinjs-lib';
import { parseBlock } from '../core/src/ledger/index.ts';
import { scanTransactions } from '../core/src/ledger/utxo/raw/block.ts';
import { cursorOf } from '../core/src/ledger/utxo/raw/cursor.ts';
import { HEADER_SIZE } from '../core/src/ledger/utxo/raw/header.ts';
import { reversedHexOf } from '../core/src/ledger/utxo/raw/hex.ts';
import { transactionHash } from '../core/src/ledger/utxo/raw/transaction.ts';
import { BITCOIN } from '../core/src/units/index.ts';
import { type Figure, peakMemory, print } from './figures.ts';
import { collectGarbage, show, summarise, threadTime } from './measure.ts';

const BLOCKS = join(import.meta.dirname, '../test/data/bitcoin/blocks');
const HEIGHTS = [363_703, 481_829];
/** Milliseconds. */
const LEAST_MEASURED = 200;

const { values: options } = parseArgs({
  options: {
    repeats: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const repeats = Number(options.repeats ?? (options.quick ? 3 : 9));

/** The same work by both; what each gives is compared before anything is timed. */
type Work = {
  readonly name: string;
  readonly own: (bytes: Uint8Array) => unknown;
  readonly peer: (bytes: Uint8Array) => unknown;
};

const WORKS: readonly Work[] = [
  { name: 'taken apart', own: scan, peer: (bytes) => Block.fromBuffer(bytes) },
  {
    name: 'with transaction ids',
    own: (bytes) => scan(bytes).map((transaction) => reversedHexOf(transactionHash(transaction))),
    peer: (bytes) => transactionsOf(bytes).map((transaction) => transaction.getId()),
  },
  { name: 'with ids, addresses, merkle root', own: (bytes) => parseBlock(BITCOIN, bytes), peer: describeByPeer },
];

for (const height of HEIGHTS) {
  const bytes = new Uint8Array(readFileSync(join(BLOCKS, `bitcoinj_block${height}.dat`)));
  const count = compare(bytes);
  print(
    'bitcoin-parse',
    WORKS.flatMap((work) => figuresOf(work, height, bytes, count)),
    options.json,
  );
}
print('bitcoin-parse', [peakMemory()], options.json);

function scan(bytes: Uint8Array) {
  const cursor = cursorOf(bytes);
  cursor.at = HEADER_SIZE;
  return scanTransactions(cursor);
}

function transactionsOf(bytes: Uint8Array) {
  return Block.fromBuffer(bytes).transactions ?? [];
}

/** Ids, addresses and the merkle root. Scripts stay bytes, and the proof of work is not looked at: the peer does less. */
function describeByPeer(bytes: Uint8Array): string[] {
  const block = Block.fromBuffer(bytes);
  if (!block.checkTxRoots()) throw new Error('the peer finds another merkle root');
  return (block.transactions ?? []).flatMap((transaction) => [
    transaction.getId(),
    ...transaction.outs.map(({ script }) => addressByPeer(script)),
  ]);
}

/** '-' where the peer knows no address. */
function addressByPeer(script: Uint8Array): string {
  try {
    return address.fromOutputScript(script);
  } catch {
    return '-';
  }
}

/** Makes sure that both read the same. @returns how many transactions. */
function compare(bytes: Uint8Array): number {
  const { transactions } = parseBlock(BITCOIN, bytes);
  const own = transactions.flatMap(({ tx, outputs }) => [
    tx,
    // A pay-to-public-key output counts as an address here, not with the peer.
    ...outputs.map(({ lock }) => (lock.script.startsWith('p2') && lock.script !== 'p2pk' ? lock.owner : '-')),
  ]);
  const peer = describeByPeer(bytes).map((word) => (/^[0-9a-f]{64}$|^-$/.test(word) ? word : `${BITCOIN}:${word}`));
  if (own.length !== peer.length || own.some((word, i) => word !== peer[i]))
    throw new Error('the two read differently');
  return transactions.length;
}

function figuresOf({ name, own, peer }: Work, height: number, bytes: Uint8Array, count: number): Figure[] {
  const times = { own: [] as number[], peer: [] as number[] };
  const rounds = { own: roundsOf(own, bytes), peer: roundsOf(peer, bytes) };
  for (let i = 0; i < repeats; i++) {
    for (const who of ['own', 'peer'] as const) {
      collectGarbage();
      times[who].push(timeOf(who === 'own' ? own : peer, bytes, rounds[who]));
    }
  }
  const [mine, theirs] = [summarise(times.own).median, summarise(times.peer).median];
  const speed = (time: number) => `${show(bytes.length / time / 1000)} MB/s, ${show((count / time) * 1000)} tx/s`;
  const faster = theirs / mine;
  return [
    {
      name: `block ${height} ${name}`,
      value: speed(mine),
      ratio: `${show(faster)}× as fast`,
      aim: 'faster than its peer',
      met: faster > 1,
    },
    { name: '  bitcoinjs-lib', value: speed(theirs) },
  ];
}

/** How often the work is done for one measurement: the clock of a thread is too coarse for less. The first runs compile. */
function roundsOf(work: Work['own'], bytes: Uint8Array): number {
  timeOf(work, bytes, 10);
  return Math.max(1, Math.ceil(LEAST_MEASURED / Math.max(0.1, timeOf(work, bytes, 30))));
}

/** Milliseconds for the work once. */
function timeOf(work: Work['own'], bytes: Uint8Array, rounds: number): number {
  const start = threadTime();
  for (let i = 0; i < rounds; i++) work(bytes);
  return (threadTime() - start) / rounds;
}
