import type { Account, Asset, Chain } from '../units/index.ts';
import type { Lock } from './utxo/transaction.ts';

/**
 * `native`: the top-level value of a transaction; `internal`: a successful inner call's value; `token`: a token's transfer
 * event; `fee`: what was paid to the network; `input` and `output`: what a transaction of a UTXO chain spends and makes.
 */
export const TRANSFER_KINDS = ['native', 'internal', 'token', 'fee', 'input', 'output'] as const;
export type TransferKind = (typeof TRANSFER_KINDS)[number];

/** Which parts of a transfer's order the source lacked, so that ingest assigned them by file order. */
export type AssignedOrder = 'none' | 'position' | 'index' | 'both';

/** One asset moving from one account to another inside one transaction. */
export type Transfer = {
  readonly chain: Chain;
  readonly blockNumber: number;
  /** Place of the transaction in its block, from 0. */
  readonly txIndex: number;
  /** Place inside the transaction, unique in it. Account chains: -1 the fee, then see `positions`; UTXO chains: see `transfersOf`. */
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
  /** UTXO chains: what locks the output that the row spends or makes. Absent on account chains. */
  readonly lock?: Lock;
  /** UTXO chains: the amount of the output spent is not known, so the row moves 0. */
  readonly unresolved?: true;
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
