import { formatTime } from '../../units/index.ts';
import type { Alert } from '../watch/watch.ts';

/** An alert as every channel tells it. */
export type AlertMessage = {
  /** `A-12` */
  readonly id: string;
  readonly title: string;
  readonly lines: readonly string[];
  /** Unix seconds. */
  readonly at: number;
  /** For programs. */
  readonly body: unknown;
};

/** @param title - of what is watched. */
export function alertMessage(alert: Alert, title: string): AlertMessage {
  const what = alert.kind === 'movement' ? 'stolen value moved' : 'the answer changed';
  return {
    id: alert.id,
    title: `${alert.id}: ${what}: ${title}`,
    lines: [...alert.changes, `Owner ${alert.owner}, due ${alert.due}. cairn alerts show ${alert.id}`],
    at: alert.raisedAt,
    body: alert,
  };
}

/** Said where it is not known whether an earlier attempt arrived. */
const AGAIN = 'Sent again: an earlier attempt was cut off and may have arrived.';

const linesOf = ({ lines }: AlertMessage, repeat: boolean): readonly string[] => (repeat ? [...lines, AGAIN] : lines);

export function consoleText(message: AlertMessage, repeat: boolean): string {
  const lines = linesOf(message, repeat).map((line) => `  ${line}`);
  return [`${formatTime(message.at)} ${message.title}`, ...lines].join('\n');
}

export function webhookBody({ id, title, lines, at, body }: AlertMessage): string {
  const data = { id, title, lines, at: formatTime(at), alert: body };
  return JSON.stringify({ type: 'cairn.alert', timestamp: formatTime(at), data }, (_, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

/** Characters of a section's text, and blocks of a message. @see Slack, "Reference: blocks". */
const SECTION = 3_000;
const BLOCKS = 50;

/** What Slack's incoming webhooks take, and services that speak their form. */
export function slackBody(message: AlertMessage, repeat: boolean): string {
  const text = escapeSlack(message.title);
  const lines = linesOf(message, repeat).map(escapeSlack);
  const shown = lines.slice(0, BLOCKS - 2);
  const rest = lines.length - shown.length;
  const sections = [`*${text}*`, ...shown, ...(rest === 0 ? [] : [`${rest} more: cairn alerts show ${message.id}`])];
  const blocks = sections.map((section) => ({
    type: 'section',
    text: { type: 'mrkdwn', text: section.length > SECTION ? `${section.slice(0, SECTION - 1)}…` : section },
  }));
  return JSON.stringify({ text, blocks });
}

/** The three characters that Slack reads as its own. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A subject is one line: what would break it could add headers. */
export function emailParts(
  message: AlertMessage,
  repeat: boolean,
): { readonly subject: string; readonly text: string } {
  const subject = message.title.replace(/\p{Cc}+/gu, ' ').slice(0, 200);
  return { subject, text: `${[message.title, '', ...linesOf(message, repeat)].join('\n')}\n` };
}
