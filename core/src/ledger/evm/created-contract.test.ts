import { expect, test } from 'vitest';
import { createdContract } from './created-contract.ts';

// The well-known example of the address formula: sender 0x6ac7…dbf0, its first four contracts.
test('the address of a created contract follows from sender and nonce', () => {
  const sender = '0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0';
  expect([0, 1, 2, 3].map((nonce) => createdContract(sender, nonce))).toEqual([
    '0xcd234a471b72ba2f1ccf0a70fcaba648a5eecd8d',
    '0x343c43a37d37dff08ae8c4a11544c718abb4fcf8',
    '0xf778b86fa74e846c4f0a1fbd1335fe81c00a0c91',
    '0xfffd933a0bc612844eaf0c6fe3e5b8e9b6c1d19c',
  ]);
});
