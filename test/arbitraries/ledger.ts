import * as fc from 'fast-check';
import { type Coverage, compareTransfers, isFeeSink, type Transfer } from '../../core/src/ledger/index.ts';
import {
  type Crossing,
  GENERAL_POLICY_IDS,
  type HoldingRule,
  type Limits,
  NO_LIMITS,
  POLICY_IDS,
  type PolicyId,
  type Seed,
  type StopLabel,
  type TraceRequest,
} from '../../core/src/tracing/request.ts';
import { type Account, type Asset, BITCOIN, type Chain, nativeAsset } from '../../core/src/units/index.ts';
import { anyAmount, anyTransfers, orNull, refOf } from './transfers.ts';
import { anyUtxoTransfers, OWNERS, ownerAt } from './utxo.ts';

export { accountAt, assetAt, CHAINS, refOf } from './transfers.ts';

/** A ledger and a question about it, small enough to read when a law fails. */
export type Scene = {
  readonly transfers: readonly Transfer[];
  readonly coverage: readonly Coverage[];
  readonly request: TraceRequest;
  /** Stopping labels by account. */
  readonly labels: Readonly<Record<Account, StopLabel>>;
};

/** Which parts of a scene may vary; what is left out is off. */
export type SceneShape = {
  readonly direction?: TraceRequest['direction'];
  readonly policies?: readonly PolicyId[];
  readonly crossings?: boolean;
  readonly limits?: Partial<Record<'maxHops' | 'maxAccounts' | 'until' | 'minAmount' | 'services', boolean>>;
  readonly labels?: boolean;
  readonly rules?: boolean;
  readonly seeds?: 'transfer' | 'account' | 'both';
  /** Tags an asset at most. */
  readonly tags?: number;
  readonly maxTransfers?: number;
  /**
   * One asset, few accounts, small amounts, early seeds, and every limit and label that may be set is: so that flows
   * meet, and what a limit does is seen in most scenes.
   */
  readonly dense?: boolean;
  /** `only`: transactions of a UTXO chain and nothing else; `also`: beside account chains. */
  readonly utxo?: 'only' | 'also';
};

const isOnChainOf = (account: Account, asset: Asset) => account.startsWith(`${asset.slice(0, asset.indexOf('/'))}:`);

function anySeed(
  transfers: readonly Transfer[],
  accounts: readonly Account[],
  assets: readonly Asset[],
  shape: SceneShape,
) {
  const letter = fc.nat((shape.tags ?? 3) - 1).map((i) => 'abc'[i] as string);
  const early = shape.dense ? transfers.slice(0, Math.ceil(transfers.length / 3)) : transfers;
  const seedable = early.filter((transfer) => !isFeeSink(transfer.to) && transfer.kind !== 'input');
  const times = early.map(({ blockTime }) => blockTime);
  const onTransfer: fc.Arbitrary<Seed> = fc
    .record({ transfer: fc.constantFrom(...seedable), letter, part: orNull(fc.integer({ min: 1, max: 100 }), 1) })
    .map(({ transfer, letter: name, part }) => {
      const amount = part === null || transfer.amount === 0n ? null : (transfer.amount * BigInt(part) + 99n) / 100n;
      return { kind: 'transfer', tag: `${name}/${transfer.asset}`, transfer: refOf(transfer), amount };
    });
  const kinds = shape.seeds ?? 'both';
  if (kinds === 'transfer' || accounts.length === 0) return onTransfer;
  const onAccount: fc.Arbitrary<Seed> = fc
    .record({ account: fc.constantFrom(...accounts), asset: fc.nat(), letter, at: orNull(fc.constantFrom(...times)) })
    .map(({ account, asset, letter: name, at }) => {
      const own = assets.filter((candidate) => isOnChainOf(account, candidate));
      const chosen = own[asset % own.length] as Asset;
      return { kind: 'account', tag: `${name}/${chosen}`, account, asset: chosen, at };
    });
  return kinds === 'account'
    ? onAccount
    : fc.oneof({ weight: 3, arbitrary: onTransfer }, { weight: 1, arbitrary: onAccount });
}

