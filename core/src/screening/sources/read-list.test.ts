import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openListStore } from '../stores/index.ts';
import { readListFiles } from './index.ts';

const LISTS = join(import.meta.dirname, '../../../../data/lists');
const LEGACY = join(import.meta.dirname, '../lists/formats/fixtures/ofac-legacy');
const ONE = `<?xml version="1.0"?><CONSOLIDATED_LIST dateGenerated="2026-02-27"><ENTITIES><ENTITY><DATAID>1</DATAID><FIRST_NAME>ONE</FIRST_NAME></ENTITY></ENTITIES></CONSOLIDATED_LIST>
`;
/** `ONE` in two bzip2 streams, one after the other, as parallel packers write it; made with Python's bz2. */
const ONE_BZ2 =
  'QlpoOTFBWSZTWfgSQssAAAafgFADcQeupYwApiedQCAAQRTQNPRqNBoNPSBmoYZGBNMCZDE0YbRaC2CLBCylhdm5bs1avyjuEDUcDGrknetOQdPnOSIKKBqAR/i7kinChIfAkhZYQlpoOTFBWSZTWTyA7tUAAAReAAAQEALwhS8nnCCgAGg1NM1GUNNAyAlU9qCBgg0ZDvEgzPUrCCyAZ3z6UsrMRgLK/YvOdDgVNESIl2XgXEg+xAYRyE7fyHlFgjvo4eDDjgsxkXckU4UJA8gO7VA=';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-read-list-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

function failing(...paths: readonly string[]): Promise<{ code: string; message: string; hints: readonly string[] }> {
  return readListFiles(paths).then(
    () => expect.fail('it was read'),
    (error) => error,
  );
}

describe('a file is read', () => {
  test.each([
    ['plain.xml', Buffer.from(ONE)],
    ['un.xml.gz', gzipSync(ONE)],
    ['un.xml.zst', zstdCompressSync(ONE)],
    ['un.xml.bz2', Buffer.from(ONE_BZ2, 'base64')],
    ['un.zip', zipSync({ 'lists/un.xml': Buffer.from(ONE), 'readme.txt': Buffer.from('x') })],
    ['packed-under-another-name.xml', gzipSync(ONE)],
    ['with-a-mark.xml', Buffer.from(`\uFEFF${ONE}`)],
    ['utf-16.xml', Buffer.from(`\uFEFF${ONE}`, 'utf16le')],
    ['utf-16-unmarked.xml', Buffer.from(ONE, 'utf16le')],
  ])('%s', async (name, content) => {
    const list = await readListFiles([file(name, content)]);
    expect(list).toMatchObject({ list: 'un-sc', format: 'un-xml', issuedOn: '2026-02-27', onlyPart: null });
    expect(list.parties.map(({ names }) => names[0]?.full)).toEqual(['ONE']);
  });

  test('under the hash of its content as unpacked, however it is packed', async () => {
    const hashes = await Promise.all(
      [file('a.xml', ONE), file('a.xml.gz', gzipSync(ONE)), file('a.xml.zst', zstdCompressSync(ONE))].map((path) =>
        readListFiles([path]),
      ),
    );
    expect(new Set(hashes.map(({ sha256, bytes }) => `${sha256} ${bytes}`)).size).toBe(1);
  });

  test('in the encoding that its XML declares', async () => {
    const text = ONE.replace('<?xml version="1.0"?>', '<?xml version="1.0" encoding="windows-1252"?>');
    const list = await readListFiles([file('1252.xml', Buffer.from(text.replace('ONE', 'PE\u00d1A'), 'latin1'))]);
    expect(list.parties[0]?.names[0]?.full).toBe('PE\u00d1A');
  });

  test('and each party is given as it is read', async () => {
    const seen: string[] = [];
    await readListFiles([file('seen.xml', ONE)], { onParty: ({ id }) => seen.push(id) });
    expect(seen).toEqual(['un-sc:1']);
  });

  test("OFAC's four CSV files together, in any order, with one hash; what is missing is noted", async () => {
    const paths = ['sdn.csv', 'add.csv', 'alt.csv', 'sdn_comments.csv'].map((name) => join(LEGACY, name));
    const list = await readListFiles(paths);
    const turned = await readListFiles(paths.toReversed());
    expect(list).toMatchObject({ list: 'ofac-sdn', format: 'ofac-legacy-csv', issuedOn: null, notes: [] });
    expect(turned.sha256).toBe(list.sha256);
    expect(turned.parties).toEqual(list.parties);
    const alone = await readListFiles([join(LEGACY, 'sdn.csv')]);
    expect(alone.parties).toHaveLength(list.parties.length);
    expect(alone.notes).toEqual([
      'add.csv was not given: addresses are not known',
      'alt.csv was not given: aliases are not known, so a name may be missed',
      'sdn_comments.csv was not given: remarks end at 1,000 characters, so digital-currency accounts may be missed',
    ]);
  });

  test('the shipped UN versions are what the published files say today', async () => {
    const store = openListStore({ directory: join(directory, 'none'), shipped: join(LISTS, 'snapshot') });
    for (const issuedOn of ['2015-03-27', '2026-02-27']) {
      const list = await readListFiles([join(LISTS, `un/consolidated-${issuedOn}.xml`)], { list: 'un-sc' });
      const version = store.versions().find((one) => one.list === 'un-sc' && one.issuedOn === issuedOn);
      expect(version).toMatchObject({ sha256: list.sha256, onlyPart: null });
      expect(await store.parties(version?.id ?? '')).toEqual(list.parties);
    }
  });
});

