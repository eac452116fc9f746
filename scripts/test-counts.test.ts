import { expect, test } from 'vitest';
import { countTests } from './test-counts.ts';

const passed = { status: 'passed' };
const failed = { status: 'failed' };

test('counts are the runner’s own', () => {
  const testResults = [{ status: 'failed', assertionResults: [passed, passed, failed] }];
  expect(countTests({ numPassedTests: 2, numFailedTests: 1, testResults })).toEqual({ passed: 2, failed: 1 });
});

test('a file that could not be run counts as failed, an empty one that passed does not', () => {
  const testResults = [
    { status: 'failed', assertionResults: [] },
    { status: 'failed', assertionResults: [passed] },
    { status: 'passed', assertionResults: [passed] },
  ];
  expect(countTests({ numPassedTests: 2, numFailedTests: 0, testResults })).toEqual({ passed: 2, failed: 2 });
});
