import { type EventLog, type EvmEvidence, TRANSFER_TOPIC } from '../../ledger/index.ts';
import { type Account, ETHEREUM } from '../../units/index.ts';
import {
  addressOf,
  argumentsOf,
  callsOf,
  contracts,
  count,
  logsOf,
  NO_RECEIPT,
  tokenAsset,
  topic,
  uint,
  word,
} from './abi.ts';
import type { Leg, Protocol } from './leg.ts';

const AVALANCHE = 'eip155:43114';
/** The bridge's accounts on Ethereum, the old one and the new. Plain accounts: they emit nothing. */
const WARDENS = contracts(
  ETHEREUM,
  '0xe78388b4ce79068e89bf8aa7f218ef6b9ab0e9d0',
  '0x8eb8a3b98659cce290402893d0123abb75e3ab28',
);
/** Who issues the bridge's tokens on Avalanche. */
const MINTER: Account = 'eip155:43114:0xeb1bb70123b2f43419d070d7fde5618971cc2f8f';
const BTC_B: Account = 'eip155:43114:0x152b9d0fdc40c096757f570a51e494bd4b943e50';
/** WETH.e and BTC.b; of the bridge's other tokens the minter's own transactions tell. */
const TOKENS: ReadonlySet<Account> = new Set([
  ...contracts(AVALANCHE, '0x49d5c2bdffac6ce2bfdb6640f4f80f226bc10bab'),
  BTC_B,
]);

const CALL_TRANSFER = '0xa9059cbb';
/** `Mint(address,uint256,address,uint256,bytes32)`: payee, amount, fee's payee, fee, source hash; nothing indexed. */
const MINT = '0x918d77674bb88eaf75afb307c9723ea6037706de68d6fc07dd0c6cba423a5250';
/** The same with the number of an output of Bitcoin: BTC.b. */
const MINT_BTC = '0xc5532043e6f3d77e1c320ff59bd4157ca9075ef59f6b55ceab6c3f7d2f78c9ca';
/** `Unwrap(uint256,uint256)`: amount, chain by a number of the bridge's own. */
const UNWRAP = '0x37a06799a3500428a773d00284aa706101f5ad94dae9ec37e1c3773aa54c3304';

/** Avalanche's own bridge to Ethereum and Bitcoin: payments to an account of the bridge, tokens issued on Avalanche. */
export const avalancheBridge: Protocol = {
  id: 'avalanche-bridge',
  title: 'Avalanche bridge',
  proves:
    'To Avalanche: the issue of the token names the hash of the payment on Ethereum. Back to Ethereum: nothing; the release names nothing.',
  cannotProve:
    'Which release on Ethereum belongs to which return from Avalanche: by account, amount less fee, and time only. Bitcoin: payments are to and from the address of the same public key, which a leg does not show. No issue on Avalanche was among the transactions this was tested on.',
  decode: (evidence) => {
    if (evidence.kind !== 'evm') return [];
    if (evidence.chain === ETHEREUM) return evidence.logs === null ? calls(evidence) : transfers(evidence);
    return evidence.chain === AVALANCHE ? avalancheLegs(evidence) : [];
  },
};

function transfers(evidence: EvmEvidence): Leg[] {
  // Any token may be paid in or released; what is not of the bridge is never issued on the other side.
  return logsOf(evidence, TRANSFER_TOPIC, null).flatMap((log) => {
    const [from, to] = [addressOf(evidence.chain, topic(log, 1)), addressOf(evidence.chain, topic(log, 2))];
    const amount = uint(word(log.data, 0));
    const place = { kind: 'log', logIndex: log.logIndex } as const;
    return transferLeg(evidence, { place, token: log.address, from, to, amount, notes: [] }) ?? [];
  });
}

function calls(evidence: EvmEvidence): Leg[] {
  const notes = evidence.succeeded === null ? [NO_RECEIPT] : [];
  return callsOf(evidence, [CALL_TRANSFER], null).flatMap((call) => {
    const data = argumentsOf(call.input) ?? '0x';
    const [to, amount] = [addressOf(evidence.chain, word(data, 0)), uint(word(data, 1))];
    const place = { kind: 'call', path: call.path } as const;
    return transferLeg(evidence, { place, token: call.to, from: call.from, to, amount, notes }) ?? [];
  });
}

