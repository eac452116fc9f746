import { Address, OutScript } from '@scure/btc-signer';
import {
  type EvmEvidence,
  lockOf,
  type TransactionEvidence,
  transfersOf,
  transfersOfEvidence,
  type UtxoEvidence,
  type UtxoOutput,
} from '../core/src/ledger/index.ts';
import { createMemoryLedger, type MemoryLedger } from '../core/src/ledger/stores/memory.ts';
import { type BundleContent, writeBundle } from '../core/src/tracing/bundle/index.ts';
import { keysOf, NO_LIMITS, type TraceRequest, traceAcross } from '../core/src/tracing/index.ts';
import { BITCOIN, ETHEREUM, nativeAsset } from '../core/src/units/index.ts';
import { fixtureEvidence, renamed } from './crossings-fixtures.ts';

/**
 * Ether that goes into THORChain and comes out as bitcoin: a real deposit of 0.047 ETH (0x2dab3117…) and a real payout of
 * 0.33106961 BTC (2267f895…), which do not belong together. In the payout the hash in the memo and the payee's script are
 * rewritten to those of the deposit, so it has another id; blocks and times, which the recordings lack, are made up.
 */
export const ETHER = 47_000_000_000_000_000n;
export const BITCOINS = 33_106_961n;
/** As the deposit's memo names it. */
export const PAYEE = 'bc1qc540xkc0h2fdl5a4c05d79grdg24rqh7vdl5e3';
const AT = 1_709_510_400;

const [recorded] = fixtureEvidence('thorchain', 'eth_deposit_to_btc.json') as [EvmEvidence];
export const deposit: EvmEvidence = { ...recorded, blockTime: AT };

const [paid] = fixtureEvidence('thorchain', 'btc_outbound_2267f895.json') as [UtxoEvidence];
export const payout = payoutOf(`OUT:${deposit.tx.slice(2).toUpperCase()}`);

/** The payout with this memo. */
export function payoutOf(memo: string): UtxoEvidence {
  const script = Buffer.from(OutScript.encode(Address().decode(PAYEE))).toString('hex');
  const data = Buffer.from(memo, 'utf8');
  const carrier = `6a${data.length.toString(16).padStart(2, '0')}${data.toString('hex')}`;
  const outputs = paid.outputs.map((output, index): UtxoOutput => {
    if (index === 0) return { ...output, script, lock: lockOf(BITCOIN, script) };
    return output.lock.script === 'op-return' ? { ...output, script: carrier } : output;
  });
  return renamed({ ...paid, blockNumber: 833_100, blockTime: AT + 600, outputs });
}

export const REQUEST: TraceRequest = {
  direction: 'forward',
  seeds: [
    {
      kind: 'account',
      tag: 'stolen ether',
      account: deposit.from as NonNullable<EvmEvidence['from']>,
      asset: nativeAsset(ETHEREUM),
      at: null,
    },
  ],
  policies: ['fifo/1', 'pro-rata/1', 'highest-out/1+fifo/1', 'poison/1'],
  instructed: null,
  rules: [],
  limits: NO_LIMITS,
  crossings: [],
};

/** A ledger with these records and what they moved. */
export async function ledgerOf(records: readonly TransactionEvidence[]): Promise<MemoryLedger> {
  const ledger = createMemoryLedger(
    records.flatMap((record) => (record.kind === 'evm' ? transfersOfEvidence(record) : transfersOf(record))),
  );
  const session = await ledger.beginImport({ file: 'recorded', sha256: '0'.repeat(64), format: 'recorded' });
  await session.writeEvidence(records.map((evidence) => ({ evidence, keys: keysOf(evidence) })));
  await session.commit({ rejected: 0, coverage: [] });
  return ledger;
}

/** The trace through the crossing as a bundle's content. */
export async function crossingContent(): Promise<BundleContent> {
  const { result, evidence } = await traceAcross(await ledgerOf([deposit, payout]), REQUEST);
  return {
    result,
    evidence,
    assets: [
      { asset: nativeAsset(ETHEREUM), symbol: 'ETH', decimals: 18 },
      { asset: nativeAsset(BITCOIN), symbol: 'BTC', decimals: 8 },
    ],
    case: null,
    published: [],
    notices: [],
  };
}

export async function crossingBundle(): Promise<Uint8Array> {
  return writeBundle(await crossingContent(), null);
}
