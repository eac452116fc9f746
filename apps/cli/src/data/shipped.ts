import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CairnError } from '@cairn/core/errors';
import { type Case, type LedgerCase, type PublishedFlowCase, parseCase } from '@cairn/core/tracing';
import { readJson } from './data-directory.ts';

/** The repository's `data` folder: what ships with Cairn. */
const SHIPPED = join(import.meta.dirname, '..', '..', '..', '..', 'data');

/** A case folder: its `case.json`, and where its files lie. */
export type CaseFolder<C extends Case = Case> = { readonly folder: string; readonly case: C };

export function shippedLabelFiles(): string[] {
  const labels = join(SHIPPED, 'labels');
  const packs = join(labels, 'tagpacks');
  const yaml = readdirSync(packs).filter((name) => name.endsWith('.yaml'));
  return [join(labels, 'etherscan-labels.json'), ...yaml.sort().map((name) => join(packs, name))];
}

/** The list snapshot that ships with Cairn, read only; null: this copy of Cairn came without. */
export function shippedLists(): string | null {
  const snapshot = join(SHIPPED, 'lists', 'snapshot');
  return existsSync(snapshot) ? snapshot : null;
}

export function shippedCases(): string[] {
  return readdirSync(join(SHIPPED, 'cases'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** @param name - a shipped case's slug, or the path of a case folder. @throws not-found, invalid-input */
export function loadCase(name: string): CaseFolder {
  const isShipped = shippedCases().includes(name);
  if (!isShipped && !name.includes('/')) {
    throw new CairnError('not-found', `there is no case ${name}`, {
      hints: [`shipped cases: ${shippedCases().join(', ')}`, 'or give the path of a case folder'],
    });
  }
  const folder = isShipped ? join(SHIPPED, 'cases', name) : name;
  return { folder, case: parseCase(readJson(join(folder, 'case.json'))) };
}

export function isLedgerCase(folder: CaseFolder): folder is CaseFolder<LedgerCase> {
  return folder.case.kind === 'ledger';
}

export function isPublishedFlowCase(folder: CaseFolder): folder is CaseFolder<PublishedFlowCase> {
  return folder.case.kind === 'published-flow';
}

/** The record of incidents that ships. */
export function shippedRecord(): string {
  return join(SHIPPED, 'record');
}

/** The risk rules that ship. */
export function shippedRiskRules(): string {
  return join(SHIPPED, 'risk-rules', 'default.yaml');
}
