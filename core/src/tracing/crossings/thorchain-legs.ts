import type { TransactionEvidence } from '../../ledger/index.ts';
import {
  type Account,
  type Asset,
  assetChain,
  BITCOIN,
  type Chain,
  canonicalAccount,
  coinOf,
  nativeAsset,
  TRON,
  ZERO_ADDRESS,
} from '../../units/index.ts';
import { tokenAsset } from './abi.ts';
import type { Destination, Leg, LegKind, LegPlace } from './leg.ts';
import { assetOfMemo, homeOf, type Network, payoutChain } from './thorchain-asset.ts';
import {
  isSwapMemo,
  isVaultMemo,
  parseMemo,
  type RequestMemo,
  type SwapMemo,
  type VaultMemo,
} from './thorchain-memo.ts';

/** The contracts of one network on one chain. Others emit the same events: stagenet routers, Harbor, the other network. */
export type Routers = {
  readonly routers: ReadonlySet<Account>;
  /** Contracts that sell a token first and deposit what it brought. */
  readonly aggregators: ReadonlySet<Account>;
};

/** What a payment to or from a vault says, wherever it is written. */
export type Movement = {
  readonly evidence: TransactionEvidence;
  readonly place: LegPlace;
  readonly asset: Asset | null;
  readonly amount: bigint | null;
  /** In: who paid. Out: who was paid. */
  readonly account: Account | null;
  readonly venue: Account | null;
  readonly notes: readonly string[];
};

/** An inbound transaction's name on the other side: its hash, 64 upper-case hex digits. */
export function inboundKey(tx: string): string {
  return tx.replace(/^0x/, '').toUpperCase();
}

/** The router writes the zero address for the chain's own coin. */
export function routerAsset(chain: Chain, contract: string | null): Asset | null {
  if (contract === null) return null;
  return contract === ZERO_ADDRESS ? coinOf(chain) : tokenAsset(chain, contract);
}

export const BOUGHT_ON = 'The vault paid a contract, which bought this asset for the payee.';

/** Value that came in by the router, with the memo as written. */
export function depositLeg(network: Network, movement: Movement, text: string): Leg {
  const memo = parseMemo(text, network);
  return inLeg(network, movement, memo === null || isVaultMemo(memo) ? null : memo);
}

/** Value that left by the router, with the memo as written. */
export function payoutLeg(network: Network, movement: Movement, text: string): Leg {
  const memo = parseMemo(text, network);
  return outLeg(network, movement, memo !== null && isVaultMemo(memo) ? memo : null);
}

/** Funds that one vault hands to the next. */
export function vaultTransferLeg(network: Network, movement: Movement): Leg {
  return outLeg(network, movement, { type: 'migrate', height: null });
}

const REQUEST_KINDS: Readonly<Partial<Record<RequestMemo['type'], LegKind>>> = {
  add: 'liquidity',
  donate: 'liquidity',
  'pool-deposit': 'liquidity',
  withdraw: 'withdrawal',
  'trade-withdraw': 'withdrawal',
  'secure-withdraw': 'withdrawal',
  'pool-withdraw': 'withdrawal',
};

/** Value entering, with the memo that says what for. Null memo: it does not parse, so the network returns the value. */
export function inLeg(network: Network, movement: Movement, memo: SwapMemo | RequestMemo | null): Leg {
  const common = base(network, movement);
  const leg = { ...common, side: 'in', key: inboundKey(common.tx) } as const;
  if (movement.amount === 0n) {
    const notes = [...movement.notes, 'No value came in, whatever the call stated.'];
    return { ...leg, kind: 'other', destination: null, notes };
  }
  if (memo === null) {
    const notes = [...movement.notes, 'The memo does not parse; such a deposit is refunded, less a fee.'];
    return { ...leg, kind: 'other', destination: null, notes };
  }
  if (!isSwapMemo(memo)) {
    const kind = REQUEST_KINDS[memo.type] ?? 'other';
    const notes = [...movement.notes, `The memo asks for '${memo.type}', not for a swap.`];
    return { ...leg, kind, destination: requestDestination(network, memo), notes };
  }
  const read = swapDestination(network, memo, movement);
  const kind = memo.type === 'swap' ? 'swap' : 'loan';
  return { ...leg, kind, destination: read.destination, notes: [...movement.notes, ...read.notes] };
}

/** Value leaving a vault, with the memo that says what for. Null memo: it does not parse. */
export function outLeg(network: Network, movement: Movement, memo: VaultMemo | null): Leg {
  const leg = { ...base(network, movement), side: 'out', destination: null } as const;
  if (memo === null)
    return { ...leg, kind: 'other', key: null, notes: [...movement.notes, 'The memo is no payout’s.'] };
  if (memo.type === 'outbound' || memo.type === 'refund') {
    return { ...leg, kind: memo.type === 'refund' ? 'refund' : 'swap', key: memo.inboundTx };
  }
  const notes = [
    ...movement.notes,
    `The memo says '${memo.type}': the network moves its own funds, and pays nobody out.`,
  ];
  return { ...leg, kind: 'internal', key: null, notes };
}

