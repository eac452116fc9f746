import { describe, expect, test } from 'vitest';
import { fixtureEvidence } from '../../../test/crossings-fixtures.ts';
import {
  type EvidenceReader,
  type EvmEvidence,
  type LedgerReader,
  type LedgerStore,
  type Transfer,
  transfersOfEvidence,
} from '../ledger/index.ts';
import { createMemoryLedger } from '../ledger/stores/memory.ts';
import type { Account, Asset, Chain } from '../units/index.ts';
import { keysOf, NO_LIMITS, type PolicyId, startLiveTraceAcross, type TraceRequest, traceAcross } from './index.ts';

/**
 * A transfer of 1,839.71 USDC from Ethereum to Arbitrum by CCTP, as recorded (`test/data/crossings/SOURCES.md`). Times are made up, and
 * so are plain transfers before and after.
 */
const POLICIES: readonly PolicyId[] = ['fifo/1', 'pro-rata/1', 'poison/1'];
const ETHEREUM: Chain = 'eip155:1';
const ARBITRUM: Chain = 'eip155:42161';

const recordOf = (folder: string, file: string, blockTime: number): EvmEvidence => ({
  ...(fixtureEvidence(folder, file)[0] as EvmEvidence),
  blockTime,
});
const burn = recordOf('cctp', 'v1_burn_eth.json', 1_000);
const mint = recordOf('cctp', 'v1_mint_arb_from_eth.json', 1_060);
const burnt = transfersOfEvidence(burn).find(({ amount, kind }) => amount > 0n && kind === 'token') as Transfer;
const minted = transfersOfEvidence(mint).find(({ amount, kind }) => amount > 0n && kind === 'token') as Transfer;

/** The same record of another user's message: another hash, another number, another address. */
function ofStranger(record: EvmEvidence, seconds: number): EvmEvidence {
  const text = JSON.stringify(record, (_, part) => (typeof part === 'bigint' ? `${part}n` : part))
    .replaceAll(record.tx, `0xabc${record.tx.slice(5)}`)
    .replaceAll('000000000000f5a3', '000000000000f5a4')
    .replaceAll(user.slice(-40), stranger.slice(-40));
  const other: EvmEvidence = JSON.parse(text, (_, part) =>
    typeof part === 'string' && /^\d+n$/.test(part) ? BigInt(part.slice(0, -1)) : part,
  );
  return {
    ...other,
    blockNumber: (record.blockNumber as number) + seconds,
    blockTime: (record.blockTime as number) + seconds,
  };
}

const user = burnt.from;
const stranger: Account = `${ETHEREUM}:0x${'5'.repeat(40)}`;

/** A plain transfer, so many blocks and seconds before or after a recorded one. */
function plain(
  near: Transfer,
  seconds: number,
  from: Account,
  to: Account,
  amount: bigint,
  asset: Asset = near.asset,
): Transfer {
  const tx = `0x${(near.blockNumber + seconds).toString(16).padStart(64, '0')}`;
  const { blockNumber, blockTime } = near;
  const place = { blockNumber: blockNumber + seconds, blockTime: blockTime + seconds, txIndex: 0, position: 0 };
  return { ...near, ...place, tx, from, to, amount, asset };
}

const at = (chain: Chain, digit: string): Account => `${chain}:0x${digit.repeat(40)}`;

type Piece = Transfer | EvmEvidence;
const isRecord = (piece: Piece): piece is EvmEvidence => piece.kind === 'evm';

async function ledgerOf(pieces: readonly Piece[]): Promise<LedgerStore> {
  const ledger = createMemoryLedger(
    pieces.flatMap((piece) => (isRecord(piece) ? transfersOfEvidence(piece) : [piece])),
  );
  const session = await ledger.beginImport({ sha256: '', file: 'records', format: 'records' });
  const records = pieces.filter(isRecord);
  await session.writeEvidence(records.map((evidence) => ({ evidence, keys: keysOf(evidence) })));
  await session.commit({ rejected: 0, coverage: [] });
  return ledger;
}

