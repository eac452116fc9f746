import type { EvmEvidence, Transfer, TransferRef } from '../../ledger/index.ts';
import { type Account, type Asset, accountAddress, compareText, zeroAccount } from '../../units/index.ts';
import type { Crossing } from '../request.ts';
import { type AssetAmount, createFlows, type Flows } from './flows.ts';
import type { Leg } from './leg.ts';
import { type Located, locate } from './locate.ts';
import { crossRuns } from './parts.ts';
import { decodeLegs } from './protocols.ts';
import { type NotExact, shapeOf } from './swap-shape.ts';
import { activeAccounts, callsAreWhole, missingFrom, type RecordOptions, uniquesOf } from './whole-record.ts';
import { type Wrap, wrapsOf } from './wraps.ts';

/** What an account exchanged inside one transaction. */
export type NettedSwap = {
  readonly account: Account;
  /** Sorted by asset. */
  readonly gave: readonly AssetAmount[];
  readonly received: readonly AssetAmount[];
  /** Empty: the swap is exact. */
  readonly notExact: readonly NotExact[];
  /** Of an exact swap, in the order of their ids: one for each pair of transfers that meet, and one for each returned part. */
  readonly crossings: readonly Crossing[];
  /** Accounts whose exact swaps are the other side of the same transfers: a trace may use the crossings of one of them. */
  readonly sharedWith: readonly Account[];
};

/**
 * What accounts exchanged inside one transaction, by netting (`docs/methods/crossings.md`). Only accounts in which a trace
 * could find value of their own are looked at: the signer, and accounts that do nothing in the transaction but pay and
 * be paid. Routers and pools act, so they are never among them. What an account itself wraps is a crossing of its own
 * (`wrapsOf`) and not netted here. Fees to the network are no part of it.
 * @param transfers - all of the transaction, in ledger order.
 * @returns every such account that gave something to a contract and every one that gave and received; signer first, then by
 * account. None where the transaction failed.
 */
export function swapsOf(
  transfers: readonly Transfer[],
  evidence: EvmEvidence,
  options: RecordOptions = {},
): NettedSwap[] {
  if (evidence.succeeded === false) return [];
  const wraps = wrapsOf(transfers, evidence);
  const missing = missingFrom(transfers, evidence, positionsOf(wraps), options);
  const active = activeAccounts(evidence);
  const uniques = uniquesOf(evidence);
  const whole = callsAreWhole(evidence);
  const legs = decodeLegs(evidence).map((leg) => ({ leg, carrier: locate(leg, transfers) }));
  const swaps = eligibleAccounts(transfers, evidence, active).flatMap((account): NettedSwap[] => {
    const own = positionsOf(wraps.filter((wrap) => wrap.account === account));
    const flows = createFlows(account, transfers, uniques, own);
    if (flows.gave.length === 0) return [];
    if (flows.received.length === 0 && !paysAContract(flows, active, evidence)) return [];
    const isTold = account === evidence.from || whole;
    const against = [...missing, ...(isTold ? [] : [CALLS_NOT_WHOLE]), ...crossedElsewhere(account, flows, legs)];
    return [netted(account, flows, evidence, [...against, ...shapeOf(account, flows, transfers)])];
  });
  return swaps.map((swap) => ({ ...swap, sharedWith: sharing(swap, swaps) }));
}

/**
 * The crossings of exact swaps that a trace may follow together. Where two accounts traded with each other directly, a
 * transfer is what one gave and the other received; only the first of the two in the given order is used.
 * @param holds - whether the trace has, or may have, value in an account.
 */
export function crossingsOfSwaps(swaps: readonly NettedSwap[], holds: (account: Account) => boolean): Crossing[] {
  const taken = new Set<Account>();
  return swaps.flatMap(({ account, crossings, sharedWith }) => {
    if (crossings.length === 0 || !holds(account) || sharedWith.some((other) => taken.has(other))) return [];
    taken.add(account);
    return crossings;
  });
}

const CALLS_NOT_WHOLE: NotExact = {
  code: 'calls-not-whole',
  text: 'Not all calls are on record, so the account cannot be told from a contract that takes part in the exchange.',
};

type CarriedLeg = { readonly leg: Leg; readonly carrier: Located };