describe('refused, naming file and place:', () => {
  test('a list cut off, plain or packed', async () => {
    const text = readFileSync(join(LISTS, 'un/consolidated-2026-02-27.xml'), 'utf8').slice(0, 50_000);
    expect(await failing(file('cut.xml', text))).toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/^cut\.xml: cut off at line \d+: /),
    });
    for (const [name, whole] of [
      ['cut.xml.gz', gzipSync(text)],
      ['cut.xml.zst', zstdCompressSync(text)],
      ['cut.zip', zipSync({ 'un.xml': Buffer.from(text) })],
      ['cut.xml.bz2', readFileSync(join(LISTS, 'ofac/sdn_advanced.xml.bz2')).subarray(0, 60_000)],
    ] as const) {
      const error = await failing(file(name, whole.subarray(0, Math.floor(whole.length / 2))));
      expect(error).toMatchObject({
        code: 'invalid-input',
        message: expect.stringContaining('damaged or was cut off'),
      });
    }
  });

  test('a packed file that was damaged', async () => {
    const bytes = Buffer.from(ONE_BZ2, 'base64');
    bytes[60] = (bytes[60] as number) ^ 0xff;
    expect(await failing(file('damaged.bz2', bytes))).toMatchObject({
      message: expect.stringMatching(/^damaged.*: the bzip2 file is damaged or was cut off: /),
    });
  });

  test('an entity bomb', async () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE CONSOLIDATED_LIST [<!ENTITY a "ha"><!ENTITY b "${'&a;'.repeat(100)}">]>${ONE.slice(21).replace('ONE', '&b;')}`;
    expect((await failing(file('bomb.xml', bomb))).message).toMatch(/^bomb\.xml: line 1, .*could declare entities/);
  });

  test('bytes of another encoding in the middle, with their offset', async () => {
    const bytes = Buffer.from(ONE.replace('ONE', 'PE\u00d1A'), 'latin1');
    const error = await failing(file('mixed.xml', bytes));
    expect(error.message).toBe(`mixed.xml: not valid UTF-8 at byte ${bytes.indexOf(0xd1)}`);
    expect(error.code).toBe('invalid-input');
  });

  test('an encoding that is not known', async () => {
    const text = '<?xml version="1.0" encoding="klingon"?><a/>';
    expect((await failing(file('klingon.xml', text))).message).toMatch(/declares the encoding "klingon"/);
  });

  test('an encoding that is declared and not used', async () => {
    const text = ONE.replace('version="1.0"', 'version="1.0" encoding="UTF-16"');
    expect((await failing(file('declared.xml', text))).message).toMatch(/declares .* but is not written in it/);
  });

  test.each([
    ['empty.xml', '', /the file is empty/, null],
    ['page.xml', '<!DOCTYPE html><html><body>Access denied</body></html>', /not a sanctions list/, /web page/],
    ['sdn.xml', '<sdnList xmlns="x"><sdnEntry/></sdnList>', /not a sanctions list/, /SDN_ADVANCED\.XML/],
    ['other.xml', '<rss/>', /not a sanctions list/, /root element is <rss>/],
    ['notes.csv', 'name,address\nKim,Pyongyang\n', /not a sanctions list/, /XML, CSV and JSON/],
    ['things.json', '{"a":1}\n', /not a sanctions list/, /OpenSanctions/],
    ['none.xml', '<CONSOLIDATED_LIST><INDIVIDUALS/></CONSOLIDATED_LIST>', /no entry/, null],
    ['none.zip', Buffer.from(zipSync({ 'readme.txt': Buffer.from('x') })), /no XML, CSV or JSON file/, null],
  ])('%s', async (name, content, message, hint) => {
    const error = await failing(file(name, content));
    expect(error.code).toBe('invalid-input');
    expect(error.message).toMatch(message);
    expect(error.message.startsWith(`${name}: `)).toBe(true);
    if (hint !== null) expect(error.hints.join(' ')).toMatch(hint);
  });

  test('another list than the one asked for', async () => {
    await expect(readListFiles([file('un.xml', ONE)], { list: 'ofac-sdn' })).rejects.toThrow(
      'the file is of the list un-sc, not of ofac-sdn',
    );
  });

  test('two lists at once', async () => {
    expect((await failing(file('one.xml', ONE), file('two.xml', ONE))).message).toBe(
      'two.xml: one list is read at a time',
    );
  });

  test('no file, a file that is not there, a directory', async () => {
    expect((await failing()).code).toBe('invalid-input');
    expect(await failing(join(directory, 'nowhere.xml'))).toMatchObject({ code: 'not-found' });
    expect(await failing(directory)).toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('directory'),
    });
  });

  test('what a user stops', async () => {
    await expect(readListFiles([file('stop.xml', ONE)], { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'interrupted',
    });
  });
});
