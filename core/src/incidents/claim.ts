import { z } from 'zod';
import { CairnError } from '../errors.ts';

/** US dollars of the day they were published for, in cents. */
export type Usd = bigint;

const USD = /^(0|[1-9]\d{0,14})(?:\.(\d{1,2}))?$/;

/**
 * Dollars as written in a record.
 * @param text - `620000000`, `1159834.52`; no sign, no grouping, at most two decimals.
 * @returns cents.
 * @throws {CairnError} `invalid-input`.
 */
export function parseUsd(text: string): Usd {
  const parts = USD.exec(text);
  if (parts === null) {
    throw new CairnError('invalid-input', `not an amount of US dollars: '${text.slice(0, 40)}'`, {
      hints: ['write dollars and cents without grouping: 620000000 or 1159834.52'],
    });
  }
  const [, whole = '', cents = ''] = parts;
  return BigInt(whole) * 100n + BigInt(cents.padEnd(2, '0'));
}

/** Cents as dollars, `1159834.52`; whole dollars without a point; a difference may be negative. */
export function formatUsd(cents: Usd): string {
  const sign = cents < 0n ? '-' : '';
  const size = cents < 0n ? -cents : cents;
  const rest = size % 100n;
  return `${sign}${size / 100n}${rest === 0n ? '' : `.${String(rest).padStart(2, '0')}`}`;
}

/** Dollars for people, `$1,159,834.52`, without cents where there are none; a difference keeps its sign. */
export function showUsd(cents: Usd): string {
  const [whole = '', rest] = formatUsd(cents < 0n ? -cents : cents).split('.');
  const shown = `$${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${rest === undefined ? '' : `.${rest}`}`;
  return cents < 0n ? `-${shown}` : shown;
}

export const usdText = z.string().regex(USD, 'write dollars and cents without grouping: "620000000" or "1159834.52"');

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Is it a date that exists, as exact as it is written: `2022`, `2022-03` or `2022-03-23`? */
export function isPartialDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(text) ?? [];
  if (year === undefined) return false;
  if (month === undefined) return true;
  const days = DAYS[Number(month) - 1];
  if (days === undefined) return false;
  if (day === undefined) return true;
  const isLeap = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0);
  return Number(day) >= 1 && Number(day) <= (month === '02' && !isLeap ? 28 : days);
}

/** How exact a partial date is. */
export function precisionOf(date: string): 'year' | 'month' | 'day' {
  return date.length === 4 ? 'year' : date.length === 7 ? 'month' : 'day';
}

/** A date as exact as it is known: `2022`, `2022-03` or `2022-03-23`. Text order is time order among equals in precision. */
export const partialDate = z
  .string()
  .refine(isPartialDate, 'no such date: write 2022-03-23, or 2022-03 or 2022 where the day is not known');

export const slugText = z
  .string()
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'write lower-case letters, digits and single hyphens');

/**
 * How the record's compilers read a source. `original`: the text itself. `copy`: a copy or verbatim quotation of it. `summary`:
 * what somebody else says it says. `not-read`: not at all, or the record does not say.
 */
export const READS = ['original', 'copy', 'summary', 'not-read'] as const;
export const readText = z.enum(READS);
export type Read = z.infer<typeof readText>;

/**
 * An Admiralty grade: reliability of the source A–F, credibility of the information 1–6. Only of what was read in the original or
 * a copy.
 * @see data/record/README.md for how grades were given; NATO AJP-2.1.
 */
export const gradeText = z
  .string()
  .regex(/^[A-F][1-6]$/, 'an Admiralty grade is a letter A to F and a digit 1 to 6: "B2"');

/**
 * What a claim rests on: ids among the incident's own `sources`, or `incident`: one of them, and the record does not say which.
 */
export const claimSources = z.union([z.literal('incident'), z.array(slugText).min(1)], {
  error:
    'a claim names its sources: ids among the incident\'s sources, or "incident" where it is not known which of them',
});

/** What every claim carries beside what it says. */
export const claimParts = {
  sources: claimSources,
  grade: gradeText.optional(),
  note: z.string().min(1).optional(),
} as const;

export type ClaimParts = {
  readonly sources: readonly string[] | 'incident';
  readonly grade?: string | undefined;
  readonly note?: string | undefined;
};

/** A field that nothing in the record says anything about, and why. */
export type UnknownFact = { readonly value: null; readonly because: string };

/** A field as one claim, or unknown with a reason. */
export type Fact<T> = (ClaimParts & { readonly value: T }) | UnknownFact;

/** @param value - what a known value looks like. */
export function fact<T>(value: z.ZodType<T>): z.ZodType<Fact<T>> {
  const schema = z
    .strictObject({
      value: value.nullable(),
      because: z.string().min(1).optional(),
      ...claimParts,
      sources: claimSources.optional(),
    })
    .superRefine(({ value: known, because, sources }, context) => {
      const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
      if (known === null && because === undefined) refuse('because', 'say why the value is not known');
      if (known === null && sources !== undefined) refuse('sources', 'nothing is claimed: leave the sources out');
      if (known !== null && because !== undefined) refuse('because', 'stands only where the value is null; use "note"');
      if (known !== null && sources === undefined) refuse('sources', 'a claim names its sources');
    });
  return schema as unknown as z.ZodType<Fact<T>>;
}
