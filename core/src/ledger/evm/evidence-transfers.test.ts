import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence, readFixture } from '../../../../test/crossings-fixtures.ts';
import type { Chain } from '../../units/index.ts';
import type { EvmEvidence } from '../evidence.ts';
import type { Transfer } from '../transfer.ts';
import { movementsOf, transfersOfEvidence } from './evidence-transfers.ts';
import { readTransaction } from './transaction-record.ts';

const FOLDERS = readdirSync(join(import.meta.dirname, '../../../../test/data/crossings'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

type Expected = {
  readonly sender?: string;
  readonly netFlowOfSender?: Readonly<Record<string, string>>;
  readonly events?: readonly { readonly event: string }[];
};

/** The file leaves the coin's transfers out, and which account was called: its value cannot be placed. */
const WITHOUT_RECEIVER = 'eth_refund_eth_2021.json';
/** Monad's coin is not known here. */
const WITHOUT_COIN = 'oft_usdt0_monad_to_eth.json';

/** Fixture files with the sender's published net flow. */
const NETTED = FOLDERS.flatMap((folder) =>
  Object.entries(expectedOf(folder) as Record<string, Expected>)
    .filter(
      ([file, { netFlowOfSender }]) =>
        netFlowOfSender !== undefined && file !== WITHOUT_RECEIVER && file !== WITHOUT_COIN,
    )
    .map(([file, expected]) => ({ folder, file, expected })),
);

function transfers(folder: string, file: string): Transfer[] {
  return fixtureEvidence(folder, file).flatMap((evidence) =>
    transfersOfEvidence(evidence as EvmEvidence, { blockTime: 0 }),
  );
}

/** What an account gained, by asset; assets that net to nothing are left out. */
function netFlow(rows: readonly Transfer[], account: string): Record<string, string> {
  const net = new Map<string, bigint>();
  for (const { kind, asset, amount, from, to } of rows) {
    const key = kind === 'token' ? asset.slice(asset.lastIndexOf(':') + 1) : 'native';
    const sign = BigInt(Number(to.endsWith(account)) - Number(from.endsWith(account)));
    net.set(key, (net.get(key) ?? 0n) + sign * amount);
  }
  return nonZero([...net].map(([key, amount]) => [key, String(amount)]));
}

function nonZero(entries: readonly (readonly [string, string])[]): Record<string, string> {
  const kept = entries
    .map(([key, amount]) => [key.toLowerCase(), amount] as const)
    .filter(([, amount]) => amount !== '0');
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function stated({ netFlowOfSender }: Expected): Record<string, string> {
  return nonZero(Object.entries(netFlowOfSender ?? {}));
}

/** Deposits and withdrawals of wrapped coins whose contract emits no Transfer: the token's side is a crossing, no transfer. */

describe('transfers of real transactions', () => {
  it('give the sender the published net flow', () => {
    expect(NETTED.length).toBe(221);
    for (const { folder, file, expected } of NETTED) {
      const flow = netFlow(transfers(folder, file), (expected.sender as string).toLowerCase());
      expect({ file, flow }).toEqual({ file, flow: stated(expected) });
    }
  });

  it("count Scroll's wraps once: the contract emits Transfer beside Deposit and Withdrawal", () => {
    for (const file of ['weth_deposit_scroll_1fa6d8.json', 'weth_withdraw_scroll_88f496.json']) {
      const tokens = transfers('wraps', file).filter(({ kind }) => kind === 'token');
      expect(tokens.map(({ asset }) => asset)).toEqual([
        'eip155:534352/erc20:0x5300000000000000000000000000000000000004',
      ]);
    }
  });

  it('keep both of the contracts that emit for EURe on Gnosis, as two assets', () => {
    const tokens = transfers('dex_cowswap', 'gnosis_eure_v2_f751e1.json').filter(({ kind }) => kind === 'token');
    const EURE_V1 = 'eip155:100/erc20:0xcb444e90d8198415266c6a2724b7900fb12fc56e';
    const EURE_V2 = 'eip155:100/erc20:0x420ca0f9b9b604ce0fd9c18ef134c705e5fa3430';
    const of = (token: string) =>
      tokens.filter(({ asset }) => asset === token).map(({ from, to, amount }) => ({ from, to, amount }));
    expect(of(EURE_V1).length).toBeGreaterThan(0);
    expect(of(EURE_V1)).toEqual(of(EURE_V2));
  });

  it('have places that are unique in their transaction', () => {
    for (const { folder, file } of NETTED) {
      const positions = transfers(folder, file).map(({ position }) => position);
      expect({ file, size: new Set(positions).size }).toEqual({ file, size: positions.length });
    }
  });

  it('take nothing from a record without receipt', () => {
    expect(transfers('across', 'calldata_spokepool_eth.json')).toEqual([]);
  });
});

type Fixture = {
  readonly chainId: number;
  readonly transaction: object;
  readonly receipt: object;
  readonly logs: unknown;
  readonly traces: unknown;
};

/** The fixtures that come with a full trace. */
const TRACED = FOLDERS.flatMap((folder) =>
  Object.keys(expectedOf(folder))
    .map((file) => ({ folder, file }))
    .filter(({ file }) => !file.startsWith('calldata_') && file.endsWith('.json'))
    .map(({ folder, file }) => ({ file, fixture: readFixture(folder, file) as Fixture }))
    .filter(({ fixture }) => Array.isArray(fixture.traces)),
);

type Trace = {
  readonly type: string;
  readonly traceAddress: readonly number[];
  readonly error?: string;
  readonly action: Readonly<Record<string, string | undefined>>;
  readonly result?: { readonly address?: string } | null;
};

/** Value that inner calls moved, read naively from the list of traces. */
function innerOf(traces: readonly Trace[], chain: Chain) {
  const isUnder = ({ traceAddress }: Trace, top: Trace): boolean =>
    top.traceAddress.every((step, depth) => traceAddress[depth] === step);
  const failed = traces.filter(({ error }) => typeof error === 'string');
  return traces.flatMap((trace) => {
    const { type, action, result, traceAddress } = trace;
    const moves = type === 'create' || type === 'suicide' || action['callType'] === 'call';
    if (traceAddress.length === 0 || !moves || failed.some((top) => isUnder(trace, top))) return [];
    const amount = BigInt(action['value'] ?? action['balance'] ?? 0);
    const from = `${chain}:${action['from'] ?? action['address']}`.toLowerCase();
    const to = `${chain}:${action['to'] ?? action['refundAddress'] ?? result?.address}`.toLowerCase();
    return amount === 0n ? [] : [{ from, to, asset: 'eip155:1/slip44:60', amount }];
  });
}

describe('inner transfers', () => {
  it('are those that a naive reading of the same traces gives, at the rank of their frame', () => {
    expect(TRACED.length).toBe(56);
    for (const { file, fixture } of TRACED) {
      const chain = `eip155:${fixture.chainId}` as const;
      const record = readTransaction(chain, fixture);
      const inner = movementsOf(record).filter(({ kind }) => kind === 'internal');
      const bare = inner.map(({ from, to, asset, amount }) => ({ from, to, asset, amount }));
      expect({ file, bare }).toEqual({ file, bare: innerOf(fixture.traces as Trace[], chain) });
      for (const { position } of inner) expect(position).toBeGreaterThan(0);
    }
  });

  it('of a failed transaction did not happen: it pays its fee and moves nothing else', () => {
    const { fixture } = TRACED.find(({ file }) => file === 'eth_transferout_native.json') as (typeof TRACED)[number];
    const [top, ...inner] = fixture.traces as { error?: string }[];
    const failed = readTransaction('eip155:1', {
      transaction: fixture.transaction,
      receipt: { ...fixture.receipt, status: '0x0' },
      traces: [{ ...top, error: 'Reverted' }, ...inner],
    });
    expect(failed.evidence.succeeded).toBe(false);
    expect(failed.evidence.frames).toEqual([]);
    const { gasUsed, effectiveGasPrice } = fixture.receipt as { gasUsed: number; effectiveGasPrice: string };
    const rows = movementsOf(failed).map(({ kind, position, amount }) => ({ kind, position, amount }));
    expect(rows).toEqual([{ kind: 'fee', position: -1, amount: BigInt(gasUsed) * BigInt(effectiveGasPrice) }]);
  });
});
