import type { Chain } from '../../units/index.ts';

/**
 * The contract on each chain that turns the chain's coin into a token one for one, and back. Of these alone the recorded
 * transactions show that every deposit event stands beside an equal payment of the coin to the contract, and every
 * withdrawal beside one from it (`test/data/crossings`). Gauges, vaults and pools emit events of the same name: only these
 * contracts wrap.
 */
export const WRAPPED_COINS: ReadonlyMap<Chain, string> = new Map<Chain, string>([
  ['eip155:1', '0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2'],
  ['eip155:10', '0x4200000000000000000000000000000000000006'],
  ['eip155:56', '0xbb4cdb9cbd36b01bd1cbaebf2de08d9173bc095c'],
  ['eip155:100', '0xe91d153e0b41518a2ce8dd3d7944fa863463a97d'],
  ['eip155:137', '0x0d500b1d8e8ef31e21c99d1db9a6444d3adf1270'],
  ['eip155:8453', '0x4200000000000000000000000000000000000006'],
  ['eip155:534352', '0x5300000000000000000000000000000000000004'],
]);

/** keccak256("Deposit(address,uint256)") and keccak256("Withdrawal(address,uint256)"). */
export const WRAP_TOPIC = '0xe1fffcc4923d04b559f4d29a8bfc6cda04eb5b0d3c460751c2402c5c5cc9109c';
export const UNWRAP_TOPIC = '0x7fcf532c15f0a6db0bd6d0e038bea71d30d808c7d98cb3bf7268a95bf5081b65';
