import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ListedParty } from '../lists/party.ts';
import type { ListContent } from '../lists/version.ts';
import { openListStore, writeVersion } from './list-store.ts';
import { openDownloadFolder } from './list-store-downloads.ts';
import { readListSources, recordListSource } from './list-store-sources.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cairn-lists-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const OBTAINED = Date.parse('2026-03-01T12:00:00Z') / 1000;
const META = { obtainedAt: OBTAINED, source: 'house.jsonl' };

function party(number: number, addresses: readonly string[] = []): ListedParty {
  return {
    id: `custom:house:${number}`,
    list: 'custom:house',
    reference: String(number),
    kind: 'organisation',
    names: [{ full: `Société ${number} "北極星"\u2028`, kind: 'name', quality: 'primary', script: 'Latn' }],
    births: [],
    places: [],
    identifiers: [],
    accounts: addresses.map((address) => ({ code: 'XBT', address })),
    programmes: [],
    listedOn: null,
    amendedOn: [],
    remarks: 'two\nlines',
  };
}

function content(
  hash: string,
  issuedOn: string | null,
  parties: readonly ListedParty[],
): ListContent & { sha256: string } {
  return { list: 'custom:house', format: 'cairn-list', issuedOn, parties, rejects: [], sha256: hash.padEnd(64, '0') };
}

const FIRST = content('a1', '2026-01-01', [party(1), party(2, ['1abc', '1def'])]);
const SECOND = content('b2', '2026-02-01', [party(1), party(2, ['1abc', '1def']), party(3, ['1ghi'])]);

function open() {
  return openListStore({ directory: join(root, 'lists'), shipped: null });
}

