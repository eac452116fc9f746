import type { EvmEvidence } from '../../ledger/index.ts';
import { type Account, ZERO_ADDRESS } from '../../units/index.ts';
import {
  address,
  addressOf,
  argumentsOf,
  type Call,
  callsOf,
  NO_RECEIPT,
  selectorOf,
  stringAt,
  uint,
  word,
} from './abi.ts';
import type { Leg } from './leg.ts';
import type { Network } from './thorchain-asset.ts';
import {
  BOUGHT_ON,
  depositLeg,
  type Movement,
  payoutLeg,
  type Routers,
  routerAsset,
  vaultTransferLeg,
} from './thorchain-legs.ts';

/** What the calls to a router ask for. All but `swapIn` are the router's own functions. */
const CALL_DEPOSIT = '0x1fece7b4';
const CALL_DEPOSIT_WITH_EXPIRY = '0x44bc937b';
const CALL_TRANSFER_OUT = '0x574da717';
const CALL_TRANSFER_OUT_AND_CALL = '0x4039fd4b';
const CALL_TRANSFER_ALLOWANCE = '0x1b738b32';
const CALL_SWAP_IN = '0xe4d0c7f0';
export const DEPOSIT_CALLS: readonly string[] = [CALL_DEPOSIT, CALL_DEPOSIT_WITH_EXPIRY];
const ROUTER_CALLS = [...DEPOSIT_CALLS, CALL_TRANSFER_OUT, CALL_TRANSFER_OUT_AND_CALL, CALL_TRANSFER_ALLOWANCE];

/** A call taken apart: what the movement has in any case, and readers of the arguments. */
type Reading = {
  readonly network: Network;
  readonly call: Call;
  readonly data: string;
  readonly common: Pick<Movement, 'evidence' | 'place' | 'notes'>;
  readonly account: (index: number) => Account | null;
};

/** The legs of a transaction whose record has no events. */
export function callLegs(network: Network, known: Routers, evidence: EvmEvidence): Leg[] {
  const direct = callsOf(evidence, ROUTER_CALLS, known.routers);
  const calls = direct.length > 0 ? direct : callsOf(evidence, [CALL_SWAP_IN], known.aggregators);
  const notes = evidence.succeeded === null ? [NO_RECEIPT] : ['Read from call data: the record has no events.'];
  return calls.flatMap((call) => {
    const data = argumentsOf(call.input) ?? '0x';
    const common = { evidence, place: { kind: 'call', path: call.path }, notes } as const;
    const account = (index: number): Account | null => addressOf(evidence.chain, word(data, index));
    return callLeg({ network, call, data, common, account }, known) ?? [];
  });
}

function callLeg(reading: Reading, known: Routers): Leg | null {
  switch (selectorOf(reading.call.input)) {
    case CALL_DEPOSIT:
    case CALL_DEPOSIT_WITH_EXPIRY:
      return deposit(reading);
    case CALL_TRANSFER_OUT:
      return transferOut(reading);
    case CALL_TRANSFER_OUT_AND_CALL:
      return transferOutAndCall(reading);
    case CALL_TRANSFER_ALLOWANCE:
      return transferAllowance(reading);
    default:
      return swapIn(reading, known);
  }
}

/** Of the chain's own coin what moves is what is sent along, whatever the argument says; V1's users left it 0. */
function moved(
  { call, data, common }: Reading,
  asset: number,
  amount: number,
): Pick<Movement, 'asset' | 'amount'> | null {
  const contract = address(word(data, asset));
  if (contract === null) return null;
  const value = contract === ZERO_ADDRESS ? call.value : uint(word(data, amount));
  return { asset: routerAsset(common.evidence.chain, contract), amount: value };
}

/** Arguments: vault, asset, amount, memo, and an expiry that is not used here. */
function deposit(reading: Reading): Leg | null {
  const { network, call, data, common, account } = reading;
  const [value, memo] = [moved(reading, 1, 2), stringAt(data, 3)];
  if (value === null || memo === null) return null;
  return depositLeg(network, { ...common, ...value, account: call.from, venue: account(0) }, memo);
}

/** Arguments: payee, asset, amount, memo. */
function transferOut(reading: Reading): Leg | null {
  const { network, call, data, common, account } = reading;
  const [value, memo] = [moved(reading, 1, 2), stringAt(data, 3)];
  if (value === null || memo === null) return null;
  return payoutLeg(network, { ...common, ...value, account: account(0), venue: call.from }, memo);
}

/** Arguments: contract that buys, token to buy, payee, least amount, memo. */
function transferOutAndCall({ network, call, data, common, account }: Reading): Leg | null {
  const memo = stringAt(data, 4);
  if (memo === null) return null;
  const asset = routerAsset(common.evidence.chain, address(word(data, 1)));
  const notes = [...common.notes, BOUGHT_ON];
  return payoutLeg(network, { ...common, asset, amount: null, account: account(2), venue: call.from, notes }, memo);
}

/** Arguments: router, new vault, asset, amount, memo. */
function transferAllowance(reading: Reading): Leg | null {
  const { network, call, common, account } = reading;
  const value = moved(reading, 2, 3);
  return value === null
    ? null
    : vaultTransferLeg(network, { ...common, ...value, account: account(1), venue: call.from });
}

/** Arguments: router, vault, memo, token, amount, least amount, deadline. */
function swapIn({ network, call, data, common, account }: Reading, known: Routers): Leg | null {
  const [router, memo, token] = [account(0), stringAt(data, 2), address(word(data, 3))];
  if (router === null || !known.routers.has(router) || memo === null || token === null) return null;
  const notes = [...common.notes, 'The asset stated was sold first; what came in is what the sale brought.'];
  const sold = { asset: routerAsset(common.evidence.chain, token), amount: uint(word(data, 4)) };
  return depositLeg(network, { ...common, ...sold, account: call.from, venue: account(1), notes }, memo);
}
