import type { Account, Asset } from '../../units/index.ts';
import type { Protocol } from './leg.ts';
import { type OftUse, oftLegs, payeeAt } from './oft.ts';

/**
 * USDT0, the one token known here that moves by OFT on its own (`test/data/crossings/addresses.json`): the contracts that
 * state its moves, and the token each of them takes in or destroys, as recorded transactions show; of Ethereum's its role
 * says so, an adapter of USDT.
 */
const ASSETS: ReadonlyMap<Account, Asset> = new Map<Account, Asset>([
  ['eip155:1:0x6c96de32cea08842dcc4058c14d3aaad7fa41dee', 'eip155:1/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7'],
  [
    'eip155:143:0x9151434b16b9763660705744891fa906f660ecc5',
    'eip155:143/erc20:0xe7cd86e13ac4309349f30b3435a9d337750fc82d',
  ],
  [
    'eip155:42161:0x14e4a1b13bf7f943c8ff7c51fb60fa964a298d92',
    'eip155:42161/erc20:0xfd086bc7cd5c481dcc9c85ebe478a1c0b69fcbb9',
  ],
]);

/** A message is the receiver (32 bytes) and the amount (8); a call follows where there is one. */
const USDT0: OftUse = {
  protocol: 'layerzero',
  assets: ASSETS,
  payeeOf: (message) => payeeAt(message, 0, 40),
};

/** Tokens that move between chains as messages of LayerZero. */
export const layerzero: Protocol = {
  id: 'layerzero',
  title: 'LayerZero OFT (USDT0)',
  proves:
    'A message is named by the hash of its sender, receiver and number, computed again here; the token’s contracts state it on both sides.',
  cannotProve:
    'Transfers of other tokens: their events look the same and anyone can emit them. Who is paid where the message also calls a contract. No arrival was among the transactions this was tested on.',
  decode: (evidence) => (evidence.kind === 'evm' ? oftLegs(evidence, USDT0) : []),
};
