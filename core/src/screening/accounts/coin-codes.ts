import { type AddressForm, ANY_EVM, BITCOIN, nameOf, TRON } from '../../units/index.ts';

/**
 * The asset behind each code that OFAC's digital-currency features use, and the chains it is issued on.
 * A code names an asset: tokens such as USDT exist on several chains, so the address's form decides where it can live.
 */
const COIN_CODES: Readonly<Record<string, { readonly asset: string; readonly chains: readonly string[] }>> = {
  XBT: { asset: 'bitcoin', chains: [BITCOIN] },
  BTC: { asset: 'bitcoin', chains: [BITCOIN] },
  ETH: { asset: 'ether', chains: [ANY_EVM] },
  ETC: { asset: 'Ethereum Classic', chains: [ANY_EVM] },
  ARB: { asset: 'Arbitrum', chains: [ANY_EVM] },
  BSC: { asset: 'BNB Smart Chain', chains: [ANY_EVM] },
  BNB: { asset: 'BNB', chains: [ANY_EVM, 'BNB Beacon Chain'] },
  USDT: { asset: 'Tether', chains: [ANY_EVM, TRON, BITCOIN, 'Solana'] },
  USDC: { asset: 'USD Coin', chains: [ANY_EVM, TRON, 'Solana'] },
  TRX: { asset: 'Tron', chains: [TRON] },
  LTC: { asset: 'Litecoin', chains: ['Litecoin'] },
  ZEC: { asset: 'Zcash', chains: ['Zcash'] },
  DASH: { asset: 'Dash', chains: ['Dash'] },
  BTG: { asset: 'Bitcoin Gold', chains: ['Bitcoin Gold'] },
  BCH: { asset: 'Bitcoin Cash', chains: ['Bitcoin Cash'] },
  BSV: { asset: 'Bitcoin SV', chains: ['Bitcoin SV'] },
  XVG: { asset: 'Verge', chains: ['Verge'] },
  XMR: { asset: 'Monero', chains: ['Monero'] },
  XRP: { asset: 'XRP', chains: ['XRP Ledger'] },
  SOL: { asset: 'Solana', chains: ['Solana'] },
  DOGE: { asset: 'Dogecoin', chains: ['Dogecoin'] },
};

/** What a published code says of an address and what its form allows, in words that claim no more. */
export function describeReach(code: string | null, form: AddressForm): string {
  const where = form.chains.map(nameOf).join(', ');
  const possible =
    where === '' ? 'its form is of no chain known here' : `an address of this form can exist on ${where}`;
  if (code === null) return `published without a currency code; ${possible}`;
  const coin = Object.hasOwn(COIN_CODES, code) ? COIN_CODES[code] : undefined;
  if (coin === undefined) return `published under the code ${code}, which is not known here; ${possible}`;
  const agrees = form.chains.length === 0 || form.chains.some((chain) => coin.chains.includes(chain));
  const odd = agrees ? '' : ` (none of them a chain that ${coin.asset} is known to be issued on)`;
  return `published under the code ${code} (${coin.asset}), which names an asset and not a chain; ${possible}${odd}`;
}
