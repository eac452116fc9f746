import { type EventLog, type EvmEvidence, TRANSFER_TOPIC } from '../../ledger/index.ts';
import { type Account, ZERO_ADDRESS } from '../../units/index.ts';
import { address, addressOf, arrayAt, callsOf, logsOf, stringAt, topic, uint, word } from './abi.ts';
import type { Leg } from './leg.ts';
import type { Network } from './thorchain-asset.ts';
import { callLegs, DEPOSIT_CALLS } from './thorchain-calls.ts';
import { BOUGHT_ON, depositLeg, payoutLeg, type Routers, routerAsset, vaultTransferLeg } from './thorchain-legs.ts';

/** Event hashes: Keccak-256 of the signatures; the same in all versions of the router. */
const DEPOSIT = '0xef519b7eb82aaf6ac376a6df2d793843ebfd593de5f1a0601d3cc6ab49ebb395';
const TRANSFER_OUT = '0xa9cd03aa3c1b4515114539cd53d22085129d495cb9e9f9af77864526240f1bf7';
const TRANSFER_OUT_AND_CALL = '0x8e5841bcd195b858d53b38bcf91b38d47f3bc800469b6812d35451ab619c6f6c';
const TRANSFER_OUT_AND_CALL_V2 = '0xde470d7c2e9c3282cad476e5ed6f05f74d68839c406573048f2dee22a8c452c7';
const TRANSFER_FAILED = '0xa6a370fa655359af5f69091e908830c250b8daffb80f6b578741423ae4c47ab1';
const TRANSFER_ALLOWANCE = '0x05b90458f953d3fcb2d7fb25616a2fddeca749d0c47cc5c9832d0266b5346eea';
const VAULT_TRANSFER = '0x281daef48d91e5cd3d32db0784f6af69cd8d8d2e8c612a3568dca51ded51e08f';

/** The legs that a router wrote: from its events where there is a receipt, else from the calls made to it. */
export function routerLegs(network: Network, known: Routers, evidence: EvmEvidence): Leg[] {
  if (evidence.logs === null) return callLegs(network, known, evidence);
  const read = (topic0: string, leg: (log: EventLog) => Leg | null): Leg[] =>
    logsOf(evidence, topic0, known.routers).flatMap((log) => leg(log) ?? []);
  const failed = new Set(logsOf(evidence, TRANSFER_FAILED, known.routers).map(contentOf));
  return [
    ...depositLegs(network, known, evidence),
    ...read(TRANSFER_OUT, (log) => payout(network, evidence, log, failed.has(contentOf(log)))),
    ...read(TRANSFER_OUT_AND_CALL, (log) => payoutAndCall(network, evidence, log)),
    ...read(TRANSFER_OUT_AND_CALL_V2, (log) => payoutAndCall2(network, evidence, log)),
    ...read(TRANSFER_ALLOWANCE, (log) => allowance(network, evidence, log)),
    ...logsOf(evidence, VAULT_TRANSFER, known.routers).flatMap((log) => vaultTransfers(network, evidence, log)),
  ];
}

/** Everything an event says but its kind, so that a failure finds the payout it belongs to. */
function contentOf(log: EventLog): string {
  return [log.address, ...log.topics.slice(1), log.data].join(' ');
}

function at(log: EventLog): { readonly kind: 'log'; readonly logIndex: number } {
  return { kind: 'log', logIndex: log.logIndex };
}

type Deposited = {
  readonly log: EventLog;
  readonly vault: Account;
  readonly asset: string;
  readonly amount: bigint;
  readonly memo: string;
};

function depositLegs(network: Network, known: Routers, evidence: EvmEvidence): Leg[] {
  const deposits = logsOf(evidence, DEPOSIT, known.routers).flatMap((log): Deposited[] => {
    const vault = addressOf(evidence.chain, topic(log, 1));
    const asset = address(topic(log, 2));
    const amount = uint(word(log.data, 0));
    const memo = stringAt(log.data, 1);
    return vault === null || asset === null || amount === null || memo === null
      ? []
      : [{ log, vault, asset, amount, memo }];
  });
  const isOneDeposit = deposits.every(({ vault, memo }) => vault === deposits[0]?.vault && memo === deposits[0]?.memo);
  return deposits.map(({ log, vault, asset, amount, memo }) => {
    const paid = payer(known, evidence);
    const movement = {
      evidence,
      place: at(log),
      asset: routerAsset(evidence.chain, asset),
      amount,
      venue: vault,
      ...paid,
    };
    if (isOneDeposit) return depositLeg(network, movement, memo);
    const note = 'Deposits of one transaction count only where vault and memo agree; here they differ.';
    return { ...depositLeg(network, movement, memo), kind: 'other', key: null, notes: [...paid.notes, note] };
  });
}

