import {
  type EventLog,
  type EvmEvidence,
  TRANSFER_TOPIC,
  UNWRAP_TOPIC,
  WRAP_TOPIC,
  WRAPPED_COINS,
} from '../../ledger/index.ts';
import { type Account, type Asset, type Chain, coinOf } from '../../units/index.ts';
import { address, addressOf, evmChain, framesOf, logsOf, NO_RECEIPT, tokenAsset, topic, uint, word } from './abi.ts';
import { chainNumber, readRelayCall, readSendCall, relayId, sendId } from './cbridge-message.ts';
import type { Leg, LegPlace, Protocol } from './leg.ts';

/** Liquidity bridges, by chain (`test/data/crossings/addresses.json`). */
const BRIDGES: ReadonlySet<Account> = new Set<Account>([
  'eip155:1:0x5427fefa711eff984124bfbb1ab6fbf5e3da1820',
  'eip155:10:0x9d39fc627a6d9d9f8c831c16995b209548cc3401',
  'eip155:56:0xdd90e5e87a2081dcf0391920868ebc2ffb81a1af',
  'eip155:137:0x88dcdc47d2f83a99cf0000fdf667a468bb958a78',
  'eip155:42161:0x1619de6b6b20ed217a58d00f37b9d47c7663feca',
  'eip155:43114:0xef3c714c9425a8f3697a9c969dc1af30ba82e5d4',
]);
/** The two vaults of Ethereum, which hold what tokens issued elsewhere stand for. */
const VAULTS: ReadonlySet<Account> = new Set<Account>([
  'eip155:1:0xb37d31b2a74029b5951a2778f959282e2d518595',
  'eip155:1:0x7510792a3b1969f9307f3845ce88e39578f2bae1',
]);
/** The two contracts of Ethereum that issue tokens for what vaults elsewhere hold. */
const ISSUERS: ReadonlySet<Account> = new Set<Account>([
  'eip155:1:0x16365b45eb269b5b5dacb34b4a15399ec79b95eb',
  'eip155:1:0x52e4f244f380f8fa51816c8a10a63105dd4de084',
]);

/** The events of one kind: which contracts emit them, and which word of the data has what. No field is indexed. */
type EventForm = {
  readonly topic0: string;
  readonly emitters: ReadonlySet<Account>;
  /** How many words of data the event has. */
  readonly words: number;
  readonly key: number;
  readonly account: number;
  readonly token: number;
  readonly amount: number;
  /** In: the chain it goes to; out: the chain it came from. Null: not said. */
  readonly chain: number | null;
  /** In: whom it is for. */
  readonly to?: number;
  /** Whether the event's name for the transfer is the hash of what it says. Absent: it cannot be computed again. */
  readonly isNamedByHash?: (chain: Chain, data: string) => boolean;
};

