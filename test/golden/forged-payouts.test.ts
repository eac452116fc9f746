import { describe, expect, test } from 'vitest';
import { evidenceFromJson, evidenceToJson } from '../../core/src/ledger/evidence-json.ts';
import type { EvmEvidence, TransactionEvidence, UtxoEvidence } from '../../core/src/ledger/index.ts';
import { traceAcross } from '../../core/src/tracing/index.ts';
import { renamed } from '../crossings-fixtures.ts';
import { BITCOINS, deposit, ETHER, ledgerOf, payout, payoutOf, REQUEST } from '../thorchain-crossing.ts';

/** Anyone can write a THORChain payout's memo. What a stranger sends with it must not take the value. */

const HASH = deposit.tx.slice(2).toUpperCase();
const STRANGER = `eip155:1:0x${'9'.repeat(40)}` as const;
const AT = deposit.blockTime as number;
const DUST = 546n;

/** A payment of so much to whom the deposit's memo names, with the payout's memo. */
function forged(amount: bigint, seconds: number, number: number): UtxoEvidence {
  const like = payoutOf(`OUT:${HASH}`);
  const outputs = like.outputs.map((output, i) => (i === 0 ? { ...output, amount } : output));
  return renamed({ ...like, blockNumber: 833_100 + number, blockTime: AT + seconds, outputs });
}

const hexOf = (text: string): string => Buffer.from(text, 'utf8').toString('hex');

function refund(value: bigint): EvmEvidence {
  const input = `0x${hexOf(`REFUND:${HASH}`)}`;
  const to = deposit.from as NonNullable<EvmEvidence['from']>;
  return {
    ...{ kind: 'evm', chain: 'eip155:1', tx: `0x${'7'.repeat(64)}`, blockTime: AT + 60, txIndex: 1, succeeded: true },
    blockNumber: (deposit.blockNumber as number) + 5,
    ...{ from: STRANGER, to, value, input, logs: [], frames: [{ path: [], from: STRANGER, to, value, input }] },
  };
}

/** Where the value is, and how each crossing says it got there. */
async function traced(records: readonly TransactionEvidence[]) {
  const { result, refused, doubtful } = await traceAcross(await ledgerOf(records), REQUEST);
  const { holdings, terminals } = result.runs[0]?.tags[0] ?? { holdings: [], terminals: [] };
  return {
    crossings: result.crossings.map(({ basis, input, part, output }) => ({ basis, tx: input.tx, part, output })),
    held: holdings.map(({ amount, origin }) => [amount, origin]).sort(),
    stopped: terminals.map(({ reason, origin }) => [reason, origin]),
    refused: refused.map(({ reason }) => reason),
    doubtful: doubtful.map(({ reason }) => reason),
    warnings: result.warnings.map(({ code }) => code),
  };
}

describe('a payment with a payout’s memo', () => {
  test('from before the deposit is none: the trace stops at the vault, or follows the payout that is on record', async () => {
    const early = forged(DUST, -86_400, -500);
    const alone = await traced([deposit, early]);
    expect(alone).toMatchObject({ crossings: [], held: [], stopped: [['label:bridge', ETHER]] });
    expect(alone.refused).toContain('It was paid before the value came in.');
    const beside = await traced([deposit, early, payout]);
    expect(beside).toMatchObject({ held: [[BITCOINS, ETHER]], stopped: [] });
  });

  test('beside the network’s own takes its own small share, and hides nothing', async () => {
    const { crossings, held, stopped } = await traced([deposit, forged(DUST, 60, -1), payout]);
    expect(crossings.map(({ basis }) => basis)).toEqual(['exact', 'exact']);
    // By the shares of 546 and 33,106,961 in their sum, the first cut up.
    const share = (ETHER * DUST + (DUST + BITCOINS) - 1n) / (DUST + BITCOINS);
    expect(held).toEqual([
      [BITCOINS, ETHER - share],
      [DUST, share],
    ]);
    expect(stopped).toEqual([]);
  });

  test('that gives back next to nothing is no refund', async () => {
    const { crossings, stopped, doubtful } = await traced([deposit, refund(1n)]);
    expect(crossings).toEqual([]);
    expect(stopped).toEqual([['label:bridge', ETHER]]);
    expect(doubtful).toEqual([expect.stringContaining('Less than half of what came in was returned')]);
    expect((await traced([deposit, refund(ETHER - 10n ** 15n)])).crossings).toMatchObject([{ basis: 'exact' }]);
  });

  test('less than half of the least that the memo accepts is not followed', async () => {
    // The deposit's memo asks for no least; as long, 0.00033 BTC.
    const limited = (text: string): string => text.replaceAll(hexOf(':0/1/0:'), hexOf(':33000:'));
    const asked = evidenceFromJson(JSON.parse(limited(JSON.stringify(evidenceToJson(deposit)))));
    expect(asked).not.toEqual(deposit);
    const { crossings, doubtful } = await traced([asked, forged(DUST, 60, 1)]);
    expect(crossings).toEqual([]);
    expect(doubtful).toEqual([expect.stringContaining('Less than half of the least')]);
    expect((await traced([asked, payout])).crossings).toMatchObject([{ basis: 'exact' }]);
  });
});

test('a crossing by memos says that vaults are not shown', async () => {
  expect((await traced([deposit, payout])).warnings).toContain('unshown-vaults');
});
