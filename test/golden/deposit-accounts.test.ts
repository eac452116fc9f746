import { readFileSync } from 'node:fs';
import { explainDepositCandidates } from '@cairn/core/clustering';
import { createLabelIndex, importLabels } from '@cairn/core/labels';
import type { Transfer } from '@cairn/core/ledger';
import { createMemoryLedger } from '@cairn/core/ledger/stores/memory';
import { importPublishedFlows, listDepositAccounts } from '@cairn/core/tracing';
import { erc20, ETHEREUM } from '@cairn/core/units';
import { describe, expect, test } from 'vitest';
import { makeDepositWorld } from '../../bench/deposits-ledger.ts';
import { judgeWorld } from '../../bench/deposits-judge.ts';

const CASE = new URL('../../data/cases/atomic-wallet-2023/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, CASE), 'utf8');
/** Stands for US cents: the flows state no asset and no amount. */
const CENTS = erc20(ETHEREUM, `0x${'c'.repeat(40)}`);

describe('Atomic Wallet: 79 accounts that the publisher labels as deposit accounts', () => {
  const flows = importPublishedFlows(
    { records: read('flow_records.csv'), sources: read('source_addresses.csv'), terminals: read('terminal_addresses.csv') },
    ETHEREUM,
  );
  const deposits = listDepositAccounts(flows).map(({ account }) => account);

  // Counted from the file: grep -c over To_label `_Deposit_0x`, distinct accounts 79; over From_label, 0.
  test('none of them is shown to send anything on: recall 0 of 0 decidable, 79 undecidable', async () => {
    expect(deposits.length).toBe(79);
    expect(flows.claims.filter(({ from }) => deposits.includes(from)).length).toBe(0);
    const transfers = flows.claims.map((claim, i): Transfer => ({
      chain: ETHEREUM,
      blockNumber: claim.block,
      txIndex: i,
      position: 0,
      blockTime: claim.at,
      tx: claim.tx,
      from: claim.from,
      to: claim.to,
      asset: CENTS,
      amount: claim.usdCents,
      kind: 'token',
      assigned: 'both',
      rounded: true,
    }));
    const hot = { serviceOf: () => null };
    const findings = await explainDepositCandidates(createMemoryLedger(transfers, []), deposits, hot);
    expect(findings.map((one) => (one.kind === 'undecided' ? one.reason : one.kind))).toEqual(deposits.map(() => 'nothing-sent'));
  });

  test('the shipped labels name none of them: that they are deposit accounts is the publisher\'s word alone', () => {
    const text = readFileSync(new URL('../../data/labels/etherscan-labels.json', import.meta.url), 'utf8');
    const index = createLabelIndex(importLabels(text, { file: 'etherscan-labels.json' }).labels);
    expect(deposits.filter((account) => index.decide(account) !== null)).toEqual([]);
  });
});

describe('a ledger made by habits', () => {
  test('only private relays are taken for deposit accounts, and what is swept on arrival is found', async () => {
    const world = makeDepositWorld(2, 100);
    const found = await judgeWorld(world);
    const kinds = new Set([...found].filter(([, { confidence }]) => confidence !== null).map(([account]) => world.truth.get(account)?.what));
    expect(kinds).toEqual(new Set(['deposit', 'relay']));
    const arrivals = [...world.truth].filter(([, { habit }]) => habit === 'on-arrival');
    expect(arrivals.filter(([account]) => found.get(account)?.confidence != null).length).toBeGreaterThan(0.9 * arrivals.length);
  });
});
