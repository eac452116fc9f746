import type { EvidenceReader, LedgerReader } from '../ledger/index.ts';
import type { Chain } from '../units/index.ts';
import type { Found } from './across-found.ts';
import { transactionName } from './compile.ts';
import { type Extension, howMade, keepGoing, type OpenTrace, openTrace } from './live-trace.ts';
import type { TraceRequest } from './request.ts';
import {
  type AcrossOptions,
  assemble,
  expectPayees,
  holdersOf,
  lookOn,
  search,
  type TracedAcross,
} from './trace-across.ts';

/** As `LiveTrace`, across crossings. */
export type LiveTraceAcross = {
  readonly traced: () => TracedAcross;
  readonly extend: (
    after: ReadonlyMap<Chain, number>,
  ) => Promise<Omit<Extension, 'result'> & { readonly traced: TracedAcross }>;
};

/**
 * As `traceAcross`, and goes on from where it stood when the ledger has grown: `extend` gives what `traceAcross` gives of the grown
 * ledger. It keeps a trace for each round of the search for crossings. Where what came in shows a crossing, a way into one or the
 * other side of one, the search starts anew.
 * @throws as `trace`.
 */
export async function startLiveTraceAcross(
  ledger: LedgerReader & EvidenceReader,
  request: TraceRequest,
  options: AcrossOptions = {},
): Promise<LiveTraceAcross> {
  const live = await keepGoing(() => openAcross(ledger, request, options));
  return {
    traced: () => live.open().traced(),
    async extend(after) {
      const obstacle = await live.goOn(after);
      const traced = live.open().traced();
      return { traced, ...howMade(traced.result, obstacle) };
    },
  };
}

type OpenAcross = Pick<OpenTrace, 'goOn'> & { readonly traced: () => TracedAcross };

async function openAcross(
  ledger: LedgerReader & EvidenceReader,
  request: TraceRequest,
  options: AcrossOptions,
): Promise<OpenAcross> {
  const rounds: OpenTrace[] = [];
  const { found, traced: last } = await search(ledger, request, options, async (...asked) => {
    const round = await openTrace(...asked);
    rounds.push(round);
    return round;
  });
  return {
    traced: () => assemble(last.result(), found),
    async goOn(after) {
      // Who is to be paid on the other side may have been paid since.
      await expectPayees(ledger, found.entries);
      if (await hasNewPartner(ledger, found)) return 'what came in bears the key of a crossing';
      // A fresh search would go through the same rounds as long as each of them finds what it found.
      for (const [number, round] of rounds.entries()) {
        // Only what the last round lacks is missing from the result.
        ledger.postponed?.();
        const obstacle = (await round.goOn(after)) ?? (await otherFind(ledger, round, found, number));
        if (obstacle !== null) return obstacle;
      }
      return ledger.postponed?.() ? 'a contract was reached whose record is still to be read' : null;
    },
  };
}

/** Is there a record under a key that was not there when the key was looked up? */
async function hasNewPartner(ledger: EvidenceReader, { keys }: Found): Promise<boolean> {
  const stored = keys.size === 0 ? [] : await ledger.evidenceByKey([...keys.keys()]);
  return stored.some(({ key, evidence }) => keys.get(key)?.has(transactionName(evidence)) !== true);
}

/** What a round that has gone on would find that it had not found; null: nothing. */
async function otherFind(
  ledger: LedgerReader & EvidenceReader,
  round: OpenTrace,
  found: Found,
  number: number,
): Promise<string | null> {
  const result = round.result();
  const holders = holdersOf(result);
  if ([...(found.strangers[number] ?? [])].some((account) => holders.has(account))) {
    return 'who swapped or wrapped before has come to hold what is traced';
  }
  const before = findings(found);
  await lookOn(ledger, result, found, number);
  return findings(found) === before ? null : 'what came in shows a crossing, or a way into one';
}

function findings({ crossings, venues, doubtful, refused, passedOver }: Found): string {
  return [crossings.size, venues.size, doubtful.length, refused.length, passedOver].join();
}
