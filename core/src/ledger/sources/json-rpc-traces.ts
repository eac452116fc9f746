import { z } from 'zod';
import { type Asset, type Chain, canonicalAccount } from '../../units/index.ts';
import type { ChainMovement } from '../chain-reader.ts';

/**
 * Native value that successful inner calls moved, from the two trace formats nodes give. The top-level call is left out:
 * it is the transaction's own value. What a failed call and everything under it did was undone.
 */

const hex = z.string().regex(/^0x[0-9a-f]*$/i);

type Frame = {
  readonly type: string;
  readonly from: string;
  readonly to?: string | undefined;
  readonly value?: string | undefined;
  readonly error?: string | undefined;
  readonly calls?: readonly Frame[] | undefined;
};

const frameSchema: z.ZodType<Frame> = z.lazy(() =>
  z.object({
    type: z.string(),
    from: hex,
    to: hex.optional(),
    value: hex.optional(),
    error: z.string().optional(),
    calls: z.array(frameSchema).optional(),
  }),
);

/** Frame types whose value goes from `from` to `to`. A delegate call states a value that does not move. */
const MOVING: ReadonlySet<string> = new Set(['CALL', 'CREATE', 'CREATE2', 'SELFDESTRUCT']);

/** The answer of geth's `debug_traceTransaction` with `callTracer`; null where it is not of that form. */
export function movementsOfCalls(answer: unknown, chain: Chain, native: Asset): ChainMovement[] | null {
  const top = frameSchema.safeParse(answer);
  if (!top.success) return null;
  const movements: ChainMovement[] = [];
  const visit = (frame: Frame): void => {
    if (frame.error !== undefined) return;
    for (const call of frame.calls ?? []) {
      if (call.error === undefined && MOVING.has(call.type) && call.to !== undefined) {
        movements.push(...movement(chain, native, call.from, call.to, call.value));
      }
      visit(call);
    }
  };
  visit(top.data);
  return movements;
}

const traceSchema = z.array(
  z.object({
    type: z.string(),
    traceAddress: z.array(z.int()),
    error: z.string().nullish(),
    action: z.object({
      callType: z.string().optional(),
      from: hex.optional(),
      to: hex.optional(),
      value: hex.optional(),
      address: hex.optional(),
      refundAddress: hex.optional(),
      balance: hex.optional(),
    }),
    result: z.object({ address: hex.optional() }).nullish(),
  }),
);
type Trace = z.infer<typeof traceSchema>[number];

/** The answer of `trace_transaction` (OpenEthereum, Erigon, Nethermind); null where it is not of that form. */
export function movementsOfTraces(answer: unknown, chain: Chain, native: Asset): ChainMovement[] | null {
  const traces = traceSchema.safeParse(answer);
  if (!traces.success) return null;
  const failed = traces.data.filter(({ error }) => typeof error === 'string').map(({ traceAddress }) => traceAddress);
  const isUndone = ({ traceAddress }: Trace): boolean =>
    failed.some((path) => path.every((step, depth) => traceAddress[depth] === step));
  return traces.data
    .filter((trace) => trace.traceAddress.length > 0 && !isUndone(trace))
    .flatMap((trace) => movementOfTrace(trace, chain, native));
}

function movementOfTrace({ type, action, result }: Trace, chain: Chain, native: Asset): ChainMovement[] {
  if (type === 'call' && action.callType === 'call')
    return movement(chain, native, action.from, action.to, action.value);
  if (type === 'create') return movement(chain, native, action.from, result?.address, action.value);
  if (type === 'suicide') return movement(chain, native, action.address, action.refundAddress, action.balance);
  return [];
}

function movement(
  chain: Chain,
  asset: Asset,
  from: string | undefined,
  to: string | undefined,
  value: string | undefined,
): ChainMovement[] {
  const amount = value === undefined || value === '0x' ? 0n : BigInt(value);
  if (amount === 0n || from === undefined || to === undefined) return [];
  return [{ from: canonicalAccount(chain, from), to: canonicalAccount(chain, to), asset, amount }];
}
