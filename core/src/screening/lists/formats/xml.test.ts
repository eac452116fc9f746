import { describe, expect, test } from 'vitest';
import { createXmlReader } from './xml.ts';

/** Every event as a line: what started, and what ended with its text. */
function eventsOf(...pieces: readonly string[]): string[] {
  const events: string[] = [];
  const reader = createXmlReader({
    start: (path, attributes) => events.push(`+${path} ${JSON.stringify({ ...attributes })}`),
    end: (path, text) => events.push(`-${path} ${text}`),
  });
  for (const piece of pieces) reader.write(piece);
  reader.end();
  return events;
}

describe('events', () => {
  test('give path, attributes and the trimmed text of leaves, without prefixes', () => {
    expect(eventsOf('<x:a k="1"><b> one &amp; <![CDATA[<two>]]>\n</b><c/></x:a>')).toEqual([
      '+a {"k":"1"}',
      '+a/b {}',
      '-a/b one & <two>',
      '+a/c {}',
      '-a/c ',
      '-a ',
    ]);
  });

  test('are the same however the text is cut', () => {
    const text = '<?xml version="1.0"?><a><b k="x&lt;y">\u{1F5FF} Пак\r\n</b><!-- c --></a>';
    const whole = eventsOf(text);
    for (let cut = 1; cut < text.length; cut += 1) expect(eventsOf(text.slice(0, cut), text.slice(cut))).toEqual(whole);
  });
});

describe('refused, with line and column:', () => {
  test('a file that was cut off', () => {
    expect(() => eventsOf('<a>\n<b>one</b>\n<b>tw')).toThrow(/^cut off at line 3: /);
    expect(() => eventsOf('<a><b></b></a')).toThrow(/^cut off at line 1: /);
  });

  test('what is not well-formed', () => {
    expect(() => eventsOf('<a>\n  <b></c>\n</a>')).toThrow(/^line 2, column 10: not well-formed XML: /);
    expect(() => eventsOf('<a>\u0001</a>')).toThrow(/^line 1, column \d+: not well-formed XML: /);
  });

  test('a document type that declares entities, before any is expanded', () => {
    const bomb = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]>\n<a>&y;</a>';
    expect(() => eventsOf(bomb)).toThrow(/could declare entities/);
    expect(() =>
      eventsOf('<!DOCTYPE a SYSTEM "list.dtd" [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><a/>'),
    ).toThrow(/could declare entities/);
  });

  test('entities that no one declared, also of a document type elsewhere, which is not fetched', () => {
    expect(() => eventsOf('<!DOCTYPE a SYSTEM "http://127.0.0.1/list.dtd"><a>&y;</a>')).toThrow(/undefined entity/);
  });

  test('elements nested without end', () => {
    expect(eventsOf(`${'<a>'.repeat(64)}${'</a>'.repeat(64)}`)).toHaveLength(128);
    expect(() => eventsOf('<a>'.repeat(65))).toThrow(/nested deeper than 64/);
  });

  test('more different paths than a list has', () => {
    const many = Array.from({ length: 10_001 }, (_, i) => `<e${i}/>`).join('');
    expect(() => eventsOf(`<a>${many}</a>`)).toThrow(/more than 10000 different element paths/);
  });

  test.each([
    ['text', '<a><b>'],
    ['tag', '<a><b k="'],
    ['comment', '<a><!--'],
    ['CDATA', '<a><![CDATA['],
    ['declaration', '<!DOCTYPE a '],
  ])('an endless %s, long before it fills memory', (_what, opening) => {
    const reader = createXmlReader({});
    reader.write(opening);
    const piece = 'x'.repeat(1024 * 1024);
    let written = 0;
    expect(() => {
      for (; written < 2048; written += 1) reader.write(piece);
    }).toThrow(/longer than 16777216 characters/);
    expect(written).toBeLessThanOrEqual(17);
  });
});
