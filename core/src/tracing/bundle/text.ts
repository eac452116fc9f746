const CHUNK = 1 << 20;

/** Gathers text as UTF-8 bytes: a part may be longer than the longest string the runtime can hold. */
export function createTextSink(): { write(text: string): void; bytes(): Uint8Array } {
  const encoder = new TextEncoder();
  const chunks: Uint8Array[] = [];
  let pending = '';
  const flush = (): void => {
    if (pending !== '') chunks.push(encoder.encode(pending));
    pending = '';
  };
  return {
    write(text) {
      pending += text;
      if (pending.length >= CHUNK) flush();
    },
    bytes() {
      flush();
      const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
      let at = 0;
      for (const chunk of chunks) {
        all.set(chunk, at);
        at += chunk.length;
      }
      return all;
    },
  };
}

/**
 * JSON for people and line-by-line comparison: an object or array of plain values is one line, everything else is
 * indented by one space. Keys stay in the order given.
 */
export function printJson(value: unknown, write: (text: string) => void): void {
  print(value, '', write);
  write('\n');
}

function print(value: unknown, indent: string, write: (text: string) => void): void {
  if (isPlain(value) || Object.values(value as object).every(isPlain)) {
    write(JSON.stringify(value));
    return;
  }
  const inner = `${indent} `;
  const isArray = Array.isArray(value);
  write(isArray ? '[' : '{');
  Object.entries(value as object).forEach(([key, item], index) => {
    write(`${index === 0 ? '' : ','}\n${inner}${isArray ? '' : `${JSON.stringify(key)}: `}`);
    print(item, inner, write);
  });
  write(`\n${indent}${isArray ? ']' : '}'}`);
}

function isPlain(value: unknown): boolean {
  return value === null || typeof value !== 'object' || Object.keys(value).length === 0;
}

/** Calls `visit` with the bounds of every line, the newline left out. A last line without newline counts. */
export function eachLine(bytes: Uint8Array, visit: (start: number, end: number) => void): void {
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline;
    visit(start, end);
    start = end + 1;
  }
}
