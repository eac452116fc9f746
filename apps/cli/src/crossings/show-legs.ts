import { opReturnData, type TransactionEvidence } from '@cairn/core/ledger';
import { type Crossing, type Leg, type Located, legKey, type Protocol } from '@cairn/core/tracing';
import { type Asset, formatAccount, parseAsset } from '@cairn/core/units';
import { showAmount } from '../trace/assets.ts';
import { carriesValue, type LegStatus, protocolOf, statusOf } from './leg-status.ts';
import type { ReadLeg, ReadTransaction } from './read-transaction.ts';
import { accountName, assetName, chainName, onChain, refName, row, type Words } from './words.ts';

/** The ways in and out of bridges, swap networks and mixers that a transaction's record shows. */
export function showLegs(read: ReadTransaction, words: Words): string {
  if (read.record === null) return '';
  if (read.legs.length === 0) return 'Its record shows no way in or out of a protocol Cairn knows.';
  const many = read.legs.length > 1;
  const parts = read.legs.map((leg, i) => showLeg(leg, read, words, many ? `${i + 1}. ` : ''));
  return ['Ways in and out', ...parts].join('\n\n');
}

function showLeg(read: ReadLeg, transaction: ReadTransaction, words: Words, number: string): string {
  const { leg } = read;
  const status = statusOf(read, transaction);
  const protocol = protocolOf(leg);
  return [
    `${number}${legTitle(leg)}: ${placeText(leg)}`,
    row('moved', movedText(leg, words)),
    ...(leg.destination === null ? [] : [row('to be paid', destinationText(leg, words))]),
    row('carried by', carrierText(read.carrier, transaction)),
    row('key', legKey(leg) ?? 'none: the chain gives none'),
    ...linkRows(status, words, leg),
    ...(protocol === null ? [] : ruleRows(protocol)),
    ...leg.notes.map((note) => row('note', note)),
  ].join('\n');
}

export function legTitle(leg: Leg): string {
  const way = leg.side === 'in' ? 'in' : 'out';
  const kind = carriesValue(leg) ? leg.kind : `${leg.kind}: not followed`;
  return `${protocolOf(leg)?.title ?? leg.protocol}, ${way} (${kind})`;
}

/** `event 12`, `call 0.2`, `output 1`. */
export function placeText({ place }: Leg): string {
  if (place.kind === 'log') return `event ${place.logIndex}`;
  if (place.kind === 'output') return `output ${place.index}`;
  return place.path.length === 0 ? 'the call itself' : `inner call ${place.path.join('.')}`;
}

export function movedText({ asset, amount, account, venue, side }: Leg, words: Words): string {
  const what = asset === null ? 'an asset the record does not name' : showAmount(amount, asset, words.book);
  const much =
    amount === null
      ? asset === null
        ? what
        : `an amount the record does not state, of ${assetName(asset, words)}`
      : what;
  const [from, to] = side === 'in' ? [account, venue] : [venue, account];
  return [
    much,
    from === null ? '' : ` from ${accountName(from, words)}`,
    to === null ? '' : ` to ${accountName(to, words)}`,
  ].join('');
}

/** Where a leg says the value goes, as the protocol writes it. */
export function destinationText({ destination }: Leg, words: Pick<Words, 'book'>): string {
  if (destination === null) return 'the record does not say';
  const { chain, account, asset, amount } = destination;
  const unstated = asset === null ? 'what, it does not say,' : `${assetName(asset, words)}, how much it does not say,`;
  const what = amount === null ? unstated : amountThere(amount, asset, words);
  return [
    what,
    chain === null ? '' : ` on ${chainName(chain)}`,
    account === null ? ', to an account it does not name' : ` to ${account}`,
  ].join('');
}

function amountThere(amount: bigint, asset: string | null, { book }: Pick<Words, 'book'>): string {
  if (asset === null) return `${amount} base units`;
  const known = knownAsset(asset);
  return known === null ? `${amount} base units of ${asset}` : showAmount(amount, known, book);
}

