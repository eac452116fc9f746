import { CairnError } from '../errors.ts';
import type { CallFrame, EventLog, EvmEvidence, TransactionEvidence, UtxoEvidence } from './evidence.ts';
import { evidenceToJson } from './evidence-json.ts';
import type { Lock, UtxoInput, UtxoOutput } from './utxo/transaction.ts';

/**
 * Two records of one transaction as one that says what either says; the same whichever comes first.
 * Where sources list some of the logs or calls only, the record has all that either lists.
 * @throws contradiction, naming the field, where they cannot both be true.
 */
export function mergeEvidence(a: TransactionEvidence, b: TransactionEvidence): TransactionEvidence {
  if (a.kind === 'evm' && b.kind === 'evm') return mergeEvm(a, b);
  if (a.kind === 'utxo' && b.kind === 'utxo') return mergeUtxo(a, b);
  throw contradiction(a, 'kind');
}

function mergeEvm(a: EvmEvidence, b: EvmEvidence): EvmEvidence {
  const pick = <K extends Exclude<keyof EvmEvidence, 'logs' | 'frames'>>(field: K): EvmEvidence[K] => {
    if (a[field] !== null && b[field] !== null && a[field] !== b[field]) throw contradiction(a, field);
    return a[field] ?? b[field];
  };
  return {
    kind: 'evm',
    chain: pick('chain'),
    tx: pick('tx'),
    blockNumber: pick('blockNumber'),
    blockTime: pick('blockTime'),
    txIndex: pick('txIndex'),
    from: pick('from'),
    to: pick('to'),
    value: pick('value'),
    input: pick('input'),
    succeeded: pick('succeeded'),
    logs: a.logs === null || b.logs === null ? (a.logs ?? b.logs) : mergeLogs(a, a.logs, b.logs),
    frames: a.frames === null || b.frames === null ? (a.frames ?? b.frames) : fullerFrames(a, a.frames, b.frames),
  };
}

const contentOf = ({ address, topics, data }: EventLog): string => `${address} ${topics.join()} ${data}`;

/** Logs of either list. One event under two numbers means that the sources number differently: then nothing can be put together. */
function mergeLogs(record: EvmEvidence, a: readonly EventLog[], b: readonly EventLog[]): readonly EventLog[] {
  const places = new Map(a.map((log) => [log.logIndex, log]));
  const added: EventLog[] = [];
  for (const log of b) {
    const there = places.get(log.logIndex);
    if (there === undefined) added.push(log);
    else if (contentOf(there) !== contentOf(log)) throw contradiction(record, 'logs');
  }
  if (added.length === 0) return a;
  const inBoth = new Set(b.map(({ logIndex }) => logIndex));
  const alone = new Set(a.filter(({ logIndex }) => !inBoth.has(logIndex)).map(contentOf));
  if (added.some((log) => alone.has(contentOf(log)))) throw contradiction(record, 'logs');
  return [...a, ...added].sort((x, y) => x.logIndex - y.logIndex);
}

/** Of two traces the one with every call of the other. Explorers leave out calls and call data, so only parties and value count. */
function fullerFrames(record: EvmEvidence, a: readonly CallFrame[], b: readonly CallFrame[]): readonly CallFrame[] {
  const aHasAll = covers(a, b);
  const bHasAll = covers(b, a);
  if (!aHasAll && !bHasAll) throw contradiction(record, 'frames');
  if (aHasAll !== bHasAll) return aHasAll ? a : b;
  const [sizeA, sizeB] = [a, b].map((frames) => frames.reduce((sum, { input }) => sum + input.length, 0));
  if (sizeA !== sizeB) return (sizeA as number) > (sizeB as number) ? a : b;
  const text = (frames: readonly CallFrame[]): string =>
    JSON.stringify(evidenceToJson({ ...record, frames })['frames']);
  return text(a) <= text(b) ? a : b;
}

