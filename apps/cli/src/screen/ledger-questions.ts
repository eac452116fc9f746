import { existsSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { type DepositOptions, findDepositAccounts } from '@cairn/core/clustering';
import { createLabelIndex, type Label, type LabelIndex } from '@cairn/core/labels';
import type { ImportSummary, LedgerStore } from '@cairn/core/ledger';
import { type LedgerQuestions, measureExposure } from '@cairn/core/screening';
import type { Crossing, LedgerCase } from '@cairn/core/tracing';
import type { DataDirectory } from '../data/data-directory.ts';
import { type CaseFolder, isLedgerCase, loadCase, shippedCases } from '../data/shipped.ts';
import type { Context } from '../terminal/context.ts';
import { createProgress, grouped } from '../terminal/progress.ts';
import { caseCrossings, caseLabels } from '../trace/case.ts';

export type OpenLedger = {
  readonly questions: LedgerQuestions;
  /** What the cases whose files are in the ledger say of accounts. */
  readonly labels: readonly Label[];
  readonly close: () => Promise<void>;
};

/** Is there a ledger to ask? Opening an engine to find it empty would cost most of a second. */
export function hasLedger(directory: DataDirectory): boolean {
  return existsSync(directory.ledger);
}

/**
 * The data directory's ledger, as screening asks it. Cases whose transfer files are in it bring their labels and their
 * declared crossings along.
 */
export async function openLedgerQuestions(
  context: Context,
  directory: DataDirectory,
  options: { readonly until: number | null; readonly crossings: 'declared' | 'none' },
): Promise<OpenLedger> {
  const store = await directory.openLedger();
  try {
    const imports = await store.imports();
    const cases = casesOf(imports);
    const labels = cases.flatMap((folder) => caseLabels(folder));
    const crossings = options.crossings === 'none' ? [] : cases.flatMap((folder) => caseCrossings(folder));
    const questions = createQuestions(context, store, {
      imports: imports.length,
      labels: [...labels, ...directory.labels()],
      crossings,
      until: options.until,
    });
    return { questions, labels, close: () => store.close() };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Shipped cases whose transfer files are in the ledger. */
export function casesOf(imports: readonly ImportSummary[]): CaseFolder<LedgerCase>[] {
  const files = new Set(imports.map(({ sha256 }) => sha256));
  const folders = shippedCases().map((slug) => loadCase(slug));
  return folders
    .filter(isLedgerCase)
    .filter(({ case: { transfers, provenance } }) =>
      transfers.some(({ path }) => files.has(provenance.find((file) => file.path === path)?.sha256 ?? '')),
    );
}

type Asked = {
  readonly imports: number;
  readonly labels: readonly Label[];
  readonly crossings: readonly Crossing[];
  readonly until: number | null;
};

function createQuestions(context: Context, store: LedgerStore, asked: Asked): LedgerQuestions {
  const deposits = { ...depositOptions(createLabelIndex(asked.labels)), until: asked.until };
  return {
    imports: asked.imports,
    async transfersOf(account) {
      let count = 0;
      const query = { accounts: [account], assets: null, until: asked.until, limitPerAccount: null };
      await store.histories(query, () => {
        count++;
      });
      return count;
    },
    async exposureOf(account, partyOf) {
      const progress = createProgress();
      try {
        return await measureExposure(store, account, {
          partyOf,
          crossings: asked.crossings,
          until: asked.until,
          signal: context.signal,
          breathe: () => setImmediate(),
          onProgress: ({ accounts, transfers }) =>
            progress.update(`exposure: ${grouped(accounts)} accounts, ${grouped(transfers)} movements`, null),
        });
      } finally {
        progress.done();
      }
    },
    depositOf: async (account) => (await findDepositAccounts(store, [account], deposits))[0] ?? null,
  };
}

/** A customer's labelled deposit account is no hot wallet: whoever pays into it is the customer. */
export function namesDeposit({ name, entity }: Label): boolean {
  return [name, entity ?? ''].some((text) => /\bdeposit\b(?!-? ?funder)/i.test(text));
}

/** Whose labelled accounts give customers deposit accounts, and whom labels name already. */
export function depositOptions(index: LabelIndex): Pick<DepositOptions, 'serviceOf' | 'isLabelled'> {
  return {
    serviceOf: (account) => {
      const label = index.decide(account)?.label;
      if (label?.category !== 'exchange' && label?.category !== 'custodian') return null;
      if (namesDeposit(label)) return null;
      return { name: label.entity ?? label.name, source: label.source };
    },
    // `theft` and `sanctioned` do not say who runs an account: a thief's deposit account is the exchange's as well.
    isLabelled: (account) => index.stopAt(account) !== null,
  };
}
