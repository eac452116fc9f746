import * as fc from 'fast-check';

// A property fails for what changed, not for the day it ran on: the same scenes every time. To look further, set
// CAIRN_LAW_RUNS to how many times as many random scenes to try, from a seed that the failure names.
if (process.env['CAIRN_LAW_RUNS'] === undefined) fc.configureGlobal({ seed: 20_250_221 });
