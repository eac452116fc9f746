import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DepositFinding, explainDepositCandidates, findDepositCandidates } from '@cairn/core/clustering';
import { createLabelIndex, importLabels } from '@cairn/core/labels';
import { createChdbLedger } from '@cairn/core/ledger/stores/clickhouse';
import { createMemoryLedger } from '@cairn/core/ledger/stores/memory';
import type { Account } from '@cairn/core/units';
import { describe, expect, test } from 'vitest';
import { CENTS_BOUNDS, judgeAtomicWallet } from '../../bench/deposits-atomic.ts';
import { judgeWorld } from '../../bench/deposits-judge.ts';
import { makeDepositWorld } from '../../bench/deposits-ledger.ts';

const eth = (address: string): Account => `eip155:1:${address}`;

/** In a sentence: `0x6c7d…: deposit account of Cobo`. */
function said(findings: readonly DepositFinding[]): string[] {
  return findings.map((finding) =>
    finding.kind === 'deposit'
      ? `${finding.deposit.account}: ${finding.deposit.service.name}, ${finding.deposit.forwards.length} of ${finding.deposit.forwards.length + finding.deposit.unexplained}`
      : `${finding.account}: ${finding.reason}`,
  );
}

// The expectations were counted from flow_records.csv by a script of its own: rows by To_label and From_label, and for each account
// that pays a labelled service, all its rows side by side.
describe('Atomic Wallet: published flows of 389 accounts, 79 of them labelled as deposit accounts', () => {
  test('none of the 79 is shown to send anything on: 0 can be decided, so recall on them is unknown', async () => {
    const { deposits, findings } = await judgeAtomicWallet();
    const ofThem = findings.filter((one) => one.kind === 'undecided' && deposits.has(one.account));
    expect([findings.length, deposits.size]).toEqual([389, 79]);
    expect(ofThem.map((one) => one.kind === 'undecided' && one.reason)).toEqual([...deposits].map(() => 'nothing-sent'));
  });

  test('five accounts without a label pay a labelled service: four pass on what came, one more than came', async () => {
    const { services, findings } = await judgeAtomicWallet();
    expect([...services.values()].sort()).toEqual(['Binance', 'BingX', 'ChainUp', 'Cobo']);
    const payers = findings.filter(({ kind }) => kind === 'deposit');
    expect(said(payers)).toEqual([
      `${eth('0x5b1328d792c1942336616d791d81be7e16f022c9')}: BingX, 2 of 2`,
      `${eth('0x6c7d8a5310d5979922da4f5780650a408eaaeeda')}: Cobo, 1 of 1`,
      `${eth('0x86a84addc5765ca4773999fbdb90675bc23b64c5')}: BingX, 1 of 1`,
      `${eth('0xa9b1b0c6f7edfe771dffa431991ae78c95ca3f04')}: ChainUp, 1 of 1`,
    ]);
    expect(said(findings)).toContain(`${eth('0xf5cd0e92824fe4c61439048833870fa68a91d95f')}: out-of-bounds`);
  });

  test('no account that the publisher labels otherwise is recognised; to the cent, the one that kept 0.67 dollars is not', async () => {
    const { labels, findings } = await judgeAtomicWallet();
    const recognised = findings.flatMap((one) => (one.kind === 'deposit' ? [one.deposit.account] : []));
    expect(recognised.filter((account) => labels.has(account))).toEqual([]);
    const exact = await judgeAtomicWallet({ ...CENTS_BOUNDS, maxKept: 0n });
    expect(exact.findings.filter(({ kind }) => kind === 'deposit').length).toBe(3);
  });

  test('the shipped labels name none of the 79, and of the four services only Binance', async () => {
    const labels = new URL('../../data/labels/etherscan-labels.json', import.meta.url);
    const index = createLabelIndex(importLabels(await readFile(labels, 'utf8'), { file: 'etherscan-labels.json' }).labels);
    const { deposits, services } = await judgeAtomicWallet();
    expect([...deposits].filter((account) => index.decide(account) !== null)).toEqual([]);
    const named = [...services.keys()].map((account) => index.decide(account)?.label.name ?? null);
    expect(named.filter((name) => name !== null)).toEqual(['Binance 14']);
  });
});

describe('a ledger made by habits', () => {
  test('what is taken for a deposit account and is none passes everything on to one exchange; most swept on arrival are found', async () => {
    const world = makeDepositWorld(2, 100);
    const found = await judgeWorld(world);
    const taken = [...found].filter(([, { confidence }]) => confidence !== null).map(([account]) => world.truth.get(account)?.what);
    // A desk sells to exchanges by the toss of a coin: now and then to nobody else.
    const never = ['saver', 'spender', 'splitter', 'bot', 'merchant', 'two-exchanges', 'arbitrage', 'mule', 'trader', 'contract', 'cash-out'];
    expect(taken.filter((what) => never.includes(what ?? ''))).toEqual([]);
    const arrivals = [...world.truth].filter(([, { habit }]) => habit === 'on-arrival');
    expect(arrivals.filter(([account]) => found.get(account)?.confidence != null).length).toBeGreaterThan(0.9 * arrivals.length);
  });

  test('the answer is the same from a store in memory and one on disk, in any order of transfers and candidates, one by one or all at once', async () => {
    const { transfers, labelled } = makeDepositWorld(3, 8);
    const serviceOf = (account: Account) => {
      const name = labelled.get(account);
      return name === undefined ? null : { name, source: 'made up' };
    };
    const memory = createMemoryLedger([...transfers].reverse(), []);
    const candidates = await findDepositCandidates(memory, [...labelled.keys()], { serviceOf });
    const findings = await explainDepositCandidates(memory, candidates, { serviceOf });
    expect(findings.filter(({ kind }) => kind === 'deposit').length).toBeGreaterThan(10);
    const apart: DepositFinding[] = [];
    for (const one of candidates) apart.push(...(await explainDepositCandidates(memory, [one], { serviceOf })));
    expect(apart).toEqual(findings);
    const directory = await mkdtemp(join(tmpdir(), 'cairn-deposits-'));
    const disk = await createChdbLedger({ directory });
    try {
      const session = await disk.beginImport({ sha256: 'ab'.repeat(32), file: 'made-up.csv', format: 'cairn-csv' });
      for (const transfer of transfers) await session.write([transfer]);
      await session.commit({ rejected: 0, coverage: [] });
      const services = [...labelled.keys()].reverse();
      expect(await findDepositCandidates(disk, services, { serviceOf })).toEqual(candidates);
      expect(await explainDepositCandidates(disk, [...candidates].reverse(), { serviceOf })).toEqual(findings);
    } finally {
      await disk.close();
      await rm(directory, { recursive: true, force: true });
    }
  });
});