/** Crossings that use each transfer at most once; rates are whatever the amounts make them. */
function anyCrossings(
  transfers: readonly Transfer[],
  accounts: readonly Account[],
  assets: readonly Asset[],
): fc.Arbitrary<Crossing[]> {
  const legs = transfers.filter(
    ({ amount, from, to, kind }) => amount > 0n && from !== to && !isFeeSink(to) && kind !== 'input',
  );
  if (legs.length < 2 || accounts.length === 0) return fc.constant([]);
  const unrecorded = fc.record({
    account: fc.constantFrom(...accounts),
    asset: fc.nat(),
    amount: anyAmount.filter((amount) => amount > 0n),
  });
  /** How an input is shared out: percents, up to the whole. */
  const shares = fc.oneof(
    { weight: 3, arbitrary: fc.constant<number[]>([]) },
    { weight: 1, arbitrary: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 3 }) },
  );
  const pair = fc.record({
    shares,
    basis: fc.constantFrom('exact' as const, 'declared' as const, 'inferred' as const),
    unrecorded: orNull(unrecorded, 1),
  });
  return fc
    .tuple(fc.shuffledSubarray([...legs], { minLength: 2 }), fc.array(pair, { minLength: 1, maxLength: 3 }))
    .map(([order, pairs]) => {
      const free = [...order];
      return pairs.flatMap(({ basis, shares: percents, unrecorded: output }, i): Crossing[] => {
        const input = free.shift();
        if (input !== undefined && percents.length > 0) return inParts(input, percents, free, i);
        const recorded = output === null ? free.shift() : undefined;
        if (input === undefined || (output === null && recorded === undefined)) return [];
        const id = `crossing-${i}`;
        const common = { id, basis, input: refOf(input), reason: 'amounts match' } as const;
        if (recorded !== undefined) return [{ ...common, output: { kind: 'transfer', transfer: refOf(recorded) } }];
        const { account, asset, amount } = output as NonNullable<typeof output>;
        const own = assets.filter((candidate) => isOnChainOf(account, candidate));
        return [
          { ...common, output: { kind: 'unrecorded', account, asset: own[asset % own.length] as Asset, amount } },
        ];
      });
    });
}

/** One input shared out among outputs of their own; what is left over goes where the transfer says. */
function inParts(input: Transfer, percents: readonly number[], free: Transfer[], i: number): Crossing[] {
  let left = input.amount;
  return percents.flatMap((percent, n): Crossing[] => {
    const share = (input.amount * BigInt(percent)) / 100n;
    const part = share < left ? share : left;
    const output = part > 0n ? free.shift() : undefined;
    if (output === undefined) return [];
    left -= part;
    const common = { id: `crossing-${i}#${n}`, basis: 'exact', input: refOf(input), part, reason: 'shared' } as const;
    return [{ ...common, output: { kind: 'transfer', transfer: refOf(output) } }];
  });
}

function anyLimits(transfers: readonly Transfer[], assets: readonly Asset[], shape: SceneShape): fc.Arbitrary<Limits> {
  const on = shape.limits ?? {};
  const pick = <T>(isOn: boolean | undefined, arbitrary: fc.Arbitrary<T>) =>
    isOn ? (shape.dense ? arbitrary : orNull(arbitrary)) : fc.constant(null);
  const minima = fc.array(fc.tuple(fc.constantFrom(...assets), fc.bigInt(1n, 8n)), {
    minLength: shape.dense ? 1 : 0,
    maxLength: 2,
  });
  return fc.record({
    maxHops: pick(on.maxHops, fc.integer({ min: shape.dense ? 2 : 1, max: shape.dense ? 3 : 4 })),
    maxAccounts: pick(on.maxAccounts, fc.integer({ min: shape.dense ? 2 : 1, max: shape.dense ? 3 : 4 })),
    until: pick(on.until, fc.constantFrom(...transfers.map(({ blockTime }) => blockTime))),
    minAmount: on.minAmount
      ? minima.map((pairs) => Object.fromEntries(pairs) as Record<Asset, bigint>)
      : fc.constant({}),
    serviceCounterparties: pick(on.services, fc.integer({ min: 1, max: 5 })),
    serviceTransfers: pick(on.services, fc.integer({ min: 2, max: 12 })),
  });
}

function anyCoverage(
  transfers: readonly Transfer[],
  accounts: readonly Account[],
  assets: readonly Asset[],
): fc.Arbitrary<Coverage[]> {
  const last = transfers.at(-1)?.blockNumber ?? 0;
  const timeOf = (chain: Chain, block: number) =>
    transfers.filter((transfer) => transfer.chain === chain && transfer.blockNumber <= block).at(-1)?.blockTime ?? null;
  const declaration = fc.record({
    chain: fc.constantFrom(...new Set(transfers.map(({ chain }) => chain))),
    account: orNull(fc.constantFrom(...accounts)),
    direction: fc.constantFrom('in' as const, 'out' as const, 'both' as const),
    assets: orNull(fc.subarray([...assets], { minLength: 1 }), 1),
    fromBlock: orNull(fc.integer({ min: 0, max: last }), 1),
    toBlock: fc.integer({ min: 0, max: last + 1 }),
    knowsTime: fc.boolean(),
    basis: fc.constantFrom('whole-chain' as const, 'export' as const, 'nonce-complete' as const, 'unknown' as const),
    truncated: fc.integer({ min: 0, max: 7 }).map((n) => n === 0),
  });
  return fc.array(declaration, { maxLength: 8 }).map((rows) =>
    rows
      .filter(({ account, chain }) => account === null || account.startsWith(`${chain}:`))
      .map(({ knowsTime, ...row }, i) => ({
        ...row,
        toBlock: row.basis === 'unknown' ? null : row.toBlock,
        toAt: knowsTime && row.basis !== 'unknown' ? timeOf(row.chain, row.toBlock) : null,
        note: null,
        source: `source-${i}`,
      })),
  );
}

