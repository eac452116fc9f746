import { describe, expect, it } from 'vitest';
import type { Transfer } from '../../ledger/index.ts';
import type { Account, Asset } from '../../units/index.ts';
import {
  type CandidateOptions,
  type CandidatePayout,
  candidatesFor,
  crossingOfCandidate,
  exitOfLeg,
  exitOfTransfer,
  payoutOfTransfer,
} from './candidates.ts';
import type { Leg } from './leg.ts';

const USDC: Asset = 'eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48';
const FAR: Asset = 'eip155:56/erc20:0x8ac76a51cc950d9822d68b83fe1ad97b32cd580d';
const SERVICE: Account = 'eip155:1:0x00000000000000000000000000000000000000bb';
const PAYEE: Account = 'eip155:56:0x00000000000000000000000000000000000000aa';

const EXIT: Transfer = {
  chain: 'eip155:1',
  blockNumber: 1,
  txIndex: 0,
  position: 1_000_004,
  blockTime: 1_000,
  tx: `0x${'1'.repeat(64)}`,
  from: 'eip155:1:0x00000000000000000000000000000000000000aa',
  to: SERVICE,
  asset: USDC,
  amount: 1_000_000_000n,
  kind: 'token',
  assigned: 'none',
  rounded: false,
};

let made = 0;
function paid(time: number, amount: bigint, given: Partial<CandidatePayout> = {}): CandidatePayout {
  made++;
  const tx = `0x${made.toString(16).padStart(64, '0')}`;
  return {
    transfer: { tx, position: 5 },
    chain: 'eip155:56',
    tx,
    time,
    account: PAYEE,
    asset: FAR,
    amount,
    protocol: null,
    ...given,
  };
}

/** BSC's USDC has 18 decimals, Ethereum's 6. */
const OPTIONS: CandidateOptions = {
  window: { from: 0, to: 3_600 },
  fee: { least: 0n, most: 3_000n },
  rates: [{ from: USDC, to: FAR, numerator: 10n ** 12n, denominator: 1n, source: 'One coin, 6 and 18 decimals.' }],
};
const WHOLE = 10n ** 21n;

describe('candidates of an exit without a key', () => {
  it('are those in the window whose fee is in bounds, nearest in amount first, with the margin to the runner-up', () => {
    const near = paid(1_500, WHOLE - WHOLE / 1_000n); // 1,000 millionths kept
    const next = paid(1_100, WHOLE - WHOLE / 400n); // 2,500
    const list = candidatesFor(
      exitOfTransfer(EXIT),
      [next, paid(999, WHOLE), paid(4_601, WHOLE), paid(1_200, WHOLE + 1n), paid(1_200, WHOLE - WHOLE / 300n), near],
      OPTIONS,
    );
    expect(list.candidates.map(({ payout, delay, kept, difference }) => [payout.tx, delay, kept, difference])).toEqual([
      [near.tx, 500, 10n ** 18n, 1_000n],
      [next.tx, 100, 25n * 10n ** 17n, 2_500n],
    ]);
    expect(list.margin).toBe(1_500n);
    expect(list.considered).toBe(6);
    expect(list.excluded).toMatchObject({ time: 2, amount: 2 });
  });

  it('at equal amounts are ordered by time, and the margin is 0', () => {
    const later = paid(1_300, WHOLE);
    const sooner = paid(1_200, WHOLE);
    const list = candidatesFor(exitOfTransfer(EXIT), [later, sooner], OPTIONS);
    expect(list.candidates.map(({ payout }) => payout.tx)).toEqual([sooner.tx, later.tx]);
    expect(list.margin).toBe(0n);
  });

  it('alone have no margin', () => {
    expect(candidatesFor(exitOfTransfer(EXIT), [paid(1_300, WHOLE)], OPTIONS).margin).toBeNull();
  });

  it('in an asset without a rate are left out', () => {
    const list = candidatesFor(exitOfTransfer(EXIT), [paid(1_300, WHOLE)], { ...OPTIONS, rates: [] });
    expect([list.candidates.length, list.excluded['no-rate']]).toEqual([0, 1]);
  });
});

