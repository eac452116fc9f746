import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence, readFixture } from '../../../../test/crossings-fixtures.ts';
import { type EvmEvidence, lockOf, type TransactionEvidence, type UtxoEvidence } from '../../ledger/index.ts';
import { BITCOIN } from '../../units/index.ts';
import type { Leg } from './leg.ts';
import { maya } from './maya.ts';
import { thorchain } from './thorchain.ts';
import { isSwapMemo, parseMemo } from './thorchain-memo.ts';

const ZERO = `0x${'0'.repeat(40)}`;

type Parsed = { readonly type: string; readonly destination?: string | null; readonly assetKind?: string };
/** A row of `expected.json`: a call, or a leg. */
type Row = {
  readonly hash?: string;
  readonly fn?: string;
  readonly leg?: string;
  readonly vault?: string;
  readonly user?: string;
  readonly recipient?: string;
  readonly newVault?: string;
  readonly asset?: string;
  readonly token?: string;
  readonly finalToken?: string;
  readonly amount?: string;
  readonly key?: string | null;
  readonly memo?: string;
  readonly parsed?: Parsed;
};
type Output = { readonly n: number; readonly value: number | string; readonly script?: string };
type FileOf = Row & {
  readonly transactionHash?: string;
  readonly txid?: string;
  readonly transactions?: readonly Row[];
  readonly legs?: readonly Row[];
  readonly calldata?: Row;
  readonly payout?: Output;
  readonly deposit?: Output;
  readonly vin0Script?: string;
};

const bitcoinAccountOf = (script: string) => lockOf(BITCOIN, script).owner;
const account = (address: string | undefined): string => `eip155:1:${address?.toLowerCase()}`;

function assetOf(contract: string): string {
  return contract === ZERO ? 'eip155:1/slip44:60' : `eip155:1/erc20:${contract.toLowerCase()}`;
}

const KINDS: Readonly<Record<string, string>> = {
  swap: 'swap',
  outbound: 'swap',
  refund: 'refund',
  migrate: 'internal',
  add: 'liquidity',
  withdraw: 'withdrawal',
  'trade-deposit': 'other',
  'tcy-claim': 'other',
};

/** The fields of a leg that a row states, in the leg's words. */
function wanted(row: Row, tx: string): Record<string, unknown> {
  // This record leaves the transaction's value out, which the expectation counts as 0.
  const unstated = tx.startsWith('0x0e9a9c2e');
  const isIn = row.leg === 'source';
  const kind = KINDS[row.parsed?.type ?? ''];
  const token = row.asset ?? row.finalToken ?? row.token;
  return {
    side: isIn ? 'in' : 'out',
    tx,
    kind: isIn && row.amount === '0' && !unstated ? 'other' : kind,
    key: row.leg === 'migration' ? null : (row.key ?? tx.slice(2).toUpperCase()),
    ...(row.amount === undefined ? {} : { amount: unstated ? null : BigInt(row.amount) }),
    ...(token === undefined ? {} : { asset: assetOf(token) }),
    ...(row.vault === undefined ? {} : { venue: account(row.vault) }),
    ...(row.user === undefined ? {} : { account: account(row.user) }),
    ...(row.recipient === undefined ? {} : { account: account(row.recipient) }),
    ...(row.newVault === undefined ? {} : { account: account(row.newVault) }),
  };
}

function expectDestination(leg: Leg, parsed: Parsed | undefined): void {
  if (parsed?.type !== 'swap' || leg.kind !== 'swap' || leg.side !== 'in') return;
  const stated = leg.destination?.account ?? null;
  if (parsed.destination !== null) expect(stated?.toLowerCase()).toBe(parsed.destination?.toLowerCase());
}

const ROUTER_2 = 'eip155:1:0xc145990e84155416144c532e31f89b840ca8c2ce';
const ROUTER_4 = 'eip155:1:0xd37bbe5744d730a1d98d8dc97c42f0ca46ad7146';
const SOMEONE = 'eip155:1:0x1111111111111111111111111111111111111111';

/** What a record lacks is stated here, with where it is known from. */
const SUPPLIED: Readonly<Record<string, Partial<EvmEvidence>>> = {
  // These three name the router in words alone, as V2.
  'eth_refund_eth_2021.json': { to: ROUTER_2 },
  'eth_deposit_usdc_v1_2021.json': { to: ROUTER_2 },
  'eth_transferout_usdc_2021.json': { to: ROUTER_2 },
  // Call data alone; sender, router and value are made up, and not compared.
  'eth_aggregator_out_matched_with_midgard.json': { from: SOMEONE, to: ROUTER_4, value: 1n },
};

function supplied(file: string, evidence: TransactionEvidence): TransactionEvidence {
  return evidence.kind === 'evm' ? { ...evidence, ...SUPPLIED[file] } : evidence;
}

const PROTOCOLS = { thorchain, maya };

