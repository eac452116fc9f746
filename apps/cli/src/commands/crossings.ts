import { CairnError } from '@cairn/core/errors';
import { createLabelIndex } from '@cairn/core/labels';
import type { LedgerStore } from '@cairn/core/ledger';
import { type CandidateList, type Crossing, candidatesFor, crossingOfCandidate } from '@cairn/core/tracing';
import { parseAccount, parseChain } from '@cairn/core/units';
import type { Command } from 'commander';
import { type CandidateFlags, parseOptions } from '../crossings/candidate-options.ts';
import { type ChosenExit, chooseExit } from '../crossings/choose-exit.ts';
import { explain } from '../crossings/explain.ts';
import { findPayouts } from '../crossings/find-payouts.ts';
import { BASES, listProtocols, showProtocols } from '../crossings/protocols.ts';
import { type ReadTransaction, readTransaction } from '../crossings/read-transaction.ts';
import { showCandidates } from '../crossings/show-candidates.ts';
import { crossingsJson } from '../crossings/to-json.ts';
import type { Words } from '../crossings/words.ts';
import { openDataDirectory, writeWhole } from '../data/data-directory.ts';
import { type Context, toJsonText } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { createAssetBook } from '../trace/assets.ts';
import { act, repeatable, verb, withVerbs } from './command.ts';
import { readAll } from './tx.ts';

export function crossingsCommand(): Command {
  return withVerbs(
    verb(
      'crossings',
      'where value crossed a bridge, a swap or a mixer: what proves it, and candidates where nothing does',
      [
        'cairn crossings explain 0x2dab3117…',
        'cairn crossings list --basis exact',
        'cairn crossings candidates 0x2dab3117… --within 2h --fee-most 5% --rate ETH=BTC:0.0375',
      ],
    ),
    [explainCommand(), listCommand(), candidatesCommand()],
  );
}

function explainCommand(): Command {
  const command = verb('explain', 'the crossings of transactions, step by step, as anyone can read them again', [
    'cairn crossings explain 0x2dab3117…',
    'cairn crossings explain btc:9a3b… --json',
  ]).argument('<txid...>', 'transaction hashes; a chain may stand before: btc:…, eip155:137:0x…');
  return act(command, async (context, _flags, args) => {
    const { found, words } = await readAll(context, args);
    context.print(
      found.map((read) => explain(read, words)).join('\n\n'),
      found.map((read) => {
        const { chain, tx, swaps, wraps } = read;
        return { chain, tx, ...crossingsJson(read), swaps, wraps };
      }),
    );
    return 0;
  });
}

function listCommand(): Command {
  const command = verb('list', 'every protocol Cairn reads, what proves its links and what it cannot prove', [
    'cairn crossings list --basis inferred',
  ]).option('--basis <basis>', `only those whose links are at most: ${BASES.join(', ')}`);
  return act<{ readonly basis?: string }>(command, async ({ print }, { basis }) => {
    const wanted = BASES.find((one) => one === basis);
    if (basis !== undefined && wanted === undefined) {
      throw new CairnError('invalid-input', `unknown basis '${basis}'`, { hints: [`known: ${BASES.join(', ')}`] });
    }
    const protocols = listProtocols().filter((one) => wanted === undefined || one.basis === wanted);
    print(showProtocols(protocols), protocols);
    return 0;
  });
}

function candidatesCommand(): Command {
  const command = verb('candidates', 'what an unproven way out may have been paid out as, nearest amount first', [
    'cairn crossings candidates 0x2dab3117… --within 2h --fee-most 5% --rate ETH=BTC:0.0375',
    'cairn crossings candidates 0x2dab3117…:0 --within 1d --fee-most 1% --from-venue eth:0xf5e10380…',
    'cairn crossings candidates btc:9a3b…:0 --within 3h --fee-most 2% --to-chain btc --as-crossing chosen.json',
  ])
    .argument('<txid[:n]>', 'the transaction, and the transfer in it that went in')
    .requiredOption('--within <time>', 'how long after it a payout counts: 90s, 30m, 2h, 1d (required)')
    .requiredOption('--fee-most <share>', 'the most the service may have kept: 5% (required)')
    .option('--fee-least <share>', 'the least it may have kept; negative: it may have paid more', '0%')
    .option('--before <time>', 'how long before it a payout counts too')
    .addOption(
      repeatable(
        '--rate <rate>',
        'for payouts in another asset: ASSET=ASSET:NUM/DEN in base units, or ASSET=ASSET:DECIMAL',
      ),
    )
    .addOption(
      repeatable('--from-venue <account>', 'an account that pays out for the service: its payments are looked at'),
    )
    .addOption(repeatable('--to-chain <chain>', 'btc: all outputs of its blocks in that time are looked at'))
    .option('--rank <n>', 'which candidate --as-crossing takes', '1')
    .option(
      '--as-crossing <file>',
      'write the candidate as an inferred crossing, for cairn trace --crossings FILE --follow-inferred',
    );
  return act<CandidateFlags>(command, runCandidates);
}

