import { type LocalServer, type Reply, serveReplies } from './local-server.ts';

/*
 * What a service of the Esplora kind answers about a chain, after its published description
 * (https://github.com/Blockstream/esplora/blob/master/API.md): text for heights and hashes, JSON for the rest, pages of 25 that
 * begin with the latest, 404 for what is not there.
 */

export type ServedOutput = { readonly scriptpubkey: string; readonly value: number };

export type ServedTransaction = {
  readonly txid: string;
  /** Null: new coins. */
  readonly vin: readonly ({ readonly txid: string; readonly vout: number } | null)[];
  readonly vout: readonly ServedOutput[];
};

export type ServedBlock = {
  readonly hash: string;
  readonly time: number;
  readonly transactions: readonly ServedTransaction[];
};

/** What the service knows; may be exchanged while it runs. */
export type ServedChain = {
  /** By height, from 0. */
  blocks: readonly ServedBlock[];
  /** Transactions that are in no block yet. */
  unconfirmed: readonly ServedTransaction[];
};

/** The page size of the published interface. */
const PAGE = 25;

type Placed = ServedTransaction & { readonly height: number | null; readonly place: number };

/** @param addressOf - the address of a script, as the service writes it; null: it has none. */
export async function serveEsplora(
  state: ServedChain,
  addressOf: (script: string) => string | null,
): Promise<LocalServer> {
  const placed = (): Placed[] => [
    ...state.blocks.flatMap(({ transactions }, height) =>
      transactions.map((one, place) => ({ ...one, height, place })),
    ),
    ...state.unconfirmed.map((one) => ({ ...one, height: null, place: 0 })),
  ];
  const find = (txid: string): Placed | undefined => placed().find((one) => one.txid === txid);
  const outputOf = ({ txid, vout }: { txid: string; vout: number }): ServedOutput | undefined => find(txid)?.vout[vout];
  const written = ({ scriptpubkey, value }: ServedOutput) => ({
    scriptpubkey,
    scriptpubkey_address: addressOf(scriptpubkey) ?? undefined,
    value,
  });

  const statusOf = ({ height }: Placed) =>
    height === null
      ? { confirmed: false }
      : {
          confirmed: true,
          block_height: height,
          block_hash: state.blocks[height]?.hash,
          block_time: state.blocks[height]?.time,
        };

  const replyOf = (one: Placed) => ({
    txid: one.txid,
    version: 1,
    locktime: 0,
    vin: one.vin.map((spent) => {
      const output = spent === null ? undefined : outputOf(spent);
      return {
        txid: spent?.txid ?? '0'.repeat(64),
        vout: spent?.vout ?? 0xffffffff,
        prevout: output === undefined ? null : written(output),
        scriptsig: '',
        is_coinbase: spent === null,
        sequence: 0xffffffff,
      };
    }),
    vout: one.vout.map(written),
    status: statusOf(one),
  });

  const spendOf = (txid: string, index: number) => {
    const spender = placed().find(({ vin }) => vin.some((spent) => spent?.txid === txid && spent.vout === index));
    if (spender === undefined) return { spent: false };
    const vin = spender.vin.findIndex((spent) => spent?.txid === txid && spent.vout === index);
    return { spent: true, txid: spender.txid, vin, status: statusOf(spender) };
  };

  const historyOf = (address: string): Placed[] => {
    const isOwn = (output: ServedOutput | undefined) =>
      output !== undefined && addressOf(output.scriptpubkey) === address;
    const touches = ({ vin, vout }: Placed) =>
      vout.some(isOwn) || vin.some((spent) => spent !== null && isOwn(outputOf(spent)));
    return placed()
      .filter((one) => one.height !== null && touches(one))
      .reverse();
  };

  function answer(asked: string): Reply {
    // Some services want a key as the first part of the path.
    const path = asked.replace(/^\/api-[^/]+/, '');
    const [, kind, id = '', what = '', more = '', after] = path.split('/').map(decodeURIComponent);
    if (path === '/blocks/tip/height') return text(String(state.blocks.length - 1));
    if (kind === 'block-height') return text(state.blocks[Number(id)]?.hash);
    if (kind === 'block') return json(headerOf(id));
    if (kind === 'address') {
      const history = historyOf(id);
      if (what === '') return json({ address: id, chain_stats: { tx_count: history.length } });
      const start = after === undefined ? 0 : history.findIndex(({ txid }) => txid === after) + 1;
      return json(history.slice(start, start + PAGE).map(replyOf));
    }
    const one = find(id);
    if (kind !== 'tx' || one === undefined) return text(undefined);
    if (what === 'outspends') return json(one.vout.map((_, index) => spendOf(id, index)));
    if (what === 'outspend') return json(spendOf(id, Number(more)));
    if (what === 'merkle-proof')
      return json(one.height === null ? undefined : { block_height: one.height, merkle: [], pos: one.place });
    return json(replyOf(one));
  }

  function headerOf(hash: string): object | undefined {
    const height = state.blocks.findIndex((block) => block.hash === hash);
    const block = state.blocks[height];
    if (block === undefined) return undefined;
    const previous = state.blocks[height - 1]?.hash ?? null;
    const { time, transactions } = block;
    const merkle_root = '1'.repeat(64);
    return {
      id: hash,
      height,
      previousblockhash: previous,
      merkle_root,
      timestamp: time,
      tx_count: transactions.length,
    };
  }

  return serveReplies(({ path }) => answer(path));
}

function text(body: string | undefined): Reply {
  return body === undefined ? { status: 404, text: 'Not found' } : { text: body };
}

function json(value: unknown): Reply {
  return value === undefined ? text(undefined) : { text: JSON.stringify(value) };
}
