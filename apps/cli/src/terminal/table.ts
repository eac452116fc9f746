import Table from 'cli-table3';

/** Lays rows out in columns. Columns named in `right` hold numbers and align right. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly string[] = [],
): string {
  const layout = new Table({
    head: [...head],
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    colAligns: head.map((name) => (right.includes(name) ? 'right' : 'left')),
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '',
    },
  });
  for (const row of rows) layout.push([...row]);
  return layout.toString().replace(/[ \t]+$/gm, '');
}

/** An account short enough for a table and long enough to tell look-alikes apart. */
export function shortAccount(text: string): string {
  return text.length <= 26 ? text : `${text.slice(0, 16)}…${text.slice(-6)}`;
}
