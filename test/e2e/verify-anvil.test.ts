import { createWalletClient, type Hex, http, numberToHex, pad, parseEther } from 'viem';
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { mainnet } from 'viem/chains';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChainReader, type Coverage, feeSink, type Transfer } from '../../core/src/ledger/index.ts';
import { createJsonRpcReader } from '../../core/src/ledger/sources/json-rpc.ts';
import { createMemoryLedger } from '../../core/src/ledger/stores/memory.ts';
import { formatProblem, type Verification, verifyBundle, writeBundle } from '../../core/src/tracing/bundle/index.ts';
import { NO_LIMITS, type TraceRequest, trace } from '../../core/src/tracing/index.ts';
import { type Account, canonicalAccount, ETHEREUM, erc20, nativeAsset } from '../../core/src/units/index.ts';
import { type Anvil, startAnvil } from './anvil/node.ts';

/*
 * On a real node: a victim's ether reaches B through a router contract, a stranger's ether joins it there, and B pays C,
 * who pays D. A token of the victim goes from B to C too. Transfers are read from blocks and receipts by plain calls.
 */

const ETH = nativeAsset(ETHEREUM);
const ROUTER: Hex = `0x${'a1'.repeat(20)}`;
const TOKEN: Hex = `0x${'a2'.repeat(20)}`;
const USD = erc20(ETHEREUM, TOKEN);
/** Passes the value it is called with on to the address in its calldata. */
const ROUTER_CODE = '0x5f5f5f5f345f355af100';
const TRANSFER_TOPIC = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';
/** `balanceOf` reads the storage slot of the account; `transfer` moves between two slots and logs it. */
const TOKEN_CODE =
  '0x5f3560e01c6370a0823114605157602435600435818154018155813354033355905f5233' +
  `7f${TRANSFER_TOPIC.slice(2)}60205fa360015f5260205ff35b600435545f5260205ff3`;

const B = privateKeyToAccount(`0x${'2'.repeat(64)}`);
const C = privateKeyToAccount(`0x${'3'.repeat(64)}`);
const D = privateKeyToAccount(`0x${'4'.repeat(64)}`);

let anvil: Anvil;
let chain: ChainReader;
let transfers: readonly Transfer[];
let inflow: string;
let lastOfC: string;

beforeAll(async () => {
  anvil = await startAnvil();
  chain = await createJsonRpcReader(anvil.url);
  const [victim, stranger] = (await anvil.rpc('eth_accounts')) as Hex[];
  if (victim === undefined || stranger === undefined) throw new Error('anvil has accounts');
  await anvil.rpc('anvil_setCode', ROUTER, ROUTER_CODE);
  await anvil.rpc('anvil_setCode', TOKEN, TOKEN_CODE);
  await anvil.rpc('anvil_setStorageAt', TOKEN, pad(victim), pad(numberToHex(1_000_000n)));
  const send = (from: Hex, to: Hex, value: bigint, data: Hex = '0x') =>
    mined(anvil.rpc('eth_sendTransaction', { from, to, value: numberToHex(value), data }) as Promise<Hex>);
  await send(victim, ROUTER, parseEther('10'), pad(B.address));
  inflow = await send(stranger, B.address, parseEther('3'));
  await send(victim, TOKEN, 0n, tokenTransfer(B.address, 600_000n));
  await sendSigned(B, C.address, parseEther('8'));
  await sendSigned(B, TOKEN, 0n, tokenTransfer(C.address, 250_000n));
  await sendSigned(C, D.address, parseEther('2'));
  lastOfC = await sendSigned(C, D.address, parseEther('1'));
  transfers = await readChain();
}, 60_000);

afterAll(async () => {
  await anvil?.stop();
});

function sendSigned(account: PrivateKeyAccount, to: Hex, value: bigint, data: Hex = '0x'): Promise<Hex> {
  const wallet = createWalletClient({ account, chain: mainnet, transport: http(anvil.url) });
  return mined(wallet.sendTransaction({ to, value, data }));
}

/** Each transaction gets a block of its own, and is in it when this returns. */
async function mined(sent: Promise<Hex>): Promise<Hex> {
  const hash = await sent;
  await anvil.rpc('evm_mine');
  return hash;
}

function tokenTransfer(to: Hex, amount: bigint): Hex {
  return `0xa9059cbb${pad(to).slice(2)}${pad(numberToHex(amount)).slice(2)}`;
}

