import { nativeAsset } from '../../units/index.ts';
import { feeSink, type Transfer } from '../transfer.ts';
import { coinbaseAccount, outpointAccount, txAccount, type UtxoTransaction } from './transaction.ts';

/**
 * A transaction's movements: every output it spends pays into the transaction, which pays its outputs, then the fee.
 * Places: input `i` of `m` stands at `i − m`, output `n` at `n` (so that `txid:n` names both the outpoint and the transfer
 * that made it), the fee after the last output. New coins come from the coinbase account, as much as the outputs are worth.
 * An input whose amount is not known moves 0 and is marked `unresolved`; where there is one, the fee is not known and left out.
 * @returns in ledger order.
 */
export function transfersOf(transaction: UtxoTransaction): Transfer[] {
  const { chain, tx, blockNumber, blockTime, txIndex, inputs, outputs } = transaction;
  const asset = nativeAsset(chain);
  const node = txAccount(chain, tx);
  const common = { chain, blockNumber, txIndex, blockTime, tx, asset, rounded: false } as const;
  const row = { ...common, assigned: transaction.indexAssigned ? 'index' : 'none' } as const;
  const paid = outputs.reduce((sum, output) => sum + output.amount, 0n);
  const spent = inputs.map((input, i): Transfer => {
    const position = i - inputs.length;
    if (input.outpoint === null) {
      return { ...row, position, from: coinbaseAccount(chain), to: node, amount: paid, kind: 'input' };
    }
    const from = outpointAccount(chain, input.outpoint);
    const moved = { ...row, position, from, to: node, amount: input.amount ?? 0n, kind: 'input' } as const;
    const lock = input.lock ?? { owner: null, script: 'unknown' };
    return input.amount === null ? { ...moved, lock, unresolved: true } : { ...moved, lock };
  });
  const made = outputs.map(
    ({ amount, lock }, index): Transfer => ({
      ...row,
      position: index,
      from: node,
      to: outpointAccount(chain, { tx, index }),
      amount,
      kind: 'output',
      lock,
    }),
  );
  const isKnown = inputs.every(({ outpoint, amount }) => outpoint !== null && amount !== null);
  const fee = isKnown ? inputs.reduce((sum, input) => sum + (input.amount as bigint), 0n) - paid : 0n;
  if (fee <= 0n) return [...spent, ...made];
  return [
    ...spent,
    ...made,
    { ...row, position: outputs.length, from: node, to: feeSink(chain), amount: fee, kind: 'fee' },
  ];
}
