export { burnLabel, PROTOCOL_SOURCE } from './burn.ts';
export {
  CATEGORIES,
  CATEGORY_OF_WORD,
  categoryOfWord,
  isCategory,
  namesToken,
  STOP_REASONS,
  saysKind,
} from './categories.ts';
export {
  CONFIDENCE_LEVELS,
  readConfidence,
  UNKNOWN_CONFIDENCE,
  WEB_CRAWL_CONFIDENCE,
} from './confidence.ts';
export { type CsvRecord, readCsv } from './csv.ts';
export { categoriseEtherscan, importEtherscanLabels } from './etherscan.ts';
export {
  importLabels,
  LABEL_FORMATS,
  type LabelFormat,
  recogniseLabelFormat,
} from './formats.ts';
export type { LabelImport, LabelImportOptions, LabelReject } from './import.ts';
export type { Category, Label, LabelDecision } from './label.ts';
export {
  CAIRN_LABEL_COLUMNS,
  importCairnLabels,
  importNameTags,
  NAME_TAG_COLUMNS,
} from './label-csv.ts';
export {
  createLabelIndex,
  type LabelIndex,
  type LabelStop,
} from './label-index.ts';
export {
  findLookAlikes,
  type LookAlike,
  type LookAlikeParty,
  type Moved,
} from './look-alikes.ts';
export { importTagPack } from './tagpack.ts';
