import { describe, expect, it } from 'vitest';
import { fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import { type Transfer, transfersOf } from '../../ledger/index.ts';
import { type Account, type Asset, BITCOIN, type Chain } from '../../units/index.ts';
import type { Leg } from './leg.ts';
import { matchLegs } from './match.ts';
import { thorchain } from './thorchain.ts';

const ETH: Asset = 'eip155:1/slip44:60';
const THIEF: Account = 'eip155:1:0x00000000000000000000000000000000000000aa';
const VAULT: Account = 'eip155:1:0x00000000000000000000000000000000000000bb';
const PAYEE: Account = 'eip155:10:0x00000000000000000000000000000000000000aa';
const OTHER: Account = 'eip155:10:0x00000000000000000000000000000000000000cc';
const IN = `0x${'1'.repeat(64)}`;
const OUT = `0x${'2'.repeat(64)}`;

function leg(given: Partial<Leg> = {}): Leg {
  return {
    protocol: 'bridge',
    side: 'in',
    kind: 'transfer',
    key: '1:7',
    chain: 'eip155:1',
    tx: IN,
    place: { kind: 'log', logIndex: 3 },
    asset: ETH,
    amount: 100n,
    account: THIEF,
    venue: VAULT,
    destination: { chain: 'eip155:10', account: null, asset: null, amount: null },
    notes: [],
    ...given,
  };
}

function payout(given: Partial<Leg> = {}): Leg {
  return leg({
    side: 'out',
    chain: 'eip155:10',
    tx: OUT,
    asset: 'eip155:10/slip44:60',
    amount: 97n,
    account: PAYEE,
    venue: null,
    destination: null,
    ...given,
  });
}

function transfer(given: Partial<Transfer>): Transfer {
  return {
    chain: 'eip155:1',
    blockNumber: 1,
    txIndex: 0,
    position: 0,
    blockTime: 1,
    tx: IN,
    from: THIEF,
    to: VAULT,
    asset: ETH,
    amount: 100n,
    kind: 'native',
    assigned: 'none',
    rounded: false,
    ...given,
  };
}

const CARRIER = transfer({});
const PAID = transfer({
  chain: 'eip155:10',
  tx: OUT,
  from: OTHER,
  to: PAYEE,
  asset: 'eip155:10/slip44:60',
  amount: 97n,
});

const ledger =
  (...transfers: readonly Transfer[]) =>
  (chain: Chain, tx: string): readonly Transfer[] =>
    transfers.filter((each) => each.chain === chain && each.tx === tx);

describe('two legs of one key', () => {
  it('are one crossing, with what proves it', () => {
    expect(matchLegs([leg()], [payout()], ledger(CARRIER, PAID))).toEqual({
      crossings: [
        {
          id: 'bridge:1:7',
          basis: 'exact',
          input: { tx: IN, position: 0 },
          output: { kind: 'transfer', transfer: { tx: OUT, position: 0 } },
          reason: `The payout ${OUT} carries the key bridge:1:7 of the inbound transaction ${IN}.`,
          proof: {
            protocol: 'bridge',
            key: '1:7',
            transactions: [
              { chain: 'eip155:1', tx: IN },
              { chain: 'eip155:10', tx: OUT },
            ],
          },
        },
      ],
      doubtful: [],
      unmatched: [],
      refused: [],
    });
  });

  it('are joined whatever the amounts, and only by the key', () => {
    const { crossings, unmatched } = matchLegs([leg()], [payout({ key: '1:8' })], ledger(CARRIER, PAID));
    expect(crossings).toEqual([]);
    expect(unmatched.map(({ reason }) => reason)).toEqual([
      'No payout of this key is on record.',
      'No inbound transaction of this key is on record.',
    ]);
  });

  it('of different protocols are not joined', () => {
    expect(matchLegs([leg()], [payout({ protocol: 'other' })], ledger(CARRIER, PAID)).crossings).toEqual([]);
  });

  it('that are given twice count once', () => {
    expect(matchLegs([leg(), leg()], [payout(), payout()], ledger(CARRIER, PAID)).crossings.length).toBe(1);
  });

  it('enter the account as unrecorded where the ledger has no payout', () => {
    expect(matchLegs([leg()], [payout()], ledger(CARRIER)).crossings[0]?.output).toEqual({
      kind: 'unrecorded',
      account: PAYEE,
      asset: 'eip155:10/slip44:60',
      amount: 97n,
    });
  });

  it('take in the part that the leg names where the protocol kept the rest', () => {
    const { crossings } = matchLegs([leg({ amount: 99n })], [payout()], ledger(CARRIER, PAID));
    expect(crossings[0]).toMatchObject({ input: { position: 0 }, part: 99n });
  });

  it('come in one order, whatever order they are given in', () => {
    const ins = [leg(), leg({ key: '1:6', tx: `0x${'3'.repeat(64)}` })];
    const outs = [payout(), payout({ key: '1:6', tx: `0x${'4'.repeat(64)}` })];
    const transfers = ledger(CARRIER, PAID, { ...CARRIER, tx: `0x${'3'.repeat(64)}` });
    const one = matchLegs(ins, outs, transfers).crossings;
    expect(one.map(({ id }) => id)).toEqual(['bridge:1:6', 'bridge:1:7']);
    expect(matchLegs(ins.toReversed(), outs.toReversed(), transfers).crossings).toEqual(one);
  });
});

describe('legs of one key are refused', () => {
  const refusal = (ins: readonly Leg[], outs: readonly Leg[], ...transfers: readonly Transfer[]) => {
    const { crossings, refused } = matchLegs(ins, outs, ledger(CARRIER, PAID, ...transfers));
    expect(crossings).toEqual([]);
    return refused.map(({ reason }) => reason);
  };

  it('where a protocol that pays once seems to have paid twice', () => {
    expect(refusal([leg()], [payout(), payout({ tx: `0x${'5'.repeat(64)}` })])).toEqual([
      '2 payouts have this key, and the protocol pays once: a replayed or mistaken record.',
    ]);
  });
  it('where two inbound transactions claim it', () => {
    expect(refusal([leg(), leg({ tx: `0x${'6'.repeat(64)}` })], [payout()])[0]).toMatch(/^2 inbound legs/);
  });
  it('where what came in was for something else', () => {
    expect(refusal([leg({ kind: 'withdrawal' })], [payout()])[0]).toMatch(/of the kind 'withdrawal'/);
    expect(refusal([leg({ kind: 'liquidity' })], [payout()])[0]).toMatch(/of the kind 'liquidity'/);
  });
  it('where the payout moves the protocol’s own funds', () => {
    expect(refusal([leg()], [payout({ kind: 'internal' })])[0]).toMatch(/of the kind 'internal'/);
  });
  it('where the payout is on another chain than was asked for', () => {
    const elsewhere = payout({ chain: 'eip155:137', asset: 'eip155:137/slip44:966' });
    expect(refusal([leg()], [elsewhere])[0]).toMatch(/names chain eip155:10, and the payout is on eip155:137/);
  });
  it('where several transfers could be the payout', () => {
    expect(refusal([leg()], [payout()], { ...PAID, position: 1 })[0]).toMatch(/^2 transfers of/);
  });
  it('where one transfer would carry two keys', () => {
    const { crossings, refused } = matchLegs(
      [leg(), leg({ key: '1:9' })],
      [payout(), payout({ key: '1:9', tx: `0x${'5'.repeat(64)}` })],
      ledger(CARRIER, PAID),
    );
    expect(crossings.map(({ id }) => id)).toEqual(['bridge:1:7']);
    expect(refused.map(({ key, reason }) => [key, reason])).toEqual([
      ['bridge:1:9', `Transfer ${IN}:0 carries a leg of another key already.`],
    ]);
  });
});

describe('legs without a counterpart', () => {
  it('without a key prove nothing', () => {
    const { unmatched } = matchLegs([leg({ key: null })], [], ledger(CARRIER));
    expect(unmatched.map(({ reason }) => reason)).toEqual(['The chain gives no key, so the leg proves no link.']);
  });
  it('whose transfer the ledger lacks are not followed', () => {
    const { crossings, unmatched } = matchLegs([leg()], [payout()], ledger(PAID));
    expect(crossings).toEqual([]);
    expect(unmatched[0]?.reason).toMatch(/^The ledger has no transfer of 100/);
  });
});

describe('a refund', () => {
  it('brings all of it back, less the fee', () => {
    const back = payout({ kind: 'refund', chain: 'eip155:1', asset: ETH, account: THIEF });
    const { crossings } = matchLegs([leg()], [back], ledger(CARRIER));
    expect(crossings).toMatchObject([{ output: { account: THIEF, asset: ETH, amount: 97n } }]);
    expect(crossings[0]?.part).toBeUndefined();
    expect(crossings[0]?.reason).toContain('the difference is the network’s fee');
  });
  it('comes also for what did not ask for a swap', () => {
    const back = payout({ kind: 'refund', chain: 'eip155:1', asset: ETH, account: THIEF });
    expect(matchLegs([leg({ kind: 'other' })], [back], ledger(CARRIER)).crossings.length).toBe(1);
    expect(matchLegs([leg({ kind: 'withdrawal' })], [back], ledger(CARRIER)).crossings.length).toBe(0);
  });
});

/**
 * 6.979 ETH went into THORChain; 27,918.5103 THOR and 4.353475 ETH came out (amounts as Midgard states them; hashes made
 * up, since the inbound transaction is not among the recorded ones).
 */
describe('several payouts of one inbound transaction', () => {
  const KEY = '1'.repeat(64);
  const swap = leg({
    protocol: 'thorchain',
    kind: 'swap',
    key: KEY,
    amount: 6_979_000_000_000_000_000n,
    destination: { chain: 'eip155:1', account: THIEF.slice(9), asset: null, amount: null },
  });
  const carrier = transfer({ amount: 6_979_000_000_000_000_000n });
  const THOR: Asset = 'eip155:1/erc20:0xa5f2211b9b8170f694421f2046281775e8468044';
  const thor = payout({
    protocol: 'thorchain',
    kind: 'swap',
    key: KEY,
    chain: 'eip155:1',
    asset: THOR,
    account: THIEF,
    amount: 27_918_510_300_000_000_000_000n,
  });
  const refund = {
    ...thor,
    tx: `0x${'3'.repeat(64)}`,
    kind: 'refund' as const,
    asset: ETH,
    amount: 4_353_475_000_000_000_000n,
  };

  it('share it: what came back is its end, the rest was swapped', () => {
    const { crossings } = matchLegs([swap], [refund, thor], ledger(carrier));
    expect(crossings.map(({ id, part, output }) => [id.slice(-4), part, output])).toEqual([
      ['#001', 2_625_525_000_000_000_000n, { kind: 'unrecorded', account: THIEF, asset: THOR, amount: thor.amount }],
      ['#002', 4_353_475_000_000_000_000n, { kind: 'unrecorded', account: THIEF, asset: ETH, amount: refund.amount }],
    ]);
    expect(crossings.every(({ basis }) => basis === 'exact')).toBe(true);
  });

  it('of one asset share it by their amounts', () => {
    const half = { ...thor, tx: `0x${'4'.repeat(64)}`, amount: (thor.amount as bigint) * 2n };
    const { crossings } = matchLegs([swap], [thor, half], ledger(carrier));
    // ceil(6.979e18 / 3)
    expect(crossings.map(({ part }) => part)).toEqual([2_326_333_333_333_333_334n, 4_652_666_666_666_666_666n]);
  });

  it('of several assets cannot be told apart', () => {
    const { crossings, refused } = matchLegs(
      [swap],
      [thor, { ...thor, tx: `0x${'4'.repeat(64)}`, asset: ETH }],
      ledger(carrier),
    );
    expect(crossings).toEqual([]);
    expect(refused[0]?.reason).toMatch(/^It was paid out in several assets/);
  });

  it('cannot give back more than came in', () => {
    const { refused } = matchLegs([swap], [thor, { ...refund, amount: 7_000_000_000_000_000_000n }], ledger(carrier));
    expect(refused[0]?.reason).toMatch(/^More was returned than came in/);
  });

  it('to an account that the memo does not name are not proven', () => {
    const forged = { ...thor, account: VAULT };
    const { crossings, doubtful } = matchLegs([swap], [forged], ledger(carrier));
    expect(crossings).toEqual([]);
    expect(doubtful).toMatchObject([{ basis: 'inferred', output: { account: VAULT } }]);
    expect(doubtful[0]?.reason).toContain('Anyone can write that key into a payout');
    expect(doubtful[0]?.proof).toBeUndefined();
  });

  it('to a stranger take nothing from the one that the memo names', () => {
    const forged = { ...thor, tx: `0x${'6'.repeat(64)}`, account: VAULT };
    const { crossings, refused } = matchLegs([swap], [thor, forged], ledger(carrier));
    expect(crossings).toMatchObject([{ basis: 'exact', output: { account: THIEF } }]);
    expect(crossings[0]?.part).toBeUndefined();
    expect(refused.map(({ legs }) => legs.map(({ tx }) => tx))).toEqual([[forged.tx]]);
  });
});

describe('real legs of THORChain', () => {
  const [source] = fixtureEvidence('thorchain', 'eth_deposit_to_btc.json').flatMap((each) => thorchain.decode(each));
  const outbound = fixtureEvidence('thorchain', 'btc_outbound_2267f895.json');

  it('find their transfers: the deposit’s value, and the output of the payee', () => {
    const evidence = outbound[0];
    if (evidence?.kind !== 'utxo' || source === undefined) throw new Error('both are recorded');
    const [out] = thorchain.decode(evidence);
    // The recorded payout is of another inbound transaction: its key and the memo's payee are rewritten here.
    const inbound: Leg = {
      ...source,
      key: out?.key ?? null,
      destination: {
        chain: BITCOIN,
        account: (out?.account ?? '').slice(BITCOIN.length + 1),
        asset: null,
        amount: null,
      },
    };
    const deposit = transfer({
      tx: source.tx,
      from: source.account as Account,
      to: source.venue as Account,
      amount: 47_000_000_000_000_000n,
    });
    const bitcoin = transfersOf(evidence);
    const { crossings } = matchLegs([inbound], [out as Leg], ledger(deposit, ...bitcoin));
    const paid = bitcoin.find(({ kind, lock }) => kind === 'output' && lock?.owner === out?.account);
    expect(crossings).toMatchObject([
      {
        basis: 'exact',
        input: { tx: source.tx, position: 0 },
        output: { kind: 'transfer', transfer: { tx: evidence.tx, position: paid?.position } },
      },
    ]);
    expect(paid?.amount).toBe(33_106_961n);
  });
});
