import { CairnError } from '../../../errors.ts';
import type { SourceBook, SourceConfig } from './source-config.ts';

/**
 * A look-up at a third party tells that party who is looked for. The Permissible Actions Protocol says what is allowed: under
 * `red` nothing that can be seen from outside; under `amber` passive look-ups at third parties; `green` and `clear` allow more,
 * which Cairn does not do. Where nothing was said it is `red`. One's own node may always be asked.
 * @see https://www.misp-project.org/taxonomies.html#_pap
 * @throws {CairnError} `invalid-input`: the source is a third party's and the case does not allow it.
 */
export function assertAllowed({ name, own }: SourceConfig, { permission }: SourceBook): void {
  if (own || (permission !== null && permission.pap !== 'red')) return;
  throw new CairnError(
    'invalid-input',
    `${name} is a third party: to ask it would tell it which accounts are looked at, and ${permission === null ? 'nothing allows that yet' : 'PAP:RED forbids it'}`,
    {
      hints: [
        'allow passive look-ups with: cairn sources pap amber --because "…"',
        'or, if the source is your own: cairn sources add … --own',
      ],
    },
  );
}
