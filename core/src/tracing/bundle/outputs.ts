import { type Coverage, outpointOf } from '../../ledger/index.ts';
import type { Book, CompletenessFinding } from './completeness.ts';

/**
 * Is it known that an output was not spent later? Its balance is what made it less what spent it, so nothing else can be
 * missing. No finding where its spend is on record, or where the account is no output.
 */
export function checkOutput({ account, asset, transfers, coverage }: Book): CompletenessFinding[] {
  if (outpointOf(account) === null) return [];
  const made = transfers.find(({ to }) => to === account);
  const spent = transfers.some(({ from }) => from === account);
  if (spent && made !== undefined) return [];
  const block = (made ?? transfers[0])?.blockNumber ?? 0;
  const end = made === undefined ? null : wholeChainTo(coverage, block);
  const stated = made?.amount ?? 0n;
  const finding = {
    account,
    asset,
    openingBlock: block - 1,
    closingBlock: end ?? block,
    opening: { stated: 0n, node: null },
    closing: { stated, node: null },
    sent: null,
    by: null,
  };
  if (made === undefined) {
    return [{ ...finding, status: 'not-proven', reasons: ['the record has its spend and not what made it'] }];
  }
  if (end === null) {
    const reason = `an output's balance is what made it less what spent it: it was made in block ${block}, and whether it was spent later is open, since no declaration covers the whole chain from there on`;
    return [{ ...finding, status: 'not-proven', reasons: [reason] }];
  }
  const reason = `the record is declared to have the whole chain from block ${block} to block ${end}, and nothing in it spends this output; the declaration was not checked, and what happened after block ${end} is open`;
  return [{ ...finding, status: 'declared', reasons: [reason] }];
}

/** The last block of what declarations of the whole chain cover without a break from this block on; null: not even this one. */
function wholeChainTo(coverage: readonly Coverage[], from: number): number | null {
  const whole = coverage
    .filter(({ account, basis, direction, truncated }) => {
      return account === null && basis === 'whole-chain' && direction !== 'in' && !truncated;
    })
    .sort((a, b) => (a.fromBlock ?? 0) - (b.fromBlock ?? 0));
  let end = from - 1;
  for (const { fromBlock, toBlock } of whole) {
    if ((fromBlock ?? 0) <= end + 1) end = Math.max(end, toBlock ?? end);
  }
  return end < from ? null : end;
}
