import type { LedgerReader, Transfer, TransferTable } from '../ledger/index.ts';
import type { Account, Asset } from '../units/index.ts';
import { type Named, refName } from './compile.ts';
import type { Limits } from './request.ts';
import { hasServiceLimits, serviceLookAhead, serviceProof } from './service.ts';

/**
 * The part of the ledger a trace has read so far, and how it reads more.
 * What is read ahead never changes a result: a run uses an account's rows only once it needs them.
 */
export type Frontier = {
  readonly table: TransferTable;
  /** By account number: 1 where the whole history is in the table. */
  loaded(): Uint8Array;
  /**
   * Reads an account, and others the run is likely to need next: payees of what has been read, more with every call, so that
   * a trace that ends soon reads little and a long one asks seldom.
   * @param place - where the run stands in `table.order`.
   */
  load(account: number, place: number): Promise<Loaded>;
  /** The transfers that prove an account behaves like a service; null: it does not. Needs the account to be known. */
  proof(account: number): readonly Transfer[] | null;
  /** True where `proof` can answer. */
  known(account: number): boolean;
};

/** The accounts that have been read. */
export function loadedAccounts(frontier: Frontier): Set<number> {
  const accounts = new Set<number>();
  frontier.loaded().forEach((isLoaded, account) => {
    if (isLoaded === 1) accounts.add(account);
  });
  return accounts;
}

/** Accounts read with the first call; every call doubles it, up to the page size. */
const FIRST_PAGE = 256;

/** `shift`: rows put into the order before the run's place. */
export type Loaded = { readonly shift: number; readonly accounts: readonly number[] };

export type FrontierOptions = {
  readonly assets: readonly Asset[];
  readonly limits: Limits;
  readonly reverse: boolean;
  readonly pageSize: number;
  /** Accounts not worth reading: a label stops there. */
  readonly isStopped: (account: Account) => boolean;
  /** Accounts that are read in full whatever the service limits say. */
  readonly isSeeded: (account: number) => boolean;
};

/** A frontier over a table that already holds the whole ledger. */
export function createWholeFrontier(table: TransferTable, options: FrontierOptions): Frontier {
  const loaded = new Uint8Array(table.accounts.values.length).fill(1);
  for (const sink of table.sinks) loaded[sink] = 0;
  const proofs = new Map<Account, readonly Transfer[] | null>();
  let byAccount: Map<Account, number[]> | null = null;
  return {
    table,
    loaded: () => loaded,
    load: () => Promise.resolve({ shift: 0, accounts: [] }),
    known: () => true,
    proof(account) {
      if (!hasServiceLimits(options.limits) || table.passages.has(account)) return null;
      byAccount ??= rowsByAccount(table, options);
      const owner = table.ownerOf(account);
      let proof = proofs.get(owner);
      if (proof === undefined) {
        const transfers = (byAccount.get(owner) ?? []).map((row) => table.transfer(row));
        proof = serviceProof(owner, transfers, options.limits);
        proofs.set(owner, proof);
      }
      return proof;
    },
  };
}

/** Rows by who stands on either side; of an output, whoever can spend it. */
function rowsByAccount(table: TransferTable, { assets, limits }: FrontierOptions): Map<Account, number[]> {
  const end = limits.until ?? Number.POSITIVE_INFINITY;
  const rows = new Map<Account, number[]>();
  const note = (number: number, row: number): void => {
    const account = table.ownerOf(number);
    const list = rows.get(account);
    if (list === undefined) rows.set(account, [row]);
    else list.push(row);
  };
  for (let row = 0; row < table.count; row++) {
    if ((table.asset[row] as number) >= assets.length || table.amounts.isZero(row) || (table.time[row] as number) > end)
      continue;
    note(table.from[row] as number, row);
    if (table.from[row] !== table.to[row]) note(table.to[row] as number, row);
  }
  return rows;
}

