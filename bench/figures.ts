import Table from 'cli-table3';

/** One line of the table: what was measured, what was aimed at, and whether it was met; null: no aim was set. */
export type Figure = {
  readonly name: string;
  readonly value: string;
  readonly aim: string;
  readonly met: boolean | null;
};

/** What a child process reports: figures for the table, everything measured, and where the time goes, in lines. */
export type Report = {
  readonly question: string;
  readonly figures: readonly Figure[];
  readonly measured: unknown;
  readonly where: readonly string[];
};

export function plain(name: string, value: string): Figure {
  return { name, value, aim: '', met: null };
}

export function aimed(name: string, value: string, aim: string, met: boolean): Figure {
  return { name, value, aim, met };
}

/** A number for people, three digits that count. */
export function show(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** Prints a child's report for its parent, which reads it from the last line. */
export function report(result: Report): void {
  process.stdout.write(`\n${JSON.stringify(result)}\n`);
}

export function printTable(reports: readonly Report[]): void {
  const table = new Table({ head: ['figure', 'measured', 'aim', 'met'], style: { head: [], border: [] } });
  for (const { question, figures } of reports) {
    table.push([{ colSpan: 4, content: question }]);
    for (const { name, value, aim, met } of figures) {
      table.push([name, value, aim, met === null ? '' : met ? 'yes' : 'NO']);
    }
  }
  console.log(table.toString());
  for (const { question, where } of reports) {
    if (where.length > 0) console.log([`\nWhere the time goes: ${question}`, ...where].join('\n'));
  }
}