/** In this order: `Send`; `Deposited` of the two vaults; `Burn` of the two issuers. */
const INBOUND: readonly EventForm[] = [
  {
    ...{ topic0: '0x89d8051e597ab4178a863a5190407b98abfeff406aa8db90c59af76612e58f01', emitters: BRIDGES, words: 8 },
    ...{ key: 0, account: 1, to: 2, token: 3, amount: 4, chain: 5, isNamedByHash: isSendNamed },
  },
  {
    ...{ topic0: '0x15d2eeefbe4963b5b2178f239ddcc730dda55f1c23c22efb79ded0eb854ac789', emitters: VAULTS, words: 6 },
    ...{ key: 0, account: 1, token: 2, amount: 3, chain: 4, to: 5 },
  },
  {
    ...{ topic0: '0x28d226819e371600e26624ebc4a9a3947117ee2760209f816c789d3a99bf481b', emitters: VAULTS, words: 7 },
    ...{ key: 0, account: 1, token: 2, amount: 3, chain: 4, to: 5 },
  },
  {
    ...{ topic0: '0x75f1bf55bb1de41b63a775dc7d4500f01114ee62b688a6b11d34f4692c1f3d43', emitters: ISSUERS, words: 5 },
    ...{ key: 0, token: 1, account: 2, amount: 3, chain: null, to: 4 },
  },
  {
    ...{ topic0: '0x6298d7b58f235730b3b399dc5c282f15dae8b022e5fbbf89cee21fd83c8810a3', emitters: ISSUERS, words: 7 },
    ...{ key: 0, token: 1, account: 2, amount: 3, chain: 4, to: 5 },
  },
];
const WITHDRAW_DONE = '0x48a1ab26f3aa7b62bb6b6e8eed182f292b84eb7b006c0254386b268af20774be';
/** In this order: `Relay`; `Withdrawn` of the vaults; `Mint` of the issuers; `WithdrawDone`. */
const OUTBOUND: readonly EventForm[] = [
  {
    ...{ topic0: '0x79fa08de5149d912dce8e5e8da7a7c17ccdf23dd5d3bfe196802e6eb86347c7c', emitters: BRIDGES, words: 7 },
    ...{ account: 2, token: 3, amount: 4, chain: 5, key: 6, isNamedByHash: isRelayNamed },
  },
  {
    ...{ topic0: '0x296a629c5265cb4e5319803d016902eb70a9079b89655fe2b7737821ed88beeb', emitters: VAULTS, words: 7 },
    ...{ account: 1, token: 2, amount: 3, chain: 4, key: 5 },
  },
  {
    ...{ topic0: '0x5bc84ecccfced5bb04bfc7f3efcdbe7f5cd21949ef146811b4d1967fe41f777a', emitters: ISSUERS, words: 7 },
    ...{ token: 1, account: 2, amount: 3, chain: 4, key: 5 },
  },
  { topic0: WITHDRAW_DONE, emitters: BRIDGES, words: 6, account: 2, token: 3, amount: 4, chain: null, key: 5 },
];
/** What recorded receipts show: `Send` and `Relay` of Ethereum's bridge, `Withdrawn` of its first vault. */
const TESTED: ReadonlySet<string> = new Set([
  `${INBOUND[0]?.topic0} eip155:1:0x5427fefa711eff984124bfbb1ab6fbf5e3da1820`,
  `${OUTBOUND[0]?.topic0} eip155:1:0x5427fefa711eff984124bfbb1ab6fbf5e3da1820`,
  `${OUTBOUND[1]?.topic0} eip155:1:0xb37d31b2a74029b5951a2778f959282e2d518595`,
]);
const UNTESTED = 'This event of this contract was not tested on a recorded receipt.';
const UNTESTED_CALL = 'Calls of this contract were not tested on recorded transactions.';
const MAY_RETURN = 'It returns a transfer only where one was made under this name.';
const UNWRAPPED = 'Stated in the wrapped coin, which the bridge unwraps before it pays.';
const NOT_SHOWN = 'No payment of the amount that the event states is on record:';

/** Celer's bridge: pools on both sides; and vaults on one side, whose tokens are issued on the other. */
export const cbridge: Protocol = {
  id: 'cbridge',
  title: 'cBridge (Celer)',
  proves:
    'A transfer between pools is named by the hash of all it says, which the payout repeats; both sides’ hashes are computed again here. Vaults and issuers repeat each other’s number.',
  cannotProve:
    'Who stands behind a contract that sends for others. Vaults and issuers, which are read on Ethereum alone, so that no link of theirs is complete, and whose numbers are not computed again. Transfers that were returned, vaults’ deposits, issuers’ events, and the pools of other chains than Ethereum were not among the transactions this was tested on.',
  decode: (evidence) => {
    if (evidence.kind !== 'evm') return [];
    if (evidence.logs === null) return calledLeg(evidence);
    const read = (forms: readonly EventForm[], legOf: Reader): Leg[] =>
      forms.flatMap((form) =>
        logsOf(evidence, form.topic0, form.emitters).flatMap((log) => legOf(evidence, log, form) ?? []),
      );
    return [...read(INBOUND, inboundLeg), ...read(OUTBOUND, outboundLeg)];
  },
};

type Reader = (evidence: EvmEvidence, log: EventLog, form: EventForm) => Leg | null;
/** What an event says of one side. */
type Stated = {
  readonly key: string;
  readonly account: Account;
  readonly token: string;
  readonly amount: bigint;
  readonly chain: bigint | null;
};

function stated({ chain }: EvmEvidence, { data }: EventLog, form: EventForm): Stated | null {
  const [key, account, token] = [
    word(data, form.key),
    addressOf(chain, word(data, form.account)),
    address(word(data, form.token)),
  ];
  const amount = uint(word(data, form.amount));
  const other = form.chain === null ? null : uint(word(data, form.chain));
  if (key === null || account === null || token === null || amount === null) return null;
  if (word(data, form.words - 1) === null) return null;
  // Chains have ids of 64 bits.
  if (form.chain !== null && (other === null || other >> 64n !== 0n)) return null;
  if (form.isNamedByHash !== undefined && !form.isNamedByHash(chain, data)) return null;
  return { key, account, token, amount, chain: other };
}