function covers(whole: readonly CallFrame[], part: readonly CallFrame[]): boolean {
  const name = ({ from, to, value }: CallFrame): string => `${from} ${to} ${value}`;
  const left = new Map<string, number>();
  for (const frame of whole) left.set(name(frame), (left.get(name(frame)) ?? 0) + 1);
  return part.every((frame) => {
    const count = left.get(name(frame)) ?? 0;
    left.set(name(frame), count - 1);
    return count > 0;
  });
}

function mergeUtxo(a: UtxoEvidence, b: UtxoEvidence): UtxoEvidence {
  if (a.chain !== b.chain || a.tx !== b.tx) throw contradiction(a, 'tx');
  if (a.inputs.length !== b.inputs.length) throw contradiction(a, 'inputs');
  if (a.outputs.length !== b.outputs.length) throw contradiction(a, 'outputs');
  return {
    ...(compareKnowledge(a, b) <= 0 ? a : b),
    version: either(a, 'version', a.version, b.version),
    lockTime: either(a, 'lockTime', a.lockTime, b.lockTime),
    inputs: a.inputs.map((input, i) => mergeInput(a, i, input, b.inputs[i] as UtxoInput)),
    outputs: a.outputs.map((output, i) => mergeOutput(a, i, output, b.outputs[i] as UtxoOutput)),
  };
}

/** The record whose place was not assigned comes first, then the earlier place: an id may stand in two blocks (BIP 30). */
function compareKnowledge(a: UtxoEvidence, b: UtxoEvidence): number {
  return (
    Number(a.indexAssigned) - Number(b.indexAssigned) ||
    a.blockNumber - b.blockNumber ||
    a.txIndex - b.txIndex ||
    a.blockTime - b.blockTime
  );
}

function mergeInput(record: UtxoEvidence, i: number, a: UtxoInput, b: UtxoInput): UtxoInput {
  const place = `inputs[${i}]`;
  if (a.outpoint?.tx !== b.outpoint?.tx || a.outpoint?.index !== b.outpoint?.index) {
    throw contradiction(record, `${place}.outpoint`);
  }
  return {
    outpoint: a.outpoint,
    amount: either(record, `${place}.amount`, a.amount, b.amount),
    lock: a.lock === null || b.lock === null ? (a.lock ?? b.lock) : mergeLock(record, place, a.lock, b.lock),
    script: either(record, `${place}.script`, a.script, b.script),
    witness: mergeWitness(record, place, a.witness, b.witness),
    sequence: either(record, `${place}.sequence`, a.sequence, b.sequence),
  };
}

function mergeWitness(record: UtxoEvidence, place: string, a: UtxoInput['witness'], b: UtxoInput['witness']) {
  if (a !== null && b !== null && a.join() !== b.join()) throw contradiction(record, `${place}.witness`);
  return a ?? b;
}

function mergeOutput(record: UtxoEvidence, i: number, a: UtxoOutput, b: UtxoOutput): UtxoOutput {
  const place = `outputs[${i}]`;
  return {
    amount: either(record, `${place}.amount`, a.amount, b.amount),
    lock: mergeLock(record, place, a.lock, b.lock),
    script: either(record, `${place}.script`, a.script, b.script),
  };
}

function mergeLock(record: UtxoEvidence, place: string, a: Lock, b: Lock): Lock {
  const known = (lock: Lock) => (lock.script === 'unknown' ? null : lock.script);
  return {
    owner: either(record, `${place}.lock.owner`, a.owner, b.owner),
    script: either(record, `${place}.lock.script`, known(a), known(b)) ?? 'unknown',
  };
}

function either<T>(record: TransactionEvidence, field: string, a: T, b: T): T {
  if (a !== null && b !== null && a !== b) throw contradiction(record, field);
  return a ?? b;
}

function contradiction({ tx, chain }: TransactionEvidence, field: string): CairnError {
  return new CairnError('contradiction', `Two records of transaction ${tx} of ${chain} differ in ${field}.`, {
    hints: ['Nothing of this import was kept. Correct the source, or import the file that is right first.'],
  });
}
