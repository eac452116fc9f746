import { CairnError } from '../../errors.ts';
import type { PartialDate } from './party.ts';

const DAY = /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/;

/**
 * A date of birth as somebody knows it: `1984`, `1984-01`, `1984-01-08`, `1982..1984`, and any of them with `~` in front for
 * "about".
 * @throws invalid-input
 */
export function readBirth(text: string): PartialDate {
  const trimmed = text.trim();
  const approximate = trimmed.startsWith('~');
  const [from = '', to = from, ...more] = trimmed.slice(approximate ? 1 : 0).split('..');
  if (more.length > 0 || !DAY.test(from) || !DAY.test(to) || from.slice(0, 4) > to.slice(0, 4)) {
    throw new CairnError('invalid-input', `not a date of birth: '${trimmed.slice(0, 40)}'`, {
      hints: ['write 1984, 1984-01, 1984-01-08, 1982..1984, or ~1984 for about'],
    });
  }
  return { from, to, approximate };
}
