/** What the engine does by itself with a file: reads it and writes each row under both of its accounts, unchecked. */
const CONTENT = [
  'asset String',
  'kind UInt8',
  'tx_index UInt32',
  'position Int32',
  'block_number UInt64',
  'block_time UInt64',
  'tx FixedString(32)',
  'amount UInt256',
];

/** Sorted and split into granules as the ledger's own table is. */
export const PEER_TABLE =
  `CREATE TABLE peer (side UInt8, chain String, account String, counterparty String, ${CONTENT.join(', ')}) ENGINE = MergeTree ` +
  'ORDER BY (chain, account, block_number, tx_index, position) SETTINGS index_granularity = 1024';

/** A file's columns with their types, and what each column of the table is computed from. */
export type PeerFormat = {
  readonly structure: string;
  readonly content: string;
  readonly from: string;
  readonly to: string;
};

export const PEER_CAIRN: PeerFormat = {
  structure:
    'chain String, block_number UInt64, block_time UInt64, tx_hash String, tx_index UInt32, position Int32, ' +
    '`from` String, `to` String, asset String, amount UInt256, kind String',
  content:
    "chain, asset, indexOf(['native','internal','token','fee'], kind) AS kind_number, tx_index, position, block_number, block_time, " +
    'unhex(substring(tx_hash, 3)) AS tx, amount',
  from: '`from`',
  to: '`to`',
};

export const PEER_ETL: PeerFormat = {
  structure:
    'token_address String, from_address String, to_address String, value UInt256, transaction_hash String, log_index UInt32, ' +
    'block_number UInt64, block_timestamp String, transaction_index UInt32',
  content:
    "'eip155:1' AS chain, concat('erc20:', token_address) AS asset, 3 AS kind_number, transaction_index AS tx_index, " +
    "1000000 + log_index AS position, block_number, toUnixTimestamp(toDateTime(substring(block_timestamp, 1, 19), 'UTC')) AS block_time, " +
    'unhex(substring(transaction_hash, 3)) AS tx, value AS amount',
  from: 'from_address',
  to: 'to_address',
};

/** Inserts a file into the table, each row twice. */
export function insertPeer(table: string, { content, from, to }: PeerFormat): string {
  return (
    'INSERT INTO peer SELECT side, chain, if(side = 1, receiver, payer) AS account, if(side = 1, payer, receiver) AS counterparty, ' +
    'asset, kind_number, tx_index, position, block_number, block_time, tx, amount ' +
    `FROM (SELECT ${content}, ${from} AS payer, ${to} AS receiver FROM ${table}) ARRAY JOIN [0, 1] AS side`
  );
}
