import { CairnError } from '@cairn/core/errors';
import { isHit, OFAC_DEFAULT_THRESHOLD, type Screener } from '@cairn/core/screening';
import type { Command } from 'commander';
import { openDataDirectory } from '../data/data-directory.ts';
import { screenFile } from '../screen/batch.ts';
import { openScreener, type ScreenerOptions } from '../screen/open-screener.ts';
import { showAccount } from '../screen/show-account.ts';
import { showName } from '../screen/show-name.ts';
import { kindOf, nameQuery, type SubjectKind } from '../screen/subject.ts';
import type { Context } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { createAssetBook } from '../trace/assets.ts';
import { act, repeatable, verb } from './command.ts';

export type ScreenFlags = {
  readonly asOf?: string;
  readonly knownAt?: string;
  readonly as?: SubjectKind;
  readonly born?: string;
  readonly country: readonly string[];
  readonly kind?: string;
  readonly threshold?: string;
  readonly limit?: string;
  readonly matcher: string;
  readonly rules?: string;
  readonly ledger: boolean;
  readonly crossings: boolean;
  readonly out?: string;
};

export function screenCommand(): Command {
  const command = verb(
    'screen',
    'who is this account, or this name: lists, thefts, labels, exposure; or a whole file of them',
    [
      'cairn screen 0x098B716B8Aaf21512996dC57EB0615e2383E2f96',
      'cairn screen "Kim Jong Un" --born 1984 --country KP',
      'cairn screen customers.csv --out answers.csv',
      'cairn screen 0x098B716B8Aaf21512996dC57EB0615e2383E2f96 --as-of 2024-06-30 --json',
    ],
  )
    .argument('<subject...>', 'an account, a name, or a CSV file')
    .option('--as <what>', 'account, name or file: where the form does not say')
    .option('--as-of <date>', 'answer with what was in force on that day, or at that time')
    .option('--known-at <date>', 'and of lists and decisions only what was in hand here by then')
    .option('--born <date>', 'date of birth of a name: 1984, 1984-01-08, 1982..1984, ~1984')
    .addOption(repeatable('--country <country>', 'nationality, residence or registration of a name'))
    .option('--kind <kind>', 'person, organisation, vessel or aircraft')
    .option('--threshold <points>', 'least score of a name match, 0 to 100')
    .option('--limit <n>', 'name matches shown')
    .option('--matcher <which>', "cairn, or ofac: scores that follow OFAC's own search", 'cairn')
    .option('--rules <file>', 'risk rules (YAML) in place of the shipped ones')
    .option('--no-ledger', 'leave the ledger out: no exposure')
    .option('--no-crossings', 'leave declared crossings out of exposure')
    .option('--out <file>', "where a file's answers go (default: beside it, .screened.csv)");
  return act<ScreenFlags>(command, async (context, flags, subjects) => {
    if (flags.as !== undefined && !['account', 'name', 'file'].includes(flags.as)) {
      throw new CairnError('invalid-input', `--as takes account, name or file, not '${flags.as}'`);
    }
    const kinds = subjects.map((text) => flags.as ?? kindOf(text));
    const options = screenerOptions(flags);
    if (kinds.includes('file')) {
      if (subjects.length > 1) throw new CairnError('invalid-input', 'one file at a time, and nothing beside it');
      return screenFile(context, subjects[0] as string, flags, options);
    }
    const screener = await openScreener(context, options);
    try {
      return await screenAll(context, screener, subjects, kinds, flags);
    } finally {
      await screener.close();
    }
  });
}

async function screenAll(
  context: Context,
  screener: Screener,
  subjects: readonly string[],
  kinds: readonly SubjectKind[],
  flags: ScreenFlags,
): Promise<ExitCode> {
  const book = createAssetBook(openDataDirectory(context.data).assets());
  const search = searchOptions(flags);
  const answers = [];
  for (const [i, text] of subjects.entries()) {
    answers.push(
      kinds[i] === 'account' ? await screener.account(text) : await screener.name(nameQuery(text, flags), search),
    );
  }
  const shown = answers.map((answer) => (answer.kind === 'account' ? showAccount(answer, book) : showName(answer)));
  context.print(shown.join('\n'), answers.length === 1 ? answers[0] : answers);
  if (answers.some(isHit)) return 9;
  return answers.some(({ verdict }) => verdict === 'unknown') ? 10 : 0;
}

/** @throws invalid-input */
export function searchOptions({ threshold, limit, matcher }: Pick<ScreenFlags, 'threshold' | 'limit' | 'matcher'>): {
  threshold?: number;
  limit?: number;
} {
  const least = matcher === 'ofac' ? { threshold: OFAC_DEFAULT_THRESHOLD } : {};
  return {
    ...(threshold === undefined ? least : { threshold: readNumber('--threshold', threshold, 100) }),
    ...(limit === undefined ? {} : { limit: readCount('--limit', limit) }),
  };
}

function readNumber(flag: string, text: string, most: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= most) return value;
  throw new CairnError('invalid-input', `${flag} takes a number from 0 to ${most}, not '${text}'`);
}

/** From 1: of none shown nobody could tell whether there is one. */
function readCount(flag: string, text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new CairnError('invalid-input', `${flag} takes a whole number from 1 to 999999, not '${text}'`);
}

function screenerOptions(flags: ScreenFlags): ScreenerOptions {
  if (flags.matcher !== 'cairn' && flags.matcher !== 'ofac') {
    throw new CairnError('invalid-input', `unknown matcher ${flags.matcher}`, { hints: ['known: cairn, ofac'] });
  }
  return {
    now: Math.floor(Date.now() / 1000),
    ...(flags.asOf === undefined ? {} : { asOf: flags.asOf }),
    ...(flags.knownAt === undefined ? {} : { knownAt: flags.knownAt }),
    ...(flags.rules === undefined ? {} : { rules: flags.rules }),
    ledger: flags.ledger ? 'ask' : 'leave-out',
    crossings: flags.crossings ? 'declared' : 'none',
    names: flags.matcher,
  };
}
