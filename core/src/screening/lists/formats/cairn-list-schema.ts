import { z } from 'zod';
import type { ListId } from '../party.ts';

const LIST = z
  .string()
  .regex(
    /^(ofac-sdn|un-sc|eu-fsf|uk-sanctions|opensanctions|custom:[a-z0-9][a-z0-9-]*)$/,
    'must be ofac-sdn, un-sc, eu-fsf, uk-sanctions, opensanctions or custom:<slug>',
  );

const TEXT = z.string().refine((text) => text.trim() !== '', 'must not be empty');
const DAY = z.iso.date();
const COUNTRY = z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 code of two capital letters, or null');

/** `1976`, `1976-03` or `1976-03-09`. */
const PARTIAL = z
  .string()
  .refine(
    (text) => /^\d{4}(-(0[1-9]|1[0-2]))?$/.test(text) || DAY.safeParse(text).success,
    'must be YYYY, YYYY-MM or YYYY-MM-DD',
  );

export const HEADER = z.strictObject({
  'cairn-list': z.literal(1),
  list: LIST.transform((list) => list as ListId),
  issuedOn: DAY.nullable().default(null),
  onlyPart: TEXT.nullable().default(null),
});

const NAME = z.strictObject({
  full: TEXT,
  kind: z.enum(['name', 'aka', 'fka', 'nka']).optional(),
  quality: z.enum(['primary', 'strong', 'weak']).optional(),
  script: z
    .string()
    .regex(/^[A-Z][a-z]{3}$/, 'must be an ISO 15924 code, as Latn')
    .optional(),
});

const BIRTH = z.strictObject({ from: PARTIAL, to: PARTIAL.optional(), approximate: z.boolean().default(false) });

const PLACE = z.strictObject({
  role: z.enum(['birth', 'nationality', 'citizenship', 'address', 'registration']),
  country: COUNTRY.nullable().optional(),
  text: TEXT.optional(),
});

const IDENTIFIER = z.strictObject({ kind: TEXT, value: TEXT, country: COUNTRY.nullable().default(null) });
const ACCOUNT = z.strictObject({ code: TEXT.nullable().default(null), address: TEXT });

export const PARTY = z.strictObject({
  id: TEXT,
  list: LIST.optional(),
  reference: TEXT.optional(),
  kind: z.enum(['person', 'organisation', 'vessel', 'aircraft', 'unknown']).default('unknown'),
  names: z
    .array(z.union([TEXT, NAME], { error: 'must be a text, or an object with full, kind, quality, script' }))
    .min(1),
  births: z
    .array(z.union([PARTIAL, BIRTH], { error: 'must be a date, or an object with from, to, approximate' }))
    .default([]),
  places: z.array(PLACE).default([]),
  identifiers: z.array(IDENTIFIER).default([]),
  accounts: z
    .array(z.union([TEXT, ACCOUNT], { error: 'must be an address, or an object with code, address' }))
    .default([]),
  programmes: z.array(TEXT).default([]),
  listedOn: DAY.nullable().default(null),
  amendedOn: z.array(DAY).default([]),
  remarks: TEXT.nullable().default(null),
});

/** What is wrong, in one line: `names.0.full: must not be empty`. */
export function reasonOf(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join('; ');
}
