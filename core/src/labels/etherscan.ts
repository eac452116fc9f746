import { CairnError } from '../errors.ts';
import { canonicalAccount, ETHEREUM } from '../units/index.ts';
import { categoryOfWord, namesToken } from './categories.ts';
import { WEB_CRAWL_CONFIDENCE } from './confidence.ts';
import { createImport, type LabelImport, type LabelImportOptions } from './import.ts';
import type { Category } from './label.ts';

/** Accounts of a service that are not where its customers' value goes. */
const BACK_OFFICE =
  /\b(deployer|admin|treasury|dev fund|emergency fund|vesting|govern(?:ance|or)|team|partners|founders?|founding|investor|airdrop|distributor|rewards|owner)\b/i;
const NOT_CUSTOMER_SIDE = /\b(pool|vault|charity|dao|token sale|unlock|reserve|staking|blacklister|eth2 depositor)\b/i;

/** Words that turn a named exchange's account into something else it runs. */
const SIDE_BUSINESS = ['charity', 'mining', 'ico-wallets', 'token-sale', 'staking', 'defi'];

/** A mixer's pools and the contracts that deposits go through; its governance, verifiers and token are not the mixer. */
const MIXER_ENTRY = /: (Old )?(Proxy|Router|Mixer \d+|[\d.,]+ [A-Za-z]+( \d+)?)$/;

const EXCHANGE_DEPOSIT = /\b(binance|bitfinex|bittrex|coinbase|ftx|gemini|huobi|kraken|kucoin|okx|poloniex) deposit$/i;
const VENUE_NAME =
  /\b(router|swap|exchange|converter|pair|settlement|aggregat\w+)\b|\d\/\d|: Pool \d|\/\w+\/\w+ Pool$/i;
/** SushiSwap names its pairs by one or two symbols: "SushiSwap: AKRO", "SushiSwap: OHM-FRAX 2". */
const SUSHI_PAIR = /^SushiSwap: \S+( \d+)?$/;

/** Words that make every account carrying them a venue; the other words for venues name a protocol with many accounts. */
const VENUE_WORD = 'dex';

/** Kinds in the order in which one of them is chosen for an account with several words. */
const KINDS: readonly Category[] = [
  'burn',
  'mixer',
  'gambling',
  'bridge',
  'swap-venue',
  'exchange',
  'payment-processor',
  'custodian',
  'contract',
];

/**
 * The labels of an etherscan-labels file, `{ address: { name, labels[] } }`, accounts on Ethereum mainnet.
 * Each account gives one label for the kind of party (`other` where the words say none) and one each for being blocked by a
 * token's issuer and for being on OFAC's list. An account without a name is named by its words.
 * @throws invalid-input where the text is not such a file.
 * @see https://github.com/brianleect/etherscan-labels
 */
export function importEtherscanLabels(text: string, options: LabelImportOptions): LabelImport {
  const entries = readEntries(text, options.file);
  const result = createImport(options.file);
  const source = options.source ?? 'etherscan-labels';
  const confidence = options.confidence ?? WEB_CRAWL_CONFIDENCE;
  for (const [address, entry] of entries) {
    if (!isEntry(entry)) {
      result.reject(null, address, 'not of the form { name, labels[] }');
      continue;
    }
    const name = entry.name !== '' ? entry.name : entry.labels.join(', ');
    if (name === '') {
      result.skip();
      continue;
    }
    const account = result.account(null, address, () => canonicalAccount(ETHEREUM, address));
    if (account === null) continue;
    for (const category of categoriseEtherscan(entry.name, entry.labels)) {
      const entity = entityOf(category, entry.name, entry.labels);
      result.add({
        account,
        name,
        entity,
        category,
        source,
        confidence,
        labelledAt: null,
      });
    }
  }
  return result.finish();
}

function readEntries(text: string, file: string): [string, unknown][] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new CairnError('invalid-input', `${file}: not JSON`, { cause });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new CairnError('invalid-input', `${file}: not an object of addresses`);
  }
  return Object.entries(json);
}

function isEntry(entry: unknown): entry is { name: string; labels: string[] } {
  if (typeof entry !== 'object' || entry === null || !('name' in entry) || !('labels' in entry)) return false;
  const { name, labels } = entry;
  return typeof name === 'string' && Array.isArray(labels) && labels.every((label) => typeof label === 'string');
}

/**
 * What an account's name and label words claim: the kind first, then standings (`frozen`, `sanctioned`).
 * A word is a protocol's or a company's, and covers its wallets, contracts, tokens and staff alike; the name decides which.
 */
export function categoriseEtherscan(name: string, words: readonly string[]): Category[] {
  const said = new Set(words.map(categoryOfWord));
  const standings = (['frozen', 'sanctioned'] as const).filter((standing) => said.has(standing));
  const kind = kindOf(name, words, KINDS.find((category) => said.has(category)) ?? 'other');
  return kind === 'other' && standings.length > 0 ? standings : [kind, ...standings];
}

function kindOf(name: string, words: readonly string[], kind: Category): Category {
  if (kind === 'burn') return kind;
  if (EXCHANGE_DEPOSIT.test(name)) return 'exchange';
  if (namesToken(name)) return 'contract';
  if (kind === 'contract') return kind;
  if (kind === 'mixer') return MIXER_ENTRY.test(name) ? kind : 'other';
  if (BACK_OFFICE.test(name)) return 'other';
  if (kind === 'swap-venue') return isVenue(name, words) ? kind : 'other';
  if (kind === 'exchange' || kind === 'custodian') {
    if (/\bcommerce\b/i.test(name)) return 'payment-processor';
    if (/\bdex\b/i.test(name)) return 'swap-venue';
    const beside = NOT_CUSTOMER_SIDE.test(name) || words.some((word) => SIDE_BUSINESS.includes(word));
    return beside ? 'other' : kind;
  }
  return kind;
}

function isVenue(name: string, words: readonly string[]): boolean {
  if (/\b(staking|multisig)\b/i.test(name)) return false;
  return words.includes(VENUE_WORD) || VENUE_NAME.test(name) || SUSHI_PAIR.test(name);
}

/** Who runs the account: the exchange named before "Deposit", or the word that gave the category. */
function entityOf(category: Category, name: string, words: readonly string[]): string | null {
  if (category !== 'exchange' && category !== 'custodian' && category !== 'mixer') return null;
  const generic = ['fiat-gateway', 'hot-wallet', 'cold-wallet', 'wallet-app', 'ethereum-mixer'];
  const holder = EXCHANGE_DEPOSIT.exec(name)?.[1];
  if (holder !== undefined) return holder.toLowerCase();
  return words.find((word) => categoryOfWord(word) === category && !generic.includes(word)) ?? null;
}
