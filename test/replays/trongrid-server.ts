import { tronAccount } from '../../core/src/ledger/tron/address.ts';
import { type Asked, type LocalServer, type Reply, serveReplies } from './local-server.ts';

/*
 * What a service of TronGrid's kind answers about a chain, after its published description (developers.tron.network, "TronGrid V1
 * API" and "FullNode HTTP API") and replies recorded by others (trongrid-recorded.json). Where neither shows a reply's form, the
 * inner calls of an account, it is that which public clients of the service expect.
 */

export type GridInnerCall = {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  readonly rejected?: true;
  /** Of a TRC-10 token. */
  readonly tokenId?: string;
};

export type GridLog = { readonly contract: string; readonly topics: readonly string[]; readonly data: string };

/** A transaction; addresses are 21 bytes in hex. */
export type GridTransaction = {
  readonly txID: string;
  readonly block: number;
  readonly type: 'TransferContract' | 'TransferAssetContract' | 'TriggerSmartContract';
  /** The contract's value: owner_address, and to_address or contract_address, and amounts. */
  readonly value: Readonly<Record<string, string | number>>;
  readonly fee: number;
  /** Default: SUCCESS. */
  readonly result?: 'REVERT';
  readonly logs?: readonly GridLog[];
  readonly innerCalls?: readonly GridInnerCall[];
};

/** What the service knows; may be exchanged while it runs. */
export type GridChain = {
  blocks: readonly {
    readonly number: number;
    readonly hash: string /** Unix milliseconds. */;
    readonly time: number;
  }[];
  transactions: readonly GridTransaction[];
  /** The newest final block. */
  solid: number;
  /** Whether a node keeps inner calls, which is a setting of its own. */
  keepsInnerCalls: boolean;
};

const TRANSFER = 'ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';

type Row = { readonly block: number; readonly row: object };

