import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeEvidence } from '../core/src/ledger/evm/transaction-record.ts';
import type {
  EvmEvidence,
  Lock,
  TransactionEvidence,
  UtxoEvidence,
  UtxoInput,
  UtxoOutput,
} from '../core/src/ledger/index.ts';
import { lockOf } from '../core/src/ledger/utxo/lock.ts';
import { transactionId } from '../core/src/ledger/utxo/transaction-id.ts';
import { BITCOIN, type Chain } from '../core/src/units/index.ts';

/** Real transactions of bridges and swaps, and what each decodes to; provenance in `SOURCES.md` beside them. */
const FIXTURES = join(import.meta.dirname, 'data', 'crossings');

/** Chains of the UTXO kind by the first 32 hex digits of their genesis block's hash; Bitcoin Cash shares Bitcoin's. */
const UTXO_CHAINS: Readonly<Record<string, Chain>> = {
  bitcoin: BITCOIN,
  litecoin: 'bip122:12a765e31ffd4059bada1e25190f6e98',
  doge: 'bip122:1a91e3dace36e2be3bf030a65679fe82',
  dash: 'bip122:00000ffd590b1485b3caadc19b22e637',
  // Named by the block at which it parted from Bitcoin, 478559.
  bch: 'bip122:000000000000000000651ef99cb9fcbe',
};

type Json = Readonly<Record<string, unknown>>;

/** A fixture as it is. */
export function readFixture(folder: string, file: string): unknown {
  return JSON.parse(readFileSync(join(FIXTURES, folder, file), 'utf8'));
}

/** The folder's `expected.json`, by fixture file. */
export function expectedOf(folder: string): Record<string, unknown> {
  return readFixture(folder, 'expected.json') as Record<string, unknown>;
}

/**
 * The transactions of a fixture as evidence; none where the file is no transaction (Midgard, THORNode, Tron).
 * - EVM, with receipt: as the chain has it. Explorer's internal transactions stand under the top-level call by list order.
 * - EVM, without receipt (`logs: []`): logs null; `succeeded` as the explorer states it, else null.
 * - `calldata_*`: `succeeded` null, logs null.
 * - Bitcoin and its kin: inputs' amounts and locks null unless the file states them; block time 0 and index 0 where it does not.
 */
export function fixtureEvidence(folder: string, file: string): readonly TransactionEvidence[] {
  const fixture = readFixture(folder, file) as Json;
  if (typeof fixture['chainId'] === 'number' && 'transaction' in fixture) return [evmEvidence(fixture)];
  if (Array.isArray(fixture['vin'])) return [utxoEvidence(fixture)];
  const listed = fixture['transactions'];
  if (!Array.isArray(listed) || fixture['chain'] === 'tron') return [];
  return listed.map((item: Json) => evmEvidence(item));
}

function evmEvidence(fixture: Json): EvmEvidence {
  const chain: Chain = `eip155:${fixture['chainId'] as number}`;
  const { timestamp } = fixture;
  const transaction = { hash: fixture['transactionHash'], ...(fixture['transaction'] as Json) } as Record<
    string,
    unknown
  >;
  // Three files say in words which contract was called.
  if (!/^0x/.test(String(transaction['to'] ?? ''))) delete transaction['to'];
  return decodeEvidence(chain, {
    transaction,
    receipt: fixture['receipt'],
    logs: fixture['logs'],
    block: timestamp === undefined ? null : { timestamp },
    traces: fixture['traces'],
    internal: lowerCase(fixture['internalTransactions']),
  });
}

/** One explorer's answer has addresses in a case that no checksum fits. */
function lowerCase(list: unknown): unknown {
  return list === undefined
    ? null
    : JSON.parse(JSON.stringify(list).toLowerCase().replaceAll('"iserror"', '"isError"'));
}

const UNKNOWN: Lock = { owner: null, script: 'unknown' };

function utxoEvidence(fixture: Json): TransactionEvidence {
  const name = String(fixture['subchain'] ?? fixture['chain']);
  const chain = UTXO_CHAINS[name];
  if (chain === undefined) throw new Error(`no chain id for ${name}`);
  const outputs = (fixture['vout'] ?? fixture['outs']) as readonly Json[];
  const raw = fixture['rawHex'];
  return {
    kind: 'utxo',
    chain,
    tx: String(fixture['txid']),
    blockNumber: fixture['blockHeight'] as number,
    blockTime: (fixture['timestamp'] as number | null | undefined) ?? 0,
    txIndex: 0,
    indexAssigned: true,
    version: typeof raw === 'string' ? Buffer.from(raw, 'hex').readUInt32LE(0) : null,
    lockTime:
      typeof raw === 'string'
        ? Buffer.from(raw, 'hex').readUInt32LE(raw.length / 2 - 4)
        : ((fixture['locktime'] as number | undefined) ?? null),
    inputs: (fixture['vin'] as readonly Json[]).map((input) => utxoInput(input)),
    outputs: outputs.map((output) => utxoOutput(chain, output)),
  };
}

function utxoInput(input: Json): UtxoInput {
  const isPlaced = typeof input['txid'] === 'string';
  return {
    // Where the file leaves the outpoint out there is none to name: a hash of zeros belongs to no transaction.
    outpoint: isPlaced
      ? { tx: String(input['txid']), index: Number(input['vout']) }
      : { tx: '0'.repeat(64), index: Number(input['n']) },
    amount: input['value'] === undefined ? null : BigInt(input['value'] as string),
    lock: null,
    script: (input['scriptSig'] as string | undefined) ?? null,
    witness: (input['witness'] as readonly string[] | undefined) ?? (isPlaced ? [] : null),
    sequence: (input['sequence'] as number | undefined) ?? 0xffffffff,
  };
}

function utxoOutput(chain: Chain, output: Json): UtxoOutput {
  const stated = output['script'] as string | undefined;
  const memo = output['opReturn'] as string | undefined;
  const script = stated ?? (memo === undefined ? null : opReturn(memo));
  const amount = BigInt(output['value'] as string | number);
  if (memo !== undefined) return { amount, lock: { owner: null, script: 'op-return' }, script };
  return { amount, lock: script === null || chain !== BITCOIN ? foreignLock(script) : lockOf(chain, script), script };
}

/** Of other chains' scripts only OP_RETURN is told: their addresses are not Cairn's to write. */
function foreignLock(script: string | null): Lock {
  return script?.startsWith('6a') ? { owner: null, script: 'op-return' } : UNKNOWN;
}

/** OP_RETURN and one push of the text: up to 75 bytes the push is its length. */
function opReturn(memo: string): string {
  const bytes = Buffer.from(memo, 'utf8');
  const push = bytes.length > 75 ? Buffer.from([0x4c, bytes.length]) : Buffer.from([bytes.length]);
  return Buffer.concat([Buffer.from([0x6a]), push, bytes]).toString('hex');
}

/** A transaction that was rewritten for a test, under the id that it then has. */
export function renamed(rewritten: UtxoEvidence): UtxoEvidence {
  const tx = transactionId(rewritten);
  if (tx === null) throw new Error(`the recording of ${rewritten.tx} leaves out what its id covers`);
  return { ...rewritten, tx };
}