describe('an exit that names where it goes', () => {
  const leg: Leg = {
    protocol: 'cctp',
    side: 'in',
    kind: 'transfer',
    key: null,
    chain: 'eip155:1',
    tx: EXIT.tx,
    place: { kind: 'log', logIndex: 4 },
    asset: USDC,
    amount: 999_000_000n,
    account: EXIT.from,
    venue: SERVICE,
    destination: { chain: 'eip155:56', account: PAYEE.slice(10), asset: null, amount: null },
    notes: [],
  };

  it('has candidates there alone, of its own protocol or of none', () => {
    const payouts = [
      paid(1_300, WHOLE - WHOLE / 1_000n),
      paid(1_300, WHOLE, { chain: 'eip155:10' }),
      paid(1_300, WHOLE, { account: 'eip155:56:0x00000000000000000000000000000000000000dd' }),
      paid(1_300, WHOLE, { protocol: 'across' }),
      paid(1_300, WHOLE - WHOLE / 1_000n, { protocol: 'cctp' }),
    ];
    const list = candidatesFor(exitOfLeg(leg, EXIT), payouts, OPTIONS);
    expect(list.exit.amount).toBe(999_000_000n);
    expect(list.candidates.map(({ payout }) => payout.tx)).toEqual([payouts[0]?.tx, payouts[4]?.tx]);
    expect(list.excluded).toMatchObject({ 'other-chain': 1, 'other-account': 1, 'other-protocol': 1 });
  });
});

describe('a candidate that is followed', () => {
  const near = paid(1_500, WHOLE - WHOLE / 1_000n);
  const next = paid(1_100, WHOLE - WHOLE / 400n);
  const list = candidatesFor(exitOfTransfer(EXIT), [near, next], OPTIONS);

  it('is an inferred crossing that says how many there are and how near the next one is', () => {
    const crossing = crossingOfCandidate(list);
    expect(crossing).toMatchObject({
      id: `candidate:${EXIT.tx}:1000004`,
      basis: 'inferred',
      input: { tx: EXIT.tx, position: 1_000_004 },
      output: { kind: 'transfer', transfer: near.transfer },
    });
    expect(crossing?.proof).toBeUndefined();
    expect(crossing?.reason).toMatch(/^Not proven: candidate 1 of 2, out of 2 payouts looked at\./);
    expect(crossing?.reason).toMatch(/The runner-up differs by 1500 millionths more\.$/);
    expect(crossing?.reason).toContain('less a fee of 0 to 3000 millionths');
  });

  it('may be another than the nearest, and says so', () => {
    expect(crossingOfCandidate(list, 2)?.reason).toMatch(/It is not the nearest of them\.$/);
    expect(crossingOfCandidate(list, 3)).toBeNull();
  });

  it('enters the account as unrecorded where the ledger does not have it', () => {
    const alone = candidatesFor(exitOfTransfer(EXIT), [{ ...near, transfer: null }], OPTIONS);
    expect(crossingOfCandidate(alone)?.output).toEqual({
      kind: 'unrecorded',
      account: PAYEE,
      asset: FAR,
      amount: near.amount,
    });
    expect(crossingOfCandidate(alone)?.reason).toMatch(/There is no runner-up among them\.$/);
  });
});

describe('a transfer as a payout', () => {
  it('pays the owner of an output on Bitcoin, and nobody as a fee', () => {
    const owner: Account = 'bip122:000000000019d6689c085ae165831e93:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4';
    const output: Transfer = { ...EXIT, kind: 'output', lock: { owner, script: 'p2wpkh' } };
    expect(payoutOfTransfer(output)?.account).toBe(owner);
    expect(payoutOfTransfer({ ...EXIT, kind: 'fee' })).toBeNull();
    expect(payoutOfTransfer({ ...EXIT, amount: 0n })).toBeNull();
  });
});
