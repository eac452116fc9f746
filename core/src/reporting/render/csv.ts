import type { FigureRow, ReportModel } from '../index.ts';

const COLUMNS: readonly (readonly [keyof FigureRow, string])[] = [
  ['record', 'record'],
  ['policy', 'policy'],
  ['tag', 'tag'],
  ['figure', 'figure'],
  ['account', 'account'],
  ['to', 'to'],
  ['asset', 'asset'],
  ['amount', 'amount_base_units'],
  ['amountDecimal', 'amount'],
  ['origin', 'origin_base_units'],
  ['originDecimal', 'origin'],
  ['restsOnDeclared', 'rests_on_declared_crossing'],
  ['time', 'time'],
  ['transactions', 'transactions'],
  ['address', 'address'],
  ['toAddress', 'to_address'],
];

/**
 * Every figure with its transactions as CSV (RFC 4180, UTF-8, a header line). Text that a spreadsheet would take for a
 * formula gets an apostrophe before it.
 */
export function renderCsv({ figures }: ReportModel): string {
  const header = COLUMNS.map(([, title]) => title).join(',');
  const rows = figures.map((row) => COLUMNS.map(([key]) => field(row[key])).join(','));
  return `${[header, ...rows].join('\r\n')}\r\n`;
}

function field(text: string): string {
  const safe = /^\s*[=+\-@]/.test(text) || /^[\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
