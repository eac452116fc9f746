import type { EventLog, EvmEvidence } from '../../ledger/index.ts';
import {
  type Account,
  type Asset,
  BITCOIN,
  type Chain,
  canonicalAccount,
  coinOf,
  ETHEREUM,
  TRON,
} from '../../units/index.ts';
import {
  address,
  addressOf,
  argumentsOf,
  arrayAt,
  bytesAt,
  type Call,
  callsOf,
  contracts,
  count,
  logsOf,
  NO_RECEIPT,
  selectorOf,
  text,
  tokenAsset,
  topic,
  uint,
  word,
} from './abi.ts';
import { readChainflipParameters } from './chainflip-parameters.ts';
import type { Destination, Leg, LegPlace, Protocol } from './leg.ts';

/** The vaults. On Ethereum 0x7900… is another contract. */
const VAULTS: ReadonlySet<Account> = new Set([
  ...contracts(ETHEREUM, '0xf5e10380213880111522dd0efd3dbb45b9f62bcc'),
  ...contracts('eip155:42161', '0x79001a5e762f3befc8e5871b42f6734e00498920'),
  ...contracts('eip155:56', '0x79001a5e762f3befc8e5871b42f6734e00498920'),
]);

/** `SwapNative(uint32,bytes,uint32,uint256,address,bytes)`; all four events index the sender alone. */
const SWAP_NATIVE = '0x6757034e841d88190e95fa8a7570ce6cb721257474400c3282ec536eab810540';
const SWAP_TOKEN = '0x834b524d9f8ccbd31b00b671c896697b96eb4398c0f56e9386a21f5df61e3ce3';
const XCALL_NATIVE = '0x47705cc9a85c5f679e1f4e8e7fbd459b8267bc61fa3111ced6fe84f71d7d889e';
const XCALL_TOKEN = '0x030b52f4ea12be896482bc46f95fb31f1ac9457bc1a2a206981fbd18a69cc6e3';
/** `FetchedNative(address,uint256)`: coin swept from a deposit channel. */
const FETCHED_NATIVE = '0xa5df10d7a7c736bd7231e790267747aebface82ad6ee778d26a4aa99eb1c2f7b';
/** `TransferNativeFailed(address,uint256)`, `TransferTokenFailed(address,uint256,address,bytes)`. */
const NATIVE_FAILED = '0x2c024f929e1e2dec521388b8607f880d3bb3165478e3c80b1a4c280e0130d981';
const TOKEN_FAILED = '0x158555118e14c8fb6d2e41d2bf4c3c75c8bcab740492ca50f44458a2bd021715';

const CALL_SWAP_NATIVE = '0xdd687345';
const CALL_SWAP_TOKEN = '0x04fc7da0';
const CALL_ALL_BATCH = '0x5f8c0f9a';
/** How the vault writes "the chain's own coin". */
const COIN_MARK = '0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee';

/** The network's numbers for chains and assets. */
const CHAINS: ReadonlyMap<number, string> = new Map<number, string>([
  [1, ETHEREUM],
  [2, 'Polkadot'],
  [3, BITCOIN],
  [4, 'eip155:42161'],
  [5, 'Solana'],
  [6, 'Assethub'],
  [7, TRON],
  [8, 'eip155:56'],
]);
const ASSETS: ReadonlyMap<number, string> = new Map([
  [1, 'ETH'],
  [2, 'FLIP'],
  [3, 'USDC'],
  [4, 'DOT'],
  [5, 'BTC'],
  [6, 'ArbETH'],
  [7, 'ArbUSDC'],
  [8, 'USDT'],
  [9, 'SOL'],
  [10, 'SolUSDC'],
  [14, 'WBTC'],
  [15, 'ArbUSDT'],
  [16, 'SolUSDT'],
  [17, 'TRX'],
  [18, 'TrxUSDT'],
  [19, 'BNB'],
  [20, 'BscUSDT'],
  [21, 'cbBTC'],
]);

