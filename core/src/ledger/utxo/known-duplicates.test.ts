import { expect, test } from 'vitest';
import { isKnownDuplicate } from './known-duplicates.ts';

test('the two coinbases of 2010 at their four heights, and no other', () => {
  const [one, other] = [
    'e3bf3d07d4b0375638d5f1db5255fe07ba2c4cb067cd81b84ee974b6585fb468',
    'd5d27987d2a3dfc724e359870c6644b40e497bdc0589a033220fe15429d88599',
  ];
  expect([91_722, 91_880, 91_812, 91_842, 91_723].map((height) => isKnownDuplicate(one as string, height))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  expect([91_722, 91_880, 91_812, 91_842].map((height) => isKnownDuplicate(other as string, height))).toEqual([
    false,
    false,
    true,
    true,
  ]);
  expect(isKnownDuplicate('00'.repeat(32), 91_722)).toBe(false);
});
