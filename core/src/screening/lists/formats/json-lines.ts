import { CairnError } from '../../../errors.ts';

/** UTF-16 units: far above the longest entry of any list, far below what fills memory. */
const MAX_LINE = 16 * 1024 * 1024;

/** What a reader of JSON lines does with them. */
export type JsonLineHandlers = {
  /** One line that parsed; blank lines are left out. */
  readonly value: (value: unknown, line: number) => void;
  /** One line that did not, with the parser's reason. */
  readonly bad: (reason: string, line: number) => void;
};

export type JsonLineReader = {
  /** @throws {CairnError} `invalid-input`: a line beyond 16 Mi characters. What handlers throw goes through. */
  write(text: string): void;
  /** @throws {CairnError} `invalid-input`: the last line was cut off. */
  end(): void;
};

/** Reads JSON lines as they come, one line in memory at a time. Lines are counted from 1. Pure. */
export function createJsonLineReader({ value, bad }: JsonLineHandlers): JsonLineReader {
  let rest: string[] = [];
  let length = 0;
  let line = 1;

  function read(text: string, isLast: boolean): void {
    const json = (line === 1 ? text.replace('\uFEFF', '') : text).trim();
    if (json === '') return;
    let parsed: unknown;
    try {
      parsed = JSON.parse(json);
    } catch (cause) {
      if (isLast)
        throw new CairnError('invalid-input', `line ${line}: the file was cut off in the middle of a line`, { cause });
      bad(`not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, line);
      return;
    }
    value(parsed, line);
  }

  function keep(text: string): void {
    length += text.length;
    if (length > MAX_LINE)
      throw new CairnError('invalid-input', `line ${line}: longer than ${MAX_LINE} characters; no entry is so long`);
    rest.push(text);
  }

  return {
    write(text) {
      let from = 0;
      for (let newline = text.indexOf('\n'); newline >= 0; newline = text.indexOf('\n', from)) {
        keep(text.slice(from, newline));
        read(rest.join(''), false);
        rest = [];
        length = 0;
        line += 1;
        from = newline + 1;
      }
      if (from < text.length) keep(text.slice(from));
    },
    end() {
      read(rest.join(''), true);
    },
  };
}
