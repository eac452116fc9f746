import type { TransactionEvidence } from '../../ledger/index.ts';
import { type Account, coinOf, ETHEREUM } from '../../units/index.ts';
import { addressOf, logsOf, topic, uint, word } from './abi.ts';
import type { Leg, Protocol } from './leg.ts';
import { stethAsset } from './wraps.ts';

/** Lido's withdrawal queue, as the recorded claim has it. */
const QUEUE: Account = `${ETHEREUM}:0x889edc2edab5f40e902b864ad4d7ade8e412f9b1`;
const REQUESTED = '0xf0cb471f23fb74ea44b8252eb1881a2dca546288d9f6e90d1a0e82fe0ed342ab';
const CLAIMED = '0x6ad26c5e238e7d002799f9a5db07e81ef14e37386ae03496d7a7ef04713e145b';

/** Staked ether given back: stETH goes into a queue under a number, and the ether is claimed under it days later. */
export const lido: Protocol = {
  id: 'lido',
  title: 'Lido withdrawals',
  proves:
    'The queue’s events give the same request number when stETH is handed in and when the ether for it is paid out.',
  cannotProve:
    'That the same person did both: a request is a token that can be sold or sent on before it is claimed, and what was paid for it is not in these events.',
  decode: decodeLido,
};

function decodeLido(evidence: TransactionEvidence): readonly Leg[] {
  if (evidence.chain !== ETHEREUM) return [];
  return logsOf(evidence, [REQUESTED, CLAIMED], new Set([QUEUE])).flatMap((log): Leg[] => {
    const { chain, tx } = evidence;
    const number = uint(topic(log, 1));
    const isRequest = topic(log, 0) === REQUESTED;
    // A request is paid for by its requestor; a claim is paid to its receiver.
    const account = isRequest ? addressOf(chain, topic(log, 2)) : addressOf(chain, topic(log, 3));
    const amount = uint(word(log.data, 0));
    if (number === null || account === null || amount === null || amount === 0n) return [];
    return [
      {
        protocol: 'lido',
        side: isRequest ? 'in' : 'out',
        kind: 'transfer',
        key: String(number),
        chain,
        tx,
        place: { kind: 'log', logIndex: log.logIndex },
        asset: isRequest ? stethAsset : coinOf(chain),
        amount,
        account,
        venue: QUEUE,
        destination: isRequest ? { chain, account: null, asset: coinOf(chain), amount: null } : null,
        notes: isRequest ? [] : ['The claim may be made by whoever then held the request.'],
      },
    ];
  });
}
