import { btc, type CoinjoinShape, distinctOwners, knownAmounts, onlyScripts, unknownNote } from './shape.ts';

type Pool = { readonly size: bigint; readonly fees: readonly bigint[] };

/**
 * Pool sizes and the coordinator's flat fee for each Tx0, satoshis. 0.001 to 0.5 BTC: Samourai's documentation (0.01: 0.0005,
 * 0.05: 0.0025, 0.5: 0.025), the later fees 0.00005, 0.00175 and 0.0175 its users' guides. 0.025: Ashigaru's coordinator, 2025.
 * @see docs.samourai.io/en/whirlpool; econoalchemist.github.io/Whirlpool; k3tan.com/ashigaru-whirlpool
 */
const POOLS: readonly Pool[] = [
  { size: 100_000n, fees: [5_000n] },
  { size: 1_000_000n, fees: [50_000n] },
  { size: 2_500_000n, fees: [125_000n] },
  { size: 5_000_000n, fees: [175_000n, 250_000n] },
  { size: 50_000_000n, fees: [1_750_000n, 2_500_000n] },
];

/** Five at first; up to eight since the coordinator's "surge cycles" of 15 May 2023. @see blog.samourai.is/introducing-whirlpool-surge-cycles */
const LEAST_PARTS = 5;
const MOST_PARTS = 8;

/** An input that has not been mixed brings at most this much above the pool's size. @see Stockinger et al., arXiv:2109.10229 */
const MOST_ABOVE_POOL = 110_000n;

/** Premix outputs of one Tx0. @see github.com/graphsense/graphsense-lib/pull/76 */
const MOST_PREMIX = 70;

/** From so many equal premix outputs on, a Tx0 is recognised without the coordinator's usual fee (discounts exist). Chosen here. */
const PREMIX_WITHOUT_FEE = 3;

/** A Whirlpool mix: as many inputs as outputs, all outputs of exactly one pool's size. @returns the rule; null: it is none. */
export function whirlpoolRule(shape: CoinjoinShape): string | null {
  const { inputs, outputs } = shape;
  const parts = outputs.length;
  const pool = POOLS.find(({ size }) => size === outputs[0]?.amount);
  if (pool === undefined || parts < LEAST_PARTS || parts > MOST_PARTS || inputs.length !== parts) return null;
  if (!outputs.every(({ amount }) => amount === pool.size)) return null;
  // Inputs are the wallet's own; a mix may pay to whatever script its owner asked for, P2WSH for instance.
  if (!onlyScripts(inputs, ['p2wpkh'])) return null;
  if (distinctOwners(inputs) < parts || distinctOwners(outputs) < parts) return null;
  const paid = knownAmounts(inputs);
  if (!paid.every((amount) => amount >= pool.size && amount <= pool.size + MOST_ABOVE_POOL)) return null;
  // Somebody has to bring what the miners are paid.
  if (paid.length === parts && paid.every((amount) => amount === pool.size)) return null;
  return `${parts} inputs and ${parts} equal outputs of ${btc(pool.size)}, a Whirlpool pool${unknownNote(shape)}`;
}

/**
 * A Whirlpool Tx0: it cuts coins into equal outputs of a pool's size and a little more for the miners, pays the coordinator,
 * and tells it so in an OP_RETURN. It mixes nothing yet; its outputs wait for their first mix.
 * @returns the rule; null: it is none.
 */
export function whirlpoolTx0Rule({ inputs, outputs }: CoinjoinShape): string | null {
  const coins = outputs.filter(({ script }) => script !== 'op-return');
  if (inputs.length === 0 || outputs.length !== coins.length + 1 || !onlyScripts(coins, ['p2wpkh'])) return null;
  // BIP 69 order, which these wallets use.
  if (!outputs.every(({ amount }, i) => i === 0 || amount >= (outputs[i - 1]?.amount ?? 0n))) return null;
  const pools = POOLS.map((pool) =>
    premixOf(
      coins.map(({ amount }) => amount),
      pool,
    ),
  );
  const found = pools.flatMap((premix) => premix ?? []).sort((a, b) => b.count - a.count)[0];
  if (found === undefined) return null;
  const { pool, amount, count, fee } = found;
  const fees = fee === null ? 'no usual coordinator fee' : `a coordinator fee of ${btc(fee)}`;
  return `an OP_RETURN, ${count} premix output${count === 1 ? '' : 's'} of ${btc(amount)} for the pool of ${btc(pool.size)} and ${fees}`;
}

type Premix = { readonly pool: Pool; readonly amount: bigint; readonly count: number; readonly fee: bigint | null };

function premixOf(amounts: readonly bigint[], pool: Pool): Premix | null {
  const fits = amounts.filter((amount) => amount > pool.size && amount <= pool.size + MOST_ABOVE_POOL);
  for (const amount of new Set(fits)) {
    const rest = amounts.filter((other) => other !== amount);
    const count = amounts.length - rest.length;
    const fee = pool.fees.find((usual) => rest.includes(usual)) ?? null;
    // Besides the premix only the fee and one change.
    if (rest.length < 1 || rest.length > 2 || count > MOST_PREMIX) continue;
    if (fee !== null || count >= PREMIX_WITHOUT_FEE) return { pool, amount, count, fee };
  }
  return null;
}
