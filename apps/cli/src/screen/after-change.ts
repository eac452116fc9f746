import { CairnError, isCairnError } from '@cairn/core/errors';
import type { Context } from '../terminal/context.ts';
import { grouped } from '../terminal/progress.ts';
import { userOf } from './journal-open.ts';
import { type Rescreened, rescreen } from './journal-rescreen.ts';

/**
 * To be called when what answers rest on has changed, and the ledger is closed again: screens every watched subject and raises
 * alerts. One line on stderr says what came of it; nothing where no subject is watched.
 * @param cause - what changed: `list ofac-sdn@2026-11-23+…`, `labels`, `ledger`.
 * @throws {CairnError} as screening does; the change itself is made by then, and the message says so.
 */
export async function afterChange(context: Context, cause: string): Promise<Rescreened> {
  let done: Rescreened;
  try {
    done = await rescreen(context, { causes: [cause], by: userOf({}), dueDays: null });
  } catch (error) {
    if (!isCairnError(error)) throw error;
    const message = `${cause}: taken in, but the watched subjects were not screened again: ${error.message}`;
    throw new CairnError(error.code, message, {
      cause: error,
      retryable: error.retryable,
      hints: [...error.hints, 'then: cairn watch run'],
    });
  }
  if (done.screened + done.failed.length > 0) process.stderr.write(`${showRescreened(done)}\n`);
  return done;
}

/** What came of it in one line, and a line for each that could not be screened. */
export function showRescreened({ screened, alerts, failed }: Rescreened): string {
  const raised =
    alerts.length === 0
      ? 'no alert'
      : `${grouped(alerts.length)} ${alerts.length === 1 ? 'alert' : 'alerts'} raised (${alerts
          .slice(0, 5)
          .map(({ id }) => id)
          .join(', ')}${alerts.length > 5 ? ' …' : ''}): cairn alerts`;
  const counted = `${grouped(screened)} watched ${screened === 1 ? 'subject' : 'subjects'} screened again`;
  return [
    `${counted}, ${raised}`,
    ...failed.map(({ watch, reason }) => `${watch} could not be screened: ${reason}`),
  ].join('\n');
}
