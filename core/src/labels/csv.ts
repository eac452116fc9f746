import { CairnError } from '../errors.ts';

/** One record of a CSV file: its fields, and the line of the file it starts on (1 is the first). */
export type CsvRecord = {
  readonly line: number;
  readonly fields: readonly string[];
};

/**
 * The records of a CSV text, quoted fields unquoted (RFC 4180). Blank lines are left out.
 * @throws invalid-input where a quoted field is never closed: the file was cut off.
 */
export function readCsv(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  const field = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|\r?$)/y;
  let line = 1;
  let start = 1;
  let fields: string[] = [];
  field.lastIndex = text.startsWith('\uFEFF') ? 1 : 0;
  while (field.lastIndex < text.length) {
    const match = field.exec(text);
    if (match === null)
      throw new CairnError('invalid-input', `line ${start}: a quoted field is not closed or not followed by a comma`);
    const [, raw = '', end = ''] = match;
    fields.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
    line += raw.split('\n').length - 1 + (end.endsWith('\n') ? 1 : 0);
    if (end === ',' && field.lastIndex < text.length) continue;
    if (end === ',') fields.push('');
    if (fields.length > 1 || fields[0] !== '') records.push({ line: start, fields });
    fields = [];
    start = line;
  }
  return records;
}