describe.each([
  ['thorchain', 89, 4],
  ['maya', 15, 1],
] as const)('EVM records of %s', (network, rowCount, logCount) => {
  const expected = expectedOf(network) as Record<string, FileOf>;
  const files = Object.keys(expected).filter((file) => /^(eth_|calldata_)/.test(file));

  it(`decode to the ${rowCount} calls and ${logCount} events expected, field by field`, () => {
    let [rows, logs] = [0, 0];
    for (const file of files) {
      const stated = expected[file] as FileOf;
      const evidence = fixtureEvidence(network, file).map((each) => supplied(file, each) as EvmEvidence);
      for (const row of stated.transactions ?? (stated.calldata ? [stated.calldata] : [])) {
        const tx = row.hash ?? (stated.transactionHash as string);
        const record = evidence.find((each) => each.tx === tx) as EvmEvidence;
        const legs = PROTOCOLS[network].decode({ ...record, logs: null });
        expect({ file, tx, legs }).toMatchObject({ file, tx, legs: [wanted(row, tx)] });
        expectDestination(legs[0] as Leg, row.parsed);
        rows += 1;
      }
      for (const row of stated.legs ?? []) {
        const tx = stated.transactionHash as string;
        expect({ file, legs: PROTOCOLS[network].decode(evidence[0] as EvmEvidence) }).toMatchObject({
          file,
          legs: [wanted(row, tx)],
        });
        logs += 1;
      }
    }
    expect([rows, logs]).toEqual([rowCount, logCount]);
  });
});

describe('UTXO records', () => {
  const decoded = (folder: 'thorchain' | 'maya', file: string) =>
    PROTOCOLS[folder].decode(fixtureEvidence(folder, file)[0] as TransactionEvidence);

  it('decode to the 11 Bitcoin transactions expected, field by field', () => {
    const files = Object.entries(expectedOf('thorchain') as Record<string, FileOf>).filter(([name]) =>
      name.startsWith('btc_'),
    );
    for (const [file, stated] of files) {
      const isIn = stated.deposit !== undefined;
      const moved = (stated.payout ?? stated.deposit) as Output;
      const [vault, other] = [bitcoinAccountOf(moved.script as string), bitcoinAccountOf(stated.vin0Script as string)];
      expect({ file, legs: decoded('thorchain', file) }).toMatchObject({
        file,
        legs: [
          {
            side: isIn ? 'in' : 'out',
            kind: { source: 'swap', destination: 'swap', refund: 'refund', none: 'withdrawal' }[stated.leg as string],
            tx: stated.txid,
            key: stated.key,
            amount: BigInt(moved.value),
            asset: `${BITCOIN}/slip44:0`,
            account: isIn ? other : vault,
            venue: isIn ? vault : other,
          },
        ],
      });
    }
    expect(files).toHaveLength(11);
  });

  it('decodes the Bitcoin Cash swap into a claim inside THORChain', () => {
    const file = 'bch_synth_mint_negative.json';
    const stated = expectedOf('thorchain')[file] as FileOf & { readonly deposit: { value: string; address: string } };
    const record = fixtureEvidence('thorchain', file)[0] as UtxoEvidence;
    // The record names addresses, not scripts.
    const { vin, outs } = readFixture('thorchain', file) as {
      vin: { address: string }[];
      outs: { address?: string }[];
    };
    const lock = (address: string | undefined) =>
      ({ owner: address === undefined ? null : (`${record.chain}:${address}` as const), script: 'unknown' }) as const;
    const inputs = record.inputs.map((input, i) => ({ ...input, lock: lock(vin[i]?.address) }));
    const outputs = record.outputs.map((output, i) => ({ ...output, lock: lock(outs[i]?.address) }));
    const legs = thorchain.decode({ ...record, inputs, outputs });
    expect(legs).toMatchObject([
      {
        side: 'in',
        kind: 'swap',
        key: stated.key,
        amount: BigInt(stated.deposit.value),
        venue: `${record.chain}:${stated.deposit.address}`,
        destination: { chain: 'THOR', account: stated.parsed?.destination, asset: 'BCH/BCH' },
      },
    ]);
    expect(legs[0]?.notes.join()).toContain('does not leave it');
  });

  it('joins the 6 Bitcoin payouts that Midgard’s word is beside to the inbound ids it states', () => {
    const files = Object.keys(expectedOf('thorchain')).filter((file) => file.startsWith('btc_'));
    const claims = files.flatMap((file) => {
      const { midgardInbound } = readFixture('thorchain', file) as { midgardInbound?: { inTx: string; memo: string } };
      return midgardInbound === undefined ? [] : [{ file, ...midgardInbound }];
    });
    for (const { file, inTx, memo } of claims) {
      const [leg] = decoded('thorchain', file);
      expect({ file, key: leg?.key }).toEqual({ file, key: inTx });
      const read = parseMemo(memo, 'thorchain');
      const payee = leg?.account?.slice(BITCOIN.length + 1);
      if (leg?.kind === 'swap' && read !== null && isSwapMemo(read))
        expect({ file, payee }).toEqual({ file, payee: read.destination });
    }
    expect(claims).toHaveLength(6);
  });

  it('decodes the Dash payout, for Maya alone', () => {
    const stated = expectedOf('maya')['dash_outbound.json'] as FileOf;
    expect(decoded('maya', 'dash_outbound.json')).toMatchObject([
      { side: 'out', kind: 'swap', key: stated.key, amount: BigInt((stated.payout as Output).value), tx: stated.txid },
    ]);
    expect(thorchain.decode(fixtureEvidence('maya', 'dash_outbound.json')[0] as TransactionEvidence)).toEqual([]);
  });
});
