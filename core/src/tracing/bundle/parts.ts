import { z } from 'zod';
import { CairnError, isCairnError } from '../../errors.ts';
import { evidenceFromJson, evidenceToJson, type TransactionEvidence } from '../../ledger/index.ts';
import { fromJson, parseContract, toJson } from '../json.ts';
import {
  adverseSchema,
  coverageSchema,
  crossingSchema,
  parametersSchema,
  runSchema,
  stopLabelSchema,
  warningSchema,
} from '../trace-schema.ts';
import {
  assetInfoSchema,
  type BundleContent,
  caseInfoSchema,
  type PartName,
  type PublishedFigure,
  publishedFigureSchema,
} from './model.ts';
import { createTextSink, printJson } from './text.ts';
import { readTransfersCsv, writeTransfersCsv } from './transfers-csv.ts';

const resultSchema = z.object({
  runs: z.array(runSchema),
  adverseOrders: z.array(adverseSchema),
  warnings: z.array(warningSchema),
});

const SCHEMAS = {
  'assets.json': z.array(assetInfoSchema),
  'case.json': caseInfoSchema,
  'coverage.json': z.array(coverageSchema),
  'crossings.json': z.array(crossingSchema),
  'evidence.json': z.array(z.unknown()),
  'labels.json': z.array(stopLabelSchema),
  'notices.json': z.array(warningSchema),
  'parameters.json': parametersSchema,
  'published.json': z.array(publishedFigureSchema),
  'result.json': resultSchema,
} as const;
type JsonPart = keyof typeof SCHEMAS;
type ContentPart = Exclude<PartName, 'lines.txt'>;

/** The parts a bundle's content makes, by name; the same content gives the same bytes. */
export function writeParts(content: BundleContent): Map<ContentPart, Uint8Array> {
  const { result } = content;
  const json = toJson(result);
  const parts = new Map<ContentPart, Uint8Array>([
    ['assets.json', printBytes(sorted(assetInfoSchema, content.assets, ({ asset }) => asset))],
    ['coverage.json', printBytes(json.coverage)],
    ['crossings.json', printBytes(json.crossings)],
    ['labels.json', printBytes(json.labels)],
    ['notices.json', printBytes(sorted(warningSchema, content.notices, ({ code, message }) => `${code}\n${message}`))],
    ['parameters.json', printBytes(json.parameters)],
    ['result.json', printBytes({ runs: json.runs, adverseOrders: json.adverseOrders, warnings: json.warnings })],
    ['transfers.csv', writeTransfersCsv(result.consumed)],
  ]);
  if (content.case !== null) parts.set('case.json', printBytes(caseInfoSchema.parse(content.case)));
  if (content.evidence.length > 0) {
    const keyOf = ({ chain, tx }: TransactionEvidence): string => `${chain} ${tx}`;
    const records = [...content.evidence].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    parts.set('evidence.json', printBytes(records.map(evidenceToJson)));
  }
  if (content.published.length > 0) {
    const keyOf = ({ account, what, value }: PublishedFigure): string => `${account}\n${what}\n${value}`;
    parts.set('published.json', printBytes(sorted(publishedFigureSchema, content.published, keyOf)));
  }
  return parts;
}

/**
 * The content of parts.
 * @throws invalid-input or verification-failed, naming part and place, if one is missing or does not follow its schema.
 */
export function readParts(
  parts: ReadonlyMap<string, Uint8Array>,
  manifest: { readonly engine: string; readonly digest: string },
): BundleContent {
  const consumed = readTransfersCsv(parts.get('transfers.csv') ?? new Uint8Array(0));
  const { runs, adverseOrders, warnings } = readJsonPart(parts, 'result.json');
  const trace = {
    engine: manifest.engine,
    digest: manifest.digest,
    parameters: readJsonPart(parts, 'parameters.json'),
    coverage: readJsonPart(parts, 'coverage.json'),
    crossings: readJsonPart(parts, 'crossings.json'),
    labels: readJsonPart(parts, 'labels.json'),
    runs,
    adverseOrders,
    warnings,
  };
  return {
    result: fromJson(trace, consumed),
    assets: readJsonPart(parts, 'assets.json'),
    case: parts.has('case.json') ? readJsonPart(parts, 'case.json') : null,
    published: parts.has('published.json') ? readJsonPart(parts, 'published.json') : [],
    notices: readJsonPart(parts, 'notices.json'),
    evidence: parts.has('evidence.json') ? readJsonPart(parts, 'evidence.json').map(readRecord) : [],
  };
}

function readRecord(json: unknown, index: number): TransactionEvidence {
  try {
    return evidenceFromJson(json);
  } catch (error) {
    if (!isCairnError(error)) throw error;
    throw new CairnError('invalid-input', `evidence.json: [${index}]: ${error.message}`);
  }
}

/** Reads JSON by a schema. @throws invalid-input, naming the part. */
export function parseJsonBytes<T>(bytes: Uint8Array | undefined, schema: z.ZodType<T>, name: string): T {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes ?? new Uint8Array(0)));
  } catch (cause) {
    throw new CairnError('invalid-input', `${name}: is not JSON in UTF-8`, { cause });
  }
  return parseContract(schema, value, name);
}

/** A value as the bytes of a JSON part. */
export function printBytes(value: unknown): Uint8Array {
  const sink = createTextSink();
  printJson(value, sink.write);
  return sink.bytes();
}

type PartJson = { [K in JsonPart]: z.infer<(typeof SCHEMAS)[K]> };

function readJsonPart<K extends JsonPart>(parts: ReadonlyMap<string, Uint8Array>, name: K): PartJson[K] {
  return parseJsonBytes(parts.get(name), SCHEMAS[name] as unknown as z.ZodType<PartJson[K]>, name);
}

/** Items with their keys in schema order, sorted by a text, by code unit. */
function sorted<T>(schema: z.ZodType<T>, items: readonly unknown[], keyOf: (item: T) => string): T[] {
  return items
    .map((item) => schema.parse(item))
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ item }) => item);
}
