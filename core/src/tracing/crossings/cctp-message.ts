import type { Chain } from '../../units/index.ts';
import { address, slice } from './abi.ts';
import type { Destination } from './leg.ts';

/** Circle's numbers of chains. Solana and Noble are named, and not read here. */
const DOMAINS: ReadonlyMap<number, string> = new Map([
  [0, 'eip155:1'],
  [1, 'eip155:43114'],
  [2, 'eip155:10'],
  [3, 'eip155:42161'],
  [4, 'noble'],
  [5, 'solana'],
  [6, 'eip155:8453'],
  [7, 'eip155:137'],
  [19, 'eip155:999'], // HyperEVM
]);

/** Version 2 has one address each on every chain. */
export const MESSENGER_V2 = '0x28b5a0e9c621a5badaa536219b3a228c8168cf5d';
export const TRANSMITTER_V2 = '0x81d40f21f12a8f0e3252bccb954d722d4c464b64';

export const NO_KEY_V2 =
  'In version 2 the message gets its number after the burning transaction, so the chain itself joins it to no mint.';

export function domainOf(chain: Chain): number | null {
  return [...DOMAINS].find(([, known]) => known === chain)?.[0] ?? null;
}

/** Where a burn goes. @param to - 32 bytes. @param amount - null: a fee is taken that the burn does not tell. */
export function destinationOf(domain: number, to: string | null, amount: bigint | null): Destination {
  const chain = DOMAINS.get(domain) ?? `domain ${domain}`;
  const recipient = address(to);
  const account = chain.startsWith('eip155:') && recipient !== null ? `${chain}:${recipient}` : to;
  return { chain, account, asset: null, amount };
}

/** A word of a burn message's body, which begins with four bytes of version. */
export function bodyWord(body: string, index: number): string | null {
  return slice(body, 4 + 32 * index, 32);
}
