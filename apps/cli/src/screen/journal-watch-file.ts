import { CairnError, isCairnError } from '@cairn/core/errors';
import { type CsvRecord, readCsv } from '@cairn/core/labels';
import type { NewWatch, Subject } from '@cairn/core/screening';
import { readText } from '../data/data-directory.ts';
import { type Columns, qualifiersOf, readColumns, subjectsOf } from './batch-rows.ts';
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
      for (const subject of subjectsOfRow(record, columns)) {
        subjects.push({ subject, reference, owner: cell(record, owners) || owner });
      }
    } catch (error) {
      if (!isCairnError(error)) throw error;
      rejects.push({ line: record.line, reason: error.message });
    }
  }
  return { subjects, rejects };
}

/** A row that names an account and a name is two to watch. */
function subjectsOfRow(record: CsvRecord, columns: Columns): readonly Subject[] {
  if (record.fields.slice(columns.width).some((extra) => extra.trim() !== '')) {
    const counts = `the row has ${record.fields.length} cells, the header ${columns.width}`;
    throw new CairnError('invalid-input', `${counts}: a comma outside quotes`);
  }
  const found = subjectsOf(cell(record, columns.account), cell(record, columns.name));
  if (found.length === 0) throw new CairnError('invalid-input', 'the row names neither an account nor a name');
  const qualifiers = qualifiersOf(columns, (column) => cell(record, column));
  return found.map(({ kind, text }) =>
    kind === 'account' ? { kind, text } : { kind, query: nameQuery(text, qualifiers) },
  );
}

function cell({ fields }: CsvRecord, column: number | null): string {
  return column === null ? '' : (fields[column] ?? '').trim();
}
