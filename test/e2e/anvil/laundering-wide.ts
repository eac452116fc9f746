import { type Hex, numberToHex, parseEther } from 'viem';
import { addressOf } from './laundering.ts';
import type { Anvil } from './node.ts';
import { BASE_FEE, createScript, GAS_PRICE, lower, mineBlock, PLAIN_FEE, person, rich } from './people.ts';

/*
 * A laundering over many accounts, to measure with. Everybody who has stolen ether pays five others: two aside, small
 * amounts that stay where they are, and three who do the same in a later block. A tree of peels, level by level.
 */

export type WideOptions = {
  /** Accounts that stolen ether reaches, the thief not counted. */
  readonly accounts: number;
};

export type WideLaundering = {
  readonly theft: Hex;
  readonly theftBlock: number;
  readonly thief: Hex;
  /** Every account that stolen ether reaches, in the order in which it does, lower case; the thief is not among them. */
  readonly reached: readonly Hex[];
  readonly lastBlock: number;
};

export const WIDE_STOLEN = parseEther('9000');
const ASIDE = 2;
const ONWARDS = 3;
/** Of what an account has, each payment aside is a fiftieth. */
const ASIDE_PART = 50n;
/** Of those not paid aside, every tenth is first paid by somebody who knows of nothing: 0.01 ether. */
const INNOCENT_EVERY = 10;
const INNOCENT_ETHER = parseEther('0.01');
/**
 * Transactions of a block: below the 30 million gas that a block takes. The time in which anvil answers
 * `eth_getBlockReceipts` grows with the square of their number: 5 seconds for 3,400.
 */
const PER_BLOCK = 500;

type Payment = { readonly from: Hex; readonly to: Hex; readonly value: bigint };
type Mined = { readonly transactions: readonly unknown[] };
type Holder = { readonly account: Hex; readonly held: bigint };

/**
 * Makes it, in blocks of at most 500 transactions. Nobody signs: the node sends in everybody's name.
 * @throws {Error} the ether does not suffice for so many accounts, or a transaction is not on the chain.
 */
export async function launderWide(anvil: Anvil, { accounts }: WideOptions): Promise<WideLaundering> {
  const script = await createScript(anvil);
  const thief = person('thief');
  const theft = await script.send(rich(1), { to: thief.address, value: WIDE_STOLEN });
  const theftBlock = await script.mine();
  await anvil.rpc('anvil_autoImpersonateAccount', true);
  const reached: Hex[] = [];
  let lastBlock = theftBlock;
  let holders: readonly Holder[] = [{ account: lower(thief.address), held: WIDE_STOLEN }];
  while (reached.length < accounts) {
    const level = payOn(holders, accounts - reached.length, reached.length);
    lastBlock = await mineAll(anvil, [...innocentTo(level.next), ...level.payments]);
    reached.push(...level.payments.map(({ to }) => to));
    holders = level.next.map((holder, i) => (i % INNOCENT_EVERY === 0 ? withInnocent(holder) : holder));
  }
  await anvil.rpc('anvil_autoImpersonateAccount', false);
  return { theft, theftBlock, thief: lower(thief.address), reached, lastBlock };
}

/** One level: as many new accounts as are wanted. @param known - accounts before, from which the new ones are numbered. */
function payOn(holders: readonly Holder[], wanted: number, known: number) {
  const payments: Payment[] = [];
  const next: Holder[] = [];
  for (const { account: from, held } of holders) {
    const count = Math.min(ASIDE + ONWARDS, wanted - payments.length);
    const spendable = held - BigInt(ASIDE + ONWARDS) * PLAIN_FEE;
    const aside = spendable / ASIDE_PART;
    const onwards = (spendable - BigInt(ASIDE) * aside) / BigInt(ONWARDS);
    if (spendable <= 0n) throw new Error('too many accounts for the ether');
    for (let i = 0; i < count; i++) {
      const to = addressOf(`wide ${known + payments.length}`);
      const value = i < ASIDE ? aside : onwards;
      payments.push({ from, to, value });
      if (i >= ASIDE) next.push({ account: to, held: value });
    }
  }
  return { payments, next };
}

function innocentTo(holders: readonly Holder[]): Payment[] {
  const from = lower(rich(2).address);
  return holders
    .filter((_, i) => i % INNOCENT_EVERY === 0)
    .map(({ account: to }) => ({ from, to, value: INNOCENT_ETHER }));
}

function withInnocent({ account, held }: Holder): Holder {
  return { account, held: held + INNOCENT_ETHER };
}

/** @returns number of the last block. */
async function mineAll(anvil: Anvil, payments: readonly Payment[]): Promise<number> {
  const fees = {
    gas: numberToHex(21_000),
    maxFeePerGas: numberToHex(GAS_PRICE),
    maxPriorityFeePerGas: numberToHex(GAS_PRICE - BASE_FEE),
  };
  const nonces = new Map<Hex, number>();
  for (const { from } of payments) {
    if (!nonces.has(from)) nonces.set(from, Number(await anvil.rpc('eth_getTransactionCount', from, 'latest')));
  }
  let block = 0;
  for (let i = 0; i < payments.length; i += PER_BLOCK) {
    const sent: unknown[] = [];
    // One by one: the node does not keep the order of requests that come together.
    for (const { from, to, value } of payments.slice(i, i + PER_BLOCK)) {
      const nonce = nonces.get(from) ?? 0;
      nonces.set(from, nonce + 1);
      const order = { from, to, value: numberToHex(value), nonce: numberToHex(nonce), ...fees };
      sent.push(await anvil.rpc('eth_sendTransaction', order));
    }
    block = await mineBlock(anvil);
    const { transactions } = (await anvil.rpc('eth_getBlockByNumber', numberToHex(block), false)) as Mined;
    if (transactions.join() !== sent.join()) throw new Error(`block ${block} has not just what was sent, in its order`);
  }
  return block;
}