/** Where a bridge took in, or paid out, what the account gave or received, that and no swap is what happened to it. */
function crossedElsewhere(account: Account, { rows }: Flows, legs: readonly CarriedLeg[]): NotExact[] {
  const found = legs.find(
    ({ leg, carrier }) =>
      leg.account === account ||
      (carrier.kind === 'found' && rows.some(({ transfer }) => transfer.position === carrier.transfer.position)),
  );
  if (found === undefined) return [];
  const verb = found.leg.side === 'in' ? 'went into' : 'was paid out by';
  const text = `Part of it ${verb} ${found.leg.protocol}, so what it gave was not for what it received.`;
  return [{ code: 'crossed-elsewhere', text }];
}

function eligibleAccounts(
  transfers: readonly Transfer[],
  { from, chain }: EvmEvidence,
  active: ReadonlySet<Account>,
): Account[] {
  const zero = zeroAccount(chain);
  const payers = new Set(
    transfers.filter(({ kind, amount }) => kind !== 'fee' && amount > 0n).map((each) => each.from),
  );
  const passive = [...payers].filter((account) => account !== from && account !== zero && !active.has(account));
  return [...(from !== null && payers.has(from) ? [from] : []), ...passive.sort(compareText)];
}

/** A payment to an account that does nothing with it in the transaction is a payment, not half a swap. */
function paysAContract({ rows }: Flows, active: ReadonlySet<Account>, { chain }: EvmEvidence): boolean {
  const zero = zeroAccount(chain);
  return rows.some(({ transfer, given }) => given && (transfer.to === zero || active.has(transfer.to)));
}

function netted(account: Account, flows: Flows, evidence: EvmEvidence, notExact: readonly NotExact[]): NettedSwap {
  const { gave, received } = flows;
  const swap = { account, gave, received, sharedWith: [] };
  const [given, got] = [gave[0], received[0]];
  if (notExact.length > 0 || given === undefined || got === undefined) return { ...swap, notExact, crossings: [] };
  const rowsOf = (asset: Asset, wanted: boolean): Transfer[] =>
    flows.rows.flatMap(({ transfer, given }) => (transfer.asset === asset && given === wanted ? [transfer] : []));
  const pieces = crossRuns({
    inputs: rowsOf(given.asset, true),
    returned: rowsOf(given.asset, false),
    outputs: rowsOf(got.asset, false),
  });
  if (pieces === null) return { ...swap, notExact: [TOO_SMALL], crossings: [] };
  const id = `netting:${evidence.tx}:${accountAddress(account)}`;
  const crossings = pieces.map((piece, i): Crossing => {
    const { input, output, isReturn } = piece;
    return {
      id: pieces.length === 1 ? id : `${id}#${String(i + 1).padStart(3, '0')}`,
      basis: 'exact',
      input: refOf(input.of),
      ...(input.part === input.of.amount ? {} : { part: input.part }),
      output: {
        kind: 'transfer',
        transfer: refOf(output.of),
        ...(output.part === output.of.amount ? {} : { part: output.part }),
      },
      reason: isReturn
        ? `${reasonOf(account, given, got)} This part of what it gave came back.`
        : reasonOf(account, given, got),
      proof: { protocol: 'netting', key: null, transactions: [{ chain: evidence.chain, tx: evidence.tx }] },
    };
  });
  return { ...swap, notExact, crossings };
}

const TOO_SMALL: NotExact = {
  code: 'too-small',
  text: 'One of the transfers is too small for the exchange to give it a part of the other side.',
};

function sharing(swap: NettedSwap, swaps: readonly NettedSwap[]): Account[] {
  const mine = usedBy(swap);
  return swaps
    .filter((other) => other !== swap && [...usedBy(other)].some((ref) => mine.has(ref)))
    .map(({ account }) => account);
}

function usedBy({ crossings }: NettedSwap): Set<number> {
  return new Set(
    crossings.flatMap(({ input, output }) => [
      input.position,
      ...(output.kind === 'transfer' ? [output.transfer.position] : []),
    ]),
  );
}

function reasonOf(account: Account, given: AssetAmount, got: AssetAmount): string {
  return (
    `Netted over this transaction, ${accountAddress(account)} gave exactly one asset, ${given.amount} of ${given.asset}, ` +
    `and received exactly one, ${got.amount} of ${got.asset}.`
  );
}

function refOf({ tx, position }: Transfer): TransferRef {
  return { tx, position };
}

/** Positions of the transfers that wraps use. */
function positionsOf(wraps: readonly Wrap[]): Set<number> {
  return new Set(
    wraps.flatMap(({ gave, received }) =>
      [gave, received].flatMap(({ transfer }) => (transfer === null ? [] : [transfer.position])),
    ),
  );
}