/** Lets the ledger grow piece by piece; at each step the live trace equals a fresh one. @returns why each was traced anew; null: it was not. */
async function followed(
  start: readonly Piece[],
  later: readonly Piece[],
  request: TraceRequest,
): Promise<(string | null)[]> {
  let shown = await ledgerOf(start);
  const reader: LedgerReader & EvidenceReader = {
    histories: (query, visit) => shown.histories(query, visit),
    transactions: (hashes) => shown.transactions(hashes),
    coverage: (accounts) => shown.coverage(accounts),
    evidence: (hashes) => shown.evidence(hashes),
    evidenceByKey: (keys) => shown.evidenceByKey(keys),
  };
  const live = await startLiveTraceAcross(reader, request);
  expect(live.traced()).toEqual(await traceAcross(shown, request));
  const reasons: (string | null)[] = [];
  const pieces = [...start];
  for (const piece of later) {
    const after = new Map<Chain, number>([
      [ETHEREUM, -1],
      [ARBITRUM, -1],
    ]);
    for (const { chain, blockNumber } of pieces)
      after.set(chain, Math.max(after.get(chain) ?? -1, blockNumber as number));
    pieces.push(piece);
    shown = await ledgerOf(pieces);
    const { traced, why } = await live.extend(after);
    expect(traced).toEqual(await traceAcross(shown, request));
    reasons.push(why);
  }
  return reasons;
}

const stolen = ({ tx, position }: Transfer): TraceRequest => ({
  direction: 'forward',
  seeds: [{ kind: 'transfer', tag: 'theft', transfer: { tx, position }, amount: null }],
  policies: POLICIES,
  instructed: null,
  rules: [],
  limits: NO_LIMITS,
  crossings: [],
});

const CROSSING = 'what came in shows a crossing, or a way into one';
const PARTNER = 'what came in bears the key of a crossing';

describe('followed across chains as they grow, it is what a fresh trace gives', () => {
  const theft = plain(burnt, -100, at(ETHEREUM, '1'), user, burnt.amount + 100n);
  const there = minted.to;

  test('into the bridge, out of it, and on', async () => {
    const later = [
      plain(burnt, -50, user, at(ETHEREUM, '2'), 100n),
      burn,
      mint,
      plain(minted, 40, there, at(ARBITRUM, '3'), 7n),
      plain(minted, 90, at(ARBITRUM, '3'), at(ARBITRUM, '4'), 5n),
    ];
    expect(await followed([theft], later, stolen(theft))).toEqual([null, CROSSING, PARTNER, null, null]);
  });

  test('what strangers do beyond the bridge is looked at as a fresh search looks at it', async () => {
    const out = transfersOfEvidence(burn).find(({ from, kind }) => kind === 'token' && from !== user) as Transfer;
    const later = [
      // Whoever follows value through the bridge as through any account follows this.
      plain(burnt, 200, out.to, stranger, 3n),
      ofStranger(burn, 300),
      ofStranger(mint, 300),
      plain(minted, 400, there, at(ARBITRUM, '3'), 7n),
    ];
    expect(await followed([theft, burn, mint], later, stolen(theft))).toEqual([null, null, PARTNER, null]);
  });

  test('a stranger who swapped comes to hold what is traced', async () => {
    const swap = recordOf('dex_uniswap_v2', 'uniswap_v2_swap_67cf6c.json', 1_000);
    const rows = transfersOfEvidence(swap);
    // The router’s deposit at the contract of wrapped ether, which is declared stolen.
    const native = rows.filter(
      ({ kind, amount, from }) => amount > 0n && kind !== 'fee' && kind !== 'token' && from !== swap.from,
    );
    const [deposit] = native as [Transfer];
    const later = [
      plain(deposit, 50, deposit.to, at(ETHEREUM, '6'), 1n),
      plain(deposit, 60, deposit.to, swap.from as Account, 2n),
    ];
    const reasons = await followed([swap], later, stolen(deposit));
    expect(reasons).toEqual([null, 'who swapped or wrapped before has come to hold what is traced']);
  });

  test('a ledger that fetches is asked each time for whoever is to be paid on the other side', async () => {
    const asked: Account[] = [];
    const ledger = {
      ...(await ledgerOf([theft, burn])),
      expect: async (accounts: Account[]) => void asked.push(...accounts),
    };
    const live = await startLiveTraceAcross(ledger, stolen(theft));
    expect(new Set(asked)).toEqual(new Set([there]));
    asked.length = 0;
    expect((await live.extend(new Map([[ETHEREUM, burn.blockNumber as number]]))).how).toBe('extended');
    expect(asked).toEqual([there]);
  });
});
