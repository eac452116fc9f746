import { CairnError, isCairnError } from '../../../errors.ts';
import { type Account, accountAddress } from '../../../units/index.ts';
import type { BlockRef } from '../../account-source.ts';
import { hashAt, isObject, listAt } from '../../evm/json-values.ts';
import { TRANSFER_TOPIC } from '../../evm/transfer-topic.ts';
import { UNWRAP_TOPIC, WRAP_TOPIC } from '../../evm/wrapped-coins.ts';
import type { RpcAnswer, RpcCall, RpcClient } from '../rpc-client.ts';
import { gone, type WantedRecord } from './read-records.ts';

/** A transaction that has to do with an account, and where it stands. */
export type Hit = WantedRecord;

/** What was found of one account. */
export type Found = {
  readonly hits: ReadonlyMap<string, Hit>;
  /** Everything up to this block is in `hits`. */
  readonly toBlock: number;
};

/** Addresses in one filter: nodes take some hundreds, providers from 50. */
const ADDRESSES = 50;

/** How nodes and providers say that an answer would be too large or take too long: less must be asked for. */
const TOO_MUCH =
  /limit|too (many|large|big|much)|more than|exceed|range|time(d)? ?out|response size|deadline|max(imum)? (results|block)|results? max/i;

/** The same, of the number of blocks: fewer accounts would not help. */
const TOO_WIDE = /block.{0,20}range|range.{0,30}(block|large|wide|exceed|limit)|(too many|maximum|max).{0,12}blocks/i;

/** What a node was found to allow: the narrowest range of blocks it refused. And how often in a row it gave no answer in time. */
export type RangeLimit = { tooWide: number; silences: number };

/** What is asked of a node: calls by account (native value) or events by account (tokens), or both. */
export type Wanted = { readonly calls: boolean; readonly events: boolean };

/**
 * Finds the transactions in which accounts sent, called, were called, were paid, or in whose events of transfers they are named,
 * in blocks `from` to `to`, in rising order. Where the node says that it is asked too much, half of the accounts are asked for,
 * then half of the blocks.
 * @param limit - an account with so many transactions is not looked at further: what is known of it ends at `toBlock`. Null: none.
 */
