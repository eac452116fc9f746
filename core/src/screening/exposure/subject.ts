import type { LedgerReader, Transfer } from '../../ledger/index.ts';
import { compareTransfers } from '../../ledger/index.ts';
import type { Crossing, Limits, TraceRequest } from '../../tracing/index.ts';
import type { Account, Asset } from '../../units/index.ts';
import type { ExposureLine } from './exposure.ts';

export type Direction = ExposureLine['direction'];

/** Everything the account received, or sent, in one asset: one trace answers for it. */
export type Question = {
  readonly direction: Direction;
  readonly asset: Asset;
  /** Positive, neither fees nor self-transfers, in ledger order. */
  readonly transfers: readonly Transfer[];
  readonly gross: bigint;
};

/** What there is to ask about an account, sorted by (direction, asset). */
export async function questionsOf(
  reader: LedgerReader,
  account: Account,
  until: number | null,
  crossings: readonly Crossing[],
): Promise<Question[]> {
  const transfers: Transfer[] = [];
  await reader.histories({ accounts: [account], assets: null, until, limitPerAccount: null }, (_, transfer) => {
    const isOwn = transfer.from !== transfer.to && transfer.kind !== 'fee' && transfer.amount > 0n;
    if (isOwn) transfers.push(transfer);
  });
  transfers.sort(compareTransfers);
  const passed = passedOn(crossings);
  const questions: Question[] = [];
  for (const direction of ['received', 'sent'] as const) {
    const side = transfers.filter((transfer) =>
      direction === 'received'
        ? transfer.to === account && !passed.inputs.has(nameOf(transfer))
        : transfer.from === account && !passed.outputs.has(nameOf(transfer)),
    );
    const byAsset = new Map<Asset, Transfer[]>();
    for (const transfer of side) {
      const own = byAsset.get(transfer.asset);
      if (own === undefined) byAsset.set(transfer.asset, [transfer]);
      else own.push(transfer);
    }
    for (const asset of [...byAsset.keys()].sort()) {
      const own = byAsset.get(asset) as Transfer[];
      questions.push({ direction, asset, transfers: own, gross: own.reduce((sum, { amount }) => sum + amount, 0n) });
    }
  }
  return questions;
}

/** What goes into a crossing and comes out of it is not the venue's: tracing does not touch the venue's holdings either. */
function passedOn(crossings: readonly Crossing[]): { inputs: ReadonlySet<string>; outputs: ReadonlySet<string> } {
  return {
    inputs: new Set(crossings.map(({ input }) => nameOf(input))),
    outputs: new Set(crossings.flatMap(({ output }) => (output.kind === 'transfer' ? [nameOf(output.transfer)] : []))),
  };
}

export const nameOf = ({ tx, position }: { readonly tx: string; readonly position: number }): string =>
  `${tx}:${position}`;

/**
 * The trace that answers a question. Received: the sources of every arrival. Sent: an account seed, because a transfer seed
 * would exempt whoever was paid first from every stopping rule, and the first payee may be the exchange that is looked for.
 */
export function requestFor(
  question: Question,
  account: Account,
  shared: Pick<TraceRequest, 'limits' | 'crossings' | 'policies'>,
): TraceRequest {
  const tag = `${question.direction} ${question.asset}`;
  const request = { ...shared, instructed: null, rules: [] };
  if (question.direction === 'sent') {
    const seed = { kind: 'account', tag, account, asset: question.asset, at: null } as const;
    return { ...request, direction: 'forward', seeds: [seed] };
  }
  const seeds = question.transfers.map(({ tx, position }) => {
    return { kind: 'transfer', tag, transfer: { tx, position }, amount: null } as const;
  });
  return { ...request, direction: 'source-of-funds', seeds };
}

export function withUntil(limits: Limits, until: number | null | undefined): Limits {
  return until === undefined || until === null ? limits : { ...limits, until };
}
