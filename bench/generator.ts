/**
 * A made-up ledger of one chain's ether that looks like laundering: thefts are split, peeled, consolidated and run
 * through services, some of them labelled, amid background traffic. The same options give the same ledger, bit for bit.
 * Every transaction is two transfers: its fee at position -1 and its value at position 0.
 */
import { FEE_SINK, isLabelled, LABELLED, SMALL_SERVICES, USERS_FROM } from './population.ts';
import { createRandom, type Random } from './random.ts';

export type LedgerOptions = {
  /** Transfers in all, fees included. */
  readonly transfers: number;
  readonly seed: number;
  /** Share of transactions, 0 to 1, that a launderer sends while there is something to launder. */
  readonly laundering: number;
  /** How many transfers a laundering account makes before it is left behind, on average. */
  readonly stay: number;
  /** Thefts, spread over the first half of the ledger; the first is at its start. */
  readonly thefts: number;
};

/** A stretch of the ledger in columns, in ledger order. Amounts in wei. */
export type Batch = {
  length: number;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly amounts: bigint[];
  /** Number of the transaction in the ledger, from 0. */
  readonly tx: Uint32Array;
  readonly isFee: Uint8Array;
};

export type TheftTransfer = { readonly theft: number; readonly tx: number };

export type Ledger = {
  /** The next stretch, in arrays that are reused; null at the end. */
  readonly next: () => Batch | null;
  /** Transactions that carry stolen value to the thief, as far as they have been generated. */
  readonly seeds: readonly TheftTransfer[];
  /** Account numbers handed out so far. */
  readonly accounts: () => number;
};

const ETHER = 10n ** 18n;
/** Below this a launderer cashes out what is left. */
const SMALL = ETHER / 20n;
const BATCH = 1 << 16;
/** Room a batch keeps free: no step appends more. */
const STEP_ROOM = 256;

/** @param options - see `LedgerOptions`. */
export function createLedger(options: LedgerOptions): Ledger {
  const random = createRandom(options.seed);
  const batch: Batch = {
    length: 0,
    from: new Uint32Array(BATCH),
    to: new Uint32Array(BATCH),
    amounts: [],
    tx: new Uint32Array(BATCH),
    isFee: new Uint8Array(BATCH),
  };
  const book = createBook(options, batch, random);
  const step = createSteps(options, book, random);
  let done = 0;
  return {
    seeds: book.seeds,
    accounts: book.accounts,
    next() {
      if (done === options.transfers) return null;
      batch.length = 0;
      while (batch.length < BATCH - STEP_ROOM && done + batch.length < options.transfers) step(done + batch.length);
      batch.length = Math.min(batch.length, options.transfers - done);
      done += batch.length;
      return batch;
    },
  };
}

type Book = {
  readonly pay: (from: number, to: number, amount: bigint) => void;
  readonly balanceOf: (account: number) => bigint;
  readonly fresh: () => number;
  readonly accounts: () => number;
  readonly users: number;
  readonly seeds: TheftTransfer[];
  readonly steal: (theft: number, thief: number, amount: bigint) => void;
};

function createBook(options: LedgerOptions, batch: Batch, random: Random): Book {
  const users = Math.max(200, Math.floor(options.transfers / 40));
  const balances: bigint[] = new Array<bigint>(USERS_FROM + users).fill(0n);
  const seeds: TheftTransfer[] = [];
  let tx = 0;
  const put = (from: number, to: number, amount: bigint, isFee: number): void => {
    const i = batch.length++;
    batch.from[i] = from;
    batch.to[i] = to;
    batch.amounts[i] = amount;
    batch.tx[i] = tx;
    batch.isFee[i] = isFee;
  };
  const book: Book = {
    users,
    seeds,
    accounts: () => balances.length,
    balanceOf: (account) => balances[account] as bigint,
    fresh: () => balances.push(0n) - 1,
    pay(from, to, amount) {
      // 21,000 gas at 5 to 36 gwei, to the wei; a service's own fees are drawn from what it is known to have, too.
      const fee = 21_000n * (5_000_000_000n + BigInt(random.int(31_000_000_000 / 16)) * 16n);
      const left = (balances[from] as bigint) - fee;
      const isOwn = !isLabelled(from);
      if (isOwn && left <= 0n) return;
      const sent = isOwn && amount > left ? left : amount;
      put(from, FEE_SINK, fee, 1);
      put(from, to, sent, 0);
      if (isOwn) balances[from] = left - sent;
      balances[to] = (balances[to] as bigint) + sent;
      tx++;
    },
    steal(theft, thief, amount) {
      seeds.push({ theft, tx });
      book.pay(1 + (theft % LABELLED), thief, amount);
    },
  };
  return book;
}