function base(network: Network, movement: Movement) {
  const { evidence, place, asset, amount, account, venue, notes } = movement;
  const { chain, tx } = evidence;
  return { protocol: network, chain, tx, place, asset, amount, account, venue, notes };
}

function swapDestination(
  network: Network,
  memo: SwapMemo,
  movement: Movement,
): { readonly destination: Destination; readonly notes: readonly string[] } {
  const chain = payoutChain(memo.asset, network);
  const asset = assetOfMemo(memo.asset) ?? memo.asset.name;
  const target = readTarget(chain, memo.destination, network);
  const notes = [...target.notes, ...swapNotes(memo, network)];
  const isHome = memo.destination === null && movement.evidence.chain === chain && movement.account !== null;
  const account = isHome ? (movement.account as string).slice(chain.length + 1) : target.account;
  const least = leastOf(memo);
  return { destination: { chain, account, asset, amount: null, ...(least === null ? {} : { least }) }, notes };
}

/** The memo's limit, in 1e-8 of the asset whatever its own decimals, as base units. Null: none, or of a token. */
function leastOf({ asset, limit }: SwapMemo): bigint | null {
  const coin = assetOfMemo(asset);
  if (limit === null || limit === 0n || coin === null || coin !== coinOf(assetChain(coin))) return null;
  return coin === nativeAsset(BITCOIN) ? limit : coin === nativeAsset(TRON) ? limit / 100n : limit * 10_000_000_000n;
}

function swapNotes(memo: SwapMemo, network: Network): string[] {
  const notes: string[] = [];
  if (memo.isLimitOrder) notes.push('A limit order: it is filled when its price is met, or never.');
  if (memo.interval !== null)
    notes.push('A streaming swap: there may be several payouts, and a refund of what was not swapped.');
  if (memo.affiliates.length > 0) {
    const coin = network === 'maya' ? 'CACAO' : 'RUNE';
    notes.push(
      `A share goes to ${memo.affiliates.map((name) => `'${name}'`).join(', ')}, in ${coin} and so on no chain read here.`,
    );
  }
  if (memo.aggregator !== null) {
    notes.push('A contract swaps on after the payout, so the token that arrives is another than the asset named.');
  }
  if (memo.refundAddress !== null) notes.push(`A refund would go to '${memo.refundAddress}', not to the sender.`);
  if (memo.asset.kind !== 'l1') {
    notes.push(`'${memo.asset.name}' is a claim kept inside the network: the value does not leave it by this swap.`);
  }
  if (memo.type !== 'swap')
    notes.push('A loan: what is paid out is borrowed against what came in, or the collateral returned.');
  return notes;
}

/** The payee in the chain's usual form; as written where it is no address, such as a name registered with the network. */
function readTarget(
  chain: string,
  written: string | null,
  network: Network,
): { account: string | null; notes: string[] } {
  if (written === null)
    return { account: null, notes: ['The memo names no payee: the payout goes to the sender’s own address.'] };
  if (!chain.includes(':')) return { account: written, notes: [] };
  const account = addressOn(chain as Chain, written);
  if (account !== null) return { account, notes: [] };
  const name = network === 'maya' ? 'MAYAName' : 'THORName';
  return {
    account: written,
    notes: [`'${written}' is no address of its chain: a ${name} that only the network resolves, or a mistake.`],
  };
}

function addressOn(chain: Chain, written: string): string | null {
  // A wrong checksum in an EVM address does not stop the network from paying it.
  const text = /^0x[0-9a-f]{40}$/i.test(written) && chain !== BITCOIN ? written.toLowerCase() : written;
  try {
    return canonicalAccount(chain, text).slice(chain.length + 1);
  } catch {
    return null;
  }
}

/** A trade or secured deposit names the account inside the network that it is credited to. */
function requestDestination(network: Network, memo: RequestMemo): Destination | null {
  if (memo.type === 'trade-deposit' || memo.type === 'secure-deposit') {
    const account = memo.args[0] ?? '';
    return account === '' ? null : { chain: homeOf(network), account, asset: null, amount: null };
  }
  return null;
}

/** Dash, named by the first 32 hex digits of its genesis block's hash. */
const DASH: Chain = 'bip122:00000ffd590b1485b3caadc19b22e637';
/** Chains and assets that Maya alone serves. */
const MAYA_CHAINS: readonly (string | null)[] = ['MAYA', 'eip155:42161', 'DASH', 'KUJI', 'XRD', 'ZEC'];

/** A payment that can only be Maya's: on a chain that it alone serves, or with a memo that only it understands. */
export function isMayaOnly({ chain, destination }: Leg): boolean {
  if (chain === DASH || chain === 'eip155:42161') return true;
  if (destination === null) return false;
  return MAYA_CHAINS.includes(destination.chain) || destination.account?.startsWith('maya1') === true;
}
