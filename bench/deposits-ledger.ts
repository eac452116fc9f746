import { feeSink, type Transfer } from '../core/src/ledger/index.ts';
import { type Account, type Asset, ETHEREUM, erc20, nativeAsset } from '../core/src/units/index.ts';
import { createRandom, type Random } from './random.ts';

/*
 * Exchanges, their customers and people who look like them, as agents with habits. Written from how exchanges are said to sweep
 * (on arrival, by the clock, from a threshold, tokens after a gas top-up), not from the detector's bounds: delays, remainders and
 * batches follow from the habits, and some fall outside what the detector looks for.
 */

/** What an account really is, by construction. */
export type Truth = 'deposit' | Confuser;
export type Confuser = (typeof CONFUSERS)[number];

export type Known = { readonly what: Truth; readonly habit: string; readonly service: string };

export type DepositWorld = {
  readonly transfers: readonly Transfer[];
  /** Of every account that paid a hot wallet, and of every deposit account. */
  readonly truth: ReadonlyMap<Account, Known>;
  /** Hot wallets that labels name, with their service. */
  readonly labelled: ReadonlyMap<Account, string>;
};

const ETHER = nativeAsset(ETHEREUM);
const TETHER = erc20(ETHEREUM, '0xdac17f958d2ee523a2206206994597c13d831ec7');
const MILLI = 10n ** 15n;
const BLOCKS_AN_HOUR = 300;
const BLOCKS = 30 * 24 * BLOCKS_AN_HOUR;

type Draft = {
  readonly block: number;
  readonly from: Account;
  readonly to: Account;
  readonly asset: Asset;
  readonly amount: bigint;
  readonly kind: Transfer['kind'];
};
type Exchange = {
  readonly name: string;
  readonly hot: readonly Account[];
  readonly gas: Account;
  readonly habit: Habit;
};
type Habit = 'on-arrival' | 'hourly' | 'daily' | 'threshold';

const HABITS: readonly Habit[] = ['on-arrival', 'hourly', 'daily', 'threshold'];
const CONFUSERS = [
  'relay',
  'saver',
  'spender',
  'splitter',
  'desk',
  'bot',
  'merchant',
  'two-exchanges',
  'arbitrage',
  'mule',
  'trader',
  'contract',
  'cash-out',
] as const;

/** @param size - customers an exchange, and accounts of each kind that is none. The same seed gives the same ledger. */
export function makeDepositWorld(seed: number, size: number): DepositWorld {
  const random = createRandom(seed);
  let next = 1;
  const account = (): Account => `eip155:1:0x${(next++).toString(16).padStart(40, '0')}`;
  const drafts: Draft[] = [];
  const truth = new Map<Account, Known>();
  const exchanges = HABITS.map(
    (habit, i): Exchange => ({ name: `exchange-${i + 1}`, hot: [account(), account()], gas: account(), habit }),
  );
  const people = Array.from({ length: size }, account);
  const contracts = Array.from({ length: 20 }, account);
  const tools: Tools = { random, account, drafts, exchanges, people, contracts, truth };
  for (const exchange of exchanges) {
    for (let n = 0; n < size; n++)
      truth.set(customer(exchange, tools), { what: 'deposit', habit: exchange.habit, service: exchange.name });
  }
  for (const what of CONFUSERS) {
    for (let n = 0; n < size; n++) {
      const exchange = pick(exchanges, random);
      truth.set(CONFUSE[what](exchange, tools), { what, habit: what, service: exchange.name });
    }
  }
  // Labels know the first hot wallet of every exchange, and not every second one; gas wallets of half of them.
  const labelled = new Map<Account, string>();
  exchanges.forEach(({ name, hot, gas }, i) => {
    labelled.set(hot[0] as Account, name);
    if (i % 2 === 0) labelled.set(hot[1] as Account, name).set(gas, name);
  });
  return { transfers: inOrder(drafts), truth, labelled };
}

type Tools = {
  readonly random: Random;
  readonly account: () => Account;
  readonly drafts: Draft[];
  readonly exchanges: readonly Exchange[];
  readonly people: readonly Account[];
  readonly contracts: readonly Account[];
  readonly truth: Map<Account, Known>;
};

