/**
 * Two coinbases of 2010 were repeated in later blocks, byte for byte, before BIP-30 forbade it; the later one overwrote
 * the earlier, whose 50 bitcoin are lost. No other transaction of the main network stands in two blocks of its chain.
 * @see BIP-30; heights as Bitcoin Core excepts them (`IsBIP30Repeat`, `IsBIP30Unspendable`).
 */
export const KNOWN_DUPLICATES: readonly { readonly tx: string; readonly lost: number; readonly kept: number }[] = [
  { tx: 'e3bf3d07d4b0375638d5f1db5255fe07ba2c4cb067cd81b84ee974b6585fb468', lost: 91_722, kept: 91_880 },
  { tx: 'd5d27987d2a3dfc724e359870c6644b40e497bdc0589a033220fe15429d88599', lost: 91_812, kept: 91_842 },
];