async function runCandidates(context: Context, flags: CandidateFlags, [text]: readonly string[]): Promise<ExitCode> {
  const directory = openDataDirectory(context.data);
  const words = { book: createAssetBook(directory.assets()), labels: createLabelIndex(directory.labels()) };
  const ledger = await directory.openLedger();
  const found = await findCandidates(ledger, text as string, flags, words).finally(() => ledger.close());
  const { list, lookedAt, foreign, way } = found;
  const crossing = flags.asCrossing === undefined ? null : chosen(list, way, flags);
  if (flags.asCrossing !== undefined) writeWhole(flags.asCrossing, `${toJsonText({ crossings: [crossing] })}\n`);
  const written = flags.asCrossing === undefined ? '' : `\n\n${writtenText(flags, flags.asCrossing)}`;
  context.print(`${showCandidates(list, { lookedAt, foreign, remedy: way.remedy }, words)}${written}`, {
    ...list,
    lookedAt,
    foreign,
    toBeExact: way.remedy,
    crossing,
  });
  return 0;
}

type Found = {
  readonly list: CandidateList;
  readonly lookedAt: readonly string[];
  /** Payments left out because their records name another way in. */
  readonly foreign: number;
  readonly way: ChosenExit;
};

async function findCandidates(ledger: LedgerStore, text: string, flags: CandidateFlags, words: Words): Promise<Found> {
  const options = parseOptions(flags, words.book);
  const venues = flags.fromVenue.map((account) => parseAccount(account));
  const chains = flags.toChain.map((chain) => parseChain(chain));
  const [, name, position] = NAMED.exec(text) ?? [null, text, null];
  const read = onlyOne(await readTransaction(ledger, name as string));
  const way = chooseExit(read, position == null ? null : Number(position), words.book);
  const { payouts, lookedAt, foreign } = await findPayouts(ledger, way, { venues, chains, window: options.window });
  return { list: candidatesFor(way.exit, payouts, options), lookedAt, foreign, way };
}

/** `TX:n`; what stands before may be a chain. */
const NAMED = /^(.*[0-9a-fA-F]{64}):(-?[0-9]{1,9})$/;

function onlyOne(found: readonly ReadTransaction[]): ReadTransaction {
  const [read] = found;
  if (read !== undefined && found.length === 1) return read;
  throw new CairnError('invalid-input', 'several chains have a transaction of this hash: name one', {
    hints: found.map(({ chain, tx }) => `${chain}:${tx}`),
  });
}

function chosen(list: CandidateList, { transfer }: ChosenExit, { rank }: CandidateFlags): Crossing {
  if (!/^[1-9][0-9]{0,5}$/.test(rank))
    throw new CairnError('invalid-input', `--rank takes a whole number from 1, not '${rank}'`);
  const crossing = crossingOfCandidate(list, Number(rank));
  if (crossing === null) {
    throw new CairnError(
      'not-found',
      `there is no candidate ${rank}: there are ${list.candidates.length}; no file was written`,
    );
  }
  return list.exit.amount === transfer.amount ? crossing : { ...crossing, part: list.exit.amount };
}

function writtenText({ rank }: CandidateFlags, file: string): string {
  return `Candidate ${rank} is written to ${file} as an inferred crossing. A trace follows it with --crossings ${file} --follow-inferred, and every figure that rests on it is marked.`;
}
