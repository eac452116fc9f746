import * as fc from 'fast-check';
import {
  type AssignedOrder,
  type Coverage,
  feeSink,
  isFeeSink,
  type Transfer,
  type TransferRef,
} from '../../core/src/ledger/index.ts';
import {
  type Crossing,
  type HoldingRule,
  type Limits,
  NO_LIMITS,
  POLICY_IDS,
  type PolicyId,
  type Seed,
  type StopLabel,
  type TraceRequest,
} from '../../core/src/tracing/request.ts';
import type { Account, Asset, Chain } from '../../core/src/units/index.ts';

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
};

export const CHAINS = ['eip155:1', 'eip155:10'] as const satisfies readonly Chain[];
const hex = (number: number, digits: number) => `0x${number.toString(16).padStart(digits, '0')}`;
export const accountAt = (chain: Chain, i: number): Account => `${chain}:${hex(0xa0 + i, 40)}`;
export const assetAt = (chain: Chain, i: number): Asset =>
  i === 0 ? `${chain}/slip44:60` : `${chain}/erc20:${hex(0xe0 + i, 40)}`;
const orNull = <T>(arbitrary: fc.Arbitrary<T>, freq = 2): fc.Arbitrary<T | null> =>
  fc.option(arbitrary, { freq, nil: null });

/** Amounts that make rounding bite, collide and overflow machine words. */
export const anyAmount: fc.Arbitrary<bigint> = fc.oneof(
  { weight: 6, arbitrary: fc.bigInt(1n, 12n) },
  { weight: 2, arbitrary: fc.constant(10n) },
  { weight: 3, arbitrary: fc.bigInt(1n, 1000n) },
  { weight: 1, arbitrary: fc.constant(0n) },
  { weight: 1, arbitrary: fc.bigInt(1n, 7n).map((n) => (1n << 200n) * n + n) },
);

type Step = {
  /** 0: same transaction as the step before; 1: next transaction of the block; 2, 3: next block, so many seconds later. */
  readonly ahead: number;
  readonly chain: number;
  readonly from: number;
  readonly to: number;
  readonly asset: number;
  readonly amount: bigint;
  /** What the step's transaction costs, if the step begins one. */
  readonly fee: bigint | null;
};

const anyStep = (chains: number, accounts: number, assets: number): fc.Arbitrary<Step> =>
  fc.record({
    ahead: fc.nat(3),
    chain: fc.nat(chains - 1),
    from: fc.nat(accounts - 1),
    to: fc.nat(accounts - 1),
    asset: fc.nat(assets - 1),
    amount: anyAmount,
    fee: orNull(fc.bigInt(1n, 4n), 4),
  });

/** Lays steps out as transfers in ledger order. */
export function transfersOf(steps: readonly Step[], assigned: AssignedOrder = 'none'): Transfer[] {
  const transfers: Transfer[] = [];
  let place = { chain: -1, blockNumber: 0, txIndex: 0, position: 0, blockTime: 100 };
  let txs = 0;
  steps.forEach((step, i) => {
    const isBlock = i === 0 || step.ahead >= 2 || step.chain !== place.chain;
    const isTx = isBlock || step.ahead === 1;
    if (isBlock) {
      const { blockNumber, blockTime } = place;
      // A block on another chain may bear the same second; one on the same chain too.
      const later = step.chain === place.chain || step.chain > place.chain ? Math.max(step.ahead - 2, 0) : 1;
      place = {
        chain: step.chain,
        blockNumber: blockNumber + 1,
        txIndex: 0,
        position: 0,
        blockTime: blockTime + later,
      };
    } else if (isTx) place = { ...place, txIndex: place.txIndex + 1, position: 0 };
    else place = { ...place, position: place.position + 1 };
    if (isTx) txs += 1;
    const chain = CHAINS[step.chain] as Chain;
    const common = {
      ...place,
      chain,
      tx: hex(txs, 64),
      from: accountAt(chain, step.from),
      assigned,
      rounded: false,
    } as const;
    if (isTx && step.fee !== null) {
      transfers.push({
        ...common,
        position: -1,
        to: feeSink(chain),
        asset: assetAt(chain, 0),
        amount: step.fee,
        kind: 'fee',
      });
    }
    const kind = step.asset > 0 ? 'token' : place.position === 0 ? 'native' : 'internal';
    transfers.push({
      ...common,
      to: accountAt(chain, step.to),
      asset: assetAt(chain, step.asset),
      amount: step.amount,
      kind,
    });
  });
  return transfers;
}