/** Who called the router: the event itself does not say. */
function payer(
  known: Routers,
  evidence: EvmEvidence,
): { readonly account: Account | null; readonly notes: readonly string[] } {
  const callers = new Set(
    (evidence.frames === null ? [] : callsOf(evidence, DEPOSIT_CALLS, known.routers)).map(({ from }) => from),
  );
  if (evidence.to !== null && known.routers.has(evidence.to)) return { account: evidence.from, notes: [] };
  const [caller] = callers;
  const sender = evidence.from === null ? [] : [`The transaction was sent by ${evidence.from}.`];
  if (callers.size === 1 && caller !== undefined) {
    return { account: caller, notes: ['Paid in by a contract, which may have sold another asset for it.', ...sender] };
  }
  return {
    account: null,
    notes: ['Paid in through another contract: which account paid, the event does not say.', ...sender],
  };
}

function payout(network: Network, evidence: EvmEvidence, log: EventLog, hasFailed: boolean): Leg | null {
  const { chain } = evidence;
  const [vault, account] = [addressOf(chain, topic(log, 1)), addressOf(chain, topic(log, 2))];
  const [contract, amount, memo] = [address(word(log.data, 0)), uint(word(log.data, 1)), stringAt(log.data, 2)];
  if (vault === null || account === null || contract === null || amount === null || memo === null) return null;
  const movement = {
    evidence,
    place: at(log),
    asset: routerAsset(chain, contract),
    amount,
    account,
    venue: vault,
    notes: [],
  };
  const leg = payoutLeg(network, movement, memo);
  const isUnpaid = hasFailed || (contract === ZERO_ADDRESS && !arrives(evidence, log.address, account, amount));
  if (!isUnpaid) return leg;
  const note = hasFailed
    ? 'The router reports that this payout failed.'
    : 'The trace shows no such amount going from the router to the payee.';
  return { ...leg, kind: 'other', key: null, amount: null, notes: [note] };
}

/** A coin's payout moves in the trace alone; without one it is taken as the event has it. */
function arrives({ frames }: EvmEvidence, router: Account, to: Account, amount: bigint): boolean {
  return frames === null || frames.some((frame) => frame.from === router && frame.to === to && frame.value === amount);
}

/** The vault pays a contract, which buys `finalAsset` for the payee. Data: target, amount, final asset, payee, least, memo. */
function payoutAndCall(network: Network, evidence: EvmEvidence, log: EventLog): Leg | null {
  const at3 = [2, 3].map((i) => address(word(log.data, i)));
  return boughtOn(network, evidence, log, at3[0] ?? null, at3[1] ?? null, stringAt(log.data, 5));
}

/** Data: target, asset and amount paid, asset bought, payee, least, memo, payload, origin. */
function payoutAndCall2(network: Network, evidence: EvmEvidence, log: EventLog): Leg | null {
  const [bought, payee] = [address(word(log.data, 3)), address(word(log.data, 4))];
  return boughtOn(network, evidence, log, bought, payee, stringAt(log.data, 6));
}

function boughtOn(
  network: Network,
  evidence: EvmEvidence,
  log: EventLog,
  bought: string | null,
  payee: string | null,
  memo: string | null,
): Leg | null {
  const { chain } = evidence;
  const venue = addressOf(chain, topic(log, 1));
  if (bought === null || payee === null || memo === null) return null;
  const account: Account = `${chain}:${payee}`;
  const received = tokenReceipts(evidence, bought, account);
  const only = received.length === 1 ? (received[0] as bigint) : null;
  const notes =
    only === null ? [BOUGHT_ON, 'How much arrived the transaction’s own transfers must tell.'] : [BOUGHT_ON];
  return payoutLeg(
    network,
    { evidence, place: at(log), asset: routerAsset(chain, bought), amount: only, account, venue, notes },
    memo,
  );
}

/** What the payee got of a token in this transaction, a transfer each. */
function tokenReceipts(evidence: EvmEvidence, token: string, to: Account): bigint[] {
  return logsOf(evidence, TRANSFER_TOPIC, new Set([`${evidence.chain}:${token}` as Account])).flatMap((log) => {
    const amount = uint(word(log.data, 0));
    return addressOf(evidence.chain, topic(log, 2)) === to && amount !== null ? [amount] : [];
  });
}

/** A vault hands what it may draw from the router to the next vault. */
function allowance(network: Network, evidence: EvmEvidence, log: EventLog): Leg | null {
  const { chain } = evidence;
  const asset = routerAsset(chain, address(word(log.data, 0)));
  const [venue, account] = [addressOf(chain, topic(log, 1)), addressOf(chain, topic(log, 2))];
  const amount = uint(word(log.data, 1));
  return vaultTransferLeg(network, { evidence, place: at(log), asset, amount, account, venue, notes: [] });
}

/** `coins` is an array of (asset, amount). */
function vaultTransfers(network: Network, evidence: EvmEvidence, log: EventLog): Leg[] {
  const { chain } = evidence;
  const coins = arrayAt(log.data, 0);
  const [venue, account] = [addressOf(chain, topic(log, 1)), addressOf(chain, topic(log, 2))];
  return Array.from({ length: Math.min(coins?.length ?? 0, 1000) }, (_, i) => {
    const asset = routerAsset(chain, address(word(coins?.items ?? '0x', i * 2)));
    const amount = uint(word(coins?.items ?? '0x', i * 2 + 1));
    return vaultTransferLeg(network, { evidence, place: at(log), asset, amount, account, venue, notes: [] });
  });
}