/** Chainflip: swaps by way of vaults, arranged on a chain of its own. */
export const chainflip: Protocol = {
  id: 'chainflip',
  title: 'Chainflip',
  proves:
    'Where a swap was to go: the vault’s event names chain, asset and payee. It proves no link: payouts name nothing, and only Chainflip’s own chain joins the two.',
  cannotProve:
    'Which payout belongs to which deposit. What came in by a deposit channel: an address that is made for a swap, used again, and swept without saying for what. Swaps out of Bitcoin, whose instructions are not decoded here.',
  decode: (evidence) => {
    if (evidence.kind !== 'evm') return [];
    return [
      ...deposits(evidence),
      ...callsOf(evidence, [CALL_ALL_BATCH], VAULTS).flatMap((call) => batch(evidence, call)),
    ];
  },
};

/** Where the parts of a deposit stand, in words of the event's data or of the call's arguments. */
type Layout = { readonly token: number | null; readonly amount: number | null; readonly parameters: number };

const EVENTS: ReadonlyMap<string, Layout> = new Map([
  [SWAP_NATIVE, { token: null, amount: 3, parameters: 4 }],
  [SWAP_TOKEN, { token: 3, amount: 4, parameters: 5 }],
  [XCALL_NATIVE, { token: null, amount: 3, parameters: 6 }],
  [XCALL_TOKEN, { token: 3, amount: 4, parameters: 7 }],
]);
const CALLS: ReadonlyMap<string, Layout> = new Map([
  [CALL_SWAP_NATIVE, { token: null, amount: null, parameters: 3 }],
  [CALL_SWAP_TOKEN, { token: 3, amount: 4, parameters: 5 }],
]);

function deposits(evidence: EvmEvidence): Leg[] {
  if (evidence.logs !== null) {
    const swept = logsOf(evidence, FETCHED_NATIVE, VAULTS).flatMap((log) => fetchedNative(evidence, log) ?? []);
    const swaps = logsOf(evidence, [...EVENTS.keys()], VAULTS).flatMap((log) => {
      const place = { kind: 'log', logIndex: log.logIndex } as const;
      const account = addressOf(evidence.chain, topic(log, 1));
      return (
        deposit(
          evidence,
          { place, account, venue: log.address, value: null, notes: [] },
          log.data,
          EVENTS.get(log.topics[0] ?? ''),
        ) ?? []
      );
    });
    return [...swaps, ...swept];
  }
  return callsOf(evidence, [...CALLS.keys()], VAULTS).flatMap((call) => {
    const made = {
      place: placeOf(call),
      account: call.from,
      venue: call.to,
      value: call.value,
      notes: noReceipt(evidence),
    };
    return deposit(evidence, made, argumentsOf(call.input) ?? '0x', CALLS.get(selectorOf(call.input) ?? '')) ?? [];
  });
}

type Made = {
  readonly place: LegPlace;
  readonly account: Account | null;
  readonly venue: Account;
  /** Coin sent along, where the data does not say. */
  readonly value: bigint | null;
  readonly notes: readonly string[];
};

function deposit(evidence: EvmEvidence, made: Made, data: string, layout: Layout | undefined): Leg | null {
  if (layout === undefined) return null;
  const { place, account, venue, value } = made;
  const token = layout.token === null ? COIN_MARK : address(word(data, layout.token));
  const amount = layout.amount === null ? value : uint(word(data, layout.amount));
  const destination = destinationOf(count(word(data, 0)), bytesAt(data, 1), count(word(data, 2)));
  if (token === null || destination === null || (layout.amount !== null && amount === null)) return null;
  const notes = [...made.notes, ...parameterNotes(bytesAt(data, layout.parameters))];
  const asset = assetOf(evidence.chain, token);
  const kind = amount === 0n ? 'other' : 'swap';
  return { ...base(evidence, place), side: 'in', kind, asset, amount, account, venue, destination, notes };
}

function destinationOf(
  chainNumber: number | null,
  written: string | null,
  assetNumber: number | null,
): Destination | null {
  if (chainNumber === null || written === null || assetNumber === null) return null;
  const chain = CHAINS.get(chainNumber) ?? `chain ${chainNumber}`;
  const asset = ASSETS.get(assetNumber) ?? `asset ${assetNumber}`;
  return { chain, account: payee(chain, written), asset, amount: null };
}

/** EVM addresses are written as bytes, Bitcoin's as text; others stay hex unless they are text. */
function payee(chain: string, written: string): string {
  const plain = text(written);
  if (chain !== BITCOIN) return plain !== null && /^[\x21-\x7e]+$/.test(plain) ? plain : written;
  try {
    return canonicalAccount(BITCOIN, plain ?? written).slice(BITCOIN.length + 1);
  } catch {
    return plain ?? written;
  }
}

