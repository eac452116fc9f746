import {
  type EventLog,
  type EvmEvidence,
  TRANSFER_TOPIC,
  type Transfer,
  type TransferRef,
  UNWRAP_TOPIC,
  WRAP_TOPIC,
  WRAPPED_COINS,
} from '../../ledger/index.ts';
import { type Account, type Asset, accountAddress, type Chain, coinOf, zeroAccount } from '../../units/index.ts';
import type { Crossing } from '../request.ts';
import { addressOf, logsOf, tokenAsset, topic, uint, word } from './abi.ts';
import { coinIn } from './whole-record.ts';

export const STETH: Account = 'eip155:1:0xae7ab96520de3a18e5e111b5eaab095312d7fe84';
/** The token of that contract. */
export const stethAsset: Asset = 'eip155:1/erc20:0xae7ab96520de3a18e5e111b5eaab095312d7fe84';
const WSTETH: Account = 'eip155:1:0x7f39c581f595b53c5cb19bd0b3f8da6c935e2ca0';

const SUBMITTED = '0x96a25c8ce0baabc1fdefd93e9ed25d8e092a3332f3aa9a41722b5697231d1d1a';

/** stETH is kept in shares, so that a transfer moves up to 2 base units less than was asked for. */
export const STETH_ROUNDING = 2n;

/** The token that stands for a chain's coin one for one; null: none is known here. */
export function wrappedCoin(chain: Chain): Asset | null {
  const address = WRAPPED_COINS.get(chain);
  return address === undefined ? null : tokenAsset(chain, address);
}

/** What an account gave for, or got from, a wrap. */
export type WrapSide = {
  readonly asset: Asset;
  /** Base units. */
  readonly amount: bigint;
  /** The ledger's transfer of it; null: it has none (most wrapped coins have no transfer event for it). */
  readonly transfer: TransferRef | null;
};

/** One asset turned into another form of itself by the contract that issues that form. */
export type Wrap = {
  readonly kind: 'wrap' | 'unwrap';
  /** Who gave and received: the account that called the contract. */
  readonly account: Account;
  readonly contract: Account;
  readonly chain: Chain;
  readonly tx: string;
  /** The event that proves it. */
  readonly logIndex: number;
  readonly gave: WrapSide;
  readonly received: WrapSide;
};

type Find = (from: readonly Account[], to: readonly Account[], asset: Asset, amount: bigint) => TransferRef | null;

/**
 * What one transaction wraps and unwraps: wrapped coins of seven chains, ether staked for stETH, stETH and wstETH. Read
 * from the events of the issuing contracts alone, whoever called them.
 * @param transfers - all of the transaction, in ledger order.
 * @returns in log order; none where the transaction failed or its receipt is not known.
 */
export function wrapsOf(transfers: readonly Transfer[], evidence: EvmEvidence): Wrap[] {
  const find = createFind(transfers);
  const wraps = [
    ...wrappedCoins(evidence, transfers, find),
    ...stakes(evidence, find),
    ...wrappedStakes(evidence, find),
  ];
  return wraps.sort((a, b) => a.logIndex - b.logIndex);
}

/**
 * A wrap as a crossing. Null: the ledger has no transfer of what was given, so there is nothing to follow in; the
 * account's holding of it then shows no spend.
 */
export function wrapCrossing(wrap: Wrap): Crossing | null {
  const { gave, received, account, chain, tx } = wrap;
  if (gave.transfer === null) return null;
  const verb = wrap.kind === 'wrap' ? 'wrapped' : 'unwrapped';
  return {
    id: `wrap:${tx}:${String(wrap.logIndex).padStart(6, '0')}`,
    basis: 'exact',
    input: gave.transfer,
    output:
      received.transfer === null
        ? { kind: 'unrecorded', account, asset: received.asset, amount: received.amount }
        : { kind: 'transfer', transfer: received.transfer },
    reason:
      `Contract ${accountAddress(wrap.contract)} ${verb} ${gave.amount} of ${gave.asset} into ${received.amount} of ` +
      `${received.asset} for ${accountAddress(account)} (event ${wrap.logIndex}).`,
    proof: { protocol: 'wrap', key: null, transactions: [{ chain, tx }] },
  };
}

/** Each transfer serves one wrap only, the first that fits it in log order. */
function createFind(transfers: readonly Transfer[]): Find {
  const used = new Set<Transfer>();
  return (from, to, asset, amount) => {
    const found = transfers.find(
      (each) =>
        !used.has(each) &&
        each.kind !== 'fee' &&
        each.amount === amount &&
        each.asset === asset &&
        from.includes(each.from) &&
        to.includes(each.to),
    );
    if (found === undefined) return null;
    used.add(found);
    return { tx: found.tx, position: found.position };
  };
}

