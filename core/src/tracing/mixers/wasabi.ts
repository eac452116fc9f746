import {
  btc,
  type CoinjoinShape,
  countAmounts,
  isDescending,
  mostCommonOutput,
  onlyScripts,
  type ShapeCoin,
  unknownNote,
} from './shape.ts';

/** Base denomination about 0.1 BTC, at least ten equal outputs. @see github.com/nopara73/Dumplings, Constants.cs and Scanner.cs */
const BASE = 10_000_000n;
const BASE_SPREAD = 2_000_000n;
const LEAST_EQUAL = 10;

/** The coordinator's change and fee and at least one participant's change differ from all others. @see Dumplings, Scanner.cs */
const LEAST_UNIQUE = 2;

/** The first coordinator's fixed addresses, in use before block 610,000; the base denomination still varied. @see Dumplings, Constants.cs */
const COORDINATORS = ['bc1qs604c7jv6amk4cxqlnvuxv26hv3e48cds4m0ew', 'bc1qa24tsgchvuxsaccp8vrnkfd85hrcpafg20kmjw'];
const LEAST_EQUAL_WITH_COORDINATOR = 3;

/** Rounds of the first Wasabi 2 coordinator. @see WalletWasabi, SmartTransaction.cs */
const PUBLISHED_LEAST_INPUTS = 50;

/** More than four outputs in five are standard denominations. @see WalletWasabi, SmartTransaction.cs */
const STANDARD_SHARE = { part: 4, whole: 5 } as const;

/** Later and private coordinators run smaller rounds, so fewer inputs will do; chosen here. */
const LEAST_INPUTS = 10;
/** The published rule alone also takes a consolidation into two round amounts for a round: so many outputs at least; chosen here. */
const LEAST_OUTPUTS = 10;
/** Powers of two or three and their doubles that are not round decimal numbers: a payout of round amounts has none. Chosen here. */
const LEAST_ODD = 3;

/** Least output of a round, satoshis. @see WalletWasabi, WabiSabiConfig (MinRegistrableAmount 0.00005) */
const LEAST_DENOMINATION = 5_000n;
/** More than there are bitcoins. */
const MOST = 2_100_000_000_000_000n;

const ROUND = multiples(10n, [1n, 2n, 5n]);
const ODD = new Set([...multiples(2n, [1n]), ...multiples(3n, [1n, 2n])].filter((amount) => !ROUND.has(amount)));

/** A round of Wasabi 1: many equal outputs near 0.1 BTC, change, and the coordinator's share. @returns the rule; null: it is none. */
export function wasabi1Rule(shape: CoinjoinShape): string | null {
  const most = mostCommonOutput(shape);
  if (most === null) return null;
  const { inputs, outputs } = shape;
  const equal = `${most.count} equal outputs of ${btc(most.amount)} from ${inputs.length} inputs`;
  const paysCoordinator = outputs.some(({ owner }) => COORDINATORS.some((address) => owner?.endsWith(`:${address}`)));
  if (paysCoordinator && most.count >= LEAST_EQUAL_WITH_COORDINATOR && inputs.length >= most.count) {
    return `${equal}, and an output to the fixed address of Wasabi’s first coordinator${unknownNote(shape)}`;
  }
  const isNearBase = most.amount >= BASE - BASE_SPREAD && most.amount <= BASE + BASE_SPREAD;
  if (!isNearBase || most.count < LEAST_EQUAL || inputs.length < most.count) return null;
  if (!onlyScripts(inputs, ['p2wpkh']) || !onlyScripts(outputs, ['p2wpkh'])) return null;
  const unique = [...countAmounts(outputs).values()].filter((count) => count === 1).length;
  if (unique < LEAST_UNIQUE) return null;
  return `${equal}, near Wasabi’s base of 0.1 BTC, and ${unique} outputs of other amounts${unknownNote(shape)}`;
}

/** A round of Wasabi 2: amounts cut into standard denominations and sorted. @returns the rule; null: it is none. */
export function wasabi2Rule(shape: CoinjoinShape): string | null {
  const { inputs, outputs } = shape;
  if (inputs.length < LEAST_INPUTS || outputs.length < LEAST_OUTPUTS) return null;
  if (!onlyScripts(inputs, ['p2wpkh', 'p2tr']) || !onlyScripts(outputs, ['p2wpkh', 'p2tr'])) return null;
  if (!isDescending(inputs) || !isDescending(outputs)) return null;
  const standard = outputs.filter(isStandard);
  if (standard.length * STANDARD_SHARE.whole <= outputs.length * STANDARD_SHARE.part) return null;
  const odd = new Set(outputs.flatMap(({ amount }) => (ODD.has(amount) ? [amount] : [])));
  if (odd.size < LEAST_ODD) return null;
  const denominations = `${standard.length} of ${outputs.length} outputs are standard denominations of Wasabi 2 (${odd.size} of them different powers of 2 or 3)`;
  const size =
    inputs.length < PUBLISHED_LEAST_INPUTS
      ? `${inputs.length} inputs, fewer than the ${PUBLISHED_LEAST_INPUTS} of the published rule`
      : `${inputs.length} inputs`;
  return `${denominations}, outputs sorted by amount, ${size}${unknownNote(shape)}`;
}

function isStandard({ amount }: ShapeCoin): boolean {
  return amount !== null && amount >= LEAST_DENOMINATION && (ODD.has(amount) || ROUND.has(amount));
}

/** @see WalletWasabi, StandardDenomination.cs and BaseDenominationGenerator.cs: 2^k, 3^k, 2·3^k, and 1, 2, 5 times 10^k. */
function multiples(base: bigint, coefficients: readonly bigint[]): Set<bigint> {
  const found = new Set<bigint>();
  for (let power = 1n; power <= MOST; power *= base) {
    for (const coefficient of coefficients)
      if (coefficient * power >= LEAST_DENOMINATION) found.add(coefficient * power);
  }
  return found;
}