describe('openListStore', () => {
  it('holds nothing at first, and makes no directory for that', () => {
    expect(open().versions()).toEqual([]);
    expect(readdirSync(root)).toEqual([]);
  });

  it('keeps every version, to the letter', async () => {
    const store = open();
    const { version, status } = await store.add(FIRST, META);
    expect(status).toBe('added');
    expect(version).toEqual({
      id: 'custom:house@2026-01-01+a10000000000',
      list: 'custom:house',
      issuedOn: '2026-01-01',
      obtainedAt: OBTAINED,
      sha256: FIRST.sha256,
      source: 'house.jsonl',
      format: 'cairn-list',
      onlyPart: null,
      parties: 2,
      accounts: 2,
      notes: [],
    });
    const second = await store.add(SECOND, META);
    expect(open().versions()).toEqual([version, second.version]);
    expect(await open().parties(version.id)).toEqual(FIRST.parties);
    expect(await open().parties(second.version.id)).toEqual(SECOND.parties);
    expect(await open().partiesWithAccounts(version.id)).toEqual([FIRST.parties[1]]);
  });

  it('adds a file once', async () => {
    const { version } = await open().add(FIRST, META);
    const again = await open().add(FIRST, { ...META, obtainedAt: OBTAINED + 5 });
    expect(again).toEqual({ version, status: 'already-held' });
    expect(open().versions()).toHaveLength(1);
  });

  it('refuses a shrunken list, and leaves what it held', async () => {
    const store = open();
    await store.add(SECOND, META);
    const before = readdirSync(join(root, 'lists')).sort();
    await expect(store.add(content('c3', '2026-03-01', [party(1)]), META)).rejects.toThrow(
      expect.objectContaining({ code: 'contradiction' }),
    );
    expect(readdirSync(join(root, 'lists')).sort()).toEqual(before);
    const accepted = await store.add(content('c3', '2026-03-01', [party(1)]), {
      ...META,
      acceptShrunken: 'we closed it',
    });
    expect(accepted.version.notes).toEqual([
      'accepted although its parties fell by 67 %, from 3 in custom:house@2026-02-01+b20000000000 to 1, because: we closed it',
      'accepted although its accounts fell by 100 %, from 3 in custom:house@2026-02-01+b20000000000 to 0, because: we closed it',
    ]);
  });

  it('says where a date of issue is not the publisher’s, and refuses one that contradicts it', async () => {
    const undated = { ...FIRST, issuedOn: null };
    const { version } = await open().add(undated, META);
    expect(version.issuedOn).toBe('2026-03-01');
    expect(version.notes).toEqual(['the file gives no date of issue: the day it was obtained stands for it']);
    const told = await open().add({ ...undated, sha256: 'd'.repeat(64) }, { ...META, issuedOn: '2026-02-02' });
    expect([told.version.issuedOn, ...told.version.notes.slice(0, 1)]).toEqual([
      '2026-02-02',
      'the date of issue is the importer’s word',
    ]);
    await expect(open().add(SECOND, { ...META, issuedOn: '2026-02-02' })).rejects.toThrow(
      'house.jsonl says it was issued on 2026-02-01, not on 2026-02-02',
    );
  });

  it('names in the version what could not be read, and numbers that stand twice', async () => {
    const parties = [...Array(200).keys()].map((number) => party(number));
    const rejects = [{ place: 'line 7', reason: 'no name' }];
    const { version } = await open().add({ ...content('e5', '2026-01-01', [...parties, party(5)]), rejects }, META);
    expect(version.notes).toEqual(['entries that carry the number of one before them: 1', 'not read: line 7: no name']);
  });

  it('keeps the files themselves, packed', async () => {
    const file = join(root, 'house.jsonl');
    writeFileSync(file, 'as published');
    const { version } = await open().add(FIRST, { ...META, originals: [file] });
    const [kept] = open().originals(version.id);
    expect(gunzipSync(readFileSync(kept as string)).toString()).toBe('as published');
    expect(kept).toBe(join(root, 'lists', 'originals', FIRST.sha256, 'house.jsonl.gz'));
  });

  it('loses no version when many add at once', async () => {
    const versions = [...Array(12).keys()].map((n) => content(`f${n}f`, `2026-01-${10 + n}`, [party(1), party(2)]));
    await Promise.all(versions.map((one) => open().add(one, META)));
    expect(
      open()
        .versions()
        .map(({ issuedOn }) => issuedOn),
    ).toEqual(versions.map(({ issuedOn }) => issuedOn));
    expect(readdirSync(join(root, 'lists')).filter((name) => name.startsWith('lock.'))).toEqual([]);
  });

  it('is not held up by a process that died while it wrote, and sweeps what that left', async () => {
    const lists = join(root, 'lists');
    await open().add(FIRST, META);
    const dead = deadProcess();
    const id = 'custom:house@2026-02-01+b20000000000'.replace(':', '_');
    for (const name of [`lock.${dead}-1-abc`, `${id}.parties.jsonl.gz`, `${id}.accounts.json.part-written`]) {
      writeFileSync(join(lists, name), 'half');
    }
    mkdirSync(join(lists, 'originals', 'b2.part-written'), { recursive: true });
    mkdirSync(join(lists, 'downloads', `${dead}-1-abc`), { recursive: true });
    expect(open().versions()).toHaveLength(1);
    await open().add(content('c3', '2026-03-01', FIRST.parties), META);
    expect(readdirSync(lists).sort()).toEqual([
      'custom_house@2026-01-01+a10000000000.accounts.json',
      'custom_house@2026-01-01+a10000000000.parties.jsonl.gz',
      'custom_house@2026-03-01+c30000000000.accounts.json',
      'custom_house@2026-03-01+c30000000000.parties.jsonl.gz',
      'downloads',
      'originals',
      'versions.json',
    ]);
    expect([...readdirSync(join(lists, 'originals')), ...readdirSync(join(lists, 'downloads'))]).toEqual([]);
  });

  it('does not take a process for dead because another had its number before, nor for alive because another has it now', async () => {
    const lists = join(root, 'lists');
    await open().add(FIRST, META);
    writeFileSync(join(lists, `lock.${process.pid}-1-abc`), '');
    await open().add(SECOND, META);
    expect(open().versions()).toHaveLength(2);
  });

  it('keeps a download of a living process while it sweeps', async () => {
    const folder = openDownloadFolder(join(root, 'lists'));
    writeFileSync(join(folder.path, 'list.xml'), 'coming');
    await open().add(FIRST, META);
    expect(readdirSync(folder.path)).toEqual(['list.xml']);
    folder.remove();
    expect(readdirSync(join(root, 'lists', 'downloads'))).toEqual([]);
  });

  it.each([
    ['versions.json', 'not json', 'versions.json cannot be used'],
    ['custom_house@2026-01-01+a10000000000.parties.jsonl.gz', 'not gzip', 'parties.jsonl.gz cannot be used'],
    ['custom_house@2026-01-01+a10000000000.accounts.json', '[]', '0 accounts instead of 2'],
  ])('says so when %s is damaged', async (name, text, message) => {
    const { version } = await open().add(FIRST, META);
    writeFileSync(join(root, 'lists', name), text);
    const read = async () => [await open().parties(version.id), await open().partiesWithAccounts(version.id)];
    await expect(read()).rejects.toThrow(
      expect.objectContaining({ code: 'unavailable', message: expect.stringContaining(message) }),
    );
  });

  it('says so when the catalogue is lost, and sweeps nothing', async () => {
    const lists = join(root, 'lists');
    await open().add(FIRST, META);
    rmSync(join(lists, 'versions.json'));
    const before = readdirSync(lists).sort();
    const lost = expect.objectContaining({ code: 'unavailable', message: expect.stringContaining('it is missing') });
    expect(() => open().versions()).toThrow(lost);
    await expect(open().add(SECOND, META)).rejects.toThrow(lost);
    expect(readdirSync(lists).sort()).toEqual(before);
  });

  it('knows no version that is not there', async () => {
    await expect(open().parties('un-sc@2026-01-01+aaaaaaaaaaaa')).rejects.toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
  });
});

