import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { transfersOf, type UtxoTransaction } from '../../ledger/index.ts';
import { type Account, BITCOIN } from '../../units/index.ts';
import { type CoinjoinShape, recogniseCoinjoin, type ShapeCoin, shapeOf } from './coinjoin.ts';
import { parseLabelledSet } from './labelled-set.ts';

const samples = parseLabelledSet(
  gunzipSync(
    readFileSync(new URL('../../../../test/data/bitcoin/coinjoin/labelled.csv.gz', import.meta.url)),
  ).toString(),
  'labelled.csv.gz',
);

let owners = 0;
function coin(amount: bigint, script: ShapeCoin['script'] = 'p2wpkh'): ShapeCoin & { amount: bigint } {
  owners += 1;
  return { amount, owner: script === 'op-return' ? null : (`${BITCOIN}:owner${owners}` as Account), script };
}
const coins = (count: number, amount: bigint, script: ShapeCoin['script'] = 'p2wpkh') =>
  Array.from({ length: count }, () => coin(amount, script));
const unknown = (count: number): ShapeCoin[] =>
  Array.from({ length: count }, () => ({ amount: null, owner: null, script: 'unknown' }));

const mix: CoinjoinShape = {
  inputs: [...coins(3, 1_000_000n), ...coins(2, 1_003_932n)],
  outputs: coins(5, 1_000_000n),
};
const join: CoinjoinShape = {
  inputs: [coin(500_000n), coin(300_000n), coin(900_000n), coin(210_000n)],
  outputs: [...coins(3, 200_000n), coin(299_000n), coin(310_000n), coin(700_500n)],
};

describe('real transactions that lists name', () => {
  const kindOf = (tx: string) => {
    const sample = samples.find((one) => one.tx === tx);
    return sample === undefined ? undefined : recogniseCoinjoin(sample.shape);
  };

  it('a round of Wasabi 1 of 20 August 2021', () => {
    expect(kindOf('6084543ea63d4dc0cb7eba54eb32af177c5d1f065294f4b0af0c52cc0a1f9fc7')).toEqual({
      kind: 'wasabi-1',
      rule: '59 equal outputs of 0.1098958 BTC from 83 inputs, near Wasabi’s base of 0.1 BTC, and 42 outputs of other amounts',
    });
  });

  it('a Whirlpool mix of six, and a Tx0', () => {
    expect(kindOf('d19450c00be0fdbb560e4de48ca9ad66e73875cd4bd1adff856eedb1a4ee8b00')).toEqual({
      kind: 'whirlpool',
      rule: '6 inputs and 6 equal outputs of 0.05 BTC, a Whirlpool pool',
    });
    expect(kindOf('6469940112d5d7d050cc123902136eb4ba6d61f0d9dc89bb7683a011723aa72a')).toEqual({
      kind: 'whirlpool-tx0',
      rule: 'an OP_RETURN, 6 premix outputs of 0.00106352 BTC for the pool of 0.001 BTC and a coordinator fee of 0.00005 BTC',
    });
  });

  it('a Whirlpool mix that pays to P2WSH, which its list takes for a Tx0', () => {
    expect(kindOf('2c3f3e30243521998168dedd0545db4a24935ed2afcb206dca3c99140f33d80c')?.kind).toBe('whirlpool');
  });

  it('a JoinMarket-like transaction', () => {
    expect(kindOf('89e97c00d014519989683623b160d44b449ff7058096137acec8092dadbaa6c5')).toEqual({
      kind: 'joinmarket',
      rule: '5 equal outputs of 0.35281835 BTC to different addresses, 4 of other amounts, 11 inputs of 11 addresses, the shape of JoinMarket',
    });
  });

  it('emulated rounds of Wasabi 2, all twelve', () => {
    const rounds = samples.filter(({ label }) => label === 'wasabi-2');
    expect(rounds.map(({ shape }) => recogniseCoinjoin(shape)?.kind)).toEqual(Array(12).fill('wasabi-2'));
    expect(kindOf('aad3c0bddcd6d3870dea16f41116148756223d4e72d4a4c994c02e2b5516710a')?.rule).toBe(
      '38 of 40 outputs are standard denominations of Wasabi 2 (7 of them different powers of 2 or 3), outputs sorted by amount, 13 inputs, fewer than the 50 of the published rule',
    );
  });
});

