import type { EvmEvidence, TransactionEvidence } from '../../ledger/index.ts';
import { type Account, type Asset, coinOf, ETHEREUM } from '../../units/index.ts';
import {
  addressOf,
  argumentsOf,
  type Call,
  callsOf,
  contracts,
  count,
  logsOf,
  NO_RECEIPT,
  selectorOf,
  topic,
  uint,
  word,
} from './abi.ts';
import type { Leg, LegPlace, Protocol } from './leg.ts';

/** `Deposit(bytes32 indexed commitment, uint32 leafIndex, uint256 timestamp)`. */
const DEPOSIT = '0xa945e51eec50ab98c161376f0db4cf2aeba3ec92755fe2fcd388bdbbb80ff196';
/** `Withdrawal(address to, bytes32 nullifierHash, address indexed relayer, uint256 fee)`. */
const WITHDRAWAL = '0xe9e508bad6d4c3227e881ca19068f099da81b5164dd6d62b2eaf1e8bc6c34931';

/** `deposit(bytes32)` and `withdraw(bytes,bytes32,bytes32,address,address,uint256,uint256)` of a pool. */
const DEPOSIT_CALL = '0xb214faa5';
const WITHDRAW_CALL = '0x21a0adb6';
/** The same of the proxies and the router, with the pool in front. */
const PROXY_DEPOSIT_CALL = '0x13d98d13';
const PROXY_WITHDRAW_CALL = '0xb438689f';

/** Two proxies and the router that followed them; the last two are seen in recorded transactions. */
const PROXIES = contracts(
  ETHEREUM,
  '0x905b63fff465b9ffbf41dea908ceb12478ec7601',
  '0x722122df12d4e14e13ac3b6895a86e84145b6967',
  '0xd90e2f925da726b50c4ed8d0fb90ad053324f31b',
);

/** What one note of a pool is worth. */
export type TornadoPool = {
  /** `100 ETH`. */
  readonly name: string;
  /** Null: a token whose contract is not known here. */
  readonly asset: Asset | null;
  /** Base units; null where the asset is. */
  readonly denomination: bigint | null;
};

const ether = (name: string, denomination: bigint): TornadoPool => ({ name, asset: coinOf(ETHEREUM), denomination });
const token = (name: string): TornadoPool => ({ name, asset: null, denomination: null });

/** Pools of Ethereum by contract. @see test/data/tornado/pools.json; those of ether are seen in recorded transactions. */
export const TORNADO_POOLS: ReadonlyMap<Account, TornadoPool> = new Map<Account, TornadoPool>([
  ['eip155:1:0x12d66f87a04a9e220743712ce6d9bb1b5616b8fc', ether('0.1 ETH', 10n ** 17n)],
  ['eip155:1:0x47ce0c6ed5b0ce3d3a51fdb1c52dc66a7c3c2936', ether('1 ETH', 10n ** 18n)],
  ['eip155:1:0x910cbd523d972eb0a6f4cae4618ad62622b39dbf', ether('10 ETH', 10n ** 19n)],
  ['eip155:1:0xa160cdab225685da1d56aa342ad8841c3b53f291', ether('100 ETH', 10n ** 20n)],
  ['eip155:1:0xd4b88df4d29f5cedd6857912842cff3b20c8cfa3', token('100 DAI')],
  ['eip155:1:0xfd8610d20aa15b7b2e3be39b396a1bc3516c7144', token('1000 DAI')],
  ['eip155:1:0x07687e702b410fa43f4cb4af7fa097918ffd2730', token('10000 DAI')],
  ['eip155:1:0x23773e65ed146a459791799d01336db287f25334', token('100000 DAI')],
  ['eip155:1:0xd96f2b1c14db8458374d9aca76e26c3d18364307', token('100 USDC')],
  ['eip155:1:0x4736dcf1b7a3d580672cce6e7c65cd5cc9cfba9d', token('1000 USDC')],
  ['eip155:1:0x169ad27a470d064dede56a2d3ff727986b15d52b', token('100 USDT')],
  ['eip155:1:0x0836222f2b2b24a3f36f98668ed8f0b38d1a872f', token('1000 USDT')],
  ['eip155:1:0x178169b423a011fff22b9e3f3abea13414ddd0f1', token('0.1 WBTC')],
  ['eip155:1:0x610b717796ad172b316836ac95a2ffad065ceab4', token('1 WBTC')],
  ['eip155:1:0xbb93e510bbcd0b7beb5a853875f9ec60275cf498', token('10 WBTC')],
  ['eip155:1:0x22aaa7720ddd5388a3c0a3333430953c68f1849b', token('5000 cDAI')],
  ['eip155:1:0x03893a7c7463ae47d46bc7f091665f1893656003', token('50000 cDAI')],
  ['eip155:1:0x2717c5e28cf931547b621a5dddb772ab6a35b701', token('500000 cDAI')],
  ['eip155:1:0xd21be7248e0197ee08e0c20d4a96debdac3d20af', token('5000000 cDAI')],
]);
const POOLS: ReadonlySet<Account> = new Set(TORNADO_POOLS.keys());

/** A note put into a pool or taken out of one. */
export type TornadoEvent = { readonly pool: Account; readonly place: LegPlace } & (
  | {
      readonly kind: 'deposit';
      readonly commitment: string /** Null: from call data. */;
      readonly leafIndex: number | null;
    }
  | {
      readonly kind: 'withdrawal';
      readonly recipient: Account;
      readonly nullifierHash: string;
      /** Null: none. */
      readonly relayer: Account | null;
      /** What the relayer keeps of the note, base units. */
      readonly fee: bigint;
    }
);

