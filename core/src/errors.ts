/**
 * Every failure a caller can meet: one class, told apart by `code`.
 * Facts about the evidence (a gap, a rejected row, missing coverage) are data in results, never errors.
 */
export type ErrorCode =
  | 'invalid-input' // what the caller gave cannot be read: an address, an amount, a file of another schema
  | 'contradiction' // rows that cannot all be true, inside a file or against the ledger
  | 'not-found' // an unknown case, seed, account or file
  | 'unavailable' // the data directory, the disk, another process or a node stands in the way
  | 'verification-failed' // a bundle does not recompute
  | 'interrupted' // stopped by the user; nothing half-written is visible
  | 'defect'; // an invariant of Cairn itself broke; never the caller's fault

export class CairnError extends Error {
  override readonly name = 'CairnError';
  readonly code: ErrorCode;
  /** True where the same call may succeed later without a change of input. */
  readonly retryable: boolean;
  /** What the reader can do about it, most useful first. */
  readonly hints: readonly string[];

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; retryable?: boolean; hints?: readonly string[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.hints = options.hints ?? [];
  }
}

export function isCairnError(error: unknown): error is CairnError {
  return error instanceof CairnError;
}
