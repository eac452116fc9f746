/**
 * The plain query a trace stands against: which accounts can value of some transfers have reached, later transfers
 * only, no further than labelled services? It allocates nothing; it is the same walk without the arithmetic.
 */
import { accountAddress, ETHEREUM } from '../core/src/units/index.ts';
import type { Engine } from './engine.ts';
import { accountOf, LABELLED } from './population.ts';

export type Reach = { readonly accounts: number; readonly hops: number; readonly milliseconds: number };

const CHAIN = `chain = '${ETHEREUM}'`;
/** A transfer's place in the chain as one number: 150 transactions a block, two positions each. */
const PLACE = '(block_number * 4096 + tx_index * 4 + toUInt64(position + 1))';
const STOPS = Array.from({ length: LABELLED }, (_, i) => `'${accountAddress(accountOf(i + 1))}'`).join(', ');
const SENT = `side = 0 AND kind != 3 AND import_id IN (SELECT import_id FROM imports)`;

/**
 * Hop by hop: each query joins the histories of the accounts that were reached, or reached earlier, in the hop before.
 * A true recursive query cannot do this: it may not look at what it has found so far, so it walks every path.
 */
export async function reachByQuery(engine: Engine, txs: readonly string[], until: number): Promise<Reach> {
  await engine.run('DROP TABLE IF EXISTS reached');
  await engine.run('DROP TABLE IF EXISTS hop');
  await engine.run('CREATE TABLE reached (account String, place UInt64) ENGINE = Memory');
  await engine.run('CREATE TABLE hop (account String, place UInt64) ENGINE = Memory');
  const started = performance.now();
  await engine.run(`INSERT INTO hop ${firstReceivers(txs)}`);
  let hops = 0;
  while ((await engine.number('SELECT count() FROM hop')) > 0) {
    hops++;
    await engine.run('INSERT INTO reached SELECT account, place FROM hop');
    const sent =
      `SELECT account, counterparty, ${PLACE} AS place FROM entries ` +
      `PREWHERE ${CHAIN} AND account IN (SELECT account FROM hop) ` +
      `WHERE ${SENT} AND block_time <= ${until} AND counterparty NOT IN (${STOPS})`;
    const found =
      'SELECT sent.counterparty AS account, min(sent.place) AS place ' +
      `FROM (${sent}) AS sent INNER JOIN hop ON sent.account = hop.account WHERE sent.place > hop.place GROUP BY account`;
    const before = 'SELECT account, min(place) AS place, 1 AS known FROM reached GROUP BY account';
    const next =
      `SELECT found.account AS account, found.place AS place FROM (${found}) AS found ` +
      `LEFT JOIN (${before}) AS before ON before.account = found.account ` +
      'WHERE before.known = 0 OR found.place < before.place';
    await engine.run('DROP TABLE IF EXISTS next_hop');
    await engine.run(`CREATE TABLE next_hop ENGINE = Memory AS ${next}`);
    await engine.run('TRUNCATE TABLE hop');
    await engine.run('INSERT INTO hop SELECT account, place FROM next_hop');
  }
  const accounts = await engine.number('SELECT uniqExact(account) FROM reached');
  const milliseconds = performance.now() - started;
  for (const table of ['reached', 'hop', 'next_hop']) await engine.run(`DROP TABLE IF EXISTS ${table}`);
  return { accounts, hops, milliseconds };
}

/** The same question as one recursive query, without the order of time and only so many hops deep: paths multiply. */
export async function reachRecursively(
  engine: Engine,
  txs: readonly string[],
  until: number,
  hops: number,
): Promise<Reach> {
  const started = performance.now();
  const accounts = await engine.number(
    `WITH RECURSIVE reach AS (SELECT account, toUInt32(1) AS hop FROM (${firstReceivers(txs)}) UNION ALL ` +
      `SELECT DISTINCT sent.counterparty AS account, toUInt32(sent.hop + 1) AS hop FROM (SELECT entries.counterparty AS counterparty, ` +
      `reach.hop AS hop FROM entries INNER JOIN reach ON entries.account = reach.account WHERE ${CHAIN} AND ${SENT} ` +
      `AND block_time <= ${until} AND reach.hop < ${hops}) AS sent WHERE sent.counterparty NOT IN (${STOPS})) ` +
      'SELECT uniqExact(account) FROM reach SETTINGS enable_analyzer = 1',
  );
  return { accounts, hops, milliseconds: performance.now() - started };
}

function firstReceivers(txs: readonly string[]): string {
  const hashes = txs.map((tx) => `unhex('${tx.slice(2)}')`).join(', ');
  return `SELECT counterparty AS account, min(${PLACE}) AS place FROM entries WHERE tx IN (${hashes}) AND ${SENT} GROUP BY counterparty`;
}
