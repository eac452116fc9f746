/** Rows of a table as text, and how far reading has come. */
export type RowBatch = {
  /** One list of cells a row; a row of another length than the header's is cut or broken. */
  readonly rows: readonly (readonly string[])[];
  /** Line of each row in its file, from 1, the header included; in Parquet the number of the row, plus 1. */
  readonly lines: readonly number[];
  readonly bytesRead: number;
  /** True for the last batch of a file whose last line has no line break. */
  readonly unterminated: boolean;
};

/** A table in a file, readable more than once. */
export type RowSource = {
  /** Names of all columns, as the file has them. */
  readonly columns: readonly string[];
  /**
   * Reads the table from its start.
   * @param wanted - places of the columns that are needed; a source may give more.
   * @returns the columns that rows have, and the rows.
   */
  read(wanted: readonly number[]): { readonly header: readonly string[]; readonly batches: AsyncIterable<RowBatch> };
  close(): Promise<void>;
};
