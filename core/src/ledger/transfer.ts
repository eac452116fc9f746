import type { Account, Asset, Chain } from '../units/index.ts';

/** `native`: the top-level value of a transaction; `internal`: a successful inner call's value; `token`: a token's transfer event; `fee`: what the sender paid the network. */
export type TransferKind = 'native' | 'internal' | 'token' | 'fee';

/** Which parts of a transfer's order the source lacked, so that ingest assigned them by file order. */
export type AssignedOrder = 'none' | 'position' | 'index' | 'both';

/** One asset moving from one account to another inside one transaction. */
export type Transfer = {
  readonly chain: Chain;
  readonly blockNumber: number;
  /** Place of the transaction in its block, from 0. */
  readonly txIndex: number;
  /** Place inside the transaction: -1 the fee, then see `positions`. Unique within a transaction. */
  readonly position: number;
  /** Unix seconds, UTC. */
  readonly blockTime: number;
  /** Transaction hash in the chain's canonical form (EVM: `0x` and 64 lower-case hex digits). */
  readonly tx: string;
  readonly from: Account;
  readonly to: Account;
  readonly asset: Asset;
  /** Base units of `asset`, 0 ≤ amount < 2^256. */
  readonly amount: bigint;
  readonly kind: TransferKind;
  readonly assigned: AssignedOrder;
  /** True where the source gave the amount in float notation, so that low digits may be lost. */
  readonly rounded: boolean;
};

/** A transfer's name for people and files: `<tx>:<position>`. */
export type TransferRef = { readonly tx: string; readonly position: number };

export const FEE_POSITION = -1;

/** The account that network fees of a chain are paid to: not an account anyone holds. */
export function feeSink(chain: Chain): Account {
  return `${chain}:fee`;
}

export function isFeeSink(account: Account): boolean {
  return account.endsWith(':fee');
}

type Ordered = Pick<Transfer, 'blockTime' | 'chain' | 'blockNumber' | 'txIndex' | 'position'>;

/**
 * The total order of the ledger: (blockTime, chain, blockNumber, txIndex, position).
 * Within a chain it is (blockNumber, txIndex, position), because ingest refuses time that falls as blocks rise.
 */
export function compareTransfers(a: Ordered, b: Ordered): number {
  return (
    a.blockTime - b.blockTime ||
    (a.chain < b.chain ? -1 : a.chain > b.chain ? 1 : 0) ||
    a.blockNumber - b.blockNumber ||
    a.txIndex - b.txIndex ||
    a.position - b.position
  );
}
