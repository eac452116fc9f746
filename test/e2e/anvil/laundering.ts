import { type Hex, parseEther } from 'viem';
import {
  callData,
  flashCreation,
  poolCreation,
  REFUSER_CREATION,
  ROUTER_CREATION,
  SPINNER_CREATION,
  TILL_CREATION,
  TRAP_CREATION,
  tokenCreation,
  tokenTransfer,
  tokenTransferFrom,
  VAULT_CREATION,
} from './contracts.ts';
import type { Anvil } from './node.ts';
import { createScript, lower, type Person, PLAIN_FEE, person, rich, type Script } from './people.ts';

/*
 * A theft and its laundering on a real node, step by step. Amounts are given where they are paid, so that a test can work
 * out by hand what it should find. Start the node with `SCRIPTED`: then every run gives the same chain.
 */

export type LaunderOptions = {
  /** Accounts the thief splits the ether into, from 3 to 60; default 4. */
  readonly splits?: number;
  /** Hops of the peel chain, from 1 to as many as a share pays (149 of 4 splits); default 5. */
  readonly peels?: number;
};

/** 6 decimals, as USDC has. */
export const TOKEN_SUPPLY = 100_000_000_000_000n;
export const STOLEN_ETHER = parseEther('1200');
export const STOLEN_TOKENS = 50_000_000_000n;
/** The thief's own ether, for fees, from somebody who knows of nothing. */
export const GAS_MONEY = parseEther('1');
/** Paid to a split account by somebody who knows of nothing, just before it pays on. */
export const INNOCENT_ETHER = parseEther('7');
/** What each hop of the peel chain pays to its side account. */
export const PEEL = parseEther('2');
export const SWAPPED = parseEther('10');

/** All addresses in lower case. */
export type Accounts = {
  readonly victim: Hex;
  /** The victim's contract, from which ether and tokens are stolen. */
  readonly vault: Hex;
  readonly thief: Hex;
  readonly splits: readonly Hex[];
  /** Of the peel chain, in order; the last pays the deposit account. */
  readonly hops: readonly Hex[];
  /** `sides[i]` is paid by `hops[i]`. */
  readonly sides: readonly Hex[];
  readonly pool: Hex;
  readonly router: Hex;
  readonly refuser: Hex;
  readonly spinner: Hex;
  readonly trap: Hex;
  /** Made with 4 ether by `splits[2]`, destroyed in favour of `heir`. */
  readonly till: Hex;
  /** Made with 1 ether by `splits[2]` and destroyed in the same transaction, in favour of `heir`. */
  readonly flash: Hex;
  readonly heir: Hex;
  /** Paid through the router. */
  readonly behindRouter: Hex;
  /** Would have been paid by the transactions that failed. */
  readonly unpaid: Hex;
  /** Gets the tokens that were swapped for. */
  readonly tokenHolder: Hex;
  /** Resembles `splits[1]` in a wallet that shortens addresses: named in transfers of nothing. */
  readonly lookalike: Hex;
  /** The exchange's account for the thief, for an honest customer, and its hot wallet. */
  readonly deposit: Hex;
  readonly customerDeposit: Hex;
  readonly hotWallet: Hex;
  /** Of the last three blocks: see `reorganise`. */
  readonly ashore: Hex;
  readonly inland: Hex;
  readonly abroad: Hex;
};

/** Hashes of the transactions that a test may ask about. */
export type Steps = Readonly<
  Record<
    | 'theft'
    | 'selfTransfer'
    | 'swap'
    | 'routed'
    | 'reverted'
    | 'outOfGas'
    | 'trapped'
    | 'poisoning'
    | 'tillMade'
    | 'tillDestroyed'
    | 'flashed'
    | 'deposited'
    | 'swept'
    | 'toAshore'
    | 'moreToAshore'
    | 'innocentToAshore'
    | 'toInland',
    Hex
  >
>;

export type Laundering = {
  readonly theft: Hex;
  readonly theftBlock: number;
  readonly token: Hex;
  readonly accounts: Accounts;
  readonly steps: Steps;
  readonly lastBlock: number;
};

const PEOPLE = {
  deployer: rich(0),
  victim: rich(1),
  /** Knows of nothing. */
  stranger: rich(2),
  customer: rich(3),
  exchange: rich(4),
  spammer: rich(5),
};
const THIEF = person('thief');
const DEPOSIT = person('deposit');
const CUSTOMER_DEPOSIT = person('deposit of a customer');
const HOT_WALLET = person('hot wallet');
const ASHORE = person('ashore');
/** What the second split account pays in all, 19 ether, and its fees. */
const LEAST_SHARE = parseEther('20');
const TOKEN_BUYER = 1;
const UNLUCKY = 2;

