import type { ReportContext } from '../context.ts';
import type { Cell, Section } from '../model.ts';
import { compareDescending } from '../order.ts';
import { cell, column, count, notice, table } from '../text.ts';

/** Accounts listed in the report; the figures file holds all. */
const MOST = 400;

/** Annex: accounts that value could have reached at all. No sums: gross flows count the same value many times. */
export function poisonAnnex({ result, names }: ReportContext): Section[] {
  const run = result.runs.find(({ policy }) => policy === 'poison/1');
  if (run === undefined) return [];
  const accounts = new Set(run.touched.map(({ account }) => account)).size;
  const rows = run.touched
    .toSorted((a, b) => a.depth - b.depth || compareDescending(a.gross, b.gross) || (a.account < b.account ? -1 : 1))
    .map(({ account, tag, asset, depth, reason, gross }): Cell[] => [
      names.account(account),
      cell(names.tag(tag)),
      cell(`${depth}`),
      cell(reason ?? 'followed'),
      cell(names.amount(gross, asset)),
    ]);
  return [
    {
      id: 'annex-touched',
      title: 'Annex: accounts touched under poison',
      landscape: true,
      blocks: [
        notice(
          `${count(accounts, 'account was', 'accounts were')} touched: declared as a seed’s, or paid by an account that was touched before. The gross amounts are what was received in all from such accounts, traced or not. They count the same value at every account it passes, so no sum of them is given and none may be made.`,
        ),
        table(
          'Accounts touched, nearest first',
          [
            column('account', 'left', 1),
            column('by value of', 'left', 0),
            column('hops', 'right', 0),
            column('further', 'left', 0),
            column('gross received, not to be added up', 'right', 0),
          ],
          rows,
          { limit: MOST, small: true },
        ),
      ],
    },
  ];
}
