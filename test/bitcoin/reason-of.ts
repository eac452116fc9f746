import { type ErrorCode, isCairnError } from '../../core/src/errors.ts';

/** The message with which a call is refused. @throws where it is not refused, or for another reason. */
export function reasonOf(act: () => unknown, code: ErrorCode = 'invalid-input'): string {
  try {
    act();
  } catch (error) {
    if (isCairnError(error) && error.code === code) return error.message;
    throw error;
  }
  throw new Error('it was not refused');
}
