import { CairnError } from '../errors.ts';
import type { EvmEvidence, TransactionEvidence, UtxoEvidence } from './evidence.ts';
import { evidenceToJson } from './evidence-json.ts';

/**
 * Two records of one transaction as one that says what either says.
 * @throws contradiction, naming the field, where they cannot both be true.
 */
export function mergeEvidence(a: TransactionEvidence, b: TransactionEvidence): TransactionEvidence {
  if (a.kind === 'evm' && b.kind === 'evm') return mergeEvm(a, b);
  if (a.kind === 'utxo' && b.kind === 'utxo') return mergeUtxo(a, b);
  throw contradiction(a, 'kind');
}

function mergeEvm(a: EvmEvidence, b: EvmEvidence): EvmEvidence {
  const texts = { a: evidenceToJson(a), b: evidenceToJson(b) };
  const pick = <K extends keyof EvmEvidence>(field: K): EvmEvidence[K] => {
    const isKnown = a[field] !== null && b[field] !== null;
    if (isKnown && JSON.stringify(texts.a[field]) !== JSON.stringify(texts.b[field])) throw contradiction(a, field);
    return a[field] === null ? b[field] : a[field];
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
    logs: pick('logs'),
    frames: pick('frames'),
  };
}

function mergeUtxo(a: UtxoEvidence, b: UtxoEvidence): UtxoEvidence {
  if (a.inputs.length !== b.inputs.length) throw contradiction(a, 'inputs');
  if (a.outputs.length !== b.outputs.length) throw contradiction(a, 'outputs');
  return {
    ...(a.indexAssigned ? b : a),
    version: a.version ?? b.version,
    lockTime: a.lockTime ?? b.lockTime,
    inputs: a.inputs.map((input, i) => {
      const other = b.inputs[i] as typeof input;
      if (input.amount !== null && other.amount !== null && input.amount !== other.amount) {
        throw contradiction(a, `inputs[${i}].amount`);
      }
      return {
        ...input,
        amount: input.amount ?? other.amount,
        lock: input.lock ?? other.lock,
        script: input.script ?? other.script,
        witness: input.witness ?? other.witness,
      };
    }),
    outputs: a.outputs.map((output, i) => {
      const other = b.outputs[i] as typeof output;
      if (output.amount !== other.amount) throw contradiction(a, `outputs[${i}].amount`);
      return { ...output, script: output.script ?? other.script };
    }),
  };
}

function contradiction({ tx, chain }: TransactionEvidence, field: string): CairnError {
  return new CairnError('contradiction', `Two records of transaction ${tx} of ${chain} differ in ${field}.`);
}