/** A frontier that reads accounts from a store in batches. The table holds the named transfers already. */
export function createPagedFrontier(
  reader: LedgerReader,
  table: TransferTable,
  named: Named,
  options: FrontierOptions,
): Frontier {
  let loaded = new Uint8Array(1024);
  const pinned = new Set(named.transfers.map(refName));
  const proofs = new Map<number, readonly Transfer[] | null>();
  const lookAhead = serviceLookAhead(options.limits);
  const proofsOfOwners = new Map<Account, readonly Transfer[] | null>();

  /** Reads enough of what owners of outputs did to say whether they behave like services. */
  const proveOwners = async (numbers: readonly number[]): Promise<void> => {
    const owners = new Set(numbers.map((number) => table.locks.get(number)?.owner ?? null));
    const unknown = [...owners].flatMap((owner) => (owner === null || proofsOfOwners.has(owner) ? [] : [owner]));
    if (lookAhead === null || unknown.length === 0) return;
    const histories = new Map(unknown.map((owner) => [owner, [] as Transfer[]]));
    await reader.histories(
      { accounts: unknown, assets: options.assets, until: options.limits.until, limitPerAccount: lookAhead },
      (owner, transfer) => histories.get(owner)?.push(transfer),
    );
    for (const [owner, transfers] of histories)
      proofsOfOwners.set(owner, serviceProof(owner, transfers, options.limits));
  };

  const proofOf = (number: number, transfers: readonly Transfer[]): readonly Transfer[] | null => {
    if (table.passages.has(number)) return null;
    const owner = table.locks.get(number)?.owner ?? null;
    if (owner !== null) return proofsOfOwners.get(owner) ?? null;
    return serviceProof(table.accounts.values[number] as Account, transfers, options.limits);
  };

  const fit = (): void => {
    const count = table.accounts.values.length;
    if (loaded.length >= count) return;
    const wide = new Uint8Array(count * 2);
    wide.set(loaded);
    loaded = wide;
  };

  const readPage = async (numbers: readonly number[], limit: number | null): Promise<number[]> => {
    const histories = new Map(numbers.map((number) => [table.accounts.values[number] as Account, [] as Transfer[]]));
    await reader.histories(
      { accounts: [...histories.keys()], assets: options.assets, until: options.limits.until, limitPerAccount: limit },
      (owner, transfer) => histories.get(owner)?.push(transfer),
    );
    await proveOwners(numbers);
    const short: number[] = [];
    const read = new Set<number>();
    for (const number of numbers) {
      const account = table.accounts.values[number] as Account;
      const transfers = histories.get(account) as Transfer[];
      if (lookAhead !== null) proofs.set(number, proofOf(number, transfers));
      if (limit === null || transfers.length < limit) read.add(number);
      else if (proofs.get(number) === null || options.isSeeded(number)) short.push(number);
    }
    fit();
    for (const number of read) {
      const account = table.accounts.values[number] as Account;
      for (const transfer of histories.get(account) as Transfer[]) {
        const other = table.accounts.numberOf(transfer.from === account ? transfer.to : transfer.from);
        fit();
        // A transfer between two accounts is read under both: keep it the first time.
        if (loaded[other] === 1 || pinned.has(refName(transfer))) continue;
        if (read.has(other) && other !== number && transfer.to === account) continue;
        table.add(transfer);
      }
    }
    fit();
    for (const number of read) loaded[number] = 1;
    for (const number of short) read.delete(number);
    return short.length === 0 ? [...read] : [...read, ...(await readPage(short, null))];
  };

  const isWorthReading = (account: number): boolean =>
    loaded[account] !== 1 &&
    !proofs.has(account) &&
    !table.sinks.has(account) &&
    !options.isStopped(table.ownerOf(account));

  /** Payees of accounts that were read, not read themselves yet, in the order they were found. */
  const pending = new Set<number>();
  /** The fewest payments by which value may have come to an account, as far as was read: never more than its hops. */
  const steps = new Map<number, number>();
  const { maxHops, maxAccounts } = options.limits;
  const mostAhead = Math.min(options.pageSize, Math.max(1, maxAccounts ?? options.pageSize));
  let page = Math.min(FIRST_PAGE, mostAhead);

  const notePayees = (firstRow: number, level: ReadonlySet<number>, isAhead: (row: number) => boolean): void => {
    const payers = options.reverse ? table.to : table.from;
    const receivers = options.reverse ? table.from : table.to;
    for (let row = firstRow; row < table.count; row++) {
      const payee = receivers[row] as number;
      const payer = payers[row] as number;
      if (!level.has(payer)) continue;
      const step = Math.min(steps.get(payee) ?? Number.POSITIVE_INFINITY, (steps.get(payer) ?? 0) + 1);
      steps.set(payee, step);
      // Where hops end value is booked, and the account is not read.
      const isWithin = maxHops === null || step < maxHops;
      if (isWithin && isWorthReading(payee) && isAhead(row)) pending.add(payee);
    }
  };

  const takePending = (room: number): Set<number> => {
    const taken = new Set<number>();
    for (const account of pending) {
      if (taken.size >= room) break;
      pending.delete(account);
      if (isWorthReading(account)) taken.add(account);
    }
    return taken;
  };

  return {
    table,
    loaded: () => loaded,
    known: (account) => loaded[account] === 1 || proofs.has(account),
    proof: (account) => proofs.get(account) ?? null,
    async load(account, place) {
      fit();
      const here = place >= 0 && place < table.order.length ? (table.order[place] as number) : -1;
      const isAhead = (row: number): boolean =>
        here < 0 || (options.reverse ? table.compare(row, here) <= 0 : table.compare(row, here) >= 0);
      const accounts: number[] = [];
      let room = page;
      page = Math.min(page * 2, mostAhead);
      for (let level = takePending(room - 1).add(account); level.size > 0; level = takePending(room)) {
        room -= level.size;
        const firstRow = table.count;
        accounts.push(...(await readPage([...level], lookAhead)));
        notePayees(firstRow, level, isAhead);
      }
      return { shift: table.sort(Math.max(place, 0)), accounts };
    },
  };
}
