import { type EventLog, type EvmEvidence, WRAPPED_COINS } from '../../ledger/index.ts';
import { type Account, type Chain, coinOf } from '../../units/index.ts';
import { address, addressOf, evmChain, keccak, logsOf, slice, uint, word } from './abi.ts';
import type { Leg, Protocol } from './leg.ts';
import { paidIn, paidOut } from './payments.ts';

/** Liquidity bridges; only Ethereum's is confirmed by recorded transactions (`test/data/crossings/addresses.json`). */
const BRIDGES: ReadonlySet<Account> = new Set<Account>([
  'eip155:1:0x5427fefa711eff984124bfbb1ab6fbf5e3da1820',
  'eip155:10:0x9d39fc627a6d9d9f8c831c16995b209548cc3401',
  'eip155:56:0xdd90e5e87a2081dcf0391920868ebc2ffb81a1af',
  'eip155:137:0x88dcdc47d2f83a99cf0000fdf667a468bb958a78',
  'eip155:42161:0x1619de6b6b20ed217a58d00f37b9d47c7663feca',
  'eip155:43114:0xef3c714c9425a8f3697a9c969dc1af30ba82e5d4',
]);
/** Vaults that hold what a token issued elsewhere stands for, and the issuers of such tokens on Ethereum. */
const VAULTS: ReadonlySet<Account> = new Set<Account>([
  'eip155:1:0xb37d31b2a74029b5951a2778f959282e2d518595',
  'eip155:1:0x7510792a3b1969f9307f3845ce88e39578f2bae1',
]);
const CONFIRMED: ReadonlySet<Account> = new Set<Account>([
  'eip155:1:0x5427fefa711eff984124bfbb1ab6fbf5e3da1820',
  'eip155:1:0xb37d31b2a74029b5951a2778f959282e2d518595',
]);

const TOPICS = {
  /** `Send(bytes32,address,address,address,uint256,uint64,uint64,uint32)` */
  send: '0x89d8051e597ab4178a863a5190407b98abfeff406aa8db90c59af76612e58f01',
  /** `Relay(bytes32,address,address,address,uint256,uint64,bytes32)` */
  relay: '0x79fa08de5149d912dce8e5e8da7a7c17ccdf23dd5d3bfe196802e6eb86347c7c',
  /** `Withdrawn(bytes32,address,address,uint256,uint64,bytes32,address)` */
  withdrawn: withdrawnTopic(),
} as const;

function withdrawnTopic(): string {
  return keccak(
    new TextEncoder().encode('Withdrawn(bytes32,address,address,uint256,uint64,bytes32,address)'),
  ) as string;
}

/** Celer's bridge: pools on both sides, and vaults whose tokens are issued on the other side. */
export const cbridge: Protocol = {
  id: 'cbridge',
  title: 'cBridge (Celer)',
  proves:
    'A transfer is named by the hash of all it says, made on the sending chain and repeated by the payout; both hashes are computed again here.',
  cannotProve:
    'Transfers that were refunded on the sending chain, and what vaults paid for tokens destroyed on chains that are not read.',
  decode: (evidence) => {
    if (evidence.kind !== 'evm') return [];
    return [
      ...logsOf(evidence, TOPICS.send, BRIDGES).flatMap((log) => sent(evidence, log) ?? []),
      ...logsOf(evidence, TOPICS.relay, BRIDGES).flatMap((log) => relayed(evidence, log) ?? []),
      ...logsOf(evidence, TOPICS.withdrawn, VAULTS).flatMap((log) => withdrawn(evidence, log) ?? []),
    ];
  },
};

function sent(evidence: EvmEvidence, log: EventLog): Leg | null {
  const id = word(log.data, 0);
  const [token, amount, destination] = [address(word(log.data, 3)), uint(word(log.data, 4)), uint(word(log.data, 5))];
  const recipient = address(word(log.data, 2));
  if (id === null || token === null || amount === null || destination === null || recipient === null) return null;
  if (sendId(evidence.chain, log.data) !== id) return null;
  const chain = evmChain(destination);
  return {
    ...base(evidence, log),
    ...paidIn(evidence, log.address, token, amount),
    side: 'in',
    key: id,
    amount,
    destination: {
      chain: chain ?? `chain ${destination}`,
      account: chain === null ? recipient : `${chain}:${recipient}`,
      asset: null,
      amount: null,
    },
  };
}

/** keccak256 of sender, receiver, token, amount, destination chain, nonce and source chain, packed. */
function sendId(chain: Chain, data: string): string | null {
  return packedHash([
    ...[1, 2, 3].map((index) => address(word(data, index))),
    word(data, 4),
    tail(word(data, 5), 8),
    tail(word(data, 6), 8),
    chainNumber(chain),
  ]);
}

function relayed(evidence: EvmEvidence, log: EventLog): Leg | null {
  const [id, source] = [word(log.data, 0), word(log.data, 6)];
  const [token, amount] = [address(word(log.data, 3)), uint(word(log.data, 4))];
  const account = addressOf(evidence.chain, word(log.data, 2));
  if (id === null || source === null || token === null || amount === null || account === null) return null;
  const again = packedHash([
    ...[1, 2, 3].map((index) => address(word(log.data, index))),
    word(log.data, 4),
    tail(word(log.data, 5), 8),
    chainNumber(evidence.chain),
    source,
  ]);
  if (again !== id) return null;
  return payout(evidence, log, { key: source, token, amount, account });
}

function withdrawn(evidence: EvmEvidence, log: EventLog): Leg | null {
  const account = addressOf(evidence.chain, word(log.data, 1));
  const [token, amount, key] = [address(word(log.data, 2)), uint(word(log.data, 3)), word(log.data, 5)];
  if (account === null || token === null || amount === null || key === null) return null;
  return payout(evidence, log, { key, token, amount, account });
}

type Paid = { readonly key: string; readonly token: string; readonly amount: bigint; readonly account: Account };

function payout(evidence: EvmEvidence, log: EventLog, { key, token, amount, account }: Paid): Leg {
  // The bridge holds ether wrapped and pays it out as ether.
  const isUnwrapped = WRAPPED_COINS.get(evidence.chain) === token;
  const asset = isUnwrapped ? paidOut(evidence, token, amount, account) : null;
  return {
    ...base(evidence, log),
    side: 'out',
    key,
    asset: asset ?? (token === ZERO ? coinOf(evidence.chain) : `${evidence.chain}/erc20:${token}`),
    amount,
    account,
    destination: null,
  };
}

const ZERO = `0x${'0'.repeat(40)}`;

/** The last bytes of a word. */
function tail(found: string | null, bytes: number): string | null {
  return found === null ? null : slice(found, 32 - bytes, bytes);
}

function chainNumber(chain: Chain): string {
  return `0x${BigInt(chain.slice(chain.indexOf(':') + 1))
    .toString(16)
    .padStart(16, '0')}`;
}

function packedHash(parts: readonly (string | null)[]): string | null {
  return parts.includes(null) ? null : keccak(`0x${parts.map((part) => (part as string).slice(2)).join('')}`);
}

function base(evidence: EvmEvidence, log: EventLog) {
  const { chain, tx } = evidence;
  const place = { kind: 'log', logIndex: log.logIndex } as const;
  const notes = CONFIRMED.has(log.address) ? [] : ['This contract was not tested on recorded transactions.'];
  return { protocol: 'cbridge', kind: 'transfer', chain, tx, place, venue: log.address, notes } as const;
}
