import { CairnError } from '@cairn/core/errors';
import {
  assertAllowed,
  assertNoKey,
  fromEnvironment,
  type LoggedCall,
  SOURCE_KINDS,
  type SourceBook,
  type SourceConfig,
  sourceConfig,
} from '@cairn/core/ledger/sources';
import { formatTime } from '@cairn/core/units';
import type { Command } from 'commander';
import { byOption, secondsNow, userOf } from '../screen/journal-open.ts';
import { openCaseSources } from '../sources/case-sources.ts';
import { checkSource, type SourceCheck } from '../sources/check.ts';
import { grouped } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import { act, verb, withVerbs } from './command.ts';

const PAPS = ['red', 'amber', 'green', 'clear'] as const;

export function sourcesCommand(): Command {
  const list = verb('sources', 'nodes and explorers that the case may ask, and what was asked of them', [
    'cairn sources add my-node --kind rpc --url http://127.0.0.1:8545',
    "cairn sources add provider --kind rpc --url 'https://eth.example/v2/{EXAMPLE_KEY}'",
    'cairn sources add etherscan --kind etherscan --chain eth --key-env ETHERSCAN_API_KEY',
    'cairn sources pap amber --because "the panel allows passive look-ups, minutes of 3 March"',
    'cairn sources check',
    'cairn sources log --last 20',
  ]);
  act(list, async ({ data, print }) => {
    const book = openCaseSources(data).book();
    print(showBook(book), book);
    return 0;
  });
  return withVerbs(list, [addCommand(), removeCommand(), papCommand(), checkCommand(), logCommand()]);
}

type AddFlags = {
  readonly kind: string;
  readonly url?: string;
  readonly chain?: string;
  readonly keyEnv?: string;
  readonly own?: true;
  readonly perSecond?: string;
  readonly concurrency?: string;
};

function addCommand(): Command {
  const command = verb('add', 'keep a source for this case; keys stay in the environment', [
    'cairn sources add my-node --kind rpc --url http://127.0.0.1:8545',
    "cairn sources add provider --kind rpc --url 'https://eth.example/v2/{EXAMPLE_KEY}' --per-second 10",
    'cairn sources add etherscan --kind etherscan --chain eth --key-env ETHERSCAN_API_KEY',
    'cairn sources add mempool --kind esplora --url https://mempool.space/api',
  ])
    .argument('[name]', 'what to call it (default: its host)')
    .requiredOption('--kind <kind>', SOURCE_KINDS.join(', '))
    .option('--url <url>', 'of its interface; {NAME} in it is read from the environment')
    .option('--chain <chain>', 'its chain (eth, CAIP-2), where the kind does not say')
    .option('--key-env <name>', "the environment's variable that holds its key")
    .option('--own', 'it is your own: nobody else learns what is asked')
    .option('--per-second <n>', 'requests in a second at most')
    .option('--concurrency <n>', 'requests at a time');
  return act<AddFlags>(command, async ({ data, print }, flags, [name]) => {
    const { kind, url, chain, keyEnv, own, perSecond, concurrency } = flags;
    if (keyEnv !== undefined) fromEnvironment(keyEnv, process.env);
    const given = { kind, name, url, chain, keyEnv, own, ...numbers({ perSecond, concurrency }) };
    const config = sourceConfig(given, process.env);
    assertNoKey(config);
    const kept = openCaseSources(data);
    const book = kept.book();
    const others = book.sources.filter((one) => one.name !== config.name);
    kept.save({ ...book, sources: [...others, config] });
    const what = others.length < book.sources.length ? 'replaced' : 'kept';
    print(`${config.name} is ${what}.\n${showBook({ ...book, sources: [config] })}`, config);
    return 0;
  });
}

function numbers(given: { readonly perSecond: string | undefined; readonly concurrency: string | undefined }) {
  const read = (flag: string, text: string | undefined): number | undefined => {
    if (text === undefined) return undefined;
    if (/^\d{1,4}(\.\d+)?$/.test(text) && Number(text) > 0) return Number(text);
    throw new CairnError('invalid-input', `${flag} takes a number above 0, not ${text}`);
  };
  return { perSecond: read('--per-second', given.perSecond), concurrency: read('--concurrency', given.concurrency) };
}

function removeCommand(): Command {
  const command = verb('remove', 'forget a source; what it brought and the log of its calls stay', [
    'cairn sources remove etherscan',
  ]).argument('<name>', 'its name');
  return act(command, async ({ data, print }, _, [name]) => {
    const kept = openCaseSources(data);
    const book = kept.book();
    const sources = book.sources.filter((one) => one.name !== name);
    if (sources.length === book.sources.length) throw new CairnError('not-found', `no source is called ${name}`);
    kept.save({ ...book, sources });
    print(`${name} is forgotten.`, { removed: name });
    return 0;
  });
}