type Block = { number: Hex; timestamp: Hex; transactions: { hash: Hex; from: Hex; to: Hex; value: Hex; input: Hex }[] };
type Receipt = {
  gasUsed: Hex;
  effectiveGasPrice: Hex;
  logs: { address: Hex; topics: [Hex, Hex, Hex]; data: Hex }[];
};

/** Every block of the chain as transfers. What the router passes on is in its calldata. */
async function readChain(): Promise<Transfer[]> {
  const rows: Transfer[] = [];
  const head = Number(await anvil.rpc('eth_blockNumber'));
  for (let number = 1; number <= head; number++) {
    const block = (await anvil.rpc('eth_getBlockByNumber', numberToHex(number), true)) as Block;
    for (const [txIndex, tx] of block.transactions.entries()) {
      const receipt = (await anvil.rpc('eth_getTransactionReceipt', tx.hash)) as Receipt;
      const common = {
        chain: ETHEREUM,
        blockNumber: number,
        txIndex,
        blockTime: Number(block.timestamp),
        tx: tx.hash,
        assigned: 'none',
        rounded: false,
      } as const;
      const from = on(tx.from);
      const fee = BigInt(receipt.gasUsed) * BigInt(receipt.effectiveGasPrice);
      rows.push({ ...common, position: -1, from, to: feeSink(ETHEREUM), asset: ETH, amount: fee, kind: 'fee' });
      const value = { ...common, asset: ETH, amount: BigInt(tx.value) };
      rows.push({ ...value, position: 0, from, to: on(tx.to), kind: 'native' });
      if (tx.to === ROUTER) {
        rows.push({ ...value, position: 1, from: on(ROUTER), to: on(`0x${tx.input.slice(26)}`), kind: 'internal' });
      }
      for (const { topics, data } of receipt.logs) {
        const [, payer, receiver] = topics.map((topic) => on(`0x${topic.slice(26)}`)) as [Account, Account, Account];
        const token = { ...common, asset: USD, amount: BigInt(data), kind: 'token' } as const;
        rows.push({ ...token, position: 1_000_000, from: payer, to: receiver });
      }
    }
  }
  return rows;
}

function on(address: Hex): Account {
  return canonicalAccount(ETHEREUM, address.toLowerCase());
}

async function bundleOf(rows: readonly Transfer[]): Promise<Uint8Array> {
  const seeds = transfers.filter(({ to, kind }) => to === on(B.address) && (kind === 'internal' || kind === 'token'));
  const request: TraceRequest = {
    direction: 'forward',
    seeds: seeds.map(({ tx, position, asset }) => {
      return { kind: 'transfer', tag: `${tx}:${position}/${asset}`, transfer: { tx, position }, amount: null };
    }),
    policies: ['fifo/1', 'pro-rata/1', 'poison/1'],
    instructed: null,
    rules: [],
    limits: NO_LIMITS,
    crossings: [],
  };
  const coverage: Coverage = {
    chain: ETHEREUM,
    account: null,
    direction: 'both',
    assets: null,
    fromBlock: 0,
    toBlock: await chain.head(),
    toAt: null,
    basis: 'whole-chain',
    truncated: false,
    note: null,
    source: 'a node',
  };
  const result = await trace(createMemoryLedger(rows, [coverage]), request);
  return writeBundle({ result, assets: [], case: null, published: [], notices: [], evidence: [] }, null);
}

function verify(bundle: Uint8Array, node?: ChainReader): Promise<Verification> {
  return verifyBundle(bundle, { trace, ledger: createMemoryLedger, ...(node === undefined ? {} : { chain: node }) });
}

function finding({ completeness }: Verification, person: PrivateKeyAccount, asset = ETH) {
  return completeness.findings.find((entry) => entry.account === on(person.address) && entry.asset === asset);
}