describe('where the rules draw the line', () => {
  const kind = (shape: CoinjoinShape) => recogniseCoinjoin(shape)?.kind ?? null;

  it('Whirlpool: pool size, number, inputs', () => {
    expect(kind(mix)).toBe('whirlpool');
    expect(kind({ ...mix, outputs: coins(5, 1_000_001n) })).toBeNull();
    expect(kind({ inputs: mix.inputs.slice(1), outputs: mix.outputs.slice(1) })).toBeNull();
    expect(kind({ ...mix, inputs: [...mix.inputs.slice(1), coin(1_110_001n)] })).toBeNull();
    expect(kind({ ...mix, inputs: [...mix.inputs.slice(1), coin(999_999n)] })).toBeNull();
    expect(kind({ ...mix, inputs: coins(5, 1_000_000n) })).toBeNull();
    const [first] = mix.outputs;
    expect(kind({ ...mix, outputs: Array(5).fill(first) })).toBeNull();
  });

  it('Tx0: without the OP_RETURN, the order or the fee it is none', () => {
    const tx0 = {
      inputs: coins(1, 3_000_000n),
      outputs: [coin(0n, 'op-return'), coin(50_000n), coin(900_000n), ...coins(2, 1_004_235n)],
    };
    expect(kind(tx0)).toBe('whirlpool-tx0');
    expect(kind({ ...tx0, outputs: tx0.outputs.slice(1) })).toBeNull();
    expect(kind({ ...tx0, outputs: [...tx0.outputs].reverse() })).toBeNull();
    expect(
      kind({ ...tx0, outputs: tx0.outputs.map((one) => (one.amount === 50_000n ? coin(49_999n) : one)) }),
    ).toBeNull();
  });

  it('JoinMarket: three equal outputs, as many or one fewer changes, different addresses, no dust, one kind of script', () => {
    expect(kind(join)).toBe('joinmarket');
    const sweep = { inputs: [coin(500_000n), coin(510_000n), coin(210_000n)], outputs: join.outputs.slice(0, 5) };
    expect(kind(sweep)).toBe('joinmarket');
    expect(kind({ ...join, outputs: join.outputs.slice(0, 4) })).toBeNull();
    expect(kind({ ...join, inputs: join.inputs.slice(0, 2) })).toBeNull();
    expect(kind({ ...join, inputs: [...join.inputs.slice(1), coin(500_000n, 'p2tr')] })).toBeNull();
    const dust = join.outputs.map((one) => (one.amount === 200_000n ? coin(74_999n) : one));
    expect(kind({ ...join, outputs: dust })).toBeNull();
    const payout = [...coins(3, 200_000n), coin(400_000n), coin(500_000n), coin(400_001n)];
    expect(kind({ inputs: [coin(1_500_000n), ...coins(2, 210_000n)], outputs: payout })).toBeNull();
    const [first] = join.outputs;
    expect(kind({ ...join, outputs: [first, first, ...join.outputs.slice(2)] as CoinjoinShape['outputs'] })).toBeNull();
  });

  it('five parties and more are a CoinJoin whatever their scripts', () => {
    const many = {
      inputs: coins(5, 600_000n, 'p2tr'),
      outputs: [...coins(5, 200_000n, 'p2tr'), ...coins(5, 399_000n)],
    };
    expect(kind({ ...many, outputs: many.outputs.map((one, i) => (i < 5 ? one : coin(399_000n + BigInt(i)))) })).toBe(
      'equal-outputs',
    );
  });

  it('Wasabi 1: ten equal outputs within 0.02 of 0.1 BTC', () => {
    const round = (equal: number, amount: bigint) => ({
      inputs: coins(12, 20_000_000n),
      outputs: [...coins(equal, amount), coin(1_000_001n), coin(2_000_002n)],
    });
    expect(kind(round(10, 8_000_000n))).toBe('wasabi-1');
    expect(kind(round(9, 8_000_000n))).toBeNull();
    expect(kind(round(10, 12_000_001n))).toBeNull();
  });

  it('Wasabi 1 before fixed addresses were given up: the coordinator is paid', () => {
    const paid = { ...coin(30_000n), owner: `${BITCOIN}:bc1qs604c7jv6amk4cxqlnvuxv26hv3e48cds4m0ew` as Account };
    const outputs = [...coins(3, 1_000_000n), coin(5_000n), paid];
    expect(kind({ inputs: coins(4, 1_500_000n), outputs })).toBe('wasabi-1');
    expect(kind({ inputs: coins(4, 1_500_000n), outputs: outputs.slice(0, 4) })).toBeNull();
  });

  it('Wasabi 2: a consolidation into round amounts and a payout of round amounts are none', () => {
    const many = coins(100, 1_000_000n);
    expect(kind({ inputs: many, outputs: [coin(50_000_000n), coin(20_000_000n)] })).toBeNull();
    expect(kind({ inputs: many, outputs: [...coins(7, 5_000_000n), ...coins(8, 1_000_000n)] })).toBeNull();
  });

  it('ordinary transactions and new coins are none', () => {
    expect(kind({ inputs: coins(1, 5n), outputs: coins(2, 2n) })).toBeNull();
    expect(kind({ inputs: [], outputs: coins(5, 1_000_000n) })).toBeNull();
  });
});