describe('what ships', () => {
  const { parties, rejects: _, ...fields } = FIRST;
  const SHIPPED = {
    ...fields,
    issuedOn: '2026-01-01',
    obtainedAt: OBTAINED,
    source: 'house',
    onlyPart: null,
    notes: [],
  };

  it('is read beside what is held, and never written', async () => {
    const shipped = join(root, 'shipped');
    const version = await writeVersion(shipped, SHIPPED, parties);
    const before = readdirSync(shipped).sort();
    const store = openListStore({ directory: join(root, 'lists'), shipped });
    expect(await store.add(FIRST, META)).toEqual({ version, status: 'already-held' });
    await store.add(SECOND, META);
    expect(store.versions().map(({ issuedOn }) => issuedOn)).toEqual(['2026-01-01', '2026-02-01']);
    expect(await store.parties(version.id)).toEqual(parties);
    expect(store.originals(version.id)).toEqual([]);
    expect(readdirSync(shipped).sort()).toEqual(before);
  });

  it('may be a part of a file whose whole is added later: two versions', async () => {
    const shipped = join(root, 'shipped');
    const part = await writeVersion(shipped, { ...SHIPPED, onlyPart: 'parties with accounts' }, parties.slice(1));
    const store = openListStore({ directory: join(root, 'lists'), shipped });
    const { version } = await store.add(FIRST, META);
    expect(part.id).toBe(`${version.id}.part`);
    expect(await store.parties(part.id)).toEqual(parties.slice(1));
    expect(await store.parties(version.id)).toEqual(parties);
  });

  it('has the same bytes whenever it is made', async () => {
    const [one, two] = [join(root, 'one'), join(root, 'two')];
    await writeVersion(one, SHIPPED, parties);
    await writeVersion(two, SHIPPED, parties);
    await writeVersion(two, SHIPPED, parties);
    for (const name of readdirSync(one)) utimesSync(join(one, name), 0, 0);
    const bytes = (at: string) =>
      readdirSync(at)
        .sort()
        .map((name) => [name, readFileSync(join(at, name), 'base64')]);
    expect(bytes(two)).toEqual(bytes(one));
    expect(readdirSync(one)).toHaveLength(3);
  });
});

describe('recordListSource', () => {
  it('keeps one source a list, and survives a damaged file', async () => {
    const lists = join(root, 'lists');
    const source = { list: 'un-sc', address: 'https://un.example/list.xml', etag: '"1"', lastModified: null } as const;
    expect(readListSources(lists)).toEqual([]);
    await recordListSource(lists, { ...source, version: 'v1', checkedAt: 1 });
    await recordListSource(lists, { ...source, version: 'v2', checkedAt: 2 });
    expect(readListSources(lists)).toEqual([{ ...source, version: 'v2', checkedAt: 2 }]);
    writeFileSync(join(lists, 'sources.json'), '{');
    expect(readListSources(lists)).toEqual([]);
  });
});

/** The number of a process that has ended. */
function deadProcess(): number {
  return Number(execFileSync(process.execPath, ['-p', 'process.pid']).toString());
}
