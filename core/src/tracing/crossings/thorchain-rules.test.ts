import { describe, expect, it } from 'vitest';
import { fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import { type EvmEvidence, lockOf, type UtxoEvidence, type UtxoOutput } from '../../ledger/index.ts';
import { BITCOIN } from '../../units/index.ts';
import type { Leg } from './leg.ts';
import { maya } from './maya.ts';
import { explainPair, thorchain } from './thorchain.ts';

const ROUTER_4 = 'eip155:1:0xd37bbe5744d730a1d98d8dc97c42f0ca46ad7146';
const bitcoinAccountOf = (script: string) => lockOf(BITCOIN, script).owner;

const deposit = () => fixtureEvidence('thorchain', 'eth_deposit_to_btc.json')[0] as EvmEvidence;
const btcOut = (file = 'btc_outbound_2267f895.json') => fixtureEvidence('thorchain', file)[0] as UtxoEvidence;
const btcIn = () => fixtureEvidence('thorchain', 'btc_swap_to_gaia.json')[0] as UtxoEvidence;

/** The same event from another contract, or with other content. */
function withLog(evidence: EvmEvidence, change: Partial<NonNullable<EvmEvidence['logs']>[number]>): EvmEvidence {
  return { ...evidence, logs: (evidence.logs ?? []).map((log) => ({ ...log, ...change })) };
}

/** The same transaction with another text in its OP_RETURN output. */
function withMemo(evidence: UtxoEvidence, memo: string): UtxoEvidence {
  const hex = [...memo].map((letter) => letter.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  const push = memo.length < 76 ? '' : '4c';
  const script = `6a${push}${memo.length.toString(16).padStart(2, '0')}${hex}`;
  const outputs = evidence.outputs.map((output) => (output.script?.startsWith('6a') ? { ...output, script } : output));
  return { ...evidence, outputs };
}

describe('look-alikes and corrupted records', () => {
  it.each([
    ['stagenet router', '0xb11a1735c2e3bcc5fc8c1d147fb64629d3d0cac5'],
    ['stagenet router V6', '0x0dc6108c9225ce93da589b4ce83c104b34693117'],
    ['Harbor', '0x1f21d09c65bc8af92634dcd5a100b6d04f0c81c3'],
    ['Maya’s router', '0xe3985e6b61b814f7cdb188766562ba71b446b46d'],
  ])('makes nothing of the same event of %s', (_, contract) => {
    const alike = withLog(deposit(), { address: `eip155:1:${contract}` });
    expect(thorchain.decode({ ...alike, to: `eip155:1:${contract}` })).toEqual([]);
  });

  it('makes nothing of a router of another chain, or of a failed transaction', () => {
    const elsewhere = withLog(deposit(), { address: 'eip155:8453:0xd37bbe5744d730a1d98d8dc97c42f0ca46ad7146' });
    expect(thorchain.decode({ ...elsewhere, chain: 'eip155:8453' })).toEqual([]);
    expect(thorchain.decode({ ...deposit(), succeeded: false })).toEqual([]);
  });

  it('makes nothing of an event cut short, and a refundable deposit of one whose memo does not parse', () => {
    const [log] = deposit().logs ?? [];
    const data = log?.data ?? '';
    expect(thorchain.decode(withLog(deposit(), { data: data.slice(0, 180) }))).toEqual([]);
    const [corrupted] = thorchain.decode(
      withLog(deposit(), { data: data.replace('3d3a4254432e425443', '3d3a42544358425443') }),
    );
    expect(corrupted).toMatchObject({ kind: 'other', side: 'in', amount: 47000000000000000n, destination: null });
    expect(corrupted?.notes.join()).toContain('does not parse');
  });

  it('makes nothing of a Bitcoin payment with a corrupted memo, and none of a corrupted hash', () => {
    expect(thorchain.decode(withMemo(btcIn(), '=:GAIAxATOM:cosmos1aywmluxanawepu2g2vpe3a449ashlxy04l2mcc'))).toEqual(
      [],
    );
    expect(thorchain.decode(withMemo(btcIn(), 'hello world'))).toEqual([]);
    expect(thorchain.decode(withMemo(btcOut(), `OUT:${'A'.repeat(63)}`))).toEqual([]);
    expect(maya.decode(withMemo(btcOut(), `OUT:${'A'.repeat(63)}`))).toEqual([]);
  });

  it('counts several deposits of one transaction only where vault and memo agree', () => {
    const [log] = deposit().logs ?? [];
    if (log === undefined) throw new Error('no log');
    const other = {
      ...log,
      logIndex: 563,
      topics: [log.topics[0] ?? '', `0x${'0'.repeat(24)}${'5'.repeat(40)}`, log.topics[2] ?? ''],
    };
    const agreeing = thorchain.decode({ ...deposit(), logs: [log, { ...log, logIndex: 563 }] });
    expect(agreeing.map(({ kind, key }) => [kind, key !== null])).toEqual([
      ['swap', true],
      ['swap', true],
    ]);
    const differing = thorchain.decode({ ...deposit(), logs: [log, other] });
    expect(differing.map(({ kind, key }) => [kind, key])).toEqual([
      ['other', null],
      ['other', null],
    ]);
  });

  it('pays nobody where the router reports a failure, or the trace shows no money reaching the payee', () => {
    const out = fixtureEvidence('thorchain', 'eth_transferout_native.json')[0] as EvmEvidence;
    expect(out.frames).not.toBeNull();
    expect(thorchain.decode(out)).toMatchObject([{ kind: 'swap', amount: 61349840000000000n }]);
    expect(thorchain.decode({ ...out, frames: [] })).toMatchObject([{ kind: 'other', key: null, amount: null }]);
    const [log] = out.logs ?? [];
    if (log === undefined) throw new Error('no log');
    const failed = '0xa6a370fa655359af5f69091e908830c250b8daffb80f6b578741423ae4c47ab1';
    const both = [log, { ...log, logIndex: log.logIndex + 1, topics: [failed, ...log.topics.slice(1)] }];
    expect(thorchain.decode({ ...out, logs: both })).toMatchObject([{ kind: 'other', key: null }]);
  });

  it('takes the network’s own movements for nobody’s payout', () => {
    for (const memo of ['MIGRATE:8495436', 'RAGNAROK:5', 'YGGDRASIL+:5', 'consolidate']) {
      expect(thorchain.decode(withMemo(btcOut(), memo))).toMatchObject([{ kind: 'internal', key: null, side: 'out' }]);
    }
  });
});

describe('UTXO rules', () => {
  const data = (text: string): string =>
    `0014${[...text]
      .map((c) => c.charCodeAt(0).toString(16))
      .join('')
      .padEnd(40, '0')}`;
  const output = (script: string, amount: bigint): UtxoOutput => ({
    script,
    amount,
    lock: { owner: bitcoinAccountOf(script), script: 'p2wpkh' },
  });

  it('ignores a deposit with more than 12 outputs, or more than 10 of value', () => {
    const more = (count: number, amount: bigint) =>
      thorchain.decode({
        ...btcIn(),
        outputs: [...btcIn().outputs, ...Array.from({ length: count }, () => output(data('x'), amount))],
      });
    expect(more(9, 0n)).toMatchObject([{ kind: 'swap' }]);
    expect(more(10, 0n)).toMatchObject([{ kind: 'other', key: null }]);
    expect(more(8, 1n)).toMatchObject([{ kind: 'swap' }]);
    expect(more(9, 1n)).toMatchObject([{ kind: 'other', key: null }]);
  });

  it('joins a memo that goes on in the outputs after it', () => {
    const head = `=:ETH.USDT:0xE9fbf0857a16805535588fd018fb9C2Df1c5b0d5:66008807667/1/0:${'a'.repeat(12)}`;
    const start = `${head.slice(0, 79)}^`;
    const rest = `${head.slice(79)}:5`;
    const tail = [output(data(rest), 294n)];
    const long = withMemo(
      { ...btcIn(), outputs: [...btcIn().outputs.slice(0, 2), ...tail, ...btcIn().outputs.slice(2)] },
      start,
    );
    const [leg] = thorchain.decode(long);
    expect(leg?.notes.join()).toContain(`'${'a'.repeat(12)}'`);
    expect(leg).toMatchObject({
      kind: 'swap',
      amount: 781809n,
      destination: { account: '0xe9fbf0857a16805535588fd018fb9c2df1c5b0d5' },
    });
  });

  it('joins several OP_RETURN outputs, and takes the first push of each alone', () => {
    const [vault, , change] = btcIn().outputs as [UtxoOutput, UtxoOutput, UtxoOutput];
    const returned = (...pushes: string[]): UtxoOutput => {
      const hex = (text: string) => Buffer.from(text).toString('hex');
      const script = `6a${pushes.map((text) => `${text.length.toString(16).padStart(2, '0')}${hex(text)}`).join('')}`;
      return { script, amount: 0n, lock: { owner: null, script: 'op-return' } };
    };
    const outputs = [
      vault,
      returned('=:ETH.ETH:0xE9fbf0857a168055355', 'not read'),
      returned('88fd018fb9C2Df1c5b0d5:5'),
      change,
    ];
    expect(thorchain.decode({ ...btcIn(), outputs })).toMatchObject([
      { kind: 'swap', place: { index: 1 }, destination: { account: '0xe9fbf0857a16805535588fd018fb9c2df1c5b0d5' } },
    ]);
    const cut = { ...returned('=:e:0xab'), script: '6a4c50' };
    expect(thorchain.decode({ ...btcIn(), outputs: [vault, cut, change] })).toEqual([]);
  });

  it('never takes change for the payment: an output before it that is the sender’s own', () => {
    const [first, memo, change] = btcIn().outputs as [UtxoOutput, UtxoOutput, UtxoOutput];
    expect(thorchain.decode({ ...btcIn(), outputs: [change, memo, first] })).toMatchObject([{ amount: 781809n }]);
  });

  it('says what it does not know where the first input shows no key', () => {
    const taproot = btcIn().inputs.map((input) => ({ ...input, witness: ['00'.repeat(64)] }));
    const [guess] = thorchain.decode({ ...btcIn(), inputs: taproot });
    expect(guess).toMatchObject({ account: null, amount: 781809n });
    expect(guess?.notes.join()).toContain('was taken as the payment');
    const bare = btcIn().inputs.map((input) => ({ ...input, witness: null, script: null }));
    expect(thorchain.decode({ ...btcIn(), inputs: bare })).toMatchObject([
      { account: null, amount: null, venue: null },
    ]);
  });
});

describe('plain transfers', () => {
  const plain = () =>
    (fixtureEvidence('thorchain', 'calldata_native_memo_deposits.json') as readonly EvmEvidence[]).find(({ tx }) =>
      tx.startsWith('0x5e5fed66'),
    ) as EvmEvidence;

  it('read the memo also where it is the hex of its text', () => {
    const [leg] = thorchain.decode(plain());
    for (const prefix of ['', '0x']) {
      const doubled = `0x${Buffer.from(`${prefix}${plain().input?.slice(2)}`).toString('hex')}`;
      expect(thorchain.decode({ ...plain(), input: doubled })).toEqual([leg]);
    }
  });

  it('say that vault and network are not shown; without value, or with other text, they are none', () => {
    const [leg] = thorchain.decode(plain());
    expect(leg?.notes.join()).toContain('is a vault this transaction does not show');
    expect(leg?.notes.join()).toContain('which of the two');
    expect(thorchain.decode({ ...plain(), value: 0n })).toMatchObject([]);
    expect(thorchain.decode({ ...plain(), input: '0x68656c6c6f' })).toEqual([]);
    expect(thorchain.decode({ ...plain(), input: '0xff3a3a' })).toEqual([]);
  });

  it('are Maya’s where only it serves the asset, and under both names only where its router would pay', () => {
    const memo = (text: string) => ({ ...plain(), input: `0x${Buffer.from(text).toString('hex')}` });
    const names = (text: string) =>
      [thorchain, maya].flatMap(({ decode }) => decode(memo(text))).map(({ protocol }) => protocol);
    expect(names('=:MAYA.CACAO:maya1488tcz5zt6pxemxrg90wkw33tuv3u2aeqnsvqv')).toEqual(['maya']);
    expect(names('=:BTC.BTC:bc1qc540xkc0h2fdl5a4c05d79grdg24rqh7vdl5e3')).toEqual(['thorchain']);
    expect(names('=:ARB.ETH:0xE9fbf0857a16805535588fd018fb9C2Df1c5b0d5')).toEqual(['maya']);
    expect(names('=:ETH.USDT:0xE9fbf0857a16805535588fd018fb9C2Df1c5b0d5')).toEqual(['thorchain', 'maya']);
  });
});

describe('deposits through another contract', () => {
  const aggregator = 'eip155:1:0x11733abf0cdb43298f7e949c930188451a9a9ef2';

  it('name the contract that paid where a trace shows it, and nobody where none does', () => {
    const through = { ...deposit(), to: aggregator } as const;
    const frames = (deposit().frames ?? []).map((frame) =>
      frame.to === ROUTER_4 ? { ...frame, from: aggregator } : frame,
    ) as NonNullable<EvmEvidence['frames']>;
    expect(thorchain.decode({ ...through, frames })).toMatchObject([{ account: aggregator }]);
    const [unknown] = thorchain.decode({ ...through, frames: null });
    expect(unknown?.account).toBeNull();
    expect(unknown?.notes.join()).toContain(deposit().from);
  });
});

describe('explainPair', () => {
  /** A real deposit, and a real payout with only the hash in its memo rewritten, and its payee where asked. */
  function pair(payee: string | null) {
    const inbound = thorchain.decode(deposit())[0] as Leg;
    const rewritten = withMemo(btcOut(), `OUT:${inbound.key}`);
    const outbound = thorchain.decode(rewritten)[0] as Leg;
    return { inbound, outbound: { ...outbound, account: payee === null ? null : (`${BITCOIN}:${payee}` as const) } };
  }
  const named = 'bc1qc540xkc0h2fdl5a4c05d79grdg24rqh7vdl5e3';

  it('takes a payout to the account that the memo names for the other side', () => {
    const { inbound, outbound } = pair(named);
    expect(explainPair(inbound, outbound)).toMatchObject({ reading: 'crossing', paysAsNamed: true });
  });

  it('takes none that replays the hash and pays somebody else, or on another chain', () => {
    const { inbound, outbound } = pair('bc1q8w2ypqgx39gucxcypqv2m90wz9rvhmmrcnpdjs');
    expect(explainPair(inbound, outbound)).toMatchObject({ reading: 'none', paysAsNamed: false });
    expect(explainPair(inbound, { ...outbound, chain: 'eip155:1' })).toMatchObject({ reading: 'none' });
  });

  it('takes none in another asset than the memo names', () => {
    const { inbound, outbound } = pair(named);
    const worthless = `${BITCOIN}/token:worthless` as const;
    expect(explainPair(inbound, { ...outbound, asset: worthless })).toMatchObject({
      reading: 'none',
      paysAsNamed: false,
      reason: expect.stringContaining('another asset'),
    });
  });

  it('takes none where the inbound memo asks for no swap', () => {
    const { inbound, outbound } = pair(named);
    for (const kind of ['withdrawal', 'liquidity', 'loan', 'other'] as const) {
      expect(explainPair({ ...inbound, kind }, outbound).reading).toBe('none');
    }
    expect(explainPair(inbound, { ...outbound, kind: 'refund' }).reading).toBe('refund');
    expect(explainPair(inbound, { ...outbound, key: 'A'.repeat(64) }).reading).toBe('none');
    expect(explainPair({ ...inbound, kind: 'withdrawal' }, outbound).reason).toContain('withdrawal');
    expect(explainPair({ ...inbound, kind: 'loan' }, outbound).reason).toContain('borrowed');
  });
});