export function anyTransfers(
  maxTransfers: number,
): fc.Arbitrary<{ transfers: Transfer[]; accounts: Account[]; assets: Asset[] }> {
  const anyAssigned = fc.constantFrom<AssignedOrder>('position', 'index', 'both');
  const sizes = fc.record({
    assigned: fc.oneof(
      { weight: 5, arbitrary: fc.constant<AssignedOrder>('none') },
      { weight: 1, arbitrary: anyAssigned },
    ),
    chains: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constant(2) }),
    accounts: fc.integer({ min: 3, max: 8 }),
    assets: fc.oneof(
      { weight: 2, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.integer({ min: 2, max: 3 }) },
    ),
  });
  return sizes.chain(({ chains, accounts, assets, assigned }) =>
    fc.array(anyStep(chains, accounts, assets), { minLength: 1, maxLength: maxTransfers, size: 'max' }).map((steps) => {
      const used = CHAINS.slice(0, chains);
      const range = (n: number) => Array.from({ length: n }, (_, i) => i);
      return {
        transfers: transfersOf(steps, assigned),
        accounts: used.flatMap((chain) => range(accounts).map((i) => accountAt(chain, i))),
        assets: used.flatMap((chain) => range(assets).map((i) => assetAt(chain, i))),
      };
    }),
  );
}

const isOnChainOf = (account: Account, asset: Asset) => account.startsWith(`${asset.slice(0, asset.indexOf('/'))}:`);
export const refOf = ({ tx, position }: TransferRef): TransferRef => ({ tx, position });

function anySeed(
  transfers: readonly Transfer[],
  accounts: readonly Account[],
  assets: readonly Asset[],
  shape: SceneShape,
) {
  const letter = fc.nat((shape.tags ?? 3) - 1).map((i) => 'abc'[i] as string);
  const seedable = transfers.filter((transfer) => !isFeeSink(transfer.to));
  const times = transfers.map(({ blockTime }) => blockTime);
  const onTransfer: fc.Arbitrary<Seed> = fc
    .record({ transfer: fc.constantFrom(...seedable), letter, part: orNull(fc.integer({ min: 1, max: 100 })) })
    .map(({ transfer, letter: name, part }) => {
      const amount = part === null || transfer.amount === 0n ? null : (transfer.amount * BigInt(part) + 99n) / 100n;
      return { kind: 'transfer', tag: `${name}/${transfer.asset}`, transfer: refOf(transfer), amount };
    });
  const onAccount: fc.Arbitrary<Seed> = fc
    .record({ account: fc.constantFrom(...accounts), asset: fc.nat(), letter, at: orNull(fc.constantFrom(...times)) })
    .map(({ account, asset, letter: name, at }) => {
      const own = assets.filter((candidate) => isOnChainOf(account, candidate));
      const chosen = own[asset % own.length] as Asset;
      return { kind: 'account', tag: `${name}/${chosen}`, account, asset: chosen, at };
    });
  const kinds = shape.seeds ?? 'both';
  return kinds === 'transfer'
    ? onTransfer
    : kinds === 'account'
      ? onAccount
      : fc.oneof({ weight: 3, arbitrary: onTransfer }, { weight: 1, arbitrary: onAccount });
}

