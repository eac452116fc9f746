import { defineConfig } from 'vitest/config';

/** Where to write the counts that `.ci/run` reads; not set: only the summary for people. */
const report = process.env['VITEST_REPORT'];

export default defineConfig({
  test: {
    include: ['{core,apps,test,scripts}/**/*.test.ts'],
    setupFiles: ['test/fixed-seed.ts'],
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    retry: 0,
    // Properties run on whatever machine there is: only a test that hangs may fail by time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
