import { CairnError } from '../../errors.ts';
import { SCRIPT_KINDS, type ScriptKind, scriptAccount } from '../../ledger/index.ts';
import { type Account, BITCOIN } from '../../units/index.ts';
import { COINJOIN_KINDS, type CoinjoinKind, type CoinjoinShape, type ShapeCoin } from './coinjoin.ts';

/** `ordinary`: said to be no CoinJoin; `unlabelled`: nobody says what it is. */
export type SampleLabel = CoinjoinKind | 'ordinary' | 'unlabelled';

/** A transaction and what its source says it is. */
export type LabelledSample = {
  /** The list it stands in, or the block. */
  readonly source: string;
  readonly label: SampleLabel;
  readonly tx: string;
  readonly shape: CoinjoinShape;
};

const HEADER = 'source,label,tx,time,inputs,outputs';
const LABELS: readonly SampleLabel[] = [...COINJOIN_KINDS, 'ordinary', 'unlabelled'];

/**
 * Reads a labelled set: CSV with the columns source, label, tx, time, inputs, outputs. A coin is `amount/script/owner`, coins
 * are separated by blanks; the amount in satoshis, or `?`; the owner any word that tells scripts of one transaction apart, `-`
 * for none and `?` for not known.
 * @param place - the file's name, for errors.
 * @throws {CairnError} `invalid-input`, naming file and line.
 */
export function parseLabelledSet(text: string, place: string): LabelledSample[] {
  const lines = text.split(/\r?\n/);
  if (lines[0] !== HEADER) {
    throw new CairnError('invalid-input', `${place}: line 1 is not the header of a labelled set`, {
      hints: [`it must be: ${HEADER}`],
    });
  }
  return lines.flatMap((line, i) => (i === 0 || line === '' ? [] : [readSample(line, `${place}, line ${i + 1}`)]));
}

function readSample(line: string, place: string): LabelledSample {
  const fields = line.split(',');
  const [source, label, tx, , inputs, outputs] = fields;
  if (fields.length !== 6) reject(place, `6 columns expected, ${fields.length} found`);
  const known = LABELS.find((name) => name === label);
  if (known === undefined) return reject(place, `'${label}' is none of the labels ${LABELS.join(', ')}`);
  const made = readCoins(outputs as string, place).map((coin) => {
    const { amount } = coin;
    return amount === null ? reject(place, 'an output without its amount') : { ...coin, amount };
  });
  const shape = { inputs: readCoins(inputs as string, place), outputs: made };
  return { source: source as string, label: known, tx: tx as string, shape };
}

const COIN = /^(\?|[0-9]{1,16})\/([a-z0-9-]+)\/([^/]+)$/;

function readCoins(text: string, place: string): ShapeCoin[] {
  return text.split(' ').flatMap((word): ShapeCoin[] => {
    if (word === '') return [];
    const [, amount, kind, owner] = COIN.exec(word) ?? [];
    const script = SCRIPT_KINDS.find((name): name is ScriptKind => name === kind);
    if (script === undefined) reject(place, `'${word}' is no coin: amount/script/owner`);
    return [{ amount: amount === '?' ? null : BigInt(amount as string), owner: ownerOf(owner as string), script }];
  });
}

/** The set keeps only which coins of a transaction share a script, so that an owner has no address here. */
function ownerOf(word: string): Account | null {
  return word === '-' || word === '?' ? null : scriptAccount(BITCOIN, word);
}

function reject(place: string, reason: string): never {
  throw new CairnError('invalid-input', `${place}: ${reason}`);
}