function pick<T>(list: readonly T[], random: Random): T {
  return list[random.int(list.length)] as T;
}

/** Ether: 0.02 to 20; tokens: whole cents. */
function sum(asset: Asset, random: Random): bigint {
  const size = BigInt(20 + Math.floor(Math.exp(random.real() * Math.log(1_000))) * 20 + random.int(20));
  return asset === ETHER ? size * MILLI + BigInt(random.int(1_000_000)) : size * 10_000n;
}

/** What a plain transfer costs at that moment: 21,000 gas at 5 to 120 gwei; a token transfer three times as much. */
function fee(asset: Asset, random: Random): bigint {
  return BigInt(21_000 * (asset === ETHER ? 1 : 3)) * BigInt(5 + random.skewed(0, 115)) * 10n ** 9n;
}

function pay(drafts: Draft[], block: number, from: Account, to: Account, asset: Asset, amount: bigint): void {
  if (amount > 0n) drafts.push({ block, from, to, asset, amount, kind: asset === ETHER ? 'native' : 'token' });
}

/** What a contract pays out, in a call that somebody else pays the fee of. */
function payOut(drafts: Draft[], block: number, from: Account, to: Account, amount: bigint): void {
  if (amount > 0n) drafts.push({ block, from, to, asset: ETHER, amount, kind: 'internal' });
}

/** Where a customer's payment comes from: a person; sometimes a withdrawal from another exchange, now and then a contract. */
function payIn(exchange: Exchange, to: Account, block: number, asset: Asset, amount: bigint, tools: Tools): void {
  const { random, drafts, exchanges, people, contracts } = tools;
  const lot = random.int(20);
  const other = exchanges.find(({ name }) => name !== exchange.name) as Exchange;
  if (lot === 0 && asset === ETHER) payOut(drafts, block, pick(contracts, random), to, amount);
  else pay(drafts, block, lot < 4 ? pick(other.hot, random) : pick(people, random), to, asset, amount);
}

function payFee(drafts: Draft[], block: number, from: Account, amount: bigint): void {
  drafts.push({ block, from, to: feeSink(ETHEREUM), asset: ETHER, amount, kind: 'fee' });
}

/** A customer pays in now and then; the exchange sweeps by its habit. */
function customer(exchange: Exchange, tools: Tools): Account {
  const { random, account, drafts } = tools;
  const deposit = account();
  const asset = random.int(4) === 0 ? TETHER : ETHER;
  const times = Array.from({ length: 1 + random.skewed(0, 12) }, () => random.int(BLOCKS)).sort((a, b) => a - b);
  const hot = pick(exchange.hot, random);
  const threshold = asset === ETHER ? 500n * MILLI : 10_000_000n;
  let balance = 0n;
  let due: number | null = null;
  const sweep = (block: number): void => {
    const cost = fee(asset, random);
    if (asset === TETHER) {
      // A top-up large enough for dear gas, of which some stays.
      pay(drafts, block - 2, exchange.gas, deposit, ETHER, cost + BigInt(random.int(2_000_000)) * 10n ** 9n);
      pay(drafts, block, deposit, hot, asset, balance);
    } else {
      // Some exchanges leave a round remainder in the account.
      const left = random.int(5) === 0 ? BigInt(random.int(15)) * MILLI : 0n;
      if (balance <= cost + left) return;
      pay(drafts, block, deposit, hot, asset, balance - cost - left);
    }
    payFee(drafts, block, deposit, cost);
    balance = 0n;
    due = null;
  };
  for (const block of times) {
    if (due !== null && due <= block) sweep(due);
    const amount = sum(asset, random);
    payIn(exchange, deposit, block, asset, amount, tools);
    balance += amount;
    due ??= whenSwept(exchange.habit, block, random);
    if (exchange.habit === 'threshold' && balance < threshold) due = null;
  }
  if (due !== null) sweep(due);
  return deposit;
}

function whenSwept(habit: Habit, block: number, random: Random): number {
  if (habit === 'on-arrival') return block + 12 + random.skewed(0, 400);
  const every = habit === 'hourly' ? BLOCKS_AN_HOUR : 24 * BLOCKS_AN_HOUR;
  const slot = (Math.floor(block / every) + 1) * every;
  return habit === 'threshold' ? block + 30 + random.int(2 * 24 * BLOCKS_AN_HOUR) : slot + random.int(20);
}

