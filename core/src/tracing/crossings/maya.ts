import type { TransactionEvidence } from '../../ledger/index.ts';
import { type Account, ETHEREUM } from '../../units/index.ts';
import { contracts } from './abi.ts';
import type { Leg, Protocol } from './leg.ts';
import { isMayaOnly, type Routers } from './thorchain-legs.ts';
import { plainTransferLeg, utxoLeg } from './thorchain-payment.ts';
import { routerLegs } from './thorchain-router.ts';

/** Routers of Ethereum, the present one and the one before, and of Arbitrum. */
const KNOWN: Routers = {
  routers: new Set<Account>([
    ...contracts(ETHEREUM, '0xe3985e6b61b814f7cdb188766562ba71b446b46d', '0xefcb6efd89013d1a825c4bfc5a781266bcc78021'),
    ...contracts('eip155:42161', '0x700e97ef07219440487840dc472e7120a7ff11f4'),
  ]),
  aggregators: new Set(),
};

/** A network of the same making as THORChain: same events, same memos but for short codes and fewer options. */
export const maya: Protocol = {
  id: 'maya',
  title: 'Maya Protocol',
  proves:
    'A payout names the transaction that brought the value: `OUT:` or `REFUND:` and its hash, in the router’s event or in an OP_RETURN output.',
  cannotProve:
    'That an account is a vault: routers and memos are open to anyone, so a payout counts only where it pays whom the inbound memo names, in the asset that it names; were the network’s own payout not on record, a stranger’s payment of that asset to that account with that memo would stand in its place. Whoever controls the sending account could stage both sides. Which network a payment without a router belongs to, where both serve its chains: such a payment counts as THORChain’s, unless its payout can come by a router. Payouts inside Maya (CACAO, synthetic and trade assets) are on no chain read here.',
  decode: (evidence) => decodeMaya(evidence),
};

function decodeMaya(evidence: TransactionEvidence): readonly Leg[] {
  if (evidence.kind === 'utxo') return listed(utxoLeg('maya', evidence));
  const routed = routerLegs('maya', KNOWN, evidence);
  return routed.length > 0 ? routed : listed(plainTransferLeg('maya', evidence));
}

/**
 * Payments that may be either network's are read under both names only so far that no pair of them matches twice: here the
 * payouts on UTXO chains, and the deposits whose payout Maya would make by its router.
 */
function listed(leg: Leg | null): Leg[] {
  if (leg === null) return [];
  const isRouterPayout = leg.side === 'in' && leg.kind === 'swap' && leg.destination?.chain === ETHEREUM;
  const isUtxoPayout = leg.side === 'out' && leg.place.kind === 'output';
  return isMayaOnly(leg) || isRouterPayout || isUtxoPayout ? [leg] : [];
}
