import { type Coverage, feeSink, type LedgerReader, type Transfer } from '../../ledger/index.ts';
import { type Account, canonicalAccount, ETHEREUM, erc20, nativeAsset } from '../../units/index.ts';
import { GENERAL_POLICY_IDS, NO_LIMITS, type StopLabel, type TraceRequest } from '../request.ts';
import type { TraceResult } from '../result.ts';
import { trace } from '../trace.ts';

/** A small theft for tests: fees, an inflow, a gap, a declared crossing, a labelled exchange, two stolen assets. */

export const ETH = nativeAsset(ETHEREUM);
export const USD = erc20(ETHEREUM, `0x${'d'.repeat(40)}`);

export function account(digit: string): Account {
  return canonicalAccount(ETHEREUM, `0x${digit.repeat(40)}`);
}

export const VICTIM = account('1');
export const THIEF = account('2');
export const HOP = account('3');
export const EXCHANGE = account('4');
export const STRANGER = account('5');
export const VENUE = account('6');
export const LEAF = account('7');

type Move = { from: Account; to: Account; amount: bigint; asset?: typeof ETH; kind?: Transfer['kind']; fee?: bigint };

const MOVES: readonly Move[] = [
  { from: VICTIM, to: THIEF, amount: 1_000_000n, kind: 'internal' },
  { from: VICTIM, to: THIEF, amount: 500_003n, asset: USD, kind: 'token' },
  { from: THIEF, to: HOP, amount: 700_001n, fee: 21n },
  { from: STRANGER, to: HOP, amount: 333_333n },
  { from: THIEF, to: VENUE, amount: 500_003n, asset: USD, kind: 'token', fee: 60n },
  { from: HOP, to: EXCHANGE, amount: 400_000n, fee: 21n },
  { from: HOP, to: LEAF, amount: 500_000n, fee: 21n },
  { from: THIEF, to: LEAF, amount: 320_000n, fee: 21n },
  { from: LEAF, to: EXCHANGE, amount: 900_000n, fee: 21n },
];

export const TRANSFERS: readonly Transfer[] = MOVES.flatMap(toTransfers);

function toTransfers({ from, to, amount, asset = ETH, kind = 'native', fee = 0n }: Move, index: number): Transfer[] {
  const common = {
    chain: ETHEREUM,
    blockNumber: 100 + index,
    txIndex: 3,
    blockTime: 1_700_000_000 + 12 * index,
    tx: `0x${(index + 1).toString(16).padStart(64, '0')}`,
    rounded: false,
  } as const;
  const paid: Transfer[] = [];
  if (fee > 0n) {
    const sink = feeSink(ETHEREUM);
    paid.push({ ...common, position: -1, from, to: sink, asset: ETH, amount: fee, kind: 'fee', assigned: 'none' });
  }
  return [...paid, { ...common, position: 0, from, to, asset, amount, kind, assigned: 'position' }];
}

export const COVERAGE: readonly Coverage[] = [
  {
    chain: ETHEREUM,
    account: null,
    direction: 'both',
    assets: null,
    fromBlock: null,
    toBlock: 200,
    toAt: 1_700_002_000,
    basis: 'whole-chain',
    truncated: false,
    note: null,
    source: 'sample',
  },
];

const LABEL: StopLabel = { reason: 'label:exchange', label: 'Some Exchange', source: 'a list', contested: false };

export const REQUEST: TraceRequest = {
  direction: 'forward',
  seeds: [seed(0, ETH), seed(1, USD)],
  policies: GENERAL_POLICY_IDS,
  instructed: { policy: 'fifo/1', because: 'the court said so' },
  rules: [],
  limits: NO_LIMITS,
  crossings: [
    {
      id: 'swap-1',
      basis: 'declared',
      input: { tx: (TRANSFERS.find(({ to }) => to === VENUE) as Transfer).tx, position: 0 },
      output: { kind: 'unrecorded', account: THIEF, asset: ETH, amount: 20_000n },
      reason: 'the venue pays the sender back in ether',
    },
  ],
};

function seed(index: number, asset: typeof ETH): TraceRequest['seeds'][number] {
  const { tx } = TRANSFERS[index] as Transfer;
  return { kind: 'transfer', tag: `${tx}:0/${asset}`, transfer: { tx, position: 0 }, amount: null };
}

/** The trace of the sample. @param ledger - makes a ledger of transfers and declarations: the store under test. */
export function sampleTrace(
  ledger: (transfers: readonly Transfer[], coverage: readonly Coverage[]) => LedgerReader,
  transfers: readonly Transfer[] = TRANSFERS,
  request: TraceRequest = REQUEST,
): Promise<TraceResult> {
  const stopAt = (at: Account): StopLabel | null => (at === EXCHANGE ? LABEL : null);
  return trace(ledger(transfers, COVERAGE), request, { stopAt });
}
