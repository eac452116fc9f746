import { writeFileSync } from 'node:fs';
import { type Hex, numberToHex, parseEther } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeEvidence } from '../../core/src/ledger/evm/transaction-record.ts';
import { feeSink, type TransactionEvidence, type Transfer, transfersOf } from '../../core/src/ledger/index.ts';
import { createMemoryLedger } from '../../core/src/ledger/stores/memory.ts';
import { writeBundle } from '../../core/src/tracing/bundle/index.ts';
import { type Crossing, NO_LIMITS, type TraceResult, trace, traceAcross } from '../../core/src/tracing/index.ts';
import { BITCOIN, canonicalAccount, ETHEREUM, nativeAsset } from '../../core/src/units/index.ts';
import { ledgerOf, PAYEE, payout, payoutOf, REQUEST } from '../thorchain-crossing.ts';
import { type Anvil, startAnvil } from './anvil/node.ts';
import { createWorkspace, type Workspace } from './run-cli.ts';

/*
 * 5 ether reach B and 4 of them a venue, on a real node; by a declared crossing they come out in an output of a recorded
 * transaction of Bitcoin, of which that node knows nothing.
 */

const B: Hex = `0x${'b2'.repeat(20)}`;
const VENUE: Hex = `0x${'c3'.repeat(20)}`;
const ETH = nativeAsset(ETHEREUM);

let anvil: Anvil;
let workspace: Workspace;
let file: string;

beforeAll(async () => {
  workspace = createWorkspace();
  anvil = await startAnvil();
  const [victim] = (await anvil.rpc('eth_accounts')) as [Hex];
  await anvil.rpc('anvil_impersonateAccount', B);
  const theft = await sent(victim, B, parseEther('5'));
  const exit = await sent(B, VENUE, parseEther('4'));
  file = workspace.path('mixed.cairn');
  writeFileSync(file, await bundleOf(theft, exit));
}, 60_000);

afterAll(async () => {
  await anvil?.stop();
  workspace?.remove();
});

async function sent(from: Hex, to: Hex, value: bigint): Promise<Transfer[]> {
  const tx = (await anvil.rpc('eth_sendTransaction', { from, to, value: numberToHex(value) })) as Hex;
  await anvil.rpc('evm_mine');
  const receipt = (await anvil.rpc('eth_getTransactionReceipt', tx)) as Record<string, Hex>;
  const block = (await anvil.rpc('eth_getBlockByNumber', receipt['blockNumber'], false)) as { timestamp: Hex };
  const common = {
    chain: ETHEREUM,
    blockNumber: Number(receipt['blockNumber']),
    txIndex: Number(receipt['transactionIndex']),
    blockTime: Number(block.timestamp),
    tx,
    asset: ETH,
    from: canonicalAccount(ETHEREUM, from),
    assigned: 'none',
    rounded: false,
  } as const;
  const fee = BigInt(receipt['gasUsed'] as Hex) * BigInt(receipt['effectiveGasPrice'] as Hex);
  return [
    { ...common, position: -1, to: feeSink(ETHEREUM), amount: fee, kind: 'fee' },
    { ...common, position: 0, to: canonicalAccount(ETHEREUM, to), amount: value, kind: 'native' },
  ];
}

async function bundleOf(theft: readonly Transfer[], exit: readonly Transfer[]): Promise<Uint8Array> {
  const [fee, stolen] = theft as [Transfer, Transfer];
  const [, into] = exit as [Transfer, Transfer];
  const later = { ...payout, blockTime: into.blockTime + 600 };
  const crossing: Crossing = {
    id: 'venue-1',
    basis: 'declared',
    input: { tx: into.tx, position: into.position },
    output: { kind: 'transfer', transfer: { tx: later.tx, position: 0 } },
    reason: 'An investigator says so.',
  };
  const ledger = createMemoryLedger([fee, stolen, ...exit, ...transfersOf(later)]);
  const seed = { tx: stolen.tx, position: 0 };
  const result = await trace(ledger, {
    direction: 'forward',
    seeds: [{ kind: 'transfer', tag: `${stolen.tx}:0/${ETH}`, transfer: seed, amount: null }],
    policies: ['fifo/1'],
    instructed: null,
    rules: [],
    limits: NO_LIMITS,
    crossings: [crossing],
  });
  return writeBundle({ result, assets: [], case: null, published: [], notices: [], evidence: [] }, null);
}