describe('what is not known', () => {
  it('is taken to fit and said', () => {
    expect(recogniseCoinjoin({ ...mix, inputs: unknown(5) })).toEqual({
      kind: 'whirlpool',
      rule: '5 inputs and 5 equal outputs of 0.01 BTC, a Whirlpool pool; the inputs’ amounts and owners are not known',
    });
    const partly = recogniseCoinjoin({ ...mix, inputs: [...mix.inputs.slice(1), ...unknown(1)] });
    expect(partly?.rule).toContain('; of 1 of 5 inputs the amount is not known');
  });

  it('a known amount that does not fit still counts', () => {
    expect(recogniseCoinjoin({ ...mix, inputs: [coin(2_000_000n), ...unknown(4)] })).toBeNull();
  });
});

describe('from transfers', () => {
  const transaction: UtxoTransaction = {
    chain: BITCOIN,
    tx: 'ab'.repeat(32),
    blockNumber: 800_000,
    blockTime: 1_690_000_000,
    txIndex: 1,
    indexAssigned: false,
    version: 1,
    lockTime: 0,
    inputs: mix.inputs.map(({ amount, owner, script }, index) => ({
      outpoint: { tx: 'cd'.repeat(32), index },
      amount,
      lock: { owner, script },
      script: null,
      witness: null,
      sequence: 0xffffffff,
    })),
    outputs: mix.outputs.map(({ amount, owner, script }) => ({ amount, lock: { owner, script }, script: null })),
  };

  it('the shape is the transaction’s, in whatever order the rows come, without the fee', () => {
    expect(shapeOf(transfersOf(transaction).reverse())).toEqual(mix);
  });

  it('an input whose output is not known has no amount; new coins are no input', () => {
    const [first, ...rest] = transaction.inputs;
    const unresolved = { ...transaction, inputs: [{ ...first, amount: null, lock: null } as typeof first, ...rest] };
    expect(shapeOf(transfersOf(unresolved as UtxoTransaction)).inputs[0]).toEqual(unknown(1)[0]);
    const coinbase = { ...transaction, inputs: [{ ...first, outpoint: null } as typeof first] };
    expect(shapeOf(transfersOf(coinbase as UtxoTransaction)).inputs).toEqual([]);
  });
});
