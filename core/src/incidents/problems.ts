import type { z } from 'zod';
import { CairnError } from '../errors.ts';

/** What is wrong with a record: which field, and what to do about it. */
export type Problem = { readonly field: string; readonly message: string };

/** Problems that one message shows; a file of the wrong kind has hundreds. */
const SHOWN = 20;

/** All that a schema finds wrong, in the order of the file; empty: nothing. */
export function problemsOf(schema: z.ZodType, value: unknown): readonly Problem[] {
  const read = schema.safeParse(value);
  return read.success ? [] : problemsIn(read.error);
}

function problemsIn({ issues }: z.ZodError): Problem[] {
  return issues.flatMap((issue) => {
    const field = showPath(issue.path);
    if (issue.code !== 'unrecognized_keys') return [{ field, message: wordsOf(issue) }];
    return issue.keys.map((key) => ({ field: showPath([...issue.path, key]), message: 'no such field: remove it' }));
  });
}

/**
 * A value in the form that a schema describes.
 * @param more - what else must hold, asked only of what fits the schema.
 * @throws {CairnError} `invalid-input`: the file, and every field with what to do about it.
 */
export function parseWith<T>(
  schema: z.ZodType<T>,
  value: unknown,
  file: string,
  more: (value: T) => readonly Problem[] = () => [],
): T {
  const read = schema.safeParse(value);
  if (!read.success) throw refusal(file, problemsIn(read.error));
  const others = more(read.data);
  if (others.length > 0) throw refusal(file, others);
  return read.data;
}

/** The error that says what is wrong with a file. */
export function refusal(file: string, problems: readonly Problem[]): CairnError {
  const lines = problems.slice(0, SHOWN).map(showProblem);
  const rest = problems.length > SHOWN ? [`and ${problems.length - SHOWN} more`] : [];
  const count = problems.length === 1 ? '1 field is' : `${problems.length} fields are`;
  return new CairnError('invalid-input', `${file}: ${count} not as they must be`, { hints: [...lines, ...rest] });
}

export function showProblem({ field, message }: Problem): string {
  return field === '' ? message : `${field}: ${message}`;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text in quotation marks',
  object: 'an object in { }',
  array: 'a list in [ ]',
  boolean: 'true or false',
  null: 'null',
};

/** What to do about it; messages of the schema's own say so already. */
function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input')) {
    const wanted = TYPES[issue.expected] ?? issue.expected;
    return issue.message.endsWith('received undefined') ? `it is missing: write ${wanted}` : `write ${wanted}`;
  }
  if (issue.code === 'invalid_value') return `use one of: ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_small' && issue.origin === 'string')
    return 'it is empty: write something, or leave the field out';
  return issue.message;
}

function showPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((shown, key) => {
    if (typeof key === 'number') return `${shown}[${key}]`;
    return shown === '' ? String(key) : `${shown}.${String(key)}`;
  }, '');
}
