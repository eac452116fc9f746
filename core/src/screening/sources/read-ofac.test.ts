import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openListStore } from '../stores/index.ts';
import { type ListReadProgress, type ReadList, readListFiles } from './index.ts';

/*
 * OFAC's list as issued on 2025-11-19, 121 MB, read once from the packed file. The figures are those of the list's own
 * elements, counted with other tools; per-coin sets as github.com/0xB10C/ofac-sanctioned-digital-currency-addresses extracts them.
 */
const LISTS = join(import.meta.dirname, '../../../../data/lists');

let list: ReadList;
const progress: ListReadProgress[] = [];

beforeAll(async () => {
  list = await readListFiles([join(LISTS, 'ofac/sdn_advanced.xml.bz2')], { onProgress: (at) => progress.push(at) });
}, 60_000);

function coded(code: string | null) {
  return list.parties.flatMap((party) => party.accounts).filter((account) => code === null || account.code === code);
}

function party(reference: string) {
  return list.parties.find((one) => one.reference === reference);
}

describe('the OFAC list of 2025-11-19', () => {
  test('is recognised, dated, and read whole', () => {
    expect(list).toMatchObject({ list: 'ofac-sdn', format: 'ofac-advanced-xml', issuedOn: '2025-11-19', rejects: [] });
    expect(list.parties).toHaveLength(18_367);
    expect(new Set(list.parties.map(({ id }) => id)).size).toBe(18_367);
    expect(list.bytes).toBe(120_977_559);
    expect(list.sha256).toBe('36c517bd264d8d97eff353eadd8d84427d5eb293505a8ce07271a5bc258c3117');
  });

  test('has 761 digital-currency features, 745 distinct accounts, 758 with their codes', () => {
    expect(list.notes[0]).toMatch(/^761 digital-currency features as published: XBT 519, USDT 93, ETH 77, TRX 29, /);
    expect(new Set(coded(null).map(({ address }) => address)).size).toBe(745);
    expect(new Set(coded(null).map(({ code, address }) => `${code} ${address}`)).size).toBe(758);
    expect(new Set(coded('XBT').map(({ address }) => address)).size).toBe(517);
  });

  test.each(['ETH', 'TRX', 'USDT', 'XBT'])('its %s accounts are those another extractor found', (code) => {
    const others = readFileSync(join(LISTS, `ofac/sanctioned_addresses_${code}.txt`), 'utf8').split('\n');
    const own = new Set(coded(code).map(({ address }) => address));
    expect([...own].sort()).toEqual([...new Set(others.map((line) => line.trim()).filter(Boolean))].sort());
  });

  test('a party has an account under one code once', () => {
    for (const { accounts } of list.parties) {
      expect(new Set(accounts.map(({ code, address }) => `${code} ${address}`)).size).toBe(accounts.length);
    }
  });

  test('Lazarus Group: number, names with quality, programme, dates, account', () => {
    const lazarus = party('27307');
    expect(lazarus).toMatchObject({
      id: 'ofac-sdn:27307',
      kind: 'organisation',
      programmes: ['DPRK3'],
      listedOn: '2019-09-13',
      amendedOn: [],
      places: [{ role: 'address', country: 'KP', text: 'Potonggang District, Pyongyang, Korea, North' }],
    });
    expect(lazarus?.names[0]).toEqual({ full: 'Lazarus Group', kind: 'name', quality: 'primary', script: 'Latn' });
    expect(lazarus?.names[1]).toEqual({ full: 'Hidden Cobra', kind: 'aka', quality: 'weak', script: 'Latn' });
    expect(lazarus?.accounts).toContainEqual({ code: 'ETH', address: '0x098B716B8Aaf21512996dC57EB0615e2383E2f96' });
  });

  test('each party is of a kind, has one primary name, which stands first, a programme and a date', () => {
    const counts = new Map<string, number>();
    for (const { kind } of list.parties) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({ organisation: 9359, person: 7303, vessel: 1370, aircraft: 335 });
    for (const { names, programmes, listedOn } of list.parties) {
      expect(names.filter(({ quality }) => quality === 'primary')).toEqual([names[0]]);
      expect(programmes.length).toBeGreaterThan(0);
      expect(listedOn).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  });

  test('538 parties are under a DPRK programme', () => {
    expect(list.parties.filter((one) => one.programmes.some((name) => name.startsWith('DPRK')))).toHaveLength(538);
  });

  test('a person is written family name first, whatever the order of the parts', () => {
    const all = new Set(list.parties.flatMap(({ names }) => names.map(({ full }) => full)));
    for (const name of [
      'ZAMBADA GARCIA, Ismael Mario',
      'NASRALLAH, Hasan Abd-al-Karim',
      'Gaziyev, Tarkhan Ismailovich',
    ]) {
      expect(all).toContain(name);
    }
  });

  test('names in other scripts stand beside those they write out', () => {
    const scripts = new Set(list.parties.flatMap(({ names }) => names.map(({ script }) => script)));
    expect([...scripts].sort()).toEqual(
      ['Arab', 'Armn', 'Cyrl', 'Geor', 'Grek', 'Hang', 'Hans', 'Hant', 'Hebr', 'Jpan', 'Kore', 'Latn'].sort(),
    );
  });

  test('a nationality and a place of birth name their country', () => {
    const zahhar = party('9647');
    expect(zahhar?.births).toEqual([{ from: '1945', to: '1945', approximate: false }]);
    expect(zahhar?.places[0]).toEqual({ role: 'birth', country: 'PS', text: 'Gaza Strip' });
    expect(zahhar?.places[1]).toEqual({ role: 'nationality', country: 'PS', text: 'Palestinian' });
    const unread = list.parties.flatMap(({ places }) =>
      places.filter(({ role, country }) => country === null && (role === 'nationality' || role === 'citizenship')),
    );
    expect(unread).toEqual([]);
  });

  test('a document OFAC marks as fraudulent says so', () => {
    const marked = list.parties.flatMap(({ identifiers }) =>
      identifiers.filter(({ kind }) => kind.endsWith('(fraudulent)')),
    );
    expect(marked).toHaveLength(339);
    expect(marked).toContainEqual({ kind: 'Passport (fraudulent)', value: '040070827', country: 'MX' });
  });

  test('progress ends at the whole file', () => {
    const last = progress.at(-1);
    expect(last?.bytesRead).toBe(last?.totalBytes);
    expect(progress.map(({ bytesRead }) => bytesRead)).toEqual(
      progress.map(({ bytesRead }) => bytesRead).toSorted((a, b) => a - b),
    );
  });

  test('the shipped part of it is what the file says today', async () => {
    const store = openListStore({ directory: join(LISTS, 'none'), shipped: join(LISTS, 'snapshot') });
    const version = store.versions().find((one) => one.list === 'ofac-sdn');
    expect(version).toMatchObject({ issuedOn: '2025-11-19', sha256: list.sha256, parties: 608, accounts: 760 });
    const shipped = await store.parties(version?.id ?? '');
    const wanted = list.parties.filter(
      ({ accounts, programmes }) => accounts.length > 0 || programmes.some((name) => name.startsWith('DPRK')),
    );
    expect(shipped).toEqual(wanted);
  });
});
