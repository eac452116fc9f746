import type { TransactionEvidence, Transfer } from '../ledger/index.ts';
import type { Account } from '../units/index.ts';
import { transactionName as nameOf, refName } from './compile.ts';
import type { RefusedKey } from './crossings/choose-payouts.ts';
import type { Leg } from './crossings/leg.ts';
import { locate } from './crossings/locate.ts';
import type { UnmatchedLeg } from './crossings/match.ts';
import { PROTOCOLS } from './crossings/protocols.ts';
import type { Crossing, StopLabel } from './request.ts';

/** What the records looked into so far have shown. */
export type Found = {
  readonly crossings: Map<string, Crossing>;
  readonly records: Map<string, TransactionEvidence>;
  /** Contracts that decoded events name as a way in or out, and why a trace stops there. */
  readonly venues: Map<Account, StopLabel>;
  readonly exits: UnmatchedLeg[];
  /** Forward: every way in that the records show, matched or not. */
  readonly entries: Leg[];
  readonly refused: RefusedKey[];
  readonly doubtful: Crossing[];
  readonly followInferred: boolean;
  /** Transfers that a crossing uses. */
  readonly used: Set<string>;
  /** Transactions whose record was looked into. */
  readonly seen: Set<string>;
  /** The records that were found under each key asked for. */
  readonly keys: Map<string, ReadonlySet<string>>;
  /** By round: who swapped or wrapped in the records, and held nothing that was traced. */
  readonly strangers: Set<Account>[];
  /** How often something was left out because of what had been found before. */
  passedOver: number;
};

/** @param declared - crossings of the request: what they say of a transfer stands. */
export function nothingFound(declared: readonly Crossing[], followInferred: boolean): Found {
  return {
    crossings: new Map(),
    records: new Map(),
    venues: new Map(),
    exits: [],
    entries: [],
    refused: [],
    doubtful: [],
    followInferred,
    used: new Set(declared.flatMap(refsOf)),
    seen: new Set(),
    keys: new Map(),
    strangers: [],
    passedOver: 0,
  };
}

/** Takes a crossing in, unless a transfer of it is used already: a bridge before a swap, a swap before a wrap. */
export function take(crossing: Crossing, records: ReadonlyMap<string, TransactionEvidence>, found: Found): void {
  const refs = refsOf(crossing);
  const shares =
    crossing.part !== undefined || (crossing.output.kind === 'transfer' && crossing.output.part !== undefined);
  if (found.crossings.has(crossing.id)) return;
  const taken = refs.filter((ref) => found.used.has(ref));
  const isOwn = taken.every((ref) => shares && usedBySibling(ref, crossing, found));
  if (taken.length > 0 && !isOwn) {
    found.passedOver++;
    return;
  }
  found.crossings.set(crossing.id, crossing);
  for (const ref of refs) found.used.add(ref);
  for (const named of crossing.proof?.transactions ?? []) {
    const record = records.get(nameOf(named));
    if (record !== undefined) found.records.set(nameOf(named), record);
  }
}

/** Is a transfer shared with another part of the same crossing, `KEY#001` and on, each taking its share? */
function usedBySibling(ref: string, crossing: Crossing, { crossings }: Found): boolean {
  return [...crossings.values()].some((other) => refsOf(other).includes(ref) && wholeOf(other) === wholeOf(crossing));
}

const wholeOf = ({ id }: Crossing): string => id.replace(/#\d+$/, '');

/** A contract that an event of a known protocol names stops the trace where no crossing leads on. */
export function noteVenue(leg: Leg, transfers: readonly Transfer[], found: Found): void {
  if (leg.place.kind !== 'log') return;
  const carrier = locate(leg, transfers);
  const venue = carrier.kind !== 'found' ? leg.venue : leg.side === 'in' ? carrier.transfer.to : carrier.transfer.from;
  if (venue === null) return;
  const title = PROTOCOLS.find(({ id }) => id === leg.protocol)?.title ?? leg.protocol;
  const reason = leg.protocol === 'tornado' ? 'label:mixer' : 'label:bridge';
  const known = found.venues.get(venue);
  if (known !== undefined && known.label !== title) found.passedOver++;
  if (known !== undefined) return;
  found.venues.set(venue, {
    reason,
    label: title,
    source: `event of ${title} in a recorded receipt`,
    contested: false,
  });
}

function refsOf({ input, output }: Crossing): string[] {
  const refs = output.kind === 'transfer' ? [input, output.transfer] : [input];
  return refs.map(refName);
}
