import { describe, expect, test } from 'vitest';
import { compareTraceAddresses, parseTraceAddress, readTraceTree } from './trace-tree.ts';

const frame = (address: number[], children: number | null = null, failed = false) => ({ address, children, failed });

describe('trace addresses', () => {
  test('are read from every notation in use', () => {
    expect(parseTraceAddress('')).toEqual([]);
    expect(parseTraceAddress('[]')).toEqual([]);
    expect(parseTraceAddress('0,12,3')).toEqual([0, 12, 3]);
    expect(parseTraceAddress('[0, 12]')).toEqual([0, 12]);
    expect(parseTraceAddress('0;1')).toBeNull();
  });

  test('stand in order of execution, by number and not by text', () => {
    const sorted = [[10], [2, 0], [], [2], [0, 5]].sort(compareTraceAddresses);
    expect(sorted).toEqual([[], [0, 5], [2], [2, 0], [10]]);
  });
});

describe('which calls took effect', () => {
  test('a failed call undoes the calls below it, and no others', () => {
    const frames = [frame([], 2), frame([0], 1, true), frame([0, 0], 1), frame([0, 0, 0]), frame([1])];
    expect(readTraceTree(frames)).toEqual({ effective: [true, false, false, false, true], complete: true });
  });

  test('a failed top-level call undoes everything', () => {
    expect(readTraceTree([frame([], 1, true), frame([0])]).effective).toEqual([false, false]);
  });

  test('missing calls are noticed; what is known of the calls above still holds', () => {
    expect(readTraceTree([frame([0])]).complete).toBe(false);
    expect(readTraceTree([frame([], 2), frame([1])]).complete).toBe(false);
    expect(readTraceTree([frame([], 2), frame([0])]).complete).toBe(false);
    const gap = readTraceTree([frame([], null, true), frame([0, 1])]);
    expect(gap).toEqual({ effective: [false, false], complete: false });
  });
});
