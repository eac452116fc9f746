import type { EvmEvidence, TransactionEvidence, UtxoTransaction } from '../../ledger/index.ts';
import { coinOf } from '../../units/index.ts';
import { bytesOf, framesOf, NO_RECEIPT, text } from './abi.ts';
import type { Leg } from './leg.ts';
import type { Network } from './thorchain-asset.ts';
import { inLeg, isMayaOnly, type Movement, outLeg } from './thorchain-legs.ts';
import { isSwapMemo, isVaultMemo, type Memo, parseMemo, poolOf } from './thorchain-memo.ts';
import { hasTooManyOutputs, readPayment, utxoMemo } from './thorchain-utxo.ts';

/*
 * Payments with a memo and no contract: only the memo tells them from any other payment, so it must be one that says what
 * to do with the value.
 */

const UNPROVEN_VAULT = 'That the payee is a vault this transaction does not show; the network’s own record does.';
const UNPROVEN_PAYER = 'Anyone can write this memo; that the payer is a vault this transaction does not show.';
const EITHER_NETWORK = 'THORChain and Maya write the same memos; which of the two it is for, the payment does not say.';

/** Of a plain transfer of the chain's coin with the memo as its data. It has no log. */
export function plainTransferLeg(network: Network, evidence: EvmEvidence): Leg | null {
  const [frame] = framesOf(evidence);
  if (frame === undefined || frame.path.length > 0 || frame.value === 0n) return null;
  const memo = tellingMemo(asText(frame.input), network);
  if (memo === null) return null;
  const notes = evidence.succeeded === null ? [NO_RECEIPT] : [];
  const common = {
    evidence,
    place: { kind: 'call', path: [] },
    asset: coinOf(evidence.chain),
    amount: frame.value,
  } as const;
  return paymentLeg(network, { ...common, account: frame.from, venue: frame.to, notes }, memo);
}

/** Of a transaction whose OP_RETURN outputs hold a memo. */
export function utxoLeg(network: Network, evidence: TransactionEvidence & UtxoTransaction): Leg | null {
  const found = utxoMemo(evidence);
  const memo = found === null ? null : tellingMemo(found.text, network);
  if (found === null || memo === null) return null;
  const { sender, payment, note } = readPayment(evidence, found.dataOutputs);
  const notes = [
    ...(note === null ? [] : [note]),
    ...(found.dataOutputs.length > 0
      ? [`Outputs ${found.dataOutputs.join(', ')} carry the rest of the memo and pay nobody.`]
      : []),
  ];
  const place = { kind: 'output', index: found.index } as const;
  const common = { evidence, place, asset: coinOf(evidence.chain), amount: payment?.amount ?? null, notes };
  const leg = paymentLeg(network, { ...common, account: sender, venue: payment?.owner ?? null }, memo);
  if (!hasTooManyOutputs(evidence) || leg.side === 'out') return leg;
  const ignored = 'It has more outputs than the network looks at, so the memo was not acted on.';
  return { ...leg, kind: 'other', key: null, notes: [...leg.notes, ignored] };
}

/** @param movement - from the payer's side: `account` paid, `venue` was paid. */
function paymentLeg(network: Network, movement: Movement, memo: Memo): Leg {
  const leg = isVaultMemo(memo)
    ? outLeg(network, { ...movement, account: movement.venue, venue: movement.account }, memo)
    : inLeg(network, movement, memo);
  const notes = [...leg.notes, leg.side === 'in' ? UNPROVEN_VAULT : UNPROVEN_PAYER];
  return { ...leg, notes: isMayaOnly(leg) ? notes : [...notes, EITHER_NETWORK] };
}

/** The memo, if it is one that nobody writes by chance: names an asset, an inbound transaction, or a network's account. */
function tellingMemo(written: string | null, network: Network): Memo | null {
  const memo = written === null ? null : parseMemo(written, network);
  if (memo === null) return null;
  if (isSwapMemo(memo) || isVaultMemo(memo)) return memo;
  if (memo.type === 'add' || memo.type === 'withdraw') return poolOf(memo, network) === null ? null : memo;
  const isCredit = memo.type === 'trade-deposit' || memo.type === 'secure-deposit';
  return isCredit && /^(thor|maya)1[02-9ac-hj-np-z]{38,}$/.test(memo.args[0] ?? '') ? memo : null;
}

/** Call data as text: the text's bytes, or, as some wallets send it, the hex of the text's hex. */
function asText(input: string): string | null {
  const once = text(input);
  if (once === null || !/^(0x)?([0-9a-fA-F]{2})+$/.test(once)) return once;
  const bytes = bytesOf(once.toLowerCase());
  return bytes === null ? once : new TextDecoder().decode(bytes);
}
