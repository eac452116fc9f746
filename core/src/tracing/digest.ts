import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';
import { CairnError } from '../errors.ts';
import type { Transfer } from '../ledger/index.ts';
import { adverseToJson, coverageToJson, crossingToJson, parametersToJson, runToJson } from './json.ts';
import { POLICY_IDS, type PolicyId, type TraceRequest } from './request.ts';
import type { Run, TraceResult } from './result.ts';
import type { ParametersJson, RunJson } from './trace-schema.ts';

/** Characters gathered before they are hashed: big enough to amortise a call, small enough never to be felt. */
const CHUNK = 1 << 16;

/**
 * Are two traces the same? SHA-256, hex, over the RFC 8785 canonical JSON of one object:
 * `{ coverage, crossings, labels, parameters, result: { adverseOrders, runs, warnings }, transfers }`.
 * A transfer is the array `[chain, blockNumber, txIndex, position, blockTime, tx, from, to, asset, amount, kind, assigned, rounded]`,
 * where the row spends or makes an output of a UTXO chain followed by `owner, script, unresolved`;
 * everything else has the form of the JSON contract. Amounts are decimal strings. Order of arrays, strings by code unit:
 * coverage by (chain, account, direction, fromBlock, toBlock, source), null before values; crossings by id; labels by account;
 * parameters: policies as `POLICY_IDS` lists them, seeds, rules and crossings by their own canonical JSON text;
 * runs by policy as listed there, and inside a run as the contract has it; adverse orders by (order, policy, tag, figure);
 * warnings by (code, message); transfers in ledger order. The engine's version is not part of it.
 */
export function digestTrace(result: Omit<TraceResult, 'digest'>): string {
  const hash = sha256.create();
  let pending = '';
  const write = (text: string): void => {
    pending += text;
    if (pending.length < CHUNK) return;
    hash.update(utf8ToBytes(pending));
    pending = '';
  };
  writeDigestText(result, write);
  hash.update(utf8ToBytes(pending));
  return bytesToHex(hash.digest());
}

/** The text that is hashed, piece by piece: a result may cite more transfers than one string can hold. */
export function writeDigestText(result: Omit<TraceResult, 'digest'>, write: (text: string) => void): void {
  write(`{"coverage":`);
  writeArray(sortBy(result.coverage.map(coverageToJson), coverageKey), write);
  write(`,"crossings":`);
  writeArray(
    sortBy(result.crossings.map(crossingToJson), (crossing) => [crossing.id]),
    write,
  );
  write(`,"labels":`);
  const labels = result.labels.map(({ account, reason, label, source, contested }) => ({
    account,
    reason,
    label,
    source,
    contested,
  }));
  writeArray(
    sortBy(labels, (label) => [label.account]),
    write,
  );
  write(`,"parameters":${canonical(sortedParameters(result.parameters))},"result":{"adverseOrders":`);
  const adverse = result.adverseOrders.map(adverseToJson);
  writeArray(
    sortBy(adverse, ({ order, policy, tag, figure }) => [order, policy, tag, figure]),
    write,
  );
  write(`,"runs":`);
  writeRuns(result.runs, write);
  write(`,"warnings":`);
  const warnings = result.warnings.map(({ code, message, accounts }) => ({ code, message, accounts: [...accounts] }));
  writeArray(
    sortBy(warnings, ({ code, message }) => [code, message]),
    write,
  );
  write(`},"transfers":`);
  writeTransfers(result.consumed, write);
  write('}');
}

function writeRuns(runs: readonly Run[], write: (text: string) => void): void {
  const sorted = [...runs].sort((a, b) => rank(a.policy) - rank(b.policy));
  write('[');
  sorted.forEach((run, index) => {
    write(index === 0 ? '' : ',');
    writeRun(runToJson(run), write);
  });
  write(']');
}

