import type { EventLog, EvmEvidence } from '../../ledger/index.ts';
import { type Asset, BITCOIN, canonicalAccount, ETHEREUM } from '../../units/index.ts';
import {
  addressOf,
  argumentsOf,
  bytesAt,
  type Call,
  callsOf,
  contracts,
  logsOf,
  NO_RECEIPT,
  stringAt,
  text,
  topic,
  uint,
  word,
} from './abi.ts';
import type { Leg, Protocol } from './leg.ts';

/** The gateway of bitcoin on Ethereum. */
const GATEWAYS = contracts(ETHEREUM, '0xe4b679400f0f267212d5d812b95f58c83243ee71');
/** A contract that people mint through. */
const ADAPTERS = contracts(ETHEREUM, '0x32666b64e9fd0f44916e1378efb2cfa3b3b96e80');
/** renBTC, 8 decimals. */
const RENBTC: Asset = 'eip155:1/erc20:0xeb4c2781e4eba804ce9a9803c67d0893436bb27d';

/** `LogMint(address,uint256,uint256,bytes32)` and, since, `LogMint(address,uint256,bytes32,bytes32)`: payee indexed. */
const MINTS = [
  '0xa58ba939eb08dab7eaf8ad09c16e7405ee88e5153e15da62d5481296a9f727fa',
  '0xbc14fd8ad2beec4ee7bcb0fdb208be1740b6820dd948b6db998d54d9bb469f3f',
];
/** `LogBurn(bytes,uint256,uint256,bytes)` and, since, `LogBurn(bytes,uint256,uint256)`: payee on Bitcoin, amount. */
const BURNS = [
  '0x1619fc95050ffb8c94c9077c82b3e1ebbf8d571b6234241c55ba0aaf40da019e',
  '0xab45371aa9c0c736d0133ccaab96f4bae05fa0f023096a84592b725e20d6ec45',
];
/** `mint(string,address,uint256,bytes32,bytes)` of the adapter: symbol, payee, amount, nHash, signature. */
const CALL_MINT = '0x77f61403';

/** Ren: bitcoin kept by a network of nodes, and renBTC issued against it on Ethereum. Closed in 2022. */
export const ren: Protocol = {
  id: 'ren',
  title: 'Ren',
  proves:
    'Where burnt renBTC was to go: the burn names the Bitcoin address in clear. It proves no link: neither side names the other’s transaction.',
  cannotProve:
    'Which Bitcoin payment a burn led to: by address, amount less fee, and time only. Which Bitcoin deposit a mint came from: the deposit address is made from a number that only the user had. No burn was among the transactions this was tested on.',
  decode: (evidence) => {
    if (evidence.kind !== 'evm' || evidence.chain !== ETHEREUM) return [];
    const mints = logsOf(evidence, MINTS, GATEWAYS).flatMap((log) => minted(evidence, log) ?? []);
    const burns = logsOf(evidence, BURNS, GATEWAYS).flatMap((log) => burnt(evidence, log) ?? []);
    if (evidence.logs !== null) return [...mints, ...burns];
    return callsOf(evidence, [CALL_MINT], ADAPTERS).flatMap((call) => mintCall(evidence, call) ?? []);
  },
};

const MINT_NOTE = 'Issued against bitcoin paid in before; the deposit is not named.';

function minted(evidence: EvmEvidence, log: EventLog): Leg | null {
  const [account, amount] = [addressOf(evidence.chain, topic(log, 1)), uint(word(log.data, 0))];
  if (account === null || amount === null) return null;
  return { ...base(evidence, log), side: 'out', amount, account, destination: null, notes: [MINT_NOTE] };
}

function burnt(evidence: EvmEvidence, log: EventLog): Leg | null {
  const [to, amount] = [text(bytesAt(log.data, 0)), uint(word(log.data, 1))];
  if (to === null || amount === null) return null;
  const account = bitcoinAddress(to);
  const notes = [
    'Who burnt it the event does not say; the sender of the transaction is named.',
    ...(account === null ? [`The payee '${to.slice(0, 100)}' is no Bitcoin address.`] : []),
  ];
  const destination = { chain: BITCOIN, account: account ?? to, asset: `${BITCOIN}/slip44:0`, amount: null };
  return { ...base(evidence, log), side: 'in', amount, account: evidence.from, destination, notes };
}

function bitcoinAddress(written: string): string | null {
  try {
    return canonicalAccount(BITCOIN, written).slice(BITCOIN.length + 1);
  } catch {
    return null;
  }
}

function mintCall(evidence: EvmEvidence, call: Call): Leg | null {
  const data = argumentsOf(call.input) ?? '0x';
  const [symbol, account, amount, nHash] = [
    stringAt(data, 0),
    addressOf(evidence.chain, word(data, 1)),
    uint(word(data, 2)),
    word(data, 3),
  ];
  if (symbol !== 'BTC' || account === null || amount === null || nHash === null) return null;
  const notes = [
    ...(evidence.succeeded === null ? [NO_RECEIPT] : []),
    MINT_NOTE,
    `Its nHash, made from the deposit and a secret number: ${nHash}.`,
  ];
  const place = { kind: 'call', path: call.path } as const;
  const { chain, tx } = evidence;
  const common = {
    protocol: 'ren',
    side: 'out',
    kind: 'transfer',
    key: null,
    chain,
    tx,
    place,
    asset: RENBTC,
  } as const;
  return { ...common, amount, account, venue: call.to, destination: null, notes };
}

function base(evidence: EvmEvidence, log: EventLog) {
  const { chain, tx } = evidence;
  const place = { kind: 'log', logIndex: log.logIndex } as const;
  return { protocol: 'ren', kind: 'transfer', key: null, chain, tx, place, asset: RENBTC, venue: log.address } as const;
}
