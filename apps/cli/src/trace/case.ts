import { join } from 'node:path';
import { findLookAlikes, importLabels, type Label } from '@cairn/core/labels';
import type { LedgerStore, Transfer } from '@cairn/core/ledger';
import type { FileResult } from '@cairn/core/ledger/sources';
import { type Crossing, importOnwardAmounts, type LedgerCase, parseCrossings, type Warning } from '@cairn/core/tracing';
import type { CaseInfo, PublishedFigure } from '@cairn/core/tracing/bundle';
import { ETHEREUM, formatAccount, formatTime } from '@cairn/core/units';
import { readJson, readText } from '../data/data-directory.ts';
import { type IngestOptions, ingest } from '../data/ingest.ts';
import type { CaseFolder } from '../data/shipped.ts';

/** Puts a case's transfers and coverage into the ledger, unless they are there. @returns what became of its files. */
export async function ingestCase(
  store: LedgerStore,
  { folder, case: theCase }: CaseFolder<LedgerCase>,
  options: Omit<IngestOptions, 'coverage' | 'format' | 'chain'>,
): Promise<FileResult[]> {
  const results: FileResult[] = [];
  for (const { path, format, chain } of theCase.transfers) {
    const coverage = theCase.coverage.filter((c) => c.source === path);
    const { files } = await ingest(store, [join(folder, path)], { ...options, format, chain, coverage });
    results.push(...files);
  }
  return results;
}

export function caseLabels({ folder, case: theCase }: CaseFolder<LedgerCase>): Label[] {
  return theCase.labels.flatMap(({ path, source, confidence }) => [
    ...importLabels(readText(join(folder, path)), { file: path, source, confidence }).labels,
  ]);
}

export function caseCrossings({ folder, case: theCase }: CaseFolder<LedgerCase>): Crossing[] {
  return theCase.crossings === null ? [] : parseCrossings(readJson(join(folder, theCase.crossings)));
}

export function caseInfo({ case: theCase }: CaseFolder<LedgerCase>): CaseInfo {
  return {
    slug: theCase.slug,
    title: theCase.title,
    summary: theCase.summary,
    sources: theCase.provenance.map((file) => ({
      name: file.path,
      url: null,
      licence: file.licence,
      sha256: file.sha256,
      note: `${file.source} ${file.obtained}`,
    })),
    assumptions: [...theCase.assumptions],
    missing: [...theCase.knownMissing],
  };
}

/** What others published about accounts of the case. */
export function casePublished({ folder, case: theCase }: CaseFolder<LedgerCase>): PublishedFigure[] {
  return theCase.comparisons.flatMap(({ path, asset, source }) =>
    importOnwardAmounts(readText(join(folder, path)), ETHEREUM, asset).map((published) => ({
      account: published.account,
      what: 'moved on',
      value: published.movedOut,
      unit: theCase.assets.find((info) => info.asset === asset)?.symbol ?? asset,
      date: formatTime(published.movedOn).slice(0, 10),
      source,
    })),
  );
}

/** A warning for each pair of accounts that a hurried reader takes for one. */
export function lookAlikeNotices(transfers: readonly Transfer[]): Warning[] {
  const notices = findLookAlikes(transfers).map(({ lookAlike, resembled, parties, head, tail }): Warning => {
    const names = parties.map(({ account }) => formatAccount(account));
    const which =
      lookAlike === null || resembled === null
        ? 'The amounts do not say which resembles which.'
        : `${formatAccount(lookAlike.account)} moved less and is flagged as the look-alike of ${formatAccount(resembled.account)}.`;
    return {
      code: 'look-alike',
      message: `${names.join(' and ')} both begin with ${head} and end with ${tail}: two accounts, easily taken for one. ${which}`,
      accounts: parties.map(({ account }) => account),
    };
  });
  return notices.sort((a, b) => (a.message < b.message ? -1 : 1));
}