export async function launder(anvil: Anvil, { splits = 4, peels = 5 }: LaunderOptions = {}): Promise<Laundering> {
  checkOptions(splits, peels);
  const script = await createScript(anvil);
  const shares = Array.from({ length: splits }, (_, i) => person(`split ${i}`));
  const hops = Array.from({ length: peels }, (_, i) => person(`hop ${i}`));
  const [first, buyer, unlucky] = [shares[0], shares[TOKEN_BUYER], shares[UNLUCKY]] as [Person, Person, Person];
  const built = await build(script);
  const { theft, theftBlock } = await steal(script, built);
  await split(script, shares);
  const sides = await peel(script, first, hops);
  const exchanged = await exchange(script, buyer, built);
  const failed = await fail(script, unlucky, buyer, built);
  const destroyed = await destroy(script, unlucky);
  const cashed = await cashIn(script, hops.at(-1) as Person);
  const last = await comeAshore(script, buyer, unlucky);
  const { lookalike } = failed;
  return {
    theft,
    theftBlock,
    token: built.token,
    lastBlock: last.lastBlock,
    accounts: { ...built.contracts, ...destroyed.accounts, ...namedAccounts(shares, hops), sides, lookalike },
    steps: { theft, ...exchanged, ...failed.steps, ...destroyed.steps, ...cashed, ...last.steps },
  };
}

function namedAccounts(shares: readonly Person[], hops: readonly Person[]) {
  return {
    victim: lower(PEOPLE.victim.address),
    thief: lower(THIEF.address),
    splits: shares.map(({ address }) => lower(address)),
    hops: hops.map(({ address }) => lower(address)),
    heir: addressOf('heir'),
    behindRouter: addressOf('behind the router'),
    unpaid: addressOf('unpaid'),
    tokenHolder: addressOf('holder of tokens'),
    deposit: lower(DEPOSIT.address),
    customerDeposit: lower(CUSTOMER_DEPOSIT.address),
    hotWallet: lower(HOT_WALLET.address),
    ashore: lower(ASHORE.address),
    inland: addressOf('inland'),
    abroad: addressOf('abroad'),
  };
}

function checkOptions(splits: number, peels: number): void {
  const share = STOLEN_ETHER / BigInt(splits);
  if (splits < 3 || share < LEAST_SHARE) throw new Error('from 3 to 60 splits');
  if (peels < 1 || BigInt(peels + 1) * PEEL > share) throw new Error('at least 1 peel, and not more than a share pays');
}

/** Address of somebody who only receives. */
export function addressOf(name: string): Hex {
  return lower(person(name).address);
}

type Built = {
  readonly token: Hex;
  readonly contracts: Pick<Accounts, 'vault' | 'pool' | 'router' | 'refuser' | 'spinner' | 'trap'>;
};

/** The contracts; what they and the thief have before the theft. */
async function build(script: Script): Promise<Built> {
  const { deployer, victim, stranger } = PEOPLE;
  const create = async (from: Person, data: Hex, value = 0n): Promise<Hex> =>
    (await script.create(from, data, value)).address;
  const token = await create(deployer, tokenCreation(TOKEN_SUPPLY));
  const contracts = {
    pool: await create(deployer, poolCreation(token)),
    router: await create(deployer, ROUTER_CREATION),
    refuser: await create(deployer, REFUSER_CREATION),
    spinner: await create(deployer, SPINNER_CREATION),
    trap: await create(deployer, TRAP_CREATION),
    vault: await create(victim, VAULT_CREATION, STOLEN_ETHER),
  };
  await script.send(stranger, { to: THIEF.address, value: GAS_MONEY });
  await script.mine();
  await script.send(deployer, { to: token, data: tokenTransfer(contracts.pool, TOKEN_SUPPLY / 2n) });
  await script.send(deployer, { to: token, data: tokenTransfer(contracts.vault, STOLEN_TOKENS) });
  await script.mine();
  return { token, contracts };
}

/** One transaction: the vault pays the thief its ether and its tokens. */
async function steal(script: Script, { token, contracts }: Built): Promise<{ theft: Hex; theftBlock: number }> {
  const data = callData('', STOLEN_ETHER, STOLEN_TOKENS, token);
  const theft = await script.send(THIEF, { to: contracts.vault, data });
  return { theft, theftBlock: await script.mine() };
}

/** One block: equal shares to all; somebody who knows of nothing pays the first of them too. */
async function split(script: Script, shares: readonly Person[]): Promise<void> {
  const share = STOLEN_ETHER / BigInt(shares.length);
  for (const { address } of shares) await script.send(THIEF, { to: address, value: share });
  await script.send(PEOPLE.stranger, { to: (shares[0] as Person).address, value: INNOCENT_ETHER });
  await script.mine();
}