export async function findTransactions(
  client: RpcClient,
  accounts: readonly Account[],
  range: { readonly from: number; readonly to: BlockRef },
  options: {
    readonly limit: number | null;
    readonly wanted: Wanted;
    /** Learnt while asking, and kept by the caller for the next time. */
    readonly range: RangeLimit;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Map<Account, Found>> {
  const parts: (readonly Account[])[] = [];
  for (let i = 0; i < accounts.length; i += ADDRESSES) parts.push(accounts.slice(i, i + ADDRESSES));
  const found = await Promise.all(parts.map((part) => findTogether(client, part, range, options)));
  return new Map(found.flatMap((one) => [...one]));
}

type Options = Parameters<typeof findTransactions>[3];
type Range = Parameters<typeof findTransactions>[2];

async function findTogether(
  client: RpcClient,
  accounts: readonly Account[],
  { from, to: pin }: Range,
  options: Options,
): Promise<Map<Account, Found>> {
  const to = pin.number;
  const hits = new Map(accounts.map((account) => [account, new Map<string, Hit>()]));
  const ends = new Map<Account, number>();
  let open = accounts;
  let span = to - from + 1;
  for (let next = from; next <= to && open.length > 0; ) {
    if (options.signal?.aborted) throw new CairnError('interrupted', `stopped while ${client.host} was asked`);
    while (span >= options.range.tooWide && span > 1) span = Math.ceil(span / 2);
    const last = Math.min(to, next + span - 1);
    const answer = await askInTime(client, open, { from: next, to: last, pin }, options);
    if ('tooMuch' in answer) {
      const width = last - next + 1;
      if (TOO_WIDE.test(answer.tooMuch) && width > 1) {
        options.range.tooWide = Math.min(options.range.tooWide, width);
      } else if (open.length > 1) {
        const rest = await findHalves(client, open, { from: next, to: pin }, options);
        for (const [account, { hits: later, toBlock }] of rest) {
          for (const [hash, hit] of later) hits.get(account)?.set(hash, hit);
          ends.set(account, toBlock);
        }
        break;
      } else if (width === 1) throw refusedBlock(client, next, answer.tooMuch);
      span = Math.ceil(width / 2);
      continue;
    }
    for (const [account, hit] of answer.hits) hits.get(account)?.set(hit.hash, hit);
    for (const account of open) ends.set(account, cutAt(hits.get(account) as Map<string, Hit>, options.limit) ?? last);
    open = open.filter((account) => ends.get(account) === last && !isFull(hits.get(account), options.limit));
    next = last + 1;
    if (span * 2 < options.range.tooWide) span *= 2;
  }
  return new Map(
    accounts.map((account) => {
      const found: Found = { hits: hits.get(account) ?? new Map(), toBlock: ends.get(account) ?? from - 1 };
      return [account, found];
    }),
  );
}

const isFull = (hits: ReadonlyMap<string, Hit> | undefined, limit: number | null): boolean =>
  limit !== null && (hits?.size ?? 0) >= limit;

/**
 * Leaves out what is beyond the limit, whole blocks at a time: of a block either all transactions are in or none, but of the first.
 * @returns the last block that is whole; null: nothing was beyond the limit.
 */
function cutAt(hits: Map<string, Hit>, limit: number | null): number | null {
  if (limit === null || hits.size <= limit) return null;
  const rising = [...hits.values()].sort((a, b) => a.blockNumber - b.blockNumber);
  const [first, beyond] = [rising[0] as Hit, rising[limit] as Hit];
  const end = Math.max(first.blockNumber, beyond.blockNumber - 1);
  for (const { hash, blockNumber } of rising) if (blockNumber > end) hits.delete(hash);
  return end;
}

async function findHalves(
  client: RpcClient,
  accounts: readonly Account[],
  range: Range,
  options: Options,
): Promise<Map<Account, Found>> {
  const middle = Math.ceil(accounts.length / 2);
  const first = await findTogether(client, accounts.slice(0, middle), range, options);
  return new Map([...first, ...(await findTogether(client, accounts.slice(middle), range, options))]);
}

function refusedBlock(client: RpcClient, block: number, why: string): CairnError {
  return new CairnError('unavailable', `the node at ${client.host} refuses even the single block ${block}: ${why}`);
}

type Window = { readonly hits: readonly (readonly [Account, Hit])[] } | { readonly tooMuch: string };

/** A node that answers small questions and is silent to a large one is asked for less; one that is silent three times in a row is not there. */
const SILENCES = 3;
const NO_ANSWER = /no reply within|status 50[234]|status 52[234]/;

async function askInTime(
  client: RpcClient,
  accounts: readonly Account[],
  window: Blocks & { readonly pin: BlockRef },
  { wanted, range }: Options,
): Promise<Window> {
  try {
    const answer = await askWindow(client, accounts, window, wanted);
    range.silences = 0;
    return answer;
  } catch (error) {
    const isSilent = isCairnError(error) && error.retryable && NO_ANSWER.test(error.message);
    const canShrink = accounts.length > 1 || window.to > window.from;
    if (!isSilent || !canShrink || ++range.silences >= SILENCES) throw error;
    return { tooMuch: error.message };
  }
}

type Blocks = { readonly from: number; readonly to: number };

/** How often a node is asked that is not at the block that is fetched up to, after a second, then two, then four. */
const ATTEMPTS = 4;

/**
 * Asks for a window. Of several machines behind one address some lag behind, and leave out of a filter's answer what they do not have
 * yet: with the filters, in one request, it is asked for the block that is fetched up to, first and last.
 */
async function askWindow(
  client: RpcClient,
  accounts: readonly Account[],
  { pin, ...blocks }: Blocks & { readonly pin: BlockRef },
  wanted: Wanted,
): Promise<Window> {
  const byAddress = new Map(accounts.map((account) => [accountAddress(account), account]));
  const byTopic = new Map(accounts.map((account) => [topicOf(accountAddress(account)), account]));
  const calls = [
    ...(wanted.calls ? traceCalls([...byAddress.keys()], blocks) : []),
    ...(wanted.events ? eventCalls([...byTopic.keys()], blocks) : []),
  ];
  const atPin: RpcCall = { method: 'eth_getBlockByNumber', params: [hex(pin.number), false] };
  for (let attempt = 1; ; attempt++) {
    const [before, ...answers] = await client.askAll([atPin, ...calls, atPin]);
    const isAtPin = [before, answers.pop()].every((one) => isBlock(one, pin));
    const refusal = answers.find((answer) => 'refused' in answer);
    const isBehind = !isAtPin || (refusal !== undefined && AHEAD.test(refusal.refused));
    if (!isBehind) return windowOf(client, calls, answers, { byAddress, byTopic });
    if (attempt === ATTEMPTS) gone(client, `block ${pin.number} (${pin.hash})`, refusal ?? null);
    await client.pause(500 * 2 ** attempt);
  }
}

/** How nodes say that they do not have the last blocks of a range yet. */
const AHEAD =
  /beyond.{0,20}head|head block|future block|(block|header).{0,10}not (yet )?(found|available)|unknown block/i;

/** Not too much at once, but no more at all for now. */
const SPENT = /(daily|monthly|weekly).{0,20}(limit|quota)|quota|capacity|credits/i;

const isBlock = (answer: RpcAnswer | undefined, { hash }: BlockRef): boolean =>
  answer !== undefined && 'result' in answer && isObject(answer.result) && answer.result['hash'] === hash;

type Named = { readonly byAddress: ReadonlyMap<string, Account>; readonly byTopic: ReadonlyMap<string, Account> };

function windowOf(
  client: RpcClient,
  calls: readonly RpcCall[],
  answers: readonly RpcAnswer[],
  { byAddress, byTopic }: Named,
): Window {
  const hits: (readonly [Account, Hit])[] = [];
  for (const [i, answer] of answers.entries()) {
    const { method } = calls[i] as RpcCall;
    if ('refused' in answer) {
      const isTooMuch = TOO_MUCH.test(answer.refused) || answer.code === -32005;
      if (isTooMuch && !SPENT.test(answer.refused)) return { tooMuch: answer.refused };
      throw new CairnError('unavailable', `the node at ${client.host} refused ${method}: ${answer.refused}`, {
        retryable: true,
      });
    }
    const items = listAt(answer.result, method);
    hits.push(...(method === 'trace_filter' ? traceHits(items, byAddress) : eventHits(items, byTopic)));
  }
  return { hits };
}

const hex = (number: number): string => `0x${number.toString(16)}`;
const topicOf = (address: string): string => `0x${address.slice(2).padStart(64, '0')}`;

/** Nodes differ on whether both sides in one filter mean both or either: each is asked for by itself. */
function traceCalls(addresses: readonly string[], { from, to }: Blocks): RpcCall[] {
  const blocks = { fromBlock: hex(from), toBlock: hex(to) };
  return [{ fromAddress: addresses }, { toAddress: addresses }].map((side) => ({
    method: 'trace_filter',
    params: [{ ...blocks, ...side }],
  }));
}

function eventCalls(topics: readonly string[], { from, to }: Blocks): RpcCall[] {
  const blocks = { fromBlock: hex(from), toBlock: hex(to) };
  return [
    [[TRANSFER_TOPIC, WRAP_TOPIC, UNWRAP_TOPIC], topics],
    [[TRANSFER_TOPIC], null, topics],
  ].map((filter) => ({ method: 'eth_getLogs', params: [{ ...blocks, topics: filter }] }));
}

function traceHits(items: readonly unknown[], accounts: ReadonlyMap<string, Account>): (readonly [Account, Hit])[] {
  return items.flatMap((item) => {
    // Rewards of blocks belong to no transaction.
    if (!isObject(item) || item['type'] === 'reward') return [];
    const { action, result } = item as { action?: unknown; result?: unknown };
    const sides = { ...(isObject(action) ? action : {}) };
    const created = isObject(result) ? result['address'] : undefined;
    const named = [sides['from'], sides['to'], sides['address'], sides['refundAddress'], created];
    const hit = hitOf(item, item['blockNumber'], 'trace_filter');
    return named.flatMap((address) => {
      const account = typeof address === 'string' ? accounts.get(address.toLowerCase()) : undefined;
      return account === undefined ? [] : [[account, hit] as const];
    });
  });
}

function eventHits(items: readonly unknown[], accounts: ReadonlyMap<string, Account>): (readonly [Account, Hit])[] {
  return items.flatMap((item) => {
    if (!isObject(item) || !Array.isArray(item['topics']) || item['removed'] === true) return [];
    const hit = hitOf(item, item['blockNumber'], 'eth_getLogs');
    return item['topics'].slice(1, 3).flatMap((topic) => {
      const account = accounts.get(String(topic).toLowerCase());
      return account === undefined ? [] : [[account, hit] as const];
    });
  });
}

function hitOf(item: Readonly<Record<string, unknown>>, block: unknown, where: string): Hit {
  return {
    hash: hashAt(item['transactionHash'], `${where}: transactionHash`),
    blockHash: hashAt(item['blockHash'], `${where}: blockHash`),
    blockNumber: Number(block),
  };
}
