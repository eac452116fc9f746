import type { z } from 'zod';
import { CairnError } from '../errors.ts';
import type { Coverage, Transfer } from '../ledger/index.ts';
import type { Account } from '../units/index.ts';
import type { Crossing, CrossingProof, Seed, TraceRequest } from './request.ts';
import type { AdverseFinding, Run, TagResult, TraceResult } from './result.ts';
import {
  type AdverseJson,
  type CoverageJson,
  type CrossingJson,
  type ParametersJson,
  type RunJson,
  type TraceJson,
  traceSchema,
} from './trace-schema.ts';

/** A result as its JSON contract has it, amounts as decimal strings. The transfers consumed are not part of it. */
export function toJson(result: Omit<TraceResult, 'consumed'>): TraceJson {
  return {
    engine: result.engine,
    digest: result.digest,
    parameters: parametersToJson(result.parameters),
    coverage: result.coverage.map(coverageToJson),
    crossings: result.crossings.map(crossingToJson),
    labels: result.labels.map(({ account, reason, label, source, contested }) => ({
      account,
      reason,
      label,
      source,
      contested,
    })),
    runs: result.runs.map(runToJson),
    adverseOrders: result.adverseOrders.map(adverseToJson),
    warnings: result.warnings.map(({ code, message, accounts }) => ({ code, message, accounts: [...accounts] })),
  };
}

/**
 * The result a JSON text stands for. Unknown keys are ignored.
 * @param consumed - the transfers consumed, which the contract does not carry; empty where they are not at hand.
 * @throws invalid-input, naming the first place that does not follow the contract.
 */
export function fromJson(json: unknown, consumed: readonly Transfer[]): TraceResult {
  const trace = parseContract(traceSchema, json, 'trace JSON');
  return {
    ...trace,
    parameters: parametersFromJson(trace.parameters),
    crossings: trace.crossings.map(crossingFromJson),
    runs: trace.runs.map(runFromJson),
    adverseOrders: trace.adverseOrders.map(adverseFromJson),
    consumed,
  };
}

/** Reads a value by its schema. @throws invalid-input, naming `what` and the first place that is wrong. */
export function parseContract<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? 'the whole' : issue.path.map(String).join('.');
  throw new CairnError('invalid-input', `${what}: ${where}: ${issue?.message ?? 'does not follow the contract'}`);
}

export function parametersToJson(request: TraceRequest): ParametersJson {
  const { limits } = request;
  const assets = Object.entries(limits.minAmount).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    direction: request.direction,
    seeds: request.seeds.map(seedToJson),
    policies: [...request.policies],
    instructed:
      request.instructed === null ? null : { policy: request.instructed.policy, because: request.instructed.because },
    rules: request.rules.map(({ account, asset, policy }) => ({ account, asset, policy })),
    limits: {
      maxHops: limits.maxHops,
      maxAccounts: limits.maxAccounts,
      until: limits.until,
      minAmount: Object.fromEntries(assets.map(([asset, amount]) => [asset, amount.toString()])),
      serviceCounterparties: limits.serviceCounterparties,
      serviceTransfers: limits.serviceTransfers,
    },
    crossings: request.crossings.map(crossingToJson),
    ...(request.lookThrough === undefined
      ? {}
      : {
          lookThrough: typeof request.lookThrough === 'string' ? request.lookThrough : [...request.lookThrough].sort(),
        }),
  };
}

export function parametersFromJson(json: ParametersJson): TraceRequest {
  const minAmount = Object.fromEntries(Object.entries(json.limits.minAmount).map(([k, v]) => [k, BigInt(v)]));
  return {
    ...json,
    seeds: json.seeds.map((seed): Seed => (seed.kind === 'account' ? seed : { ...seed, amount: big(seed.amount) })),
    limits: { ...json.limits, minAmount },
    crossings: json.crossings.map(crossingFromJson),
  };
}

export function crossingToJson({ id, basis, input, part, output, reason, proof }: Crossing): CrossingJson {
  return {
    id,
    basis,
    input: { tx: input.tx, position: input.position },
    ...(part === undefined ? {} : { part: part.toString() }),
    output:
      output.kind === 'transfer'
        ? {
            kind: 'transfer',
            transfer: { tx: output.transfer.tx, position: output.transfer.position },
            ...(output.part === undefined ? {} : { part: output.part.toString() }),
          }
        : { kind: 'unrecorded', account: output.account, asset: output.asset, amount: output.amount.toString() },
    reason,
    ...(proof === undefined ? {} : { proof: proofToJson(proof) }),
  };
}

function proofToJson({ protocol, key, transactions }: CrossingProof): NonNullable<CrossingJson['proof']> {
  return { protocol, key, transactions: transactions.map(({ chain, tx }) => ({ chain, tx })) };
}

