import type { ScriptKind } from '../../ledger/index.ts';
import {
  btc,
  type CoinjoinShape,
  countAmounts,
  distinctOwners,
  knownAmounts,
  mostCommonOutput,
  unknownNote,
} from './shape.ts';

/** @see joinmarket-clientserver, jmbitcoin, `is_jm_tx`: fewer parties or less value bring many false positives. */
export const LEAST_PARTIES = 3;
export const LEAST_AMOUNT = 75_000n;

/** A JoinMarket wallet has one kind of script: P2PKH, P2SH-P2WPKH, then P2WPKH. @see joinmarket-clientserver, jmclient, wallet.py */
const WALLET_SCRIPTS: readonly ScriptKind[] = ['p2wpkh', 'p2sh', 'p2pkh'];

/** Without JoinMarket's scripts to go by, as few as three equal outputs are mostly sales and payouts; five is Whirlpool's least. Chosen here. */
const LEAST_PARTIES_ANY = 5;

/** What a party's largest coin may exceed its equal output and the largest change by, for fees: a hundredth. Chosen here, generous. */
const FEE_SHARE = 100n;

/** A JoinMarket CoinJoin: n equal outputs, n or n − 1 changes, inputs of one kind of script. @returns the rule; null: it is none. */
export function joinmarketRule(shape: CoinjoinShape): string | null {
  const scripts = new Set(shape.inputs.flatMap(({ script }) => (script === 'unknown' ? [] : [script])));
  const [script] = scripts;
  if (scripts.size > 1 || (script !== undefined && !WALLET_SCRIPTS.includes(script))) return null;
  const found = joined(shape, LEAST_PARTIES);
  return found === null ? null : `${found}, the shape of JoinMarket`;
}

/** As {@link joinmarketRule}, with more parties and any scripts: some CoinJoin, whoever made it. @returns the rule; null: it is none. */
export function equalOutputsRule(shape: CoinjoinShape): string | null {
  return joined(shape, LEAST_PARTIES_ANY);
}

function joined(shape: CoinjoinShape, leastParties: number): string | null {
  const { inputs, outputs } = shape;
  const most = mostCommonOutput(shape);
  if (most === null || most.count < leastParties || most.amount < LEAST_AMOUNT) return null;
  if (outputs.some(({ script }) => script === 'op-return')) return null;
  const change = outputs.length - most.count;
  if (change !== most.count && change !== most.count - 1) return null;
  // Changes are nobody's choice: two equal amounts speak of a payout. @see Dumplings, Scanner.cs
  if ([...countAmounts(outputs).values()].filter((count) => count > 1).length > 1) return null;
  if (distinctOwners(inputs) < most.count) return null;
  if (distinctOwners(outputs.filter(({ amount }) => amount === most.amount)) < most.count) return null;
  if (!fits(shape, most.amount)) return null;
  const parties = `${most.count} equal outputs of ${btc(most.amount)} to different addresses, ${change} of other amounts`;
  return `${parties}, ${inputs.length} inputs of ${distinctOwners(inputs)} addresses${unknownNote(shape)}`;
}

/** Could whoever brought the largest coin have taken it out again as an equal output, change and fees? */
function fits({ inputs, outputs }: CoinjoinShape, equal: bigint): boolean {
  const paid = knownAmounts(inputs);
  if (paid.length < inputs.length) return true;
  const largest = greatest(paid);
  const change = greatest(outputs.flatMap(({ amount }) => (amount === equal ? [] : [amount])));
  const fee = paid.reduce((sum, amount) => sum + amount, 0n) - outputs.reduce((sum, { amount }) => sum + amount, 0n);
  return largest <= equal + change + equal / FEE_SHARE + fee;
}

function greatest(amounts: readonly bigint[]): bigint {
  return [...amounts].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0))[0] ?? 0n;
}
