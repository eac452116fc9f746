import { z } from 'zod';
import { countryOfCode } from '../units/index.ts';
import { claimParts, fact, partialDate, readText, slugText, usdText } from './claim.ts';
import {
  ACCESS_CATEGORIES,
  ACCOUNT_ROLES,
  AMOUNT_SCOPES,
  ATTRIBUTION_GRADES,
  CONFLICT_FIELDS,
  OUTCOME_KINDS,
  QUALIFIERS,
  STANCES,
  VICTIM_TYPES,
} from './vocabulary.ts';

const text = z.string().min(1).max(2000);
const decimal = z.string().regex(/^(0|[1-9]\d*)(\.\d+)?$/, 'write a decimal number as text: "401346.5"');
const country = z
  .string()
  .refine(
    (code) => /^[A-Z]{2}$/.test(code) && countryOfCode(code) === code,
    'not a country: write ISO 3166-1 alpha-2, "KR"',
  );

/** The organisation that was robbed. A single person's wallet is named only where a firm is the reason, and says so. */
const organisation = z
  .strictObject({
    kind: z.literal('organisation'),
    name: text,
    type: z.enum(VICTIM_TYPES),
    namedBecause: text.optional(),
    country: fact(country),
  })
  .refine(({ type, namedBecause }) => type !== 'individual' || namedBecause !== undefined, {
    path: ['kind'],
    message:
      'a single person is recorded as "private-person", without a name; or say in "namedBecause" why a firm is named',
  });

/** A victim that no source names. */
const undisclosed = z.strictObject({
  kind: z.literal('undisclosed'),
  described: text,
  type: z.enum(VICTIM_TYPES),
  country: fact(country),
});

/** A private victim: no name, no handle, nothing that leads to the person. */
const privatePerson = z.strictObject({
  kind: z.literal('private-person'),
  type: z.literal('individual'),
  country: fact(country),
});

const dateClaim = z.strictObject({ value: partialDate, by: text.optional(), ...claimParts });

/** What somebody says was lost. `usd` null: not given in dollars; `asPrinted` then says what was given. */
const amountClaim = z
  .strictObject({
    id: slugText,
    by: text,
    usd: usdText.nullable(),
    asPrinted: text.optional(),
    qualifier: z.enum(QUALIFIERS).optional(),
    scope: z.enum(AMOUNT_SCOPES),
    /** The other incidents that a joint figure covers. */
    with: z.array(slugText).min(1).optional(),
    valuation: text.optional(),
    ...claimParts,
  })
  .superRefine((claim, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (claim.usd === null && claim.asPrinted === undefined && claim.note === undefined)
      refuse('asPrinted', 'no amount in dollars: say what is printed, or in "note" why there is none');
    if (claim.scope === 'joint' && claim.with === undefined) refuse('with', 'name the other incidents it covers');
    if (claim.scope !== 'joint' && claim.with !== undefined) refuse('with', 'stands only with scope "joint"');
  });

const attributionClaim = z.strictObject({
  by: text,
  stance: z.enum(STANCES),
  on: partialDate.nullable(),
  ...claimParts,
});

const account = z.strictObject({
  chain: text,
  address: text,
  role: z.enum(ACCOUNT_ROLES),
  description: text.optional(),
  ...claimParts,
});

const transaction = z.strictObject({ chain: text, hash: text, ...claimParts });

const outcome = z.strictObject({
  kind: z.enum(OUTCOME_KINDS),
  says: text,
  by: text.optional(),
  usd: usdText.nullable(),
  asset: text.optional(),
  amount: decimal.optional(),
  qualifier: z.enum(QUALIFIERS).optional(),
  with: z.array(slugText).optional(),
  ...claimParts,
});

/** A row of a published list, as printed there. */
const listing = z.strictObject({
  edition: slugText,
  row: text,
  printedDate: partialDate.nullable(),
  printedLocation: text.optional(),
  note: text.optional(),
});

/** One theft, as its sources tell it: every variant kept, nothing decided silently. One file each in `data/record/incidents`. */
export const incidentSchema = z.strictObject({
  slug: slugText,
  victim: z.discriminatedUnion('kind', [organisation, undisclosed, privatePerson]),
  date: dateClaim,
  otherDates: z.array(dateClaim),
  amounts: z.array(amountClaim),
  /** The id of the amount that the compilers prefer; null with a reason where there is none. */
  preferredAmount: z.union(
    [z.strictObject({ id: slugText, because: text }), z.strictObject({ id: z.null(), because: text })],
    { error: 'write { "id": the id of one of "amounts", "because": why }; id is null where there is none' },
  ),
  /** Does it count in totals, and if not, why not? */
  counted: z.discriminatedUnion('inTotals', [
    z.strictObject({ inTotals: z.literal(true) }),
    z.strictObject({ inTotals: z.literal(false), because: text }),
  ]),
  assets: fact(z.array(z.strictObject({ symbol: text, amount: decimal.nullable(), note: text.optional() })).min(1)),
  /** `more`: the source says there were further chains and does not name them all. */
  chains: fact(z.strictObject({ names: z.array(text).min(1), more: z.boolean() })),
  initialAccess: fact(
    z.strictObject({
      /** Null: sources discuss the way in and it is not established. */
      category: z.enum(ACCESS_CATEGORIES).nullable(),
      status: z.enum(['reported', 'suspected', 'not-established']),
      /** Left out of a private person's record. */
      description: text.optional(),
    }),
  ),
  /** ATT&CK ids; `basis` says who mapped them from what. */
  techniques: fact(
    z.strictObject({
      ids: z.array(z.string().regex(/^T\d{4}(\.\d{3})?$/, 'write an ATT&CK id: "T1566.003"')).min(1),
      basis: text,
    }),
  ),
  attribution: z.strictObject({
    grade: z.enum(ATTRIBUTION_GRADES),
    claims: z.array(attributionClaim).min(1, 'somebody must attribute or suspect it: say who'),
  }),
  /** The cluster that the compilers prefer, by its id in `actors.json`. */
  actor: fact(slugText),
  actorsBySource: z.array(z.strictObject({ by: text, actor: slugText.nullable(), as: text.nullable() })),
  accounts: z.array(account),
  transactions: z.array(transaction),
  outcomes: z.array(outcome),
  laundering: z.array(z.strictObject({ says: text, ...claimParts })),
  listedIn: z.array(listing),
  /** Relations that sources report; what Cairn computes is never stored. */
  related: z.array(z.strictObject({ slug: slugText, how: text, by: text.optional() })),
  conflicts: z.array(
    z.strictObject({
      field: z.enum(CONFLICT_FIELDS),
      says: text,
      sides: z.array(z.strictObject({ by: text, says: text })).optional(),
    }),
  ),
  notes: z.array(text),
  sources: z
    .array(z.strictObject({ id: slugText, read: readText, where: text.optional() }))
    .min(1, 'an incident names at least one source'),
  /** By which way the sources were read. */
  readThrough: z.array(text),
  /** Parts of the record that rest on general knowledge, not on a source that was read. */
  generalKnowledge: z.array(text),
});

export type Incident = z.infer<typeof incidentSchema>;
export type AmountClaim = Incident['amounts'][number];
export type Victim = Incident['victim'];
