import { CairnError } from '@cairn/core/errors';
import type { Transfer } from '@cairn/core/ledger';
import { type Exit, exitOfLeg, exitOfTransfer, type Leg, legKey } from '@cairn/core/tracing';
import { formatAccount } from '@cairn/core/units';
import { type AssetBook, showAmount } from '../trace/assets.ts';
import { carriesValue, statusOf } from './leg-status.ts';
import type { ReadTransaction } from './read-transaction.ts';
import { refName } from './words.ts';

export type ChosenExit = {
  readonly exit: Exit;
  readonly transfer: Transfer;
  /** The word that its payout would carry; null: none is known. */
  readonly key: string | null;
  /** What would prove where it leads; null: nothing on these chains. */
  readonly remedy: string | null;
};

/**
 * The way out that is asked about: the transfer named by position; else the transaction's only way in to a protocol that
 * is not proven to lead on; else its only transfer.
 * @throws invalid-input: it is proven where it leads, or there are several; not-found: there is none.
 */
export function chooseExit(read: ReadTransaction, position: number | null, book: AssetBook): ChosenExit {
  const ways = read.legs.flatMap((leg) =>
    leg.leg.side === 'in' && carriesValue(leg.leg) && leg.carrier.kind === 'found'
      ? [{ leg: leg.leg, transfer: leg.carrier.transfer, ...statusOf(leg, read) }]
      : [],
  );
  const moved = read.transfers.filter(({ kind, amount }) => amount > 0n && kind !== 'fee' && kind !== 'input');
  if (position !== null) {
    const transfer = moved.find((each) => each.position === position);
    if (transfer === undefined) throw noSuch(read, position, moved, book);
    const way = ways.find((each) => each.transfer === transfer);
    if (way === undefined) return plain(transfer);
    if (way.basis === 'exact') throw proven(read);
    return ofLeg(way);
  }
  const open = ways.filter(({ basis }) => basis !== 'exact');
  const [way] = open;
  if (way !== undefined && open.length === 1) return ofLeg(way);
  if (open.length === 0 && ways.length > 0) throw proven(read);
  const [only] = moved;
  if (open.length === 0 && only !== undefined && moved.length === 1) return plain(only);
  throw noSuch(read, null, open.length > 1 ? open.map(({ transfer }) => transfer) : moved, book);
}

type Way = { readonly leg: Leg; readonly transfer: Transfer; readonly remedy: string | null };

function ofLeg({ leg, transfer, remedy }: Way): ChosenExit {
  const key = legKey(leg);
  return { exit: exitOfLeg(leg, transfer), transfer, key, remedy: key === null ? null : remedy };
}

function plain(transfer: Transfer): ChosenExit {
  return { exit: exitOfTransfer(transfer), transfer, key: null, remedy: null };
}

function proven({ tx }: ReadTransaction): CairnError {
  return new CairnError('invalid-input', 'where it leads is proven, so there are no candidates', {
    hints: [`cairn crossings explain ${tx}`],
  });
}

function noSuch(
  { tx }: ReadTransaction,
  position: number | null,
  transfers: readonly Transfer[],
  book: AssetBook,
): CairnError {
  if (transfers.length === 0) {
    return new CairnError('not-found', `the ledger has no transfer of ${tx} that could be a way out`, {
      hints: ['a record without the time of its block has no transfers: ingest it with its block'],
    });
  }
  const hints = transfers.map(
    (each) =>
      `${refName(each)} ${showAmount(each.amount, each.asset, book)} to ${formatAccount(each.lock?.owner ?? each.to)}`,
  );
  const what =
    position === null
      ? `${tx} is ${transfers.length} transfers: name one by its position`
      : `${tx} has no transfer at ${position}`;
  return new CairnError(position === null ? 'invalid-input' : 'not-found', what, { hints: ['it has:', ...hints] });
}
