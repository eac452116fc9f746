import { countAt, isAbsent, isObject } from '../../evm/json-values.ts';
import { createHttpClient, type HttpOptions } from '../http/http-client.ts';

/** A node of Tron, asked where transactions stand. */
export type TronNode = {
  /** Null: the node does not know it. @throws unavailable, interrupted. */
  placeOf(tx: string): Promise<{ readonly blockNumber: number; readonly blockTime: number } | null>;
};

/**
 * @param url - of the node's HTTP interface, without `/wallet`; may carry a key, which never appears in a message.
 * @throws invalid-input for a URL that is none.
 */
export function createTronNode(url: string, options: HttpOptions): TronNode {
  const http = createHttpClient(url, 'the node', options);
  return {
    async placeOf(tx) {
      const path = '/wallet/gettransactioninfobyid';
      const { value: info } = await http.json({ path, body: { value: tx }, what: `${path} ${tx}` });
      if (!isObject(info) || isAbsent(info['blockNumber'])) return null;
      const where = `transaction ${tx} at ${http.host}`;
      return {
        blockNumber: countAt(info['blockNumber'], `${where}: blockNumber`),
        blockTime: Math.floor(countAt(info['blockTimeStamp'], `${where}: blockTimeStamp`) / 1000),
      };
    },
  };
}
