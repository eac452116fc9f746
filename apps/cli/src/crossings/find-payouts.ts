import { CairnError } from '@cairn/core/errors';
import {
  type BlockHeader,
  compareTransfers,
  type LedgerStore,
  type TransactionEvidence,
  type Transfer,
} from '@cairn/core/ledger';
import {
  type CandidatePayout,
  decodeLegs,
  type Exit,
  type Leg,
  legKey,
  locate,
  payoutOfTransfer,
} from '@cairn/core/tracing';
import { type Account, type Chain, formatAccount, isUtxoChain, parseAccount } from '@cairn/core/units';
import type { ChosenExit } from './choose-exit.ts';
import { chainName, payeeOf } from './words.ts';

/** Where payouts are looked for. A ledger is read by account, and Bitcoin's also by block; nothing else is searched. */
export type PayoutPlaces = {
  /** Accounts whose payments out are looked at. */
  readonly venues: readonly Account[];
  /** UTXO chains whose blocks of the time are looked at whole. */
  readonly chains: readonly Chain[];
  /** Seconds after the exit, both ends included. */
  readonly window: { readonly from: number; readonly to: number };
};

export type FoundPayouts = {
  readonly payouts: readonly CandidatePayout[];
  /** How many were left out because their records name another way in. */
  readonly foreign: number;
  /** Where was looked, a phrase each; for people. */
  readonly lookedAt: readonly string[];
};

/**
 * Payments that an exit may have been paid out as, as far as the ledger can be asked: what the account that the exit names
 * received, what the given venues paid, and all outputs of a UTXO chain's blocks in the window.
 * @throws invalid-input where there is nowhere to look.
 */
export async function findPayouts(ledger: LedgerStore, way: ChosenExit, places: PayoutPlaces): Promise<FoundPayouts> {
  const { exit, transfer: carrier } = way;
  const found = new Map<string, Transfer>();
  const lookedAt = await look(ledger, exit, places, (transfer) => {
    const after = transfer.blockTime - exit.time;
    if (isBefore(transfer, carrier, places) || after < places.window.from || after > places.window.to) return;
    found.set(placeOf(transfer), transfer);
  });
  if (lookedAt.length === 0) {
    throw new CairnError('invalid-input', 'there is nowhere to look for payouts: the exit names no account', {
      hints: [
        'give accounts that pay out for the service: --from-venue ACCOUNT',
        'or search the blocks of Bitcoin: --to-chain btc',
      ],
    });
  }
  return { ...(await withoutForeign(ledger, [...found.values()], way.key)), lookedAt };
}

/** Shows every transfer in the places to look to `keep`. @returns where that was, a phrase each. */
async function look(
  ledger: LedgerStore,
  exit: Exit,
  places: PayoutPlaces,
  keep: (transfer: Transfer) => void,
): Promise<string[]> {
  const lookedAt: string[] = [];
  const payee = payeeNamed(exit);
  if (payee !== null) {
    await visit(ledger, [payee], (transfer) => {
      if (payeeOf(transfer) === payee && transfer.kind !== 'input') keep(transfer);
    });
    lookedAt.push(`what ${formatAccount(payee)}, whom the exit names, received`);
  }
  if (places.venues.length > 0) {
    for (const transfer of await paidBy(ledger, places.venues)) keep(transfer);
    lookedAt.push(`what ${places.venues.map(formatAccount).join(', ')} paid out`);
  }
  for (const chain of places.chains) {
    const heights = await heightsWithin(ledger, chain, exit.time, places.window);
    for (const transfer of await ledger.blocks(chain, heights)) if (transfer.kind === 'output') keep(transfer);
    const blocks = heights.length === 1 ? 'the one block' : `the ${heights.length} blocks`;
    lookedAt.push(`all outputs of ${blocks} of ${chainName(chain)} around that time`);
  }
  return lookedAt;
}

/**
 * On its own chain a payout comes after what went in, unless earlier ones are asked for; what a UTXO transaction makes
 * beside it is its change or another payment.
 */
function isBefore(transfer: Transfer, carrier: Transfer, { window }: PayoutPlaces): boolean {
  if (transfer.chain !== carrier.chain) return false;
  if (transfer.tx === carrier.tx && (transfer.kind === 'output' || transfer.position === carrier.position)) return true;
  return window.from >= 0 && compareTransfers(transfer, carrier) < 0;
}

