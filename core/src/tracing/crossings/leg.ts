import type { TransactionEvidence } from '../../ledger/index.ts';
import type { Account, Asset, Chain } from '../../units/index.ts';

/** Where in a transaction's record a leg is written. */
export type LegPlace =
  | { readonly kind: 'log'; readonly logIndex: number }
  | { readonly kind: 'call'; readonly path: readonly number[] }
  /** UTXO chains: the output that carries the memo. */
  | { readonly kind: 'output'; readonly index: number };

/** `swap` and `transfer` carry value across; the others are recognised so that nothing is made of them. */
export type LegKind = 'swap' | 'transfer' | 'refund' | 'withdrawal' | 'liquidity' | 'loan' | 'internal' | 'other';

/** Where a source leg says the value goes, as far as it says. Null: not said. */
export type Destination = {
  /** CAIP-2 where Cairn knows the chain, else the protocol's own name for it (`GAIA`, `chain 7565164`). */
  readonly chain: string | null;
  /** As the protocol writes it, in the chain's usual form where that can be told. */
  readonly account: string | null;
  readonly asset: string | null;
  /** What the protocol states as to be paid out, base units of `asset` there; null: not stated, or only a least. */
  readonly amount: bigint | null;
  /** The least that the sender accepts, base units of `asset` there, where it is stated and that asset is a chain's coin. */
  readonly least?: bigint;
};

/** One side of a crossing as one transaction's own record proves it. */
export type Leg = {
  readonly protocol: string;
  /** `in`: value enters the protocol here; `out`: it is paid out here. */
  readonly side: 'in' | 'out';
  readonly kind: LegKind;
  /** The same on both sides, and on no other crossing of the protocol. Null: the chain gives none, so the leg proves no link. */
  readonly key: string | null;
  readonly chain: Chain;
  readonly tx: string;
  readonly place: LegPlace;
  /** What moved on this chain; null where the record does not say. */
  readonly asset: Asset | null;
  /** Base units that moved on this chain, after what the protocol kept; null where the record does not say. */
  readonly amount: bigint | null;
  /** `in`: the account value left; `out`: the account that was paid. Null where the record does not say. */
  readonly account: Account | null;
  /** The contract, vault or pool that took the value in or paid it out. */
  readonly venue: Account | null;
  /** `in` only; null on the way out. */
  readonly destination: Destination | null;
  /** What a reader must know, a sentence each: what the record leaves open, what was taken for granted. */
  readonly notes: readonly string[];
};

/** How one bridge, swap service or mixer writes what it does, and what that proves. One file each. */
export type Protocol = {
  readonly id: string;
  readonly title: string;
  /** What makes a link between two legs exact; for people, one or two sentences. */
  readonly proves: string;
  /** What it leaves open. */
  readonly cannotProve: string;
  /**
   * The legs one transaction's record shows. Pure; never throws: what does not decode is not a leg.
   * A failed transaction has none. Look-alike events of other contracts have none.
   */
  readonly decode: (evidence: TransactionEvidence) => readonly Leg[];
};

/** The word under which a ledger keeps a leg, so that the other side finds it. */
export function legKey({ protocol, key }: Leg): string | null {
  return key === null ? null : `${protocol}:${key}`;
}