/** @param mostRows - of a page; the service's own is 200. */
export async function serveTronGrid(chain: GridChain, mostRows = 200): Promise<LocalServer> {
  const timeOf = (block: number): number => chain.blocks.find(({ number }) => number === block)?.time ?? 0;

  const signedOf = ({ txID, type, value, result, fee }: GridTransaction) => ({
    txID,
    ret: [{ contractRet: result ?? 'SUCCESS', fee }],
    raw_data: { contract: [{ type, parameter: { value, type_url: `type.googleapis.com/protocol.${type}` } }] },
  });

  const infoOf = (one: GridTransaction): object => {
    const { txID, block, fee, result, logs = [], innerCalls = [] } = one;
    const own = { id: txID, blockNumber: block, blockTimeStamp: timeOf(block), ...(fee === 0 ? {} : { fee }) };
    if (one.type !== 'TriggerSmartContract') return { ...own, receipt: { net_usage: 268 } };
    if (result !== undefined) return { ...own, result: 'FAILED', receipt: { result } };
    const inner = innerCalls.map(({ from, to, amount, rejected, tokenId }) => ({
      caller_address: from,
      transferTo_address: to,
      callValueInfo: [{ callValue: amount, ...(tokenId === undefined ? {} : { tokenId }) }],
      ...(rejected ? { rejected } : {}),
    }));
    return {
      ...own,
      receipt: { result: 'SUCCESS' },
      log: logs.map(({ contract, topics, data }) => ({ address: contract.slice(2), topics, data })),
      ...(chain.keepsInnerCalls && inner.length > 0 ? { internal_transactions: inner } : {}),
    };
  };

  const lists: Readonly<Record<string, (one: GridTransaction, account: string) => object[]>> = {
    transactions: (one, account) => {
      const { owner_address: owner, to_address: to, contract_address: contract } = one.value;
      if (![owner, to, contract].some((address) => address !== undefined && plain(String(address)) === account))
        return [];
      const { block: blockNumber } = one;
      return [{ ...signedOf(one), blockNumber, block_timestamp: timeOf(blockNumber), internal_transactions: [] }];
    },
    'transactions/trc20': (one, account) =>
      (one.logs ?? []).flatMap(({ contract, topics, data }) => {
        if (one.result !== undefined || topics[0] !== TRANSFER) return [];
        const [from, to] = [topics[1], topics[2]].map((topic) => plain(String(topic).slice(-40)));
        if (from !== account && to !== account) return [];
        const token_info = { symbol: 'TKN', address: plain(contract), decimals: 6, name: 'Token' };
        const value = String(BigInt(`0x${topics[3] ?? data}`));
        return [
          {
            transaction_id: one.txID,
            token_info,
            block_timestamp: timeOf(one.block),
            from,
            to,
            type: 'Transfer',
            value,
          },
        ];
      }),
    'internal-transactions': (one, account) =>
      (one.innerCalls ?? []).flatMap(({ from, to, amount, rejected = false, tokenId = '_' }, i) =>
        plain(from) === account || plain(to) === account
          ? [
              {
                internal_tx_id: `${one.txID.slice(0, 60)}${String(i).padStart(4, '0')}`,
                tx_id: one.txID,
                block_timestamp: timeOf(one.block),
                from_address: from,
                to_address: to,
                data: { note: '63616c6c', rejected, call_value: { [tokenId]: amount } },
              },
            ]
          : [],
      ),
  };

  function listed(account: string, list: string, query: URLSearchParams): Reply {
    const rowsOf = lists[list];
    if (rowsOf === undefined) return { status: 404, text: '{"success":false,"error":"not found"}' };
    const limit = Math.min(Number(query.get('limit') ?? 20), mostRows);
    const confirmed = query.get('only_confirmed') === 'true';
    const [from, to] = ['min_timestamp', 'max_timestamp'].map((name) => Number(query.get(name) ?? Number.NaN));
    const token = query.get('contract_address');
    const all = chain.transactions
      .flatMap((one): Row[] => rowsOf(one, account).map((row) => ({ block: one.block, row })))
      .filter(({ block, row }) => {
        const at = timeOf(block);
        const contract = (row as { token_info?: { address: string } }).token_info?.address;
        return !(
          at < (from as number) ||
          at > (to as number) ||
          (confirmed && block > chain.solid) ||
          (token !== null && token !== contract)
        );
      })
      .sort((a, b) => a.block - b.block);
    const start = Number(query.get('fingerprint')?.slice(4) ?? 0);
    const data = all.slice(start, start + limit).map(({ row }) => row);
    const next = start + limit < all.length ? { fingerprint: `mark${start + limit}` } : {};
    return { text: JSON.stringify({ data, success: true, meta: { at: 1, ...next, page_size: data.length } }) };
  }

  const blockOf = (number: number): object => {
    const block = chain.blocks.find((one) => one.number === number);
    if (block === undefined) return {};
    // The first block leaves out what is 0.
    const raw_data = number === 0 ? {} : { number, timestamp: block.time };
    return { blockID: block.hash, block_header: { raw_data } };
  };

  function answer({ path, body }: Asked): Reply {
    const url = new URL(path, 'http://127.0.0.1');
    const [, , , account = '', ...list] = url.pathname.split('/');
    if (url.pathname.startsWith('/v1/accounts/')) return listed(account, list.join('/'), url.searchParams);
    const asked = (body ?? {}) as { num?: number; value?: string };
    const one = chain.transactions.find(({ txID }) => txID === asked.value);
    const replies: Readonly<Record<string, () => object>> = {
      '/wallet/getnowblock': () => blockOf(Math.max(...chain.blocks.map(({ number }) => number))),
      '/walletsolidity/getnowblock': () => blockOf(chain.solid),
      '/wallet/getblockbynum': () => blockOf(asked.num ?? 0),
      '/wallet/gettransactionbyid': () => (one === undefined ? {} : signedOf(one)),
      '/wallet/gettransactioninfobyid': () => (one === undefined ? {} : infoOf(one)),
    };
    const reply = replies[url.pathname];
    return reply === undefined ? { status: 404, text: 'no such page' } : { text: JSON.stringify(reply()) };
  }

  return serveReplies(answer);
}

/** An address as the lists write it. */
function plain(hex: string): string {
  return tronAccount(hex).slice('tron:0x2b6653dc:'.length);
}