function payeeNamed({ destination }: Exit): Account | null {
  if (destination?.account == null) return null;
  const { chain, account } = destination;
  try {
    return parseAccount(chain?.includes(':') && !account.includes(':') ? `${chain}:${account}` : account);
  } catch {
    return null;
  }
}

async function visit(
  ledger: LedgerStore,
  accounts: readonly Account[],
  seen: (transfer: Transfer) => void,
): Promise<void> {
  await ledger.histories({ accounts, assets: null, until: null, limitPerAccount: null }, (_, transfer) =>
    seen(transfer),
  );
}

/** What accounts paid. On a UTXO chain a payer spends outputs of its own: what those transactions made for others counts. */
async function paidBy(ledger: LedgerStore, venues: readonly Account[]): Promise<Transfer[]> {
  const paid: Transfer[] = [];
  const spending = new Set<string>();
  const payers = new Set(venues);
  await visit(ledger, venues, (transfer) => {
    if (transfer.kind === 'input') spending.add(transfer.tx);
    else if (payers.has(transfer.from)) paid.push(transfer);
  });
  const made = spending.size === 0 ? [] : await ledger.transactions([...spending]);
  return [...paid, ...made.filter((each) => each.kind === 'output' && !payers.has(payeeOf(each)))];
}

/** How many headers are asked for at once. */
const HEADERS = 50_000;

async function heightsWithin(
  ledger: LedgerStore,
  chain: Chain,
  start: number,
  { from, to }: PayoutPlaces['window'],
): Promise<number[]> {
  if (!isUtxoChain(chain)) {
    throw new CairnError('invalid-input', `blocks of ${chainName(chain)} cannot be searched by time`, {
      hints: ['--to-chain is for Bitcoin; elsewhere name accounts that pay out: --from-venue ACCOUNT'],
    });
  }
  const tip = await ledger.tip(chain);
  if (tip === null) throw new CairnError('not-found', `the ledger has no blocks of ${chainName(chain)}`);
  const heights: number[] = [];
  // A header's time may be two hours ahead of its neighbours'; rows of the block are held to the window afterwards.
  const isNear = ({ time }: BlockHeader): boolean => time >= start + from - SLACK && time <= start + to + SLACK;
  for (let height = 0; height <= tip.height; height += HEADERS) {
    const headers = await ledger.headers(chain, height, Math.min(tip.height, height + HEADERS - 1));
    heights.push(...headers.filter(isNear).map((header) => header.height));
  }
  return heights;
}

/** How far a block's stated time may be ahead of the network's (MAX_FUTURE_BLOCK_TIME of Bitcoin Core), seconds. */
const SLACK = 7200;

/**
 * The transfers as payouts, with the protocol that made them where their transactions' records show it; without those
 * whose record names another way in.
 */
async function withoutForeign(
  ledger: LedgerStore,
  transfers: readonly Transfer[],
  key: string | null,
): Promise<Omit<FoundPayouts, 'lookedAt'>> {
  const records = await ledger.evidence([...new Set(transfers.map(({ tx }) => tx))]);
  const legs = new Map(records.flatMap((record) => paidLegs(record, transfers)));
  const isForeign = (transfer: Transfer): boolean => {
    const leg = legs.get(placeOf(transfer));
    return leg !== undefined && leg.key !== null && legKey(leg) !== key;
  };
  const own = transfers.filter((transfer) => !isForeign(transfer));
  const payouts = own.flatMap(
    (transfer) => payoutOfTransfer(transfer, legs.get(placeOf(transfer))?.protocol ?? null) ?? [],
  );
  return { payouts, foreign: transfers.length - own.length };
}

function paidLegs(record: TransactionEvidence, transfers: readonly Transfer[]): [string, Leg][] {
  const own = transfers.filter(({ chain, tx }) => chain === record.chain && tx === record.tx);
  return decodeLegs(record)
    .filter((leg) => leg.side === 'out')
    .flatMap((leg): [string, Leg][] => {
      const carrier = locate(leg, own);
      return carrier.kind === 'found' ? [[placeOf(carrier.transfer), leg]] : [];
    });
}

function placeOf({ chain, tx, position }: Transfer): string {
  return `${chain} ${tx} ${position}`;
}