/** Crossings that use each transfer at most once; rates are whatever the amounts make them. */
function anyCrossings(
  transfers: readonly Transfer[],
  accounts: readonly Account[],
  assets: readonly Asset[],
): fc.Arbitrary<Crossing[]> {
  const legs = transfers.filter(({ amount, from, to }) => amount > 0n && from !== to && !isFeeSink(to));
  if (legs.length < 2) return fc.constant([]);
  const unrecorded = fc.record({
    account: fc.constantFrom(...accounts),
    asset: fc.nat(),
    amount: anyAmount.filter((amount) => amount > 0n),
  });
  const pair = fc.record({
    basis: fc.constantFrom('exact' as const, 'declared' as const, 'inferred' as const),
    unrecorded: orNull(unrecorded, 1),
  });
  return fc
    .tuple(fc.shuffledSubarray([...legs], { minLength: 2 }), fc.array(pair, { minLength: 1, maxLength: 3 }))
    .map(([order, pairs]) => {
      const free = [...order];
      return pairs.flatMap(({ basis, unrecorded: output }, i): Crossing[] => {
        const input = free.shift();
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

function anyLimits(transfers: readonly Transfer[], assets: readonly Asset[], shape: SceneShape): fc.Arbitrary<Limits> {
  const on = shape.limits ?? {};
  const pick = <T>(isOn: boolean | undefined, arbitrary: fc.Arbitrary<T>) =>
    isOn ? orNull(arbitrary) : fc.constant(null);
  const minima = fc.array(fc.tuple(fc.constantFrom(...assets), fc.bigInt(1n, 8n)), { maxLength: 2 });
  return fc.record({
    maxHops: pick(on.maxHops, fc.integer({ min: 1, max: 4 })),
    maxAccounts: pick(on.maxAccounts, fc.integer({ min: 1, max: 4 })),
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

function anyLabels(accounts: readonly Account[]): fc.Arbitrary<Scene['labels']> {
  const reasons = ['label:exchange', 'label:mixer', 'contract'];
  return fc
    .subarray([...accounts], { maxLength: 2 })
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
  const policies = POLICY_IDS.filter((policy) => policy !== 'poison/1') as HoldingRule['policy'][];
  const rule = fc.record({
    account: fc.constantFrom(...accounts),
    asset: fc.constantFrom(...assets),
    policy: fc.constantFrom(...policies),
  });
  return fc
    .uniqueArray(rule, { maxLength: 3, selector: ({ account, asset }) => `${account} ${asset}` })
    .map((rules) => rules.filter(({ account, asset }) => isOnChainOf(account, asset)));
}

/** A random ledger with seeds, and whatever else the shape lets vary. */
export function anyScene(shape: SceneShape = {}): fc.Arbitrary<Scene> {
  return anyTransfers(shape.maxTransfers ?? 24)
    .filter(({ transfers }) => transfers.some(({ to }) => !isFeeSink(to)))
    .chain(({ transfers, accounts, assets }) =>
      fc
        .record({
          seeds: fc.array(anySeed(transfers, accounts, assets, shape), { minLength: 1, maxLength: 4 }),
          crossings: shape.crossings
            ? fc.oneof(fc.constant([]), anyCrossings(transfers, accounts, assets))
            : fc.constant([]),
          limits: shape.limits ? anyLimits(transfers, assets, shape) : fc.constant(NO_LIMITS),
          labels: shape.labels ? anyLabels(accounts) : fc.constant({}),
          rules: shape.rules ? fc.oneof(fc.constant([]), anyRules(accounts, assets)) : fc.constant([]),
          coverage: anyCoverage(transfers, accounts, assets),
          direction: fc.constant(shape.direction ?? ('forward' as const)),
        })
        .map(({ labels, coverage, ...rest }) => ({
          transfers,
          coverage,
          labels,
          request: { ...rest, policies: shape.policies ?? POLICY_IDS, instructed: null },
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