function papCommand(): Command {
  const command = verb(
    'pap',
    'what this case allows: red (own sources only), amber (passive look-ups at third parties)',
    [
      'cairn sources pap amber --because "the panel allows passive look-ups, minutes of 3 March"',
      'cairn sources pap red --because "the subject must not be warned"',
    ],
  )
    .argument('<level>', PAPS.join(', '))
    .requiredOption('--because <text>', 'who decided, and why')
    .addOption(byOption());
  return act<{ readonly because: string; readonly by?: string }>(command, async ({ data, print }, flags, [level]) => {
    const pap = PAPS.find((one) => one === level?.toLowerCase().replace(/^pap:/, ''));
    if (pap === undefined) throw new CairnError('invalid-input', `PAP is one of ${PAPS.join(', ')}, not ${level}`);
    if (flags.because.trim() === '') throw new CairnError('invalid-input', 'say who decided and why with --because');
    const kept = openCaseSources(data);
    const permission = { pap, because: flags.because.trim(), by: userOf(flags), at: secondsNow() };
    const book: SourceBook = { ...kept.book(), permission };
    kept.save(book);
    print(showBook(book), permission);
    return 0;
  });
}

function checkCommand(): Command {
  const command = verb('check', 'ask each source what it can do, and how fast it answers', [
    'cairn sources check',
    'cairn sources check my-node --json',
  ]).argument('[name]', 'only this one');
  return act(command, async (context, _, [name]) => {
    const book = openCaseSources(context.data).book();
    const sources = book.sources.filter((one) => name === undefined || one.name === name);
    if (sources.length === 0 && name !== undefined) throw new CairnError('not-found', `no source is called ${name}`);
    const checks: SourceCheck[] = [];
    for (const config of sources) checks.push(await checkSource(context, config, book));
    context.print(sources.length === 0 ? NONE : checks.map(showCheck).join('\n\n'), checks);
    return checks.some(({ trouble }) => trouble !== null) ? 6 : 0;
  });
}

function logCommand(): Command {
  const command = verb('log', 'every call that was made for this case, newest last', [
    'cairn sources log --last 20',
  ]).option('--last <n>', 'how many to show', '50');
  return act<{ readonly last: string }>(command, async ({ data, print }, flags) => {
    if (!/^\d{1,9}$/.test(flags.last))
      throw new CairnError('invalid-input', `--last takes a number, not ${flags.last}`);
    const calls = openCaseSources(data).log.read();
    const shown = Number(flags.last) === 0 ? [] : calls.slice(-Number(flags.last));
    print(showCalls(shown, calls.length), shown);
    return 0;
  });
}

const NONE = 'No source is kept. cairn sources add keeps one; cairn trace --fetch --rpc URL asks a node once.';

function showBook({ sources, permission }: SourceBook): string {
  const told =
    permission === null
      ? 'Third parties: may not be asked (nothing was said; cairn sources pap amber --because "…" allows it).'
      : `PAP:${permission.pap.toUpperCase()}, set by ${permission.by} on ${formatTime(permission.at)}: ${permission.because}`;
  if (sources.length === 0) return `${NONE}\n${told}`;
  const rows = sources.map((source) => [
    source.name,
    source.kind,
    source.chain ?? 'as it says',
    source.url,
    source.keyEnv ?? '',
    source.own ? 'your own' : mayAsk(source, { sources, permission }),
  ]);
  return `${table(['name', 'kind', 'chain', 'url', 'key from', 'may be asked'], rows)}\n${told}`;
}

function mayAsk(source: SourceConfig, book: SourceBook): string {
  try {
    assertAllowed(source, book);
    return 'yes';
  } catch {
    return 'no: a third party';
  }
}

function showCheck({ name, chain, head, final, offer, milliseconds, trouble }: SourceCheck): string {
  if (trouble !== null || offer === null || head === null) return `${name}: ${trouble}`;
  const lines = [
    `${name}: ${chain}, newest block ${head.number} (${formatTime(head.time)}), final up to ${final}`,
    `  answers in ${milliseconds} ms`,
    offer.basis === 'index' ? '  finds what single accounts did' : '  has no index of accounts: whole blocks are read',
    `  ${offer.internal ? 'shows' : 'does not show'} value moved by inner calls; ${offer.evidence ? 'gives' : 'does not give'} the records that crossings are proven from`,
    ...offer.notes.map((note) => `  ${note}`),
  ];
  return lines.join('\n');
}

function showCalls(calls: readonly LoggedCall[], all: number): string {
  if (all === 0) return 'No source was asked yet.';
  const rows = calls.map(({ at, source, by, what, status, trouble, milliseconds, pap }) => [
    formatTime(Math.floor(at / 1000)),
    source,
    by,
    pap === null ? 'own' : `PAP:${pap.toUpperCase()}`,
    what.length > 60 ? `${what.slice(0, 59)}…` : what,
    trouble ?? String(status),
    `${milliseconds} ms`,
  ]);
  return `${table(['time', 'source', 'by', 'allowed as', 'what', 'answer', 'took'], rows)}\n${calls.length} of ${grouped(all)} calls.`;
}
