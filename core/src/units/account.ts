import { CairnError } from '../errors.ts';
import { canonicalBitcoin, canonicalEvm, canonicalTron, rejectAddress } from './address.ts';

/** CAIP-2 chain id, `eip155:1`. */
export type Chain = `${string}:${string}`;
/** CAIP-10 account id in canonical case: EVM lower-case, Base58 as is, Bech32 lower-case. */
export type Account = `${string}:${string}:${string}`;

export const ETHEREUM = 'eip155:1' satisfies Chain;
/** Named by the first 32 hex digits of the genesis block's hash. */
export const BITCOIN = 'bip122:000000000019d6689c085ae165831e93' satisfies Chain;
/** Named by the last four bytes of the genesis block's hash. */
export const TRON = 'tron:0x2b6653dc' satisfies Chain;

/** The address that token contracts name as payer of a mint and as receiver of a burn. */
export const ZERO_ADDRESS = '0x0000000000000000000000000000000000000000';

const SHORT_NAMES: readonly (readonly [string, Chain])[] = [
  ['eth', ETHEREUM],
  ['btc', BITCOIN],
  ['tron', TRON],
];

/** A transaction, one of its outputs, where new coins come from, or a script that has no address. */
const UTXO_NAME = /^(?:[0-9a-f]{64}(?:\.(?:0|[1-9][0-9]{0,9}))?|coinbase|script-[0-9a-f]{64})$/;
/** An output as people write it, `btc:<txid>:<n>`. */
const WRITTEN_OUTPOINT = /^([^:]+(?::[^:]+)?):([0-9a-fA-F]{64}):(0|[1-9][0-9]{0,9})$/;
const EVM_CHAIN = /^eip155:[1-9][0-9]{0,31}$/;
const LOWER_EVM_ADDRESS = /^0x[0-9a-f]{40}$/;

/** Is value on the chain kept in outputs of transactions, not in accounts? */
export function isUtxoChain(chain: string): boolean {
  return chain.startsWith('bip122:');
}

export function isEvmChain(chain: string): chain is Chain {
  return chain === ETHEREUM || EVM_CHAIN.test(chain);
}

/**
 * Which chain a CAIP-2 id or a short name (`eth`, `btc`, `tron`) means.
 * @throws {CairnError} `invalid-input`: a chain whose addresses cannot be checked here.
 */
export function parseChain(text: string): Chain {
  const named = SHORT_NAMES.find(([name]) => name === text.toLowerCase());
  if (named !== undefined) return named[1];
  if (text === BITCOIN || text === TRON || isEvmChain(text)) return text;
  throw new CairnError('invalid-input', `unknown chain '${text.slice(0, 80)}'`, {
    hints: [`known chains: eip155:<number>, ${BITCOIN} (btc), ${TRON} (tron); ${ETHEREUM} is also eth`],
  });
}

/**
 * The account that an address names on a chain: validated and in canonical case. For rows of a ledger; a lower-case
 * EVM address costs one pattern match, a mixed-case one a Keccak hash.
 * @throws {CairnError} `invalid-input`, with the reason: wrong checksum, wrong length, unknown prefix, unknown chain.
 */
export function canonicalAccount(chain: Chain, address: string): Account {
  if (chain === ETHEREUM || isEvmChain(chain)) {
    return `${chain}:${LOWER_EVM_ADDRESS.test(address) ? address : canonicalEvm(address)}`;
  }
  if (chain === BITCOIN) return `${chain}:${UTXO_NAME.test(address) ? address : canonicalBitcoin(address)}`;
  if (chain === TRON) return `${chain}:${canonicalTron(address)}`;
  return canonicalAccount(parseChain(chain), address);
}

/**
 * Which account a person or a file means.
 * @param text - CAIP-10; a short form `eth:0x…`, `btc:…`, `tron:T…`; an output `btc:<txid>:<n>`; or a plain address.
 * Space around it is ignored.
 * @param defaultChain - the chain of a plain `0x…` address; Ethereum where none is given.
 * @throws {CairnError} `invalid-input`, with the reason.
 */
export function parseAccount(text: string, defaultChain?: Chain): Account {
  const trimmed = text.trim();
  const outpoint = WRITTEN_OUTPOINT.exec(trimmed);
  if (outpoint !== null && isUtxoChain(parseChain(outpoint[1] as string))) {
    return `${parseChain(outpoint[1] as string)}:${outpoint[2]?.toLowerCase()}.${outpoint[3]}`;
  }
  const cut = trimmed.lastIndexOf(':');
  if (cut >= 0) return canonicalAccount(parseChain(trimmed.slice(0, cut)), trimmed.slice(cut + 1));
  return canonicalAccount(chainOfAddress(trimmed, defaultChain), trimmed);
}

/** The chain whose kind of address this looks like, by its first characters. */
function chainOfAddress(address: string, defaultChain: Chain | undefined): Chain {
  if (/^0x/i.test(address)) return defaultChain ?? ETHEREUM;
  if (address.startsWith('T')) return TRON;
  if (/^(1|3|bc1)/i.test(address)) return BITCOIN;
  return rejectAddress(address, 'unknown prefix', [
    'addresses start with 0x (Ethereum and its kin), 1, 3 or bc1 (Bitcoin) or T (Tron)',
  ]);
}

/** The account as people read it: `eth:0x…`, `btc:…` (an output `btc:<txid>:<n>`), `tron:T…`; other chains keep their CAIP-10 id. */
export function formatAccount(account: Account): string {
  const chain = accountChain(account);
  const named = SHORT_NAMES.find(([, id]) => id === chain);
  const address = accountAddress(account);
  const written = isUtxoChain(chain) ? address.replace('.', ':') : address;
  return named === undefined ? account : `${named[0]}:${written}`;
}

/** The CAIP-2 chain of a CAIP-10 account. */
export function accountChain(account: Account): Chain {
  return account.slice(0, account.lastIndexOf(':')) as Chain;
}

/** The address alone, in canonical case. */
export function accountAddress(account: Account): string {
  return account.slice(account.lastIndexOf(':') + 1);
}

/** The account that tokens of an EVM chain are minted from and burnt to. */
export function zeroAccount(chain: Chain): Account {
  return canonicalAccount(chain, ZERO_ADDRESS);
}
