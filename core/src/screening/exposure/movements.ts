import { isFeeSink, type Transfer } from '../../ledger/index.ts';
import type { Crossing, TagResult, TraceResult } from '../../tracing/index.ts';
import type { Account, Asset } from '../../units/index.ts';
import type { ExposureStep } from './exposure.ts';
import { type Direction, nameOf } from './subject.ts';

/** Traced value on its way outward from the subject: with what was sent, forward in time; with what was received, backward. */
export type Movement = {
  /** `<account>|<asset>`, nearer to the subject. */
  readonly fromHolding: string;
  readonly toHolding: string;
  /** The account it leads to. */
  readonly account: Account;
  /** Rises outward. */
  readonly place: number;
  /** The transfer's place in the ledger's order. */
  readonly row: number;
  /** Movements of one route differ in time only. */
  readonly route: string;
  /** From the subject outward, as the ledger has them: one, or two for a crossing. */
  readonly steps: readonly ExposureStep[];
};

/**
 * The transfers and crossings that carried a tag. A recorded output of a crossing moves with its input, as tracing has it.
 * @returns them in ledger order.
 */
export function movementsOf(
  tag: TagResult,
  { consumed, crossings }: Pick<TraceResult, 'consumed' | 'crossings'>,
  direction: Direction,
): Movement[] {
  const edges = new Map(tag.edges.map((edge) => [routeOf(edge), new Set(edge.transactions)]));
  const carries = (transfer: Transfer): boolean => edges.get(routeOf(transfer))?.has(transfer.tx) ?? false;
  const byInput = Map.groupBy(crossings, (crossing) => nameOf(crossing.input));
  const byName = new Map(consumed.map((transfer) => [nameOf(transfer), transfer]));
  const outputs = new Set(
    crossings.flatMap(({ output }) => (output.kind === 'transfer' ? [nameOf(output.transfer)] : [])),
  );
  return consumed.flatMap((transfer, row): Movement[] => {
    const name = nameOf(transfer);
    if (outputs.has(name) || !carries(transfer) || isFeeSink(transfer.to)) return [];
    const into = byInput.get(name) ?? [];
    const moved = into.map((crossing) => crossed(transfer, crossing, byName, row, direction));
    // What no crossing takes of a transfer goes where the transfer says.
    const rest = into.reduce((left, { part }) => left - (part ?? transfer.amount), transfer.amount);
    return rest === 0n || transfer.from === transfer.to ? moved : [...moved, plain(transfer, row, direction)];
  });
}

const holdingOf = (account: Account, asset: Asset): string => `${account}|${asset}`;

/** The holding paths start from. */
export const startOf = holdingOf;

const routeOf = ({ from, to, asset }: { from: Account; to: Account; asset: Asset }): string => `${from} ${to} ${asset}`;

function plain(transfer: Transfer, row: number, direction: Direction): Movement {
  const { from, to, asset, tx } = transfer;
  const payer = { account: from, holding: holdingOf(from, asset) };
  const payee = { account: to, holding: holdingOf(to, asset) };
  const step = { from, to, asset, transactions: [tx], crossings: [] };
  return outward(payer, payee, row, direction, routeOf(transfer), [step]);
}

function crossed(
  input: Transfer,
  crossing: Crossing,
  byName: ReadonlyMap<string, Transfer>,
  row: number,
  direction: Direction,
): Movement {
  const { output } = crossing;
  const recorded = output.kind === 'transfer' ? byName.get(nameOf(output.transfer)) : undefined;
  const out = output.kind === 'unrecorded' ? output : { account: recorded?.to, asset: recorded?.asset };
  const [account, asset] = [out.account as Account, out.asset as Asset];
  const crossings = [crossing.id];
  const steps: ExposureStep[] = [
    { from: input.from, to: input.to, asset: input.asset, transactions: [input.tx], crossings },
    {
      ...{ from: recorded?.from ?? input.to, to: account, asset },
      ...{ transactions: recorded === undefined ? [] : [recorded.tx], crossings },
    },
  ];
  const payer = { account: input.from, holding: holdingOf(input.from, input.asset) };
  const payee = { account, holding: holdingOf(account, asset) };
  const route = `${routeOf(input)} > ${steps[1]?.from} ${payee.holding}`;
  return outward(payer, payee, row, direction, route, steps);
}

type End = { readonly account: Account; readonly holding: string };

function outward(
  payer: End,
  payee: End,
  row: number,
  direction: Direction,
  route: string,
  steps: readonly ExposureStep[],
): Movement {
  const [near, far] = direction === 'sent' ? [payer, payee] : [payee, payer];
  return {
    ...{ fromHolding: near.holding, toHolding: far.holding, account: far.account, row, route },
    place: direction === 'sent' ? row : -row,
    steps: direction === 'sent' ? steps : [...steps].reverse(),
  };
}
