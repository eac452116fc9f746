import { CairnError } from '../../errors.ts';
import { countAt, isAbsent, isObject } from '../evm/json-values.ts';
import { type NodeClientOptions, postWithRetries } from './node-client.ts';

/** A node of Tron, asked where transactions stand. */
export type TronNode = {
  /** Null: the node does not know it. @throws unavailable, interrupted. */
  placeOf(tx: string): Promise<{ readonly blockNumber: number; readonly blockTime: number } | null>;
};

/**
 * @param url - of the node's HTTP interface, without `/wallet`; may carry a key, which never appears in a message.
 * @throws invalid-input for a URL that is none.
 */
export function createTronNode(url: string, options: NodeClientOptions): TronNode {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new CairnError('invalid-input', 'the node must be given as an http or https URL');
  }
  const endpoint = new URL(parsed);
  endpoint.pathname = `${parsed.pathname.replace(/\/$/, '')}/wallet/gettransactioninfobyid`;
  return {
    async placeOf(tx) {
      const post = { url: endpoint.href, host: parsed.host, body: JSON.stringify({ value: tx }) };
      const info = await postWithRetries(post, options);
      if (!isObject(info) || isAbsent(info['blockNumber'])) return null;
      const where = `transaction ${tx} at ${parsed.host}`;
      return {
        blockNumber: countAt(info['blockNumber'], `${where}: blockNumber`),
        blockTime: Math.floor(countAt(info['blockTimeStamp'], `${where}: blockTimeStamp`) / 1000),
      };
    },
  };
}
