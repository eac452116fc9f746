import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { foldJournal, type JournalEntry } from '../watch/journal-event.ts';
import { openJournal } from './journal.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-journal-'));
  path = join(folder, 'screening', 'journal.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const STAMP = { at: 1_767_225_600, by: 'ann' };

function decided(n: number): JournalEntry {
  const match = { matchId: 'ofac-sdn:1', verdict: 'false-positive', until: null, matchDigest: 'a'.repeat(64) } as const;
  return { kind: 'decided', decision: `D-${n}`, subject: 'name:é', subjectText: 'É', because: 'born 1999', ...match };
}

/** Decides once, on what there is. */
function decideOnce() {
  return openJournal(path).append(STAMP, (events) => [decided(foldJournal(events).decisions.decisions.length + 1)]);
}

describe('an append', () => {
  test('is one line an event, there for the next reader, and nothing is left locked', () => {
    expect(openJournal(path).read()).toEqual([]);
    decideOnce();
    const { events } = decideOnce();
    expect(openJournal(path).read()).toEqual(events);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  test('of nothing writes nothing; one that is refused writes nothing and leaves the journal unlocked', () => {
    expect(openJournal(path).append(STAMP, () => []).added).toEqual([]);
    const refuse = (): never => {
      throw new Error('refused');
    };
    expect(() => openJournal(path).append(STAMP, refuse)).toThrow('refused');
    expect(existsSync(path)).toBe(false);
    expect(decideOnce().added).toHaveLength(1);
  });

  test('where the folder cannot be made is unavailable, with the reason', () => {
    writeFileSync(join(folder, 'screening'), 'a file in its place');
    expect(() => decideOnce()).toThrow(expect.objectContaining({ code: 'unavailable' }));
  });
});

describe('a journal that something else changed', () => {
  test('is not read and not added to; the check says where it breaks', () => {
    for (let i = 0; i < 3; i++) decideOnce();
    const lines = readFileSync(path, 'utf8').split('\n');
    const forged = [lines[0], lines[1]?.replace('born 1999', 'born 1998'), lines[2], ''].join('\n');
    writeFileSync(path, forged);
    expect(openJournal(path).check()).toMatchObject({
      broken: { line: 2, reason: 'its content is not what its hash was made of' },
      tornBytes: 0,
    });
    const broken = expect.objectContaining({ code: 'verification-failed', message: expect.stringContaining('line 2') });
    expect(() => openJournal(path).read()).toThrow(broken);
    expect(() => decideOnce()).toThrow(broken);
    expect(readFileSync(path, 'utf8')).toBe(forged);
  });
});

describe('a write that was cut off', () => {
  test('at any byte of the last line: the end is set aside, with a note, and nothing else is lost', () => {
    decideOnce();
    const whole = readFileSync(path);
    decideOnce();
    const both = readFileSync(path);
    for (const cut of [whole.length + 1, both.indexOf('É', whole.length) + 1, both.length - 1]) {
      writeFileSync(path, both.subarray(0, cut));
      rmSync(`${path}.torn`, { force: true });
      const torn = both.subarray(whole.length, cut);
      const told: number[] = [];
      expect(openJournal(path, (bytes) => told.push(bytes)).read()).toHaveLength(1);
      expect(told).toEqual([torn.length]);
      expect(openJournal(path).check()).toMatchObject({ broken: null, tornBytes: torn.length });
      const sha256 = createHash('sha256').update(torn).digest('hex');
      expect(decideOnce().added).toMatchObject([
        { kind: 'torn-end-set-aside', bytes: torn.length, sha256, file: 'journal.jsonl.torn' },
        { kind: 'decided', decision: 'D-2' },
      ]);
      expect(readFileSync(`${path}.torn`).subarray(0, -1)).toEqual(torn);
      expect(openJournal(path).check()).toMatchObject({ broken: null, tornBytes: 0 });
      expect(openJournal(path).read()).toHaveLength(3);
    }
  });

  test('between two lines of one append: neither counts', () => {
    decideOnce();
    openJournal(path).append(STAMP, () => [decided(2), decided(3)]);
    const lines = readFileSync(path, 'utf8').split('\n');
    truncateSync(path, Buffer.byteLength(`${lines[0]}\n${lines[1]}\n`));
    expect(openJournal(path).read()).toHaveLength(1);
    expect(decideOnce().added).toMatchObject([{ kind: 'torn-end-set-aside' }, { decision: 'D-2' }]);
    expect(readFileSync(`${path}.torn`, 'utf8')).toBe(`${lines[1]}\n\n`);
  });

  test('zeros that a crash left at the end are set aside too', () => {
    decideOnce();
    appendFileSync(path, Buffer.alloc(100));
    expect(decideOnce().added).toMatchObject([{ kind: 'torn-end-set-aside', bytes: 100 }, { decision: 'D-2' }]);
  });
});

describe('several writers', () => {
  test('five processes at once lose nothing and tear nothing', async () => {
    const script = `
      import { openJournal } from ${JSON.stringify(join(import.meta.dirname, 'journal.ts'))};
      const [entry] = JSON.parse(process.argv[1]);
      for (let i = 0; i < 8; i++) {
        openJournal(${JSON.stringify(path)}).append(${JSON.stringify(STAMP)}, (events) => [
          { ...entry, decision: 'D-' + (events.length + 1) },
        ]);
      }`;
    const codes = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const args = ['--input-type=module', '-e', script, JSON.stringify([decided(1)])];
        const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
        return ((await once(child, 'close')) as [number])[0];
      }),
    );
    expect(codes).toEqual([0, 0, 0, 0, 0]);
    expect(foldJournal(openJournal(path).read()).decisions.decisions).toHaveLength(40);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  test('a lock left by a process that is gone is taken over', async () => {
    decideOnce();
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'close');
    for (const left of [
      { pid: child.pid, host: hostname(), born: null },
      { pid: child.pid, host: hostname(), born: 'another boot 17' },
    ]) {
      writeFileSync(`${path}.lock`, JSON.stringify(left));
      expect(decideOnce().added).toHaveLength(1);
      expect(existsSync(`${path}.lock`)).toBe(false);
    }
  });
});
