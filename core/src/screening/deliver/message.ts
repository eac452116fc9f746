import { formatTime } from '../../units/index.ts';
import type { Alert } from '../watch/watch.ts';

/** An alert as every channel tells it. */
export type AlertMessage = {
  /** `A-12`; with `at` it tells alerts apart. */
  readonly id: string;
  readonly title: string;
  readonly lines: readonly string[];
  /** When it was raised, Unix seconds. */
  readonly at: number;
  /** For programs. */
  readonly body: unknown;
};

/** @param title - of what is watched. */
export function alertMessage(alert: Alert, title: string): AlertMessage {
  const what = alert.kind === 'movement' ? 'traced value moved' : 'the answer changed';
  return {
    id: alert.id,
    title: `${alert.id}: ${what}: ${title}`,
    lines: [...alert.changes, `Owner ${alert.owner}, due ${alert.due}. cairn alerts show ${alert.id}`],
    at: alert.raisedAt,
    body: alert,
  };
}

/** Said, and first, where it is not known whether an earlier attempt arrived. */
const AGAIN = 'Sent again: an earlier attempt may have arrived.';

/** What could break a line, steer a terminal or turn the order of what is read: a name of a token is its maker's to choose. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

type Text = { readonly title: string; readonly lines: readonly string[] };

/** As people read it: each of its lines is one line. */
function textOf({ title, lines }: AlertMessage, repeat: boolean): Text {
  const plain = lines.map((line) => line.replace(UNSEEN, ' ')).filter((line) => line.trim() !== '');
  return { title: title.replace(UNSEEN, ' '), lines: repeat ? [AGAIN, ...plain] : plain };
}

/** @param repeat - an earlier attempt may have arrived. */
export function consoleText(message: AlertMessage, repeat: boolean): string {
  const { title, lines } = textOf(message, repeat);
  return [`${formatTime(message.at)} ${title}`, ...lines.map((line) => `  ${line}`)].join('\n');
}

/** For programs: type, time and the alert as it stands, as JSON, always the same for the same message. Base units are decimal strings. */
export function webhookBody({ id, title, lines, at, body }: AlertMessage): string {
  const data = { id, title, lines, at: formatTime(at), alert: body };
  return JSON.stringify({ type: 'cairn.alert', timestamp: formatTime(at), data }, (_, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

/** Characters of a section's text, and blocks of a message. @see https://docs.slack.dev/reference/block-kit/blocks */
const SECTION = 3_000;
const BLOCKS = 50;

/**
 * What Slack's incoming webhooks take, and services that speak their form. Slack shows the blocks, others `text`.
 * @param repeat - an earlier attempt may have arrived.
 */
export function slackBody(message: AlertMessage, repeat: boolean): string {
  const { title, lines } = textOf(message, repeat);
  const shown = lines.slice(0, BLOCKS - 2);
  const left = lines.length - shown.length;
  const rest = left === 0 ? [] : [`${left} more: cairn alerts show ${message.id}`];
  const blocks = [`*${fitted(title, SECTION - 2)}*`, ...[...shown, ...rest].map((line) => fitted(line, SECTION))].map(
    // Verbatim: what merely looks like a link or a mention is not made one.
    (text) => ({ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } }),
  );
  return JSON.stringify({ text: fitted([title, ...lines].join('\n'), SECTION), blocks });
}

/** Escaped for Slack and no longer than `most`; what is left out is said. Cut between characters, never within an escaped one. */
function fitted(text: string, most: number): string {
  const whole = escapeSlack(text);
  if (whole.length <= most) return whole;
  const characters = [...text];
  const room = most - ` … (${characters.length} characters more)`.length;
  let kept = '';
  let count = 0;
  for (const character of characters) {
    const escaped = escapeSlack(character);
    if (kept.length + escaped.length > room) break;
    kept += escaped;
    count++;
  }
  return `${kept} … (${characters.length - count} characters more)`;
}

/** The three characters that Slack reads as its own. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Characters of a subject: two lines of 78 with what encodes it. @see RFC 5322, 2.1.1. */
const SUBJECT = 120;

/**
 * A mail's subject, one line without control characters so that it can add no header, and its text, which has the title whole.
 * @param repeat - an earlier attempt may have arrived.
 */
export function emailParts(
  message: AlertMessage,
  repeat: boolean,
): { readonly subject: string; readonly text: string } {
  const { title, lines } = textOf(message, repeat);
  const characters = [...title];
  const subject = characters.length > SUBJECT ? `${characters.slice(0, SUBJECT - 1).join('')}…` : title;
  return { subject, text: `${[title, '', ...lines].join('\n')}\n` };
}
