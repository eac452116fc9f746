import { expect, test } from 'vitest';
import { type AlertMessage, consoleText, emailParts, slackBody, webhookBody } from './message.ts';

const message = (title: string, lines: readonly string[]): AlertMessage => ({
  ...{ id: 'A-3', title, lines, at: 1_700_000_000, body: { amount: 5n } },
});

const readSlack = (text: string) =>
  JSON.parse(text) as { text: string; blocks: { type: string; text: { type: string; text: string } }[] };

test('the console has it with its time', () => {
  expect(consoleText(message('value moved', ['5 ETH left', 'Owner: Kim']), false)).toBe(
    '2023-11-14T22:13:20Z value moved\n  5 ETH left\n  Owner: Kim',
  );
});

test('nothing in a name steers the terminal, breaks a line or turns the order of what is read', () => {
  const hostile = message('a\u001b[2Jb\r\nc', ['d\u202ee\u2028f', '\u0000']);
  expect(consoleText(hostile, false)).toBe('2023-11-14T22:13:20Z a [2Jb c\n  d e f');
  expect(emailParts(hostile, false)).toEqual({ subject: 'a [2Jb c', text: 'a [2Jb c\n\nd e f\n' });
});

test('a webhook has the alert for programs, amounts as strings', () => {
  expect(JSON.parse(webhookBody(message('moved', ['5 ETH'])))).toEqual({
    type: 'cairn.alert',
    timestamp: '2023-11-14T22:13:20Z',
    data: { id: 'A-3', title: 'moved', lines: ['5 ETH'], at: '2023-11-14T22:13:20Z', alert: { amount: '5' } },
  });
});

test('Slack: its three characters are escaped, and text stands for the blocks elsewhere', () => {
  const { text, blocks } = readSlack(slackBody(message('a <b> & c', ['<!channel> x', '']), false));
  expect(text).toBe('a &lt;b&gt; &amp; c\n&lt;!channel&gt; x');
  // An empty section would be refused, and the alert with it.
  expect(blocks.map((block) => block.text.text)).toEqual(['*a &lt;b&gt; &amp; c*', '&lt;!channel&gt; x']);
  expect(blocks[0]).toMatchObject({ type: 'section', text: { type: 'mrkdwn', verbatim: true } });
});

test('Slack: at most 50 blocks of 3,000 characters; what is left out is said', () => {
  // 900 signs are 4,500 characters once escaped. The note of the repetition comes first and is never left out.
  const lines = Array.from({ length: 80 }, (_, i) => (i === 0 ? '&'.repeat(900) : `line ${i}`));
  const { text, blocks } = readSlack(slackBody(message('😀'.repeat(2_000), lines), true));
  expect(blocks.length).toBe(50);
  expect([text, ...blocks.map((block) => block.text.text)].filter((one) => one.length > 3_000)).toEqual([]);
  expect(blocks[1]?.text.text).toBe('Sent again: an earlier attempt may have arrived.');
  // 80 lines and the note; 48 blocks hold the note and 47 of them.
  expect(blocks.at(-1)?.text.text).toBe('33 more: cairn alerts show A-3');
  // ' … (900 characters more)' takes 24; (3,000 − 24) / 5 = 595.2: 595 signs stay.
  expect(blocks[2]?.text.text).toBe(`${'&amp;'.repeat(595)} … (305 characters more)`);
  // A smiling face is two units: (2,998 − 25) / 2 = 1,486.5, and none is cut in half.
  expect(blocks[0]?.text.text).toBe(`*${'😀'.repeat(1_486)} … (514 characters more)*`);
});

test('e-mail: a long title is cut in the subject and whole in the text; a repetition says so', () => {
  const { subject, text } = emailParts(message('x'.repeat(130), ['5 ETH']), true);
  expect(subject).toBe(`${'x'.repeat(119)}…`);
  expect(text).toBe(`${'x'.repeat(130)}\n\nSent again: an earlier attempt may have arrived.\n5 ETH\n`);
});
