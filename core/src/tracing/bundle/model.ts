import { z } from 'zod';
import type { TransactionEvidence } from '../../ledger/index.ts';
import type { TraceResult, Warning } from '../result.ts';
import { accountSchema, assetSchema } from '../trace-schema.ts';

export const FORMAT = 'cairn-bundle/1';
export const MANIFEST = 'manifest.json';
export const SIGNATURE = 'signature.txt';
export const LINES = 'lines.txt';
/** Parts every bundle has beside the manifest, sorted. `signature.txt` stands outside: it signs the manifest. */
export const PARTS = [
  'assets.json',
  'coverage.json',
  'crossings.json',
  'labels.json',
  'lines.txt',
  'notices.json',
  'parameters.json',
  'result.json',
  'transfers.csv',
] as const;
/** Parts a bundle may have. */
export const OPTIONAL_PARTS = ['case.json', 'evidence.json', 'published.json'] as const;
export type PartName = (typeof PARTS)[number] | (typeof OPTIONAL_PARTS)[number];

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const size = z.int().min(0);

export const manifestSchema = z.object({
  format: z.literal(FORMAT),
  engine: z.string(),
  digest: hash,
  case: z.object({ slug: z.string(), title: z.string() }).nullable(),
  /** Sorted by name. `sha256` and `bytes` are of the content, `stored` of the bytes as they lie in the file. */
  parts: z.array(
    z.object({
      name: z.string(),
      sha256: hash,
      bytes: size,
      stored: z.object({ sha256: hash, bytes: size }),
    }),
  ),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** How an asset's amounts are shown. A symbol is what a contract calls itself, not proof of what it is. */
export const assetInfoSchema = z.object({
  asset: assetSchema,
  symbol: z.string().nullable(),
  decimals: z.int().min(0).max(255).nullable(),
});
export type AssetInfo = z.infer<typeof assetInfoSchema>;

/** The case a trace belongs to, and where its record came from. */
export const caseInfoSchema = z.object({
  slug: z.string(),
  title: z.string(),
  summary: z.string().nullable(),
  sources: z.array(
    z.object({
      name: z.string(),
      url: z.string().nullable(),
      licence: z.string().nullable(),
      sha256: hash.nullable(),
      note: z.string().nullable(),
    }),
  ),
  /** What the investigator assumed, and what the record is known to lack, a sentence each. */
  assumptions: z.array(z.string()),
  missing: z.array(z.string()),
});
export type CaseInfo = z.infer<typeof caseInfoSchema>;

/** Somebody else's figure, shown beside ours as a claim and never mixed with it. `value` is as published. */
export const publishedFigureSchema = z.object({
  account: accountSchema,
  what: z.string(),
  value: z.string(),
  unit: z.string(),
  date: z.string().nullable(),
  source: z.string(),
});
export type PublishedFigure = z.infer<typeof publishedFigureSchema>;

/** What a bundle holds. `notices` are warnings that do not come from the engine and are not recomputed. */
export type BundleContent = {
  readonly result: TraceResult;
  readonly assets: readonly AssetInfo[];
  readonly case: CaseInfo | null;
  readonly published: readonly PublishedFigure[];
  readonly notices: readonly Warning[];
  /** Records of the transactions that prove exact crossings. */
  readonly evidence: readonly TransactionEvidence[];
};

export type Bundle = BundleContent & {
  readonly manifest: Manifest;
  /** The signed note, unverified; null: not signed. */
  readonly signature: string | null;
};

/** One thing that is not as it should be. */
export type Problem = {
  /** The part it lies in; `the file` where no part can be named. */
  readonly part: string;
  /** Line, row or path inside the part; null: the part as a whole. */
  readonly place: string | null;
  readonly message: string;
  /** What the bundle states and what it should be by recomputation or by the chain; null: not a matter of two values. */
  readonly stated: string | null;
  readonly found: string | null;
};

/** A problem as one line of text. */
export function formatProblem({ part, place, message, stated, found }: Problem): string {
  const values =
    stated === null && found === null ? '' : ` (stated ${stated ?? 'nothing'}, found ${found ?? 'nothing'})`;
  return `${part}: ${place === null ? '' : `${place}: `}${message}${values}`;
}
