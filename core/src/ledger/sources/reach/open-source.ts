import { CairnError } from '../../../errors.ts';
import type { Chain } from '../../../units/index.ts';
import type { AccountSource } from '../../account-source.ts';
import type { ChainReader } from '../../chain-reader.ts';
import { createEsploraSource } from '../bitcoin/account-source.ts';
import { createCoreAccountSource } from '../bitcoin/core-account-source.ts';
import { createEtherscanSource } from '../etherscan/account-source.ts';
import { createEvmNodeSource } from '../evm-node/account-source.ts';
import type { HttpOptions } from '../http/http-client.ts';
import { createJsonRpcReader } from '../json-rpc.ts';
import { createTronGridSource } from '../tron/account-source.ts';
import { type Environment, expandUrl, fromEnvironment, type SourceConfig } from './source-config.ts';

/** Requests in a second that free plans allow; a source of TronGrid's kind knows its own, with a key and without. @see docs/reference/sources-etherscan.md and sources-bitcoin-tron.md. */
const PER_SECOND: Partial<Record<SourceConfig['kind'], number>> = { etherscan: 3, blockscout: 3 };

/** A source ready to be asked. @throws invalid-input, unavailable. */
export async function openSource(config: SourceConfig, env: Environment, traffic: HttpOptions): Promise<AccountSource> {
  const { url, key, options } = reachOf(config, env, traffic);
  const common = { ...options, url, name: config.name };
  const chain = config.chain as Chain | null;
  switch (config.kind) {
    case 'rpc':
      return createEvmNodeSource({ ...common, ...(chain === null ? {} : { chain }) });
    case 'etherscan':
      return createEtherscanSource({ ...common, chain: chain as Chain, key, dialect: 'etherscan-v2' });
    case 'blockscout':
      return createEtherscanSource({ ...common, chain: chain as Chain, key, dialect: 'blockscout' });
    case 'esplora':
      return createEsploraSource(common);
    case 'bitcoin-core':
      return createCoreAccountSource(common);
    case 'trongrid':
      return createTronGridSource({ ...common, key });
  }
}

/** A node, for holding balances, nonces and transactions of a record against it. @throws invalid-input: it is none; unavailable. */
export async function openChainReader(
  config: SourceConfig,
  env: Environment,
  traffic: HttpOptions,
): Promise<ChainReader> {
  if (config.kind !== 'rpc') {
    throw new CairnError(
      'invalid-input',
      `${config.name} is no Ethereum node: it has no balances and nonces at blocks`,
    );
  }
  const { url, options } = reachOf(config, env, traffic);
  return createJsonRpcReader(url, options);
}

function reachOf(config: SourceConfig, env: Environment, traffic: HttpOptions) {
  const { url, secrets } = expandUrl(config.url, env);
  const key = config.keyEnv === null ? null : fromEnvironment(config.keyEnv, env);
  const perSecond = config.perSecond ?? PER_SECOND[config.kind];
  const options: HttpOptions = {
    ...traffic,
    secrets: [...(traffic.secrets ?? []), ...secrets, ...(key === null ? [] : [key])],
    ...(perSecond === undefined ? {} : { perSecond }),
    ...(config.concurrency === null ? {} : { concurrency: config.concurrency }),
  };
  return { url, key, options };
}
