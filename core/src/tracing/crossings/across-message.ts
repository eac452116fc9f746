import type { Chain } from '../../units/index.ts';
import { address, argumentsOf, bytesAt, evmChain, selectorOf, tailAt, tokenAsset, uint, word } from './abi.ts';
import type { Destination } from './leg.ts';

/** `depositV3(…)` and `deposit(…)`: the same fields, in the second with 32 bytes for every account. */
const DEPOSIT: readonly string[] = ['0x7b939232', '0xad5425c6'];
/** `fillRelay((…),uint256,bytes32)`. */
const FILL = '0xdeff4b24';

/** What a call to a SpokePool says of a deposit. Accounts and tokens: 20 bytes, or 32 where it is none of that length. */
export type CalledDeposit = {
  readonly depositor: string;
  readonly recipient: string;
  readonly inputToken: string;
  readonly outputToken: string;
  readonly inputAmount: bigint;
  readonly outputAmount: bigint;
};

/** A deposit as it is asked for: the contract gives it its number, which call data do not have. */
export type AskedDeposit = CalledDeposit & { readonly destination: bigint };
/** A deposit as a relayer names it when he asks to fill it. */
export type AskedFill = CalledDeposit & { readonly origin: bigint; readonly number: bigint };

/** Null: another call, or cut short. */
export function readDepositCall(input: string): AskedDeposit | null {
  const args = DEPOSIT.includes(selectorOf(input) ?? '') ? argumentsOf(input) : null;
  // Depositor, recipient, two tokens, two amounts, chain, relayer, three times, message.
  if (args === null || bytesAt(args, 11) === null) return null;
  const [stated, destination] = [readStated(args, [0, 1, 2, 3, 4, 5]), uint(word(args, 6))];
  return stated === null || destination === null ? null : { ...stated, destination };
}

/** Null: another call, or cut short. */
export function readFillCall(input: string): AskedFill | null {
  const args = selectorOf(input) === FILL ? argumentsOf(input) : null;
  const relay = args === null || word(args, 2) === null ? null : tailAt(args, 0);
  // Depositor, recipient, relayer, two tokens, two amounts, chain, number, two times, message.
  if (relay === null || bytesAt(relay, 11) === null) return null;
  const stated = readStated(relay, [0, 1, 3, 4, 5, 6]);
  const [origin, number] = [uint(word(relay, 7)), uint(word(relay, 8))];
  return stated === null || origin === null || number === null ? null : { ...stated, origin, number };
}

type Places = readonly [number, number, number, number, number, number];

function readStated(data: string, places: Places): CalledDeposit | null {
  const [from, to, given, taken, amount, arriving] = places;
  const [depositor, recipient] = [shortened(word(data, from)), shortened(word(data, to))];
  const [inputToken, outputToken] = [shortened(word(data, given)), shortened(word(data, taken))];
  const [inputAmount, outputAmount] = [uint(word(data, amount)), uint(word(data, arriving))];
  if (depositor === null || recipient === null || inputToken === null || outputToken === null) return null;
  if (inputAmount === null || outputAmount === null) return null;
  return { depositor, recipient, inputToken, outputToken, inputAmount, outputAmount };
}

/** An address of the destination chain; 32 bytes as they are where it is not one of the Ethereum kind. */
export function shortened(found: string | null): string | null {
  return address(found) ?? found;
}

/** Where a deposit goes. @param recipient, token - as `shortened` gives them; a token of zeros is left to the relayer. */
export function destinationOf(
  number: bigint,
  recipient: string | null,
  token: string | null,
  amount: bigint | null,
): Destination {
  const chain = evmChain(number);
  return {
    chain: chain ?? `chain ${number}`,
    account: chain !== null && recipient !== null ? `${chain}:${recipient}` : recipient,
    asset: assetThere(chain, token),
    amount,
  };
}

function assetThere(chain: Chain | null, token: string | null): string | null {
  const isNone = token === null || uint(token) === 0n;
  if (isNone) return null;
  return chain === null || token.length !== 42 ? token : tokenAsset(chain, token);
}
