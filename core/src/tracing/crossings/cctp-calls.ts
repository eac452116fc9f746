import type { EvmEvidence } from '../../ledger/index.ts';
import type { Account } from '../../units/index.ts';
import {
  address,
  addressOf,
  argumentsOf,
  bytesAt,
  type Call,
  count,
  framesOf,
  NO_RECEIPT,
  selectorOf,
  slice,
  tokenAsset,
  uint,
  word,
} from './abi.ts';
import { bodyWord, destinationOf, domainOf, MESSENGER_V2, NO_KEY_V2, TRANSMITTER_V2 } from './cctp-message.ts';
import type { Leg } from './leg.ts';

/** `depositForBurn(…)` and `depositForBurnWithHook(…)`, which begin with the same fields. */
const BURN: readonly string[] = ['0x8e0250ee', '0x779b432d'];
/** `receiveMessage(bytes,bytes)`. */
const RECEIVE = '0x57ecfd28';
const MESSAGE_V2 = 1;
const TESTED = 'eip155:1';
const UNTESTED = 'Calls on this chain were not tested on recorded transactions.';
const NO_TOKEN =
  'The message names the token burnt on the other chain; which one is minted here, only a receipt shows.';

/** Version 2 without a receipt: what the transaction itself called for. Its signer is the caller then. */
export function calledLegs(evidence: EvmEvidence): Leg[] {
  if (evidence.logs !== null || domainOf(evidence.chain) === null) return [];
  const call = framesOf(evidence).find(({ path }) => path.length === 0);
  const args = call === undefined ? null : argumentsOf(call.input);
  if (call === undefined || args === null) return [];
  const selector = selectorOf(call.input) ?? '';
  const isTo = (contract: string): boolean => call.to === `${evidence.chain}:${contract}`;
  if (BURN.includes(selector) && isTo(MESSENGER_V2)) return listed(burnLeg(evidence, call, args));
  if (selector === RECEIVE && isTo(TRANSMITTER_V2)) return listed(mintLeg(evidence, call, args));
  return [];
}

function burnLeg(evidence: EvmEvidence, call: Call, args: string): Leg | null {
  const [amount, domain, token] = [uint(word(args, 0)), count(word(args, 1)), address(word(args, 3))];
  // Amount, domain, recipient, token, caller there, greatest fee, finality.
  if (amount === null || domain === null || token === null || word(args, 6) === null) return null;
  return {
    ...base(evidence, call),
    side: 'in',
    asset: tokenAsset(evidence.chain, token),
    amount,
    account: evidence.from,
    destination: destinationOf(domain, word(args, 2), null),
    notes: notesOf(evidence),
  };
}

function mintLeg(evidence: EvmEvidence, call: Call, args: string): Leg | null {
  const message = bytesAt(args, 0);
  if (message === null) return null;
  const field = (start: number): number | null => count(slice(message, start, 4));
  const body = slice(message, 148);
  const recipient = addressOf(evidence.chain, slice(message, 76, 32));
  // Version, domains, number, sender, recipient, caller, finality asked and reached, body.
  if (body === null || field(0) !== MESSAGE_V2 || field(8) !== domainOf(evidence.chain)) return null;
  if (recipient !== `${evidence.chain}:${MESSENGER_V2}` || count(slice(body, 0, 4)) !== MESSAGE_V2) return null;
  const [account, burnt] = [addressOf(evidence.chain, bodyWord(body, 1)), uint(bodyWord(body, 2))];
  const fee = uint(bodyWord(body, 5));
  if (account === null || burnt === null || fee === null || fee > burnt) return null;
  return {
    ...base(evidence, call),
    side: 'out',
    asset: null,
    amount: burnt - fee,
    account,
    destination: null,
    notes: [...notesOf(evidence), NO_TOKEN],
  };
}

function notesOf({ chain }: EvmEvidence): string[] {
  return [NO_RECEIPT, NO_KEY_V2, ...(chain === TESTED ? [] : [UNTESTED])];
}

function base({ chain, tx }: EvmEvidence, { to, path }: { readonly to: Account; readonly path: readonly number[] }) {
  const place = { kind: 'call', path } as const;
  return { protocol: 'cctp', kind: 'transfer', key: null, chain, tx, place, venue: to } as const;
}

function listed(leg: Leg | null): Leg[] {
  return leg === null ? [] : [leg];
}
