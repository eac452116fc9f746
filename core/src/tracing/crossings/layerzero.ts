import type { Account } from '../../units/index.ts';
import { slice } from './abi.ts';
import type { Protocol } from './leg.ts';
import { oftLegs } from './oft.ts';

/** USDT0, the one token known here that moves by OFT on its own (`test/data/crossings/addresses.json`). */
const TOKENS: ReadonlySet<Account> = new Set<Account>([
  'eip155:1:0x6c96de32cea08842dcc4058c14d3aaad7fa41dee',
  'eip155:143:0x9151434b16b9763660705744891fa906f660ecc5',
  'eip155:42161:0x14e4a1b13bf7f943c8ff7c51fb60fa964a298d92',
]);

/** Tokens that move between chains as messages of LayerZero. */
export const layerzero: Protocol = {
  id: 'layerzero',
  title: 'LayerZero OFT (USDT0)',
  proves:
    'A message is named by the hash of its sender, receiver and number, computed again here; the token’s contracts state it on both sides.',
  cannotProve:
    'Transfers of other tokens: their events look the same and anyone can emit them. Who is paid where the message also calls a contract.',
  decode: (evidence) =>
    // The message of a transfer begins with the receiver.
    evidence.kind === 'evm' ? oftLegs(evidence, 'layerzero', TOKENS, (message) => slice(message, 0, 32)) : [],
};
