import { formatCsvRow } from '@cairn/core/ledger/sources';

/** Rows as CSV (RFC 4180, UTF-8); text that a spreadsheet would take for a formula gets an apostrophe before it. */
export function toCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${formatCsvRow(row.map(asText))}\r\n`).join('');
}

function asText(cell: string): string {
  return /^\s*[=+\-@]/.test(cell) || /^[\t\r]/.test(cell) ? `'${cell}` : cell;
}
