import { CairnError } from '@cairn/core/errors';
import type { CandidateOptions, Rate } from '@cairn/core/tracing';
import { type Asset, parseAmount } from '@cairn/core/units';
import { type AssetBook, findAsset } from '../trace/assets.ts';

export type CandidateFlags = {
  readonly within: string;
  readonly before?: string;
  readonly feeMost: string;
  readonly feeLeast: string;
  readonly rate: readonly string[];
  readonly fromVenue: readonly string[];
  readonly toChain: readonly string[];
  readonly rank: string;
  readonly asCrossing?: string;
};

/** What a payout must meet, as the command line states it. @throws invalid-input */
export function parseOptions(flags: CandidateFlags, book: AssetBook): CandidateOptions {
  const to = parseDuration(flags.within, '--within');
  const from = flags.before === undefined ? 0 : -parseDuration(flags.before, '--before');
  const fee = { least: parseShare(flags.feeLeast, '--fee-least'), most: parseShare(flags.feeMost, '--fee-most') };
  if (fee.most > 1_000_000n) throw new CairnError('invalid-input', '--fee-most is more than everything: 100%');
  if (fee.least > fee.most) throw new CairnError('invalid-input', '--fee-least is more than --fee-most');
  return { window: { from, to }, fee, rates: flags.rate.map((text) => parseRate(text, book)) };
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `90s`, `30m`, `2h`, `1d` as seconds. */
export function parseDuration(text: string, flag: string): number {
  const match = /^([0-9]{1,6})([smhd])$/.exec(text);
  if (match === null)
    throw new CairnError('invalid-input', `${flag} takes a time such as 90s, 30m, 2h or 1d, not '${text}'`);
  return Number(match[1]) * (UNITS[match[2] as string] as number);
}

/** `5%`, `0.25%`, `-1%` as millionths. */
export function parseShare(text: string, flag: string): bigint {
  const match = /^(-?)([0-9]{1,3})(?:\.([0-9]{1,4}))?%$/.exec(text);
  if (match === null) {
    throw new CairnError(
      'invalid-input',
      `${flag} takes a share such as 5% or 0.25%, of four decimals at most, not '${text}'`,
    );
  }
  const [, sign, whole, fraction = ''] = match as unknown as [string, string, string, string?];
  const millionths = BigInt(`${whole}${fraction.padEnd(4, '0')}`);
  return sign === '-' ? -millionths : millionths;
}

/** `ASSET=ASSET:NUM/DEN`, base units of the second for DEN of the first; or `ASSET=ASSET:0.05`, whole units for one. */
export function parseRate(text: string, book: AssetBook): Rate {
  const match = /^([^=]+)=(.+):([0-9]+\/[0-9]+|[0-9]+(?:\.[0-9]+)?)$/.exec(text);
  if (match === null) {
    throw new CairnError(
      'invalid-input',
      `--rate takes ASSET=ASSET:NUM/DEN in base units, or ASSET=ASSET:DECIMAL, not '${text}'`,
    );
  }
  const [, given, got, value] = match as unknown as [string, string, string, string];
  const [from, to] = [findAsset(given, book), findAsset(got, book)];
  const { numerator, denominator } = value.includes('/')
    ? ratio(value)
    : decimalRatio(value, decimalsOf(from, book), decimalsOf(to, book));
  if (numerator === 0n || denominator === 0n)
    throw new CairnError('invalid-input', `--rate ${text}: neither side may be 0`);
  return { from, to, numerator, denominator, source: 'Stated on the command line.' };
}

function ratio(value: string): Pick<Rate, 'numerator' | 'denominator'> {
  const [numerator, denominator] = value.split('/').map(parseAmount) as [bigint, bigint];
  return { numerator, denominator };
}

function decimalRatio(value: string, from: number, to: number): Pick<Rate, 'numerator' | 'denominator'> {
  const [whole, fraction = ''] = value.split('.') as [string, string?];
  return {
    numerator: BigInt(`${whole}${fraction}`) * 10n ** BigInt(to),
    denominator: 10n ** BigInt(fraction.length + from),
  };
}

function decimalsOf(asset: Asset, book: AssetBook): number {
  const decimals = book.get(asset)?.decimals ?? null;
  if (decimals !== null) return decimals;
  throw new CairnError('invalid-input', `the decimals of ${asset} are not known`, {
    hints: ['give the rate in base units: ASSET=ASSET:NUM/DEN'],
  });
}
