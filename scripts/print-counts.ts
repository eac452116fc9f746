/** Prints `N passed, N failed` from the JSON report of Vitest: node scripts/print-counts.ts REPORT */
import { readFileSync } from 'node:fs';
import { countTests, type TestReport } from './test-counts.ts';

const [, , path = ''] = process.argv;
const { passed, failed } = countTests(JSON.parse(readFileSync(path, 'utf8')) as TestReport);
console.log(`${passed} passed, ${failed} failed`);
