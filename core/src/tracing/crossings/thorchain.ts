import type { TransactionEvidence } from '../../ledger/index.ts';
import { type Account, ETHEREUM } from '../../units/index.ts';
import { contracts } from './abi.ts';
import type { Leg, Protocol } from './leg.ts';
import { isMayaOnly, type Routers } from './thorchain-legs.ts';
import { plainTransferLeg, utxoLeg } from './thorchain-payment.ts';
import { routerLegs } from './thorchain-router.ts';

/**
 * Routers V1, V2, V3 and V4.1 of Ethereum; V6.1 and the one before of Base and Avalanche; BSC. Not among them, though they
 * emit the same events: the stagenet routers 0xb11a… and 0x0dc6…, and Harbor 0x1f21…, on Ethereum.
 */
const KNOWN: Routers = {
  routers: new Set<Account>([
    ...contracts(
      ETHEREUM,
      '0x42a5ed456650a09dc10ebc6361a7480fdd61f27b',
      '0xc145990e84155416144c532e31f89b840ca8c2ce',
      '0x3624525075b88b24ecc29ce226b0cec1ffcb6976',
      '0xd37bbe5744d730a1d98d8dc97c42f0ca46ad7146',
    ),
    ...contracts(
      'eip155:8453',
      '0x00dc6100103bc402d490aee3f9a5560cbd91f1d4',
      '0x68208d99746b805a1ae41421950a47b711e35681',
    ),
    ...contracts(
      'eip155:43114',
      '0x00dc6100103bc402d490aee3f9a5560cbd91f1d4',
      '0x8f66c4ae756bebc49ec8b81966dd8bba9f127549',
    ),
    ...contracts('eip155:56', '0xb30ec53f98ff5947ede720d32ac2da7e52a5f56b'),
  ]),
  aggregators: contracts(ETHEREUM, '0x11733abf0cdb43298f7e949c930188451a9a9ef2'),
};

/** Swaps between chains by way of vaults; a memo says what to pay out, and the payout names the transaction that paid in. */
export const thorchain: Protocol = {
  id: 'thorchain',
  title: 'THORChain',
  proves:
    'A payout names the transaction that brought the value: `OUT:` or `REFUND:` and its hash, in the router’s event, in call data, or in an OP_RETURN output.',
  cannotProve:
    'That an account is a vault: routers and memos are open to anyone, so a payout counts only where it pays whom the inbound memo names, in the asset that it names; were the network’s own payout not on record, a stranger’s payment of that asset to that account with that memo would stand in its place. Whoever controls the sending account could stage both sides. Payouts inside THORChain (RUNE, synthetic, trade and secured assets, affiliates’ shares) are on no chain read here. Deposits without a memo, whose instruction was registered beforehand, cannot be told from other payments.',
  decode: (evidence) => decodeThorchain(evidence),
};

function decodeThorchain(evidence: TransactionEvidence): readonly Leg[] {
  if (evidence.kind === 'utxo') return listed(utxoLeg('thorchain', evidence));
  const routed = routerLegs('thorchain', KNOWN, evidence);
  if (routed.length > 0) return routed;
  return listed(plainTransferLeg('thorchain', evidence));
}

function listed(leg: Leg | null): Leg[] {
  return leg === null || isMayaOnly(leg) ? [] : [leg];
}

/** What two legs with the same key amount to. */
export type PairReading = {
  /** `crossing`: the value that went in came out here. `refund`: it was given back. `none`: the two are no such pair. */
  readonly reading: 'crossing' | 'refund' | 'none';
  /** Whether the payee is whom the inbound memo names. Null: it names nobody, or a registered name. */
  readonly paysAsNamed: boolean | null;
  /** For people. */
  readonly reason: string;
};

/**
 * Whether an inbound and an outbound leg of THORChain or Maya with the same key are two sides of one crossing. A payout
 * pays many things: withdrawals of liquidity and savings, loans, refunds; only the inbound memo tells. And since anyone can
 * write a payout's memo, one that pays somebody else than the inbound memo names is not taken for its other side.
 */
export function explainPair(inbound: Leg, outbound: Leg): PairReading {
  const none = (reason: string): PairReading => ({ reading: 'none', paysAsNamed: null, reason });
  if (inbound.protocol !== outbound.protocol || inbound.key === null || inbound.key !== outbound.key) {
    return none('The two legs do not carry the same inbound hash.');
  }
  if (inbound.side !== 'in' || outbound.side !== 'out') return none('The two legs are not one in and one out.');
  if (outbound.kind === 'refund') return explainRefund(inbound, outbound);
  if (outbound.kind !== 'swap') return none('The outbound leg is no payout.');
  if (inbound.kind === 'withdrawal')
    return none('The inbound memo asks for a withdrawal: the payout returns what was held.');
  if (inbound.kind === 'loan')
    return none('The inbound memo concerns a loan: the payout is borrowed, or collateral given back.');
  if (inbound.kind !== 'swap') return none('The inbound memo asks for no swap.');
  const named = inbound.destination;
  if (named?.chain !== outbound.chain && named?.chain?.includes(':') === true) {
    return {
      reading: 'none',
      paysAsNamed: false,
      reason: 'The payout is on another chain than the inbound memo names.',
    };
  }
  const paysAsNamed = named?.account == null ? null : samePayee(named.account, outbound);
  if (paysAsNamed === false) {
    return { reading: 'none', paysAsNamed, reason: 'The payout goes to another account than the inbound memo names.' };
  }
  if (
    paysAsNamed === true &&
    named?.asset?.startsWith(`${outbound.chain}/`) === true &&
    named.asset !== outbound.asset
  ) {
    return {
      reading: 'none',
      paysAsNamed: false,
      reason: 'The payout is in another asset than the inbound memo names.',
    };
  }
  const reason =
    paysAsNamed === true
      ? 'The payout names the inbound transaction and pays the account that its memo names.'
      : 'The payout names the inbound transaction; its memo names no address to compare.';
  return { reading: 'crossing', paysAsNamed, reason };
}

function explainRefund(inbound: Leg, outbound: Leg): PairReading {
  const isSender = inbound.account === null || outbound.account === null ? null : inbound.account === outbound.account;
  const reason =
    isSender === true
      ? 'Returned to the sender.'
      : 'Returned; the memo may name another account than the sender’s for that.';
  return { reading: 'refund', paysAsNamed: isSender, reason };
}

/** Null where what the memo names is no address of the payout's chain. */
function samePayee(named: string, outbound: Leg): boolean | null {
  if (outbound.account === null) return null;
  const paid = outbound.account.slice(outbound.chain.length + 1);
  if (paid === named) return true;
  return looksLikeAddress(named) ? false : null;
}

/** A registered name has no more than 30 characters; the shortest addresses have 26, all of them digits and letters. */
function looksLikeAddress(named: string): boolean {
  return /^(0x[0-9a-f]{40}|bc1[02-9ac-hj-np-z]{11,87}|[13][1-9A-HJ-NP-Za-km-z]{25,34})$/.test(named);
}