test('a bundle of all transfers agrees with the node in all three answers', async () => {
  const verified = await verify(await bundleOf(transfers), chain);
  expect(verified.arithmetic.problems.map(formatProblem)).toEqual([]);
  expect(verified.authenticity.problems.map(formatProblem)).toEqual([]);
  expect(verified.authenticity).toMatchObject({ status: 'agrees', notCheckable: 0, differing: 0, notes: [] });
  expect(verified.authenticity.checked).toBe(verified.authenticity.cited);
  expect(verified.completeness.findings.flatMap(({ reasons }) => reasons)).toEqual([]);
  expect(verified.completeness.status).toBe('agrees');
  expect(finding(verified, B)).toMatchObject({ status: 'agrees', sent: { stated: 2, node: 2 } });
  expect(finding(verified, B, USD)).toMatchObject({ closing: { stated: 350_000n, node: 350_000n }, sent: null });
  expect(finding(verified, C, USD)).toMatchObject({ closing: { stated: 250_000n, node: 250_000n } });
  expect(finding(verified, D)).toMatchObject({ closing: { stated: parseEther('3'), node: parseEther('3') } });
});

test('a bundle made again without one inflow passes arithmetic; the node shows what is missing', async () => {
  const bundle = await bundleOf(transfers.filter(({ tx }) => tx !== inflow));
  const offline = await verify(bundle);
  expect(offline.arithmetic.ok).toBe(true);
  expect(offline.authenticity.status).toBe('not-checked');
  expect(offline.completeness.status).toBe('not-proven');
  const asked = await verify(bundle, chain);
  expect(asked.arithmetic.ok).toBe(true);
  expect(asked.authenticity.status).toBe('agrees');
  expect(asked.completeness.status).toBe('incomplete');
  const { closing, reasons, status } = finding(asked, B) ?? {};
  expect(status).toBe('incomplete');
  expect((closing?.node ?? 0n) - (closing?.stated ?? 0n)).toBe(parseEther('3'));
  expect(reasons).toEqual([
    expect.stringMatching(
      /^at block \d+ it held \d+ where the transfers give \d+: a difference of 3000000000000000000$/,
    ),
  ]);
  expect(finding(asked, C)?.status).toBe('agrees');
});

test('a spend that is left out shows in balance and nonces', async () => {
  const asked = await verify(await bundleOf(transfers.filter(({ tx }) => tx !== lastOfC)), chain);
  expect(asked.arithmetic.ok).toBe(true);
  const found = finding(asked, C);
  expect(found).toMatchObject({ status: 'incomplete', sent: { stated: 1, node: 2 } });
  expect(found?.reasons).toContain('by its nonces it sent 2 transactions, the record has 1');
});

test.each(['native', 'fee', 'internal', 'token'] as const)(
  'a cited %s transfer of another amount is named',
  async (kind) => {
    const at = transfers.findIndex(
      (row) => row.kind === kind && (row.from === on(B.address) || row.to === on(B.address)),
    );
    const { tx, position, amount } = transfers[at] as Transfer;
    const altered = transfers.map((row, i) => (i === at ? { ...row, amount: amount + 1n } : row));
    const asked = await verify(await bundleOf(altered), chain);
    expect(asked.arithmetic.ok).toBe(true);
    expect(asked.authenticity).toMatchObject({ status: 'differs', differing: 1 });
    expect(asked.authenticity.problems).toEqual([
      {
        part: 'transfers.csv',
        place: expect.stringMatching(new RegExp(`^line \\d+ \\(${tx}:${position}\\)$`)),
        message: 'amount is not what the chain has',
        stated: `${amount + 1n}`,
        found: `${amount}`,
      },
    ]);
  },
);

test('an invented transaction, and a receiver that is not the one on the chain, are named', async () => {
  const invented = `0x${'e'.repeat(64)}`;
  const altered = transfers.map((row) => {
    if (row.tx === inflow) return { ...row, tx: invented };
    return row.kind === 'token' && row.from === on(B.address) ? { ...row, to: on(D.address) } : row;
  });
  const { authenticity } = await verify(await bundleOf(altered), chain);
  const found = authenticity.problems.map(formatProblem);
  expect(found).toContainEqual(expect.stringContaining(`${invented}:0): the node knows no such transaction`));
  expect(found).toContainEqual(expect.stringContaining('the transaction has no such token transfer in its events'));
});

test('a node that does not answer is a retryable error that does not repeat the key in its URL', async () => {
  const failing = createJsonRpcReader('http://127.0.0.1:9/s3cret');
  await expect(failing).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  await expect(failing).rejects.toThrow(/^(?!.*s3cret)127\.0\.0\.1:9 did not answer, asked once: bad port/);
  await expect(createJsonRpcReader('ftp://node')).rejects.toMatchObject({ code: 'invalid-input' });
});
