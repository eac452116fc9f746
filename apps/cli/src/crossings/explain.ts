import { type Crossing, legKey } from '@cairn/core/tracing';
import { isUtxoChain, TRON } from '@cairn/core/units';
import { showAmount } from '../trace/assets.ts';
import { type LegStatus, protocolOf, statusOf } from './leg-status.ts';
import type { ReadLeg, ReadTransaction } from './read-transaction.ts';
import { showInside } from './show-inside.ts';
import { carrierText, destinationText, legTitle, movedText, otherEnd, placeText, recordText } from './show-legs.ts';
import { accountsIn } from './to-json.ts';
import { labelTable, onChain, refName, type Words } from './words.ts';

/** How each crossing of a transaction is read and joined, step by step, for someone who wants to do it again. */
export function explain(read: ReadTransaction, words: Words): string {
  const head = `Transaction ${onChain(read.tx, read.chain)}`;
  if (read.record === null) return `${head}\n\n${noRecord(read)}`;
  const legs = read.legs.map((leg, i) => explainLeg(leg, read, words, `${i + 1} of ${read.legs.length}`));
  const none = read.legs.length === 0 ? ['Its record shows no way in or out of a protocol Cairn knows.'] : [];
  const inside = showInside(read, words);
  const labels = labelTable(accountsIn(read), words);
  return [head, ...none, ...legs, inside, labels].filter((part) => part !== '').join('\n\n');
}

function noRecord({ chain, transfers }: ReadTransaction): string {
  if (chain === TRON) return 'Logs and calls of Tron are not kept, so no crossing can be read from it.';
  if (!isUtxoChain(chain)) {
    return 'The ledger has its transfers and no record of its logs and calls, so no crossing can be read from it: cairn ingest receipts.';
  }
  return transfers.some(({ lock, kind }) => kind === 'output' && lock?.script === 'op-return')
    ? 'The ledger has not kept its scripts, so what its OP_RETURN output says is not known: cairn ingest bitcoin --keep-scripts.'
    : 'None of its outputs carries a message (OP_RETURN), so nothing in it names a crossing.';
}

type Step = { readonly head: string; readonly lines: readonly string[] };

function explainLeg(read: ReadLeg, transaction: ReadTransaction, words: Words, number: string): string {
  const { leg } = read;
  const status = statusOf(read, transaction);
  const protocol = protocolOf(leg);
  const steps: Step[] = [
    { head: 'The record', lines: recordText(leg, transaction.record) },
    {
      head: 'It says',
      lines: [
        movedText(leg, words),
        ...(leg.destination === null ? [] : [`to be paid: ${destinationText(leg, words)}`]),
        ...leg.notes,
      ],
    },
    { head: 'The transfer', lines: [carrierText(read.carrier, transaction)] },
    { head: 'The key', lines: keyLines(read) },
    { head: 'The other leg', lines: otherLines(read, words) },
    { head: 'So', lines: conclusion(status, words, read) },
    ...(protocol === null
      ? []
      : [{ head: 'The rule', lines: [protocol.proves, `It cannot prove: ${protocol.cannotProve}`] }]),
    ...(status.remedy === null ? [] : [{ head: 'To be exact', lines: [status.remedy] }]),
  ];
  return [`${number}: ${legTitle(leg)}, ${VERDICTS[status.basis]}`, ...steps.map(showStep)].join('\n');
}

const VERDICTS: Readonly<Record<LegStatus['basis'], string>> = {
  exact: 'joined: exact',
  inferred: 'joined by its key alone: inferred, not proven',
  none: 'not joined',
};

function showStep({ head, lines }: Step, index: number): string {
  const [first, ...rest] = lines.length === 0 ? ['nothing'] : lines;
  const pad = ' '.repeat(20);
  return [`  ${index + 1}. ${head.padEnd(15)}${first}`, ...rest.map((line) => `${pad}${line}`)].join('\n');
}

function keyLines({ leg, others }: ReadLeg): string[] {
  const key = legKey(leg);
  if (key === null) return ['none: the chain gives none, so no other record can be looked up by it'];
  const count = others.length === 0 ? 'no leg of the other side' : `${others.length} of the other side`;
  return [key, `the ledger has ${count} with this key`];
}

function otherLines({ leg, others }: ReadLeg, words: Words): string[] {
  if (others.length === 0) return ['none on record'];
  return others.flatMap(({ leg: other, carrier }) => [
    `${placeText(other)} of ${onChain(other.tx, other.chain)}${other.tx === leg.tx ? ' (the same transaction)' : ''}: ${movedText(other, words)}`,
    carrier.kind === 'found' ? `carried by transfer ${refName(carrier.transfer)}` : `its transfer: ${carrier.reason}`,
    ...other.notes,
  ]);
}

function conclusion({ basis, crossings, reasons }: LegStatus, words: Words, { leg }: ReadLeg): string[] {
  const joined = crossings.flatMap((crossing) => [
    `${basis}: ${otherEnd(crossing, leg, words)}`,
    ...partLines(crossing, words, leg.asset === null ? null : leg.asset),
    crossing.reason,
  ]);
  return [...(basis === 'none' ? ['no link is made'] : []), ...joined, ...reasons];
}

function partLines({ part }: Crossing, { book }: Words, asset: Parameters<typeof showAmount>[1] | null): string[] {
  if (part === undefined) return [];
  return [`takes ${asset === null ? `${part} base units` : showAmount(part, asset, book)} of what came in`];
}
