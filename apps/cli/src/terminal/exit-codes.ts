import type { ErrorCode } from '@cairn/core/errors';

/** What each exit code of `cairn` means; README and `cairn --help` print this table. */
export const EXIT_CODES = {
  0: 'done',
  1: 'a defect of Cairn: please report it',
  2: 'the command line could not be understood',
  3: 'input cannot be read: an address, an amount, a file of another schema',
  4: 'input contradicts itself or the ledger; nothing was kept of the import that met it',
  5: 'no such case, seed, account or file',
  6: 'the data directory, the disk, another process or a node stands in the way',
  7: 'verification failed: the bundle does not recompute, or the chain says otherwise',
  8: 'done, but rows of the input were rejected',
  9: 'screening: at least one subject is a hit; watching: an alert was raised',
  10: 'screening: no hit, but about something nothing can be said',
  130: 'stopped by Ctrl-C; nothing half-written is visible',
} as const;

export type ExitCode = keyof typeof EXIT_CODES;

const BY_ERROR: Readonly<Record<ErrorCode, ExitCode>> = {
  defect: 1,
  'invalid-input': 3,
  contradiction: 4,
  'not-found': 5,
  unavailable: 6,
  'verification-failed': 7,
  interrupted: 130,
};

export function exitCodeOf(code: ErrorCode): ExitCode {
  return BY_ERROR[code];
}