/** Receives `amount` at `block` from somebody. */
function receive(to: Account, { random, drafts, people }: Tools): { readonly block: number; readonly amount: bigint } {
  const [block, amount] = [random.int(BLOCKS), sum(ETHER, random)];
  pay(drafts, block, pick(people, random), to, ETHER, amount);
  return { block, amount };
}

/** @returns what arrives: the fee comes out of it. */
function spend(from: Account, to: Account, block: number, amount: bigint, { random, drafts }: Tools): bigint {
  const cost = fee(ETHER, random);
  pay(drafts, block, from, to, ETHER, amount - cost);
  payFee(drafts, block, from, cost);
  return amount - cost;
}

/** How people who are no deposit accounts come to pay a hot wallet. */
const CONFUSE: Readonly<Record<Confuser, (exchange: Exchange, tools: Tools) => Account>> = {
  // A private wallet that only ever passes on to one exchange, soon. On the chain it is what a deposit account is.
  relay: (exchange, tools) => {
    const wallet = tools.account();
    for (let n = 0; n <= tools.random.int(3); n++) {
      const { block, amount } = receive(wallet, tools);
      spend(wallet, pick(exchange.hot, tools.random), block + 20 + tools.random.skewed(0, 5_000), amount, tools);
    }
    return wallet;
  },
  // Puts money by for weeks, then pays all of it in.
  saver: (exchange, tools) => {
    const wallet = tools.account();
    const got = Array.from({ length: 3 + tools.random.int(5) }, () => receive(wallet, tools));
    const all = got.reduce((total, { amount }) => total + amount, 0n);
    spend(
      wallet,
      pick(exchange.hot, tools.random),
      Math.max(...got.map(({ block }) => block)) + 3_300 + tools.random.int(20_000),
      all,
      tools,
    );
    return wallet;
  },
  // Pays an exchange once, and shops and friends besides.
  spender: (exchange, tools) => {
    const wallet = tools.account();
    const { block, amount } = receive(wallet, tools);
    spend(wallet, pick(exchange.hot, tools.random), block + tools.random.int(2_000), amount / 2n, tools);
    spend(wallet, pick(tools.people, tools.random), block + tools.random.int(9_000), amount / 4n, tools);
    return wallet;
  },
  // Half to an exchange, half to a partner, every time.
  splitter: (exchange, tools) => {
    const wallet = tools.account();
    const partner = pick(tools.people, tools.random);
    for (let n = 0; n < 3; n++) {
      const { block, amount } = receive(wallet, tools);
      spend(wallet, pick(exchange.hot, tools.random), block + 50, amount / 2n, tools);
      spend(wallet, partner, block + 51, amount / 2n, tools);
    }
    return wallet;
  },
  // An over-the-counter desk: buys from people, sells to an exchange, pays people.
  desk: (exchange, tools) => {
    const wallet = tools.account();
    for (let n = 0; n < 8; n++) {
      const { block, amount } = receive(wallet, tools);
      const to = tools.random.int(2) === 0 ? pick(exchange.hot, tools.random) : pick(tools.people, tools.random);
      spend(wallet, to, block + tools.random.int(6_000), amount, tools);
    }
    return wallet;
  },
  // Takes out of an exchange and brings back.
  bot: (exchange, tools) => {
    const wallet = tools.account();
    const hot = exchange.hot[0] as Account;
    for (let n = 0; n < 5; n++) {
      const block = tools.random.int(BLOCKS);
      const amount = sum(ETHER, tools.random);
      pay(tools.drafts, block, hot, wallet, ETHER, amount);
      spend(wallet, hot, block + 3 + tools.random.int(500), amount, tools);
    }
    return wallet;
  },
  // A shop: many small payments in, one payment out a day, to its own account at an exchange and to its suppliers.
  merchant: (exchange, tools) => {
    const wallet = tools.account();
    const got = Array.from({ length: 10 }, () => receive(wallet, tools));
    const all = got.reduce((total, { amount }) => total + amount, 0n);
    const end = Math.max(...got.map(({ block }) => block));
    spend(wallet, pick(tools.people, tools.random), end + 10, all / 3n, tools);
    spend(wallet, pick(exchange.hot, tools.random), end + 200, all / 2n, tools);
    return wallet;
  },
  // A trader with accounts at two exchanges.
  'two-exchanges': (exchange, tools) => {
    const wallet = tools.account();
    const other = tools.exchanges.find(({ name }) => name !== exchange.name) as Exchange;
    for (const one of [exchange, other]) {
      const { block, amount } = receive(wallet, tools);
      spend(wallet, one.hot[0] as Account, block + tools.random.int(1_000), amount, tools);
    }
    return wallet;
  },
  // Takes out of one exchange and pays into another, whichever is dearer.
  arbitrage: (exchange, tools) => {
    const wallet = tools.account();
    const other = tools.exchanges.find(({ name }) => name !== exchange.name) as Exchange;
    for (let n = 0; n < 6; n++) {
      const [block, amount] = [tools.random.int(BLOCKS), sum(ETHER, tools.random)];
      pay(tools.drafts, block, other.hot[0] as Account, wallet, ETHER, amount);
      spend(wallet, exchange.hot[0] as Account, block + 5 + tools.random.int(60), amount, tools);
    }
    return wallet;
  },
  // One of a chain: most goes on to the next, a part is turned into money at an exchange.
  mule: (exchange, tools) => {
    const wallet = tools.account();
    const next = tools.account();
    for (let n = 0; n < 2; n++) {
      const { block, amount } = receive(wallet, tools);
      spend(wallet, next, block + 4 + tools.random.int(100), (amount * 7n) / 10n, tools);
      spend(wallet, pick(exchange.hot, tools.random), block + 110 + tools.random.int(100), (amount * 3n) / 10n, tools);
    }
    return wallet;
  },
  // Sends all he gets to his own deposit account within minutes; the exchange sweeps that.
  trader: (exchange, tools) => {
    const wallet = tools.account();
    const own = tools.account();
    tools.truth.set(own, { what: 'deposit', habit: "on-arrival, a trader's own", service: exchange.name });
    for (let n = 0; n <= tools.random.int(5); n++) {
      const { block, amount } = receive(wallet, tools);
      const arrived = spend(wallet, own, block + 2 + tools.random.int(30), amount, tools);
      spend(own, pick(exchange.hot, tools.random), block + 40 + tools.random.int(200), arrived, tools);
    }
    return wallet;
  },
  // A contract that shares what it gets between an exchange and others, whoever calls it.
  contract: (exchange, tools) => {
    const contract = tools.account();
    for (let n = 0; n < 4; n++) {
      const { block, amount } = receive(contract, tools);
      const called = block + tools.random.int(2) * tools.random.int(400);
      payOut(tools.drafts, called, contract, exchange.hot[0] as Account, amount / 2n);
      payOut(tools.drafts, called, contract, pick(tools.people, tools.random), amount - amount / 2n);
    }
    return contract;
  },
  // Takes out of a contract (a vault, a mixer) and turns it into money at an exchange at once.
  'cash-out': (exchange, tools) => {
    const wallet = tools.account();
    const contract = pick(tools.contracts, tools.random);
    for (let n = 0; n <= tools.random.int(4); n++) {
      const [block, amount] = [tools.random.int(BLOCKS), sum(ETHER, tools.random)];
      payOut(tools.drafts, block, contract, wallet, amount);
      spend(wallet, pick(exchange.hot, tools.random), block + 10 + tools.random.int(500), amount, tools);
    }
    return wallet;
  },
};

function inOrder(drafts: readonly Draft[]): Transfer[] {
  const sorted = [...drafts].sort((a, b) => a.block - b.block);
  return sorted.map((draft, i) => {
    const { block, from, to, asset, amount, kind } = draft;
    return {
      chain: ETHEREUM,
      blockNumber: block + 1_000,
      txIndex: i,
      position: kind === 'fee' ? -1 : 0,
      blockTime: 1_700_000_000 + block * 12,
      tx: `0x${(i + 1).toString(16).padStart(64, '0')}`,
      from,
      to,
      asset,
      amount,
      kind,
      assigned: 'none',
      rounded: false,
    };
  });
}
