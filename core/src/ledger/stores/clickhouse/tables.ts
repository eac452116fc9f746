import type { AmountType, Column } from './executor.ts';

/** Version of the layout below. A ledger of a newer version is refused. */
export const LEDGER_VERSION = 1;

/**
 * Sides of a transfer in `entries`: each positive transfer stands under both of its accounts, so that one account's
 * history is one contiguous read; a self-transfer stands there once, and so does a transfer of nothing.
 * `side != 1` therefore gives every transfer once, `side < 2` the positive ones.
 */
export const SIDE = { payer: 0, receiver: 1, nothing: 2 } as const;

/** How a transaction's name is stored: 64 lower-case hex digits as 32 bytes, with or without `0x`, or else as text. */
export const TX_FORM = { text: 0, hex: 1, prefixedHex: 2 } as const;

export const KINDS = ['native', 'internal', 'token', 'fee'] as const;
export const ASSIGNED = ['none', 'position', 'index', 'both'] as const;

/** A string literal; the only way text of any origin enters the ledger's SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\0', '\\0')}'`;
}

/** A list of string literals, for IN. */
export function literals(texts: readonly string[]): string {
  return texts.map(literal).join(', ');
}

/** What ingest writes, one row a transfer; the engine turns it into `entries`. Accounts and assets without their chain. */
export function incomingColumns(amount: AmountType): readonly Column[] {
  return [
    ['import_id', 'UInt32'],
    ['sides', 'Array(UInt8)'],
    ['chain', 'String'],
    ['payer', 'String'],
    ['receiver', 'String'],
    ...contentColumns(amount),
  ];
}

/** Columns of the double-entry table. Its rows are sorted by (chain, account, block_number, tx_index, position). */
export function entryColumns(amount: AmountType): readonly Column[] {
  return [
    ['import_id', 'UInt32'],
    ['side', 'UInt8'],
    ['chain', 'String'],
    ['account', 'String'],
    ['counterparty', 'String'],
    ...contentColumns(amount),
  ];
}

function contentColumns(amount: AmountType): readonly Column[] {
  return [
    ['asset', 'String'],
    ['tx_text', 'String'],
    ['tx_form', 'UInt8'],
    ['kind', 'UInt8'],
    ['assigned', 'UInt8'],
    ['rounded', 'UInt8'],
    ['tx_index', 'UInt32'],
    ['position', 'Int32'],
    ['block_number', 'UInt64'],
    ['block_time', 'UInt64'],
    ['tx', 'FixedString(32)'],
    ['amount', amount],
  ];
}

/** The blocks an import's transfers stand in, with their times: what contradictions between imports are found by. */
export const BLOCK_COLUMNS: readonly Column[] = [
  ['import_id', 'UInt32'],
  ['chain', 'String'],
  ['block_number', 'UInt64'],
  ['block_time', 'UInt64'],
];

/** Coverage declarations as JSON; `account` is empty where a declaration is for every account of its chain. */
export const COVERAGE_COLUMNS: readonly Column[] = [
  ['import_id', 'UInt32'],
  ['chain', 'String'],
  ['account', 'String'],
  ['declaration', 'String'],
];

/** An import is visible from the moment it has its row here: one row, written last. */
export const IMPORT_COLUMNS: readonly Column[] = [
  ['import_id', 'UInt32'],
  ['sha256', 'String'],
  ['file', 'String'],
  ['format', 'String'],
  ['transfers', 'UInt64'],
  ['rejected', 'UInt64'],
  ['stored_rows', 'UInt64'],
];

export const VERSION_COLUMNS: readonly Column[] = [['version', 'UInt32']];

/** Tables whose rows belong to an import, each import in a partition of its own: an unfinished one is dropped whole. */
export const PARTITIONED = ['entries', 'blocks', 'coverage'] as const;

/** By default the engine sets up to a hundred unreadable parts aside and goes on without them. */
const NO_LOSS = 'max_suspicious_broken_parts = 0';

/** Rows of imports that are committed: the only ones a reader may see. */
export const COMMITTED = 'import_id IN (SELECT import_id FROM imports)';

/** Statements that lay out an empty ledger, and change nothing in one that is there. */
export function createTables(amount: AmountType): readonly string[] {
  const byImport = 'MergeTree PARTITION BY import_id';
  return [
    // 1024 rows a granule: an account's history is usually short, and a look-up reads whole granules.
    table(
      'entries',
      entryColumns(amount),
      `${byImport} ORDER BY (chain, account, block_number, tx_index, position) SETTINGS index_granularity = 1024, ${NO_LOSS}`,
    ),
    table('blocks', BLOCK_COLUMNS, `${byImport} ORDER BY (chain, block_number) SETTINGS ${NO_LOSS}`),
    table('coverage', COVERAGE_COLUMNS, `${byImport} ORDER BY (chain, account) SETTINGS ${NO_LOSS}`),
    table('imports', IMPORT_COLUMNS, `MergeTree ORDER BY import_id SETTINGS ${NO_LOSS}`),
    table('incoming', incomingColumns(amount), 'Null'),
    `CREATE MATERIALIZED VIEW IF NOT EXISTS incoming_entries TO entries AS SELECT import_id, side, chain,
      if(side = ${SIDE.receiver}, receiver, payer) AS account, if(side = ${SIDE.receiver}, payer, receiver) AS counterparty,
      ${names(contentColumns(amount))} FROM incoming ARRAY JOIN sides AS side`,
  ];
}

/** The table that says which version a ledger is of; its own layout never changes. */
export const CREATE_VERSION_TABLE = table(
  'ledger_version',
  VERSION_COLUMNS,
  `MergeTree ORDER BY version SETTINGS ${NO_LOSS}`,
);

function table(name: string, columns: readonly Column[], engine: string): string {
  return `CREATE TABLE IF NOT EXISTS ${name} (${columns.map((column) => column.join(' ')).join(', ')}) ENGINE = ${engine}`;
}

/** Column names as a select list. */
export function names(columns: readonly Column[]): string {
  return columns.map(([name]) => name).join(', ');
}
