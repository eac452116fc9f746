import { isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import { CairnError, isCairnError } from '../errors.ts';
import { type Account, BITCOIN, type Chain, canonicalAccount, ETHEREUM, parseTime, TRON } from '../units/index.ts';
import { categoryOfWord, namesToken } from './categories.ts';
import { readConfidence, UNKNOWN_CONFIDENCE } from './confidence.ts';
import { createImport, type LabelImport, type LabelImportOptions } from './import.ts';
import type { Category, Label } from './label.ts';

/** Fields a tag takes from the pack's header where it has none itself. */
const INHERITED = ['label', 'category', 'confidence', 'currency', 'source', 'actor', 'abuse', 'lastmod'] as const;
type Fields = Partial<Record<(typeof INHERITED)[number] | 'address' | 'title', string>>;

const CHAIN_OF_CURRENCY: Readonly<Record<string, Chain>> = {
  BTC: BITCOIN,
  ETH: ETHEREUM,
  TRX: TRON,
};

/**
 * Tokens that exist on several chains: the chain is read off the address's form, and `0x…` is taken to be Ethereum mainnet.
 * The pack does not say so; it is an assumption.
 */
const MULTI_CHAIN_TOKENS = ['USDT', 'USDC'];

/** Packs of this list carry `category: user` and no abuse, though being on the list is all they claim. */
const SANCTIONS_LIST = /^https?:\/\/(www\.)?treasury\.gov\/ofac\/downloads\//;

/**
 * The labels of a GraphSense TagPack. Header fields are inherited by tags that lack them. A tag with both a category and an
 * abuse that say different things (an exchange under sanctions) gives one label for each.
 * @param text - the pack's YAML.
 * @returns labels whose source names the pack and its reference; tags in currencies whose chain Cairn does not know, and
 * addresses that do not check, as rejects with their line.
 * @throws invalid-input where the text is not a TagPack.
 * @see https://github.com/graphsense/graphsense-tagpacks
 */
export function importTagPack(text: string, options: LabelImportOptions): LabelImport {
  const lines = new LineCounter();
  // The failsafe schema keeps every scalar a string: an unquoted 0x… would otherwise be read as a number.
  const document = parseDocument(text, {
    schema: 'failsafe',
    lineCounter: lines,
  });
  const tags = isMap(document.contents) ? document.contents.get('tags') : null;
  if (document.errors.length > 0 || !isMap(document.contents) || !isSeq(tags)) {
    const fault = document.errors[0]?.message.split('\n')[0] ?? 'no list of tags';
    throw new CairnError('invalid-input', `${options.file}: not a TagPack: ${fault}`);
  }
  const header = readFields(document.contents);
  const result = createImport(options.file);
  for (const item of tags.items) {
    if (!isMap(item)) {
      result.reject(null, String(item), 'a tag must be a mapping');
      continue;
    }
    const line = item.range ? lines.linePos(item.range[0]).line : null;
    const tag: Fields = { ...header, ...readFields(item) };
    const address = tag.address?.trim() ?? '';
    if (address === '' || tag.label === undefined) {
      result.reject(line, address, address === '' ? 'the tag has no address' : 'neither tag nor header has a label');
      continue;
    }
    const account = result.account(line, address, () => tagAccount(address, tag.currency));
    if (account === null) continue;
    try {
      result.add(...labelsOf(account, tag, options));
    } catch (error) {
      if (!isCairnError(error)) throw error;
      result.reject(line, address, error.message);
    }
  }
  return result.finish();
}

function readFields(map: YAMLMap): Fields {
  const fields: Fields = {};
  for (const key of [...INHERITED, 'address', 'title'] as const) {
    const value = map.get(key, true);
    if (isScalar(value) && typeof value.value === 'string' && value.value !== '') fields[key] = value.value;
  }
  return fields;
}

function tagAccount(address: string, currency: string | undefined): Account {
  if (currency === undefined) throw new CairnError('invalid-input', 'neither tag nor header has a currency');
  const chain = CHAIN_OF_CURRENCY[currency] ?? (MULTI_CHAIN_TOKENS.includes(currency) ? chainOfForm(address) : null);
  if (chain === null) throw new CairnError('invalid-input', `currency ${currency}: its chain is not supported`);
  return canonicalAccount(chain, address);
}

function chainOfForm(address: string): Chain {
  if (address.startsWith('0x')) return ETHEREUM;
  if (/^T[1-9A-HJ-NP-Za-km-z]{33}$/.test(address)) return TRON;
  if (/^([13][1-9A-HJ-NP-Za-km-z]{25,34}|bc1[0-9a-z]+)$/.test(address)) return BITCOIN;
  throw new CairnError('invalid-input', 'the form of the address does not say which supported chain it is on');
}

function labelsOf(account: Account, tag: Fields, options: LabelImportOptions): Label[] {
  const confidence =
    tag.confidence === undefined ? (options.confidence ?? UNKNOWN_CONFIDENCE) : readConfidence(tag.confidence);
  if (confidence === null) throw new CairnError('invalid-input', `confidence ${tag.confidence} is not on the scale`);
  const name = tag.label ?? '';
  const reference = tag.source === undefined ? '' : `: ${tag.source}`;
  const rest = {
    account,
    name,
    entity: tag.actor ?? null,
    source: options.source ?? `TagPack ${tag.title ?? options.file}${reference}`,
    confidence,
    // Sub-second digits and the time zone, where a pack has them, are dropped: lastmod is a date in practice.
    labelledAt: tag.lastmod === undefined ? null : parseTime(tag.lastmod.replace(/\.\d+.*$/, '')),
  };
  return categoriesOf(tag, name).map((category) => ({ ...rest, category }));
}

function categoriesOf(tag: Fields, name: string): Category[] {
  const abuse = tag.abuse === undefined ? 'other' : categoryOfWord(tag.abuse);
  const listed = tag.source !== undefined && SANCTIONS_LIST.test(tag.source);
  let kind = tag.category === undefined ? 'other' : categoryOfWord(tag.category);
  if (kind === 'exchange' && namesToken(name)) kind = 'contract';
  const said = [kind, listed ? 'sanctioned' : 'other', abuse] as const;
  const found = [...new Set(said)].filter((category) => category !== 'other');
  return found.length === 0 ? ['other'] : found;
}