function parameterNotes(data: string | null): string[] {
  const read = data === null ? null : readChainflipParameters(data);
  return read === null ? [] : [`Where the swap fails, it is returned to ${read.refundAddress}.`];
}

/** Arguments: signature (3 words), channels to open, channels to sweep, payouts. Payouts have no event. */
function batch(evidence: EvmEvidence, call: Call): Leg[] {
  const data = argumentsOf(call.input) ?? '0x';
  const place = placeOf(call);
  const venue = call.to;
  const sweeps = structs(data, 4, 2).flatMap((at): Leg[] => {
    const [account, token] = [addressOf(evidence.chain, at(0)), address(at(1))];
    if (account === null || token === null) return [];
    const notes = [
      ...noReceipt(evidence),
      'A deposit channel is emptied into the vault; for which swap, this does not say.',
    ];
    const moved = { asset: assetOf(evidence.chain, token), amount: null, account, venue, notes };
    return [{ ...base(evidence, place), side: 'in', kind: 'internal', destination: null, ...moved }];
  });
  const payouts = structs(data, 5, 3).flatMap((at): Leg[] => {
    const [token, account, amount] = [address(at(0)), addressOf(evidence.chain, at(1)), uint(at(2))];
    if (token === null || account === null || amount === null) return [];
    const moved = { asset: assetOf(evidence.chain, token), amount, account, venue };
    const leg = { ...base(evidence, place), side: 'out', destination: null, ...moved } as const;
    const hasFailed = failures(evidence).has([token, account, amount].join(' '));
    if (hasFailed)
      return [{ ...leg, kind: 'other', amount: null, notes: ['The vault reports that this payout failed.'] }];
    return [{ ...leg, kind: 'swap', notes: [...noReceipt(evidence), PAYOUT_NOTE] }];
  });
  return [...sweeps, ...payouts];
}

const PAYOUT_NOTE = 'What it is paid for, a swap, a refund or a broker’s earnings, the payout does not say.';

/** The items of an array of structs of fixed size, as readers of their words. */
function structs(data: string, index: number, words: number): ((i: number) => string | null)[] {
  const array = arrayAt(data, index);
  const fits = array !== null && word(array.items, Math.max(0, array.length * words - 1)) !== null;
  return fits ? Array.from({ length: array.length }, (_, n) => (i) => word(array.items, n * words + i)) : [];
}

function failures(evidence: EvmEvidence): ReadonlySet<string> {
  const native = logsOf(evidence, NATIVE_FAILED, VAULTS).map((log) => [COIN_MARK, log] as const);
  const tokens = logsOf(evidence, TOKEN_FAILED, VAULTS).map((log) => [address(topic(log, 2)), log] as const);
  const named = ([token, log]: readonly [string | null, EventLog]) =>
    [token, addressOf(evidence.chain, topic(log, 1)), uint(word(log.data, 0))].join(' ');
  return new Set([...native, ...tokens].map(named));
}

function fetchedNative(evidence: EvmEvidence, log: EventLog): Leg | null {
  const [account, amount] = [addressOf(evidence.chain, topic(log, 1)), uint(word(log.data, 0))];
  if (account === null || amount === null) return null;
  const place = { kind: 'log', logIndex: log.logIndex } as const;
  const notes = ['A deposit channel is emptied into the vault; for which swap, this does not say.'];
  const moved = { asset: coinOf(evidence.chain), amount, account, venue: log.address, notes };
  return { ...base(evidence, place), side: 'in', kind: 'internal', destination: null, ...moved };
}

function assetOf(chain: Chain, token: string): Asset | null {
  return token === COIN_MARK ? coinOf(chain) : tokenAsset(chain, token);
}

function placeOf(call: Call): LegPlace {
  return { kind: 'call', path: call.path };
}

function noReceipt({ succeeded }: EvmEvidence): readonly string[] {
  return succeeded === null ? [NO_RECEIPT] : [];
}

function base({ chain, tx }: EvmEvidence, place: LegPlace) {
  return { protocol: 'chainflip', key: null, chain, tx, place } as const;
}
