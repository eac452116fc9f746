import { type EvmEvidence, TRANSFER_TOPIC, WRAPPED_COINS } from '../../ledger/index.ts';
import { type Account, type Asset, coinOf } from '../../units/index.ts';
import { addressOf, framesOf, logsOf, tokenAsset, topic, uint, word } from './abi.ts';

/**
 * Who paid a venue what its event says it took in: in the chain's coin where the venue was called with that much (such
 * venues refuse value that is not the deposit), else by a transfer of the token to the venue. Where the venue passes the token
 * on or destroys it, the payer is where all transfers of as much begin, if each of them leads to the next.
 * Account null: several may have paid, and nothing tells which.
 * @param token - lower-case address. @param amount - base units.
 */
export function paidIn(
  evidence: EvmEvidence,
  venue: Account,
  token: string,
  amount: bigint,
): { readonly account: Account | null; readonly asset: Asset } {
  const { chain } = evidence;
  const coin = coinOf(chain);
  const calls = framesOf(evidence).filter(({ to, value }) => to === venue && value === amount && amount > 0n);
  if (calls.length > 0 && coin !== null) return { account: onlyOne(calls.map(({ from }) => from)), asset: coin };
  const moved = logsOf(evidence, TRANSFER_TOPIC, new Set([`${chain}:${token}` as Account])).filter(
    (log) => uint(word(log.data, 0)) === amount,
  );
  const steps = moved.map((log) => ({ from: addressOf(chain, topic(log, 1)), to: addressOf(chain, topic(log, 2)) }));
  const direct = steps.filter(({ to }) => to === venue).map(({ from }) => from);
  const isLine = steps.every(({ from }, i) => i === 0 || steps[i - 1]?.to === from);
  const begin = isLine ? (steps[0]?.from ?? null) : null;
  const account = steps.length === 0 ? evidence.from : direct.length > 0 ? onlyOne(direct) : begin;
  return { account, asset: tokenAsset(chain, token) };
}

function onlyOne(payers: readonly (Account | null)[]): Account | null {
  const [payer = null, ...others] = new Set(payers);
  return others.length === 0 ? payer : null;
}

/**
 * In what a recipient was paid. Wrapped coin is often paid out unwrapped, which no event shows: only where the token moved
 * to the recipient is it the token.
 */
export function paidOut(evidence: EvmEvidence, token: string, amount: bigint, recipient: Account): Asset {
  const { chain } = evidence;
  const asset = tokenAsset(chain, token);
  const isToken = logsOf(evidence, TRANSFER_TOPIC, new Set([`${chain}:${token}` as Account])).some(
    (log) => addressOf(chain, topic(log, 2)) === recipient && uint(word(log.data, 0)) === amount,
  );
  const isPaidInCoin = framesOf(evidence).some(({ to, value }) => to === recipient && value === amount);
  if (isToken || (WRAPPED_COINS.get(chain) !== token && !isPaidInCoin)) return asset;
  return coinOf(chain) ?? asset;
}

/** Says who sent the transaction, where that is not who paid: a router or a contract of the sender's own stood between. */
export function sentBy({ from }: EvmEvidence, payer: Account | null): string[] {
  return from === null || from === payer ? [] : [`The account is who paid; the transaction was sent by ${from}.`];
}
