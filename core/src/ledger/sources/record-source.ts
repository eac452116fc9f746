import type { Account } from '../../units/index.ts';
import type { AccountSource, BlockRef, FetchInto } from '../account-source.ts';
import type { Coverage } from '../coverage.ts';
import type { RecordSource, ToldHistory, ToldTransaction } from '../record-source.ts';
import { createMemoryLedger } from '../stores/memory.ts';
import type { Transfer } from '../transfer.ts';

/** A source of histories as a source to hold a record against: each answer is read into a ledger of its own, as a fetch would. */
export function createRecordSource(source: AccountSource, signal?: AbortSignal): RecordSource {
  const { name, chain } = source;
  const into = (): FetchInto => ({ store: createMemoryLedger(), keysOf: () => [], signal });
  const blocks = new Map<number, Promise<BlockRef | null>>();
  const blockAt = (number: number): Promise<BlockRef | null> => {
    const known = blocks.get(number) ?? source.block(number);
    blocks.set(number, known);
    return known;
  };
  return {
    name,
    chain,
    knowsAll: async () => (await source.offer()).basis === 'index',
    async transactions(hashes) {
      const target = into();
      const unknown = new Set(await source.transactions(hashes, target));
      const { store } = target;
      const byTx = Map.groupBy(await store.transactions(hashes), ({ tx }) => tx);
      const withoutCalls = new Set<string>();
      for (const record of await store.evidence(hashes)) {
        if (record.kind === 'evm' && record.frames === null) withoutCalls.add(record.tx);
      }
      const told = hashes
        .filter((tx) => !unknown.has(tx))
        .map((tx): [string, ToldTransaction] => {
          return [tx, { transfers: byTx.get(tx) ?? [], showsInner: !withoutCalls.has(tx) }];
        });
      return new Map(told);
    },
    async histories(accounts, assets, { toBlock, limit }) {
      const to = (await source.offer()).basis === 'index' ? await blockAt(toBlock) : null;
      if (to === null) return null;
      const target = into();
      await source.histories({ accounts, assets, fromBlock: 0, to, limit }, target);
      const { store } = target;
      const transfers = new Map<Account, Transfer[]>(accounts.map((account) => [account, []]));
      const all = { accounts, assets, until: null, limitPerAccount: null };
      await store.histories(all, (owner, transfer) => {
        if (transfer.blockNumber <= toBlock) transfers.get(owner)?.push(transfer);
      });
      const declared = Map.groupBy(await store.coverage(accounts), ({ account }) => account);
      return new Map(
        accounts.map((account): [Account, ToldHistory] => [
          account,
          {
            transfers: transfers.get(account) ?? [],
            lacking: whatLacks(name, declared.get(account) ?? [], toBlock),
          },
        ]),
      );
    },
  };
}

function whatLacks(name: string, declared: readonly Coverage[], toBlock: number): string | null {
  const isWhole = declared.some((one) => one.basis !== 'unknown' && !one.truncated && (one.toBlock ?? -1) >= toBlock);
  if (isWhole) return null;
  const notes = declared.flatMap(({ note }) => note ?? []);
  return `${name} does not give the whole list up to block ${toBlock}${notes.length === 0 ? '' : `: ${notes.join(' ')}`}`;
}
