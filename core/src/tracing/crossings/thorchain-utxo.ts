import { lockOf, type UtxoInput, type UtxoTransaction } from '../../ledger/index.ts';
import { type Account, BITCOIN } from '../../units/index.ts';
import { bytesOf, text } from './abi.ts';
import { revealedScript } from './key-address.ts';
import { isPrintable } from './thorchain-memo.ts';

/** The rules by which THORChain and Maya read a transaction of Bitcoin and its kin. */

/** A transaction with more outputs, or more outputs that carry value, is not looked at. */
const MAX_OUTPUTS = 12;
const MAX_PAYING_OUTPUTS = 10;
/** An OP_RETURN output carries 80 bytes; where the 80th or a later one is `^`, the memo goes on in other outputs. */
const FIRST_PART = 80;
const MAX_MEMO = 250;

export type UtxoMemo = {
  readonly text: string;
  /** The output it begins in. */
  readonly index: number;
  /** Outputs whose key hashes are part of the memo: data, not payments to anyone. */
  readonly dataOutputs: readonly number[];
};

/** Outputs of a transaction the network would not look at, however good its memo. */
export function hasTooManyOutputs({ outputs }: UtxoTransaction): boolean {
  return outputs.length > MAX_OUTPUTS || outputs.filter(({ amount }) => amount > 0n).length > MAX_PAYING_OUTPUTS;
}

/**
 * The memo in a transaction's outputs, read in order: what each OP_RETURN output pushes first; then, where that fills 80
 * bytes and is marked to go on, the key hashes of the P2WPKH and P2PKH outputs that follow, of which zero bytes at the end
 * are padding and end the memo. The first mark is then taken out.
 * Null: none, or not all of it is printable text.
 */
export function utxoMemo({ outputs }: UtxoTransaction): UtxoMemo | null {
  let memo = '';
  let first = -1;
  const dataOutputs: number[] = [];
  for (const [n, { script }] of outputs.entries()) {
    const pushed = script === null ? null : firstPush(script);
    if (pushed !== null) {
      if (first < 0) first = n;
      const part = printable(pushed);
      if (part === null) return null;
      memo += part;
    }
    const hash = isMarked(memo) ? keyHash(script ?? '') : null;
    if (hash === null) continue;
    const digits = hash.replace(/(?:00)+$/, '');
    const part = printable(digits);
    if (part === null) return null;
    memo += part;
    dataOutputs.push(n);
    if (digits.length < hash.length || memo.length >= MAX_MEMO) break;
  }
  if (memo === '') return null;
  return { text: isMarked(memo) ? memo.replace('^', '') : memo, index: first, dataOutputs };
}

function isMarked(memo: string): boolean {
  return memo.length >= FIRST_PART && memo.lastIndexOf('^') >= FIRST_PART - 1;
}

function printable(hex: string): string | null {
  const written = text(`0x${hex}`);
  return written === '' || (written !== null && isPrintable(written)) ? written : null;
}

/** Of a P2WPKH or P2PKH script; null: another. */
function keyHash(script: string): string | null {
  const match = /^(?:0014([0-9a-f]{40})|76a914([0-9a-f]{40})88ac)$/.exec(script);
  return match?.[1] ?? match?.[2] ?? null;
}

/** The first bytes an OP_RETURN script pushes, hex; null: another script, nothing pushed, or less than it says. */
function firstPush(script: string): string | null {
  if (!script.startsWith('6a')) return null;
  const code = Number.parseInt(script.slice(2, 4), 16);
  if (!(code >= 1 && code <= 0x4d)) return null;
  const extra = code === 0x4c ? 2 : code === 0x4d ? 4 : 0;
  const stated = bytesOf(script.slice(4, 4 + extra));
  const size = extra === 0 ? code : (stated?.reduceRight((sum, byte) => sum * 256 + byte, 0) ?? 0);
  const data = script.slice(4 + extra, 4 + extra + size * 2);
  return size === 0 || data.length < size * 2 ? null : data;
}

export type Payment = { readonly index: number; readonly amount: bigint; readonly owner: Account | null };

export type UtxoReading = {
  /** The account of the first input, who counts as the sender. */
  readonly sender: Account | null;
  /** Whether the sender's script is known, with or without an address. */
  readonly isSenderKnown: boolean;
  /** The first output that carries value and is not the sender's. */
  readonly payment: Payment | null;
  /** A sentence where the choice of output rests on something the record does not show. */
  readonly note: string | null;
};

/** Who sends, and which output is the payment, as the network's rule has it: sender = owner of the first input. */
export function readPayment(transaction: UtxoTransaction, dataOutputs: readonly number[]): UtxoReading {
  const first = transaction.inputs[0];
  const script = first === undefined ? null : revealedScript(first);
  const sender = first?.lock?.owner ?? (script === null ? null : bitcoinOnly(transaction, script));
  const isSenderKnown = sender !== null || script !== null;
  const paying = transaction.outputs
    .map(({ amount, lock, script }, index) => ({ index, amount, owner: lock.owner, script }))
    .filter(
      ({ amount, index, script: each }) => amount > 0n && !dataOutputs.includes(index) && !each?.startsWith('6a'),
    );
  if (!isSenderKnown) return { sender, isSenderKnown, ...withoutSender(paying, showsOtherForm(first)) };
  const found = paying.find((output) => {
    const isSame = (script !== null && output.script === script) || (sender !== null && output.owner === sender);
    return !isSame;
  });
  return { sender, isSenderKnown, payment: strip(found), note: null };
}

/**
 * Vaults are addresses of the P2WPKH form (all of the transactions this was tested on). An input that shows no public key
 * is not of that form, so the first P2WPKH output cannot be change to its address.
 */
function withoutSender(
  paying: readonly (Payment & { readonly script: string | null })[],
  isOtherForm: boolean,
): Pick<UtxoReading, 'payment' | 'note'> {
  if (paying.length === 1) return { payment: strip(paying[0]), note: null };
  const found = isOtherForm ? paying.find(({ script }) => /^0014[0-9a-f]{40}$/.test(script ?? '')) : undefined;
  const note =
    found === undefined
      ? 'Whose the first input is the record does not show, so which output is the payment and which the change is not known.'
      : 'Whose the first input is the record does not show; the first output of the form that vaults have was taken as the payment.';
  return { payment: strip(found), note };
}

/** The input unlocks by something, and that is no single public key. */
function showsOtherForm(input: UtxoInput | undefined): boolean {
  return (input?.witness?.length ?? 0) > 0 || (input?.script ?? '') !== '';
}

function strip(output: Payment | undefined): Payment | null {
  return output === undefined ? null : { index: output.index, amount: output.amount, owner: output.owner };
}

/** Addresses are written out for Bitcoin alone; other chains of its kind have their own prefixes. */
function bitcoinOnly({ chain, outputs }: UtxoTransaction, script: string): Account | null {
  const known = outputs.find((output) => output.script === script)?.lock.owner ?? null;
  return known ?? (chain === BITCOIN ? lockOf(chain, script).owner : null);
}
