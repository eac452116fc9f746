/** The engine's type of a 256-bit unsigned integer: both have the same 32 little-endian bytes in RowBinary. */
export type AmountType = 'UInt256' | 'FixedString(32)';

/**
 * Runs the ledger's SQL text on one engine: chDB in the process, or a server.
 * No parameters: literals are in the text (see `literal`). Rows travel as RowBinary in both directions.
 * Failures of the engine or its disk reach the caller as CairnError.
 */
export type SqlExecutor = {
  /** What the engine calls a 256-bit unsigned integer. */
  readonly amountType: AmountType;
  /** Runs a statement that returns nothing. */
  command(sql: string): Promise<void>;
  /** Runs a query; its rows in RowBinary, cut anywhere. Several may be under way at once. */
  query(sql: string): AsyncIterable<Uint8Array>;
  /**
   * Appends rows to a table.
   * @param structure - the columns that the rows hold, with their types, in order.
   * @param rows - whole rows in RowBinary; not read any more once the promise settles.
   */
  insert(table: string, structure: readonly Column[], rows: Uint8Array): Promise<void>;
  close(): Promise<void>;
};

/** An engine, and which of a ledger's rows may be seen: see `visible`. */
export type LedgerSql = SqlExecutor & { visible(): string };

export type Column = readonly [name: string, type: string];
