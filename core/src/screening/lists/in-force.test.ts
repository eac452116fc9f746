import { describe, expect, it } from 'vitest';
import { compareVersions, PUBLISHED_LISTS, versionsInForce } from './in-force.ts';
import type { ListVersion } from './version.ts';

const DAY = 86_400;

function version(id: string, issuedOn: string, more: Partial<ListVersion> = {}): ListVersion {
  return {
    id,
    list: 'un-sc',
    issuedOn,
    obtainedAt: Date.parse(issuedOn) / 1000,
    sha256: 'a'.repeat(64),
    source: 'consolidated.xml',
    format: 'un-xml',
    onlyPart: null,
    parties: 1,
    accounts: 0,
    notes: [],
    ...more,
  };
}

const UN_2015 = version('un 2015', '2015-03-27');
const UN_2026 = version('un 2026', '2026-02-27');

function idsOn(versions: readonly ListVersion[], asOf: string, knownAt: number | null = null): string[] {
  return versionsInForce(versions, { asOf, knownAt }).inForce.map(({ id }) => id);
}

describe('versionsInForce', () => {
  it('answers from the older of two versions between their dates, and from the newer from its own day on', () => {
    const held = [UN_2026, UN_2015];
    expect(idsOn(held, '2020-01-01')).toEqual(['un 2015']);
    expect(idsOn(held, '2026-02-26')).toEqual(['un 2015']);
    expect(idsOn(held, '2026-02-27')).toEqual(['un 2026']);
    expect(idsOn(held, '2030-01-01')).toEqual(['un 2026']);
    expect(idsOn(held, '2015-03-27')).toEqual(['un 2015']);
  });

  it('holds nothing before the oldest version', () => {
    const { inForce, notHeld } = versionsInForce([UN_2015, UN_2026], { asOf: '2015-03-26', knownAt: null });
    expect(inForce).toEqual([]);
    expect(notHeld).toEqual([...PUBLISHED_LISTS]);
  });

  it('names the lists that are not held, a list of the holder’s own among them if it came later', () => {
    const own = version('house', '2026-06-01', { list: 'custom:house' });
    const { notHeld } = versionsInForce([UN_2026, own], { asOf: '2026-03-01', knownAt: null });
    expect(notHeld).toEqual(['ofac-sdn', 'eu-fsf', 'uk-sanctions', 'opensanctions', 'custom:house']);
  });

  it('leaves out what was not in hand by then', () => {
    const late = { ...UN_2026, obtainedAt: Date.parse('2026-03-05') / 1000 };
    expect(idsOn([UN_2015, late], '2026-03-01', Date.parse('2026-03-01') / 1000)).toEqual(['un 2015']);
    expect(idsOn([UN_2015, late], '2026-03-01', late.obtainedAt - 1)).toEqual(['un 2015']);
    expect(idsOn([UN_2015, late], '2026-03-01', late.obtainedAt)).toEqual(['un 2026']);
  });

  it('puts a later partial version beside the whole one, and leaves an older or same-day one out', () => {
    const part = (issuedOn: string) => version(`part ${issuedOn}`, issuedOn, { onlyPart: 'parties with accounts' });
    expect(idsOn([UN_2015, part('2020-01-01')], '2021-01-01')).toEqual(['un 2015', 'part 2020-01-01']);
    expect(idsOn([UN_2015, part('2015-03-27')], '2021-01-01')).toEqual(['un 2015']);
    expect(idsOn([UN_2026, part('2020-01-01')], '2026-03-01')).toEqual(['un 2026']);
    expect(idsOn([part('2019-01-01'), part('2020-01-01')], '2026-03-01')).toEqual(['part 2020-01-01']);
  });

  it('takes the copy obtained later of two issued the same day', () => {
    const again = { ...UN_2026, id: 'a later copy', obtainedAt: UN_2026.obtainedAt + DAY };
    expect(idsOn([again, UN_2026], '2026-03-01')).toEqual(['a later copy']);
    expect([again, UN_2026].sort(compareVersions).map(({ id }) => id)).toEqual(['un 2026', 'a later copy']);
  });

  it('keeps lists apart', () => {
    const ofac = version('ofac', '2020-01-01', { list: 'ofac-sdn' });
    expect(idsOn([UN_2015, UN_2026, ofac], '2026-03-01')).toEqual(['ofac', 'un 2026']);
  });
});
