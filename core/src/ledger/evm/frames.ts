import type { Account, Chain } from '../../units/index.ts';
import type { CallFrame } from '../evidence.ts';
import {
  accountOrNull,
  bytesAt,
  countOrNull,
  isAbsent,
  type JsonObject,
  listAt,
  objectAt,
  quantityAt,
  refuse,
} from './json-values.ts';
import { INTERNAL_BASE } from './rows.ts';
import { compareTraceAddresses, type FrameStatus, readTraceTree, type TraceAddress } from './trace-tree.ts';

/** A frame that took effect, and its transfer's place in the ledger: null where the source does not show every call. */
export type PlacedFrame = { readonly frame: CallFrame; readonly position: number | null };

/** The calls of one transaction. */
export type CallTree = {
  /** Whether the top-level call succeeded; null where it is not among the calls. */
  readonly succeeded: boolean | null;
  /** Frames that took effect, in call order. */
  readonly frames: readonly PlacedFrame[];
  /** False where calls are missing, so that places inside the transaction are not known. */
  readonly complete: boolean;
};

/** A frame as a source states it; `call` null where it failed. */
export type StatedCall = FrameStatus & { readonly call: Omit<CallFrame, 'path'> | null };

/** Calls whose value moves from caller to callee. Delegate and static calls state one, or none, that does not move. */
const MOVING: ReadonlySet<string> = new Set(['call', 'create', 'create2', 'selfdestruct', 'suicide']);
const STILL: ReadonlySet<string> = new Set(['delegatecall', 'staticcall', 'callcode']);

/** The reply of `debug_traceTransaction` with `callTracer`: a call with its calls nested in it. */
export function readCallTracer(chain: Chain, reply: unknown, where: string): CallTree {
  const stated: StatedCall[] = [];
  const visit = (value: unknown, address: TraceAddress): void => {
    const place = `${where}${address.map((step) => `.calls[${step}]`).join('')}`;
    const frame = objectAt(value, place);
    const calls = frame['calls'] === undefined ? [] : listAt(frame['calls'], `${place}.calls`);
    const failed = !isAbsent(frame['error']);
    stated.push({ address, failed, children: calls.length, call: failed ? null : nestedCall(chain, frame, place) });
    for (const [i, call] of calls.entries()) visit(call, [...address, i]);
  };
  visit(reply, []);
  return treeOf(stated);
}

function nestedCall(chain: Chain, frame: JsonObject, where: string): StatedCall['call'] {
  const type = typeof frame['type'] === 'string' ? frame['type'].toLowerCase() : '';
  return callOf(chain, { type, ...frame, kind: type }, where);
}

/** The reply of `trace_transaction`: a list of frames, each with its address. Also one transaction's part of `trace_block`. */
export function readTraces(chain: Chain, reply: unknown, where: string): CallTree {
  const stated = listAt(reply, where).map((item, i): StatedCall => {
    const place = `${where}[${i}]`;
    const trace = objectAt(item, place);
    const address = listAt(trace['traceAddress'], `${place}.traceAddress`).map((step, depth) => {
      return typeof step === 'number' && Number.isSafeInteger(step) && step >= 0
        ? step
        : refuse(`${place}.traceAddress[${depth}]`, 'is not a place', step);
    });
    const failed = !isAbsent(trace['error']);
    const children = countOrNull(trace['subtraces'], `${place}.subtraces`);
    return { address, failed, children, call: failed ? null : flatCall(chain, trace, place) };
  });
  stated.sort((a, b) => compareTraceAddresses(a.address, b.address));
  for (const [i, { address }] of stated.entries()) {
    const before = stated[i - 1];
    if (before !== undefined && compareTraceAddresses(before.address, address) === 0) {
      return refuse(where, `two calls have the trace address [${address.join()}]`);
    }
  }
  return treeOf(stated);
}

function flatCall(chain: Chain, trace: JsonObject, where: string): StatedCall['call'] {
  const action = objectAt(trace['action'], `${where}.action`);
  const result = isAbsent(trace['result']) ? {} : objectAt(trace['result'], `${where}.result`);
  const type = String(trace['type']).toLowerCase();
  if (type === 'suicide' || type === 'selfdestruct') {
    const { address: from, refundAddress: to, balance: value } = action;
    return callOf(chain, { kind: type, from, to, value }, where);
  }
  if (type === 'create')
    return callOf(chain, { ...action, kind: type, to: result['address'], input: action['init'] }, where);
  const kind = typeof action['callType'] === 'string' ? action['callType'].toLowerCase() : type;
  return callOf(chain, { ...action, kind }, where);
}

function callOf(chain: Chain, call: JsonObject & { readonly kind: string }, where: string): StatedCall['call'] {
  const { kind } = call;
  if (!MOVING.has(kind) && !STILL.has(kind)) return refuse(where, 'is a call of an unknown type', kind);
  const from = accountOrNull(chain, call['from'], `${where}.from`);
  const to = accountOrNull(chain, call['to'], `${where}.to`);
  if (from === null || to === null)
    return refuse(where, `a ${kind} that succeeded names no ${from === null ? 'caller' : 'callee'}`);
  const value = STILL.has(kind)
    ? 0n
    : isAbsent(call['value']) || call['value'] === '0x'
      ? 0n
      : quantityAt(call['value'], `${where}.value`);
  return { from, to, value, input: isAbsent(call['input']) ? '0x' : bytesAt(call['input'], `${where}.input`) };
}

/** @param stated - all frames of one transaction, in call order. */
export function treeOf(stated: readonly StatedCall[]): CallTree {
  const { effective, complete } = readTraceTree(stated);
  const frames = stated.flatMap(({ address, call }, rank): PlacedFrame[] => {
    if (!effective[rank] || call === null) return [];
    // Ranks count from the first inner call: the top-level call is rank 0 and stands at 0.
    const position = address.length === 0 ? 0 : complete ? INTERNAL_BASE + rank - 1 : null;
    return [{ frame: { path: address, ...call }, position }];
  });
  const top = stated[0];
  return { succeeded: top === undefined || top.address.length > 0 ? null : !top.failed, frames, complete };
}

/**
 * Internal transactions as explorers list them: only calls that moved value, without their place in the tree or their
 * input. They are put under the top-level call in the order of the list, and their places in the ledger are assigned.
 */
export function readInternalList(
  chain: Chain,
  list: unknown,
  top: { readonly from: Account; readonly to: Account; readonly value: bigint; readonly input: string } | null,
  where: string,
): CallTree {
  const inner = listAt(list, where).flatMap((item, i): Omit<CallFrame, 'path'>[] => {
    const place = `${where}[${i}]`;
    const call = objectAt(item, place);
    const failed = call['isError'] === '1' || call['isError'] === 1 || call['isError'] === true;
    if (failed || !isAbsent(call['errCode'])) return [];
    const kind = isAbsent(call['type']) ? 'call' : String(call['type']).toLowerCase();
    const to = isAbsent(call['to']) ? call['contractAddress'] : call['to'];
    const read = callOf(chain, { kind, from: call['from'], to, value: call['value'] }, place);
    return read === null ? [] : [read];
  });
  const frames = inner.map((call, i): PlacedFrame => ({ frame: { path: [i], ...call }, position: null }));
  const first: PlacedFrame[] = top === null ? [] : [{ frame: { path: [], ...top }, position: 0 }];
  return { succeeded: null, frames: [...first, ...frames], complete: false };
}
