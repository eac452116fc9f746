import { describe, expect, test } from 'vitest';
import { applyDecisions, type FoundMatch } from './apply.ts';
import type { Decision } from './decision.ts';

const SUBJECT = 'name:ivan petrov';
const FOUND: readonly FoundMatch[] = [
  { id: 'ofac-sdn:1', digest: 'a'.repeat(64) },
  { id: 'ofac-sdn:2', digest: 'b'.repeat(64) },
];

function decision(id: string, changes: Partial<Decision> = {}): Decision {
  return {
    id,
    subject: SUBJECT,
    subjectText: 'Ivan Petrov',
    matchId: 'ofac-sdn:1',
    verdict: 'false-positive',
    by: 'ann',
    because: 'born 1999',
    at: 1000,
    until: null,
    matchDigest: 'a'.repeat(64),
    ...changes,
  };
}

function rule(decisions: readonly Decision[], asOf = 5000, withdrawals: [string, number][] = [], found = FOUND) {
  const { suppressed, applied } = applyDecisions(SUBJECT, found, {
    decisions,
    withdrawals: new Map(withdrawals),
    asOf,
  });
  return {
    suppressed: [...suppressed],
    standings: applied.map(({ decision: { id }, standing }) => `${id} ${standing}`),
  };
}

describe('what decisions amount to', () => {
  test('a false positive suppresses its own match and no other', () => {
    expect(rule([decision('D-1')])).toEqual({ suppressed: ['ofac-sdn:1'], standings: ['D-1 suppresses'] });
  });

  test('a decision about another subject does nothing and is not listed', () => {
    expect(rule([decision('D-1', { subject: 'name:petrov ivan' })])).toEqual({ suppressed: [], standings: [] });
  });

  test('a true match suppresses nothing', () => {
    expect(rule([decision('D-1', { verdict: 'true-match' })])).toEqual({ suppressed: [], standings: ['D-1 confirms'] });
  });

  test('it suppresses up to the second before its term ends', () => {
    const decisions = [decision('D-1', { until: 5000 })];
    expect(rule(decisions, 4999).suppressed).toEqual(['ofac-sdn:1']);
    expect(rule(decisions, 5000)).toEqual({ suppressed: [], standings: ['D-1 expired'] });
  });

  test('withdrawn, it suppresses nothing from then on, and did until then', () => {
    expect(rule([decision('D-1')], 3000, [['D-1', 3000]])).toEqual({ suppressed: [], standings: ['D-1 withdrawn'] });
    expect(rule([decision('D-1')], 2999, [['D-1', 3000]]).suppressed).toEqual(['ofac-sdn:1']);
  });

  test('an amended listing brings the match back', () => {
    const amended = [{ id: 'ofac-sdn:1', digest: 'c'.repeat(64) }];
    expect(rule([decision('D-1')], 5000, [], amended)).toEqual({ suppressed: [], standings: ['D-1 listing-changed'] });
  });

  test('where the match is not found, it is said that there is nothing to act on', () => {
    expect(rule([decision('D-1')], 5000, [], [])).toEqual({ suppressed: [], standings: ['D-1 not-matched'] });
  });

  test('the latest decision rules; withdrawing it does not bring the one before back', () => {
    const both = [decision('D-1'), decision('D-2', { verdict: 'true-match', at: 2000 })];
    expect(rule(both)).toEqual({ suppressed: [], standings: ['D-1 superseded', 'D-2 confirms'] });
    expect(rule(both, 5000, [['D-2', 3000]])).toEqual({
      suppressed: [],
      standings: ['D-1 superseded', 'D-2 withdrawn'],
    });
  });

  test('an answer as of an earlier day knows only the decisions taken by then', () => {
    const both = [decision('D-1'), decision('D-2', { verdict: 'true-match', at: 2000 })];
    expect(rule(both, 1999)).toEqual({ suppressed: ['ofac-sdn:1'], standings: ['D-1 suppresses'] });
    expect(rule(both, 999)).toEqual({ suppressed: [], standings: [] });
  });
});
