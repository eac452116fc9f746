import type { Account, Chain } from '../../units/index.ts';

/**
 * The standard forms of an output's script. `multisig` is bare: m of n keys in the output itself; `witness-unknown` a
 * witness program of a version without rules yet; `unknown` where the source does not show the script.
 */
export const SCRIPT_KINDS = [
  'p2pk',
  'p2pkh',
  'p2sh',
  'p2wpkh',
  'p2wsh',
  'p2tr',
  'multisig',
  'op-return',
  'witness-unknown',
  'nonstandard',
  'unknown',
] as const;
export type ScriptKind = (typeof SCRIPT_KINDS)[number];

/** Who can spend an output, as far as its script tells. */
export type Lock = {
  /**
   * The address as an account; a pay-to-public-key output counts as the P2PKH address of its key (`script` tells it apart).
   * A script that has no address is its own account, see `scriptAccount`. Null: nobody can spend it (OP_RETURN), or the source does not say.
   */
  readonly owner: Account | null;
  readonly script: ScriptKind;
};

/** An output of a transaction by its place. */
export type Outpoint = {
  /** Transaction id, 64 lower-case hex digits, in the byte order people write. */
  readonly tx: string;
  /** From 0. */
  readonly index: number;
};

export type UtxoInput = {
  /** The output spent; null: new coins (coinbase). */
  readonly outpoint: Outpoint | null;
  /** Base units of the output spent; null where neither source nor ledger has it. */
  readonly amount: bigint | null;
  /** Of the output spent; null where it is not known. */
  readonly lock: Lock | null;
  /** The unlocking script, hex, without prefix; '' where there is none. Null where the source leaves it out. */
  readonly script: string | null;
  /** Witness items, hex, in order. Null where the source leaves them out. */
  readonly witness: readonly string[] | null;
  readonly sequence: number;
};

export type UtxoOutput = {
  /** Base units. */
  readonly amount: bigint;
  readonly lock: Lock;
  /** The locking script, hex, without prefix. Null where the source leaves it out. */
  readonly script: string | null;
};

/** A transaction of a chain of unspent outputs, as one or more sources give it. */
export type UtxoTransaction = {
  readonly chain: Chain;
  /** Transaction id (without witness), 64 lower-case hex digits. */
  readonly tx: string;
  readonly blockNumber: number;
  /** Unix seconds; never less than an earlier block's, see `docs/methods/bitcoin.md`. */
  readonly blockTime: number;
  /** Place in its block, from 0. */
  readonly txIndex: number;
  /** True where `txIndex` was assigned at ingest. */
  readonly indexAssigned: boolean;
  /** Null where the source leaves it out. */
  readonly version: number | null;
  readonly lockTime: number | null;
  readonly inputs: readonly UtxoInput[];
  readonly outputs: readonly UtxoOutput[];
};

/** A block's header, for proving that blocks are a chain. Hashes: 64 lower-case hex digits as people write them. */
export type BlockHeader = {
  readonly chain: Chain;
  readonly height: number;
  readonly hash: string;
  readonly previous: string;
  readonly merkleRoot: string;
  /** Unix seconds as the header states it: may be less than an earlier block's. */
  readonly time: number;
};

/** A transaction as an account: value passes through it from the outputs it spends to those it makes. */
export function txAccount(chain: Chain, tx: string): Account {
  return `${chain}:${tx}`;
}

/** An output as an account: a holding that receives once and spends once. */
export function outpointAccount(chain: Chain, { tx, index }: Outpoint): Account {
  return `${chain}:${tx}.${index}`;
}

/** Where new coins come from: not an account anyone holds. */
export function coinbaseAccount(chain: Chain): Account {
  return `${chain}:coinbase`;
}

/** The account of a script that has no address. @param sha256 - of the script, hex. */
export function scriptAccount(chain: Chain, sha256: string): Account {
  return `${chain}:script-${sha256}`;
}

export function isCoinbase(account: Account): boolean {
  return account.endsWith(':coinbase');
}

const TX = /:[0-9a-f]{64}$/;
const OUTPOINT = /:([0-9a-f]{64})\.(0|[1-9][0-9]{0,9})$/;

export function isTxAccount(account: Account): boolean {
  return TX.test(account);
}

/** The outpoint an account stands for; null: it is another kind of account. */
export function outpointOf(account: Account): Outpoint | null {
  const match = OUTPOINT.exec(account);
  return match === null ? null : { tx: match[1] as string, index: Number(match[2]) };
}
