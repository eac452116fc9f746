import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import bunzip2 from 'unbzip2-stream';
import { describe, expect, it } from 'vitest';
import { countryOf, countryOfCode, countryOfPlace } from './country.ts';

const LISTS = join(import.meta.dirname, '../../../data/lists');

describe('countryOf', () => {
  it.each([
    ['Korea, North', 'KP'],
    ["Democratic People's Republic of Korea", 'KP'],
    ['Democratic People’s Republic of Korea (DPRK)', 'KP'],
    ["Korea, Democratic People's Republic of", 'KP'],
    ['DPRK', 'KP'],
    ['Korea, South', 'KR'],
    ['Republic of Korea', 'KR'],
    ['Iran (Islamic Republic of)', 'IR'],
    ['Iran, Islamic Republic of', 'IR'],
    ['Congo, Democratic Republic of the', 'CD'],
    ['Congo (Democratic Republic)', 'CD'],
    ['Congo', 'CG'],
    ['Bahamas, The', 'BS'],
    ['the Philippines', 'PH'],
    ['Burma', 'MM'],
    ['Côte d’Ivoire', 'CI'],
    ['Cote d Ivoire', 'CI'],
    ['Man, Isle of', 'IM'],
    ['Virgin Islands, British', 'VG'],
    ['United Kingdom of Great Britain and Northern\n               Ireland', 'GB'],
    ['U.S.', 'US'],
    [' Afghanistan ', 'AF'],
    ['Libya (in custody)', 'LY'],
    ['Syrian', 'SY'],
    ['Türkiye', 'TR'],
  ])('reads %s as %s', (text, code) => {
    expect(countryOf(text)).toBe(code);
  });

  it.each([
    ['', 'nothing'],
    ['na', 'not available, not Namibia'],
    ['Milan', 'a city'],
    ['Korea', 'two countries'],
    ['Korean', 'two countries'],
    ['Congolese', 'two countries'],
    ['USSR (until 1991)', 'a country that is no more'],
    ['Netherlands Antilles', 'a country that is no more'],
    ['Syria/Turkey border area', 'two countries'],
    ['Kuwaiti citizenship withdrawn in 2002', 'a citizenship that is no more'],
    ['undetermined', 'none'],
    ['constructor', 'none'],
    ['__proto__', 'none'],
  ])('reads no country in "%s": %s', (text) => {
    expect(countryOf(text)).toBeNull();
  });

  it('agrees with the codes that OFAC itself gives its areas', async () => {
    const head = await beginning(join(LISTS, 'ofac/sdn_advanced.xml.bz2'), '</AreaCodeValues>');
    const areas = [...head.matchAll(/<AreaCode [^>]*Description="([^"]*)"[^>]*>([A-Z]{2})\s*</g)];
    expect(areas.length).toBeGreaterThan(150);
    for (const [, name = '', code] of areas) expect([name, countryOf(name)]).toEqual([name, code]);
  });

  it.each(['consolidated-2015-03-27.xml', 'consolidated-2026-02-27.xml'])(
    'reads every nationality in UN file %s but those that name no one country',
    (file) => {
      const xml = readFileSync(join(LISTS, 'un', file), 'utf8');
      const unread = new Set<string>();
      let read = 0;
      for (const [, block = ''] of xml.matchAll(/<NATIONALITY>(.*?)<\/NATIONALITY>/gs))
        for (const [, value = ''] of block.matchAll(/<VALUE>([^<]*)<\/VALUE>/g))
          if (countryOf(value) === null) unread.add(value.trim());
          else read += 1;
      expect(read).toBeGreaterThan(400);
      for (const text of unread)
        expect(text).toMatch(
          /Congolese|passport|of Palestinian|Palestinian origin|Stateless|withdrawn|Possibly|by birth|USSR|Soviet|believed|^na$/,
        );
    },
  );
});

describe('countryOfPlace', () => {
  it('reads the country at the end', () => {
    expect(countryOfPlace('Pyongyang, Korea, North')).toBe('KP');
    expect(countryOfPlace('Amman, Jordan')).toBe('JO');
    expect(countryOfPlace('Hamgyong-bukto')).toBeNull();
    expect(countryOfPlace('Korea, North')).toBe('KP');
  });
});

describe('countryOfCode', () => {
  it('reads codes of two and three letters in any case, and current ones only', () => {
    expect(countryOfCode('kp')).toBe('KP');
    expect(countryOfCode('PRK')).toBe('KP');
    expect(countryOfCode('00')).toBeNull();
    expect(countryOfCode('suhh')).toBeNull();
  });
});

/** The file's text up to `mark`: the reference values stand at its beginning. */
function beginning(path: string, mark: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const file = createReadStream(path).on('error', reject);
    file
      .pipe(bunzip2())
      .on('error', reject)
      .on('data', (chunk) => {
        text += String(chunk);
        if (!text.includes(mark)) return;
        file.destroy();
        resolve(text);
      });
  });
}
