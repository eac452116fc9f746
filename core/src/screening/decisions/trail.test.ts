import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { lineOf, NO_HEAD, readTrail, type Stamped, stampEntries } from './trail.ts';

type Note = { readonly note: string };
const parse = (value: unknown) => value as Stamped<Note>;
const START = { seq: 0, hash: NO_HEAD };

function written(...notes: string[]): string[] {
  return stampEntries(
    notes.map((note) => ({ note })),
    { at: 5, by: 'ann' },
    START,
  ).map(lineOf);
}

/** Three appends of one event each. */
function threeAppends(): string[] {
  const lines: string[] = [];
  let head = START;
  for (const note of ['one', 'two', 'three']) {
    const [event] = stampEntries([{ note }], { at: 5, by: 'ann' }, head) as [Stamped<Note>];
    lines.push(lineOf(event));
    head = event;
  }
  return lines;
}

describe('the chain of an audit trail', () => {
  test('anyone can check a hash with SHA-256 over the canonical line without it', () => {
    const [line] = written('one') as [string];
    const zeros = '0'.repeat(64);
    const content = `{"at":5,"by":"ann","following":0,"note":"one","prev":"${zeros}","seq":1}`;
    const hash = createHash('sha256').update(content).digest('hex');
    expect(JSON.parse(line).hash).toBe(hash);
    expect(readTrail(line, parse)).toMatchObject({ head: hash, broken: null, unfinished: 0 });
  });

  test('an altered, removed, moved or repeated line breaks it there', () => {
    const lines = threeAppends();
    const [one, two, three] = lines as [string, string, string];
    const brokenAt = (...kept: string[]) => readTrail(kept.join(''), parse).broken?.line ?? null;
    expect(brokenAt(one, two, three)).toBe(null);
    expect(brokenAt(one, two.replace('"two"', '"2"'), three)).toBe(2);
    expect(brokenAt(one, two.replace('"ann"', '"bob"'), three)).toBe(2);
    expect(brokenAt(one, three)).toBe(2);
    expect(brokenAt(two, three)).toBe(1);
    expect(brokenAt(one, three, two)).toBe(2);
    expect(brokenAt(one, two, two, three)).toBe(3);
    expect(brokenAt(one, 'rubbish\n', three)).toBe(2);
    expect(brokenAt(one, '\n', two, three)).toBe(2);
  });

  test('only the events before the break are given', () => {
    const [one, two, three] = threeAppends() as [string, string, string];
    const { events } = readTrail([one, two.replace('"two"', '"2"'), three].join(''), parse);
    expect(events.map(({ note }) => note)).toEqual(['one']);
  });

  test('cut off at its end, a chain is intact: the head tells, to whoever knows it', () => {
    const lines = threeAppends();
    const whole = readTrail(lines.join(''), parse);
    const cut = readTrail(lines.slice(0, 2).join(''), parse);
    expect(cut.broken).toBe(null);
    expect(cut.head).not.toBe(whole.head);
  });

  test('an append that was cut off between two of its lines is left out whole', () => {
    const [first] = threeAppends() as [string];
    const events = stampEntries([{ note: 'a' }, { note: 'b' }, { note: 'c' }], { at: 6, by: 'ann' }, JSON.parse(first));
    for (const kept of [1, 2]) {
      const cut = readTrail([first, ...events.slice(0, kept).map(lineOf)].join(''), parse);
      expect(cut).toMatchObject({ broken: null, unfinished: kept, head: JSON.parse(first).hash });
      expect(cut.events.map(({ note }) => note)).toEqual(['one']);
    }
    expect(readTrail([first, ...events.map(lineOf)].join(''), parse)).toMatchObject({ unfinished: 0 });
  });

  test('an append that is not whole cannot be followed by another', () => {
    const three = [{ note: 'a' }, { note: 'b' }, { note: 'c' }];
    const [a] = stampEntries(three, { at: 6, by: 'ann' }, START) as [Stamped<Note>];
    const [next] = stampEntries([{ note: 'd' }], { at: 7, by: 'ann' }, a) as [Stamped<Note>];
    expect(readTrail(lineOf(a) + lineOf(next), parse).broken).toEqual({
      line: 2,
      reason: 'the append before it is not whole',
    });
  });
});
