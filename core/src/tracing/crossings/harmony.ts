import type { EventLog, EvmEvidence } from '../../ledger/index.ts';
import { type Asset, type Chain, coinOf, ETHEREUM, ZERO_ADDRESS } from '../../units/index.ts';
import { address, addressOf, contracts, logsOf, tokenAsset, topic, uint, word } from './abi.ts';
import type { Leg, Protocol } from './leg.ts';

/** The managers of tokens and of ether, as published; not seen in a transaction here. */
const MANAGERS = contracts(
  ETHEREUM,
  '0x2dccdb493827e15a5dc8f8b72147e6c4a5620857',
  '0xf9fb1c508ff49f78b60d3a96dea99fa5d7f3a8a6',
);
/** `Locked(address,address,uint256,address)`: token, sender indexed. */
const LOCKED = '0x4c6ab40ee4cfa212a441d32ee2897945b4a52461284f9369e23fdf8faa6cdd69';
/** `Unlocked(address,uint256,address,bytes32)`: nothing indexed. */
const UNLOCKED = '0xb24e65d2501e29a3ce014b0cc2283699c081ad27f10d64f036f96912b6f8943e';
/** One of the ways contracts write "ether" where a token is asked for. */
const ETHER_MARK = '0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee';

const UNTESTED = 'Read by the published form of the event; no transaction of this bridge was at hand to test it.';

/** Harmony's bridge to Ethereum, Horizon. */
export const harmony: Protocol = {
  id: 'harmony',
  title: 'Harmony Horizon bridge',
  proves: 'A release repeats the receipt number under which the value was given up on Harmony.',
  cannotProve:
    'Anything on Harmony, which is not read here, so no link is complete. In June 2022 releases were signed with stolen keys. The decoder has not been tested on a real transaction.',
  decode: (evidence) => {
    if (evidence.kind !== 'evm' || evidence.chain !== ETHEREUM) return [];
    return [
      ...logsOf(evidence, LOCKED, MANAGERS).flatMap((log) => locked(evidence, log) ?? []),
      ...logsOf(evidence, UNLOCKED, MANAGERS).flatMap((log) => unlocked(evidence, log) ?? []),
    ];
  },
};

function locked(evidence: EvmEvidence, log: EventLog): Leg | null {
  const [token, account] = [address(topic(log, 1)), addressOf(evidence.chain, topic(log, 2))];
  const [amount, to] = [uint(word(log.data, 0)), address(word(log.data, 1))];
  if (token === null || account === null || amount === null || to === null) return null;
  const destination = { chain: 'harmony', account: to, asset: null, amount: null };
  return {
    ...base(evidence, log),
    side: 'in',
    key: null,
    asset: assetOf(evidence.chain, token),
    amount,
    account,
    destination,
  };
}

function unlocked(evidence: EvmEvidence, log: EventLog): Leg | null {
  const [token, amount] = [address(word(log.data, 0)), uint(word(log.data, 1))];
  const [account, key] = [addressOf(evidence.chain, word(log.data, 2)), word(log.data, 3)];
  if (token === null || account === null || amount === null || key === null) return null;
  return {
    ...base(evidence, log),
    side: 'out',
    key,
    asset: assetOf(evidence.chain, token),
    amount,
    account,
    destination: null,
  };
}

function assetOf(chain: Chain, token: string): Asset | null {
  return token === ZERO_ADDRESS || token === ETHER_MARK ? coinOf(chain) : tokenAsset(chain, token);
}

function base(evidence: EvmEvidence, log: EventLog) {
  const { chain, tx } = evidence;
  const place = { kind: 'log', logIndex: log.logIndex } as const;
  return { protocol: 'harmony', kind: 'transfer', chain, tx, place, venue: log.address, notes: [UNTESTED] } as const;
}
