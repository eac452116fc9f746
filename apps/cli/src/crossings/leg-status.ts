import { type Crossing, type Leg, legKey, type Matching, PROTOCOLS, type Protocol } from '@cairn/core/tracing';
import { isUtxoChain } from '@cairn/core/units';
import type { ReadLeg, ReadTransaction } from './read-transaction.ts';

/** What a leg's record and the ledger together prove of its other side. */
export type LegStatus = {
  /** `exact`: proven. `inferred`: the key agrees and proves nothing. `none`: no link. */
  readonly basis: 'exact' | 'inferred' | 'none';
  readonly crossings: readonly Crossing[];
  /** Why there is no link, or none for some payouts; a sentence each. */
  readonly reasons: readonly string[];
  /** What would make it exact; null: it is, or nothing known would. */
  readonly remedy: string | null;
};

export function protocolOf(leg: Leg): Protocol | null {
  return PROTOCOLS.find(({ id }) => id === leg.protocol) ?? null;
}

/** Does a leg bring value in or out? The other kinds are recognised so that nothing is made of them. */
export function carriesValue({ kind }: Leg): boolean {
  return kind === 'swap' || kind === 'transfer' || kind === 'refund';
}

export function statusOf(read: ReadLeg, { matching, record }: ReadTransaction): LegStatus {
  const { leg } = read;
  const exact = crossingsWith(read, matching.crossings);
  const doubtful = crossingsWith(read, matching.doubtful);
  const reasons = [...new Set(against([leg, ...read.others.map((other) => other.leg)], matching))];
  if (exact.length > 0) return { basis: 'exact', crossings: exact, reasons, remedy: null };
  if (doubtful.length > 0) {
    const remedy =
      'A payout of this key to an account that the inbound transaction names; until one is on record it stays inferred.';
    return { basis: 'inferred', crossings: doubtful, reasons, remedy };
  }
  return { basis: 'none', crossings: [], reasons, remedy: remedyFor(read, isUtxoChain(record?.chain ?? leg.chain)) };
}

function crossingsWith({ leg, carrier }: ReadLeg, crossings: readonly Crossing[]): Crossing[] {
  const key = legKey(leg);
  if (key === null) return [];
  return crossings.filter(({ id, input, output }) => {
    if (id !== key && !id.startsWith(`${key}#`)) return false;
    if (leg.side === 'in') return input.tx === leg.tx;
    if (output.kind === 'unrecorded') return output.account === leg.account && output.amount === leg.amount;
    return (
      carrier.kind === 'found' &&
      output.transfer.tx === leg.tx &&
      output.transfer.position === carrier.transfer.position
    );
  });
}

/** What was said against joining a leg, or the other side of it. */
function against(concerned: readonly Leg[], { unmatched, refused }: Matching): string[] {
  return [
    ...refused.filter(({ legs }) => legs.some((leg) => concerned.includes(leg))).map(({ reason }) => reason),
    ...unmatched.filter(({ leg }) => concerned.includes(leg)).map(({ reason }) => reason),
  ];
}

function remedyFor({ leg, carrier, others }: ReadLeg, isUtxo: boolean): string | null {
  if (!carriesValue(leg)) return null;
  if (leg.key === null) {
    return leg.side === 'in'
      ? `Nothing on these chains: the protocol writes no key. cairn crossings candidates ${leg.tx} lists what it may have been paid out as.`
      : 'Nothing on these chains: the protocol writes no key.';
  }
  if (carrier.kind === 'none' && others.length > 0) {
    return `The transfer that carries this leg: ${isUtxo ? 'cairn ingest bitcoin' : 'cairn ingest receipts'} with the time of its block.`;
  }
  if (others.length > 0) return null;
  if (leg.side === 'out') {
    return `The record of the inbound transaction${inboundHash(leg)}, where its chain is read here: ${INGEST}`;
  }
  const { chain, account } = leg.destination ?? { chain: null, account: null };
  if (chain !== null && !READ_CHAIN.test(chain)) return `Nothing that is read here: the payout is on ${chain}.`;
  return `The record of the payout${account === null ? '' : ` to ${addressIn(account)}`}: ${INGEST}`;
}

const INGEST = 'cairn ingest receipts, or cairn ingest bitcoin. The key finds it in the ledger by itself.';
const READ_CHAIN = /^(eip155|bip122|tron):/;

function addressIn(account: string): string {
  return account.slice(account.lastIndexOf(':') + 1);
}

/** THORChain's and Maya's keys are the inbound transaction's hash. */
function inboundHash({ key, protocol }: Leg): string {
  return protocol === 'thorchain' || protocol === 'maya' ? ` ${key?.toLowerCase()}` : '';
}
