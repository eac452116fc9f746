import { CairnError } from '@cairn/core/errors';
import { type Channel, parseChannels } from '@cairn/core/screening';
import type { Command } from 'commander';
import { secondsNow } from '../screen/journal-open.ts';
import { table } from '../terminal/table.ts';
import { readChannels, saveChannels, tell, tellAlerts } from '../watch/channels.ts';
import { act, repeatable, verb } from './command.ts';

type ChannelFlags = {
  readonly kind: string;
  readonly url?: string;
  readonly secretEnv?: string;
  readonly urlEnv?: string;
  readonly host?: string;
  readonly port: string;
  readonly secure?: true;
  readonly user?: string;
  readonly passwordEnv?: string;
  readonly from?: string;
  readonly to: readonly string[];
};

const EXAMPLES = [
  'cairn alerts channel add terminal --kind console',
  'cairn alerts channel add desk --kind webhook --url https://desk.example/cairn --secret-env DESK_SECRET',
  'cairn alerts channel add chat --kind slack --url-env SLACK_WEBHOOK',
  'cairn alerts channel add mail --kind email --host smtp.example --from cairn@example.org --to desk@example.org --user cairn --password-env SMTP_PASSWORD',
];

/** `cairn alerts channel`: where alerts are told. */
export function channelCommand(): Command {
  const command = verb(
    'channel',
    'where alerts are told: add, remove or test a channel; without a word, list them',
    EXAMPLES,
  )
    .argument('[what]', 'add, remove or test')
    .argument('[name]', 'the name of the channel')
    .option('--kind <kind>', 'console, webhook, slack or email')
    .option('--url <url>', 'webhook: where to post')
    .option('--secret-env <name>', "webhook: the environment's variable that holds its secret (whsec_ and Base64)")
    .option('--url-env <name>', "slack: the environment's variable that holds the URL of the incoming webhook")
    .option('--host <host>', 'email: the SMTP server')
    .option('--port <n>', 'email: its port', '587')
    .option('--secure', 'email: TLS from the first byte (port 465); else STARTTLS where offered')
    .option('--user <name>', 'email: the user')
    .option('--password-env <name>', "email: the environment's variable that holds the password")
    .option('--from <address>', 'email: the sender')
    .addOption(repeatable('--to <address>', 'email: a receiver'));
  return act<ChannelFlags>(command, async (context, flags, [what, name]) => {
    const { channels } = readChannels(context.data);
    if (what === undefined) {
      context.print(showChannels(channels), channels);
      return 0;
    }
    if (name === undefined) throw new CairnError('invalid-input', 'name the channel');
    const known = channels.find((one) => one.name === name);
    if (what === 'add') {
      const [made] = parseChannels([channelOf(name, flags)]) as [Channel];
      saveChannels(context.data, [...channels.filter((one) => one.name !== name), made]);
      context.print(`${name} is kept. cairn alerts channel test ${name} sends a trial.`, made);
      return 0;
    }
    if (known === undefined) throw new CairnError('not-found', `no channel is called ${name}`);
    if (what === 'remove') {
      saveChannels(
        context.data,
        channels.filter((one) => one.name !== name),
      );
      context.print(`${name} is forgotten.`, { removed: name });
      return 0;
    }
    if (what !== 'test') throw new CairnError('invalid-input', `add, remove or test a channel, not ${what}`);
    const at = secondsNow();
    const trial = {
      id: `trial-${Date.now()}`,
      title: 'A trial: nothing has happened',
      lines: ['This channel works.'],
      at,
      body: null,
    };
    const steps = await tell(context, [trial], [known]);
    const failed = steps.find(({ state }) => state !== 'delivered');
    const isTold = steps.length > 0 && failed === undefined;
    context.print(isTold ? `${name} works.` : `${name} failed: ${failed?.reason ?? 'nothing was sent'}`, steps);
    return isTold ? 0 : 6;
  });
}

/** What each kind cannot do without. */
const NEEDED: Readonly<Record<string, readonly (readonly [keyof ChannelFlags, string])[]>> = {
  console: [],
  webhook: [
    ['url', '--url'],
    ['secretEnv', '--secret-env'],
  ],
  slack: [['urlEnv', '--url-env']],
  email: [
    ['host', '--host'],
    ['from', '--from'],
  ],
};

/** @throws invalid-input: an unknown kind, or an option that it needs. */
function channelOf(name: string, flags: ChannelFlags): unknown {
  const needed = NEEDED[flags.kind ?? ''];
  if (needed === undefined) {
    throw new CairnError('invalid-input', 'say which kind of channel it is with --kind', {
      hints: [`known: ${Object.keys(NEEDED).join(', ')}`],
    });
  }
  const missing = needed.filter(([flag]) => flags[flag] === undefined).map(([, option]) => option);
  if (missing.length > 0)
    throw new CairnError('invalid-input', `a channel of the kind ${flags.kind} needs ${missing.join(' and ')}`);
  const { kind, url, secretEnv, urlEnv, host, port, secure, user, passwordEnv, from, to } = flags;
  switch (kind) {
    case 'webhook':
      return { kind, name, url, secretEnv };
    case 'slack':
      return { kind, name, urlEnv };
    case 'email':
      return {
        ...{ kind, name, host, from, to },
        port: Number(port),
        secure: secure === true,
        user: user ?? null,
        passwordEnv: passwordEnv ?? null,
      };
    default:
      return { kind: kind ?? 'console', name };
  }
}

function showChannels(channels: readonly Channel[]): string {
  if (channels.length === 0) return 'Alerts are told nowhere. cairn alerts channel add names where.';
  const rows = channels.map((channel) => [channel.name, channel.kind, whereOf(channel)]);
  return table(['name', 'kind', 'where'], rows);
}

function whereOf(channel: Channel): string {
  if (channel.kind === 'webhook') return channel.url;
  if (channel.kind === 'slack') return `the URL in ${channel.urlEnv}`;
  return channel.kind === 'email' ? `${channel.to.join(', ')} by ${channel.host}:${channel.port}` : 'this terminal';
}

/** `cairn alerts deliver`: tells what has not been told. */
export function deliverCommand(): Command {
  const command = verb('deliver', 'tell every open alert on every channel that has not had it', [
    'cairn alerts deliver',
  ]);
  return act(command, async (context) => {
    const done = await tellAlerts(context);
    const rows = done.map(({ alert, channel, state, attempt, repeat, reason }) => [
      alert,
      channel,
      state,
      String(attempt),
      reason ?? (repeat ? 'sent again: an attempt before may have arrived' : ''),
    ]);
    context.print(
      rows.length === 0 ? 'Nothing to tell.' : table(['alert', 'channel', 'state', 'attempt', 'why'], rows),
      done,
    );
    return done.some(({ state }) => state === 'failed') ? 6 : 0;
  });
}
