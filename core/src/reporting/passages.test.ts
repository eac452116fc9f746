import { expect, test } from 'vitest';
import { BITCOIN } from '../units/index.ts';
import { type Move, withoutPassages } from './passages.ts';

const TX = `${BITCOIN}:${'a'.repeat(64)}`;
const output = (name: string): string => `${BITCOIN}:${name.repeat(64)}.0`;
const move = (from: string, to: string, value: bigint): Move => ({ from, to, value });
const [A, B, C, D] = ['1', '2', '3', '4'].map(output) as [string, string, string, string];

test('one input: each output is drawn from it, with its own value', () => {
  const moves = [move(A, TX, 10n), move(TX, B, 3n), move(TX, C, 7n)];
  expect(withoutPassages(moves)).toEqual([move(A, B, 3n), move(A, C, 7n)]);
});

test('one output: each input is drawn into it', () => {
  const moves = [move(A, TX, 4n), move(B, TX, 6n), move(TX, C, 10n)];
  expect(withoutPassages(moves)).toEqual([move(A, C, 4n), move(B, C, 6n)]);
});

test('several of both: the transaction stays, since nothing says which paid which', () => {
  const moves = [move(A, TX, 4n), move(B, TX, 6n), move(TX, C, 7n), move(TX, D, 3n)];
  expect(withoutPassages(moves)).toEqual(moves);
});

test('value that stays with the transaction, as at a CoinJoin, and what comes from nowhere traced, keep it', () => {
  expect(withoutPassages([move(A, TX, 4n)])).toEqual([move(A, TX, 4n)]);
  expect(withoutPassages([move(TX, B, 4n)])).toEqual([move(TX, B, 4n)]);
  const part = [move(A, TX, 4n), move(TX, B, 3n)];
  expect(withoutPassages(part)).toEqual(part);
});
