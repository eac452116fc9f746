import type { Terminal } from '../tracing/index.ts';
import type { Account } from '../units/index.ts';
import type { Place, ReportContext } from './context.ts';
import type { Cell } from './model.ts';
import { compareDescending } from './order.ts';
import { code, span } from './text.ts';

/** Outputs named beneath an address; the figures file holds all. */
const MOST = 12;

/** What stayed or ended at one address for one reason: a single account, or the outputs made to the address. */
export type Group<T extends Place> = Pick<Place, 'asset' | 'status'> & {
  /** The address the outputs were made to; another account: itself. */
  readonly address: Account;
  readonly amount: bigint;
  readonly origin: bigint;
  /** Does any of it rest on a crossing that is not exact? */
  readonly marked: boolean;
  /** Largest first. */
  readonly members: readonly T[];
};

/** Places of one tag by address, asset and status (and, where a rule decided, by what it says), largest first. */
export function groupByAddress<T extends Place & Partial<Pick<Terminal, 'label'>>>(
  { names, marks }: ReportContext,
  places: readonly T[],
): Group<T>[] {
  const addressOf = ({ account }: T): Account => names.address(account) ?? account;
  const groups = Map.groupBy(places, (place) =>
    [addressOf(place), place.asset, place.status, place.label ?? ''].join(' '),
  );
  return [...groups.values()]
    .flatMap((own): Group<T>[] => {
      const [first] = own;
      if (first === undefined) return [];
      const sum = (what: 'amount' | 'origin'): bigint => own.reduce((total, place) => total + (place[what] ?? 0n), 0n);
      return [
        {
          address: addressOf(first),
          asset: first.asset,
          status: first.status,
          amount: sum('amount'),
          origin: sum('origin'),
          marked: own.some(({ account, asset }) => marks.has(account, asset)),
          members: own.toSorted((a, b) => compareDescending(a.origin ?? 0n, b.origin ?? 0n) || byName(a, b)),
        },
      ];
    })
    .sort((a, b) => compareDescending(a.origin, b.origin) || (a.address < b.address ? -1 : 1));
}

/** The outputs of a group with the amount of each, as lines of a cell. */
export function outputLines({ names }: ReportContext, { members, asset }: Group<Place>): Cell {
  const shown = members.slice(0, MOST).map(({ account, amount }) => {
    const reference = names.lines(account).at(-1) ?? [];
    return [...reference, span(`: ${names.number(amount ?? 0n, asset)}`)];
  });
  const rest = members.length - shown.length;
  return rest === 0 ? shown : [...shown, [span(`and ${rest} more outputs, in the figures file `), code('(CSV)')]];
}

function byName(a: Place, b: Place): number {
  return a.account < b.account ? -1 : 1;
}
