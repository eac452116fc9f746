/**
 * How many rows a second does an ingest bring in, of each kind of file? Against the engine's own reader of the same file,
 * inserting it unchecked into a table of the same double-entry layout.
 * `node bench/ingest.ts [--quick] [--json]`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ingestFiles } from '../core/src/ledger/sources/index.ts';
import { createChdbLedger } from '../core/src/ledger/stores/clickhouse/index.ts';
import { type Engine, openEngine } from './engine.ts';
import { type Figure, peakMemory, print, rate, ratio } from './figures.ts';
import { CAIRN_ROWS, ETL_ROWS, writeLedgerFile } from './ledger-files.ts';
import { insertPeer, PEER_CAIRN, PEER_ETL, PEER_TABLE } from './peer-table.ts';

const AIM_ROWS = 300_000;

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});

const rows = options.quick ? 50_000 : 1_000_000;
const directory = await mkdtemp(join(tmpdir(), 'cairn-bench-'));
try {
  await measure();
} finally {
  await rm(directory, { recursive: true, force: true });
}

/** A file, and what the engine alone does with it. */
type Case = { readonly name: string; readonly path: string; readonly peer: string; readonly format: string };

async function measure(): Promise<void> {
  const csv = join(directory, 'cairn.csv');
  const etl = join(directory, 'token_transfers.csv');
  const parquet = join(directory, 'cairn.parquet');
  await writeLedgerFile(csv, rows, CAIRN_ROWS);
  await writeLedgerFile(etl, rows, ETL_ROWS);
  const asCairn = `file('${csv}', 'CSVWithNames', '${PEER_CAIRN.structure}')`;
  const asEtl = `file('${etl}', 'CSVWithNames', '${PEER_ETL.structure}')`;
  await alone((engine) =>
    engine.run(`INSERT INTO FUNCTION file('${parquet}', 'Parquet') SELECT * FROM ${asText(asCairn)}`),
  );
  const cases: readonly Case[] = [
    { name: 'Cairn CSV', path: csv, peer: insertPeer(asCairn, PEER_CAIRN), format: 'cairn' },
    {
      name: 'token_transfers CSV of ethereum-etl',
      path: etl,
      peer: insertPeer(asEtl, PEER_ETL),
      format: 'ethereum-etl-token-transfers',
    },
    {
      name: 'Parquet of the Cairn CSV',
      path: parquet,
      peer: insertPeer(fromParquet(parquet), PEER_CAIRN),
      format: 'cairn',
    },
  ];
  const figures: Figure[] = [];
  for (const one of cases) figures.push(await compare(one));
  print('ingest', [...figures, peakMemory()], options.json);
}

/** The rows with amounts as decimal text: Parquet has no integers of 256 bits. */
function asText(table: string): string {
  return `(SELECT * REPLACE (toString(amount) AS amount) FROM ${table})`;
}

function fromParquet(path: string): string {
  return `(SELECT * REPLACE (toUInt256(amount) AS amount) FROM file('${path}', 'Parquet'))`;
}

async function compare({ name, path, peer, format }: Case): Promise<Figure> {
  const peerTime = await alone(async (engine) => {
    await engine.run(PEER_TABLE);
    const started = performance.now();
    await engine.run(peer);
    return performance.now() - started;
  });
  const { milliseconds, transfers } = await ingest(path, format);
  const found = (rows / milliseconds) * 1000;
  return {
    name: `${name}: ${transfers} rows into a fresh ledger`,
    value: rate(rows, milliseconds),
    ratio: `${ratio(milliseconds, peerTime)} the engine alone (${rate(rows, peerTime)})`,
    ...(path.endsWith('.csv') ? { aim: `over ${AIM_ROWS / 1000} k rows/s`, met: found > AIM_ROWS } : {}),
  };
}

/** Hashing, reading, checking, writing and committing; opening the ledger is not counted. */
async function ingest(path: string, format: string): Promise<{ milliseconds: number; transfers: number }> {
  const data = await mkdtemp(join(directory, 'ledger-'));
  const store = await createChdbLedger({ directory: data });
  try {
    const started = performance.now();
    const { files } = await ingestFiles({ store, files: [path], format, engine: { directory: data } });
    const milliseconds = performance.now() - started;
    const transfers = files[0]?.transfers ?? 0;
    if (transfers !== rows) throw new Error(`${transfers} of ${rows} rows of ${path} came in`);
    return { milliseconds, transfers };
  } finally {
    await store.close();
    await rm(data, { recursive: true, force: true });
  }
}

/** The engine on an empty directory of its own. */
async function alone<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await openEngine(null);
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}