type Answers = {
  readonly authenticity: Readonly<Record<string, unknown>>;
  readonly completeness: { readonly findings: readonly { readonly account: string; readonly status: string }[] };
};

test('a node of one chain vouches for that chain’s transfers and says how many it cannot tell about', async () => {
  const { code, stdout } = await workspace.run('verify', file, '--rpc', anvil.url);
  expect(code, stdout).toBe(0);
  expect(stdout).toContain('Arithmetic    recomputes');
  expect(stdout).toContain('Crossings     1 declared: taken as given');
  expect(stdout).toMatch(/Authenticity {2}what was checked agrees with the node: 3 of 4 cited .* 1 cannot be told/);
  expect(stdout).toContain(`1 cited transfer of ${BITCOIN} not checked: the node is of eip155:1`);
  expect(stdout).toContain('completeness not proven');
  const json = await workspace.run('verify', file, '--rpc', anvil.url, '--json');
  const { authenticity, completeness } = JSON.parse(json.stdout) as Answers;
  expect(authenticity).toMatchObject({ cited: 4, checked: 3, agreeing: 3, differing: 0, otherChains: 1 });
  expect(completeness.findings.map(({ account, status }) => [account, status])).toEqual([
    [`${BITCOIN}:${payout.tx}.0`, 'not-proven'],
    [canonicalAccount(ETHEREUM, B), 'agrees'],
  ]);
});

/** A payment on the node with a memo for THORChain as its data, and a payout that names it: exact, and proven by two records. */
async function provenCrossing(): Promise<{ result: TraceResult; evidence: readonly TransactionEvidence[] }> {
  const [victim] = (await anvil.rpc('eth_accounts')) as [Hex];
  const input: Hex = `0x${Buffer.from(`=:BTC.BTC:${PAYEE}`).toString('hex')}`;
  const tx = (await anvil.rpc('eth_sendTransaction', {
    from: victim,
    to: VENUE,
    value: '0x2386f26fc10000',
    input,
  })) as Hex;
  await anvil.rpc('evm_mine');
  const receipt = (await anvil.rpc('eth_getTransactionReceipt', tx)) as Record<string, Hex>;
  const deposit = decodeEvidence(ETHEREUM, {
    transaction: await anvil.rpc('eth_getTransactionByHash', tx),
    receipt,
    block: await anvil.rpc('eth_getBlockByNumber', receipt['blockNumber'], false),
  });
  const paid = { ...payoutOf(`OUT:${tx.slice(2).toUpperCase()}`), blockTime: (deposit.blockTime as number) + 600 };
  const seed = { kind: 'transfer', tag: 'stolen', transfer: { tx, position: 0 }, amount: null } as const;
  return traceAcross(await ledgerOf([deposit, paid]), { ...REQUEST, seeds: [seed], policies: ['fifo/1'] });
}

test('a node vouches for the records that prove a crossing, event by event', async () => {
  const { result, evidence } = await provenCrossing();
  expect(result.crossings).toMatchObject([{ basis: 'exact' }]);
  const rest = { result, assets: [], case: null, published: [], notices: [] };
  const [good, bad] = [workspace.path('proven.cairn'), workspace.path('altered.cairn')];
  writeFileSync(good, await writeBundle({ ...rest, evidence }, null));
  const agrees = await workspace.run('verify', good, '--rpc', anvil.url);
  expect(agrees.code, agrees.stdout).toBe(0);
  expect(agrees.stdout).toContain('1 of 1 exact ones follow from the 2 records in the bundle');
  expect(agrees.stdout).toContain('1 of 2 has the id that what they say gives');
  expect(agrees.stdout).toContain('1 of 2 records of crossings asked about, 1 as stated');
  // An event that never was, of a contract that no protocol knows: the arithmetic stands, and the node says otherwise.
  const invented = {
    logIndex: 0,
    address: canonicalAccount(ETHEREUM, VENUE),
    topics: [`0x${'11'.repeat(32)}`],
    data: '0x',
  };
  const altered = evidence.map((record) => (record.kind === 'evm' ? { ...record, logs: [invented] } : record));
  writeFileSync(bad, await writeBundle({ ...rest, evidence: altered }, null));
  expect((await workspace.run('verify', bad)).code).toBe(0);
  const differs = await workspace.run('verify', bad, '--rpc', anvil.url);
  expect(differs.code).toBe(7);
  expect(differs.stdout).toContain('the events are not those that the chain has (stated 1 events, found 0 events)');
});
