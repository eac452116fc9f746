import type { Asset } from '../../units/index.ts';

/**
 * Decimals of tokens so common that an export without them should still be read: what `decimals()` of
 * their contracts on Ethereum answers.
 */
const DECIMALS: ReadonlyMap<string, number> = new Map([
  ['eip155:1/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7', 6], // USDT
  ['eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48', 6], // USDC
  ['eip155:1/erc20:0x6b175474e89094c44da98b954eedeac495271d0f', 18], // DAI
  ['eip155:1/erc20:0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2', 18], // WETH
  ['eip155:1/erc20:0x2260fac5e5542a773aa44fbcfedf7c193bc2c599', 8], // WBTC
  ['eip155:1/erc20:0xae7ab96520de3a18e5e111b5eaab095312d7fe84', 18], // stETH
  ['eip155:1/erc20:0x7f39c581f595b53c5cb19bd0b3f8da6c935e2ca0', 18], // wstETH
  ['eip155:1/erc20:0xd5f7838f5c461feff7fe49ea5ebaf7728bb0adfa', 18], // mETH
  ['eip155:1/erc20:0xe6829d9a7ee3040e1276fa75293bde931859e8fa', 18], // cmETH
  ['eip155:1/erc20:0x514910771af9ca656af840dff83e8264ecf986ca', 18], // LINK
  ['eip155:1/erc20:0x1f573d6fb3f13d689ff844b4ce37794d79a7ff1c', 18], // BNT
]);

/** Decimals of a well-known token; null where Cairn does not know them. */
export function tokenDecimals(asset: Asset): number | null {
  return DECIMALS.get(asset) ?? null;
}
