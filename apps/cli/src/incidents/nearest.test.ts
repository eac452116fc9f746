import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

const VALUES = ['cex', 'defi', 'bridge', 'payment', 'fake-job-or-recruiter'];

test.each([
  ['brige', 'bridge'],
  ['BRIDGE', 'bridge'],
  ['defy', 'defi'],
  ['recruiter', 'fake-job-or-recruiter'],
  ['exchange', null],
  ['', null],
])('%s is like %s', (typed, value) => {
  expect(nearest(typed, VALUES)).toBe(value);
});

test('a very long text is nobody’s typing error', () => {
  expect(nearest('x'.repeat(1_000_000), VALUES)).toBeNull();
});
