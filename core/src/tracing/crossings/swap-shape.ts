import type { Transfer } from '../../ledger/index.ts';
import type { Account, Asset } from '../../units/index.ts';
import { isConnected } from './connection.ts';
import type { Flows } from './flows.ts';
import type { Missing } from './whole-record.ts';

/** Why a swap is not exact. */
export type NotExact = {
  readonly code:
    | Missing['code']
    | 'calls-not-whole'
    | 'crossed-elsewhere'
    | 'one-of-a-kind'
    | 'received-nothing'
    | 'several-given'
    | 'several-received'
    | 'received-before-given'
    | 'given-before-received'
    | 'order-assigned'
    | 'unconnected'
    | 'too-small';
  /** A sentence for people. */
  readonly text: string;
};

/**
 * What stands against the rule in what the account gave and received.
 * @param transfers - all of the transaction.
 */
export function shapeOf(account: Account, flows: Flows, transfers: readonly Transfer[]): NotExact[] {
  const { gave, received, rows } = flows;
  const reasons: NotExact[] = [];
  if (gave.length > 1) {
    reasons.push({
      code: 'several-given',
      text: `It gave ${gave.length} assets, so what was paid for which is not told.`,
    });
  }
  if (received.length > 1) {
    const text = `It received ${received.length} assets, so what was paid for which is not told.`;
    reasons.push({ code: 'several-received', text });
  }
  if (received.length === 0) {
    const text =
      'It received nothing: what was paid for it, if anything, went to another account or stays with the contract.';
    reasons.push({ code: 'received-nothing', text });
  }
  const unique = [...gave, ...received].find(({ asset }) => asset.includes('/erc721:') || asset.includes('/erc1155:'));
  if (unique !== undefined) {
    reasons.push({
      code: 'one-of-a-kind',
      text: `${unique.asset} is one of a kind, so no amount of it can be followed.`,
    });
  }
  if (reasons.length > 0) return reasons;
  return [
    ...orderOf(rows, gave[0]?.asset, true),
    ...orderOf(rows, received[0]?.asset, false),
    ...(isConnected(account, flows, transfers) ? [] : [UNCONNECTED]),
  ];
}

const UNCONNECTED: NotExact = {
  code: 'unconnected',
  text: 'Inside the transaction, not all of what it gave leads to whoever paid it: these may be payments that have nothing to do with each other.',
};

/** What stands against an asset that moved both ways. @param isGiven - whether it was given on balance. */
function orderOf(all: Flows['rows'], asset: Asset | undefined, isGiven: boolean): NotExact[] {
  const rows = all.filter(({ transfer }) => transfer.asset === asset);
  if (new Set(rows.map(({ given }) => given)).size < 2) return [];
  const reasons: NotExact[] = [];
  if (new Set(rows.filter(isPlaced).map(({ given }) => given)).size === 2) {
    const text = `${asset} moved both ways, and the order of these transfers was assigned.`;
    reasons.push({ code: 'order-assigned', text });
  }
  let balance = 0n;
  const isShort = rows.some(({ transfer, given }) => {
    balance += given === isGiven ? transfer.amount : -transfer.amount;
    return balance < 0n;
  });
  if (!isShort) return reasons;
  const text = isGiven
    ? `It received ${asset} before it gave it, so that part is no return.`
    : `It gave ${asset} before it received it, so part of the receipt may be a return.`;
  return [...reasons, { code: isGiven ? 'received-before-given' : 'given-before-received', text }];
}

function isPlaced({ transfer: { assigned } }: Flows['rows'][number]): boolean {
  return assigned === 'position' || assigned === 'both';
}
