import * as fc from 'fast-check';
import { type AssignedOrder, feeSink, type Transfer, type TransferRef } from '../../core/src/ledger/index.ts';
import type { Account, Asset, Chain } from '../../core/src/units/index.ts';

export const CHAINS = ['eip155:1', 'eip155:10'] as const satisfies readonly Chain[];
const hex = (number: number, digits: number) => `0x${number.toString(16).padStart(digits, '0')}`;
export const accountAt = (chain: Chain, i: number): Account => `${chain}:${hex(0xa0 + i, 40)}`;
export const assetAt = (chain: Chain, i: number): Asset =>
  i === 0 ? `${chain}/slip44:60` : `${chain}/erc20:${hex(0xe0 + i, 40)}`;
export const orNull = <T>(arbitrary: fc.Arbitrary<T>, freq = 2): fc.Arbitrary<T | null> =>
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

const anyStep = (chains: number, accounts: number, assets: number, isDense: boolean): fc.Arbitrary<Step> =>
  fc.record({
    ahead: fc.nat(3),
    chain: fc.nat(chains - 1),
    from: fc.nat(accounts - 1),
    to: fc.nat(accounts - 1),
    asset: fc.nat(assets - 1),
    amount: isDense ? fc.bigInt(1n, 12n) : anyAmount,
    fee: isDense ? fc.constant(null) : orNull(fc.bigInt(1n, 4n), 4),
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
  isDense = false,
): fc.Arbitrary<{ transfers: Transfer[]; accounts: Account[]; assets: Asset[] }> {
  const anyAssigned = fc.constantFrom<AssignedOrder>('position', 'index', 'both');
  const one = fc.constant(1);
  const sizes = fc.record({
    assigned: fc.oneof(
      { weight: 5, arbitrary: fc.constant<AssignedOrder>('none') },
      { weight: 1, arbitrary: anyAssigned },
    ),
    chains: fc.oneof({ weight: 3, arbitrary: one }, { weight: 1, arbitrary: isDense ? one : fc.constant(2) }),
    accounts: fc.integer({ min: isDense ? 5 : 3, max: 8 }),
    assets: fc.oneof({ weight: 2, arbitrary: one }, { weight: 1, arbitrary: isDense ? one : fc.constantFrom(2, 3) }),
  });
  return sizes.chain(({ chains, accounts, assets, assigned }) =>
    fc
      .array(anyStep(chains, accounts, assets, isDense), {
        minLength: isDense ? 16 : 1,
        maxLength: maxTransfers,
        size: 'max',
      })
      .map((steps) => {
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

export const refOf = ({ tx, position }: TransferRef): TransferRef => ({ tx, position });