function knownAsset(text: string): Asset | null {
  try {
    return text.includes('/') ? parseAsset(text) : null;
  } catch {
    return null;
  }
}

/** What a protocol's rule is, and what it leaves open. */
function ruleRows({ proves, cannotProve }: Protocol): string[] {
  return [row('rule', proves), row('cannot prove', cannotProve)];
}

export function carrierText(carrier: Located, { transfers }: Pick<ReadTransaction, 'transfers'>): string {
  if (carrier.kind === 'found') return `transfer ${refName(carrier.transfer)}`;
  return transfers.length === 0 ? 'the ledger has no transfers of this transaction' : `not found. ${carrier.reason}`;
}

function linkRows({ basis, crossings, reasons, remedy }: LegStatus, words: Words, leg: Leg): string[] {
  const linked = crossings.map((crossing) => row(basis, otherEnd(crossing, leg, words)));
  const none = basis === 'none' ? [row('other side', 'no link')] : [];
  return [
    ...linked,
    ...none,
    ...reasons.map((reason) => row('', reason)),
    ...(remedy === null ? [] : [row('to be exact', remedy)]),
  ];
}

/** The other end of a crossing, seen from one of its legs. */
export function otherEnd({ input, output, part }: Crossing, leg: Leg, { book }: Words): string {
  if (leg.side === 'out')
    return `came in as ${refName(input)}${part === undefined ? '' : `, ${part} base units of it`}`;
  if (output.kind === 'transfer') {
    const share = output.part === undefined ? '' : `, ${output.part} base units of it`;
    return `paid out as ${refName(output.transfer)}${share}${part === undefined ? '' : `, for ${part} base units of what came in`}`;
  }
  return `paid out as ${showAmount(output.amount, output.asset, book)} to ${formatAccount(output.account)}, a transfer the ledger does not have`;
}

/** The record a leg is read from, with its fields as they stand there. */
export function recordText(leg: Leg, record: TransactionEvidence | null): string[] {
  const { place } = leg;
  const at = `${placeText(leg)} of ${onChain(leg.tx, leg.chain)}`;
  if (record === null) return [at];
  if (record.kind === 'utxo') {
    const script = place.kind === 'output' ? (record.outputs[place.index]?.script ?? null) : null;
    const said = script === null ? null : opReturnData(script);
    return [at, ...(said?.text == null ? [] : [`memo: ${said.text}`])];
  }
  if (place.kind === 'log') {
    const log = record.logs?.find(({ logIndex }) => logIndex === place.logIndex);
    if (log === undefined) return [at];
    return [
      `${at}, by contract ${formatAccount(log.address)}`,
      `topic ${log.topics[0] ?? 'none'}`,
      ...textIn(log.data),
    ];
  }
  const frame =
    place.kind === 'call' ? record.frames?.find(({ path }) => path.join('.') === place.path.join('.')) : undefined;
  const input = frame?.input ?? (place.kind === 'call' && place.path.length === 0 ? record.input : null);
  const to = frame?.to ?? record.to;
  return [
    `${at}${to === null ? '' : `, to ${formatAccount(to)}`}`,
    ...(input == null ? [] : [`selector ${input.slice(0, 10)}`, ...textIn(input)]),
  ];
}

/** Shorter runs of letters are mostly chance. */
const LEAST_TEXT = 8;
/** Bytes. */
const WORD = 32;

/** Text that stands in data, as memos do. */
function textIn(data: string): string[] {
  const bytes = Buffer.from(data.slice(2), 'hex').toString('latin1');
  // Call data begins with a selector of four bytes; then come words of 32.
  const start = bytes.length % WORD === 4 ? 4 : 0;
  const runs = [...bytes.matchAll(/[\x20-\x7e]+/g)].map(({ 0: run, index }) =>
    // The last byte of the word before states the text's length.
    (index - start) % WORD === WORD - 1 ? run.slice(1) : run,
  );
  return runs.filter((run) => run.length >= LEAST_TEXT).map((run) => `text in its data: ${run}`);
}
