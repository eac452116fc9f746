import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CairnError } from '@cairn/core/errors';
import {
  type Alert,
  type AlertMessage,
  alertMessage,
  type Channel,
  type Delivery,
  foldJournal,
  isClosed,
  parseChannels,
  showSubject,
  type WatchBook,
} from '@cairn/core/screening';
import { createDeliverer } from '@cairn/core/screening/stores';
import { openDataDirectory, writeWhole } from '../data/data-directory.ts';
import { openTrail, secondsNow } from '../screen/journal-open.ts';
import type { Context } from '../terminal/context.ts';

/** Where alerts of this data directory are told. */
type ChannelBook = {
  /** Tells this data directory from others in the ids of messages. */
  readonly instance: string;
  readonly channels: readonly Channel[];
};

const pathOf = (data: string): string => join(openDataDirectory(data).path, 'channels.json');

export function readChannels(data: string): ChannelBook {
  const path = pathOf(data);
  if (!existsSync(path)) return { instance: '', channels: [] };
  try {
    const { instance, channels } = JSON.parse(readFileSync(path, 'utf8')) as { instance?: string; channels: unknown };
    return { instance: instance ?? '', channels: parseChannels(channels) };
  } catch (cause) {
    if (cause instanceof CairnError) throw cause;
    throw new CairnError('unavailable', `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

export function saveChannels(data: string, channels: readonly Channel[]): void {
  const { instance } = readChannels(data);
  // Short, and tells nothing of the machine.
  const name = instance || createHash('sha256').update(randomUUID()).digest('hex').slice(0, 12);
  const book: ChannelBook = { instance: name, channels: parseChannels(channels) };
  writeWhole(pathOf(data), `${JSON.stringify(book, null, 2)}\n`);
}

/** What is watched, in words. */
export function titleOf({ watches, traces }: WatchBook, alert: Alert): string {
  if (alert.kind === 'movement') return traces.get(alert.watch)?.title ?? alert.watch;
  const watch = watches.get(alert.watch);
  return watch === undefined ? alert.watch : showSubject(watch.subject);
}

/** Tells every open alert on every channel that has not had it. One line on stderr for each that failed. */
export async function tellAlerts(context: Context): Promise<readonly Delivery[]> {
  const { channels } = readChannels(context.data);
  if (channels.length === 0) return [];
  const { watch } = foldJournal(openTrail(openDataDirectory(context.data).path).read());
  const open = [...watch.alerts.values()].filter(({ disposition }) => !isClosed(disposition));
  const done = await tell(
    context,
    open.map((alert) => alertMessage(alert, titleOf(watch, alert))),
  );
  for (const { alert, channel, state, reason } of done) {
    if (state === 'failed')
      process.stderr.write(`cairn: ${alert} was not told on ${channel}: ${reason}; tried again next time\n`);
  }
  return done;
}

export async function tell(
  context: Context,
  messages: readonly AlertMessage[],
  only: readonly Channel[] | null = null,
): Promise<readonly Delivery[]> {
  const { instance, channels } = readChannels(context.data);
  const deliverer = createDeliverer({
    directory: join(openDataDirectory(context.data).path, 'screening'),
    channels: only ?? channels,
    env: process.env,
    instance,
    print: (text) => process.stderr.write(`${text}\n`),
    now: secondsNow,
  });
  return deliverer.deliver(messages, context.signal);
}
