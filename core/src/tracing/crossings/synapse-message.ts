import type { EventLog, EvmEvidence } from '../../ledger/index.ts';
import { type Account, type Asset, type Chain, coinOf } from '../../units/index.ts';
import { address, addressOf, contracts, count, evmChain, logsOf, tokenAsset, topic, uint, word } from './abi.ts';
import type { Leg } from './leg.ts';
import { destinationOf } from './oft.ts';
import { paidIn, paidOut, sentBy } from './payments.ts';

/*
 * Synapse's two later ways across. Both are read as documented; neither was among the recorded transactions this was
 * tested on, and the legs say so.
 */

/** Sends tokens by LayerZero; one address on every chain it is on. */
const ADAPTER = '0x5ba000bb06230e0582e111f08e1f2f2f200005ba';
/** `TokenSent(uint32,address,address,uint256,bytes32)` and `TokenReceived` likewise: endpoint, to, token indexed. */
const ADAPTER_SENT = '0xe24e6284bb4ec2f5820189573deff7603191eb850be5a872ac3b72d477cdc58d';
const ADAPTER_RECEIVED = '0xdacad4857568b1be1bc81a68218d331a0b5cb59e116a32d2121cb960c6c7f4f5';

/** Takes in what a relayer pays out elsewhere from its own funds. */
const QUOTES = '0x5523d3c98809dddb82c686e152f5c58b1b0fb59e';
const QUOTED_CHAINS: ReadonlySet<Chain> = new Set<Chain>([
  'eip155:1',
  'eip155:10',
  'eip155:56',
  'eip155:8453',
  'eip155:42161',
]);
/** `BridgeRequested(…)`: number, sender indexed; then request, destination, two tokens, two amounts. */
const REQUESTED = '0x120ea0364f36cdac7983bcfdd55270ca09d7f9b314a2ebc425a3b01ab1d6403a';
/** `BridgeRelayed(…)`: number, relayer, to indexed; then origin, two tokens, two amounts. */
const RELAYED = '0xf8ae392d784b1ea5e8881bfa586d81abf07ef4f1e2fc75f7fe51c90f05199a5c';
/** By convention of many contracts this address stands for the chain's coin. */
const COIN = `0x${'ee'.repeat(20)}`;

const UNTESTED = 'Read as documented; no transaction of this kind was among those this was tested on.';

/** Legs of transfers by LayerZero: their number is the message's own hash. */
export function adapterLegs(evidence: EvmEvidence): Leg[] {
  return logsOf(evidence, [ADAPTER_SENT, ADAPTER_RECEIVED], contracts(evidence.chain, ADAPTER)).flatMap(
    (log) => adapterLeg(evidence, log) ?? [],
  );
}

function adapterLeg(evidence: EvmEvidence, log: EventLog): Leg | null {
  const { chain } = evidence;
  const [endpoint, to, token] = [count(topic(log, 1)), address(topic(log, 2)), address(topic(log, 3))];
  const [amount, key] = [uint(word(log.data, 0)), word(log.data, 1)];
  if (endpoint === null || to === null || token === null || amount === null || key === null) return null;
  const leg = { ...base(evidence, log), key, amount };
  if (log.topics[0] === ADAPTER_SENT) {
    const paid = paidIn(evidence, log.address, token, amount);
    const destination = destinationOf(endpoint, topic(log, 2), null);
    return { ...leg, ...paid, side: 'in', destination, notes: [UNTESTED, ...sentBy(evidence, paid.account)] };
  }
  const account: Account = `${chain}:${to}`;
  const asset = paidOut(evidence, token, amount, account);
  return { ...leg, side: 'out', asset, account, destination: null, notes: [UNTESTED] };
}

/** Legs of transfers by quotes. What the relayer gets back later is no crossing. */
export function quoteLegs(evidence: EvmEvidence): Leg[] {
  if (!QUOTED_CHAINS.has(evidence.chain)) return [];
  const emitters = contracts(evidence.chain, QUOTES);
  return [
    ...logsOf(evidence, REQUESTED, emitters).flatMap((log) => requestedLeg(evidence, log) ?? []),
    ...logsOf(evidence, RELAYED, emitters).flatMap((log) => relayedLeg(evidence, log) ?? []),
  ];
}

function requestedLeg(evidence: EvmEvidence, log: EventLog): Leg | null {
  const [key, sender, target] = [topic(log, 1), addressOf(evidence.chain, topic(log, 2)), uint(word(log.data, 1))];
  const [token, wanted] = [address(word(log.data, 2)), address(word(log.data, 3))];
  const [amount, arriving] = [uint(word(log.data, 4)), uint(word(log.data, 5))];
  if (key === null || sender === null || target === null || token === null || amount === null) return null;
  const chain = evmChain(target);
  const { account } = paidIn(evidence, log.address, token, amount);
  const payer = account ?? sender;
  return {
    ...base(evidence, log),
    side: 'in',
    key,
    asset: assetOf(evidence.chain, token),
    amount,
    account: payer,
    destination: {
      chain: chain ?? `chain ${target}`,
      account: null,
      asset: chain === null || wanted === null ? wanted : assetOf(chain, wanted),
      amount: arriving,
    },
    notes: [UNTESTED, ...sentBy(evidence, payer)],
  };
}

function relayedLeg(evidence: EvmEvidence, log: EventLog): Leg | null {
  const [key, account] = [topic(log, 1), addressOf(evidence.chain, topic(log, 3))];
  const [token, amount] = [address(word(log.data, 2)), uint(word(log.data, 4))];
  if (key === null || account === null || token === null || amount === null) return null;
  return {
    ...base(evidence, log),
    side: 'out',
    key,
    asset: assetOf(evidence.chain, token),
    amount,
    account,
    destination: null,
    notes: [UNTESTED],
  };
}

function assetOf(chain: Chain, token: string): Asset | null {
  return token === COIN ? coinOf(chain) : tokenAsset(chain, token);
}

function base({ chain, tx }: EvmEvidence, log: EventLog) {
  const place = { kind: 'log', logIndex: log.logIndex } as const;
  return { protocol: 'synapse', kind: 'transfer', chain, tx, place, venue: log.address } as const;
}
