import type { BundleContent, PublishedFigure, Verification } from '../tracing/bundle/index.ts';
import type { Run, TagResult, TraceResult } from '../tracing/index.ts';
import { type Account, isUtxoChain } from '../units/index.ts';
import { createMarks, DECLARED_MARK, type Marks } from './marks.ts';
import { createNames, type Names } from './names.ts';

/** What every section of a report is made from. */
export type ReportContext = {
  readonly bundle: BundleContent;
  readonly result: TraceResult;
  readonly verification: Verification;
  readonly names: Names;
  readonly marks: Marks;
  /** The run whose figures are shown first: the instructed rule's; else the first with amounts; null: none has amounts. */
  readonly shown: Run | null;
  /** Runs that have amounts, in the order asked for. */
  readonly valued: readonly Run[];
  readonly instructed: TraceResult['parameters']['instructed'];
  readonly forward: boolean;
  readonly words: Words;
  /** Does the record have transfers of UTXO chains: none, some, or nothing else? */
  readonly utxo: 'none' | 'some' | 'all';
  readonly published: ReadonlyMap<Account, readonly PublishedFigure[]>;
  /** Block time of a transaction that was consumed. */
  readonly timeOf: (tx: string) => number | null;
};

/** What the same figures are called in the two directions. */
export type Words = {
  readonly stolen: string;
  readonly stolenHeading: string;
  readonly held: string;
  readonly lastSeen: string;
  readonly whereHeading: string;
};

const FORWARD: Words = {
  stolen: 'stolen',
  stolenHeading: 'What was stolen',
  held: 'held',
  lastSeen: 'last seen',
  whereHeading: 'Where it was last seen, and when the record stops',
};

const BACKWARD: Words = {
  stolen: 'asked about',
  stolenHeading: 'What is asked about',
  held: 'held (reversed reading: within a complete record)',
  lastSeen: 'last seen (reversed reading: the record goes no further back)',
  whereHeading: 'Where it came from, and where the record stops',
};

export function createContext(bundle: BundleContent, verification: Verification): ReportContext {
  const result = inSeedOrder(bundle.result);
  const { instructed, direction } = result.parameters;
  const valued = result.runs.filter(({ policy }) => policy !== 'poison/1');
  const times = new Map(result.consumed.map(({ tx, blockTime }) => [tx, blockTime]));
  return {
    bundle,
    result,
    verification,
    names: createNames(bundle),
    marks: createMarks(result),
    shown: valued.find(({ policy }) => policy === instructed?.policy) ?? valued[0] ?? null,
    valued,
    instructed,
    forward: direction === 'forward',
    words: direction === 'forward' ? FORWARD : BACKWARD,
    utxo: shareOfUtxo(result),
    published: Map.groupBy(bundle.published, ({ account }) => account),
    timeOf: (tx) => times.get(tx) ?? null,
  };
}

function shareOfUtxo({ consumed }: TraceResult): ReportContext['utxo'] {
  const own = consumed.filter(({ chain }) => isUtxoChain(chain)).length;
  return own === 0 ? 'none' : own === consumed.length ? 'all' : 'some';
}

/** Tags as the reader met them: in the order they were declared. */
function inSeedOrder(result: TraceResult): TraceResult {
  const order = [...new Set(result.parameters.seeds.map(({ tag }) => tag))];
  const sorted = (tags: readonly TagResult[]) => tags.toSorted((a, b) => order.indexOf(a.tag) - order.indexOf(b.tag));
  return { ...result, runs: result.runs.map((run) => ({ ...run, tags: sorted(run.tags) })) };
}

/** Holdings and terminals of a tag as one list of places. */
export type Place = {
  readonly account: TagResult['holdings'][number]['account'];
  readonly asset: TagResult['holdings'][number]['asset'];
  /** `held`, `last-seen`, or a terminal's reason. */
  readonly status: string;
  readonly amount: bigint | null;
  readonly origin: bigint | null;
};

export function placesOf({ holdings, terminals }: TagResult): Place[] {
  return [
    ...holdings.map(({ account, asset, status, amount, origin }) => ({ account, asset, status, amount, origin })),
    ...terminals.map(({ account, asset, reason, amount, origin }) => ({
      account,
      asset,
      status: reason,
      amount,
      origin,
    })),
  ];
}

/** ` †` where the figure rests on a declared crossing. */
export function mark({ marks }: ReportContext, account: Account, asset: Place['asset']): string {
  return marks.has(account, asset) ? ` ${DECLARED_MARK}` : '';
}
