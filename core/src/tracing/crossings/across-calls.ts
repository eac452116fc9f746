import { type EvmEvidence, WRAPPED_COINS } from '../../ledger/index.ts';
import { type Account, coinOf } from '../../units/index.ts';
import { type Call, framesOf, NO_RECEIPT, tokenAsset } from './abi.ts';
import { destinationOf, readDepositCall, readFillCall } from './across-message.ts';
import type { Leg } from './leg.ts';

/** The one whose calls are among the recorded transactions. */
const TESTED: Account = 'eip155:1:0x5c7bcd6e7de5423a257d81b442095a1a6ced35c5';
const UNTESTED = 'Calls of this contract were not tested on recorded transactions.';
const NO_NUMBER = 'The contract gives a deposit its number, which only a receipt shows: without it the leg has no key.';
const MAY_BE_COIN = 'Stated in the wrapped coin, which an account without code is paid unwrapped.';

/** Without a receipt: what the transaction itself called a pool for. Its signer is the pool's caller then. */
export function calledLegs(evidence: EvmEvidence, pools: ReadonlySet<Account>): Leg[] {
  if (evidence.logs !== null) return [];
  const call = framesOf(evidence).find(({ path }) => path.length === 0);
  if (call === undefined || !pools.has(call.to)) return [];
  const leg = depositLeg(evidence, call) ?? fillLeg(evidence, call);
  return leg === null ? [] : [leg];
}

function depositLeg(evidence: EvmEvidence, call: Call): Leg | null {
  const { chain, from } = evidence;
  const asked = readDepositCall(call.input);
  if (asked === null || asked.inputToken.length !== 42) return null;
  const { inputToken, inputAmount, outputToken, outputAmount, recipient, destination, depositor } = asked;
  const isCoin = call.value !== null && call.value > 0n;
  // The pool refuses coin that is not the deposit.
  if (isCoin && (call.value !== inputAmount || WRAPPED_COINS.get(chain) !== inputToken)) return null;
  const named: Account = `${chain}:${depositor}`;
  return {
    ...base(evidence, call),
    side: 'in',
    key: null,
    asset: isCoin ? coinOf(chain) : tokenAsset(chain, inputToken),
    amount: inputAmount,
    account: from,
    destination: destinationOf(destination, recipient, outputToken, outputAmount),
    notes: [...common(call), NO_NUMBER, ...(named === from ? [] : [`The call names ${named} as the depositor.`])],
  };
}

function fillLeg(evidence: EvmEvidence, call: Call): Leg | null {
  const { chain } = evidence;
  const asked = readFillCall(call.input);
  if (asked === null || asked.recipient.length !== 42 || asked.outputToken.length !== 42) return null;
  const { origin, number, recipient, outputToken, outputAmount } = asked;
  return {
    ...base(evidence, call),
    side: 'out',
    key: `${origin}:${number}`,
    asset: tokenAsset(chain, outputToken),
    amount: outputAmount,
    account: `${chain}:${recipient}`,
    destination: null,
    notes: [...common(call), ...(WRAPPED_COINS.get(chain) === outputToken ? [MAY_BE_COIN] : [])],
  };
}

function common({ to }: Call): string[] {
  return to === TESTED ? [NO_RECEIPT] : [NO_RECEIPT, UNTESTED];
}

function base({ chain, tx }: EvmEvidence, { to, path }: Call) {
  return { protocol: 'across', kind: 'transfer', chain, tx, place: { kind: 'call', path }, venue: to } as const;
}