/** The first split account pays all it has to the first hop; each hop pays 2 ether aside and the rest on, in one block. */
async function peel(script: Script, first: Person, hops: readonly Person[]): Promise<Hex[]> {
  await script.send(first, {
    to: (hops[0] as Person).address,
    value: (await script.balance(first.address)) - PLAIN_FEE,
  });
  await script.mine();
  const sides: Hex[] = [];
  for (const [i, hop] of hops.entries()) {
    const side = addressOf(`side ${i}`);
    const held = await script.balance(hop.address);
    await script.send(hop, { to: side, value: PEEL });
    const next = hops[i + 1];
    // The last keeps what is left, for the exchange.
    if (next !== undefined) {
      await script.send(hop, { to: next.address, value: held - PEEL - 2n * PLAIN_FEE });
    }
    await script.mine();
    sides.push(side);
  }
  return sides;
}

/** A payment to oneself, a swap and its proceeds' way on, a payment through a router. */
async function exchange(script: Script, buyer: Person, { token, contracts }: Built) {
  const selfTransfer = await script.send(buyer, { to: buyer.address, value: parseEther('1') });
  await script.mine();
  // A selector, so that the pool is called: it looks at none.
  const swap = await script.send(buyer, { to: contracts.pool, value: SWAPPED, data: '0xa6f2ae3a' });
  await script.mine();
  await script.send(buyer, { to: token, data: tokenTransfer(addressOf('holder of tokens'), 20_000_000_000n) });
  const data = callData('', addressOf('behind the router'));
  const routed = await script.send(buyer, { to: contracts.router, value: parseEther('5'), data });
  await script.mine();
  return { selfTransfer, swap, routed };
}

/** Three failures of one account in one block; then transfers of nothing in the names of others. */
async function fail(script: Script, unlucky: Person, target: Person, { token, contracts }: Built) {
  const value = parseEther('2');
  const outcome = 'fails';
  const unpaid = addressOf('unpaid');
  const reverted = await script.send(unlucky, {
    to: contracts.router,
    value,
    data: callData('', contracts.refuser),
    outcome,
  });
  const outOfGas = await script.send(unlucky, { to: contracts.spinner, value, gas: 60_000n, outcome });
  const trapped = await script.send(unlucky, { to: contracts.trap, value, data: callData('', unpaid), outcome });
  await script.mine();
  const real = lower(target.address);
  const lookalike: Hex = `0x${real.slice(2, 6)}${'0'.repeat(32)}${real.slice(-4)}`;
  const poisoning = await script.send(PEOPLE.spammer, { to: token, data: tokenTransferFrom(real, lookalike, 0n) });
  await script.send(PEOPLE.spammer, { to: token, data: tokenTransferFrom(lookalike, real, 0n) });
  await script.mine();
  return { lookalike, steps: { reverted, outOfGas, trapped, poisoning } };
}

/** A contract created with ether, which pays it out when destroyed; and one that does so while it is created. */
async function destroy(script: Script, owner: Person) {
  const heir = addressOf('heir');
  const made = await script.create(owner, TILL_CREATION, parseEther('4'));
  await script.mine();
  const { address: till, hash: tillMade } = made;
  const tillDestroyed = await script.send(owner, { to: till, data: callData('', heir) });
  const { address: flash, hash: flashed } = await script.create(owner, flashCreation(heir), parseEther('1'));
  await script.mine();
  return { accounts: { till, flash }, steps: { tillMade, tillDestroyed, flashed } };
}

/** Into the exchange, through an account of its customer, together with others' ether; the hot wallet pays others. */
async function cashIn(script: Script, last: Person) {
  const { customer, exchange: funds } = PEOPLE;
  await script.send(funds, { to: HOT_WALLET.address, value: parseEther('100') });
  await script.send(customer, { to: CUSTOMER_DEPOSIT.address, value: parseEther('30') });
  const held = await script.balance(last.address);
  const deposited = await script.send(last, { to: DEPOSIT.address, value: held - PLAIN_FEE });
  await script.mine();
  const swept = await script.send(DEPOSIT, { to: HOT_WALLET.address, value: held - 2n * PLAIN_FEE });
  await script.send(CUSTOMER_DEPOSIT, { to: HOT_WALLET.address, value: parseEther('30') - PLAIN_FEE });
  await script.mine();
  await script.send(HOT_WALLET, { to: addressOf('another customer'), value: parseEther('20') });
  await script.mine();
  return { deposited, swept };
}

/**
 * Three blocks, which `reorganise` replaces: 3 ether of the one to `ashore`; 2 of the other and 1 of a stranger; half an
 * ether from `ashore` to `inland`.
 */
async function comeAshore(script: Script, buyer: Person, unlucky: Person) {
  const toAshore = await script.send(buyer, { to: ASHORE.address, value: parseEther('3') });
  await script.mine();
  const moreToAshore = await script.send(unlucky, { to: ASHORE.address, value: parseEther('2') });
  const innocentToAshore = await script.send(PEOPLE.stranger, { to: ASHORE.address, value: parseEther('1') });
  await script.mine();
  const toInland = await script.send(ASHORE, { to: addressOf('inland'), value: parseEther('0.5') });
  const lastBlock = await script.mine();
  return { lastBlock, steps: { toAshore, moreToAshore, innocentToAshore, toInland } };
}