function anyLabels(accounts: readonly Account[], isDense: boolean): fc.Arbitrary<Scene['labels']> {
  const reasons = ['label:exchange', 'label:mixer', 'contract'];
  return fc
    .shuffledSubarray([...accounts], isDense ? { minLength: 2, maxLength: 2 } : { maxLength: 2 })
    .map((stopped) =>
      Object.fromEntries(
        stopped.map((account, i) => [
          account,
          { reason: reasons[i % reasons.length] as string, label: `Service ${i}`, source: 'test', contested: false },
        ]),
      ),
    );
}

function anyRules(accounts: readonly Account[], assets: readonly Asset[]): fc.Arbitrary<HoldingRule[]> {
  const policies = GENERAL_POLICY_IDS.filter((policy) => policy !== 'poison/1') as HoldingRule['policy'][];
  const rule = fc.record({
    account: fc.constantFrom(...accounts),
    asset: fc.constantFrom(...assets),
    policy: fc.constantFrom(...policies),
  });
  return fc
    .uniqueArray(rule, { maxLength: 3, selector: ({ account, asset }) => `${account} ${asset}` })
    .map((rules) => rules.filter(({ account, asset }) => isOnChainOf(account, asset)));
}

const ownersOf = ({ utxo }: SceneShape): Account[] =>
  utxo === undefined ? [] : Array.from({ length: OWNERS }, (_, i) => ownerAt(i));

function policiesFor({ utxo }: SceneShape): readonly PolicyId[] {
  if (utxo === undefined) return GENERAL_POLICY_IDS;
  return utxo === 'only' ? POLICY_IDS : POLICY_IDS.filter((policy) => policy !== 'highest-out/1');
}

function anyLedger(shape: SceneShape): ReturnType<typeof anyTransfers> {
  const size = shape.maxTransfers ?? 24;
  const assets = [nativeAsset(BITCOIN)];
  const bitcoin = anyUtxoTransfers(Math.max(3, Math.ceil(size / 4)), shape.limits !== undefined);
  if (shape.utxo === 'only') return bitcoin.map((transfers) => ({ transfers, accounts: [], assets }));
  const others = anyTransfers(size, shape.dense);
  if (shape.utxo === undefined) return others;
  return fc.tuple(others, bitcoin).map(([ledger, outputs]) => ({
    transfers: [...ledger.transfers, ...outputs].sort(compareTransfers),
    accounts: ledger.accounts,
    assets: [...ledger.assets, ...assets],
  }));
}

/** A random ledger with seeds, and whatever else the shape lets vary. */
export function anyScene(shape: SceneShape = {}): fc.Arbitrary<Scene> {
  const maxSeeds = shape.dense ? (shape.tags ?? 3) : 4;
  return anyLedger(shape)
    .filter(({ transfers }) => transfers.some(({ to }) => !isFeeSink(to)))
    .chain(({ transfers, accounts, assets }) =>
      fc
        .record({
          seeds: fc.array(anySeed(transfers, accounts, assets, shape), { minLength: 1, maxLength: maxSeeds }),
          crossings: shape.crossings
            ? fc.oneof(fc.constant([]), anyCrossings(transfers, accounts, assets))
            : fc.constant([]),
          limits: shape.limits ? anyLimits(transfers, assets, shape) : fc.constant(NO_LIMITS),
          labels: shape.labels ? anyLabels([...accounts, ...ownersOf(shape)], shape.dense === true) : fc.constant({}),
          rules:
            shape.rules && accounts.length > 0
              ? fc.oneof(fc.constant([]), anyRules(accounts, assets))
              : fc.constant([]),
          coverage: anyCoverage(transfers, [...accounts, ...ownersOf(shape)], assets),
          direction: fc.constant(shape.direction ?? ('forward' as const)),
        })
        .map(({ labels, coverage, ...rest }) => ({
          transfers,
          coverage,
          labels,
          request: { ...rest, policies: shape.policies ?? policiesFor(shape), instructed: null },
        })),
    );
}

export const stopAt = (scene: Pick<Scene, 'labels'>) => (account: Account) => scene.labels[account] ?? null;

/** Every feature at once. */
export const EVERYTHING: SceneShape = {
  crossings: true,
  labels: true,
  rules: true,
  limits: { maxHops: true, maxAccounts: true, until: true, minAmount: true, services: true },
};