const inboundLeg: Reader = (evidence, log, form) => {
  const found = stated(evidence, log, form);
  const to = address(word(log.data, form.to ?? 0));
  if (found === null || to === null) return null;
  const { asset, isShown } = takenIn(evidence, log.address, found);
  const caller = evidence.from;
  return {
    ...base(evidence, { kind: 'log', logIndex: log.logIndex }, log.address),
    ...{ side: 'in', kind: 'transfer', key: found.key, asset, account: found.account },
    amount: isShown ? found.amount : null,
    destination: destinationOf(found.chain, to),
    notes: [
      ...(caller === null || caller === found.account
        ? []
        : [`The bridge was called by ${found.account}, in a transaction of ${caller}.`]),
      ...notesOf(log, isShown, found),
    ],
  };
};

const outboundLeg: Reader = (evidence, log, form) => {
  const found = stated(evidence, log, form);
  if (found === null) return null;
  const { asset, isShown } = paidOut(evidence, log.address, found);
  // What answers a transfer of the same chain returns it. A provider's own withdrawal answers none.
  const isReturn = found.chain === chainNumber(evidence.chain);
  const isWithdrawal = form.topic0 === WITHDRAW_DONE;
  const isProviders = isWithdrawal && uint(found.key) === 0n;
  return {
    ...base(evidence, { kind: 'log', logIndex: log.logIndex }, log.address),
    ...{ side: 'out', asset, account: found.account, destination: null },
    kind: isProviders ? 'withdrawal' : isReturn || isWithdrawal ? 'refund' : 'transfer',
    key: isProviders ? null : found.key,
    amount: isShown ? found.amount : null,
    notes: [...(isWithdrawal && !isProviders ? [MAY_RETURN] : []), ...notesOf(log, isShown, found)],
  };
};

function notesOf(log: EventLog, isShown: boolean, { amount }: Stated): string[] {
  return [
    ...(isShown ? [] : [`${NOT_SHOWN} ${amount}.`]),
    ...(TESTED.has(`${log.topics[0]} ${log.address}`) ? [] : [UNTESTED]),
  ];
}

type Moved = { readonly asset: Asset; readonly isShown: boolean };

/** In what it came in: coin that the contract was paid and wrapped itself is stated as the wrapped form. */
function takenIn(evidence: EvmEvidence, venue: Account, { token, amount, account }: Stated): Moved {
  const { chain } = evidence;
  const asset = tokenAsset(chain, token);
  const isToken = isMoved(evidence, token, amount, (from, to) => from === account && isEnd(to, venue));
  if (isToken) return { asset, isShown: true };
  const coin = coinOf(chain);
  const isCoin =
    isPaidInCoin(evidence, account, venue, amount) || isWrapped(evidence, WRAP_TOPIC, { token, amount, venue });
  return coin !== null && isCoin ? { asset: coin, isShown: true } : { asset, isShown: false };
}

/** In what it was paid: the wrapped coin is unwrapped before, of which only a trace shows the payment itself. */
function paidOut(evidence: EvmEvidence, venue: Account, { token, amount, account }: Stated): Moved {
  const { chain } = evidence;
  const asset = tokenAsset(chain, token);
  const isToken = isMoved(evidence, token, amount, (from, to) => isEnd(from, venue) && to === account);
  if (isToken) return { asset, isShown: true };
  const coin = coinOf(chain);
  const isCoin =
    isPaidInCoin(evidence, venue, account, amount) || isWrapped(evidence, UNWRAP_TOPIC, { token, amount, venue });
  return coin !== null && isCoin ? { asset: coin, isShown: true } : { asset, isShown: false };
}

/** Tokens that are issued or destroyed come from, or go to, no account. */
function isEnd(found: Account | null, venue: Account): boolean {
  return found === venue || (found?.endsWith(`:0x${'0'.repeat(40)}`) ?? false);
}

type Ends = (from: Account | null, to: Account | null) => boolean;

