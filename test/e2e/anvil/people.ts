import { getContractAddress, type Hex, keccak256, numberToHex, parseGwei, toHex } from 'viem';
import { type LocalAccount, mnemonicToAccount, privateKeyToAccount } from 'viem/accounts';
import type { Anvil, AnvilOptions } from './node.ts';

/** Time of block 0, Unix seconds: 2023-11-14T22:13:20Z. */
export const START = 1_700_000_000;
/** Seconds from block to block, as on Ethereum. */
const BLOCK_SECONDS = 12;

/** Every gas costs this: half is burnt, half goes to the producer of blocks. */
export const BASE_FEE = parseGwei('1');
export const GAS_PRICE = parseGwei('2');
/** What a transaction that only pays ether costs. */
export const PLAIN_FEE = 21_000n * GAS_PRICE;
const CONTRACT_GAS = 300_000n;

/** Tips go here, so that they can be told from what is sent to the zero address. */
export const PRODUCER: Hex = `0x${'b10c'.repeat(10)}`;

/** The node on which a script gives the same chain every time: time of the start, and transactions in the order sent. */
export const SCRIPTED: AnvilOptions = {
  args: ['--timestamp', String(START), '--order', 'fifo', '--block-base-fee-per-gas', String(BASE_FEE)],
};

export type Person = LocalAccount;

/** The words anvil itself documents: its accounts of 10,000 ether. */
const MNEMONIC = 'test test test test test test test test test test test junk';

/** One of the ten accounts that anvil gives 10,000 ether at the start. */
export function rich(index: number): Person {
  return mnemonicToAccount(MNEMONIC, { addressIndex: index });
}

/** Somebody who has nothing at the start; the same name gives the same key. */
export function person(name: string): Person {
  return privateKeyToAccount(keccak256(toHex(`a person in a test: ${name}`)));
}

export type Order = {
  /** Null: creates a contract. */
  readonly to: Hex | null;
  /** Wei; default 0. */
  readonly value?: bigint;
  readonly data?: Hex;
  readonly gas?: bigint;
  /** Whether it is meant to succeed; default: it is. */
  readonly outcome?: 'succeeds' | 'fails';
};

/** Sends what people sign, and mines when told. */
export type Script = {
  /** @returns the hash. */
  send(from: Person, order: Order): Promise<Hex>;
  /** Sends a creation. @returns its hash, and the address that the contract will have. */
  create(from: Person, data: Hex, value?: bigint): Promise<{ readonly hash: Hex; readonly address: Hex }>;
  /**
   * Mines one block with everything sent since the last, in that order.
   * @returns its number.
   * @throws {Error} a transaction is not in it, or did not end as meant.
   */
  mine(): Promise<number>;
  balance(account: Hex): Promise<bigint>;
};

type Receipt = { readonly transactionHash: Hex; readonly status: Hex };

export async function createScript(anvil: Anvil): Promise<Script> {
  const chainId = Number(await anvil.rpc('eth_chainId'));
  await anvil.rpc('anvil_setCoinbase', PRODUCER);
  const sent = new Map<Hex, 'succeeds' | 'fails'>();
  const send: Script['send'] = async (from, { to, value = 0n, data = '0x', gas, outcome = 'succeeds' }) => {
    const nonce = Number(await anvil.rpc('eth_getTransactionCount', from.address, 'pending'));
    const isPlain = to !== null && data === '0x';
    const signed = await from.signTransaction({
      type: 'eip1559',
      chainId,
      nonce,
      to,
      value,
      data,
      gas: gas ?? (isPlain ? 21_000n : CONTRACT_GAS),
      maxFeePerGas: GAS_PRICE,
      maxPriorityFeePerGas: GAS_PRICE - BASE_FEE,
    });
    const hash = (await anvil.rpc('eth_sendRawTransaction', signed)) as Hex;
    sent.set(hash, outcome);
    return hash;
  };
  return {
    send,
    async create(from, data, value = 0n) {
      const nonce = BigInt(String(await anvil.rpc('eth_getTransactionCount', from.address, 'pending')));
      const hash = await send(from, { to: null, data, value });
      return { hash, address: lower(getContractAddress({ from: from.address, nonce })) };
    },
    async mine() {
      const number = await mineBlock(anvil);
      const receipts = (await anvil.rpc('eth_getBlockReceipts', numberToHex(number))) as Receipt[];
      checkOutcomes(sent, receipts, number);
      sent.clear();
      return number;
    },
    balance: async (account) => BigInt(String(await anvil.rpc('eth_getBalance', account, 'latest'))),
  };
}

/** Mines one block, at the time that belongs to its number. @returns its number. */
export async function mineBlock(anvil: Anvil): Promise<number> {
  const number = Number(await anvil.rpc('eth_blockNumber')) + 1;
  await anvil.rpc('evm_setNextBlockTimestamp', START + BLOCK_SECONDS * number);
  await anvil.rpc('anvil_setNextBlockBaseFeePerGas', numberToHex(BASE_FEE));
  await anvil.rpc('evm_mine');
  return number;
}

function checkOutcomes(sent: ReadonlyMap<Hex, string>, receipts: readonly Receipt[], number: number): void {
  if (receipts.map(({ transactionHash }) => transactionHash).join() !== [...sent.keys()].join()) {
    throw new Error(`block ${number} has not just the ${sent.size} transactions sent, in their order`);
  }
  for (const { transactionHash, status } of receipts) {
    const outcome = status === '0x1' ? 'succeeds' : 'fails';
    if (outcome !== sent.get(transactionHash)) {
      throw new Error(`transaction ${transactionHash} in block ${number} ${outcome}`);
    }
  }
}

export function lower(address: Hex): Hex {
  return address.toLowerCase() as Hex;
}
