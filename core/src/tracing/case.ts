import { z } from 'zod';
import { CairnError, isCairnError } from '../errors.ts';
import type { Coverage } from '../ledger/index.ts';
import {
  type Account,
  type Asset,
  type Chain,
  parseAccount,
  parseAmount,
  parseAsset,
  parseChain,
  parseTime,
} from '../units/index.ts';
import { parseContract } from './json.ts';
import { type Crossing, POLICY_IDS, type PolicyId, type Seed } from './request.ts';

/** Where a file of a case came from. A case names its own files only. */
export type Provenance = {
  readonly path: string;
  /** SHA-256 of the file as shipped, hex. */
  readonly sha256: string;
  /** Who made it, as far as is known. */
  readonly source: string;
  readonly licence: string;
  /** How it came to be here, and what was done to it. */
  readonly obtained: string;
};

export type TransferFile = { readonly path: string; readonly format: string; readonly chain: Chain };

export type LabelFile = {
  readonly path: string;
  readonly format: string;
  /** Source of labels that name none themselves; null: the file's name. */
  readonly source: string | null;
  /** 0–100, of labels that state none; null: the format's default. */
  readonly confidence: number | null;
};

export type AssetMetadata = { readonly asset: Asset; readonly symbol: string; readonly decimals: number };

/** What somebody else published about accounts of the case, for display beside Cairn's figures, never mixed into them. */
export type ComparisonFile = {
  readonly path: string;
  readonly format: 'onward-amounts';
  readonly asset: Asset;
  readonly source: string;
};

type CaseHead = {
  readonly slug: string;
  readonly title: string;
  readonly summary: string;
  readonly provenance: readonly Provenance[];
  /** What the record is known to lack, one statement each. */
  readonly knownMissing: readonly string[];
  /** What the figures rest on beyond the record, one statement each. */
  readonly assumptions: readonly string[];
};

/** A case whose transfers Cairn traces. */
export type LedgerCase = CaseHead & {
  readonly kind: 'ledger';
  /** Tagged `<slug>/<asset>`. */
  readonly seeds: readonly Seed[];
  readonly transfers: readonly TransferFile[];
  readonly labels: readonly LabelFile[];
  readonly coverage: readonly Coverage[];
  /** File of declared crossings; null: none declared. */
  readonly crossings: string | null;
  /** The rule shown first, and why; null: none. */
  readonly instructed: { readonly policy: PolicyId; readonly because: string } | null;
  readonly comparisons: readonly ComparisonFile[];
  readonly assets: readonly AssetMetadata[];
};

/** A case that shows somebody else's published trace as claims. Cairn computes no tracing figure from it. */
export type PublishedFlowCase = CaseHead & {
  readonly kind: 'published-flow';
  readonly chain: Chain;
  /** Who published the flows. */
  readonly publisher: string;
  readonly flows: { readonly records: string; readonly sources: string; readonly terminals: string };
  /** What the services named in deposit-account labels are, as the case declares it. */
  readonly services: readonly { readonly name: string; readonly category: string }[];
};

export type Case = LedgerCase | PublishedFlowCase;

/** Reads text by a units parser inside a schema, so that its reason is reported with the place it stands at. */
const read = <T>(parse: (text: string) => T) =>
  z.string().transform((text, context): T => {
    try {
      return parse(text);
    } catch (error) {
      if (!isCairnError(error)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });

const chain = read<Chain>((text) => parseChain(text));
const account = read<Account>((text) => parseAccount(text));
const asset = read<Asset>((text) => parseAsset(text));
const amount = read(parseAmount);
const time = read(parseTime);
const said = z.string().min(1);
const slug = said.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case words joined by hyphens');
/** Inside the case folder: neither absolute nor climbing out of it. */
const path = said.regex(/^(?!.*\.\.)[A-Za-z0-9_-][A-Za-z0-9._/-]*$/, 'a path inside the case folder');
/** As the chain writes it: EVM hashes in lower case. */
const tx = said.transform((text) => (/^0x/i.test(text) ? text.toLowerCase() : text));
const place = z.int().min(-1);

const head = {
  slug,
  title: said,
  summary: said,
  provenance: z.array(
    z.strictObject({ path, sha256: z.string().regex(/^[0-9a-f]{64}$/), source: said, licence: said, obtained: said }),
  ),
  knownMissing: z.array(said),
  assumptions: z.array(said),
};

const seed = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('transfer'), asset, tx, position: place, amount: amount.nullable() }),
  z.strictObject({ kind: z.literal('account'), account, asset, at: time.nullable() }),
]);