/** Keys in canonical order; a run's edges may cite every transfer, so no run becomes one string. */
function writeRun(run: RunJson, write: (text: string) => void): void {
  write(`{"followed":`);
  writeArray(run.followed, write);
  write(`,"gaps":`);
  writeArray(run.gaps, write);
  write(`,"policy":${canonical(run.policy)},"tags":[`);
  run.tags.forEach((tag, index) => {
    write(index === 0 ? '{' : ',{');
    Object.keys(tag)
      .sort()
      .forEach((key, place) => {
        write(`${place === 0 ? '' : ','}${canonical(key)}:`);
        const value = tag[key as keyof typeof tag];
        if (key === 'edges') writeEdges(tag.edges, write);
        else if (Array.isArray(value)) writeArray(value, write);
        else write(canonical(value));
      });
    write('}');
  });
  write(`],"touched":`);
  writeArray(run.touched, write);
  write('}');
}

function writeArray(items: readonly unknown[], write: (text: string) => void): void {
  write('[');
  for (let i = 0; i < items.length; i++) write(i === 0 ? canonical(items[i]) : `,${canonical(items[i])}`);
  write(']');
}

/** Edges cite the most transactions by far: keys are put in canonical order here, and the runtime writes the text. */
function writeEdges(edges: RunJson['tags'][number]['edges'], write: (text: string) => void): void {
  write('[');
  edges.forEach(({ amount, asset, from, origin, to, transactions }, index) => {
    write(`${index === 0 ? '' : ','}${JSON.stringify({ amount, asset, from, origin, to, transactions })}`);
  });
  write(']');
}

/** Written out by hand because there may be millions: no string in a transfer needs escaping but `tx`, which is checked. */
function writeTransfers(transfers: readonly Transfer[], write: (text: string) => void): void {
  let start = '[';
  for (const t of transfers) {
    write(
      `${start}["${t.chain}",${t.blockNumber},${t.txIndex},${t.position},${t.blockTime},${JSON.stringify(t.tx)},"${t.from}","${t.to}",` +
        `"${t.asset}","${t.amount}","${t.kind}","${t.assigned}",${t.rounded}${lockText(t)}]`,
    );
    start = ',';
  }
  write(transfers.length === 0 ? '[]' : ']');
}

/** A row of a UTXO transaction also says what locks its output. */
function lockText({ lock, unresolved }: Transfer): string {
  if (lock === undefined) return '';
  return `,${lock.owner === null ? 'null' : `"${lock.owner}"`},"${lock.script}",${unresolved === true}`;
}

function sortedParameters(request: TraceRequest): ParametersJson {
  const json = parametersToJson(request);
  return {
    ...json,
    policies: [...json.policies].sort((a, b) => rank(a) - rank(b)),
    seeds: sortBy(json.seeds, (seed) => [canonical(seed)]),
    rules: sortBy(json.rules, (rule) => [canonical(rule)]),
    crossings: sortBy(json.crossings, (crossing) => [canonical(crossing)]),
  };
}

function coverageKey(coverage: ReturnType<typeof coverageToJson>): Key {
  return [
    coverage.chain,
    coverage.account,
    coverage.direction,
    coverage.fromBlock,
    coverage.toBlock,
    coverage.source,
    // Declarations alike in all of that are told apart by the rest of what they say.
    canonical(coverage),
  ];
}

type Key = readonly (string | number | null)[];

function sortBy<T>(items: readonly T[], keyOf: (item: T) => Key): T[] {
  return items
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((a, b) => compareKeys(a.key, b.key))
    .map(({ item }) => item);
}

function compareKeys(a: Key, b: Key): number {
  for (let i = 0; i < a.length; i++) {
    const one = a[i] ?? null;
    const two = b[i] ?? null;
    if (one === two) continue;
    if (one === null) return -1;
    if (two === null) return 1;
    return one < two ? -1 : 1;
  }
  return 0;
}

function rank(policy: PolicyId): number {
  return POLICY_IDS.indexOf(policy);
}

function canonical(value: unknown): string {
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch (cause) {
    // Half a surrogate pair in a reason or a name: RFC 8785 has no form for it.
    throw new CairnError('invalid-input', 'a text in the request or in a label is not valid Unicode', { cause });
  }
  if (text === undefined) throw new CairnError('defect', 'a value of a trace has no canonical JSON');
  return text;
}
