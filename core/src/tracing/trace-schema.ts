import { z } from 'zod';
import { HOLDING_POLICY_IDS, POLICY_IDS } from './request.ts';

/**
 * The JSON of a trace: a contract. `docs/reference/trace-json.md` explains it; `docs/reference/trace.schema.json` is made
 * from this file. Readers must ignore keys they do not know. Every amount is a decimal string in base units, or null.
 */

const namespace = z.string().regex(/^[-a-z0-9]{3,8}$/);
const reference = z.string().regex(/^[-_a-zA-Z0-9]{1,32}$/);
const name = z.string().regex(/^[-.%a-zA-Z0-9]{1,128}$/);

export const chainSchema = z.templateLiteral([namespace, ':', reference]).meta({ description: 'CAIP-2 chain id' });
export const accountSchema = z
  .templateLiteral([namespace, ':', reference, ':', name])
  .meta({ description: 'CAIP-10 account id, canonical case' });
export const assetSchema = z
  .templateLiteral([namespace, ':', reference, '/', namespace, ':', name])
  .meta({ description: 'CAIP-19 asset id, canonical case' });
export const amountSchema = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,77})$/)
  .meta({ description: 'base units, decimal' });

const place = z.int().meta({
  description:
    'place inside the transaction; account chains: -1 is the network fee; UTXO chains: output n at n, inputs below 0',
});
const seconds = z.int().meta({ description: 'Unix seconds, UTC' });
const block = z.int().min(0);
const tx = z.string().min(1);
const policy = z.enum(POLICY_IDS);

export const transferRefSchema = z.object({ tx, position: place });

export const seedSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('transfer'),
    tag: z.string(),
    transfer: transferRefSchema,
    amount: amountSchema.nullable(),
  }),
  z.object({
    kind: z.literal('account'),
    tag: z.string(),
    account: accountSchema,
    asset: assetSchema,
    at: seconds.nullable(),
  }),
]);

export const crossingProofSchema = z.object({
  protocol: z.string(),
  key: z.string().nullable(),
  transactions: z.array(z.object({ chain: chainSchema, tx })),
});

export const crossingSchema = z.object({
  id: z.string(),
  basis: z.enum(['exact', 'declared', 'inferred']),
  input: transferRefSchema,
  part: amountSchema.exactOptional(),
  output: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('transfer'), transfer: transferRefSchema, part: amountSchema.exactOptional() }),
    z.object({ kind: z.literal('unrecorded'), account: accountSchema, asset: assetSchema, amount: amountSchema }),
  ]),
  reason: z.string(),
  proof: crossingProofSchema.exactOptional(),
});

const limits = z.object({
  maxHops: z.int().nullable(),
  maxAccounts: z.int().nullable(),
  until: seconds.nullable(),
  minAmount: z.record(assetSchema, amountSchema),
  serviceCounterparties: z.int().nullable(),
  serviceTransfers: z.int().nullable(),
});

export const parametersSchema = z.object({
  direction: z.enum(['forward', 'source-of-funds']),
  seeds: z.array(seedSchema),
  policies: z.array(policy),
  instructed: z.object({ policy, because: z.string() }).nullable(),
  rules: z.array(z.object({ account: accountSchema, asset: assetSchema, policy: z.enum(HOLDING_POLICY_IDS) })),
  limits,
  crossings: z.array(crossingSchema),
  lookThrough: z
    .union([z.literal('coinjoins'), z.array(tx)])
    .meta({ description: 'CoinJoins that do not stop the trace' })
    .exactOptional(),
});

export const coverageSchema = z.object({
  chain: chainSchema,
  account: accountSchema.nullable(),
  direction: z.enum(['in', 'out', 'both']),
  assets: z.array(assetSchema).nullable(),
  fromBlock: block.nullable(),
  toBlock: block.nullable(),
  toAt: seconds.nullable(),
  basis: z.enum(['whole-chain', 'index', 'export', 'balance-agrees', 'nonce-complete', 'unknown']),
  truncated: z.boolean(),
  note: z.string().nullable(),
  source: z.string(),
});

export const stopLabelSchema = z.object({
  account: accountSchema,
  reason: z.string(),
  label: z.string(),
  source: z.string(),
  contested: z.boolean(),
});

/** Of an output of a UTXO chain: whoever can spend it, as far as its script tells. */
const owner = accountSchema.exactOptional();

const value = { asset: assetSchema, amount: amountSchema.nullable(), origin: amountSchema.nullable() };

const tagSchema = z.object({
  tag: z.string(),
  asset: assetSchema,
  stolen: amountSchema.nullable(),
  held: amountSchema.nullable(),
  lastSeen: amountSchema.nullable(),
  fees: amountSchema.nullable(),
  overlap: amountSchema.nullable(),
  reentered: amountSchema.nullable(),
  terminals: z.array(
    z.object({ account: accountSchema, owner, reason: z.string(), label: z.string().nullable(), ...value }),
  ),
  holdings: z.array(
    z.object({ account: accountSchema, owner, ...value, status: z.enum(['held', 'last-seen']), depth: z.int().min(0) }),
  ),
  edges: z.array(z.object({ from: accountSchema, to: accountSchema, ...value, transactions: z.array(tx) })),
});

export const runSchema = z.object({
  policy,
  tags: z.array(tagSchema),
  gaps: z.array(
    z.object({ account: accountSchema, asset: assetSchema, transaction: tx, position: place, shortfall: amountSchema }),
  ),
  touched: z.array(
    z.object({
      tag: z.string(),
      account: accountSchema,
      owner,
      asset: assetSchema,
      depth: z.int().min(0),
      reason: z.string().nullable(),
      gross: amountSchema,
    }),
  ),
  followed: z.array(accountSchema),
});

export const adverseSchema = z.object({
  order: z.enum(['receipts-first', 'spends-first']),
  policy,
  tag: z.string(),
  figure: z.string(),
  assigned: amountSchema.nullable(),
  adverse: amountSchema.nullable(),
});

export const warningSchema = z.object({ code: z.string(), message: z.string(), accounts: z.array(accountSchema) });

export const traceSchema = z
  .object({
    engine: z.string().meta({ description: 'name and version of the engine' }),
    digest: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .meta({ description: 'SHA-256 over canonical JSON, see docs/reference/trace-json.md' }),
    parameters: parametersSchema,
    coverage: z.array(coverageSchema),
    crossings: z.array(crossingSchema),
    labels: z.array(stopLabelSchema),
    runs: z.array(runSchema),
    adverseOrders: z.array(adverseSchema),
    warnings: z.array(warningSchema),
  })
  .meta({ title: 'Cairn trace', description: 'The output of `cairn trace --json`.' });

export type TraceJson = z.infer<typeof traceSchema>;
export type ParametersJson = z.infer<typeof parametersSchema>;
export type CrossingJson = z.infer<typeof crossingSchema>;
export type CoverageJson = z.infer<typeof coverageSchema>;
export type StopLabelJson = z.infer<typeof stopLabelSchema>;
export type RunJson = z.infer<typeof runSchema>;
export type AdverseJson = z.infer<typeof adverseSchema>;
export type WarningJson = z.infer<typeof warningSchema>;