/** One step: a theft when it is due, otherwise something a launderer or somebody else does. */
function createSteps(options: LedgerOptions, book: Book, random: Random): (done: number) => void {
  const active: number[] = [];
  const most = Math.max(64, Math.floor(options.transfers / 200));
  const launder = createLaunderer(options, book, random, active, most);
  const everyday = createEveryday(book, random);
  let thefts = 0;
  return (done) => {
    if (thefts < options.thefts && done >= (thefts * options.transfers) / (2 * options.thefts)) {
      const theft = thefts++;
      for (let i = 0; i < 4; i++) {
        const thief = book.fresh();
        book.steal(theft, thief, (theft === 0 ? 100_000n : 12_500n) * ETHER + BigInt(random.int(1_000_000_007)));
        active.push(thief);
      }
    } else if (active.length > 0 && random.real() < options.laundering) launder();
    else everyday();
  };
}

function createLaunderer(
  options: LedgerOptions,
  book: Book,
  random: Random,
  active: number[],
  most: number,
): () => void {
  const keep = (account: number): void => {
    if (book.balanceOf(account) > SMALL) active.push(account);
  };
  const take = (): number => {
    const i = random.int(active.length);
    const account = active[i] as number;
    const last = active.pop() as number;
    if (i < active.length) active[i] = last;
    return account;
  };
  /** A share of what an account has: from `low` to `high` 65536ths. */
  const share = (account: number, low: number, high: number): bigint =>
    (book.balanceOf(account) * BigInt(low + random.int(high - low))) >> 16n;
  const next = (): number => {
    const account = book.fresh();
    // Gas money from an exchange, or dust: untagged value that mixes with what is laundered.
    if (random.real() < 0.15) book.pay(random.skewed(1, LABELLED), account, ETHER / 20n + BigInt(random.int(1e9)));
    return account;
  };
  const cashOut = (account: number): void => {
    const exchange = random.skewed(1, LABELLED);
    book.pay(account, exchange, share(account, 600, 5000));
  };
  const mix = (account: number): void => {
    // A desk nobody has labelled takes a part and pays another account of the launderer's out of its pool.
    const desk = random.skewed(1 + LABELLED, SMALL_SERVICES);
    const part = share(account, 3000, 16000);
    book.pay(account, desk, part);
    const paid = next();
    book.pay(desk, paid, (part * 63n) / 64n);
    keep(paid);
  };
  const peel = (account: number): void => {
    if (random.real() < 0.7) cashOut(account);
    else mix(account);
  };
  const move = (account: number): void => {
    const to = next();
    book.pay(account, to, book.balanceOf(account));
    keep(to);
  };
  const split = (account: number): void => {
    const parts = 2 + random.int(5);
    for (let left = parts; left > 0; left--) {
      const to = next();
      book.pay(
        account,
        to,
        left === 1 ? book.balanceOf(account) : share(account, Math.floor(65536 / (left + 1)), Math.floor(65536 / left)),
      );
      keep(to);
    }
  };
  const consolidate = (account: number): void => {
    const to = next();
    book.pay(account, to, book.balanceOf(account));
    for (let n = 1 + random.int(7); n > 0 && active.length > 0; n--) {
      const other = take();
      book.pay(other, to, book.balanceOf(other));
    }
    keep(to);
  };
  return () => {
    const account = take();
    for (let n = random.int(2 * options.stay + 1); n > 0 && book.balanceOf(account) > SMALL; n--) peel(account);
    if (book.balanceOf(account) <= SMALL) return cashOut(account);
    const choice = random.real();
    if (active.length > most ? choice < 0.8 : choice < 0.15) consolidate(account);
    else if (active.length < 32 || choice < 0.45) split(account);
    else move(account);
  };
}

/** What everybody else does: withdraw, pay each other, pay a desk, deposit. */
function createEveryday(book: Book, random: Random): () => void {
  const user = (): number => random.skewed(USERS_FROM, book.users);
  return () => {
    const payer = user();
    const has = book.balanceOf(payer);
    const choice = random.real();
    if (has <= SMALL) {
      const amount = ETHER / 10n + ((ETHER * BigInt(random.int(1 << 24))) >> BigInt(16 + random.int(8)));
      // Withdrawals from labelled exchanges and, one in ten, from a desk that has enough.
      const desk = random.skewed(1 + LABELLED, SMALL_SERVICES);
      const from = choice < 0.1 && book.balanceOf(desk) > amount * 2n ? desk : random.skewed(1, LABELLED);
      book.pay(from, payer, amount);
      return;
    }
    const amount = (has * BigInt(1 + random.int(65535))) >> 16n;
    if (choice < 0.5) book.pay(payer, user(), amount);
    else if (choice < 0.6) book.pay(payer, random.skewed(1 + LABELLED, SMALL_SERVICES), amount);
    else book.pay(payer, random.skewed(1, LABELLED), has);
  };
}
