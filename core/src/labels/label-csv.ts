import { CairnError, isCairnError } from '../errors.ts';
import { parseAccount, parseTime } from '../units/index.ts';
import { CATEGORIES, categoryOfWord, isCategory, namesToken } from './categories.ts';
import { readConfidence, UNKNOWN_CONFIDENCE } from './confidence.ts';
import { readCsv } from './csv.ts';
import { createImport, type LabelImport, type LabelImportOptions } from './import.ts';
import type { Label } from './label.ts';

/** Columns of Cairn's own label CSV. `account`, `name` and `category` must be filled; the others may be empty or left out. */
export const CAIRN_LABEL_COLUMNS = [
  'account',
  'name',
  'entity',
  'category',
  'source',
  'confidence',
  'labelled_at',
] as const;

/** Columns of an explorer's name-tag export. */
export const NAME_TAG_COLUMNS = ['address', 'name_tag', 'label'] as const;

type Row = {
  readonly line: number;
  readonly text: string;
  cell(column: string): string;
};

/**
 * The labels of Cairn's own CSV, columns in any order: `account` (CAIP-10 or a short form), `name`, `entity`, `category`
 * (one of Cairn's), `source`, `confidence` (0–100 or a level of the GraphSense scale by name), `labelled_at` (date or
 * Unix seconds).
 * @throws invalid-input where a column that must be there is missing, or the file is cut off.
 */
export function importCairnLabels(text: string, options: LabelImportOptions): LabelImport {
  const result = createImport(options.file);
  for (const row of readRows(text, options.file, ['account', 'name', 'category'], result.reject)) {
    const account = result.account(row.line, row.text, () => parseAccount(row.cell('account')));
    if (account === null) continue;
    try {
      result.add({ account, ...readCairnRow(row, options) });
    } catch (error) {
      if (!isCairnError(error)) throw error;
      result.reject(row.line, row.text, error.message);
    }
  }
  return result.finish();
}

function readCairnRow(row: Row, options: LabelImportOptions): Omit<Label, 'account'> {
  const [name, category] = [row.cell('name'), row.cell('category')];
  if (name === '') throw new CairnError('invalid-input', 'the name is empty');
  if (!isCategory(category)) {
    throw new CairnError('invalid-input', `category ${category} is none of ${CATEGORIES.join(', ')}`);
  }
  const stated = row.cell('confidence');
  const confidence = stated === '' ? (options.confidence ?? UNKNOWN_CONFIDENCE) : readConfidence(stated);
  if (confidence === null)
    throw new CairnError('invalid-input', `confidence ${stated} is not on the scale of 0 to 100`);
  const labelledAt = row.cell('labelled_at');
  return {
    name,
    entity: row.cell('entity') || null,
    category,
    source: row.cell('source') || (options.source ?? options.file),
    confidence,
    labelledAt: labelledAt === '' ? null : parseTime(labelledAt),
  };
}

/**
 * The labels of an explorer's name-tag export, `address,name_tag,label`, addresses on Ethereum mainnet unless they say
 * otherwise. A row with neither name nor label claims nothing and is only counted.
 * @throws invalid-input where a column is missing, or the file is cut off.
 */
export function importNameTags(text: string, options: LabelImportOptions): LabelImport {
  const result = createImport(options.file);
  for (const row of readRows(text, options.file, NAME_TAG_COLUMNS, result.reject)) {
    const [tag, word] = [row.cell('name_tag'), row.cell('label')];
    const account = result.account(row.line, row.text, () => parseAccount(row.cell('address')));
    if (account === null) continue;
    if (tag === '' && word === '') {
      result.skip();
      continue;
    }
    const said = categoryOfWord(word);
    result.add({
      account,
      name: tag === '' ? word : tag,
      entity: null,
      category: said === 'exchange' && namesToken(tag) ? 'contract' : said,
      source: options.source ?? options.file,
      confidence: options.confidence ?? UNKNOWN_CONFIDENCE,
      labelledAt: null,
    });
  }
  return result.finish();
}

function readRows(
  text: string,
  file: string,
  required: readonly string[],
  reject: (line: number, entry: string, reason: string) => void,
): Row[] {
  const [head, ...records] = readCsv(text);
  const columns = head?.fields.map((field) => field.trim()) ?? [];
  const missing = required.filter((column) => !columns.includes(column));
  if (missing.length > 0) {
    throw new CairnError('invalid-input', `${file}: no column ${missing.join(', ')}`);
  }
  return records.flatMap(({ line, fields }): Row[] => {
    const entry = fields.join(',');
    if (fields.length !== columns.length) {
      reject(line, entry, `${fields.length} fields where the header has ${columns.length}`);
      return [];
    }
    return [
      {
        line,
        text: entry,
        cell: (column) => (fields[columns.indexOf(column)] ?? '').trim(),
      },
    ];
  });
}
