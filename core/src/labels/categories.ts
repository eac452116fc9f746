import type { Category } from './label.ts';

/**
 * Which categories stop a trace, and the reason a terminal carries (tracing.md, "Where tracing stops").
 * null: the account is followed. `theft` says that an account took part, `sanctioned` what its legal standing is; neither
 * says that value can no longer be followed there.
 */
export const STOP_REASONS: Readonly<Record<Category, string | null>> = {
  exchange: 'label:exchange',
  custodian: 'label:custodian',
  mixer: 'label:mixer',
  bridge: 'label:bridge',
  'swap-venue': 'label:swap-venue',
  gambling: 'label:gambling',
  'payment-processor': 'label:payment-processor',
  burn: 'label:burn',
  frozen: 'label:frozen',
  victim: 'label:victim',
  contract: 'contract',
  theft: null,
  sanctioned: null,
  other: null,
};

export const CATEGORIES = Object.keys(STOP_REASONS) as readonly Category[];

export function isCategory(text: string): text is Category {
  return Object.hasOwn(STOP_REASONS, text);
}

/** Does the category say what kind of party the account is? `sanctioned` is a legal standing, `other` says nothing. */
export function saysKind(category: Category): boolean {
  return category !== 'sanctioned' && category !== 'other';
}

const as = (category: Category, words: string): [string, Category][] =>
  words.split(' ').map((word) => [word, category]);

/**
 * Every word of an import vocabulary that says more than `other`, lower-case: TagPack categories and abuses (INTERPOL Dark
 * Web and Virtual Assets Taxonomy), Etherscan's label words, and the words of explorer name-tag exports.
 * A named exchange's word is listed only where the exchange holds its customers' coins itself.
 */
export const CATEGORY_OF_WORD: ReadonlyMap<string, Category> = new Map([
  // TagPack categories
  ...as('exchange', 'exchange atm'),
  ...as('custodian', 'wallet_service hosted_wallet custodial_wallet'),
  ...as('mixer', 'mixing_service coinjoin mixer'),
  ...as('gambling', 'gambling'),
  ...as('payment-processor', 'payment_processor'),
  ...as('swap-venue', 'defi_dex decentralized_exchange'),
  ...as('bridge', 'defi_bridge bridge'),
  ...as('contract', 'smart_contract'),
  ...as('frozen', 'black_list'),
  // TagPack abuses
  ...as('theft', 'service_hack'),
  ...as('sanctioned', 'sanction'),
  // Etherscan label words
  ...as('burn', 'burn'),
  ...as('frozen', 'blocked'),
  ...as('sanctioned', 'ofac-sanctions-lists'),
  ...as('mixer', 'tornado-cash typhoon-cash ethereum-mixer'),
  ...as('gambling', 'etheroll fomo3d'),
  ...as('swap-venue', 'dex sushiswap balancer bancor curve-fi kyberswap 1inch airswap paraswap 0x-protocol'),
  ...as('swap-venue', 'cow-protocol tokenlon pancakeswap'),
  ...as('exchange', 'abcc ascendex bgogo binance binance-deposit bitfinex bithumb bitmart bitmex bitstamp bittrex'),
  ...as(
    'exchange',
    'changenow cobinhood coinbase coinbit coinhako coinlist coinmetro coinone coinsquare coss-io crex24',
  ),
  ...as(
    'exchange',
    'crypto-com deribit digifinex fiat-gateway ftx gate-io gbx gemini hitbtc hoo-com hotbit huobi korbit',
  ),
  ...as('exchange', 'kraken kryptono kucoin latoken lcx-ag liquid maskex okx paribu poloniex quadrigacx remitano'),
  ...as('exchange', 'shapeshift tidex topbtc trade-io upbit yunbi zb-com'),
  ...as('payment-processor', 'payments'),
  ...as('custodian', 'blockfi celsius-network cold-wallet hot-wallet nexo wallet-app'),
  ...as('contract', 'bridged-token factory-contract logic-contract old-contract parity-bug proxy-contract'),
  ...as('contract', 'smart-contract spam-token stablecoin'),
  // Name-tag exports of explorers
  ...as('theft', 'heist'),
  ...as('contract', 'erc20'),
  ...as('frozen', 'accounts,blocked'),
]);

/** The category a word of an import vocabulary stands for; `other` where it names no kind of party known here. */
export function categoryOfWord(word: string): Category {
  return CATEGORY_OF_WORD.get(word.trim().toLowerCase()) ?? 'other';
}

/**
 * Is the name that of a token's contract ("Huobi Token (HT)", "Tether: USDT Stablecoin")? Label lists put an exchange's
 * token beside its deposit wallets; value sent to a token's contract did not reach the exchange.
 */
export function namesToken(name: string): boolean {
  return TOKEN_NAME.test(name) || TICKER_AT_END.test(name);
}

/** "Bitfinex: LEO Token", "BitMax: Old Token 1", "FTT (FTX Token)", and two tokens whose names do not say so. */
const TOKEN_NAME = /\b(token|stablecoin)\)?( \d+)?$|nft( \d+)?$|^(binance usd|eurt:undefined)$/i;
/** "BNB (BNB)". */
const TICKER_AT_END = /\S \([A-Za-z0-9$.]{1,12}\)$/;