/** Deposits into Tornado Cash's pools on Ethereum and withdrawals from them: where a trace ends. */
export const tornado: Protocol = {
  id: 'tornado',
  title: 'Tornado Cash',
  proves:
    'Nothing of any link: a withdrawal proves that some deposit into the same pool was not withdrawn yet, not which.',
  cannotProve:
    'Which deposit a withdrawal spends. The published heuristics give lists of candidates, see docs/methods/tornado.md; no value follows them.',
  decode: (evidence) => (evidence.kind !== 'evm' ? [] : tornadoEvents(evidence).map((event) => legOf(evidence, event))),
};

/**
 * What a transaction did with the pools: from its events where it has a receipt, else from its calls, which do not prove
 * that it succeeded. A failed transaction did nothing; events of other contracts are no one's deposits.
 */
export function tornadoEvents(evidence: TransactionEvidence): readonly TornadoEvent[] {
  if (evidence.kind !== 'evm' || evidence.chain !== ETHEREUM || evidence.succeeded === false) return [];
  if (evidence.logs === null) return calledEvents(evidence);
  return logsOf(evidence, [DEPOSIT, WITHDRAWAL], POOLS).flatMap((log) => {
    const common = { pool: log.address, place: { kind: 'log', logIndex: log.logIndex } } as const;
    if (topic(log, 0) === DEPOSIT) return deposit(common, topic(log, 1), count(word(log.data, 0)));
    return withdrawal(common, [word(log.data, 0), word(log.data, 1), topic(log, 1), word(log.data, 2)]);
  });
}

type Common = { readonly pool: Account; readonly place: LegPlace };

function deposit(common: Common, commitment: string | null, leafIndex: number | null): TornadoEvent[] {
  return commitment === null ? [] : [{ ...common, kind: 'deposit', commitment, leafIndex }];
}

/** @param words - recipient, nullifier hash, relayer, fee. */
function withdrawal(common: Common, words: readonly (string | null)[]): TornadoEvent[] {
  const [recipient, nullifierHash, relayer, fee] = words;
  const to = addressOf(ETHEREUM, recipient ?? null);
  const kept = uint(fee ?? null);
  if (to === null || nullifierHash === undefined || nullifierHash === null || kept === null) return [];
  const by = uint(relayer ?? null) === 0n ? null : addressOf(ETHEREUM, relayer ?? null);
  return [{ ...common, kind: 'withdrawal', recipient: to, nullifierHash, relayer: by, fee: kept }];
}

/** One note a call: a proxy's call and the pool's that it makes are the same note, so only the outermost counts. */
function calledEvents(evidence: EvmEvidence): TornadoEvent[] {
  const proxied = callsOf(evidence, [PROXY_DEPOSIT_CALL, PROXY_WITHDRAW_CALL], PROXIES).flatMap((call) => {
    const pool = addressOf(ETHEREUM, word(argumentsOf(call.input) ?? '0x', 0));
    return pool !== null && POOLS.has(pool) ? calledEvent(call, pool, 1) : [];
  });
  if (proxied.length > 0) return proxied;
  return callsOf(evidence, [DEPOSIT_CALL, WITHDRAW_CALL], POOLS).flatMap((call) => calledEvent(call, call.to, 0));
}

/** @param first - how many words stand before the pool's own arguments. */
function calledEvent(call: Call, pool: Account, first: number): TornadoEvent[] {
  const common = { pool, place: { kind: 'call', path: call.path } } as const;
  const data = argumentsOf(call.input) ?? '0x';
  const selector = selectorOf(call.input);
  if (selector === DEPOSIT_CALL || selector === PROXY_DEPOSIT_CALL) return deposit(common, word(data, first), null);
  // After the proof's offset and the root.
  const [nullifierHash, recipient, relayer, fee] = [2, 3, 4, 5].map((index) => word(data, first + index));
  return withdrawal(common, [recipient ?? null, nullifierHash ?? null, relayer ?? null, fee ?? null]);
}

function legOf(evidence: EvmEvidence, event: TornadoEvent): Leg {
  const { name, asset, denomination } = TORNADO_POOLS.get(event.pool) as TornadoPool;
  const { chain, tx } = evidence;
  const common = { protocol: 'tornado', key: null, chain, tx, place: event.place, asset, venue: event.pool } as const;
  const receipt = evidence.logs === null ? [NO_RECEIPT] : [];
  const unknown = asset === null ? [`A note of ${name}; the token's contract is not named in the record.`] : [];
  if (event.kind === 'deposit') {
    return {
      ...common,
      side: 'in',
      kind: 'other',
      amount: denomination,
      account: evidence.from,
      destination: { chain: null, account: null, asset: null, amount: null },
      notes: [
        `A note of ${name} with the commitment ${event.commitment}. Nothing on the chain links it to a withdrawal.`,
        'The record names no depositor: the account is the sender of the transaction.',
        ...unknown,
        ...receipt,
      ],
    };
  }
  const relayed = event.relayer === null ? 'without a relayer' : `by the relayer ${event.relayer}`;
  return {
    ...common,
    side: 'out',
    kind: 'withdrawal',
    amount: denomination === null || event.fee > denomination ? null : denomination - event.fee,
    account: event.recipient,
    destination: null,
    notes: [
      `A note of ${name}, nullifier hash ${event.nullifierHash}, ${relayed}, fee ${event.fee} base units. Nothing on the chain links it to a deposit.`,
      ...unknown,
      ...receipt,
    ],
  };
}
