import { type EventLog, type EvmEvidence, TRANSFER_TOPIC } from '../../ledger/index.ts';
import { type Account, ETHEREUM } from '../../units/index.ts';
import { address, addressOf, contracts, count, evmChain, logsOf, tokenAsset, topic, uint, word } from './abi.ts';
import type { Leg, Protocol } from './leg.ts';

/** Router v4 of Ethereum. */
const ROUTERS = contracts(ETHEREUM, '0x6b7a87899490ece95443e979ca9485cbe7e71522');
/** `LogAnySwapOut(address,address,address,uint256,uint256,uint256)`: token, from, to indexed. */
const SWAP_OUT = '0x97116cf6cd4f6412bb47914d6db18da9e16ab2142f543b86e207c24fbd16b23a';
/** `LogAnySwapIn(bytes32,address,address,uint256,uint256,uint256)`: source hash, token, to indexed. */
const SWAP_IN = '0xaac9ce45fe3adf5143598c4f18a369591a20a3384aedaf1b525d29127e1fcd55';

/** Multichain, formerly Anyswap: pools of tokens on each chain; its operators pay out what was paid in elsewhere. */
export const multichain: Protocol = {
  id: 'multichain',
  title: 'Multichain (Anyswap)',
  proves: 'The payout’s event names the hash of the transaction that paid in.',
  cannotProve:
    'Which payout belongs to which deposit where one transaction made several. Read from the router of Ethereum alone; no payout was among the transactions this was tested on.',
  decode: (evidence) => {
    if (evidence.kind !== 'evm') return [];
    return [
      ...logsOf(evidence, SWAP_OUT, ROUTERS).flatMap((log) => paidIn(evidence, log) ?? []),
      ...logsOf(evidence, SWAP_IN, ROUTERS).flatMap((log) => paidOut(evidence, log) ?? []),
    ];
  },
};

function paidIn(evidence: EvmEvidence, log: EventLog): Leg | null {
  const { chain, tx } = evidence;
  const [pool, account, to] = [
    addressOf(chain, topic(log, 1)),
    addressOf(chain, topic(log, 2)),
    address(topic(log, 3)),
  ];
  const [amount, target] = [uint(word(log.data, 0)), count(word(log.data, 2))];
  if (pool === null || account === null || amount === null || to === null || target === null) return null;
  const destination = { chain: evmChain(target) ?? `chain ${target}`, account: to, asset: null, amount: null };
  return { ...legOf(evidence, log, pool, amount, account, 'in'), key: tx.toLowerCase(), destination };
}

function paidOut(evidence: EvmEvidence, log: EventLog): Leg | null {
  const { chain } = evidence;
  const [key, pool, account] = [topic(log, 1), addressOf(chain, topic(log, 2)), addressOf(chain, topic(log, 3))];
  const amount = uint(word(log.data, 0));
  if (key === null || pool === null || account === null || amount === null) return null;
  return { ...legOf(evidence, log, pool, amount, account, 'out'), key, destination: null };
}

/** The event names the pool's own token; the token that people pay in and get lies in the pool, and moves in the same amount. */
function legOf(
  evidence: EvmEvidence,
  log: EventLog,
  pool: Account,
  amount: bigint,
  account: Account,
  side: 'in' | 'out',
) {
  const { chain, tx } = evidence;
  const [from, to] = side === 'in' ? [account, pool] : [pool, account];
  const moved = logsOf(evidence, TRANSFER_TOPIC, null).filter(
    (each) =>
      each.address !== pool &&
      addressOf(chain, topic(each, 1)) === from &&
      addressOf(chain, topic(each, 2)) === to &&
      uint(word(each.data, 0)) === amount,
  );
  const token = moved.length === 1 ? (moved[0] as EventLog).address : pool;
  const notes = token === pool ? ['Stated in the pool’s own token; which token moved the events do not show.'] : [];
  const asset = tokenAsset(chain, token.slice(chain.length + 1));
  const place = { kind: 'log', logIndex: log.logIndex } as const;
  return {
    protocol: 'multichain',
    side,
    kind: 'transfer',
    chain,
    tx,
    place,
    asset,
    amount,
    account,
    venue: pool,
    notes,
  } as const;
}