type Moved = {
  readonly place: Leg['place'];
  readonly token: Account;
  readonly from: Account | null;
  readonly to: Account | null;
  readonly amount: bigint | null;
  readonly notes: readonly string[];
};

function transferLeg(evidence: EvmEvidence, { place, token, from, to, amount, notes }: Moved): Leg | null {
  if (from === null || to === null || amount === null || amount === 0n) return null;
  const { chain, tx } = evidence;
  const asset = tokenAsset(chain, token.slice(chain.length + 1));
  const leg = { protocol: 'avalanche-bridge', chain, tx, place, asset, amount } as const;
  if (WARDENS.has(from)) {
    // The account signs for itself: an event that names it in another's transaction is a token's invention.
    if (evidence.from !== from) return null;
    if (WARDENS.has(to)) {
      const moved = [...notes, 'From one account of the bridge to the other.'];
      return {
        ...leg,
        side: 'out',
        kind: 'internal',
        key: null,
        account: to,
        venue: from,
        destination: null,
        notes: moved,
      };
    }
    return { ...leg, side: 'out', kind: 'transfer', key: null, account: to, venue: from, destination: null, notes };
  }
  if (!WARDENS.has(to)) return null;
  const destination = { chain: AVALANCHE, account: from.slice(chain.length + 1), asset: null, amount: null };
  const said = [...notes, 'The payment names no payee; the bridge issues the token to the payer’s own address.'];
  return {
    ...leg,
    side: 'in',
    kind: 'transfer',
    key: tx.toLowerCase(),
    account: from,
    venue: to,
    destination,
    notes: said,
  };
}

function avalancheLegs(evidence: EvmEvidence): Leg[] {
  const isMinters = evidence.from === MINTER;
  const known = (log: EventLog): boolean => TOKENS.has(log.address) || (isMinters && evidence.to === log.address);
  return [
    ...logsOf(evidence, [MINT, MINT_BTC], null)
      .filter(known)
      .flatMap((log) => minted(evidence, log) ?? []),
    ...logsOf(evidence, UNWRAP, TOKENS).flatMap((log) => unwrapped(evidence, log) ?? []),
  ];
}

const UNTESTED = 'Read by the published form of the event; no such transaction was at hand to test it.';

function minted(evidence: EvmEvidence, log: EventLog): Leg | null {
  const [account, amount] = [addressOf(evidence.chain, word(log.data, 0)), uint(word(log.data, 1))];
  const [fee, origin, output] = [uint(word(log.data, 3)), word(log.data, 4), count(word(log.data, 5))];
  if (account === null || amount === null || fee === null || origin === null) return null;
  const isBitcoin = log.topics[0] === MINT_BTC;
  if (isBitcoin && output === null) return null;
  const from = isBitcoin ? [`Issued against output ${output} of the Bitcoin transaction ${origin.slice(2)}.`] : [];
  const notes = [UNTESTED, `The bridge kept ${fee} as its fee.`, ...from];
  return {
    ...base(evidence, log),
    side: 'out',
    key: isBitcoin ? null : origin,
    amount,
    account,
    destination: null,
    notes,
  };
}

function unwrapped(evidence: EvmEvidence, log: EventLog): Leg | null {
  const amount = uint(word(log.data, 0));
  if (amount === null) return null;
  const isDirect = evidence.to === log.address;
  const account = isDirect ? evidence.from : null;
  const toBitcoin = log.address === BTC_B;
  const payee = toBitcoin || account === null ? null : account.slice(AVALANCHE.length + 1);
  const destination = { chain: toBitcoin ? null : ETHEREUM, account: payee, asset: null, amount: null };
  const notes = [UNTESTED, ...(toBitcoin ? ['Released to the Bitcoin address of the same public key.'] : [])];
  return { ...base(evidence, log), side: 'in', key: null, amount, account, destination, notes };
}

function base(evidence: EvmEvidence, log: EventLog) {
  const { chain, tx } = evidence;
  const place = { kind: 'log', logIndex: log.logIndex } as const;
  const asset = tokenAsset(chain, log.address.slice(chain.length + 1));
  return { protocol: 'avalanche-bridge', kind: 'transfer', chain, tx, place, asset, venue: log.address } as const;
}
