import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BITCOIN } from '../../units/index.ts';
import { opReturnData } from './op-return.ts';
import { parseTransaction } from './raw/transaction.ts';

const THORCHAIN = join(import.meta.dirname, '../../../../test/data/crossings/thorchain');

test.each([
  [
    'btc_streaming_refund.json',
    'REFUND:08933D25AD065A6C96E60BA2A0E5DED23810E8A303D3E06192BD9393149D5002',
    117_553_237n,
  ],
  ['btc_outbound_from_rune.json', 'OUT:B5FE4F2D310D32ADD3D70C1E806E224943A08E73AC89287AB374B6566C4605D8', 24_574_773n],
  ['btc_swap_to_gaia.json', '=:GAIA.ATOM:cosmos1aywmluxanawepu2g2vpe3a449ashlxy04l2mcc:37207e5:rg:25', 781_809n],
])('the memo of a real transaction: %s', (file, memo, amount) => {
  const fixture = JSON.parse(readFileSync(join(THORCHAIN, file), 'utf8')) as { txid: string; rawHex: string };
  const { tx, outputs } = parseTransaction(BITCOIN, hexToBytes(fixture.rawHex));
  expect(tx).toBe(fixture.txid);
  const memos = outputs.flatMap(({ script }) => opReturnData(script) ?? []);
  expect(memos.map(({ text }) => text)).toEqual([memo]);
  expect(outputs[0]?.amount).toBe(amount);
});

test.each([
  // Pushes of every form, joined.
  ['6a026869', '6869', 'hi'],
  ['6a4c026869', '6869', 'hi'],
  ['6a4d02006869', '6869', 'hi'],
  ['6a4e020000006869', '6869', 'hi'],
  ['6a02686901ff', '6869ff', null],
  ['6a0268690121', '686921', 'hi!'],
  // UTF-8 of two bytes, one character in two pushes.
  ['6a01c301a9', 'c3a9', 'é'],
  // Numbers push a byte.
  ['6a5d0101', '0d01', null],
  ['6a4f', '81', null],
  // Nothing, or an empty push.
  ['6a', '', null],
  ['6a00', '', null],
  // A line break is nothing a reader of a table could see.
  ['6a02680a', '680a', null],
])('%s says %s', (script, data, text) => {
  const found = opReturnData(script);
  expect([bytesToHex(found?.data as Uint8Array), found?.text]).toEqual([data, text]);
});

test.each([
  ['not OP_RETURN', '76a91400'],
  ['empty', ''],
  ['a push over the end', '6a056869'],
  ['a length over the end', '6a4d02'],
  ['another opcode', '6a02686976'],
])('%s says nothing that can be read', (_, script) => {
  expect(opReturnData(script)).toBeNull();
});

test('law: what is pushed is what is read', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 75 }), { maxLength: 4 }), (pushes) => {
      const script = Uint8Array.of(0x6a, ...pushes.flatMap((push) => [push.length, ...push]));
      expect([...(opReturnData(script)?.data ?? [])]).toEqual(pushes.flatMap((push) => [...push]));
    }),
  );
});