const coverage = z.strictObject({
  chain,
  account: account.nullable(),
  direction: z.enum(['in', 'out', 'both']),
  assets: z.array(asset).nullable(),
  fromBlock: z.int().min(0).nullable(),
  toBlock: z.int().min(0).nullable(),
  toAt: time.nullable(),
  basis: z.enum(['whole-chain', 'index', 'export', 'balance-agrees', 'nonce-complete', 'unknown']),
  truncated: z.boolean(),
  note: said.nullable(),
  source: said,
});

const ledgerCase = z.strictObject({
  kind: z.literal('ledger'),
  ...head,
  seeds: z.array(seed).min(1),
  transfers: z.array(z.strictObject({ path, format: said, chain })).min(1),
  labels: z.array(
    z.strictObject({ path, format: said, source: said.nullable(), confidence: z.int().min(0).max(100).nullable() }),
  ),
  coverage: z.array(coverage),
  crossings: path.nullable(),
  instructed: z.strictObject({ policy: z.enum(POLICY_IDS), because: said }).nullable(),
  comparisons: z.array(z.strictObject({ path, format: z.literal('onward-amounts'), asset, source: said })),
  assets: z.array(z.strictObject({ asset, symbol: said, decimals: z.int().min(0).max(77) })),
});

const publishedFlowCase = z.strictObject({
  kind: z.literal('published-flow'),
  ...head,
  chain,
  publisher: said,
  flows: z.strictObject({ records: path, sources: path, terminals: path }),
  services: z.array(z.strictObject({ name: said, category: said })),
});

const caseFile = z.discriminatedUnion('kind', [ledgerCase, publishedFlowCase]);

const crossingFile = z.strictObject({
  crossings: z.array(
    z.strictObject({
      id: said,
      basis: z.enum(['declared', 'inferred'], 'a file can declare a crossing or infer one; it cannot prove one'),
      input: z.strictObject({ tx, position: place }),
      part: amount.optional(),
      output: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('transfer'), transfer: z.strictObject({ tx, position: place }) }),
        z.strictObject({ kind: z.literal('unrecorded'), account, asset, amount }),
      ]),
      reason: said,
    }),
  ),
});

/**
 * A case as its `case.json` states it. Accounts, assets and times are made canonical; seeds get their tag `<slug>/<asset>`.
 * @param json - the parsed JSON; amounts decimal strings in base units, times ISO 8601 or dates.
 * @throws invalid-input, naming the first place that does not follow the schema. Unknown keys are refused: a misspelt one
 * would silently leave a declaration out.
 */
export function parseCase(json: unknown): Case {
  const parsed = parseContract(caseFile, json, 'case.json');
  if (parsed.kind === 'published-flow') return parsed;
  const seeds = parsed.seeds.map((declared): Seed => {
    const tag = `${parsed.slug}/${declared.asset}`;
    if (declared.kind === 'account') return { ...declared, tag };
    return {
      kind: 'transfer',
      tag,
      transfer: { tx: declared.tx, position: declared.position },
      amount: declared.amount,
    };
  });
  return { ...parsed, seeds };
}

/**
 * Coverage an investigator declares in a file, a list of declarations as in `case.json`.
 * @throws invalid-input where the file does not follow the schema.
 */
export function parseCoverage(json: unknown): Coverage[] {
  return parseContract(z.array(coverage), json, 'coverage declarations');
}

/**
 * The crossings an investigator declares, or infers from amount and time, in a file, `{ "crossings": [ … ] }`, in the order
 * given. Whether inferred ones are followed is for the caller to ask.
 * @throws invalid-input where the file does not follow the schema, claims the basis `exact`, gives one id to two
 * crossings, or has one transfer go into two.
 */
export function parseCrossings(json: unknown): Crossing[] {
  const crossings = parseContract(crossingFile, json, 'declared crossings').crossings.map(
    ({ part, ...crossing }): Crossing => (part === undefined ? crossing : { ...crossing, part }),
  );
  refuseRepeats(
    crossings.map(({ id }) => id),
    'the id',
  );
  refuseRepeats(
    crossings.map(({ input }) => `${input.tx}:${input.position}`),
    'the input',
  );
  return crossings;
}

function refuseRepeats(values: readonly string[], what: string): void {
  const repeated = values.find((value, index) => values.indexOf(value) !== index);
  if (repeated !== undefined) {
    throw new CairnError('invalid-input', `declared crossings: ${what} ${repeated} is there twice`);
  }
}
