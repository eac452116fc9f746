import { CairnError, isCairnError } from '@cairn/core/errors';
import { type ExitCode, exitCodeOf } from './exit-codes.ts';

/** What every command is given. */
export type Context = {
  /** The data directory's path. */
  readonly data: string;
  readonly json: boolean;
  /** Fires on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Prints a result: `value` as JSON with --json, else `text`. */
  readonly print: (text: string, value: unknown) => void;
};

export type GlobalFlags = { readonly data: string; readonly json?: true };

/** Runs a command: turns Ctrl-C into a clean stop, and failures into a message and a documented exit code. */
export async function runCommand(flags: GlobalFlags, command: (context: Context) => Promise<ExitCode>): Promise<void> {
  const stop = new AbortController();
  process.on('SIGINT', () => (stop.signal.aborted ? process.exit(130) : stop.abort()));
  const json = flags.json === true;
  const print = (text: string, value: unknown): void => {
    process.stdout.write(json ? `${toJsonText(value)}\n` : printable(text.endsWith('\n') ? text : `${text}\n`));
  };
  try {
    process.exitCode = await command({ data: flags.data, json, signal: stop.signal, print });
  } catch (error) {
    process.exitCode = report(error, json);
  }
}

/** JSON for programs; amounts are decimal strings. */
export function toJsonText(value: unknown): string {
  return JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? item.toString() : item), 2);
}

/** Control characters of what was read could steer a terminal: they are shown as what they are. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function report(error: unknown, json: boolean): ExitCode {
  const known = isCairnError(error) ? error : new CairnError('defect', messageOf(error), { cause: error });
  if (json) writeJsonError(known);
  else {
    process.stderr.write(printable(`cairn: ${known.message}\n${known.hints.map((hint) => `  ${hint}\n`).join('')}`));
    if (known.code === 'defect' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  }
  return exitCodeOf(known.code);
}

/** What went wrong, for programs: one line of JSON on stderr. */
export function writeJsonError({ code, message, hints, retryable }: CairnError): void {
  process.stderr.write(`${JSON.stringify({ error: { code, message, hints, retryable } })}\n`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
