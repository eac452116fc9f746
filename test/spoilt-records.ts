import type { EventLog, EvmEvidence } from '../core/src/ledger/index.ts';
import type { Leg } from '../core/src/tracing/crossings/leg.ts';
import { type Matching, matchLegs } from '../core/src/tracing/crossings/match.ts';

/** A record with every log changed. */
export function withLogs(record: EvmEvidence, change: (log: EventLog) => Partial<EventLog>): EvmEvidence {
  return { ...record, logs: (record.logs ?? []).map((log) => ({ ...log, ...change(log) })) };
}

/** The same events by a contract that is nobody's. */
export function lookAlike(record: EvmEvidence): EvmEvidence {
  return withLogs(record, () => ({ address: `${record.chain}:0x00000000000000000000000000000000000000aa` }));
}

/** The record with the data of all its logs cut to a number of words, for every number that cuts any of them, and a half. */
export function cutShort(record: EvmEvidence): EvmEvidence[] {
  const longest = Math.max(0, ...(record.logs ?? []).map(({ data }) => Math.ceil((data.length - 2) / 64)));
  return Array.from({ length: longest * 2 }, (_, half) =>
    withLogs(record, ({ data }) => ({ data: data.slice(0, 2 + half * 32) })),
  );
}

/** What is made of one inbound leg and its payout, recorded in two transactions. */
export function replayed(input: Leg, output: Leg): Matching {
  return matchLegs([input], [output, { ...output, tx: `0x${'cd'.repeat(32)}` }], () => []);
}
