import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { importTagPack } from './tagpack.ts';

const PACKS = new URL('../../../data/labels/tagpacks/', import.meta.url);
const readPack = (name: string): string => readFileSync(new URL(name, PACKS), 'utf8');
const importPack = (name: string) => importTagPack(readPack(name), { file: name });

const pack = (tags: string, header = ''): string => `title: A pack
creator: someone
label: header label
category: exchange
confidence: service_data
currency: BTC
source: https://example.org/header
actor: header-actor
lastmod: 2022-11-17
${header}tags:
${tags}`;

const GENESIS = '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa';

describe('importTagPack', () => {
  test('gives a tag what the header says where it says nothing itself', () => {
    expect(importTagPack(pack(`- address: ${GENESIS}`), { file: 'a.yaml' })).toEqual({
      labels: [
        {
          account: `bip122:000000000019d6689c085ae165831e93:${GENESIS}`,
          name: 'header label',
          entity: 'header-actor',
          category: 'exchange',
          source: 'TagPack A pack: https://example.org/header',
          confidence: 50,
          labelledAt: 1668643200,
        },
      ],
      rejects: [],
      withoutClaim: 0,
    });
  });

  test('prefers what the tag says', () => {
    const tag = `- address: 0x1Db92e2EeBC8E0c075a02BeA49a2935BcD2dFCF4
  label: own label
  category: mixing_service
  confidence: web_crawl
  currency: ETH
  source: https://example.org/own
  actor: own-actor
  lastmod: 2023-08-16 12:18:52.619444`;
    expect(importTagPack(pack(tag), { file: 'a.yaml' }).labels).toEqual([
      {
        account: 'eip155:1:0x1db92e2eebc8e0c075a02bea49a2935bcd2dfcf4',
        name: 'own label',
        entity: 'own-actor',
        category: 'mixer',
        source: 'TagPack A pack: https://example.org/own',
        confidence: 20,
        labelledAt: 1692188332,
      },
    ]);
  });

  test('makes two labels of a tag that names a kind and a standing', () => {
    const { labels } = importTagPack(pack(`- address: ${GENESIS}\n  abuse: sanction`), { file: 'a.yaml' });
    expect(labels.map(({ category }) => category)).toEqual(['exchange', 'sanctioned']);
  });

  test('does not take an exchange token for the exchange', () => {
    const address = '0x6f259637dcd74c767781e37bc6133cd6a68aa161';
    const tags = `- address: '${address}'\n  currency: ETH\n  label: HuobiToken (HT)`;
    expect(importTagPack(pack(tags), { file: 'a.yaml' }).labels[0]?.category).toBe('contract');
  });

  test.each([
    ['a currency of another chain', 'LWnbjLYUfqeokfbWM4FcU7uk2FP2DSxuWS', 'currency: LTC', 'currency LTC'],
    [
      'an address that does not check',
      '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb',
      'currency: BTC',
      '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb',
    ],
    ['USDT at an address of no supported chain', 'kucoinrise11', 'currency: USDT', 'which supported chain'],
    ['a confidence off the scale', GENESIS, 'confidence: certain', 'certain'],
    ['a date that is none', GENESIS, 'lastmod: 2022-13-40', '2022-13-40'],
  ])('rejects %s with its line, and keeps the others', (_, address, field, reason) => {
    const { labels, rejects } = importTagPack(pack(`- address: ${address}\n  ${field}\n- address: ${GENESIS}`), {
      file: 'a.yaml',
    });
    expect(labels).toHaveLength(1);
    expect(rejects).toEqual([{ file: 'a.yaml', line: 11, entry: address, reason: expect.stringContaining(reason) }]);
  });

  test.each([
    ['0x38735f03b30fbc022ddd06abed01f0ca823c6a94', 'eip155:1'],
    ['TX5GV4DyfxNB3rPkzZJhmqZ1efVmL4rEqG', 'tron:0x2b6653dc'],
    ['3LtcaPbCj87CwJHnRX3vh7c2y9RZQqeSy8', 'bip122:000000000019d6689c085ae165831e93'],
  ])('reads the chain of USDT at %s off its form', (address, chain) => {
    const { labels } = importTagPack(pack(`- address: '${address}'\n  currency: USDT`), { file: 'a.yaml' });
    expect(labels[0]?.account).toBe(`${chain}:${address}`);
  });

  test.each(['just text', 'title: x', 'tags: 7', 'tags: [', '{"a": 1}'])('refuses %s, which is no TagPack', (text) => {
    expect(() => importTagPack(text, { file: 'a.yaml' })).toThrow('a.yaml: not a TagPack');
  });
});

describe('the shipped TagPacks', () => {
  const names = readdirSync(PACKS).filter((name) => name.endsWith('.yaml'));

  test.each(names)('%s gives a label or a reject for each of its tags', (name) => {
    const tags = readPack(name).match(/^- address:/gm)?.length ?? 0;
    const { labels, rejects } = importPack(name);
    expect(tags).toBeGreaterThan(0);
    expect(labels.length + rejects.length).toBe(tags);
  });

  test('say of Bybit what the exchange published: eight reserve wallets, its cold wallet among them', () => {
    const { labels } = importPack('exchange-wallets-bybit.yaml');
    expect(labels).toHaveLength(8);
    expect(
      labels.find(({ account }) => account === 'eip155:1:0x1db92e2eebc8e0c075a02bea49a2935bcd2dfcf4'),
    ).toMatchObject({
      name: 'Bybit reserve wallets',
      entity: 'bybit',
      category: 'exchange',
      confidence: 50,
    });
  });

  test('of a sanctions list are sanctioned, with the confidence of a pack that states none', () => {
    const { labels } = importPack('ofac.yaml');
    expect(new Set(labels.map(({ category, confidence }) => `${category} ${confidence}`))).toEqual(
      new Set(['sanctioned 5']),
    );
  });

  test('of mixers, blacklists and thefts keep what they claim', () => {
    const categories = (name: string) => [...new Set(importPack(name).labels.map(({ category }) => category))];
    expect(categories('tornado_cash.yaml')).toEqual(['mixer']);
    expect(categories('usdt_blacklist.yaml')).toEqual(['frozen']);
    expect(categories('ronin_bridge.yaml')).toEqual(['theft']);
    expect(categories('lazarus.yaml')).toEqual(['sanctioned']);
  });
});