function wrappedCoins(evidence: EvmEvidence, transfers: readonly Transfer[], find: Find): Wrap[] {
  const { chain, tx } = evidence;
  const address = WRAPPED_COINS.get(chain);
  const coin = coinIn(transfers, chain);
  if (address === undefined || coin === null) return [];
  const contract: Account = `${chain}:${address}`;
  const token = tokenAsset(chain, address);
  // Where a source writes the token's side as a transfer, it comes from, or goes to, nobody or the contract itself.
  const issuer = [zeroAccount(chain), contract];
  return logsOf(evidence, [WRAP_TOPIC, UNWRAP_TOPIC], new Set([contract])).flatMap((log): Wrap[] => {
    const account = addressOf(chain, topic(log, 1));
    const amount = uint(word(log.data, 0));
    if (account === null || amount === null || amount === 0n || log.topics.length !== 2) return [];
    const given = topic(log, 0) === WRAP_TOPIC;
    const coins = {
      asset: coin,
      amount,
      transfer: find([given ? account : contract], [given ? contract : account], coin, amount),
    };
    const tokens = {
      asset: token,
      amount,
      transfer: find(given ? issuer : [account], given ? [account] : issuer, token, amount),
    };
    const head = { account, contract, chain, tx, logIndex: log.logIndex };
    return [
      given
        ? { ...head, kind: 'wrap', gave: coins, received: tokens }
        : { ...head, kind: 'unwrap', gave: tokens, received: coins },
    ];
  });
}

type Moved = { readonly log: EventLog; readonly from: Account; readonly to: Account; readonly amount: bigint };

function moved({ chain }: EvmEvidence, log: EventLog | undefined): Moved | null {
  if (log === undefined || log.topics.length !== 3 || topic(log, 0) !== TRANSFER_TOPIC) return null;
  const from = addressOf(chain, topic(log, 1));
  const to = addressOf(chain, topic(log, 2));
  const amount = uint(word(log.data, 0));
  return from === null || to === null || amount === null || amount === 0n ? null : { log, from, to, amount };
}

/** The next transfer of stETH after an event. */
function nextStakeMove(evidence: EvmEvidence, after: EventLog): Moved | null {
  const next = logsOf(evidence, TRANSFER_TOPIC, new Set([STETH])).find(({ logIndex }) => logIndex > after.logIndex);
  return moved(evidence, next);
}

function sideOf(contract: Account, { from, to, amount }: Moved, find: Find): WrapSide {
  const asset = tokenAsset(STETH.slice(0, 8) as Chain, accountAddress(contract));
  return { asset, amount, transfer: find([from], [to], asset, amount) };
}

/** Ether staked: the contract mints the stETH for it at once. */
function stakes(evidence: EvmEvidence, find: Find): Wrap[] {
  const { chain, tx } = evidence;
  const coin = coinOf(chain);
  return logsOf(evidence, SUBMITTED, new Set([STETH])).flatMap((log): Wrap[] => {
    const account = addressOf(chain, topic(log, 1));
    const amount = uint(word(log.data, 0));
    const minted = nextStakeMove(evidence, log);
    if (account === null || amount === null || minted === null || coin === null) return [];
    const short = amount - minted.amount;
    if (minted.from !== zeroAccount(chain) || minted.to !== account || short < 0n || short > STETH_ROUNDING) return [];
    const gave = { asset: coin, amount, transfer: find([account], [STETH], coin, amount) };
    const received = sideOf(STETH, minted, find);
    return [{ kind: 'wrap', account, contract: STETH, chain, tx, logIndex: log.logIndex, gave, received }];
  });
}

/** stETH and wstETH: one is minted or burnt, and the other moves in the next transfer of stETH. */
function wrappedStakes(evidence: EvmEvidence, find: Find): Wrap[] {
  const { chain, tx } = evidence;
  return logsOf(evidence, TRANSFER_TOPIC, new Set([WSTETH])).flatMap((log): Wrap[] => {
    const form = moved(evidence, log);
    const stake = nextStakeMove(evidence, log);
    if (form === null || stake === null) return [];
    const zero = zeroAccount(chain);
    const head = { contract: WSTETH, chain, tx, logIndex: log.logIndex };
    if (form.from === zero && stake.from === form.to && stake.to === WSTETH) {
      const gave = sideOf(STETH, stake, find);
      return [{ ...head, kind: 'wrap', account: form.to, gave, received: sideOf(WSTETH, form, find) }];
    }
    if (form.to === zero && stake.from === WSTETH && stake.to === form.from) {
      const gave = sideOf(WSTETH, form, find);
      return [{ ...head, kind: 'unwrap', account: form.from, gave, received: sideOf(STETH, stake, find) }];
    }
    return [];
  });
}
