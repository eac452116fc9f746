import { CairnError } from '../errors.ts';
import { readCsv } from './csv.ts';
import { importEtherscanLabels } from './etherscan.ts';
import type { LabelImport, LabelImportOptions } from './import.ts';
import { CAIRN_LABEL_COLUMNS, importCairnLabels, importNameTags, NAME_TAG_COLUMNS } from './label-csv.ts';
import { importTagPack } from './tagpack.ts';

export const LABEL_FORMATS = ['tagpack', 'etherscan-labels', 'cairn-labels', 'name-tags'] as const;
export type LabelFormat = (typeof LABEL_FORMATS)[number];

const IMPORTERS: Readonly<Record<LabelFormat, (text: string, options: LabelImportOptions) => LabelImport>> = {
  tagpack: importTagPack,
  'etherscan-labels': importEtherscanLabels,
  'cairn-labels': importCairnLabels,
  'name-tags': importNameTags,
};

/** The labels of a file of a named format, or of one recognised from its beginning. @throws invalid-input if it is none. */
export function importLabels(text: string, options: LabelImportOptions, format?: LabelFormat): LabelImport {
  const known = format ?? recogniseLabelFormat(text);
  if (known === null) {
    throw new CairnError('invalid-input', `${options.file}: not a label file Cairn reads`, {
      hints: [
        `Formats: ${LABEL_FORMATS.join(', ')}. Cairn's own CSV has the columns ${CAIRN_LABEL_COLUMNS.join(',')}.`,
      ],
    });
  }
  return IMPORTERS[known](text, options);
}

/** Which label format a text is, by its first lines; null: none of them. */
export function recogniseLabelFormat(text: string): LabelFormat | null {
  if (/^\uFEFF?\s*\{/.test(text)) return 'etherscan-labels';
  const columns = readCsv(/^[^\n]*/.exec(text)?.[0] ?? '')[0]?.fields.map((field) => field.trim()) ?? [];
  if (['account', 'name', 'category'].every((column) => columns.includes(column))) return 'cairn-labels';
  if (NAME_TAG_COLUMNS.every((column) => columns.includes(column))) return 'name-tags';
  return /^tags:/m.test(text) ? 'tagpack' : null;
}
