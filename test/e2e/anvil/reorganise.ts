import { type Hex, numberToHex, parseEther } from 'viem';
import { addressOf, type Laundering } from './laundering.ts';
import type { Anvil } from './node.ts';
import { createScript, mineBlock, person } from './people.ts';

export type Reorganisation = {
  /** The last block that is the same before and after. */
  readonly commonBlock: number;
  /** Transactions that are no longer on the chain: 3 ether and 2 ether of stolen value to `ashore`. */
  readonly gone: readonly Hex[];
  /** Transactions that are still on the chain, in other blocks than before. */
  readonly kept: readonly Hex[];
  /** New: instead of `ashore`, `splits[1]` pays its 3 ether to `abroad`, with the nonce of the transaction that is gone. */
  readonly toAbroad: Hex;
};

/** The blocks that `launder` makes last for this. */
const LAST_BLOCKS = 3;

/**
 * Replaces the last three blocks of a laundering, and what was mined after them, by as many others. What `ashore` has, and
 * pays to `inland`, is then a stranger's alone; its stolen ether never came, and 3 ether of it are at `abroad`.
 */
export async function reorganise(anvil: Anvil, { lastBlock, steps }: Laundering): Promise<Reorganisation> {
  const head = Number(await anvil.rpc('eth_blockNumber'));
  const commonBlock = lastBlock - LAST_BLOCKS;
  const kept = [steps.innocentToAshore, steps.toInland];
  const [stranger, ashore] = (await anvil.rpcAll(
    'eth_getRawTransactionByHash',
    kept.map((hash) => [hash]),
  )) as [Hex, Hex];
  await anvil.rpc('anvil_rollback', head - commonBlock);
  const script = await createScript(anvil);
  const toAbroad = await script.send(person('split 1'), { to: addressOf('abroad'), value: parseEther('3') });
  await script.mine();
  for (const raw of [stranger, ashore]) {
    await anvil.rpc('eth_sendRawTransaction', raw);
    await mineBlock(anvil);
  }
  while (Number(await anvil.rpc('eth_blockNumber')) < head) await mineBlock(anvil);
  await checkKept(anvil, kept, commonBlock);
  return { commonBlock, gone: [steps.toAshore, steps.moreToAshore], kept, toAbroad };
}

async function checkKept(anvil: Anvil, kept: readonly Hex[], commonBlock: number): Promise<void> {
  const receipts = await anvil.rpcAll(
    'eth_getTransactionReceipt',
    kept.map((hash) => [hash]),
  );
  for (const [i, receipt] of (receipts as ({ blockNumber: Hex } | null)[]).entries()) {
    const expected = numberToHex(commonBlock + 2 + i);
    if (receipt?.blockNumber !== expected) throw new Error(`${kept[i]} is not in block ${expected}`);
  }
}
