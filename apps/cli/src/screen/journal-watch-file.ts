import { CairnError, isCairnError } from '@cairn/core/errors';
import { type CsvRecord, readCsv } from '@cairn/core/labels';
import type { NewWatch, Subject } from '@cairn/core/screening';
import { readText } from '../data/data-directory.ts';
import { type Columns, readColumns } from './batch-rows.ts';
import { nameQuery } from './subject.ts';

export type ToWatch = Omit<NewWatch, 'mark'>;

/**
 * The subjects of a CSV file, in the columns that `cairn screen FILE` reads, and `owner`.
 * @param owner - of rows that name none.
 * @returns rows that cannot be read beside them, each with its line.
 * @throws invalid-input, not-found
 */
export function readWatchFile(
  path: string,
  owner: string,
): { readonly subjects: readonly ToWatch[]; readonly rejects: readonly { line: number; reason: string }[] } {
  const records = readCsv(readText(path));
  const [header] = records;
  if (header === undefined) throw new CairnError('invalid-input', `${path} is empty`);
  const columns = readColumns(header.fields, path);
  const owners = header.fields.findIndex((name) => name.trim().toLowerCase() === 'owner');
  const subjects: ToWatch[] = [];
  const rejects: { line: number; reason: string }[] = [];
  for (const record of columns.headless ? records : records.slice(1)) {
    try {
      const reference = cell(record, columns.reference) || null;
      subjects.push({ subject: subjectOfRow(record, columns), reference, owner: cell(record, owners) || owner });
    } catch (error) {
      if (!isCairnError(error)) throw error;
      rejects.push({ line: record.line, reason: error.message });
    }
  }
  return { subjects, rejects };
}

function subjectOfRow(record: CsvRecord, columns: Columns): Subject {
  const address = cell(record, columns.account);
  if (address !== '') return { kind: 'account', text: address };
  const [name, born, country, kind] = [columns.name, columns.born, columns.country, columns.kind].map((column) =>
    cell(record, column),
  ) as [string, string, string, string];
  if (name === '') throw new CairnError('invalid-input', 'the row names neither an account nor a name');
  const query = nameQuery(name, {
    ...(born === '' ? {} : { born }),
    ...(country === '' ? {} : { country: country.split(';') }),
    ...(kind === '' ? {} : { kind }),
  });
  return { kind: 'name', query };
}

function cell({ fields }: CsvRecord, column: number | null): string {
  return column === null ? '' : (fields[column] ?? '').trim();
}
