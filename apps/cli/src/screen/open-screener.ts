import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CairnError } from '@cairn/core/errors';
import {
  createNameIndex,
  createOfacCompatibleSearch,
  createScreener,
  type ListVersion,
  parseRiskRules,
  type Screener,
  versionsInForce,
} from '@cairn/core/screening';
import { openListStore } from '@cairn/core/screening/stores';
import { formatTime, parseTime } from '@cairn/core/units';
import { openDataDirectory, readText } from '../data/data-directory.ts';
import { shippedLists, shippedRiskRules } from '../data/shipped.ts';
import type { Context } from '../terminal/context.ts';
import { decisionsOf } from './journal-decisions.ts';
import { hasLedger, openLedgerQuestions } from './ledger-questions.ts';
import { theftRegister } from './theft-register.ts';

export type ScreenerOptions = {
  /** A date (its whole day counts) or a time; absent: now. */
  readonly asOf?: string;
  /** Of lists and decisions, only what was in hand by then counts. */
  readonly knownAt?: string;
  /** Unix seconds. */
  readonly now: number;
  readonly ledger: 'ask' | 'leave-out';
  readonly crossings: 'declared' | 'none';
  /** The matcher of names: Cairn's own, or the one that follows OFAC's search. */
  readonly names: 'cairn' | 'ofac';
  /** A rule file; absent: the shipped one. */
  readonly rules?: string;
};

export const SCREEN_NOW = { ledger: 'ask', crossings: 'declared', names: 'cairn' } as const;

/** Opens everything an answer rests on, as of one moment. The caller closes it. */
export async function openScreener(context: Context, options: ScreenerOptions): Promise<Screener> {
  const directory = openDataDirectory(context.data);
  const lists = openListStore({ directory: join(directory.path, 'lists'), shipped: shippedLists() });
  const when = momentOf(options);
  const inForce = versionsInForce(heldBy(lists.versions(), when), { asOf: when.date, knownAt: when.knownAt });
  // All that can fail comes before the ledger is opened: an open ledger is this process's alone.
  const rules = readRules(options.rules ?? shippedRiskRules());
  const decided = decisionsOf(directory, Math.min(when.at, when.knownAt ?? when.at));
  const thefts = theftRegister();
  const asks = options.ledger === 'ask' && hasLedger(directory);
  const until = options.asOf === undefined ? null : when.at;
  const ledger = asks ? await openLedgerQuestions(context, directory, { until, crossings: options.crossings }) : null;
  const world = {
    asOf: when.at,
    knownAt: when.knownAt,
    lists: inForce,
    parties: lists.parties,
    partiesWithAccounts: lists.partiesWithAccounts,
    labels: [...(ledger?.labels ?? []), ...directory.labels()],
    thefts,
    ledger: ledger?.questions ?? null,
    ledgerNote: ledger === null ? (options.ledger === 'ask' ? 'no ledger has been ingested' : 'not asked') : null,
    ...decided,
    rules,
  };
  const createIndex = options.names === 'ofac' ? createOfacCompatibleSearch : createNameIndex;
  return createScreener(world, createIndex, async () => ledger?.close());
}

type Moment = {
  /** Unix seconds. */
  readonly at: number;
  readonly date: string;
  /** Was a time of day given? Then a list issued that day counts only if it was in hand by then. */
  readonly exact: boolean;
  readonly knownAt: number | null;
};

const DAY = 86_400;

function momentOf({ asOf, knownAt, now }: ScreenerOptions): Moment {
  const known = knownAt === undefined ? null : endOf(knownAt);
  if (asOf === undefined) return { at: now, date: formatTime(now).slice(0, 10), exact: false, knownAt: known };
  const at = endOf(asOf);
  if (at > now + DAY) {
    throw new CairnError('invalid-input', `--as-of ${asOf} lies in the future: no list of that day is published yet`);
  }
  return { at, date: formatTime(at).slice(0, 10), exact: !isDay(asOf), knownAt: known };
}

/** A day stands for its last second. */
function endOf(text: string): number {
  return isDay(text) ? parseTime(text) + DAY - 1 : parseTime(text);
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text.trim());
}

function heldBy(versions: readonly ListVersion[], { at, date, exact }: Moment): readonly ListVersion[] {
  return exact ? versions.filter(({ issuedOn, obtainedAt }) => issuedOn !== date || obtainedAt <= at) : versions;
}

function readRules(path: string) {
  return parseRiskRules(
    readText(path),
    path.split('/').at(-1) ?? path,
    createHash('sha256').update(readFileSync(path)).digest('hex'),
  );
}
