import { type Account, accountAddress, accountChain, isEvmChain, TRON, ZERO_ADDRESS } from '../units/index.ts';
import type { Label } from './label.ts';

/** The source that built-in labels name. They outrank every label read from a file. */
export const PROTOCOL_SOURCE = 'protocol';

/** The address many tokens are sent to so that nobody can spend them; no key to it is known. */
const EVM_DEAD = `0x${'0'.repeat(36)}dead`;
/** Twenty zero bytes as Tron writes them. */
const TRON_ZERO = 'T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb';

/** The label Cairn itself puts on the zero address and the well-known burn address; null for every other account. */
export function burnLabel(account: Account): Label | null {
  const name = nameOfBurn(accountChain(account), accountAddress(account));
  if (name === null) return null;
  return { account, name, entity: null, category: 'burn', source: PROTOCOL_SOURCE, confidence: 100, labelledAt: null };
}

function nameOfBurn(chain: string, address: string): string | null {
  if (isEvmChain(chain))
    return address === ZERO_ADDRESS ? 'zero address' : address === EVM_DEAD ? 'burn address 0x…dEaD' : null;
  return chain === TRON && address === TRON_ZERO ? 'zero address' : null;
}