function isMoved(evidence: EvmEvidence, token: string, amount: bigint, isBetween: Ends): boolean {
  const { chain } = evidence;
  return logsOf(evidence, TRANSFER_TOPIC, new Set([`${chain}:${token}` as Account])).some(
    (log) =>
      uint(word(log.data, 0)) === amount && isBetween(addressOf(chain, topic(log, 1)), addressOf(chain, topic(log, 2))),
  );
}

function isPaidInCoin(evidence: EvmEvidence, payer: Account, payee: Account, amount: bigint): boolean {
  return (
    amount > 0n && framesOf(evidence).some(({ from, to, value }) => from === payer && to === payee && value === amount)
  );
}

/** Whether the contract wrapped or unwrapped as much: only events of the chain's own wrapped coin show that. */
function isWrapped(
  evidence: EvmEvidence,
  topic0: string,
  { token, amount, venue }: { readonly token: string; readonly amount: bigint; readonly venue: Account },
): boolean {
  const { chain } = evidence;
  if (WRAPPED_COINS.get(chain) !== token) return false;
  return logsOf(evidence, topic0, new Set([`${chain}:${token}` as Account])).some(
    (log) => addressOf(chain, topic(log, 1)) === venue && uint(word(log.data, 0)) === amount,
  );
}

function isSendNamed(chain: Chain, data: string): boolean {
  const [sender, receiver, token] = [1, 2, 3].map((index) => address(word(data, index)));
  const [amount, destination, nonce] = [4, 5, 6].map((index) => uint(word(data, index)));
  const names = { sender, receiver, token, amount, destination, nonce } as Parameters<typeof sendId>[1];
  const id = sendId(chain, names);
  return id !== null && id === word(data, 0);
}

function isRelayNamed(chain: Chain, data: string): boolean {
  const [sender, receiver, token] = [1, 2, 3].map((index) => address(word(data, index)));
  const [amount, source] = [4, 5].map((index) => uint(word(data, index)));
  const names = { sender, receiver, token, amount, source, sent: word(data, 6) } as Parameters<typeof relayId>[1];
  const id = relayId(chain, names);
  return id !== null && id === word(data, 0);
}

/** Without a receipt: what the transaction itself called the bridge for. Its signer is the bridge's caller then. */
function calledLeg(evidence: EvmEvidence): Leg[] {
  const { chain, from } = evidence;
  const call = framesOf(evidence).find(({ path }) => path.length === 0);
  if (call === undefined || !BRIDGES.has(call.to)) return [];
  const common = base(evidence, { kind: 'call', path: call.path }, call.to);
  const notes = [NO_RECEIPT, ...(chain === 'eip155:1' ? [] : [UNTESTED_CALL])];
  const wrapped = WRAPPED_COINS.get(chain) ?? null;
  const sent = readSendCall(call.input);
  if (sent !== null && from !== null) {
    const { amount, destination, receiver, isCoin } = sent;
    // The bridge refuses coin beside what it is told to send.
    if (isCoin && call.value !== null && call.value !== amount) return [];
    const key = sendId(chain, { ...sent, sender: from.slice(-42), token: isCoin ? wrapped : sent.token });
    const asset = isCoin ? coinOf(chain) : tokenAsset(chain, sent.token as string);
    const to = destinationOf(destination, receiver as string);
    return [{ ...common, side: 'in', kind: 'transfer', key, asset, amount, account: from, destination: to, notes }];
  }
  const relayed = readRelayCall(call.input);
  if (relayed === null || relayed.destination !== chainNumber(chain)) return [];
  const { receiver, token, amount, sent: key } = relayed;
  if (receiver === null || token === null || amount === null || key === null) return [];
  const isCoin = token === wrapped;
  const out = {
    side: 'out',
    kind: 'transfer',
    key,
    amount,
    account: `${chain}:${receiver}`,
    destination: null,
  } as const;
  const asset = isCoin ? coinOf(chain) : tokenAsset(chain, token);
  return [{ ...common, ...out, asset, notes: isCoin ? [...notes, UNWRAPPED] : notes }];
}

function destinationOf(number: bigint | null, to: string) {
  const chain = evmChain(number);
  return {
    chain: number === null ? null : (chain ?? `chain ${number}`),
    account: chain === null ? to : `${chain}:${to}`,
    asset: null,
    amount: null,
  };
}

function base({ chain, tx }: EvmEvidence, place: LegPlace, venue: Account) {
  return { protocol: 'cbridge', chain, tx, place, venue } as const;
}