export function crossingFromJson({ part, output, ...json }: CrossingJson): Crossing {
  const partOf = (text: string | undefined): { part?: bigint } => (text === undefined ? {} : { part: BigInt(text) });
  return {
    ...json,
    ...partOf(part),
    output:
      output.kind === 'transfer'
        ? { kind: output.kind, transfer: output.transfer, ...partOf(output.part) }
        : { ...output, amount: BigInt(output.amount) },
  };
}

export function coverageToJson(coverage: Coverage): CoverageJson {
  return {
    chain: coverage.chain,
    account: coverage.account,
    direction: coverage.direction,
    assets: coverage.assets === null ? null : [...coverage.assets],
    fromBlock: coverage.fromBlock,
    toBlock: coverage.toBlock,
    toAt: coverage.toAt,
    basis: coverage.basis,
    truncated: coverage.truncated,
    note: coverage.note,
    source: coverage.source,
  };
}

export function runToJson(run: Run): RunJson {
  return {
    policy: run.policy,
    tags: run.tags.map(tagToJson),
    gaps: run.gaps.map(({ account, asset, transaction, position, shortfall }) => ({
      account,
      asset,
      transaction,
      position,
      shortfall: shortfall.toString(),
    })),
    touched: run.touched.map(({ tag, account, owner, asset, depth, reason, gross }) => ({
      tag,
      account,
      ...ownerPart(owner),
      asset,
      depth,
      reason,
      gross: gross.toString(),
    })),
    followed: [...run.followed],
  };
}

export function runFromJson(json: RunJson): Run {
  return {
    policy: json.policy,
    tags: json.tags.map((tag) => ({
      ...tag,
      stolen: big(tag.stolen),
      held: big(tag.held),
      lastSeen: big(tag.lastSeen),
      fees: big(tag.fees),
      overlap: big(tag.overlap),
      reentered: big(tag.reentered),
      terminals: tag.terminals.map(valueFromJson),
      holdings: tag.holdings.map(valueFromJson),
      edges: tag.edges.map(valueFromJson),
    })),
    gaps: json.gaps.map((gap) => ({ ...gap, shortfall: BigInt(gap.shortfall) })),
    touched: json.touched.map((touched) => ({ ...touched, gross: BigInt(touched.gross) })),
    followed: json.followed,
  };
}

export function adverseToJson({ order, policy, tag, figure, assigned, adverse }: AdverseFinding): AdverseJson {
  return { order, policy, tag, figure, assigned: text(assigned), adverse: text(adverse) };
}

export function adverseFromJson(json: AdverseJson): AdverseFinding {
  return { ...json, assigned: big(json.assigned), adverse: big(json.adverse) };
}

function seedToJson(seed: Seed): ParametersJson['seeds'][number] {
  if (seed.kind === 'account') {
    return { kind: 'account', tag: seed.tag, account: seed.account, asset: seed.asset, at: seed.at };
  }
  const { tx, position } = seed.transfer;
  return { kind: 'transfer', tag: seed.tag, transfer: { tx, position }, amount: text(seed.amount) };
}

function tagToJson(tag: TagResult): RunJson['tags'][number] {
  return {
    tag: tag.tag,
    asset: tag.asset,
    stolen: text(tag.stolen),
    held: text(tag.held),
    lastSeen: text(tag.lastSeen),
    fees: text(tag.fees),
    overlap: text(tag.overlap),
    reentered: text(tag.reentered),
    terminals: tag.terminals.map(({ account, owner, reason, label, asset, amount, origin }) => ({
      account,
      ...ownerPart(owner),
      reason,
      label,
      asset,
      amount: text(amount),
      origin: text(origin),
    })),
    holdings: tag.holdings.map(({ account, owner, asset, amount, origin, status, depth }) => ({
      account,
      ...ownerPart(owner),
      asset,
      amount: text(amount),
      origin: text(origin),
      status,
      depth,
    })),
    edges: tag.edges.map(({ from, to, asset, amount, origin, transactions }) => ({
      from,
      to,
      asset,
      amount: text(amount),
      origin: text(origin),
      transactions: [...transactions],
    })),
  };
}

function ownerPart(owner: Account | undefined): { owner?: Account } {
  return owner === undefined ? {} : { owner };
}

type Valued<T, V> = Omit<T, 'amount' | 'origin'> & { amount: V; origin: V };

function valueFromJson<T extends { amount: string | null; origin: string | null }>(json: T): Valued<T, bigint | null> {
  return { ...json, amount: big(json.amount), origin: big(json.origin) };
}

function text(amount: bigint | null): string | null {
  return amount === null ? null : amount.toString();
}

function big(amount: string | null): bigint | null {
  return amount === null ? null : BigInt(amount);
}
