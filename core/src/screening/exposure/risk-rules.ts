import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { CairnError } from '../../errors.ts';
import { CATEGORIES } from '../../labels/index.ts';
import type { ExposureCategory } from './exposure.ts';
import { RISK_LEVELS, type RiskLevel, type RiskRule } from './risk.ts';

/** A rule file as read: its rules in the order of the file, and what it was. */
export type RiskRules = {
  readonly name: string;
  /** Of the file's bytes, hex. */
  readonly sha256: string;
  readonly rules: readonly RiskRule[];
};

const LEVELS = RISK_LEVELS.filter((level) => level !== 'none-found');
const EXPOSURE_CATEGORIES: readonly ExposureCategory[] = [...CATEGORIES, 'listed', 'suspected-service'];

const oneOf = <T extends string>(values: readonly T[], what: string) =>
  z.string().refine((text): text is T => (values as readonly string[]).includes(text), {
    error: (issue) => `${JSON.stringify(issue.input)} is no ${what}: ${values.join(', ')}`,
  });

const said = z.string().trim().min(1);

/** `"0.05"`: a string, since YAML would read a number as a binary fraction. */
const share = z
  .string('a share is a decimal in quotes, such as "0.05"')
  .regex(/^(0\.[0-9]{1,18}|1(\.0{1,18})?)$/, 'a share is a decimal above 0 and up to 1, in quotes, such as "0.05"')
  .transform((text) => {
    const [whole = '0', fraction = ''] = text.split('.');
    return { part: BigInt(whole + fraction), whole: 10n ** BigInt(fraction.length) };
  })
  .refine(({ part }) => part > 0n, 'a share of 0 is met by anything: leave minShare out instead');

const common = {
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'an id is lower-case words joined by hyphens'),
  level: oneOf<RiskLevel>(LEVELS, 'level'),
  because: said,
  categories: z.array(oneOf(EXPOSURE_CATEGORIES, 'category')).min(1, 'a rule names at least one category'),
};

const rule = z.discriminatedUnion(
  'about',
  [
    z.strictObject({ ...common, about: z.literal('account') }),
    z.strictObject({
      ...common,
      about: z.literal('exposure'),
      direction: z.enum(['received', 'sent'], 'direction is received or sent; leave it out for both').optional(),
      maxHops: z.int('maxHops is a whole number from 1').min(1, 'maxHops is a whole number from 1').optional(),
      minShare: share.optional(),
    }),
  ],
  { error: 'about is account or exposure' },
);

const head = z.strictObject({ rules: z.array(z.unknown()).min(1, 'a rule file has at least one rule') });

const UNBOUND: Partial<Pick<RiskRule, 'direction' | 'maxHops' | 'minShare'>> = {};

/**
 * The rules of a file that turn exposure into a level.
 * @param text - YAML: `rules:`, a list; docs/methods/risk-rules.md says what each key means. Every key is known or refused:
 * a misspelt condition would silently hold always.
 * @param name - what the file is called in messages and answers.
 * @param sha256 - of the file's bytes, hex.
 * @throws {CairnError} `invalid-input`, naming the rule and the first thing that is wrong with it.
 */
export function parseRiskRules(text: string, name: string, sha256: string): RiskRules {
  const refuse = (what: string): never => {
    throw new CairnError('invalid-input', `${name}: ${what}`);
  };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const fault = document.errors[0];
  if (fault !== undefined) {
    const { line } = lines.linePos(fault.pos[0]);
    return refuse(`line ${line}: not YAML: ${fault.message.split('\n')[0]}`);
  }
  const file = head.safeParse(readDocument(document, name));
  if (!file.success) return refuse(firstIssue(file.error, 'the file is one mapping with the key rules'));
  const rules = file.data.rules.map((value, i): RiskRule => {
    const parsed = rule.safeParse(value);
    if (!parsed.success)
      return refuse(`rule ${nameRule(value, i)}: ${firstIssue(parsed.error, 'a rule is a mapping')}`);
    const { id, about, level, because, categories } = parsed.data;
    const {
      direction = null,
      maxHops = null,
      minShare = null,
    } = parsed.data.about === 'exposure' ? parsed.data : UNBOUND;
    return { id, about, level, because, direction, categories, maxHops, minShare };
  });
  const ids = rules.map(({ id }) => id);
  const repeated = ids.find((id, i) => ids.indexOf(id) !== i);
  return repeated === undefined ? { name, sha256, rules } : refuse(`rule ${repeated} is there twice`);
}

function readDocument(document: ReturnType<typeof parseDocument>, name: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    // Aliases that multiply, the YAML form of an entity bomb.
    throw new CairnError('invalid-input', `${name}: ${cause instanceof Error ? cause.message : 'not YAML'}`, { cause });
  }
}

function nameRule(value: unknown, i: number): string {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : null;
  return typeof id === 'string' && id !== '' ? id : `number ${i + 1}, which has no id`;
}

function firstIssue(error: z.ZodError, whole: string): string {
  const issue = error.issues[0];
  if (issue === undefined) return whole;
  return issue.path.length === 0 && issue.code === 'invalid_type'
    ? whole
    : [...(issue.path.length === 0 ? [] : [issue.path.map(String).join('.')]), issue.message].join(': ');
}
