import { type Crossing, legKey, type TraceResult } from '@cairn/core/tracing';
import { formatAccount } from '@cairn/core/units';
import { carriesValue, protocolOf } from '../crossings/leg-status.ts';
import { destinationText } from '../crossings/show-legs.ts';
import { refName } from '../crossings/words.ts';
import { table } from '../terminal/table.ts';
import { type AssetBook, showAmount } from './assets.ts';
import type { Traced } from './run.ts';

/** Ways out that a trace reached and does not follow, keys with two sides that are not joined, and crossings that nothing proves. */
export type NotFollowed = Pick<Traced, 'exits' | 'refused' | 'doubtful'>;

const SHOWN = 20;
/** Characters of a reason. */
const REASON = 70;

/** Crossings that the trace follows, the basis of each first. */
export function showCrossings(result: TraceResult, book: AssetBook): string {
  if (result.crossings.length === 0) return '';
  const crossings = carrying(result);
  const idle = result.crossings.length - crossings.length;
  if (crossings.length === 0) return `Crossings followed: none. ${idleText(idle)}`;
  const rows = crossings
    .slice(0, SHOWN)
    .map((crossing) => [
      crossing.basis,
      crossing.proof?.protocol ?? '',
      `in  ${refName(crossing.input)}\nout ${outputText(crossing, book)}`,
      proofText(crossing),
    ]);
  const more = crossings.length > SHOWN ? `\n${SHOWN} of ${crossings.length} shown; --json has all.` : '';
  const stated = crossings.some(({ basis }) => basis !== 'exact');
  const note = stated
    ? '\nDeclared and inferred crossings are not proven by the chain; every figure beyond them rests on them.'
    : '';
  const unused = idle === 0 ? '' : `\n${idleText(idle)}`;
  return `Crossings followed\n\n${table(['basis', 'by', 'transfers', 'proof, or reason'], rows)}${more}${unused}${note}`;
}

/** Those of which traced value passed where they pay out, under any rule. */
function carrying({ crossings, runs, consumed }: TraceResult): Crossing[] {
  const paid = new Map(consumed.map((transfer) => [refName(transfer), transfer]));
  const edges = runs.flatMap(({ tags }) => tags.flatMap((tag) => tag.edges));
  const places = new Set(edges.flatMap(({ from, to, asset }) => [`${from} ${asset}`, `${to} ${asset}`]));
  return crossings.filter(({ output }) => {
    if (output.kind === 'unrecorded') return places.has(`${output.account} ${output.asset}`);
    const transfer = paid.get(refName(output.transfer));
    return transfer === undefined || places.has(`${transfer.to} ${transfer.asset}`);
  });
}

const idleText = (idle: number): string =>
  `${idle === 1 ? 'One more was' : `${idle} more were`} proven in transactions on the way, and nothing traced went through.`;

function outputText({ output }: Crossing, book: AssetBook): string {
  if (output.kind === 'transfer') return refName(output.transfer);
  return `${showAmount(output.amount, output.asset, book)} to ${formatAccount(output.account)}, a transfer the ledger does not have`;
}

/** Of what is not proven, how its reason begins; --json has it whole. */
function proofText({ proof, basis, reason }: Crossing): string {
  if (proof !== undefined) return proof.key === null ? 'one transaction' : `key ${proof.key}`;
  return basis === 'exact' ? '' : shortened(reason.split(/(?<=\.) /)[0] as string);
}

function shortened(text: string): string {
  return text.length <= REASON ? text : `${text.slice(0, REASON)}…`;
}

/** Ways out that are not followed, and why. */
export function showExits({ exits, refused }: NotFollowed, { crossings }: TraceResult, book: AssetBook): string {
  // What was declared, or chosen among candidates, is followed although the chain does not prove it.
  const followed = new Set(crossings.flatMap(({ basis, input }) => (basis === 'exact' ? [] : [input.tx])));
  const rows = [
    ...exits.filter(({ leg }) => !followed.has(leg.tx)).map(({ leg, reason }) => exitRow(leg, reason, book)),
    ...refused.flatMap(({ legs, reason }) => legs.slice(0, 1).map((leg) => exitRow(leg, reason, book))),
  ];
  if (rows.length === 0) return '';
  const more = rows.length > SHOWN ? `\n${SHOWN} of ${rows.length} shown; --json has all.` : '';
  const shown = table(
    ['protocol', 'amount', 'transaction, what it says, and why it is not followed'],
    rows.slice(0, SHOWN),
    ['amount'],
  );
  return `Ways out that are not followed\n\n${shown}${more}\ncairn crossings explain TX says what each rests on.`;
}

/** Crossings that a key suggests and nothing proves, of those the trace did not follow. */
export function showDoubtful({ doubtful }: NotFollowed, { crossings }: TraceResult, book: AssetBook): string {
  const followed = new Set(crossings.map(({ id }) => id));
  const rows = doubtful
    .filter(({ id }) => !followed.has(id))
    .map((crossing) => [
      crossing.id,
      `in  ${refName(crossing.input)}\nout ${outputText(crossing, book)}\n${crossing.reason}`,
    ]);
  if (rows.length === 0) return '';
  const more = rows.length > SHOWN ? `\n${SHOWN} of ${rows.length} shown; --json has all.` : '';
  const shown = table(['key', 'transfers, and why it proves nothing'], rows.slice(0, SHOWN));
  return `Inferred and not followed\n\n${shown}${more}\n--follow-inferred follows them, and marks every figure that rests on them.`;
}

function exitRow(leg: NotFollowed['exits'][number]['leg'], reason: string, book: AssetBook): string[] {
  const amount =
    leg.asset === null ? 'not stated' : leg.amount === null ? 'not stated' : showAmount(leg.amount, leg.asset, book);
  const destination = leg.destination === null ? [] : [`to be paid: ${destinationText(leg, { book })}`];
  const kind = carriesValue(leg) ? [] : [`It is of the kind '${leg.kind}'.`];
  return [
    protocolOf(leg)?.title ?? leg.protocol,
    amount,
    [leg.tx, ...destination, [...kind, reason].join(' ')].join('\n'),
  ];
}

/** For programs: keys beside those of the contract. */
export function exitsToJson({ exits, refused, doubtful }: NotFollowed) {
  return {
    exits: exits.map(({ leg, reason }) => ({ ...leg, key: legKey(leg), reason })),
    refused: refused.map(({ key, reason, legs }) => ({ key, reason, legs })),
    doubtful,
  };
}
