/** The parts of Vitest's JSON report that are read here. */
export type TestReport = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
};

/** How many tests passed and failed. A file that could not be run at all counts as one that failed. */
export function countTests(report: TestReport): { readonly passed: number; readonly failed: number } {
  const unrunnable = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + unrunnable.length };
}
